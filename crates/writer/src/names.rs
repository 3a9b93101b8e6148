//! Names of files and folders. Nothing that comes from a user is joined into a path as it is.

use std::fmt::{self, Write};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Folder of quarantined records, beside the tables.
pub const QUARANTINE: &str = "_quarantine";
/// Folder in the quarantine for records of which it is not known what log type they are of.
const UNCLASSIFIED: &str = "_unclassified";
/// Folder of ledger entries.
pub const LEDGER: &str = "_ledger";
/// Folder in which runs prepare their files.
pub(crate) const STAGING: &str = "_tmp";

/// Folder of a log type's table: lower case, dots become underscores, and whatever could mean something to a
/// file system or hide the folder is percent-encoded.
///
/// ```
/// assert_eq!(sawlog_writer::table_folder("Atlassian.Audit"), "atlassian_audit");
/// assert_eq!(sawlog_writer::table_folder("../etc"), "%5F_%2Fetc");
/// ```
pub fn table_folder(log_type: &str) -> String {
    encode(&log_type.to_lowercase().replace('.', "_"))
}

/// Folder of the quarantine of a run: called like the table where the run has one log type, so that every
/// reject is one of it. The name for several begins with `_`, which no table's does.
pub(crate) fn quarantine_folder(log_type: Option<&str>) -> String {
    format!("{QUARANTINE}/{}", log_type.map_or_else(|| UNCLASSIFIED.to_owned(), table_folder))
}

/// Percent-encodes every byte but ASCII letters, digits, `-` and `_`; a leading `_`, which is kept for
/// folders of the lake itself, is encoded too.
pub(crate) fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (i, byte) in name.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || (byte == b'_' && i > 0) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    if out.is_empty() { "%".to_owned() } else { out }
}

/// A relative path with `/` between its parts, as a path of this system; None if it could leave its root.
pub(crate) fn relative(path: &str) -> Option<PathBuf> {
    let parsed = Path::new(path);
    let inside = !path.is_empty() && parsed.components().all(|c| matches!(c, Component::Normal(_)));
    inside.then(|| parsed.to_owned())
}

/// What a run's file names begin with: a hash of everything that decides the content of its files, so that
/// equal runs give equal names. Written as 16 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Batch(pub u64);

impl Batch {
    /// Name of the file with the number `sequence`.
    pub(crate) fn file_name(self, sequence: u32) -> String {
        format!("{self}-{sequence:05}.parquet")
    }
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Batch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match u64::from_str_radix(&text, 16) {
            Ok(value) if Self(value).to_string() == text => Ok(Self(value)),
            _ => Err(de::Error::invalid_value(de::Unexpected::Str(&text), &"16 hex digits")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_safe_folders() {
        assert_eq!(table_folder("Jira.DataCenter-2"), "jira_datacenter-2");
        assert_eq!(table_folder("_quarantine"), "%5Fquarantine");
        assert_eq!(table_folder(".hidden"), "%5Fhidden");
        assert_eq!(table_folder("Ä b"), "%C3%A4%20b");
        assert_eq!(table_folder(""), "%");
    }

    #[test]
    fn only_paths_that_stay_inside_are_relative() {
        assert_eq!(relative("a/b.parquet"), Some(PathBuf::from("a/b.parquet")));
        for bad in ["", "/etc/passwd", "../a", "a/../../b", "./a"] {
            assert_eq!(relative(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_batch_survives_json() {
        let text = serde_json::to_string(&Batch(0xab)).unwrap();
        assert_eq!(text, "\"00000000000000ab\"");
        assert_eq!(serde_json::from_str::<Batch>(&text).unwrap(), Batch(0xab));
        for bad in ["\"ab\"", "\"+0000000000000ab\"", "\"00000000000000AB\"", "1"] {
            assert!(serde_json::from_str::<Batch>(bad).is_err(), "{bad}");
        }
    }
}
