//! The log type that inference arrives at, before it is YAML.

use sawlog_schema::Scanner;

/// One member of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    /// What the column is called.
    pub(crate) name: String,
    /// The key in the event, where it is another.
    pub(crate) from: Option<String>,
    pub(crate) required: bool,
    /// Events of the log, or objects around it, in which it is filled.
    pub(crate) filled: u64,
    pub(crate) value: Value,
}

/// A type and what hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) kind: Kind,
    pub(crate) indicators: Vec<Scanner>,
    pub(crate) is_event_time: bool,
    /// What is doubtful, or worth knowing; one line each.
    pub(crate) notes: Vec<Note>,
}

/// A remark on a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) text: String,
    /// Whether someone should look at it.
    pub(crate) is_doubt: bool,
}

/// The types that inference tells apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    String,
    BigInt,
    Float,
    Boolean,
    Timestamp(Vec<&'static str>),
    Object(Vec<Field>),
    Array(Box<Value>),
    Json { is_embedded: bool },
}

impl Kind {
    pub(crate) const JSON: Self = Self::Json { is_embedded: false };

    /// The name used in YAML.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::BigInt => "bigint",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Timestamp(_) => "timestamp",
            Self::Object(_) => "object",
            Self::Array(_) => "array",
            Self::Json { .. } => "json",
        }
    }
}

impl Value {
    pub(crate) fn of(kind: Kind) -> Self {
        Self { kind, indicators: Vec::new(), is_event_time: false, notes: Vec::new() }
    }

    /// The value with something that is worth knowing.
    pub(crate) fn remark(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note { text: text.into(), is_doubt: false });
        self
    }

    /// The value with something that someone should look at.
    pub(crate) fn doubt(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note { text: text.into(), is_doubt: true });
        self
    }
}
