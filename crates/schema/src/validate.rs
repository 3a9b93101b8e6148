//! Rules for the content of a text.
//!
//! A text that breaks a rule costs a required field the event, and any other field its value. The text is
//! compared as it stands: case and blanks count.

/// What a text must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validate {
    /// One of these, if there are any.
    pub allow: Vec<String>,
    /// None of these.
    pub deny: Vec<String>,
    /// An IP address.
    pub ip: Option<IpFamily>,
    /// A network: an IP address, a slash, and the length of the prefix.
    pub cidr: Option<IpFamily>,
}

/// Which IP addresses are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpFamily {
    /// Four decimal parts.
    V4,
    /// Hexadecimal groups, those that end in an IPv4 address included.
    V6,
    /// Either.
    Any,
}

impl IpFamily {
    /// Every family.
    pub const ALL: [Self; 3] = [Self::V4, Self::V6, Self::Any];

    /// The name used in YAML.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V4 => "ipv4",
            Self::V6 => "ipv6",
            Self::Any => "any",
        }
    }
}
