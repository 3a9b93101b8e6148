//! The lines of a block, and what an index knows of them.
//!
//! Where log types of JSON read a block, an index of many lines at once tells where they end as well as
//! where their strings do: line breaks are control characters, and the first one behind a line's start is
//! nearly always that which ends it.

use memchr::{memchr, memrchr};

use crate::index::Index;

/// Bytes of lines that are indexed at a time.
const INDEXED_BYTES: usize = 16 << 10;

/// A piece of text within one that is indexed. Where it has control characters, the index
/// [suspects](Index::suspect_controls) them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Indexed<'a> {
    pub(crate) index: &'a Index,
    /// The indexed text up to the end of the piece.
    pub(crate) text: &'a str,
    /// Where the piece begins.
    pub(crate) start: usize,
}

impl Index {
    /// Builds the index of a record by itself, if it is text. It may have several lines.
    pub(crate) fn build_record<'a>(&'a mut self, record: &'a [u8]) -> Option<Indexed<'a>> {
        let text = self.build(record)?;
        self.suspect_controls();
        Some(Indexed { index: self, text, start: 0 })
    }
}

/// A line without its line break.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) bytes: &'a [u8],
    /// Offset in the block.
    pub(crate) start: usize,
    /// Whether it is text without control characters. Not known where there is no index.
    is_plain: bool,
}

/// The lines of a block in order.
pub(crate) struct Lines<'a> {
    block: &'a [u8],
    next: usize,
    /// Where lines are found by an index, that of those from `first` to `end`; as text, if they are that.
    index: Option<&'a mut Index>,
    first: usize,
    end: usize,
    text: Option<&'a str>,
}

impl<'a> Lines<'a> {
    /// Lines of `block`, found by `index` if there is one.
    pub(crate) fn new(block: &'a [u8], index: Option<&'a mut Index>) -> Self {
        Self { block, next: 0, index, first: 0, end: 0, text: None }
    }

    /// The next line.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<Line<'a>> {
        let start = self.next;
        let rest = self.block.get(start..).filter(|rest| !rest.is_empty())?;
        if start >= self.end {
            self.index_more();
        }
        let plain = self.plain_end(start);
        let end = plain.unwrap_or_else(|| start + memchr(b'\n', rest).unwrap_or(rest.len()));
        self.next = end + 1;
        Some(Line { bytes: &self.block[start..end], start, is_plain: plain.is_some() })
    }

    /// Builds the index of more lines: few enough for it and them to stay in the processor's cache.
    #[cold]
    fn index_more(&mut self) {
        let Some(index) = &mut self.index else { return };
        let rest = &self.block[self.next..];
        let len = match rest.get(..INDEXED_BYTES) {
            None => rest.len(),
            Some(lines) => memrchr(b'\n', lines).map_or(0, |end| end + 1),
        };
        self.text = index.build(&rest[..len]);
        // A line that does not fit is found without.
        (self.first, self.end) = (self.next, self.next + len);
    }

    /// Where the line that begins at `start` ends, if it is known to be plain.
    #[inline]
    fn plain_end(&self, start: usize) -> Option<usize> {
        let (index, text) = (self.index.as_deref()?, self.text?.as_bytes());
        let within = start.checked_sub(self.first).filter(|at| *at < text.len())?;
        let control = index.control_from(within).unwrap_or(text.len());
        match &text[control..] {
            [] | [b'\n', ..] => Some(self.first + control),
            [b'\r'] | [b'\r', b'\n', ..] => Some(self.first + control + 1),
            _ => None,
        }
    }

    /// What the index knows of `bytes`, which lie at `start` of the block within `line`, the last one.
    pub(crate) fn known(&self, line: &Line<'a>, start: usize, bytes: &[u8]) -> Option<Indexed<'_>> {
        let (index, text) = (self.index.as_deref().filter(|_| line.is_plain)?, self.text?);
        let start = start - self.first;
        Some(Indexed { index, text: text.get(..start + bytes.len())?, start })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part() -> impl Strategy<Value = String> {
        // A piece of half the bytes that are indexed makes lines that do not fit.
        let long = Just(()).prop_map(|()| "long".repeat(INDEXED_BYTES / 8));
        prop_oneof!["\n", "\r\n", "\r", "\t", "é", "[a\"\\\\]{0,90}", long]
    }

    proptest! {
        #[test]
        fn an_index_finds_the_lines_that_are_there(
            parts in prop::collection::vec(part(), 0..9),
            tail in prop_oneof![4 => Just(vec![]), 1 => Just(vec![0xff])],
        ) {
            let block = [parts.concat().as_bytes(), &tail].concat();
            let mut lines = Lines::new(&block, None);
            let whole: Vec<&[u8]> = std::iter::from_fn(|| lines.next()).map(|line| line.bytes).collect();
            let mut expected: Vec<&[u8]> = block.split(|byte| *byte == b'\n').collect();
            if expected.last() == Some(&&b""[..]) {
                expected.pop();
            }
            prop_assert_eq!(&whole, &expected);

            let mut index = Index::new();
            let mut indexed = Lines::new(&block, Some(&mut index));
            let mut found = Vec::new();
            while let Some(line) = indexed.next() {
                let bytes = line.bytes.trim_ascii();
                let start = line.start + line.bytes.len() - line.bytes.trim_ascii_start().len();
                let known = indexed.known(&line, start, bytes);
                let is_plain = str::from_utf8(bytes).is_ok() && bytes.iter().all(|byte| *byte >= b' ');
                // A control character that is trimmed off may leave the line unknown.
                prop_assert!(is_plain || known.is_none());
                let fits = line.bytes.len() < INDEXED_BYTES && block.is_ascii();
                let may_be_unknown = !is_plain || !fits || line.bytes.iter().any(|byte| *byte < b' ');
                prop_assert!(known.is_some() || may_be_unknown);
                if let Some(known) = known {
                    prop_assert_eq!(&known.text.as_bytes()[known.start..], bytes);
                }
                found.push(line.bytes);
            }
            prop_assert_eq!(found, expected);
        }
    }
}
