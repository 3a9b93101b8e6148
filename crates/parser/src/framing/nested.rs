//! Lists within lists of records.
//!
//! Pages that were put into one array, or an array that was cut off before another one begins, make lists of
//! objects in a list. What is in them are records, as on lines of their own; other arrays are elements.

use super::damage::Home;
use super::scanner::Event;
use super::splitter::{Splitter, Stage};
use crate::envelope::Envelope;

impl Splitter {
    /// An array begins where a record may.
    pub(super) fn open_nested(&mut self, at: u64, home: Home) {
        (self.stage, self.record) = (Stage::Nested(home), Some(at));
        self.scanner.watch = self.around(home) + 1;
    }

    /// Brackets around the elements of the list.
    fn around(&self, home: Home) -> usize {
        if home == Home::Records { self.floor } else { self.root }
    }

    /// The first event within such an array tells whether it is a list of records.
    pub(super) fn nested(&mut self, envelope: &Envelope, home: Home, event: Event) {
        match (event, home) {
            (Event::Open { at, object: true, column, .. }, Home::Records) => {
                self.doc.nested += 1;
                self.floor += 1;
                (self.stage, self.record, self.indent) = (Stage::Records, Some(at), self.indent.or(column));
                self.scanner.watch = self.floor;
            }
            (Event::Open { at, object: true, column, .. }, _) => {
                self.outer_indent = self.outer_indent.or(column);
                self.commit();
                self.begin(envelope, at, self.root + 1);
            }
            (Event::Close { end, .. }, Home::Records) => {
                self.emit((self.record.unwrap_or(end), end), end, true, None);
                self.go_on_with_records();
            }
            (Event::Close { end, .. }, _) => self.end_record(end, None),
            (_, Home::Records) => self.go_on_with_records(),
            _ => self.keep_whole(),
        }
    }

    fn go_on_with_records(&mut self) {
        (self.stage, self.scanner.watch) = (Stage::Records, self.floor);
    }

    /// A list of records has ended: that of the page, or one within it.
    pub(super) fn end_records(&mut self) {
        if self.doc.nested == 0 {
            return self.leave_records();
        }
        self.doc.nested -= 1;
        self.floor -= 1;
        self.go_on_with_records();
    }
}
