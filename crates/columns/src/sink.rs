//! The interface between parsers and columns.

use std::ops::Range;

use sawlog_schema::NodeId;

use crate::instant::Instant;

/// What a parser fills: one call per value, addressed by node and index.
///
/// The index is the row for the members of the event and of objects directly below it, and the element number
/// (counted over the whole batch) below an array. Within a record each node receives at most one value per
/// index, unless it was [taken back](Sink::take_back), and indexes only grow. A record is made permanent by
/// [`Sink::commit`] or undone by [`Sink::rollback`]; nothing is ever half there.
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
    fn commit<'f>(&mut self, row: Row, extra: Option<&str>, flags: impl IntoIterator<Item = &'f str>);
    /// Undoes what was pushed since the last commit to some nodes: one that lies in no list, and all below
    /// it.
    fn take_back(&mut self, nodes: Range<NodeId>);
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
