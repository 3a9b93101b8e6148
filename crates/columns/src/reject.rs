//! Records that did not become rows.

use std::sync::Arc;

use crate::codes::codes;

codes! {
    /// Why a record was rejected. The spelling is stable: tests, reports and queries rely on it. A new one
    /// needs a text in `explain.rs`, with an example.
    Code {
        /// The bytes are not one valid JSON document.
        InvalidJson = "invalid_json",
        /// Valid JSON, but no object.
        NotAnObject = "not_an_object",
        /// Nested deeper than the limit.
        TooDeep = "too_deep",
        /// Longer than the limit for one record.
        TooLarge = "record_too_large",
        /// More keys in one object than the limit.
        TooManyKeys = "too_many_keys",
        /// More keys and values in the record than the limit.
        TooManyValues = "too_many_values",
        /// The input ended inside the record.
        CutOff = "cut_off",
        /// A page that carries errors and no data.
        ErrorPage = "error_page",
        /// A page has fields of an event behind its records.
        PageWithFields = "page_with_fields",
        /// A list of objects that a page has beside its records.
        SecondList = "second_list",
        /// The page has nothing at the path given for the records.
        RecordsPathMissing = "records_path_missing",
        /// A document of a stream of arrays that is no array.
        NotAnArray = "not_an_array",
        /// A document of a stream of envelopes that is no envelope, or one that is damaged.
        InvalidEnvelope = "invalid_envelope",
        /// A required field has no value: it is missing, or null and not `json`, or empty and not `string`.
        MissingRequired = "missing_required",
        /// A value does not fit the declared type.
        TypeMismatch = "type_mismatch",
        /// A number does not fit the declared width.
        OutOfRange = "out_of_range",
        /// Text that is no time in any declared format.
        InvalidTimestamp = "invalid_timestamp",
        /// A line that no pattern of its text parser fits, or with more or fewer values than columns.
        NoMatch = "no_match",
        /// A line of text that is not UTF-8.
        InvalidUtf8 = "invalid_utf8",
        /// The text of a required field breaks a rule under `validate`.
        ValidationFailed = "validation_failed",
        /// A text that must hold JSON does not.
        InvalidEmbeddedJson = "invalid_embedded_json",
        /// The script of the log type failed, or made no event.
        ScriptFailed = "script_failed",
        /// None of several log types accepts the record.
        Unclassified = "unclassified",
        /// The compressed stream is damaged or expands beyond the limit; what came before is kept.
        DamagedInput = "damaged_input",
        /// The input is no log: an archive, a Parquet file, text in another encoding.
        ForeignInput = "foreign_input",
    }
}

/// A rejected record with all that is needed to find it, understand it and convert it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Why, for machines.
    pub code: Code,
    /// Why, for people: what is wrong, and what to do. Shared with the rejects that have the same message:
    /// among many log types it is far longer than most records.
    pub message: Arc<str>,
    /// Index of the source in the run's list of sources.
    pub source: u32,
    /// Number of the record in its source, counted from 1. Parsers number within their block; the pipeline
    /// adds the records that came before.
    pub record: u64,
    /// Line in the decoded stream on which the record starts, counted from 1.
    pub line: u64,
    /// Offset in the decoded stream of the record's first byte.
    pub byte_offset: u64,
    /// Where in the record, as a JSONPath (`$.attributes.actor`); empty where the whole record is meant.
    pub json_path: String,
    /// Line of the schema whose rule was broken, if one was.
    pub schema_line: Option<u32>,
    /// The record's bytes; empty for one beyond the limit, whose place and length tell where it lies.
    pub raw: Vec<u8>,
    /// Length of the record in bytes, held or not.
    pub raw_len: u64,
}
