//! What counts as a page, and taking one apart.
//!
//! Dumps of an API often hold its answers as they came: pages, in which the events stand in an array beside
//! cursors and links. Which documents are pages follows from the log type: a well-known name such as `data`
//! means a page only where no event has a top-level field of that name, and a document that shows itself to
//! be an event is never opened, so that no event is ever taken for its own wrapping.

mod path;

use std::collections::VecDeque;
use std::sync::Arc;

use sawlog_schema::{Members, Plan};

pub use path::{InvalidRecordsPath, RecordsPath};

use crate::block::{Fault, Span};
use crate::framing::{Item, Splitter, Unit, Window};
use crate::stream::Stream;

/// Names under which pages keep their records.
const NAMES: [&[u8]; 13] = [
    b"data",
    b"Records",
    b"records",
    b"items",
    b"entries",
    b"entities",
    b"results",
    b"result",
    b"value",
    b"response",
    b"activity_logs",
    b"operation_logs",
    b"record",
];

/// Where the envelopes of `CloudWatch` Logs keep their events.
pub(crate) const LOG_EVENTS: &[u8] = b"logEvents";

/// Fields that events and pages both have, so that they do not tell one from the other.
const COMMON: [&[u8]; 4] = [b"links", b"meta", b"kind", b"etag"];

/// How a stream is cut into documents or lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// As the first line shows.
    Content,
    /// At line breaks.
    Lines,
    /// Where one JSON document ends and the next begins.
    Documents,
}

/// What a record may turn out to be instead of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// A page, an array, or an envelope of `CloudWatch` Logs.
    Pages,
    /// An envelope: a record of a page or an array is neither one again.
    Envelopes,
    Nothing,
}

/// What counts as a page for the log types of a run.
#[derive(Debug, Clone)]
pub struct Envelope {
    stream: Stream,
    path: RecordsPath,
    /// The top-level fields of each log type.
    fields: Vec<Members>,
    /// Whether there are log types that read text.
    reads_text: bool,
    /// Whether there are others.
    reads_json: bool,
    first_lines: FirstLines,
    /// What documents may be.
    search: Search,
}

/// What the first lines of a stream are to some log type.
#[derive(Debug, Clone, Copy)]
struct FirstLines {
    /// Needed to read the others.
    are_needed: bool,
    /// Left out, a number of them.
    are_skipped: bool,
}

/// What a key of a document says about where its records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Key {
    /// An array of records may stand here.
    Records,
    /// `data`: an array of records, one record, or one wrapped record.
    Data,
    /// `record`: one record.
    Record,
    /// `errors`, which pages of failed requests have.
    Errors,
    /// A top-level field of the log type.
    Declared {
        /// Whether pages have no such field.
        telling: bool,
    },
    /// The next step of the path that was given.
    Step,
    /// Links and the like, which pages have beside their records; with a path that was given, anything else.
    Aside,
    /// Anything else.
    #[default]
    Other,
}

impl Envelope {
    /// What counts as a page for events of these log types.
    pub fn new(plans: &[Arc<Plan>], path: RecordsPath) -> Self {
        // A line of text is no page, whatever its values are called.
        let of_json = plans.iter().filter(|plan| plan.log_type.parser.reads_json());
        let fields: Vec<Members> = of_json.map(|plan| plan.members(0).clone()).collect();
        let reads_text = plans.iter().any(|plan| plan.log_type.parser.reads_text());
        // Where no log type is known yet, the content decides.
        let reads_json = !fields.is_empty() || plans.is_empty();
        let first_lines = FirstLines {
            are_needed: plans.iter().any(|plan| plan.log_type.parser.needs_head()),
            are_skipped: plans.iter().any(|plan| plan.log_type.parser.skips_lines()),
        };
        let (stream, search) = (Stream::Auto, Search::Pages);
        Self { stream, path, fields, reads_text, reads_json, first_lines, search }
    }

    /// The same for records that come in such a stream. Arrays and envelopes have no pages in them.
    #[must_use]
    pub fn of_stream(self, stream: Stream) -> Self {
        let path = match (stream, self.path) {
            (Stream::JsonArray, RecordsPath::Detect) | (Stream::CloudwatchLogs, _) => RecordsPath::Off,
            (_, path) => path,
        };
        Self { stream, path, ..self }
    }

    /// The same for records that were taken out of a page or an array, which are no pages again.
    pub(crate) fn within_pages(&self) -> Self {
        Self { search: Search::Envelopes, ..self.clone() }
    }

    /// Whether a record may be a page, as one that stood in a page may not.
    pub(crate) fn takes_pages(&self) -> bool {
        self.search == Search::Pages
    }

    /// What the records come in.
    pub(crate) fn stream(&self) -> Stream {
        self.stream
    }

    /// How a stream is to be cut whose first byte that is no blank is `first`.
    pub(crate) fn framing(&self, first: u8) -> Framing {
        match self.stream {
            // A line of text may begin like an array.
            Stream::Auto if first == b'[' && !self.reads_text => Framing::Documents,
            Stream::Auto if self.reads_json => Framing::Content,
            Stream::Auto | Stream::Lines => Framing::Lines,
            Stream::Json | Stream::JsonArray | Stream::CloudwatchLogs => Framing::Documents,
        }
    }

    /// Whether every line of the stream is text, whatever it begins with.
    pub(crate) fn holds_text_only(&self) -> bool {
        !self.reads_json && matches!(self.stream, Stream::Auto | Stream::Lines)
    }

    /// Whether some log type reads text.
    pub(crate) fn reads_text(&self) -> bool {
        self.reads_text
    }

    /// Whether the stream can hold nothing but JSON documents. Lines hold whatever they hold.
    pub fn is_json_only(&self) -> bool {
        match self.stream {
            Stream::Auto => !self.reads_text,
            Stream::Lines => false,
            Stream::Json | Stream::JsonArray | Stream::CloudwatchLogs => true,
        }
    }

    /// Whether some log type needs the first lines of a stream to read the others.
    pub(crate) fn needs_head(&self) -> bool {
        self.first_lines.are_needed
    }

    /// Whether some log type leaves out a number of lines at the beginning of a stream.
    pub(crate) fn skips_lines(&self) -> bool {
        self.first_lines.are_skipped
    }

    /// Whether some log type reads anything but text.
    pub(crate) fn reads_json(&self) -> bool {
        self.reads_json
    }

    /// Whether only elements of arrays are records, and a document beside them is none.
    pub(crate) fn wants_arrays(&self) -> bool {
        self.stream == Stream::JsonArray && !self.is_explicit()
    }

    /// Whether events of some log type have a top-level field of this name.
    pub(crate) fn is_declared(&self, key: &[u8]) -> bool {
        self.fields.iter().any(|fields| fields.find(key, usize::MAX).is_some())
    }

    /// Whether the user named the place of the records, so that every document must be searched.
    pub fn is_explicit(&self) -> bool {
        matches!(self.path, RecordsPath::At(_))
    }

    /// Whether an undeclared top-level key suggests that its document is a page.
    pub fn is_candidate(&self, key: &[u8]) -> bool {
        let is_page = self.search == Search::Pages && (NAMES.contains(&key) || key == b"errors");
        let named = is_page || key == LOG_EVENTS;
        named && self.path == RecordsPath::Detect && !self.is_declared(key)
    }

    /// Whether documents are searched for records at all.
    pub(crate) fn searches(&self) -> bool {
        self.path != RecordsPath::Off
    }

    /// How many keys lead to the records, where the user said so.
    pub(crate) fn steps(&self) -> Option<usize> {
        match &self.path {
            RecordsPath::At(keys) => Some(keys.len()),
            _ => None,
        }
    }

    /// What a key says that stands `level` objects below the document's root.
    pub(crate) fn key(&self, key: &[u8], level: usize) -> Key {
        if let RecordsPath::At(keys) = &self.path {
            return if keys.get(level).is_some_and(|k| k.as_bytes() == key) { Key::Step } else { Key::Aside };
        }
        match key {
            _ if self.is_declared(key) => Key::Declared { telling: !COMMON.contains(&key) },
            b"data" => Key::Data,
            b"record" => Key::Record,
            b"errors" => Key::Errors,
            _ if NAMES.contains(&key) => Key::Records,
            _ if COMMON.contains(&key) => Key::Aside,
            _ => Key::Other,
        }
    }
}

/// Takes one whole record apart if it is a page or an array of events; `None` where it is an ordinary record.
/// The spans are relative to `record`; a page without records gives none. Keys are compared as they are
/// spelled, so that one written with escapes is never taken for a page's.
pub fn split(envelope: &Envelope, record: &[u8]) -> Option<Vec<Span>> {
    let window = Window { base: 0, data: record };
    let mut splitter = Splitter::new(Unit::Line, u64::MAX, 0);
    let mut spans = VecDeque::new();
    while let Some(item) = splitter.next(envelope, window) {
        spans.push_back(item);
    }
    splitter.finish(window, false);
    while let Some(item) = splitter.next(envelope, window) {
        spans.push_back(item);
    }
    let is_ordinary = splitter.whole().is_some() || splitter.is_blank();
    (!is_ordinary).then(|| spans.into_iter().map(|item| item.span(0)).collect())
}

impl Item {
    /// The record as a span of a block that begins at `base`.
    pub(crate) fn span(&self, base: u64) -> Span {
        let fault = self.wrong.map(|wrong| Fault {
            code: wrong.code,
            message: wrong.message.to_owned(),
            at: wrong.at.saturating_sub(self.start),
            len: self.end - self.start,
        });
        Span {
            start: (self.start - base) as u32,
            len: (self.end - self.start) as u32,
            unwrapped: self.unwrapped,
            fault,
        }
    }
}
