//! Streams that are lines to their end: sections of them can be framed each by itself.

use std::sync::Arc;

use memchr::{memchr, memrchr};

use super::buffer::Buffer;
use super::{Framer, FramerOptions, LONG_LINE, Mode};
use crate::envelope::Envelope;

/// A place where a line begins, and from which on a stream is lines to its end.
#[derive(Debug, Clone)]
pub struct LinesFrom {
    /// Offset of the line in the decoded stream.
    pub offset: u64,
    /// Its number, counted from 1, or from [`UNKNOWN`](Self::UNKNOWN).
    pub line: u64,
    /// The first bytes of the stream, where they are needed to read its lines.
    head: Option<Arc<[u8]>>,
}

impl LinesFrom {
    /// The number of a line of which is not known how many come before it: more than there ever are, so that
    /// none is taken for a header.
    pub const UNKNOWN: u64 = 1 << 62;

    /// Up to where the lines' numbers must be known: a header is left out by its number.
    pub fn known_to(&self) -> u64 {
        self.head.as_ref().map_or(0, |head| head.len() as u64)
    }
}

impl Framer {
    /// Behind the blocks that were handed out, if all that follows is lines. Once it is, it remains so. None
    /// where a log type leaves out a number of lines, as sections do not know their lines' numbers.
    pub fn lines_from(&self) -> Option<LinesFrom> {
        let is_lines = matches!(self.mode, Mode::Lines { .. }) && self.blocks.is_empty();
        let is_lines = is_lines && !self.envelope.skips_lines();
        let head = self.head.clone();
        is_lines.then(|| LinesFrom { offset: self.buffer.base(), line: self.buffer.first_line(), head })
    }

    /// Frames a section of lines. Read to the end of a line, it gives the records that a framer of the whole
    /// stream finds there, with lines counted from the number that was told.
    pub fn resume(envelope: Arc<Envelope>, options: FramerOptions, from: &LinesFrom) -> Self {
        let buffer = Buffer::at(from.offset, from.line);
        let (head, mode) = (from.head.clone(), Mode::Lines { searched: 0 });
        Self { buffer, mode, head, ..Self::new(envelope, options) }
    }

    /// Bytes on either side of a place that [`first_line`](Self::first_line) looks at, at most.
    pub const REACH: usize = LONG_LINE + 1;

    /// Where a new section may begin: how far behind a place the first line begins, given the bytes on either
    /// side of it. `None` where the line before that is so long that its records may belong to either side.
    pub fn first_line(before: &[u8], behind: &[u8]) -> Option<usize> {
        if before.last() == Some(&b'\n') {
            return Some(0);
        }
        let begun = before.len() - memrchr(b'\n', before)? - 1;
        let ends = memchr(b'\n', behind)?;
        (begun + ends <= LONG_LINE).then_some(ends + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_begins_behind_a_line_that_is_not_long() {
        let line = |len: usize| [vec![b'a'; len], vec![b'\n']].concat();
        assert_eq!(Framer::first_line(b"{}\n", b"{}\n"), Some(0));
        assert_eq!(Framer::first_line(b"{}\n{", b"}\n{}"), Some(2));
        assert_eq!(Framer::first_line(b"{}\n{}", b"\n"), Some(1));
        assert_eq!(Framer::first_line(b"{}\n{", b"}"), None);
        assert_eq!(Framer::first_line(b"{", b"}\n"), None);
        let before = [b'\n', b'a'];
        assert_eq!(Framer::first_line(&before, &line(LONG_LINE - 1)), Some(LONG_LINE));
        assert_eq!(Framer::first_line(&before, &line(LONG_LINE)), None);
    }
}
