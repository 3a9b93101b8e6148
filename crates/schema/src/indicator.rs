//! Scanners, and the `p_any_*` columns that they fill.

/// A rule that finds indicators in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scanner {
    /// An IPv4 or IPv6 address.
    Ip,
    /// A domain name.
    Domain,
    /// An IP address or else a domain name.
    Hostname,
    /// A URL, whose host counts.
    Url,
    /// `host:port`, whose host counts.
    NetAddr,
    /// An e-mail address.
    Email,
    /// A user name.
    Username,
}

impl Scanner {
    /// Every scanner, in declaration order.
    pub const ALL: [Self; 7] =
        [Self::Ip, Self::Domain, Self::Hostname, Self::Url, Self::NetAddr, Self::Email, Self::Username];

    /// The name used in YAML.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Domain => "domain",
            Self::Hostname => "hostname",
            Self::Url => "url",
            Self::NetAddr => "net_addr",
            Self::Email => "email",
            Self::Username => "username",
        }
    }

    /// The indicator columns that the scanner may write to.
    pub const fn columns(self) -> &'static [Indicator] {
        match self {
            Self::Ip => &[Indicator::IpAddresses],
            Self::Domain => &[Indicator::DomainNames],
            Self::Hostname | Self::Url | Self::NetAddr => &[Indicator::IpAddresses, Indicator::DomainNames],
            Self::Email => &[Indicator::Emails],
            Self::Username => &[Indicator::Usernames],
        }
    }
}

/// A `p_any_*` column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Indicator {
    /// `p_any_ip_addresses`
    IpAddresses,
    /// `p_any_domain_names`
    DomainNames,
    /// `p_any_emails`
    Emails,
    /// `p_any_usernames`
    Usernames,
}

impl Indicator {
    /// Every indicator column, in the order they stand in a table.
    pub const ALL: [Self; 4] = [Self::IpAddresses, Self::DomainNames, Self::Emails, Self::Usernames];

    /// The column's name.
    pub const fn column(self) -> &'static str {
        match self {
            Self::IpAddresses => "p_any_ip_addresses",
            Self::DomainNames => "p_any_domain_names",
            Self::Emails => "p_any_emails",
            Self::Usernames => "p_any_usernames",
        }
    }
}
