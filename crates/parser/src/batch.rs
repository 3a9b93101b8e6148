//! What a block becomes: rows, rejects, and what there is to count.

use std::collections::BTreeMap;

use sawlog_columns::{Columns, Note, Reject};

use crate::parser::Header;
use crate::walk::{Noted, UnknownFields};

/// What parsing a block gave.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Index of the source in the run's list.
    pub source: u32,
    /// The rows, one set of columns for each log type, in the parser's order.
    pub columns: Vec<Columns>,
    /// The records that became no rows, in order.
    pub rejects: Vec<Reject>,
    /// Records met: rows, rejects and skipped ones together.
    pub records: u64,
    /// Records that the log type asks to skip.
    pub skipped: u64,
    /// Undeclared fields of the rows, counted by path.
    pub unknown: UnknownFields,
    /// Oddities that did not cost a record, counted by kind.
    pub notes: BTreeMap<Note, u64>,
}

impl Batch {
    /// A batch of records from source number `source`, with empty columns to fill, one set for each log
    /// type of the parser.
    pub fn new(source: u32, columns: Vec<Columns>) -> Self {
        Self {
            source,
            columns,
            rejects: Vec::new(),
            records: 0,
            skipped: 0,
            unknown: UnknownFields::default(),
            notes: BTreeMap::new(),
        }
    }

    /// Number of rows, whatever their log type.
    pub fn rows(&self) -> u64 {
        self.columns.iter().map(|columns| columns.rows().len() as u64).sum()
    }

    /// Counts a row that was committed to the columns of log type number `plan`.
    pub(crate) fn add_row(&mut self, plan: usize, noted: Noted, header: Option<Header<'_>>) {
        self.records += 1;
        if noted != Noted::default() {
            self.note_all(noted);
        }
        if let Some(header) = header {
            self.columns[plan].set_header(header.shared, header.own);
        }
    }

    pub(crate) fn note_all(&mut self, noted: Noted) {
        self.note(Note::ObjectAsArray, noted.objects_as_arrays);
        self.note(Note::DuplicateKey, noted.overridden_keys);
        self.note(Note::EventTimeMissing, u64::from(noted.without_event_time));
        self.note(Note::MissingRequired, noted.missing_required);
        self.note(Note::InvalidValue, noted.invalid_values);
    }

    pub(crate) fn note(&mut self, note: Note, count: u64) {
        if count > 0 {
            *self.notes.entry(note).or_default() += count;
        }
    }
}
