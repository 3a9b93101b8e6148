//! What a run has to say: the object behind `--json`, and the source of the summary for people.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts and files of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Records met: `rows + quarantined + skipped`.
    pub records: u64,
    /// Records that became rows.
    pub rows: u64,
    /// Records that became quarantine entries.
    pub quarantined: u64,
    /// Records that the schema asks to skip.
    pub skipped: u64,
    /// Rows by log type, those without any included.
    pub log_types: BTreeMap<String, u64>,
    /// Inputs converted.
    pub inputs: u64,
    /// Inputs left out, because the lake, or the run, already holds the same bytes.
    pub inputs_skipped: u64,
    /// What folders among the inputs hold and was not read: all that is hidden or whose name begins with `_`,
    /// FIFOs, links to folders.
    pub passed_over: Vec<String>,
    /// The data files, relative to the output folder.
    pub files: Vec<ReportFile>,
    /// Undeclared fields by dotted path.
    pub unknown_fields: BTreeMap<String, u64>,
    /// Rejects by code.
    pub reasons: BTreeMap<String, u64>,
    /// Oddities that did not cost a record, by kind.
    pub notes: BTreeMap<String, u64>,
    /// Bytes of the inputs as read.
    pub input_bytes: u64,
    /// Bytes after decompression.
    pub decoded_bytes: u64,
    /// Wall time in seconds.
    pub elapsed_s: f64,
    /// Why the run failed; exit code 1 or 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A data file of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportFile {
    /// Path below the output folder.
    pub path: String,
    /// Rows in the file.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
}
