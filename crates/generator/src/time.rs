//! When events happen: September 2025, thirty days, so that a date needs no calendar.

use std::fmt;

use crate::rng::Rng;

/// Milliseconds in a second, a minute, an hour, a day.
const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Length of the month.
pub(crate) const SPAN: u64 = 30 * DAY;

/// Milliseconds from 1970 to the beginning of the month.
const EPOCH: u64 = 1_756_684_800_000;

/// A time within the month, in milliseconds since its start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    pub(crate) ms: u64,
    /// Whether the milliseconds are written; producers now and then leave them out.
    pub(crate) precise: bool,
}

impl Time {
    /// Milliseconds since 1970.
    pub(crate) fn unix_ms(self) -> u64 {
        EPOCH + self.ms
    }

    /// Some time before, at most so many minutes, but not before the month.
    pub(crate) fn before(self, minutes: u64, rng: &mut Rng) -> Self {
        Self { ms: self.ms.saturating_sub(rng.below(minutes * MINUTE)), ..self }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let day = 1 + self.ms / DAY;
        let (hour, minute) = (self.ms / HOUR % 24, self.ms / MINUTE % 60);
        let (second, milli) = (self.ms / SECOND % 60, self.ms % SECOND);
        write!(f, "2025-09-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.precise {
            write!(f, ".{milli:03}")?;
        }
        f.write_str("Z")
    }
}

/// A time for event `index` of `count`: the month is cut into equal slots, and each event falls at random
/// into its own. That keeps times ascending without remembering the last one.
pub(crate) fn moment(count: u64, index: u64, rng: &mut Rng) -> u64 {
    let slot = |index: u64| (u128::from(SPAN) * u128::from(index) / u128::from(count)) as u64;
    let (start, end) = (slot(index), slot(index + 1));
    start + rng.below(end - start)
}
