//! The interface between parsers and columns.

use std::cmp::Ordering;

use sawlog_schema::{Indicator, NodeId};

use crate::instant::Instant;

/// What a parser fills: one call per value, addressed by node and index.
///
/// The index is the row for the members of the event and of objects directly below it, and the element number
/// (counted over the whole batch) below an array. Within a record each node receives at most one value per
/// index, and indexes only grow. A record is made permanent by [`Sink::commit`] or undone by
/// [`Sink::rollback`]; nothing is ever half there.
pub trait Sink {
    /// Index of the row that is being filled.
    fn row(&self) -> u32;
    /// Text of a `string`, or JSON text of a `json` node.
    fn text(&mut self, node: NodeId, at: u32, value: &str);
    /// A value of an integer node, within the declared width.
    fn integer(&mut self, node: NodeId, at: u32, value: i64);
    /// A value of a `float` node.
    fn float(&mut self, node: NodeId, at: u32, value: f64);
    /// A value of a `boolean` node.
    fn boolean(&mut self, node: NodeId, at: u32, value: bool);
    /// A value of a `timestamp` node, in microseconds UTC, and as JSON in the format that it was read in.
    /// That may be left empty where it is not kept.
    fn timestamp(&mut self, node: NodeId, at: u32, micros: i64, json: &[u8]);
    /// Whether times are kept in the format that they were read in, too.
    fn keeps_time_formats(&self) -> bool;
    /// An object is present; its members follow at the same index.
    fn object(&mut self, node: NodeId, at: u32);
    /// A list begins: returns the index of its first element.
    fn list(&mut self, node: NodeId) -> u32;
    /// The list at `at` ends; `end` is one past the index of its last element.
    fn list_end(&mut self, node: NodeId, at: u32, end: u32);
    /// Makes the row permanent.
    fn commit(&mut self, row: Row, found: &mut IndicatorSet, extra: Option<&str>, flags: &[String]);
    /// Undoes everything pushed since the last commit.
    fn rollback(&mut self);
}

/// What is known of a row besides its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The event time; None where no candidate field holds one, and the parse time stands in.
    pub event_time: Option<Instant>,
    /// Index of the source in the run's list.
    pub source: u32,
    /// Offset of the record in the decoded stream.
    pub byte_offset: u64,
}

/// The indicators of the record at hand, reused from record to record.
///
/// Most records have a handful, so that values are put in their place as they come, and those that are there
/// already cost a comparison. Where there are many, they are sorted once, at the end.
#[derive(Debug, Default)]
pub struct IndicatorSet {
    bytes: Vec<u8>,
    /// In order, and without doubles, as long as there are at most [`KEPT_IN_ORDER`].
    found: Vec<Found>,
}

/// A value of an indicator.
#[derive(Debug, Clone, Copy)]
struct Found {
    /// The indicator and the value's first bytes, as one number that is in order as they are: comparing it
    /// settles nearly every comparison.
    rank: u64,
    indicator: Indicator,
    start: u32,
    end: u32,
}

/// How many values are kept in order. Beyond that, moving them aside costs more than sorting.
const KEPT_IN_ORDER: usize = 16;

/// Bytes of a value that go into its rank.
const RANKED_BYTES: usize = 7;

fn rank(indicator: Indicator, value: &[u8]) -> u64 {
    let first = match value.first_chunk() {
        Some(first) => u64::from_be_bytes(*first) >> 8,
        None => (0..RANKED_BYTES).fold(0, |rank, at| rank << 8 | value.get(at).map_or(0, |&b| u64::from(b))),
    };
    (indicator as u64) << 56 | first
}

impl Found {
    fn value<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.start as usize..self.end as usize]
    }
}

impl IndicatorSet {
    /// Adds a value, unless it is known to be there.
    #[inline]
    pub fn add(&mut self, indicator: Indicator, value: &str) {
        let value = value.as_bytes();
        let rank = rank(indicator, value);
        let mut at = self.found.len();
        if at < KEPT_IN_ORDER {
            while let Some(before) = self.found[..at].last() {
                match before.rank.cmp(&rank).then_with(|| before.value(&self.bytes).cmp(value)) {
                    Ordering::Less => break,
                    Ordering::Equal => return,
                    Ordering::Greater => at -= 1,
                }
            }
        }
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(value);
        self.found.insert(at, Found { rank, indicator, start, end: self.bytes.len() as u32 });
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.found.clear();
    }

    /// Calls `each` with the distinct values of each indicator, bytewise ascending.
    pub(crate) fn sorted(&mut self, mut each: impl FnMut(Indicator, &[u8])) {
        let Self { bytes, found } = self;
        if found.len() > KEPT_IN_ORDER {
            let order =
                |a: &Found, b: &Found| a.rank.cmp(&b.rank).then_with(|| a.value(bytes).cmp(b.value(bytes)));
            found.sort_unstable_by(order);
            found.dedup_by(|a, b| order(a, b).is_eq());
        }
        for item in found {
            each(item.indicator, item.value(bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_distinct_and_in_order_by_indicator() {
        let mut set = IndicatorSet::default();
        let texts = ["b", "a", "prefix-2", "prefix-1", "prefix-", "prefix", "", "a\0", "a", "prefix-1", "é"];
        for indicator in [Indicator::Usernames, Indicator::IpAddresses] {
            for text in texts {
                set.add(indicator, text);
            }
        }
        let mut got = Vec::new();
        set.sorted(|indicator, value| got.push((indicator, String::from_utf8(value.to_vec()).unwrap())));
        let mut expected: Vec<&str> = texts.to_vec();
        expected.sort_unstable();
        expected.dedup();
        let of = |indicator| expected.iter().map(move |text| (indicator, (*text).to_owned()));
        let all: Vec<_> = of(Indicator::IpAddresses).chain(of(Indicator::Usernames)).collect();
        assert_eq!(got, all);
    }
}
