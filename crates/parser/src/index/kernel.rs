//! The byte classes of sixty-four bytes at a time, by the widest instructions that the machine has.
//!
//! `unsafe` stands here and in `index` alone: for loading a vector from an array, and for calling a function
//! that needs instructions which were found to be there.

use std::sync::LazyLock;

use crate::swar::{repeat, top_bits, zeros};

/// Bytes of a block.
pub(super) const BLOCK: usize = 64;

/// One bit for each byte of a block, the first byte's lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Masks {
    pub(super) quotes: u64,
    pub(super) slashes: u64,
    /// Bytes below 0x20.
    pub(super) controls: u64,
    /// Bytes beyond ASCII.
    pub(super) high: u64,
}

/// How wide the machine's vectors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

/// The level that is used: the best one, or a lower one where the environment says so.
pub(super) static LEVEL: LazyLock<Level> =
    LazyLock::new(|| level_of(std::env::var("SAWLOG_SIMD").ok().as_deref()));

/// The level of that name, or the best one where the machine has none of that name.
fn level_of(wanted: Option<&str>) -> Level {
    let levels = available();
    levels.iter().copied().find(|level| wanted == Some(level.name())).unwrap_or(levels[0])
}

/// The levels that this machine has, the best first.
pub(super) fn available() -> Vec<Level> {
    let mut levels = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
            levels.push(Level::Avx512);
        }
        if is_x86_feature_detected!("avx2") {
            levels.push(Level::Avx2);
        }
    }
    levels.push(Level::Portable);
    levels
}

impl Level {
    pub(super) fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "avx2",
            Self::Portable => "portable",
        }
    }

    /// Hands the masks of every block to `take`, in order, and those of `last` behind them. What `take` goes
    /// on with from block to block is handed on by value: in registers that costs nothing.
    #[inline]
    pub(super) fn fold<S>(
        self,
        blocks: &[[u8; BLOCK]],
        last: &[u8; BLOCK],
        state: S,
        take: impl Fn(S, Masks) -> S,
    ) -> S {
        match self {
            // SAFETY: these levels are only made by `available`, where the instructions were found.
            #[cfg(target_arch = "x86_64")]
            #[expect(unsafe_code, reason = "the call needs instructions that not every machine has")]
            Self::Avx512 => unsafe { x86::avx512(blocks, last, state, take) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            #[expect(unsafe_code, reason = "the call needs instructions that not every machine has")]
            Self::Avx2 => unsafe { x86::avx2(blocks, last, state, take) },
            Self::Portable => blocks.iter().chain([last]).map(portable).fold(state, take),
        }
    }
}

/// Eight bytes at a time in an ordinary register.
fn portable(block: &[u8; BLOCK]) -> Masks {
    let mut masks = Masks::default();
    for (number, bytes) in block.as_chunks::<8>().0.iter().enumerate() {
        let word = u64::from_le_bytes(*bytes);
        let at = number * 8;
        masks.quotes |= top_bits(zeros(word ^ repeat(b'"'))) << at;
        masks.slashes |= top_bits(zeros(word ^ repeat(b'\\'))) << at;
        // A byte below 0x20 has none of its upper three bits.
        masks.controls |= top_bits(zeros(word & repeat(0xe0))) << at;
        masks.high |= top_bits(word & repeat(0x80)) << at;
    }
    masks
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_max_epu8, _mm256_movemask_epi8, _mm256_set1_epi8,
        _mm512_cmpeq_epi8_mask, _mm512_cmplt_epu8_mask, _mm512_loadu_si512, _mm512_movepi8_mask,
        _mm512_set1_epi8,
    };

    use super::{BLOCK, Masks};

    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn avx512<S>(
        blocks: &[[u8; BLOCK]],
        last: &[u8; BLOCK],
        mut state: S,
        take: impl Fn(S, Masks) -> S,
    ) -> S {
        for block in blocks {
            state = take(state, whole(block));
        }
        take(state, whole(last))
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    fn whole(block: &[u8; BLOCK]) -> Masks {
        // SAFETY: the array has the sixty-four bytes that are loaded, at any address.
        #[expect(unsafe_code, reason = "loads from memory take a pointer")]
        let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        Masks {
            quotes: _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(b'"' as i8)),
            slashes: _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(b'\\' as i8)),
            controls: _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(b' ' as i8)),
            high: _mm512_movepi8_mask(bytes),
        }
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn avx2<S>(
        blocks: &[[u8; BLOCK]],
        last: &[u8; BLOCK],
        mut state: S,
        take: impl Fn(S, Masks) -> S,
    ) -> S {
        for block in blocks {
            state = take(state, halves(block));
        }
        take(state, halves(last))
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn halves(block: &[u8; BLOCK]) -> Masks {
        let (low, high) = (half(block, 0), half(block, BLOCK / 2));
        let both = |at: usize| u64::from(low[at]) | u64::from(high[at]) << 32;
        Masks { quotes: both(0), slashes: both(1), controls: both(2), high: both(3) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn half(block: &[u8; BLOCK], from: usize) -> [u32; 4] {
        // SAFETY: `from` is 0 or 32, and the array has thirty-two bytes from there.
        #[expect(unsafe_code, reason = "loads from memory take a pointer")]
        let bytes = unsafe { _mm256_loadu_si256(block[from..].as_ptr().cast()) };
        let equal = |byte: u8| _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte as i8)));
        // There is no unsigned comparison; a byte is at most 0x1f if that is the greater of the two.
        let most = _mm256_set1_epi8(0x1f);
        let controls = _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(bytes, most), most));
        [equal(b'"'), equal(b'\\'), controls, _mm256_movemask_epi8(bytes)].map(|mask| mask as u32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(block: &[u8; BLOCK]) -> Masks {
        let mask = |of: fn(u8) -> bool| (0..BLOCK).map(|at| u64::from(of(block[at])) << at).sum();
        Masks {
            quotes: mask(|byte| byte == b'"'),
            slashes: mask(|byte| byte == b'\\'),
            controls: mask(|byte| byte < 0x20),
            high: mask(|byte| byte >= 0x80),
        }
    }

    fn masks_of(level: Level, blocks: &[[u8; BLOCK]], last: &[u8; BLOCK]) -> Vec<Masks> {
        level.fold(blocks, last, Vec::new(), |mut got, masks| {
            got.push(masks);
            got
        })
    }

    #[test]
    fn a_level_is_chosen_by_its_name_and_else_the_best_one() {
        let levels = available();
        for level in &levels {
            assert_eq!(level_of(Some(level.name())), *level);
        }
        for other in [None, Some(""), Some("AVX512"), Some("sse2"), Some("portable ")] {
            assert_eq!(level_of(other), levels[0], "{other:?}");
        }
        assert_eq!(levels.last(), Some(&Level::Portable));
    }

    #[test]
    fn every_byte_is_told_at_every_place_on_every_level() {
        let blocks: Vec<[u8; BLOCK]> = (0..=255u8)
            .flat_map(|byte| [b'a', 0xff, 0, b'"', byte.wrapping_add(1)].map(|other| (byte, other)))
            .flat_map(|(byte, other)| {
                (0..BLOCK).map(move |at| {
                    let mut block = [other; BLOCK];
                    block[at] = byte;
                    block
                })
            })
            .collect();
        let expected: Vec<Masks> = blocks.iter().map(naive).collect();
        for level in available() {
            let mut got = masks_of(level, &blocks[1..], &blocks[0]);
            got.rotate_right(1);
            assert!(got == expected, "{}", level.name());
        }
    }

    proptest! {
        #[test]
        fn all_levels_agree(blocks in prop::collection::vec(prop::array::uniform32(any::<[u8; 2]>()), 1..9)) {
            let blocks: Vec<[u8; BLOCK]> =
                blocks.iter().map(|block| std::array::from_fn(|at| block[at / 2][at % 2])).collect();
            let expected: Vec<Masks> = blocks.iter().map(naive).collect();
            for level in available() {
                let mut got = masks_of(level, &blocks[1..], &blocks[0]);
                got.rotate_right(1);
                prop_assert_eq!(&got, &expected);
            }
        }
    }
}
