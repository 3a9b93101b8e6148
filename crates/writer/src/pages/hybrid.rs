//! Parquet's hybrid of run lengths and bit packing, for levels, booleans and places in a dictionary.
//!
//! Numbers of a few bits are either packed, eight in as many bytes as one has bits, or told once with how
//! often they repeat. Where to change between the two is up to the writer: a change costs some bytes of
//! header, so that a run has to be worth it.

/// Values are packed in groups of so many.
const GROUP: usize = 8;
/// Groups of a packed run at most, so that its header always fits one 32-bit number.
const MAX_GROUPS: usize = 1 << 20;

/// Number of bits that hold numbers up to `max`.
pub(super) fn bit_width(max: u32) -> u32 {
    32 - max.leading_zeros()
}

/// Appends `values`, none of which needs more than `width` bits.
pub(super) fn encode<T: Copy + Eq + Into<u64>>(values: &[T], width: u32, out: &mut Vec<u8>) {
    // Ending a packed run for a repetition and beginning another behind it takes about so many bytes.
    let change = 4 + width as usize / 8;
    let worth = change.div_ceil(width.max(1) as usize).max(1) * GROUP;
    let mut packed_from = 0;
    let mut at = 0;
    while at < values.len() {
        // A group whose values differ begins no repetition.
        let groups = values[at..].as_chunks().0;
        at += groups.iter().take_while(|group| !is_same(group)).count() * GROUP;
        let run = run_length(&values[at..]);
        // Packed runs are whole groups; only the last one may be filled up.
        if run >= worth || run == values.len() {
            pack(&values[packed_from..at], width, out);
            varint((run as u64) << 1, out);
            let value: u64 = values[at].into();
            out.extend_from_slice(&value.to_le_bytes()[..width.div_ceil(8) as usize]);
            at += run;
            packed_from = at;
        } else {
            at = (at + (run / GROUP).max(1) * GROUP).min(values.len());
        }
    }
    pack(&values[packed_from..], width, out);
}

/// Appends places in a dictionary, behind the number of bits that each takes. Somewhat less than a byte is
/// made a whole one: compression sees bytes, and makes more of it than was saved by packing.
pub(super) fn encode_codes(codes: &[u32], width: u32, out: &mut Vec<u8>) {
    let width = if (5..8).contains(&width) { 8 } else { width };
    out.push(width as u8);
    encode(codes, width, out);
}

/// Whether the values of a group are all alike.
fn is_same<T: Copy + Eq>(group: &[T; GROUP]) -> bool {
    group[1..] == group[..GROUP - 1]
}

/// How often the first value is repeated at the start. Repetitions shorter than a group are not worth to be
/// counted, and count as one, if there are more values than that.
fn run_length<T: Copy + Eq>(values: &[T]) -> usize {
    let Some(&first) = values.first() else { return 0 };
    // Without a way out of the loop it becomes a few comparisons of vectors.
    let same = |group: &[T]| group.iter().fold(0, |any, &value| any | u8::from(value != first)) == 0;
    let (groups, rest) = values.as_chunks::<GROUP>();
    let groups = if groups.first().is_some_and(|group| !same(group)) { return 1 } else { groups };
    let blocks = groups.chunks_exact(8).take_while(|block| same(block.as_flattened())).count() * 8;
    let run = blocks + groups[blocks..].iter().take_while(|group| same(&group[..])).count();
    let tail = groups.get(run).map_or(rest, |group| &group[..]);
    run * GROUP + tail.iter().take_while(|&&value| value == first).count()
}

fn pack<T: Copy + Into<u64>>(values: &[T], width: u32, out: &mut Vec<u8>) {
    for run in values.chunks(MAX_GROUPS * GROUP) {
        let groups = run.len().div_ceil(GROUP);
        varint((groups as u64) << 1 | 1, out);
        let start = out.len();
        bits(run, width, out);
        out.resize(start + groups * width as usize, 0);
    }
}

/// Appends numbers of `width` bits each, the lowest first. The last byte is filled up with zeros.
pub(super) fn bits<T: Copy + Into<u64>>(values: &[T], width: u32, out: &mut Vec<u8>) {
    let (groups, rest) = values.as_chunks::<GROUP>();
    match width {
        1 => pack_groups(groups, 1, |group| [gather(group)], out),
        // Where the compiler knows the width, it makes more of it.
        8 => pack_groups(groups, 8, |group| word(group, 8).to_le_bytes(), out),
        2..8 => pack_groups(groups, width, |group| word(group, width).to_le_bytes(), out),
        9..=16 => {
            let words = |group: &[T; GROUP]| {
                let (low, high) = group.split_at(GROUP / 2);
                u128::from(word(low, width)) | u128::from(word(high, width)) << (4 * width)
            };
            pack_groups(groups, width, |group| words(group).to_le_bytes(), out);
        }
        _ => one_by_one(groups.as_flattened(), width, out),
    }
    one_by_one(rest, width, out);
}

/// Zeros and ones, a bit each. The factor moves the lowest bit of each byte to a place of its own in the
/// highest byte of the product.
#[inline]
fn gather<T: Copy + Into<u64>>(group: &[T; GROUP]) -> u8 {
    let bytes = group.map(|value| value.into() as u8);
    (u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// Numbers as the digits of one, which has to hold them.
#[inline]
fn word<T: Copy + Into<u64>>(values: &[T], width: u32) -> u64 {
    values.iter().rev().fold(0, |word, &value| word << width | value.into())
}

/// Appends groups, of each the bytes of `packed` that have something to say: as many as a number has bits.
#[inline]
fn pack_groups<T, const N: usize>(
    groups: &[[T; GROUP]],
    width: u32,
    packed: impl Fn(&[T; GROUP]) -> [u8; N],
    out: &mut Vec<u8>,
) {
    let (start, width) = (out.len(), width as usize);
    let end = start + groups.len() * width;
    // All of them are put down each time: copies of a fixed size cost next to nothing.
    out.resize(end + N, 0);
    for (group, at) in groups.iter().zip((start..).step_by(width)) {
        out[at..at + N].copy_from_slice(&packed(group));
    }
    out.truncate(end);
}

fn one_by_one<T: Copy + Into<u64>>(values: &[T], width: u32, out: &mut Vec<u8>) {
    let mut buffer = 0u128;
    let mut filled = 0;
    for &value in values {
        buffer |= u128::from(value.into()) << filled;
        filled += width;
        if filled >= u64::BITS {
            out.extend_from_slice(&(buffer as u64).to_le_bytes());
            buffer >>= u64::BITS;
            filled -= u64::BITS;
        }
    }
    out.extend_from_slice(&(buffer as u64).to_le_bytes()[..filled.div_ceil(8) as usize]);
}

/// Appends a number seven bits a byte, the lowest first.
pub(super) fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads `len` numbers back, by the format's own words.
    fn decode(mut bytes: &[u8], width: u32, len: usize) -> Vec<u32> {
        let mut values = Vec::new();
        while values.len() < len {
            let mut header = 0u64;
            for shift in (0..).step_by(7) {
                header |= u64::from(bytes[0] & 0x7f) << shift;
                let more = bytes[0] & 0x80 != 0;
                bytes = &bytes[1..];
                if !more {
                    break;
                }
            }
            let count = (header >> 1) as usize;
            if header & 1 == 0 {
                let size = width.div_ceil(8) as usize;
                let value: u32 = (0..size).map(|i| u32::from(bytes[i]) << (8 * i)).sum();
                values.extend(std::iter::repeat_n(value, count));
                bytes = &bytes[size..];
            } else {
                let bit = |at: usize| u32::from(bytes[at / 8] >> (at % 8) & 1);
                let width = width as usize;
                let value = |i: usize| (0..width).map(|b| bit(i * width + b) << b).sum::<u32>();
                values.extend((0..count * GROUP).map(value));
                bytes = &bytes[count * width..];
            }
        }
        assert!(bytes.is_empty());
        values.truncate(len);
        values
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(
            runs in prop::collection::vec((any::<u32>(), prop_oneof![1usize..4, 1usize..100]), 0..60),
            width in 0u32..=32,
        ) {
            let mask = u32::MAX.checked_shr(32 - width).unwrap_or(0);
            let values: Vec<u32> =
                runs.iter().flat_map(|&(value, len)| vec![value & mask; len]).collect();
            let mut bytes = Vec::new();
            encode(&values, width, &mut bytes);
            prop_assert_eq!(decode(&bytes, width, values.len()), values);
        }

        #[test]
        fn numbers_are_packed_as_bit_by_bit(
            values in prop::collection::vec(any::<u64>(), 0..80),
            width in 0u32..=64,
        ) {
            let mask = u64::MAX.checked_shr(64 - width).unwrap_or(0);
            let values: Vec<u64> = values.iter().map(|value| value & mask).collect();
            let mut expected = vec![0; (values.len() * width as usize).div_ceil(8)];
            for (number, value) in values.iter().enumerate() {
                for bit in (0..width as usize).filter(|bit| value >> bit & 1 == 1) {
                    let at = number * width as usize + bit;
                    expected[at / 8] |= 1 << (at % 8);
                }
            }
            let mut bytes = b"before".to_vec();
            bits(&values, width, &mut bytes);
            prop_assert_eq!(&bytes[6..], expected);
        }

        #[test]
        fn repetitions_are_counted(len in 1usize..300, others in 0usize..70) {
            let mut values = vec![1u8; len];
            values.resize(len + others, 0);
            values.extend_from_slice(&[1; 20]);
            let run = match others {
                0 => len + 20,
                _ if len < GROUP => 1,
                _ => len,
            };
            prop_assert_eq!(run_length(&values), run);
        }
    }

    #[test]
    fn repetitions_are_told_once() {
        let mut bytes = Vec::new();
        encode(&vec![1u8; 60_000], 1, &mut bytes);
        assert_eq!(bytes.len(), 4);
    }

    #[test]
    fn short_repetitions_do_not_end_a_packed_run() {
        let values: Vec<u8> = (0..800u32).map(|i| u8::from(i / 9 % 2 == 0)).collect();
        let mut bytes = Vec::new();
        encode(&values, 1, &mut bytes);
        assert_eq!(bytes.len(), 102);
    }
}
