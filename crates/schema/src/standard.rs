//! The names of the columns that every table has besides the log type's own.

/// The log type's name.
pub const LOG_TYPE: &str = "p_log_type";
/// Deterministic id of the row: its source and its place in it.
pub const ROW_ID: &str = "p_row_id";
/// When the event happened; the parse time where the event does not say.
pub const EVENT_TIME: &str = "p_event_time";
/// When the run parsed it, one value for a run.
pub const PARSE_TIME: &str = "p_parse_time";
/// Version of the log type's definition.
pub const SCHEMA_VERSION: &str = "p_schema_version";
/// Id of the source, as given by the user.
pub const SOURCE_ID: &str = "p_source_id";
/// Label of the source, as given by the user.
pub const SOURCE_LABEL: &str = "p_source_label";
/// Path or URL of the input.
pub const SOURCE_FILE: &str = "p_source_file";
/// What the schema does not declare: a JSON object from JSON Pointer to value.
pub const EXTRA: &str = "p_extra";
/// What the parser has to say about the row.
pub const FLAGS: &str = "p_flags";

/// The columns that always exist, in table order; the `p_any_*` columns of the log type stand before `p_extra`.
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
