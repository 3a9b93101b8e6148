//! Where the plain text of strings may stop, in bytes of which nothing else is known.
//!
//! Whoever looks for records in a stream does not know yet which of its quotes begin strings, and steps over
//! strings by the thousand. Whatever may end the plain part of one is therefore noted for many bytes at once:
//! what stands there, the caller sees.

use super::bits::Bits;
use super::kernel::{BLOCK, LEVEL, Masks};

/// Bytes that are looked at in one go: with their bits they stay in the processor's nearest cache.
const PIECE: usize = 16 << 10;

/// The quotes, backslashes and control characters of a piece of a stream. The memory is reused.
#[derive(Debug, Default)]
pub(crate) struct Stops {
    bits: Bits,
    /// Where the piece lies in the stream.
    start: u64,
    end: u64,
}

impl Stops {
    /// Makes sure that the byte at offset `at` is in the piece, of a stream that goes on there with `rest`.
    #[inline]
    pub(crate) fn cover(&mut self, at: u64, rest: &[u8]) {
        if at < self.start || at >= self.end {
            self.look_at(at, rest);
        }
    }

    #[cold]
    fn look_at(&mut self, at: u64, rest: &[u8]) {
        let piece = &rest[..rest.len().min(PIECE)];
        let (blocks, tail) = piece.as_chunks::<BLOCK>();
        let mut last = [b'a'; BLOCK];
        last[..tail.len()].copy_from_slice(tail);
        let words = self.bits.words(blocks.len() + 1);
        let _ = LEVEL.fold(blocks, &last, words, |mut words, Masks { quotes, slashes, controls, .. }| {
            if let Some(word) = words.next() {
                *word = (quotes | slashes | controls).to_le_bytes();
            }
            words
        });
        (self.start, self.end) = (at, at + piece.len() as u64);
    }

    /// Offset of the first one at or behind `at`, which is in the piece; None if that has none.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call takes as long as what it does")]
    pub(crate) fn first_from(&self, at: u64) -> Option<u64> {
        self.bits.first_from((at - self.start) as usize).map(|at| self.start + at as u64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stops_are_found_from_everywhere_in_any_piece(
            parts in prop::collection::vec("[a-z]{0,90}|[\"\\\\\n\t\x7f\u{e9} ]{1,3}|a{20000}", 0..12),
            from in any::<prop::sample::Index>(),
            again in any::<prop::sample::Index>(),
        ) {
            let stream = parts.concat().into_bytes();
            prop_assume!(!stream.is_empty());
            let base = 1 << 40;
            let mut stops = Stops::default();
            for from in [from.index(stream.len()), again.index(stream.len())] {
                stops.cover(base + from as u64, &stream[from..]);
                let end = (stops.end - base) as usize;
                prop_assert!((stops.start..stops.end).contains(&(base + from as u64)));
                let is_stop = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
                for at in (from..end).step_by((end - from).div_ceil(40)) {
                    let first = stream[at..end].iter().position(is_stop);
                    let found = stops.first_from(base + at as u64);
                    prop_assert_eq!(found, first.map(|skipped| base + (at + skipped) as u64));
                }
            }
        }
    }
}
