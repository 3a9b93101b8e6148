//! Comparing and hashing short texts, inline.
//!
//! Most texts of a log are shorter than a call takes, and nearly every one is hashed and compared once.
//! Pieces at both ends of a text may overlap, so that no length up to thirty-two bytes needs a loop, whose
//! end the processor would have to guess.

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
/// Odd numbers without a pattern, one for each place of the hash.
const NUMBERS: [u64; 3] = [0xd6e8_feb8_6659_fd93, 0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db];

/// Whether two texts are equal.
#[inline]
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if let (Some(a_ends), Some(b_ends)) = (ends::<16>(a), ends::<16>(b)) {
        // The last piece is at the end, so that the pieces from the start on may leave it out.
        let between = a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0).skip(1);
        return a_ends == b_ends && (a.len() <= 32 || between.into_iter().all(|(a, b)| a == b));
    }
    match (ends::<8>(a), ends::<8>(b)) {
        (Some(a), Some(b)) => a == b,
        _ => match (ends::<4>(a), ends::<4>(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a.iter().zip(b).all(|(a, b)| a == b),
        },
    }
}

/// A hash of all bytes, on two tracks that the processor can follow at once.
#[inline]
pub(crate) fn hash_of(text: &[u8]) -> u32 {
    let [first, second, third] = NUMBERS;
    let mut state = SEED ^ text.len() as u64;
    let (start, end) = if let Some((_, end)) = ends::<16>(text) {
        let (mut other, mut rest) = (first, text);
        while let Some((pair, behind)) = rest.split_first_chunk::<32>().filter(|(_, rest)| !rest.is_empty()) {
            let (low, high) = (halves(pair.first_chunk()), halves(pair.last_chunk()));
            state = mix(low.0 ^ state, low.1 ^ first);
            other = mix(high.0 ^ other, high.1 ^ SEED);
            rest = behind;
        }
        if rest.len() > 16 {
            let (low, high) = halves(rest.first_chunk());
            state = mix(low ^ state, high ^ second);
        }
        let (low, high) = halves(Some(&end));
        (second, mix(low ^ other, high ^ third))
    } else if let Some((start, end)) = ends::<8>(text) {
        (u64::from_le_bytes(start), u64::from_le_bytes(end))
    } else if let Some((start, end)) = ends::<4>(text) {
        (u32::from_le_bytes(start).into(), u32::from_le_bytes(end).into())
    } else if let (Some(&first), Some(&last)) = (text.first(), text.last()) {
        (first.into(), u64::from(last) << 8 | u64::from(text[text.len() / 2]))
    } else {
        (0, 0)
    };
    (mix(start ^ state, end ^ first) >> 32) as u32
}

/// The first and the last bytes.
#[inline]
fn ends<const N: usize>(text: &[u8]) -> Option<([u8; N], [u8; N])> {
    Some((*text.first_chunk()?, *text.last_chunk()?))
}

/// Sixteen bytes as two numbers; zeros for none.
#[inline]
fn halves(bytes: Option<&[u8; 16]>) -> (u64, u64) {
    let all = u128::from_le_bytes(bytes.copied().unwrap_or_default());
    (all as u64, (all >> 64) as u64)
}

/// The halves of the product, so that each bit of the result depends on all of both.
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_are_equal_if_all_bytes_are() {
        for len in 0..70 {
            let text: Vec<u8> = (0..len).collect();
            assert!(equal(&text, &text.clone()) && !equal(&text, &[text.as_slice(), b"x"].concat()));
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 0x80;
                assert!(!equal(&text, &other), "{len} bytes, at {at}");
            }
        }
    }

    #[test]
    fn every_byte_counts() {
        for len in 1..70 {
            let text = vec![b'a'; len];
            let hashes: HashSet<u32> = (0..len)
                .map(|at| {
                    let mut other = text.clone();
                    other[at] = b'b';
                    hash_of(&other)
                })
                .chain([hash_of(&text)])
                .collect();
            assert_eq!(hashes.len(), len + 1);
        }
    }
}
