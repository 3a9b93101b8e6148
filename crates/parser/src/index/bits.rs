//! One bit for each byte of a text.

/// Bytes of a word.
const WORD: usize = size_of::<u64>();

/// Bits in their order, the first one lowest, and none behind the last. The memory is reused.
#[derive(Debug, Default)]
pub(super) struct Bits(Vec<u8>);

impl Bits {
    /// Words of sixty-four bits each, to be written one after the other.
    pub(super) fn words(&mut self, words: usize) -> impl Iterator<Item = &mut [u8; WORD]> {
        // One more, so that eight bytes can be read wherever there is a bit.
        self.0.resize((words + 1) * WORD, 0);
        self.0[words * WORD..].fill(0);
        self.0.as_chunks_mut().0[..words].iter_mut()
    }

    /// Sets the bits that are set in `other`, which has as many.
    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(bits, others)| *bits |= others);
    }

    /// Place of the first bit that is set, at or behind `at`.
    ///
    /// Most of those that are asked for are near. Eight bytes from the one with the first bit on are read in
    /// one go, therefore, whichever words they belong to: that would have to be guessed.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call takes as long as what it does")]
    pub(super) fn first_from(&self, at: usize) -> Option<usize> {
        let bits = self.0.get(at / 8..at / 8 + WORD)?.first_chunk::<WORD>()?;
        let bits = u64::from_le_bytes(*bits) >> (at % 8);
        if bits == 0 {
            return self.far_from(at / 8 + WORD);
        }
        Some(at + bits.trailing_zeros() as usize)
    }

    /// The same for a byte of bits on. It stays by itself, so that the other is small enough to become part
    /// of its callers.
    #[inline(never)]
    fn far_from(&self, byte: usize) -> Option<usize> {
        let (words, rest) = self.0.get(byte..)?.as_chunks::<WORD>();
        let word = |word: &[u8; WORD]| u64::from_le_bytes(*word);
        if let Some(at) = words.iter().position(|bits| word(bits) != 0) {
            return Some((byte + at * WORD) * 8 + word(&words[at]).trailing_zeros() as usize);
        }
        let at = rest.iter().position(|bits| *bits != 0)?;
        Some((byte + words.len() * WORD + at) * 8 + rest[at].trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word() -> impl Strategy<Value = u64> {
        prop_oneof![3 => Just(0), 1 => (0..64u32).prop_map(|at| 1 << at), 1 => any::<u64>()]
    }

    proptest! {
        #[test]
        fn the_first_bit_is_found_from_everywhere(
            words in prop::collection::vec(word(), 0..9),
            before in 0..9usize,
        ) {
            let mut bits = Bits::default();
            bits.words(before).for_each(|word| *word = [0xff; WORD]);
            bits.words(words.len()).zip(&words).for_each(|(bits, word)| *bits = word.to_le_bytes());
            let is_set = |at: &usize| words[at / 64] >> (at % 64) & 1 == 1;
            let set: Vec<usize> = (0..64 * words.len()).filter(is_set).collect();
            for at in 0..64 * words.len() + 130 {
                prop_assert_eq!(bits.first_from(at), set.iter().copied().find(|set| *set >= at));
            }
        }
    }
}
