//! Tests of framing as a whole: what comes out of a stream, however it is cut up.

mod beside;
mod cases;
mod commas;
mod first_line;
mod limits;
mod outgrown;
mod properties;
mod streams;

use std::fmt;
use std::sync::Arc;

use memchr::memchr_iter;
use sawlog_schema::{Plan, load};

use super::{Framer, FramerOptions};
use crate::block::{Block, Fault, Records};
use crate::envelope::{Envelope, RecordsPath, split};
use crate::text::trim;

/// The code of what is no record, but the place of a wrong comma.
const COMMA: &str = "comma";

/// A record as the pipeline will see it.
#[derive(Clone, PartialEq, Eq)]
struct Found {
    offset: u64,
    bytes: Vec<u8>,
    /// Its full length: more than there are bytes where it is too large.
    len: u64,
    code: &'static str,
    line: u64,
    chunk: u64,
}

impl Found {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} at {} + {}", self.code, self.text(), self.offset, self.len)
    }
}

/// How an input reaches the framer.
#[derive(Debug, Clone)]
struct Feed {
    options: FramerOptions,
    long_line: usize,
    /// Sizes of the reads, over and over.
    reads: Vec<usize>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { options: FramerOptions::default(), long_line: super::LONG_LINE, reads: vec![usize::MAX] }
    }
}

fn plan() -> Arc<Plan> {
    let yaml = "\
schema: Test.Audit
fields:
  - {name: id, type: json, required: true}
  - {name: type, type: json, required: true}
  - {name: attributes, type: json, required: true}
  - {name: links, type: json, required: true}
  - {name: message, type: json}
";
    Arc::new(Plan::new(load(yaml, "test").log_type.unwrap()))
}

fn envelope(path: RecordsPath) -> Arc<Envelope> {
    Arc::new(Envelope::new(&[plan()], path))
}

fn blocks(envelope: &Arc<Envelope>, input: &[u8], feed: &Feed) -> Vec<Block> {
    let mut framer = Framer::new(Arc::clone(envelope), feed.options.clone());
    framer.long_line = feed.long_line.min(framer.long_line);
    let mut rest = input;
    let mut blocks = Vec::new();
    for &size in feed.reads.iter().cycle() {
        let space = framer.space();
        let n = size.max(1).min(rest.len()).min(space.len());
        space[..n].copy_from_slice(&rest[..n]);
        rest = &rest[n..];
        if n == 0 {
            framer.finish();
        } else {
            framer.advance(n);
        }
        blocks.extend(std::iter::from_fn(|| framer.next_block()));
        if n == 0 {
            break;
        }
    }
    assert_eq!(framer.decoded_bytes(), input.len() as u64);
    assert_eq!(framer.next_block(), None);
    blocks
}

/// Frames and splits, and checks what holds of every block.
fn frame(envelope: &Arc<Envelope>, input: &[u8], feed: &Feed) -> Vec<Found> {
    let mut found = Vec::new();
    for block in blocks(envelope, input, feed) {
        let Block { data, offset, line, line_breaks, chunk, records, head: _ } = &block;
        if !data.is_empty() {
            assert_eq!(&input[*offset as usize..][..data.len()], data);
        }
        let newlines = |end: u64| memchr_iter(b'\n', &input[..end as usize]).count() as u64;
        assert_eq!(*line, 1 + newlines(*offset));
        assert_eq!(*line_breaks, memchr_iter(b'\n', data).count());
        let mut push = |start: u64, bytes: &[u8], fault: Option<&Fault>, chunk| {
            let intact = if bytes.is_empty() { COMMA } else { "" };
            let (code, len) = fault.map_or((intact, bytes.len() as u64), |f| (f.code.as_str(), f.len));
            assert!(code == "record_too_large" || len == bytes.len() as u64, "{len} bytes from {start} on");
            found.push(Found {
                offset: start,
                bytes: bytes.to_vec(),
                len,
                code,
                line: 1 + newlines(start),
                chunk,
            });
        };
        match records {
            Records::Spans(spans) => {
                for span in spans {
                    let bytes = &data[span.start as usize..][..span.len as usize];
                    let start = offset + u64::from(span.start);
                    assert_eq!(*chunk, (feed.options.chunk_base + start) / feed.options.chunk_bytes);
                    if !span.is_record() {
                        push(start, bytes, None, *chunk);
                        continue;
                    }
                    // Blanks around a text are handed out with it.
                    let (blank, bytes) = if span.fault.is_none() { trim(bytes) } else { (0, bytes) };
                    push(start + blank as u64, bytes, span.fault.as_ref(), *chunk);
                }
            }
            Records::Lines => {
                assert_eq!(data.last(), Some(&b'\n'));
                let mut start = 0;
                for text in data.split_inclusive(|&b| b == b'\n') {
                    let at = offset + start as u64;
                    assert_eq!(*chunk, (feed.options.chunk_base + at) / feed.options.chunk_bytes);
                    line_records(envelope, &text[..text.len() - 1], at, |s, b, fault| {
                        push(s, b, fault, *chunk);
                    });
                    start += text.len();
                }
            }
        }
    }
    check_order(input, &found);
    found
}

/// The records of one line, as a parser finds them.
fn line_records(envelope: &Envelope, line: &[u8], at: u64, mut push: impl FnMut(u64, &[u8], Option<&Fault>)) {
    let (blank, trimmed) = trim(line);
    if trimmed.is_empty() {
        return;
    }
    let at = at + blank as u64;
    match split(envelope, trimmed).filter(|_| envelope.reads_json()) {
        None => push(at, trimmed, None),
        Some(spans) => {
            for span in spans {
                let bytes = &trimmed[span.start as usize..][..span.len as usize];
                push(at + u64::from(span.start), bytes, span.fault.as_ref());
            }
        }
    }
}

fn check_order(input: &[u8], found: &[Found]) {
    let mut end = 0;
    for record in found {
        assert!(record.offset >= end, "records overlap: {found:?}");
        end = record.offset + record.len;
    }
    assert!(end <= input.len() as u64, "a record ends behind the input: {found:?}");
}

/// Texts of the records, with the codes of their faults in front.
fn texts(path: RecordsPath, input: &str) -> Vec<String> {
    let envelope = envelope(path);
    let found = frame(&envelope, input.as_bytes(), &Feed::default());
    for reads in [vec![1], vec![2, 3, 5], vec![7]] {
        let feed = Feed { reads, long_line: 1, ..Feed::default() };
        let again = frame(&envelope, input.as_bytes(), &feed);
        assert_eq!(found, again, "{input:?} is framed differently when it comes in pieces");
    }
    let show = |f: Found| if f.code.is_empty() { f.text() } else { format!("{}: {}", f.code, f.text()) };
    found.into_iter().map(show).collect()
}
