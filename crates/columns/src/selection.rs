//! Which rows are taken, in which order, as stretches of consecutive ones.
//!
//! Dumps are nearly in order of time, so that rows sorted by time are long stretches of few batches. What is
//! done once a stretch instead of once a row costs next to nothing.

use std::ops::Range;

/// Rows read at a time. Fixed, and counted from the first picked row, so that what is decided between two
/// reads does not depend on the batches that the rows came in.
const READ_ROWS: usize = 1024;

/// One row of one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// Index of the batch.
    pub part: u32,
    /// Row, or element below a list, within the batch.
    pub row: u32,
}

/// Consecutive rows of one batch, or elements below a list of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    part: u32,
    start: u32,
    len: u32,
}

impl Stretch {
    pub(crate) fn new(part: usize, range: Range<u32>) -> Self {
        Self { part: part as u32, start: range.start, len: range.end - range.start }
    }

    pub(crate) fn part(self) -> usize {
        self.part as usize
    }

    pub(crate) fn len(self) -> usize {
        self.len as usize
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }

    /// What of it lies within a buffer of so many values; what is beyond is null.
    pub(crate) fn within(self, len: usize) -> Range<usize> {
        let Range { start, end } = self.range();
        start.min(len)..end.min(len)
    }

    /// Whether `other` follows directly, and if so, takes it in.
    pub(crate) fn merge(&mut self, other: Self) -> bool {
        let follows = self.part == other.part && self.start + self.len == other.start;
        if follows {
            self.len += other.len;
        }
        follows
    }
}

pub(crate) fn stretches(picks: &[Pick]) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for pick in picks {
        let next = Stretch { part: pick.part, start: pick.row, len: 1 };
        if !found.last_mut().is_some_and(|last| last.merge(next)) {
            found.push(next);
        }
    }
    found
}

/// Picked rows, prepared for reading columns of them.
#[derive(Debug, Clone)]
pub struct Selection {
    stretches: Vec<Stretch>,
    /// For each read the index one past its last stretch.
    ends: Vec<usize>,
    rows: usize,
}

impl Selection {
    /// Prepares picked rows.
    pub fn new(picks: &[Pick]) -> Self {
        let mut all = Vec::new();
        let mut ends = Vec::with_capacity(picks.len().div_ceil(READ_ROWS));
        for read in picks.chunks(READ_ROWS) {
            all.extend(stretches(read));
            ends.push(all.len());
        }
        Self { stretches: all, ends, rows: picks.len() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The stretches of each read.
    pub(crate) fn reads(&self) -> impl Iterator<Item = &[Stretch]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.stretches[start..end])
    }
}
