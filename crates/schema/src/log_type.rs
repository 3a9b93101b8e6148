//! The checked tree: a log type as its author wrote it, with the place of every node.

use crate::{Indicator, LogParser, Mask, Scanner, Span, TimeFormat, Transform, Validate};

/// A log type that passed every check.
#[derive(Debug, Clone, PartialEq)]
pub struct LogType {
    /// Dotted name, such as `Atlassian.Audit`.
    pub name: String,
    /// What the log type holds, for people.
    pub description: String,
    /// Where the vendor documents the log.
    pub reference_url: Option<String>,
    /// The `version` key; 0 where it is absent.
    pub version: i32,
    /// The `fieldDiscoveryEnabled` key, which changes nothing here: undeclared fields are always kept.
    pub field_discovery: bool,
    /// How the text of a record becomes an event.
    pub parser: LogParser,
    /// Top-level fields, in the order written. Never empty.
    pub fields: Vec<Field>,
    /// The file or built-in name the definition was read from.
    pub source: String,
}

/// One named member of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name; also the JSON key, case-sensitive, unless the field is renamed.
    pub name: String,
    /// Whether an event without it is rejected.
    pub required: bool,
    /// Meaning of the field, for people; travels into the Parquet schema.
    pub description: String,
    /// The type and everything that hangs on it.
    pub value: Value,
    /// Where the value comes from, if not from the key of the field's name.
    pub transform: Transform,
    /// Where the field's mapping begins.
    pub span: Span,
}

/// A type with its attributes: of a field, or of the elements of an array.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The declared type.
    pub kind: ValueKind,
    /// Scanners to run over the text here, or over every `string` below an object or array; as written, each
    /// once.
    pub indicators: Vec<Scanner>,
    /// Whether the value is a candidate for `p_event_time`.
    pub event_time: bool,
    /// Formats to try in order. Never empty for a timestamp or an event time, empty for everything else.
    pub time_formats: Vec<TimeFormat>,
    /// Whether the value is the time after which a row of a lookup table no longer counts.
    pub expiration: bool,
    /// Whether text here is JSON to be read as the declared type.
    pub embedded_json: bool,
    /// Rules for the text here. Only a `string` has any.
    pub validate: Option<Validate>,
    /// How the text here is hidden. Only a `string` is.
    pub mask: Option<Mask>,
    /// Where the value's mapping begins.
    pub span: Span,
}

impl Value {
    /// A value of a type and nothing else.
    pub(crate) fn of(kind: ValueKind, span: Span) -> Self {
        Self {
            kind,
            indicators: Vec::new(),
            event_time: false,
            time_formats: Vec::new(),
            expiration: false,
            embedded_json: false,
            validate: None,
            mask: None,
            span,
        }
    }

    /// The scanners that apply here: those on the objects and arrays around it, then its own.
    pub(crate) fn scanners(&self, inherited: &[Scanner]) -> Vec<Scanner> {
        let mut scanners = inherited.to_vec();
        for scanner in &self.indicators {
            if !scanners.contains(scanner) {
                scanners.push(*scanner);
            }
        }
        scanners
    }

    /// Whether text stands here or below, so that scanners have something to read.
    pub(crate) fn holds_text(&self) -> bool {
        match &self.kind {
            ValueKind::String => true,
            ValueKind::Object(fields) => fields.iter().any(|field| field.value.holds_text()),
            ValueKind::Array(element) => element.holds_text(),
            _ => false,
        }
    }
}

impl ValueKind {
    /// The name used in YAML.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Int => "int",
            Self::SmallInt => "smallint",
            Self::BigInt => "bigint",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Timestamp => "timestamp",
            Self::Object(_) => "object",
            Self::Array(_) => "array",
            Self::Json => "json",
        }
    }
}

/// The ten types of the language.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// UTF-8 text; numbers and booleans are taken by their spelling.
    String,
    /// 32-bit signed integer.
    Int,
    /// 16-bit signed integer.
    SmallInt,
    /// 64-bit signed integer.
    BigInt,
    /// 64-bit floating point.
    Float,
    /// True or false.
    Boolean,
    /// An instant, kept in microseconds UTC.
    Timestamp,
    /// An object with declared members.
    Object(Vec<Field>),
    /// An array of one element type.
    Array(Box<Value>),
    /// Any JSON, kept as text.
    Json,
}

/// The indicator columns that the scanners on these values, and below them, may fill, in table order.
pub(crate) fn indicators<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<Indicator> {
    let mut found = [false; Indicator::ALL.len()];
    for value in values {
        find_indicators(value, &[], &mut found);
    }
    Indicator::ALL.into_iter().filter(|indicator| found[*indicator as usize]).collect()
}

fn find_indicators(value: &Value, inherited: &[Scanner], found: &mut [bool; Indicator::ALL.len()]) {
    let scanners = value.scanners(inherited);
    match &value.kind {
        ValueKind::String => {
            for indicator in scanners.iter().flat_map(|scanner| scanner.columns()) {
                found[*indicator as usize] = true;
            }
        }
        ValueKind::Object(fields) => {
            for field in fields {
                find_indicators(&field.value, &scanners, found);
            }
        }
        ValueKind::Array(element) => find_indicators(element, &scanners, found),
        _ => {}
    }
}
