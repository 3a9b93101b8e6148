//! What a conversion is asked to do.

use std::path::PathBuf;
use std::sync::Arc;

use sawlog_parser::{RecordsPath, Stream};
use sawlog_schema::{ColumnNames, Plan};
use sawlog_writer::PartitionBy;

/// A request to convert inputs into a lake.
#[derive(Debug, Clone)]
pub struct ConvertOptions {
    /// Files, folders, globs and `-`.
    pub inputs: Vec<String>,
    /// The log types. With several, each record goes to the one that accepts it and declares most of its
    /// top-level keys, or to the first of those that declare as many.
    pub plans: Vec<Arc<Plan>>,
    /// The lake's folder.
    pub out: PathBuf,
    /// Worker threads.
    pub threads: usize,
    /// How the tables are partitioned.
    pub partition: PartitionBy,
    /// How the columns of the tables are called.
    pub column_names: ColumnNames,
    /// What the records come in.
    pub stream: Stream,
    /// Where records lie within a document.
    pub records_path: RecordsPath,
    /// Write events that lack required fields, with a flag, rather than reject them.
    pub keep_missing: bool,
    /// Share of records that may be rejected, 0 to 1.
    pub max_quarantined: f64,
    /// Parse time in microseconds since 1970 UTC; the clock's where none is given.
    pub parse_time: Option<i64>,
    /// `p_source_id`.
    pub source_id: Option<String>,
    /// `p_source_label`.
    pub source_label: Option<String>,
    /// Convert inputs anew that the lake already holds, in place of what they gave before.
    pub force: bool,
}
