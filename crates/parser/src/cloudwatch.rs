//! Envelopes of `CloudWatch` Logs: documents that carry records of other logs as text.
//!
//! A log group that is forwarded arrives as documents with a list of log events, in each of which the
//! `message` is what the program wrote: JSON, or a line of text. An envelope is at most one record long, so
//! it is held whole, and nothing comes out of it unless all of it makes sense. Its records lie where their
//! log events lie, and keep what the envelope and the log event say besides.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memmem;
use sawlog_columns::{Code, Note};

use crate::attempt::{Failure, NOT_AN_OBJECT};
use crate::batch::Batch;
use crate::classify::{Refusals, Wording};
use crate::envelope::{Envelope, LOG_EVENTS, Search};
use crate::json::JsonReader;
use crate::json_text::minify;
use crate::limits::{MAX_HEADER_BYTES, MAX_HEADER_GROWTH, made_share};
use crate::parser::{Header, Parser, Record};
use crate::place::{Place, Verdict};
use crate::text::trim;
use crate::token::TokenKind;
use crate::walk::{Document, keys, overridden_keys};

/// Type of the envelopes that carry events.
const DATA: &str = "DATA_MESSAGE";

/// Type of the envelopes that only test the way. Their events belong to no log.
const CONTROL: &str = "CONTROL_MESSAGE";

/// Where log events keep their records.
const MESSAGE: &str = "message";

/// The fields that envelopes have.
const FIELDS: [&str; 6] =
    ["messageType", "owner", "logGroup", "logStream", "subscriptionFilters", "logEvents"];

/// An envelope, as far as it is read.
#[derive(Default)]
struct LogEnvelope<'d> {
    /// What it says besides its events, as a JSON object.
    header: Vec<u8>,
    message_type: Option<&'d str>,
    has_log_group: bool,
    has_log_events: bool,
    events: Vec<LogEvent<'d>>,
    /// By token, whether a later key of the same object overrides it.
    overridden: Vec<bool>,
    /// How many keys of the envelope and of its events are.
    repeated: u64,
}

/// One event of an envelope.
struct LogEvent<'d> {
    /// Its extent in the document.
    start: usize,
    end: usize,
    /// The record, unescaped.
    message: &'d str,
    /// Its token.
    token: usize,
}

impl LogEvent<'_> {
    /// Writes what the envelope says of this event alone: its list of events with nothing but this one, and
    /// without the message. Nothing where the event has only the message.
    fn header(&self, doc: Document<'_>, overridden: &[bool], out: &mut Vec<u8>) {
        out.clear();
        let members = keys(doc.tokens, self.token);
        for (key, _) in members.filter(|(key, name)| *name != MESSAGE && !overridden[*key]) {
            if out.is_empty() {
                out.push(b'"');
                out.extend_from_slice(LOG_EVENTS);
                out.extend_from_slice(b"\":[{");
            } else {
                out.push(b',');
            }
            push_member(doc, key, out);
        }
        if !out.is_empty() {
            out.extend_from_slice(b"}]");
        }
    }
}

/// Appends the member whose key is token `key`, without insignificant white space.
fn push_member(doc: Document<'_>, key: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(doc.source(key));
    out.push(b':');
    minify(doc.source(key + 1), out);
}

/// Why a document is no envelope.
type Reason = Cow<'static, str>;

impl<'d> LogEnvelope<'d> {
    fn read(doc: Document<'d>) -> Result<Self, Reason> {
        if !matches!(doc.tokens[0].kind, TokenKind::Object(_)) {
            return Err("an envelope must be a JSON object".into());
        }
        let mut envelope = Self { overridden: overridden_keys(doc.tokens), ..Self::default() };
        for (key, name) in keys(doc.tokens, 0) {
            let is_list = name.as_bytes() == LOG_EVENTS;
            if envelope.overridden[key] && !is_list {
                envelope.repeated += 1;
                continue;
            }
            match (name, doc.tokens[key + 1].kind) {
                _ if is_list => {
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
        let copies = envelope.header.len() * envelope.events.len();
        if copies > MAX_HEADER_GROWTH * doc.raw.len() {
            let count = envelope.events.len();
            return Err(format!(
                "the fields beside `logEvents` are kept with each of the {count} log events, and would take \
                 more than {MAX_HEADER_GROWTH} times the envelope's size"
            )
            .into());
        }
        Ok(envelope)
    }

    /// Whether nobody could take it for an event: it has what envelopes have, and no field of a log type
    /// besides.
    fn is_evident(&self, doc: Document<'_>, pages: &Envelope) -> bool {
        let is_foreign = |name: &str| !FIELDS.contains(&name) && pages.is_declared(name.as_bytes());
        matches!(self.message_type, Some(DATA | CONTROL))
            && self.has_log_group
            && !keys(doc.tokens, 0).any(|(_, name)| is_foreign(name))
    }

    /// Adds the events of a list. A second list does not override the first, since both hold records.
    fn add_events(&mut self, doc: Document<'d>, list: usize) -> Result<(), Reason> {
        let TokenKind::Array(extent) = doc.tokens[list].kind else {
            return Err("the `logEvents` of the envelope are no array".into());
        };
        self.has_log_events = true;
        let mut event = list + 1;
        for number in 1..=extent.len {
            let repeated = keys(doc.tokens, event).filter(|(key, _)| self.overridden[*key]);
            self.repeated += repeated.count() as u64;
            let messages = keys(doc.tokens, event).filter(|(_, name)| *name == MESSAGE);
            let message = messages.last().map(|(key, _)| doc.tokens[key + 1].kind);
            let (TokenKind::Object(extent), Some(TokenKind::String(message))) =
                (doc.tokens[event].kind, message)
            else {
                return Err(format!("log event {number} of the envelope has no text under `message`").into());
            };
            let start = doc.tokens[event].at as usize;
            self.events.push(LogEvent { start, end: extent.end as usize, message, token: event });
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
        push_member(doc, key, &mut self.header);
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

    /// With `evident`, only if nobody could take the record for an event.
    fn open_envelope(
        &mut self,
        record: Record<'_>,
        place: &mut Place<'_>,
        batch: &mut Batch,
        evident: bool,
    ) -> Result<(), Verdict> {
        let pages = Arc::clone(&self.envelope);
        let mut reader = self.envelopes.take().unwrap_or_else(|| Box::new(JsonReader::new()));
        let opened = reader.read(record.bytes, |doc| {
            let envelope = LogEnvelope::read(doc)?;
            if evident && !envelope.is_evident(doc, &pages) {
                return Err("the document may be an event".into());
            }
            self.log_events(&envelope, doc, record, place, batch);
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
        doc: Document<'_>,
        record: Record<'_>,
        place: &mut Place<'_>,
        batch: &mut Batch,
    ) {
        // Readers have checked the document's UTF-8, so the text is never refused here.
        let shared: Arc<str> = str::from_utf8(&envelope.header).unwrap_or("{}").into();
        batch.note(Note::DuplicateKey, envelope.repeated);
        let mut own = Vec::new();
        let is_control = envelope.message_type == Some(CONTROL);
        for event in &envelope.events {
            let line = event.message.as_bytes();
            let (_, bytes) = trim(line);
            if is_control || bytes.is_empty() {
                batch.records += 1;
                batch.skipped += 1;
                continue;
            }
            let start = record.start + event.start;
            event.header(doc, &envelope.overridden, &mut own);
            let own = str::from_utf8(&own).unwrap_or_default();
            let made_share = made_share(event.end - event.start, record.bytes.len());
            let header = Header { shared: &shared, own, made_share };
            let search = Search::Nothing;
            let message = Record { bytes, line, start, search, header: Some(header), indexed: None };
            if self.is_accepted(message, place, batch) {
                continue;
            }
            let refusals = match self.parse_record(message, place, batch, Wording::Full) {
                Ok(()) => continue,
                Err(Failure::Unreadable(refusals) | Failure::Rejected(refusals)) => refusals,
                // Messages are not searched for pages, so this does not happen.
                Err(Failure::MaybePage) => Refusals::whole(Verdict::whole(Code::NotAnObject, NOT_AN_OBJECT)),
            };
            let Err(refusals) = self.try_text(message, place, batch, refusals) else { continue };
            let verdict = refusals.verdict(&self.plans);
            place.reject(verdict, &record.bytes[event.start..event.end], start, batch);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use sawlog_columns::Columns;
    use sawlog_schema::{Plan, load};
    use serde::Deserialize;
    use serde_json::json;
    use serde_json::value::RawValue;

    use super::*;
    use crate::{Block, Records, RecordsPath, Span, Stream};

    /// Parses a document of a stream of envelopes.
    fn parse(document: &str) -> Batch {
        let yaml = "{schema: Test.Envelope, fields: [{name: m, type: string, required: true}]}";
        let plans = [Arc::new(Plan::new(load(yaml, "test").log_type.unwrap()))];
        let pages = Envelope::new(&plans, RecordsPath::Detect).of_stream(Stream::CloudwatchLogs);
        let mut batch = Batch::new(0, vec![Columns::new(&plans[0], false)]);
        let span = Span { start: 0, len: document.len() as u32, unwrapped: false, fault: None };
        let (data, records) = (document.as_bytes().to_vec(), Records::Spans(vec![span]));
        let block = Block::new(data, records);
        Parser::new(&plans, Arc::new(pages), false).parse(&block, &mut batch);
        assert_eq!(batch.records, batch.rows() + batch.rejects.len() as u64 + batch.skipped);
        batch
    }

    /// What serde makes of an envelope.
    #[derive(Deserialize)]
    struct Oracle<'d> {
        #[serde(borrow, rename = "logEvents")]
        log_events: Vec<&'d RawValue>,
    }

    fn message() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>().prop_map(|text| json!({"m": text}).to_string()),
            any::<String>(),
            Just(r#"{"n":1}"#.to_owned()),
            Just(" \t".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn records_lie_where_their_log_events_lie(messages in vec(message(), 0..6), pretty: bool) {
            let log_events: Vec<_> = messages.iter().map(|m| json!({"id": "1", "message": m})).collect();
            let envelope = json!({"logGroup": "g", "logEvents": log_events, "owner": {"a": [1, 2]}});
            let text = if pretty { format!("{envelope:#}") } else { envelope.to_string() };
            let batch = parse(&text);
            let oracle: Oracle<'_> = serde_json::from_str(&text).unwrap();
            let blank = |m: &&String| m.trim_matches([' ', '\t', '\r', '\n']).is_empty();
            prop_assert_eq!(batch.skipped as usize, messages.iter().filter(blank).count());
            let mut found: Vec<_> = batch.columns[0].rows().iter().map(|row| row.byte_offset).collect();
            for reject in &batch.rejects {
                let at = reject.byte_offset as usize;
                prop_assert_eq!(&reject.raw, &text.as_bytes()[at..at + reject.raw.len()]);
                found.push(at as u64);
            }
            found.sort_unstable();
            let offset = |raw: &&RawValue| (raw.get().as_ptr() as usize - text.as_ptr() as usize) as u64;
            let kept = oracle.log_events.iter().zip(&messages).filter(|(_, message)| !blank(message));
            prop_assert_eq!(found, kept.map(|(raw, _)| offset(raw)).collect::<Vec<_>>());
        }

        #[test]
        fn a_damaged_envelope_gives_one_reject_or_all_of_its_records(
            cut in any::<proptest::sample::Index>(), insert in "[\\[\\]{}\",:0-9a-z\\\\]{0,3}",
        ) {
            let message = |n: u32| json!({"id": n, "message": format!("{{\"m\":\"{n}\"}}")});
            let mut text = json!({"logEvents": [message(1), message(2)], "owner": "1"}).to_string();
            let at = cut.index(text.len());
            text.replace_range(at..=at, &insert);
            let batch = parse(&text);
            prop_assert!(batch.records >= 2 || batch.rejects.len() == 1, "{text} {:?}", batch.rejects);
        }
    }
}
