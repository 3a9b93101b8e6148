//! Patterns: what a compiled list of instructions makes of a text, and the way back.

mod fields;
mod print;
mod scan;

pub(super) use print::print;
pub(super) use scan::scan;

use sawlog_columns::Instant;

/// A time as its text tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told<'t> {
    pub(super) instant: Instant,
    /// Seconds that the text's clock is ahead of UTC.
    pub(super) offset: i32,
    /// The abbreviation of the zone, where there is one.
    pub(super) zone: &'t str,
}
