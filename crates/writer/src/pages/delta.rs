//! Integers told by their differences: Parquet's DELTA_BINARY_PACKED.
//!
//! Differences come in blocks of 128, each with its smallest one; what exceeds that is packed, a quarter of a
//! block at a time, in as many bits as the largest needs.

use super::hybrid::{bits, varint};

const BLOCK: usize = 128;
const QUARTERS: usize = 4;
const QUARTER: usize = BLOCK / QUARTERS;

/// Appends integers of 64 bits. Differences may wrap around, as the format wants it.
pub(super) fn encode(values: &[i64], out: &mut Vec<u8>) {
    start(values.len(), values.first().copied().unwrap_or(0), out);
    let differences = |block: &[i64], first: i64, deltas: &mut [i64; BLOCK]| {
        let mut previous = first;
        for (delta, &value) in deltas.iter_mut().zip(block) {
            *delta = value.wrapping_sub(previous);
            previous = value;
        }
        previous
    };
    let Some((&first, rest)) = values.split_first() else { return };
    let mut previous = first;
    let mut deltas = [0; BLOCK];
    for block in rest.chunks(BLOCK) {
        previous = differences(block, previous, &mut deltas);
        pack(&deltas[..block.len()], |a, b| a.wrapping_sub(b) as u64, out);
    }
}

/// Appends integers of 32 bits, whose differences wrap around at 32 bits and never take more.
pub(super) fn encode32(values: &[i64], out: &mut Vec<u8>) {
    start(values.len(), values.first().copied().unwrap_or(0), out);
    let Some((&first, rest)) = values.split_first() else { return };
    let mut previous = first as i32;
    let mut deltas = [0; BLOCK];
    for block in rest.chunks(BLOCK) {
        for (delta, &value) in deltas.iter_mut().zip(block) {
            *delta = i64::from((value as i32).wrapping_sub(previous));
            previous = value as i32;
        }
        let narrow = |a: i64, b: i64| u64::from((a as i32).wrapping_sub(b as i32) as u32);
        pack(&deltas[..block.len()], narrow, out);
    }
}

fn start(len: usize, first: i64, out: &mut Vec<u8>) {
    varint(BLOCK as u64, out);
    varint(QUARTERS as u64, out);
    varint(len as u64, out);
    varint(zigzag(first), out);
}

/// Packs a block. What is missing in its last quarter is filled up with zeros, and empty quarters have no
/// bits at all.
fn pack(deltas: &[i64], subtract: impl Fn(i64, i64) -> u64, out: &mut Vec<u8>) {
    let least = deltas.iter().copied().min().unwrap_or(0);
    varint(zigzag(least), out);
    let mut excess = [0; BLOCK];
    excess.iter_mut().zip(deltas).for_each(|(excess, &delta)| *excess = subtract(delta, least));
    let widths = out.len();
    out.extend_from_slice(&[0; QUARTERS]);
    for (number, quarter) in excess[..deltas.len()].chunks(QUARTER).enumerate() {
        let width = u64::BITS - quarter.iter().fold(0, |all, &excess| all | excess).leading_zeros();
        out[widths + number] = width as u8;
        let start = out.len();
        bits(quarter, width, out);
        out.resize(start + QUARTER * width as usize / 8, 0);
    }
}

/// Signed numbers as unsigned ones, small ones staying small.
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_steps_take_no_bits() {
        let mut out = Vec::new();
        encode(&(0..12_801).map(|i| 1_700_000_000_000_000 + i * 1_000_000).collect::<Vec<_>>(), &mut out);
        // A hundred blocks of the smallest difference and four widths, behind the start.
        assert_eq!(out.len(), 2 + 1 + 2 + 8 + 100 * (3 + 4));
    }
}
