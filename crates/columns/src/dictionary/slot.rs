//! A place in a dictionary's table, in eight bytes.
//!
//! They hold where an entry begins in the page, its number and as much of its hash as there is room for. The
//! number and the beginning are those of any chunk that people have; an entry beyond is told apart, so that
//! it can be kept elsewhere.

/// Bits of an entry's number, and above them those of its beginning. The rest are of the hash.
const NUMBER_BITS: u32 = 24;
const START_BITS: u32 = 28;
const HASH_SHIFT: u32 = NUMBER_BITS + START_BITS;

/// What the number plus one may be, and the beginning.
const MAX_NUMBER: usize = (1 << NUMBER_BITS) - 1;
pub(super) const MAX_START: usize = (1 << START_BITS) - 1;

/// Nothing, or an entry.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot(
    /// With the number of the entry plus one, so that 0 is nothing.
    u64,
);

impl Slot {
    /// A place with an entry, if its number and its beginning are not too large.
    #[inline]
    pub(super) fn new(entry: usize, start: usize, hash: u32) -> Option<Self> {
        let is_small = entry < MAX_NUMBER && start <= MAX_START;
        let word = u64::from(hash) << HASH_SHIFT | (start as u64) << NUMBER_BITS | (entry as u64 + 1);
        is_small.then_some(Self(word))
    }

    #[inline]
    pub(super) fn is_free(self) -> bool {
        self.0 == 0
    }

    /// Whether the entry may be that of a text with this hash.
    #[inline]
    pub(super) fn agrees(self, hash: u32) -> bool {
        (self.0 ^ u64::from(hash) << HASH_SHIFT) >> HASH_SHIFT == 0
    }

    /// The number of the entry that there is.
    #[inline]
    pub(super) fn entry(self) -> u32 {
        (self.0 as u32 & MAX_NUMBER as u32) - 1
    }

    /// Where the entry begins; 0 where there is none.
    #[inline]
    pub(super) fn start(self) -> usize {
        (self.0 >> NUMBER_BITS) as usize & MAX_START
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_tells_what_was_put_there() {
        for (entry, start) in
            [(0, 0), (1, 7), (MAX_NUMBER - 1, MAX_START), (MAX_NUMBER - 1, 0), (0, MAX_START)]
        {
            for hash in [0, 1, 0x1234_5678, u32::MAX] {
                let slot = Slot::new(entry, start, hash).unwrap();
                assert_eq!((slot.entry() as usize, slot.start()), (entry, start));
                assert!(slot.agrees(hash) && !slot.agrees(hash ^ 1) && !slot.is_free());
            }
        }
        assert!(Slot::default().is_free());
    }

    #[test]
    fn what_is_too_large_has_no_place() {
        assert!(Slot::new(MAX_NUMBER, 0, 0).is_none());
        assert!(Slot::new(0, MAX_START + 1, 0).is_none());
    }
}
