//! What a log provides, so that the generator needs to know no more of it.

use crate::Options;
use crate::fault::Targets;
use crate::json::Json;
use crate::rng::{Ranks, Rng};
use crate::world::World;

/// A log's part in generating it.
pub(crate) struct Producer {
    /// Where faults are put.
    pub(crate) targets: Targets,
    /// How many kinds of events there are, the most frequent first.
    pub(crate) kinds: usize,
    /// Writes the members of an event; returns whether some are undeclared.
    pub(crate) write: fn(&Task<'_>, &mut Json, &mut Rng) -> bool,
}

/// One event to write.
pub(crate) struct Task<'a> {
    pub(crate) world: &'a World,
    /// How frequent the kinds are.
    pub(crate) ranks: &'a Ranks,
    pub(crate) options: &'a Options,
    pub(crate) index: u64,
}
