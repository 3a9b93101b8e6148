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
/// Most records have a handful of values, and most indicators one: it is appended without a look at others.
/// Where an indicator has several, each is put in its place as it comes, and one that is there already is
/// dropped. Where there are many, they are sorted at the end instead.
#[derive(Debug, Default)]
pub struct IndicatorSet {
    bytes: Vec<u8>,
    /// Up to [`KEPT_IN_ORDER`] of them, those of an indicator are distinct and in order, whatever stands
    /// between them.
    found: Vec<Found>,
    /// The bits of the indicators that have a value.
    met: u32,
}

const _: () = assert!(Indicator::ALL.len() <= u32::BITS as usize, "each indicator has a bit");

/// A value of an indicator.
#[derive(Debug, Clone, Copy)]
struct Found {
    indicator: Indicator,
    start: u32,
    end: u32,
}

/// How many values are kept in order. Beyond that, looking for their places costs more than sorting.
const KEPT_IN_ORDER: usize = 16;

impl Found {
    fn value<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.start as usize..self.end as usize]
    }
}

impl IndicatorSet {
    /// Adds a value, if it is not known to be there.
    #[inline]
    pub fn add(&mut self, indicator: Indicator, value: &str) {
        let value = value.as_bytes();
        let bit = 1 << indicator as u32;
        let place = if self.met & bit == 0 { Some(self.found.len()) } else { self.place(indicator, value) };
        let Some(place) = place else { return };
        self.met |= bit;
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(value);
        let found = Found { indicator, start, end: self.bytes.len() as u32 };
        if place == self.found.len() {
            self.found.push(found);
        } else {
            self.found.insert(place, found);
        }
    }

    /// Where one more value of an indicator belongs; None if it is there.
    fn place(&self, indicator: Indicator, value: &[u8]) -> Option<usize> {
        if self.found.len() < KEPT_IN_ORDER {
            for (place, found) in self.found.iter().enumerate() {
                if found.indicator == indicator {
                    match found.value(&self.bytes).cmp(value) {
                        Ordering::Less => {}
                        Ordering::Equal => return None,
                        Ordering::Greater => return Some(place),
                    }
                }
            }
        }
        Some(self.found.len())
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.found.clear();
        self.met = 0;
    }

    /// Calls `each` with the distinct values of each indicator, bytewise ascending.
    pub(crate) fn sorted(&mut self, mut each: impl FnMut(Indicator, &[u8])) {
        let Self { bytes, found, .. } = self;
        if found.len() > KEPT_IN_ORDER {
            let key = |found: &Found| (found.indicator, found.value(bytes));
            found.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
            found.dedup_by(|a, b| key(a) == key(b));
        }
        for item in found {
            each(item.indicator, item.value(bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_of_an_indicator_come_distinct_and_in_order(
            records in prop::collection::vec(prop::collection::vec((0usize..3, "[a\0é]{0,3}"), 0..40), 1..4),
        ) {
            let mut set = IndicatorSet::default();
            for values in records {
                set.clear();
                let mut expected: BTreeMap<Indicator, BTreeSet<&[u8]>> = BTreeMap::new();
                for (indicator, value) in &values {
                    let indicator = Indicator::ALL[*indicator];
                    set.add(indicator, value);
                    expected.entry(indicator).or_default().insert(value.as_bytes());
                }
                let mut got: BTreeMap<Indicator, Vec<Vec<u8>>> = BTreeMap::new();
                set.sorted(|indicator, value| got.entry(indicator).or_default().push(value.to_vec()));
                prop_assert_eq!(got.len(), expected.len());
                for (indicator, expected) in expected {
                    prop_assert!(got[&indicator].iter().eq(expected), "{:?} in {:?}", indicator, got);
                }
            }
        }
    }
}
