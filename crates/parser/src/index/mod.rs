//! The index of a record or of a block of them: where strings end, and what else needs care.
//!
//! JSON is hard to read fast because every quote changes the meaning of what follows. It is therefore
//! looked at twice: first in blocks of sixty-four bytes, for which vector instructions tell quotes,
//! backslashes, control characters and whatever is not ASCII; then by a reader that finds the end of a string
//! by counting zeros. UTF-8 is checked in the same go, and not at all where everything is ASCII.

mod bits;
mod kernel;

use bits::Bits;
use kernel::{BLOCK, LEVEL, Level, Masks};

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
    /// Whether there are stops that are no quotes.
    has_slashes: bool,
    has_controls: bool,
}

impl Index {
    pub(crate) fn new() -> Self {
        Self::of_level(*LEVEL)
    }

    fn of_level(level: Level) -> Self {
        let (quotes, stops, controls) = Default::default();
        Self { level, quotes, stops, controls, has_slashes: false, has_controls: false }
    }

    /// Looks at `record`, and returns it as text; None where it is not valid UTF-8.
    pub(crate) fn build<'a>(&mut self, record: &'a [u8]) -> Option<&'a str> {
        let (blocks, tail) = record.as_chunks::<BLOCK>();
        // Letters behind the end change nothing.
        let mut last = [b'a'; BLOCK];
        last[..tail.len()].copy_from_slice(tail);
        let (mut all, mut escape) = (Masks::default(), false);
        let quotes = self.quotes.words(blocks.len() + 1);
        let stops = self.stops.words(blocks.len() + 1);
        let controls = self.controls.words(blocks.len() + 1);
        let mut words = quotes.zip(stops).zip(controls);
        self.level.each(blocks, &last, |masks| {
            if let Some(((quotes, stops), controls)) = words.next() {
                let ends = masks.quotes & !escaped(masks.slashes, &mut escape);
                *quotes = ends.to_le_bytes();
                *stops = (ends | masks.slashes).to_le_bytes();
                *controls = masks.controls.to_le_bytes();
            }
            all.slashes |= masks.slashes;
            all.controls |= masks.controls;
            all.high |= masks.high;
        });
        self.has_slashes = all.slashes != 0;
        self.has_controls = all.controls != 0;
        if all.high != 0 {
            return simdutf8::basic::from_utf8(record).ok();
        }
        // SAFETY: every byte of the record went through a block, and none was found to be beyond ASCII.
        #[expect(unsafe_code, reason = "text that is all ASCII need not be checked a second time")]
        Some(unsafe { str::from_utf8_unchecked(record) })
    }

    /// Counts control characters as backslashes from now on: no string may hold one, so that those which do
    /// get the closer look too.
    pub(crate) fn suspect_controls(&mut self) {
        if self.has_controls {
            self.stops.add(&self.controls);
        }
    }

    /// Where the string of `record` ends that begins at `at`, behind its quote: the place of the first quote
    /// that is not escaped. And whether there is a backslash in it.
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

/// The bytes of a block that follow a backslash which is not itself escaped. `carry` says whether the first
/// one does, and is told the same of the next block.
#[inline]
fn escaped(slashes: u64, carry: &mut bool) -> u64 {
    if slashes == 0 && !*carry {
        return 0;
    }
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
        let byte = prop_oneof![
            4 => Just(b'a'), 3 => Just(b'"'), 3 => Just(b'\\'), 1 => Just(b'\n'), 1 => any::<u8>()
        ];
        prop::collection::vec(byte, 0..200)
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
