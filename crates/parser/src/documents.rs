//! Events without a log type: the JSON of each record as tokens.
//!
//! Where nothing is known yet about a log, as when its definition is to be inferred, there is no plan to
//! compare with. Records are found, and pages taken apart, exactly as they are with one; what they say is
//! handed on as it stands.

use std::sync::Arc;

use memchr::memchr_iter;
use sawlog_columns::Code;

use crate::attempt::NOT_AN_OBJECT;
use crate::block::{Block, Records, Span};
use crate::envelope::{Envelope, split};
use crate::framing::TOO_LARGE;
use crate::json::JsonReader;
use crate::limits::MAX_RECORD_BYTES;
use crate::place::Verdict;
use crate::text::trim;
use crate::token::{Token, TokenKind};
use crate::walk::may_be_page;

/// What a record is.
#[derive(Debug)]
pub enum Document<'a> {
    /// A JSON object, with its bytes and its tokens.
    Event {
        /// The record.
        raw: &'a [u8],
        /// Its tokens; the first is the object.
        tokens: &'a [Token<'a>],
    },
    /// No JSON, no object, beyond a limit, or nothing that framing takes for an event.
    Unreadable {
        /// Why, for machines.
        code: Code,
        /// Why, for people.
        message: &'a str,
    },
}

impl<'a> From<&'a Verdict> for Document<'a> {
    fn from(verdict: &'a Verdict) -> Self {
        Self::Unreadable { code: verdict.code, message: &verdict.message }
    }
}

/// Reads the records of blocks without a log type. The envelope must be one of no log types, or of JSON ones.
pub struct DocumentReader {
    envelope: Arc<Envelope>,
    json: JsonReader,
}

impl DocumentReader {
    /// A reader of records that lie where the envelope says.
    pub fn new(envelope: Arc<Envelope>) -> Self {
        Self { envelope, json: JsonReader::new() }
    }

    /// Hands each record of a block to `each`, in order.
    pub fn read(&mut self, block: &Block, each: &mut dyn FnMut(Document<'_>)) {
        match &block.records {
            Records::Lines => {
                let mut start = 0;
                let ends = memchr_iter(b'\n', &block.data).chain([block.data.len()]);
                for end in ends {
                    let (_, bytes) = trim(&block.data[start..end.max(start)]);
                    if !bytes.is_empty() {
                        self.record(bytes, true, each);
                    }
                    start = end + 1;
                }
            }
            Records::Spans(spans) => spans.iter().for_each(|span| self.span(span, &block.data, each)),
        }
    }

    fn span(&mut self, span: &Span, data: &[u8], each: &mut dyn FnMut(Document<'_>)) {
        if !span.is_record() {
            return;
        }
        let bytes = &data[span.start as usize..(span.start + span.len) as usize];
        let bytes = if span.unwrapped { bytes } else { trim(bytes).1 };
        match &span.fault {
            Some(fault) => each((&Verdict::of_framing(fault)).into()),
            None => self.record(bytes, !span.unwrapped, each),
        }
    }

    fn record(&mut self, bytes: &[u8], searched: bool, each: &mut dyn FnMut(Document<'_>)) {
        if bytes.len() > MAX_RECORD_BYTES {
            return each(Document::Unreadable { code: Code::TooLarge, message: TOO_LARGE });
        }
        let envelope = Arc::clone(&self.envelope);
        if searched
            && envelope.is_explicit()
            && let Some(spans) = split(&envelope, bytes)
        {
            return self.records_of_page(&spans, bytes, each);
        }
        let read = self.json.read(bytes, |doc| match doc.tokens[0].kind {
            TokenKind::Array(_) => searched,
            TokenKind::Object(_) if searched && may_be_page(&envelope, doc.tokens) => true,
            TokenKind::Object(_) => {
                each(Document::Event { raw: bytes, tokens: doc.tokens });
                false
            }
            _ => {
                each(Document::Unreadable { code: Code::NotAnObject, message: NOT_AN_OBJECT });
                false
            }
        });
        // A page that is cut or damaged may still hold whole records.
        let may_be_pages = *read.as_ref().unwrap_or(&searched);
        let pages = if may_be_pages { split(&envelope, bytes) } else { None };
        match (pages, read) {
            (Some(spans), _) => self.records_of_page(&spans, bytes, each),
            (None, Ok(true)) => self.record(bytes, false, each),
            (None, Ok(false)) => {}
            (None, Err(error)) => each((&Verdict::unreadable(&error, "record")).into()),
        }
    }

    fn records_of_page(&mut self, spans: &[Span], page: &[u8], each: &mut dyn FnMut(Document<'_>)) {
        for span in spans {
            self.span(&Span { unwrapped: true, ..span.clone() }, page, each);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::RecordsPath;

    fn found(text: &str) -> Vec<String> {
        let envelope = Arc::new(Envelope::new(&[], RecordsPath::Detect));
        let data = text.as_bytes().to_vec();
        let block = Block::new(data, Records::Lines);
        let mut found = Vec::new();
        DocumentReader::new(envelope).read(&block, &mut |document| {
            found.push(match document {
                Document::Event { raw, tokens } => {
                    assert!(matches!(tokens[0].kind, TokenKind::Object(_)));
                    String::from_utf8_lossy(raw).into_owned()
                }
                Document::Unreadable { code, message } => format!("{}: {message}", code.as_str()),
            });
        });
        found
    }

    #[test]
    fn events_pages_and_the_unreadable_are_told_apart() {
        let text = concat!(
            " {\"a\":1} \n\n[{\"b\":1},{\"c\":2}]\n",
            "{\"data\":[{\"d\":1}],\"meta\":{}}\n{\"data\":1}\n7\n{\n{}"
        );
        let events = ["{\"a\":1}", "{\"b\":1}", "{\"c\":2}", "{\"d\":1}", "{\"data\":1}"];
        assert_eq!(found(text)[..5], events);
        assert_eq!(found(text)[5], format!("not_an_object: {NOT_AN_OBJECT}"));
        assert!(found(text)[6].starts_with("invalid_json: ") && found(text)[6].ends_with("of the record"));
        assert_eq!(found(text)[7..], ["{}"]);
        let lists = found(r#"{"data":[{"a":1}],"records":[{"b":2}]}"#);
        assert_eq!(lists[0], r#"{"a":1}"#);
        assert!(lists[1].starts_with("second_list: the page has this"), "{lists:?}");
    }
}
