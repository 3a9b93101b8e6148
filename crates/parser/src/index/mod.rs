//! The index of a record or of a block of them: where strings end, and what else needs care.
//!
//! JSON is hard to read fast because every quote changes the meaning of what follows. It is therefore
//! looked at twice: first in blocks of sixty-four bytes, for which vector instructions tell quotes,
//! backslashes, control characters and whatever is not ASCII; then by a reader that finds the end of a string
//! by counting zeros. UTF-8 is then checked in those blocks that are not all ASCII.

mod bits;
mod kernel;
mod stops;

use std::ops::Range;

use bits::Bits;
use kernel::{BLOCK, LEVEL, Level, Masks};
pub(crate) use stops::Stops;

/// Name of the vector instructions that are used: `avx512`, `avx2` or `portable`.
pub fn simd_level() -> &'static str {
    LEVEL.name()
}

/// What is known of a record, or of a whole block. The memory is reused.
#[derive(Debug)]
pub(crate) struct Index {
    level: Level,
    /// The quotes that are not escaped.
    quotes: Bits,
    /// These, and all backslashes: where the text of a string stops being plain.
    stops: Bits,
    /// The bytes below 0x20.
    controls: Bits,
    /// Whether there is a backslash.
    has_slashes: bool,
    has_controls: bool,
    /// Runs of blocks with bytes beyond ASCII, by the blocks' numbers.
    beyond_ascii: Vec<Range<usize>>,
}

impl Index {
    pub(crate) fn new() -> Self {
        Self::of_level(*LEVEL)
    }

    fn of_level(level: Level) -> Self {
        let (quotes, stops, controls) = Default::default();
        let beyond_ascii = Vec::new();
        Self { level, quotes, stops, controls, has_slashes: false, has_controls: false, beyond_ascii }
    }

    /// Looks at `record`, and returns it as text; None where it is not valid UTF-8.
    pub(crate) fn build<'a>(&mut self, record: &'a [u8]) -> Option<&'a str> {
        let (blocks, tail) = record.as_chunks::<BLOCK>();
        // Letters behind the end change nothing.
        let mut last = [b'a'; BLOCK];
        last[..tail.len()].copy_from_slice(tail);
        let quotes = self.quotes.words(blocks.len() + 1);
        let stops = self.stops.words(blocks.len() + 1);
        let controls = self.controls.words(blocks.len() + 1);
        self.beyond_ascii.clear();
        let pass = Pass {
            words: quotes.zip(stops).zip(controls),
            number: 0,
            escape: false,
            has_slashes: false,
            controls: 0,
            beyond_ascii: &mut self.beyond_ascii,
        };
        let pass = self.level.fold(blocks, &last, pass, Pass::take);
        self.has_slashes = pass.has_slashes;
        self.has_controls = pass.controls != 0;
        let is_text = |run: &Range<usize>| {
            let end = record.len().min(run.end * BLOCK);
            simdutf8::basic::from_utf8(&record[run.start * BLOCK..end]).is_ok()
        };
        if !self.beyond_ascii.iter().all(is_text) {
            return None;
        }
        // SAFETY: every byte of the record went through a block. Runs of blocks with bytes beyond ASCII were
        // found to be UTF-8, each by itself, and all that lies between them is ASCII.
        #[expect(unsafe_code, reason = "text need not be checked where it is all ASCII")]
        Some(unsafe { str::from_utf8_unchecked(record) })
    }

    /// Has strings stop at control characters from now on, as at backslashes: no string may hold one, so that
    /// those which do get the closer look too.
    pub(crate) fn suspect_controls(&mut self) {
        if self.has_controls {
            self.stops.add(&self.controls);
        }
    }

    /// Where the string of `record` ends that begins at `at`, behind its quote: the place of the first quote
    /// that is not escaped. And whether it needs a closer look, as there is a backslash in it, or a control
    /// character that is suspected.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call takes as long as what it does")]
    pub(crate) fn string_from(&self, record: &[u8], at: usize) -> Option<(usize, bool)> {
        let stop = self.stops.first_from(at)?;
        // An escaped quote is no stop.
        if *record.get(stop)? == b'"' {
            return Some((stop, false));
        }
        Some((self.quotes.first_from(stop)?, true))
    }

    /// Place of the first control character at or behind `at`.
    #[inline]
    pub(crate) fn control_from(&self, at: usize) -> Option<usize> {
        self.controls.first_from(at)
    }

    /// Whether there is a backslash anywhere.
    #[inline]
    pub(crate) fn has_escapes(&self) -> bool {
        self.has_slashes
    }

    /// Whether there is any byte below 0x20, which no string may hold.
    #[inline]
    pub(crate) fn has_controls(&self) -> bool {
        self.has_controls
    }
}

/// What is known on the way from one block to the next.
struct Pass<'r, W> {
    /// Where quotes, stops and controls of the blocks to come are noted.
    words: W,
    /// Number of the next block.
    number: usize,
    /// Whether its first byte is escaped.
    escape: bool,
    has_slashes: bool,
    /// The control characters of all blocks.
    controls: u64,
    beyond_ascii: &'r mut Vec<Range<usize>>,
}

type Word<'a> = &'a mut [u8; size_of::<u64>()];

impl<'a, W: Iterator<Item = ((Word<'a>, Word<'a>), Word<'a>)>> Pass<'_, W> {
    #[inline]
    fn take(mut self, masks: Masks) -> Self {
        let mut ends = masks.quotes;
        if masks.slashes != 0 || self.escape {
            ends &= !escaped(masks.slashes, &mut self.escape);
            self.has_slashes = true;
        }
        if let Some(((quotes, stops), controls)) = self.words.next() {
            *quotes = ends.to_le_bytes();
            *stops = (ends | masks.slashes).to_le_bytes();
            *controls = masks.controls.to_le_bytes();
        }
        self.controls |= masks.controls;
        if masks.high != 0 {
            self.note_beyond_ascii();
        }
        self.number += 1;
        self
    }

    /// The block is not all ASCII.
    fn note_beyond_ascii(&mut self) {
        match self.beyond_ascii.last_mut() {
            Some(run) if run.end == self.number => run.end += 1,
            _ => self.beyond_ascii.push(self.number..self.number + 1),
        }
    }
}

/// The bytes of a block that follow a backslash which is not itself escaped. `carry` says whether the first
/// one does, and is told the same of the next block.
#[inline]
fn escaped(slashes: u64, carry: &mut bool) -> u64 {
    let mut escaped = u64::from(*carry);
    let mut open = slashes & !escaped;
    *carry = false;
    while open != 0 {
        let at = open.trailing_zeros();
        *carry = at == 63;
        let next = (1 << at) << 1;
        escaped |= next;
        open &= !(1 << at) & !next;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Quotes that are not escaped, and backslashes, found one byte after the other.
    fn naive(record: &[u8]) -> (Vec<usize>, Vec<usize>) {
        let (mut quotes, mut slashes) = (Vec::new(), Vec::new());
        let mut is_escaped = false;
        for (at, byte) in record.iter().enumerate() {
            if *byte == b'\\' {
                slashes.push(at);
            }
            if *byte == b'"' && !is_escaped {
                quotes.push(at);
            }
            is_escaped = *byte == b'\\' && !is_escaped;
        }
        (quotes, slashes)
    }

    fn record() -> impl Strategy<Value = Vec<u8>> {
        let text = prop_oneof![
            2 => "a{1,90}", 3 => "\"", 3 => "[\\\\]{1,3}", 1 => "\n", 2 => "[é№🙂]{1,40}"
        ];
        let piece =
            prop_oneof![30 => text.prop_map(String::into_bytes), 1 => any::<[u8; 1]>().prop_map(Vec::from)];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn every_level_finds_what_one_byte_after_the_other_finds(record in record(), from in 0..210usize) {
            let (quotes, slashes) = naive(&record);
            for level in kernel::available() {
                let mut index = Index::of_level(level);
                index.build(b"\"\\");
                prop_assert_eq!(index.build(&record), std::str::from_utf8(&record).ok());
                let controls = || record.iter().enumerate().filter(|(_, byte)| **byte < 0x20);
                let first = controls().map(|(at, _)| at).find(|at| *at >= from);
                prop_assert_eq!(index.control_from(from), first);
                prop_assert_eq!(index.has_escapes(), !slashes.is_empty());
                prop_assert_eq!(index.has_controls(), controls().next().is_some());
                for from in 0..record.len() + 70 {
                    let end = quotes.iter().copied().find(|at| *at >= from);
                    let has_escapes = |end| slashes.iter().any(|at| (from..end).contains(at));
                    let expected = end.map(|end| (end, has_escapes(end)));
                    prop_assert_eq!(index.string_from(&record, from), expected);
                }
            }
        }
    }
}
