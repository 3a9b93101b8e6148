//! Records that did not become rows.

use std::borrow::Cow;

/// Why a record was rejected. The code is stable; tests, reports and queries rely on its spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The bytes are not one valid JSON document.
    InvalidJson,
    /// Valid JSON, but no object.
    NotAnObject,
    /// Nested deeper than the limit.
    TooDeep,
    /// Longer than the limit for one record.
    TooLarge,
    /// More keys in one object than the limit.
    TooManyKeys,
    /// More keys and values in the record than the limit.
    TooManyValues,
    /// The input ended inside the record.
    CutOff,
    /// A page that carries errors and no data.
    ErrorPage,
    /// A page has fields of an event behind its records.
    PageWithFields,
    /// The page has nothing at the path given for the records.
    RecordsPathMissing,
    /// A required field is missing, null, or empty where its type asks for more.
    MissingRequired,
    /// A value does not fit the declared type.
    TypeMismatch,
    /// A number does not fit the declared width.
    OutOfRange,
    /// Text that is no time in any declared format.
    InvalidTimestamp,
    /// None of several log types accepts the record.
    Unclassified,
    /// The compressed stream is damaged or expands beyond the limit; what came before is kept.
    DamagedInput,
}

impl Code {
    /// The code as written in reports and in the quarantine.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidJson => "invalid_json",
            Self::NotAnObject => "not_an_object",
            Self::TooDeep => "too_deep",
            Self::TooLarge => "record_too_large",
            Self::TooManyKeys => "too_many_keys",
            Self::TooManyValues => "too_many_values",
            Self::CutOff => "cut_off",
            Self::ErrorPage => "error_page",
            Self::PageWithFields => "page_with_fields",
            Self::RecordsPathMissing => "records_path_missing",
            Self::MissingRequired => "missing_required",
            Self::TypeMismatch => "type_mismatch",
            Self::OutOfRange => "out_of_range",
            Self::InvalidTimestamp => "invalid_timestamp",
            Self::Unclassified => "unclassified",
            Self::DamagedInput => "damaged_input",
        }
    }
}

/// A rejected record with all that is needed to find it, understand it and convert it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Why, for machines.
    pub code: Code,
    /// Why, for people: what is wrong, and what to do.
    pub message: Cow<'static, str>,
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
