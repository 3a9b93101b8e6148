//! Blocks of whole records: what framing yields and parsing takes.

use std::sync::Arc;

use memchr::memchr_iter;
use sawlog_columns::Code;

/// A contiguous piece of one decoded stream that holds whole records of one chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The bytes, separators included. Empty for a record beyond the size limit.
    pub data: Vec<u8>,
    /// Offset of `data[0]` in the decoded stream.
    pub offset: u64,
    /// Line on which `data[0]` lies, counted from 1.
    pub line: u64,
    /// Number of line breaks in `data`. Whoever changes the one changes the other.
    pub line_breaks: usize,
    /// Number of the chunk that every record of the block belongs to.
    pub chunk: u64,
    /// Where the records lie.
    pub records: Records,
    /// The first bytes of the stream, where some log type needs them to read its lines.
    pub head: Option<Arc<[u8]>>,
}

impl Block {
    /// A stream that is one block.
    pub fn new(data: Vec<u8>, records: Records) -> Self {
        let line_breaks = memchr_iter(b'\n', &data).count();
        Self { data, offset: 0, line: 1, line_breaks, chunk: 0, records, head: None }
    }

    /// Number of spans, where framing knows the records, or of lines.
    pub fn len(&self) -> usize {
        match &self.records {
            Records::Lines => {
                self.line_breaks + usize::from(self.data.last().is_some_and(|&last| last != b'\n'))
            }
            Records::Spans(spans) => spans.len(),
        }
    }

    /// Whether there is neither a record nor a line.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Cuts off everything behind the first `records` records or lines, of which there are at least as many.
    #[must_use]
    pub fn split_off(&mut self, records: usize) -> Self {
        let (at, records) = match &mut self.records {
            Records::Lines => {
                let end = memchr_iter(b'\n', &self.data).nth(records.saturating_sub(1));
                (end.map_or(self.data.len(), |end| end + 1), Records::Lines)
            }
            Records::Spans(spans) => {
                let mut rest = spans.split_off(records);
                let at = rest.first().map_or(self.data.len(), |first| first.start as usize);
                for span in &mut rest {
                    span.start -= at as u32;
                }
                (at, Records::Spans(rest))
            }
        };
        let data = self.data.split_off(at);
        let before = memchr_iter(b'\n', &self.data).count();
        let line_breaks = self.line_breaks - before;
        self.line_breaks = before;
        let (offset, line) = (self.offset + at as u64, self.line + before as u64);
        Self { data, offset, line, line_breaks, chunk: self.chunk, records, head: self.head.clone() }
    }
}

/// How the records of a block are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Records {
    /// One record a line; blank lines are separators.
    Lines,
    /// Framing has found them.
    Spans(Vec<Span>),
}

/// One record within a block; or, without bytes and a fault, a place between two where a comma is missing or
/// too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// First byte, relative to the block's data.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
    /// Whether the record was taken out of a page, so that it is not searched for records again.
    pub unwrapped: bool,
    /// What framing already knows to be wrong with it.
    pub fault: Option<Fault>,
}

impl Span {
    /// Whether it is a record.
    pub fn is_record(&self) -> bool {
        self.len > 0 || self.fault.is_some()
    }
}

/// A record that framing rejects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Why.
    pub code: Code,
    /// Why, for people.
    pub message: String,
    /// Offset of the error from the start of the record.
    pub at: u64,
    /// The record's full length, which for one beyond the size limit is more than the block holds.
    pub len: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_cut_between_records() {
        let data = b"{}\n[]\n\n7".to_vec();
        let mut lines = Block { offset: 10, line: 3, chunk: 1, ..Block::new(data, Records::Lines) };
        assert_eq!(lines.len(), 4);
        let rest = lines.split_off(2);
        assert_eq!((lines.data.as_slice(), lines.len()), (&b"{}\n[]\n"[..], 2));
        assert_eq!((rest.data.as_slice(), rest.offset, rest.line, rest.len()), (&b"\n7"[..], 16, 5, 2));
        assert!(lines.split_off(2).is_empty());

        let span = |start| Span { start, len: 2, unwrapped: true, fault: None };
        let records = Records::Spans(vec![span(1), span(5)]);
        let mut spans = Block::new(b"[{},\n{}]".to_vec(), records);
        let rest = spans.split_off(1);
        assert_eq!((spans.data.as_slice(), spans.len()), (&b"[{},\n"[..], 1));
        assert_eq!((rest.data.as_slice(), rest.offset, rest.line), (&b"{}]"[..], 5, 2));
        assert_eq!(rest.records, Records::Spans(vec![span(0)]));
    }
}
