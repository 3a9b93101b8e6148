//! Where the user says that records are.

use std::fmt;
use std::str::FromStr;

/// Where in a document its records are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RecordsPath {
    /// Found by content: pages are recognized by well-known names.
    #[default]
    Detect,
    /// Every document is itself a record.
    Off,
    /// Under these keys, each inside the value of the one before. Never empty.
    At(Vec<String>),
}

/// A path that names no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRecordsPath;

impl fmt::Display for InvalidRecordsPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a records path is `none`, or keys joined by dots such as `response.items`, none of them empty",
        )
    }
}

impl std::error::Error for InvalidRecordsPath {}

impl fmt::Display for RecordsPath {
    /// Writes what [`FromStr`] reads; `detect` where nothing was given.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Detect => f.write_str("detect"),
            Self::Off => f.write_str("none"),
            Self::At(keys) => f.write_str(&keys.join(".")),
        }
    }
}

impl FromStr for RecordsPath {
    type Err = InvalidRecordsPath;

    /// Reads `none`, or keys joined by dots. Fails where a key is empty.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self::Off);
        }
        let keys: Vec<String> = text.split('.').map(str::to_owned).collect();
        if keys.iter().any(String::is_empty) { Err(InvalidRecordsPath) } else { Ok(Self::At(keys)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_paths() {
        assert_eq!("none".parse(), Ok(RecordsPath::Off));
        assert_eq!("data".parse(), Ok(RecordsPath::At(vec!["data".into()])));
        assert_eq!("a.b".parse(), Ok(RecordsPath::At(vec!["a".into(), "b".into()])));
        for wrong in ["", ".", "a.", ".a", "a..b"] {
            assert_eq!(wrong.parse::<RecordsPath>(), Err(InvalidRecordsPath), "{wrong}");
        }
    }
}
