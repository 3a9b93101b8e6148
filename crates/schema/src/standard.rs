//! The standard columns: what every table has beside the fields of its schema.
//!
//! The loader refuses fields that would take one of these names, and the Arrow schema appends the columns;
//! both read the names here.

/// The log type, such as `Atlassian.Audit`.
pub const LOG_TYPE: &str = "p_log_type";
/// Identity of the row, the same in every run over the same input.
pub const ROW_ID: &str = "p_row_id";
/// When the event happened; the time of parsing where the event does not tell.
pub const EVENT_TIME: &str = "p_event_time";
/// When the event was parsed; one value for a run.
pub const PARSE_TIME: &str = "p_parse_time";
/// The version that the schema declares.
pub const SCHEMA_VERSION: &str = "p_schema_version";
/// Identity of the source, as given by the operator.
pub const SOURCE_ID: &str = "p_source_id";
/// Name of the source for people, as given by the operator.
pub const SOURCE_LABEL: &str = "p_source_label";
/// Path or URL of the input.
pub const SOURCE_FILE: &str = "p_source_file";
/// What the envelope of the event said besides its events: a JSON object. Only tables read from a stream of
/// envelopes have it.
pub const HEADER: &str = "p_header";
/// What the schema does not declare: a JSON object of JSON Pointer → value.
pub const EXTRA: &str = "p_extra";
/// What is unusual about the row, such as `event_time_missing`.
pub const FLAGS: &str = "p_flags";

/// Every standard column that each table has, in table order. [`HEADER`], in tables that have it, and the
/// `p_any_*` columns of the log type stand between [`SOURCE_FILE`] and [`EXTRA`]; the names of the latter are
/// those of [`crate::Indicator::column`].
pub const ALWAYS: [&str; 10] = [
    LOG_TYPE,
    ROW_ID,
    EVENT_TIME,
    PARSE_TIME,
    SCHEMA_VERSION,
    SOURCE_ID,
    SOURCE_LABEL,
    SOURCE_FILE,
    EXTRA,
    FLAGS,
];
