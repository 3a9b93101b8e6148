//! The interface between parsers and columns.

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
#[derive(Debug, Default)]
pub struct IndicatorSet {
    bytes: Vec<u8>,
    found: Vec<(Indicator, u32, u32)>,
}

impl IndicatorSet {
    /// Adds a value; repeated values are dropped at the commit.
    pub fn add(&mut self, indicator: Indicator, value: &str) {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(value.as_bytes());
        self.found.push((indicator, start, self.bytes.len() as u32));
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.found.clear();
    }

    fn value(&self, (_, start, end): (Indicator, u32, u32)) -> &[u8] {
        &self.bytes[start as usize..end as usize]
    }

    /// Calls `each` with the distinct values of `indicator`, bytewise ascending.
    pub(crate) fn sorted(&mut self, mut each: impl FnMut(Indicator, &[u8])) {
        let mut found = std::mem::take(&mut self.found);
        found.sort_unstable_by(|&a, &b| (a.0, self.value(a)).cmp(&(b.0, self.value(b))));
        found.dedup_by(|&mut a, &mut b| a.0 == b.0 && self.value(a) == self.value(b));
        for &item in &found {
            each(item.0, self.value(item));
        }
        self.found = found;
    }
}
