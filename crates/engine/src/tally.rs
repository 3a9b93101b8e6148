//! Counts of a run, kept in the order of the input.

use std::collections::BTreeMap;

use sawlog_parser::limits::MAX_UNKNOWN_PATHS;
use sawlog_parser::{Batch, UnknownFields};
use sawlog_writer::Counts;

/// Counts by source, and what was noticed on the way.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) sources: Vec<Counts>,
    /// Rows of each log type.
    pub(crate) rows: Vec<u64>,
    pub(crate) unknown: UnknownFields,
    pub(crate) reasons: BTreeMap<String, u64>,
    pub(crate) notes: BTreeMap<String, u64>,
}

impl Tally {
    pub(crate) fn new(sources: usize, log_types: usize) -> Self {
        Self { sources: vec![Counts::default(); sources], rows: vec![0; log_types], ..Self::default() }
    }

    /// Adds what a batch held, which gave so many rows of whatever log types, and numbers its rejects within
    /// their source. Batches come in the order of the input.
    pub(crate) fn add(&mut self, batch: &mut Batch, rows: u64) {
        let quarantined = batch.rejects.len() as u64;
        let of_source = &mut self.sources[batch.source as usize];
        for reject in &mut batch.rejects {
            reject.record += of_source.records;
            *self.reasons.entry(reject.code.as_str().to_owned()).or_default() += 1;
        }
        let skipped = batch.skipped;
        *of_source = *of_source + Counts { records: batch.records, rows, quarantined, skipped };
        self.unknown.merge(&batch.unknown, MAX_UNKNOWN_PATHS);
        for (note, count) in &batch.notes {
            *self.notes.entry(note.as_str().to_owned()).or_default() += count;
        }
    }

    /// The sum over all sources.
    pub(crate) fn total(&self) -> Counts {
        self.sources.iter().fold(Counts::default(), |sum, counts| sum + *counts)
    }
}
