//! Bytes eight at a time in an ordinary register, for texts too short to be worth more.
//!
//! What holds for a byte is told by its top bit: [`TOPS`] are those of a word.

/// The top bit of each byte.
pub(crate) const TOPS: u64 = repeat(0x80);

/// A word of eight equal bytes.
pub(crate) const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The top bit of each byte that is zero, and no other bit.
pub(crate) const fn zeros(word: u64) -> u64 {
    let low = repeat(0x7f);
    !(((word & low) + low) | word | low)
}

/// The top bit of each byte that is a decimal digit, and no other bit.
pub(crate) const fn digits(word: u64) -> u64 {
    // The value of a digit is at most 9, and more would reach the top bit.
    let values = word ^ repeat(b'0');
    !(((values & repeat(0x7f)) + repeat(0x7f - 9)) | values) & TOPS
}

/// The top bits of the eight bytes, side by side.
pub(crate) const fn top_bits(word: u64) -> u64 {
    (word >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The first bytes, at most eight, as one number in which the first byte is the lowest; zeros stand for those
/// that are missing.
#[inline]
pub(crate) fn first_word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// All bytes as such numbers. The last one is filled up with `fill`, and there is one even for no bytes.
#[inline]
pub(crate) fn words(bytes: &[u8], fill: u8) -> impl Iterator<Item = u64> {
    let (whole, rest) = bytes.as_chunks();
    let rest_bits = 8 * rest.len() as u32;
    // Where eight bytes can be read that end with the rest, their upper ones are what is wanted.
    let rest = match bytes.last_chunk() {
        Some(last) if rest_bits > 0 => u64::from_le_bytes(*last) >> (64 - rest_bits),
        Some(_) => 0,
        None => first_word(bytes),
    };
    let last = rest | repeat(fill) << rest_bits;
    whole.iter().map(|word| u64::from_le_bytes(*word)).chain(std::iter::once(last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_hold_all_bytes_in_order(bytes: Vec<u8>, fill: u8) {
            let got: Vec<u8> = words(&bytes, fill).flat_map(u64::to_le_bytes).collect();
            prop_assert_eq!(got.len(), bytes.len() / 8 * 8 + 8);
            prop_assert_eq!(&got[..bytes.len()], &bytes);
            prop_assert!(got[bytes.len()..].iter().all(|byte| *byte == fill));
            let first = first_word(&bytes).to_le_bytes();
            let len = bytes.len().min(8);
            prop_assert_eq!(&first[..len], &bytes[..len]);
            prop_assert!(first[len..].iter().all(|byte| *byte == 0));
        }

        #[test]
        fn top_bits_tell_of_each_byte(bytes: [u8; 8], at in 0usize..8, digit in b'0'..=b'9') {
            let mut bytes = bytes;
            bytes[at] = 0;
            bytes[(at + 1) % 8] = digit;
            let word = u64::from_le_bytes(bytes);
            let expected: Vec<u8> = bytes.iter().map(|byte| if *byte == 0 { 0x80 } else { 0 }).collect();
            prop_assert_eq!(&zeros(word).to_le_bytes()[..], expected);
            let is_digit = |byte: &u8| if byte.is_ascii_digit() { 0x80 } else { 0 };
            let expected: Vec<u8> = bytes.iter().map(is_digit).collect();
            prop_assert_eq!(&digits(word).to_le_bytes()[..], expected);
            let expected = (0..8).map(|bit| u64::from(bytes[bit] >> 7) << bit).sum::<u64>();
            prop_assert_eq!(top_bits(word & TOPS), expected);
        }
    }
}
