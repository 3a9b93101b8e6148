//! Envelopes of `CloudWatch` Logs: documents that carry records of other logs as text.
//!
//! A log group that is forwarded arrives as documents with a list of log events, in each of which the `message`
//! is what the program wrote: JSON, or a line of text. An envelope is at most one record long, so it is held
//! whole, and nothing comes out of it unless all of it makes sense. Its records lie where their log events lie.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memmem;
use sawlog_columns::Code;

use crate::envelope::LOG_EVENTS;
use crate::json::JsonReader;
use crate::json_text::minify;
use crate::limits::MAX_HEADER_BYTES;
use crate::parser::{Batch, Failure, NOT_AN_OBJECT, Parser, Record, trim};
use crate::place::{Place, Verdict};
use crate::token::TokenKind;
use crate::walk::{Document, keys};

/// Type of the envelopes that only test the way. Their events belong to no log.
const CONTROL: &str = "CONTROL_MESSAGE";

/// An envelope, as far as it is read.
#[derive(Default)]
struct LogEnvelope<'d> {
    /// What it says besides its events, as a JSON object.
    header: Vec<u8>,
    message_type: Option<&'d str>,
    has_log_group: bool,
    has_log_events: bool,
    events: Vec<LogEvent<'d>>,
}

/// One event of an envelope.
struct LogEvent<'d> {
    /// Its extent in the document.
    start: usize,
    end: usize,
    /// The record, unescaped.
    message: &'d str,
}

/// Why a document is no envelope.
type Reason = Cow<'static, str>;

impl<'d> LogEnvelope<'d> {
    fn read(doc: Document<'d>) -> Result<Self, Reason> {
        if !matches!(doc.tokens[0].kind, TokenKind::Object(_)) {
            return Err("an envelope must be a JSON object".into());
        }
        let mut envelope = Self::default();
        for (key, name) in keys(doc.tokens, 0) {
            match (name, doc.tokens[key + 1].kind) {
                _ if name.as_bytes() == LOG_EVENTS => {
                    envelope.add_events(doc, key + 1)?;
                    continue;
                }
                ("messageType", TokenKind::String(text)) => envelope.message_type = Some(text),
                ("logGroup", TokenKind::String(_)) => envelope.has_log_group = true,
                _ => {}
            }
            envelope.add_field(doc, key)?;
        }
        if !envelope.has_log_events {
            return Err("the document has no `logEvents`, as envelopes have".into());
        }
        envelope.header.extend_from_slice(if envelope.header.is_empty() { b"{}" } else { b"}" });
        Ok(envelope)
    }

    /// Adds the events of a list. A second list does not override the first, since both hold records.
    fn add_events(&mut self, doc: Document<'d>, list: usize) -> Result<(), Reason> {
        let TokenKind::Array(extent) = doc.tokens[list].kind else {
            return Err("the `logEvents` of the envelope are no array".into());
        };
        self.has_log_events = true;
        let mut event = list + 1;
        for number in 1..=extent.len {
            let messages = keys(doc.tokens, event).filter(|(_, name)| *name == "message");
            let message = messages.last().map(|(key, _)| doc.tokens[key + 1].kind);
            let (TokenKind::Object(extent), Some(TokenKind::String(message))) =
                (doc.tokens[event].kind, message)
            else {
                return Err(format!("log event {number} of the envelope has no text under `message`").into());
            };
            let start = doc.tokens[event].at as usize;
            self.events.push(LogEvent { start, end: extent.end as usize, message });
            event = extent.next as usize;
        }
        Ok(())
    }

    /// Keeps the field whose key is token `key`.
    fn add_field(&mut self, doc: Document<'d>, key: usize) -> Result<(), Reason> {
        let (name, value) = (doc.source(key), doc.source(key + 1));
        if self.header.len() + name.len() + value.len() > MAX_HEADER_BYTES {
            let limit = MAX_HEADER_BYTES >> 10;
            return Err(format!("the fields beside `logEvents` take more than {limit} KiB").into());
        }
        self.header.push(if self.header.is_empty() { b'{' } else { b',' });
        self.header.extend_from_slice(name);
        self.header.push(b':');
        minify(value, &mut self.header);
        Ok(())
    }
}

impl Parser {
    /// Parses the records of an envelope, in a stream of them.
    pub(crate) fn log_envelope(&mut self, record: Record<'_>, place: &mut Place<'_>, batch: &mut Batch) {
        if let Err(verdict) = self.open_envelope(record, place, batch, false) {
            place.reject(verdict, record.bytes, record.start, batch);
        }
    }

    /// The same for a record that shows itself to be an envelope; false where it does not.
    pub(crate) fn found_log_envelope(
        &mut self,
        record: Record<'_>,
        place: &mut Place<'_>,
        batch: &mut Batch,
    ) -> bool {
        self.envelope.is_candidate(LOG_EVENTS)
            && memmem::find(record.bytes, LOG_EVENTS).is_some()
            && self.open_envelope(record, place, batch, true).is_ok()
    }

    /// With `marked`, the envelope must have all the fields that tell it from an event.
    fn open_envelope(
        &mut self,
        record: Record<'_>,
        place: &mut Place<'_>,
        batch: &mut Batch,
        marked: bool,
    ) -> Result<(), Verdict> {
        let mut reader = self.envelopes.take().unwrap_or_else(|| Box::new(JsonReader::new()));
        let opened = reader.read(record.bytes, |doc| {
            let envelope = LogEnvelope::read(doc)?;
            if marked && !(envelope.message_type.is_some() && envelope.has_log_group) {
                return Err("the document lacks fields that envelopes have".into());
            }
            self.log_events(&envelope, record, place, batch);
            Ok(())
        });
        self.envelopes = Some(reader);
        match opened {
            Ok(opened) => opened.map_err(|reason: Reason| Verdict::whole(Code::InvalidEnvelope, reason)),
            Err(error) => Err(Verdict::unreadable(&error, "record")),
        }
    }

    fn log_events(
        &mut self,
        envelope: &LogEnvelope<'_>,
        record: Record<'_>,
        place: &mut Place<'_>,
        batch: &mut Batch,
    ) {
        // Readers have checked the document's UTF-8, so the text is never refused here.
        let header: Arc<str> = str::from_utf8(&envelope.header).unwrap_or("{}").into();
        let is_control = envelope.message_type == Some(CONTROL);
        for event in &envelope.events {
            let (_, bytes) = trim(event.message.as_bytes());
            if is_control || bytes.is_empty() {
                batch.records += 1;
                batch.skipped += 1;
                continue;
            }
            let start = record.start + event.start;
            let message = Record { bytes, start, searched: false, header: Some(&header) };
            let verdict = match self.parse_record(message, place, batch) {
                Ok(()) => continue,
                Err(Failure::Unreadable(verdict) | Failure::Rejected(verdict)) => verdict,
                // Messages are not searched for pages, so this does not happen.
                Err(Failure::MaybePage) => Verdict::whole(Code::NotAnObject, NOT_AN_OBJECT),
            };
            place.reject(verdict, &record.bytes[event.start..event.end], start, batch);
        }
    }
}
