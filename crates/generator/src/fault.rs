//! What can be wrong with a record, for dumps that are not clean.

use crate::rng::Rng;

/// A fault that costs a record, whatever the schema's reader tolerates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The line ends before its document does.
    Cut,
    /// A required member of the event is not there.
    Missing,
    /// A member holds text where the schema declares something else.
    Mistyped,
}

/// The top-level members of a log's events that faults are put into; every event has them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Targets {
    pub(crate) required: &'static str,
    pub(crate) typed: &'static str,
}

/// Decides which events are faulty, independently of everything else about them.
#[derive(Debug)]
pub(crate) struct Faults {
    rng: Rng,
    percent: u64,
}

impl Faults {
    pub(crate) fn new(seed: u64, percent: u8) -> Self {
        // Any constant does that gives another stream than the events'.
        Self { rng: Rng::new(seed ^ 0x5bd1_e995_7f4a_7c15), percent: u64::from(percent) }
    }

    /// The fault of event number `index`, if it is to have one. The first line stays whole: from
    /// it readers learn that the dump has one document a line.
    pub(crate) fn draw(&mut self, index: u64) -> Option<Fault> {
        let mut rng = self.rng.fork();
        (index > 0 && rng.percent(self.percent))
            .then(|| *rng.pick(&[Fault::Cut, Fault::Missing, Fault::Mistyped]))
    }
}
