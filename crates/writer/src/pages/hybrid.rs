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

/// How often the first value is repeated at the start.
fn run_length<T: Copy + Eq>(values: &[T]) -> usize {
    let Some(&first) = values.first() else { return 0 };
    let same = |group: &&[T]| group.iter().all(|&value| value == first);
    let whole = values.chunks_exact(4 * GROUP).take_while(same).count() * 4 * GROUP;
    whole + values[whole..].iter().take_while(|&&value| value == first).count()
}

fn pack<T: Copy + Into<u64>>(values: &[T], width: u32, out: &mut Vec<u8>) {
    for run in values.chunks(MAX_GROUPS * GROUP) {
        let groups = run.len().div_ceil(GROUP);
        varint((groups as u64) << 1 | 1, out);
        let start = out.len();
        bits(run.iter().map(|&value| value.into()), width, out);
        out.resize(start + groups * width as usize, 0);
    }
}

/// Appends numbers of `width` bits each, the lowest first. The last byte is filled up with zeros.
pub(super) fn bits(values: impl Iterator<Item = u64>, width: u32, out: &mut Vec<u8>) {
    let mut buffer = 0u128;
    let mut filled = 0;
    for value in values {
        buffer |= u128::from(value) << filled;
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
