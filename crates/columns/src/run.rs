//! What all rows of a run share.

use crate::sink::Row;

/// Constants of a run, from which the standard columns are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// Microseconds since 1970 UTC, one value for the whole run.
    pub parse_time: i64,
    /// `p_source_id`.
    pub source_id: Option<String>,
    /// `p_source_label`.
    pub source_label: Option<String>,
    /// The inputs, in the order given.
    pub sources: Vec<Source>,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path or URL, `p_source_file`.
    pub path: String,
    /// Hash of what identifies it (contract: size, first and last bytes), the upper half of every row id.
    pub identity: u64,
}

impl Run {
    /// The row's id: 16 hex digits for the source, 16 for the place in it.
    pub fn row_id(&self, row: &Row) -> String {
        self.row_id_bytes(row).map(char::from).iter().collect()
    }

    /// The digits of the row's id.
    pub(crate) fn row_id_bytes(&self, row: &Row) -> [u8; 32] {
        let mut digits = [0; 32];
        let halves = [self.sources[row.source as usize].identity, row.byte_offset];
        let words = halves.into_iter().flat_map(|half| [(half >> 32) as u32, half as u32]);
        for (digits, word) in digits.as_chunks_mut().0.iter_mut().zip(words) {
            *digits = hex(word);
        }
        digits
    }

    /// The row's event time in microseconds, which is the parse time where the row has none.
    pub fn event_time(&self, row: &Row) -> i64 {
        row.event_time.map_or(self.parse_time, |time| time.micros)
    }

    /// What rows of a row group are sorted by: event time, then row id.
    pub fn order(&self, row: &Row) -> (i64, u64, u64) {
        (self.event_time(row), self.sources[row.source as usize].identity, row.byte_offset)
    }
}

/// The hex digits of a number, all at once: each gets a byte of its own, and the letters what they are apart
/// from the figures.
fn hex(word: u32) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut digits = u64::from(word);
    digits = (digits | digits << 16) & 0x0000_ffff_0000_ffff;
    digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ff;
    digits = (digits | digits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = (digits + 6 * ONES) >> 4 & ONES;
    let apart = u64::from(b'a' - b'0' - 10);
    (digits + u64::from(b'0') * ONES + letters * apart).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_number() {
        let numbers = (0..32).flat_map(|bit| [1u32 << bit, u32::MAX >> bit, 0x0123_4567 << bit]);
        for number in numbers.chain([0, 0x89ab_cdef, 0xfedc_ba98]) {
            assert_eq!(hex(number), format!("{number:08x}").as_bytes());
        }
    }
}
