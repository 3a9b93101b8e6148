//! Keys that stand twice in one object, in records that are followed.
//!
//! The last one counts. By the time it comes, what the one before it gave is in the columns of the row at
//! hand, and nowhere else: indicators are looked for later. It is taken back from there. The general path
//! reads records where that is not so or takes long: where fields are made from others, an object or a list
//! is to be taken back and undeclared fields were met, another time may have been passed over for the one
//! that goes, the object lies in a list, or there is much to take back.

use std::ops::Range;

use sawlog_columns::Sink;
use sawlog_schema::NodeId;

use super::follow::Run;
use super::known::Class;

/// Nodes whose values are taken back in one record. Each repeated key costs as much as all that the log type
/// declares below it, whether it was there or not.
pub(super) const MAX_TAKEN_BACK: usize = 256;

impl<S: Sink> Run<'_, S> {
    /// Takes back what the members with these bits gave, whose keys come once more.
    #[cold]
    pub(super) fn again(&mut self, object: NodeId, keys: u64) -> Option<()> {
        if self.known.recipes.any() {
            return None;
        }
        let in_open = self.repeated_in_open(object)?;
        let mut left = keys;
        while left != 0 {
            self.take_back(self.known.of_bits(object, left)?, in_open)?;
            left &= left - 1;
        }
        let frame = &mut self.frames[object as usize];
        frame.present &= !keys;
        frame.repeated += keys.count_ones();
        self.walk.overridden_keys += u64::from(keys.count_ones());
        Some(())
    }

    /// How many keys were repeated in the objects that are open, of which this is the innermost. None if one
    /// of them lies in a list.
    fn repeated_in_open(&self, object: NodeId) -> Option<u64> {
        let (mut open, mut repeated) = (object, 0);
        loop {
            repeated += u64::from(self.frames[open as usize].repeated);
            if open == 0 {
                return Some(repeated);
            }
            open = self.known.container(open);
            if self.known.is_list(open) {
                return None;
            }
        }
    }

    /// Takes back the value of a node, and all below it. Of that neither undeclared fields may have come, nor
    /// repeated keys, which count only where they are not passed over: those of open objects do.
    fn take_back(&mut self, node: NodeId, in_open: u64) -> Option<()> {
        let has_extra = self.walk.extra.len() > 0;
        let has_repeated = self.walk.overridden_keys > in_open;
        let is_odd = match self.known.class(node) {
            Class::Object => has_extra || has_repeated,
            Class::List => has_extra,
            _ => false,
        };
        let nodes = node..self.plan.nodes[node as usize].end;
        self.taken_back += nodes.len();
        if is_odd || self.taken_back > MAX_TAKEN_BACK || !self.forgets_time(&nodes) {
            return None;
        }
        self.sink.take_back(nodes);
        Some(())
    }

    /// Forgets the event time if it is from one of these nodes. False if others may have been passed over for
    /// it.
    fn forgets_time(&mut self, nodes: &Range<NodeId>) -> bool {
        if self.timed_by.is_none_or(|node| !nodes.contains(&node)) {
            return true;
        }
        self.timed_by = None;
        self.walk.event_time = None;
        self.known.times.iter().all(|node| nodes.contains(node))
    }
}
