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
        let number =
            u128::from(self.sources[row.source as usize].identity) << 64 | u128::from(row.byte_offset);
        std::array::from_fn(|at| {
            let nibble = (number >> (124 - 4 * at)) as u8 & 15;
            if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
        })
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
