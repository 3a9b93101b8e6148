//! How times are spelled.

/// How the text of a time is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFormat {
    /// RFC 3339, in either case; `±hhmm` accepted too.
    Rfc3339,
}
