//! Comparing and hashing short texts, inline.
//!
//! Most texts of a log are shorter than a call takes, and nearly every one is hashed and compared once.

/// Compares texts of equal length, eight bytes at a time: most are too short for a call to pay.
#[inline]
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    let (Some(end), Some(other)) = (a.last_chunk(), b.last_chunk()) else {
        return a.iter().zip(b).all(|(a, b)| a == b);
    };
    let mut difference = word(*end) ^ word(*other);
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        difference |= word(*a) ^ word(*b);
    }
    difference == 0
}

#[inline]
fn word(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes)
}

/// A hash of all bytes, sixteen at a time. The last sixteen may overlap those before them.
#[inline]
pub(crate) fn hash_of(text: &[u8]) -> u32 {
    const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
    const SECOND: u64 = 0xd6e8_feb8_6659_fd93;
    let mut state = FIRST ^ text.len() as u64;
    let (start, end) = if let Some((start, end)) = ends::<8>(text) {
        let pairs = text.as_chunks::<8>().0.as_chunks::<2>().0;
        for &[a, b] in &pairs[..text.len().saturating_sub(1) / 16] {
            state = mix(word(a) ^ state, word(b) ^ SECOND);
        }
        let before = text.len().checked_sub(16).and_then(|at| text[at..].first_chunk());
        (word(before.copied().unwrap_or(start)), word(end))
    } else if let Some((start, end)) = ends::<4>(text) {
        (u32::from_le_bytes(start).into(), u32::from_le_bytes(end).into())
    } else if let (Some(&first), Some(&last)) = (text.first(), text.last()) {
        (first.into(), u64::from(last) << 8 | u64::from(text[text.len() / 2]))
    } else {
        (0, 0)
    };
    (mix(mix(start ^ state, end ^ SECOND), FIRST) >> 32) as u32
}

/// The first and the last bytes.
#[inline]
fn ends<const N: usize>(text: &[u8]) -> Option<([u8; N], [u8; N])> {
    Some((*text.first_chunk()?, *text.last_chunk()?))
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
