//! What the records of a stream come in.
//!
//! Content tells nearly always. Where it does not, since lines of text may begin like JSON, or since a
//! document may be an event or the envelope of many, the operator says so.

use std::fmt;

/// What the records of a stream come in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stream {
    /// Whatever the content shows: lines, documents, arrays, pages or envelopes. Lines where every log type
    /// reads text.
    #[default]
    Auto,
    /// One record a line, whatever the line begins with.
    Lines,
    /// JSON documents one after the other, of any layout.
    Json,
    /// The elements of an array: the document itself, or at the path given for the records.
    JsonArray,
    /// Envelopes of `CloudWatch` Logs, whose log events carry the records.
    CloudwatchLogs,
}

impl Stream {
    /// Every kind of stream.
    pub const ALL: [Self; 5] = [Self::Auto, Self::Lines, Self::Json, Self::JsonArray, Self::CloudwatchLogs];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Lines => "lines",
            Self::Json => "json",
            Self::JsonArray => "json-array",
            Self::CloudwatchLogs => "cloudwatch-logs",
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
