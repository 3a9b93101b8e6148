//! Lists within lists of records.
//!
//! Pages that were put into one array, or an array that was cut off before another one begins, make lists of
//! objects in a list, and these may lie in lists again. What is in them are records, as on lines of their
//! own, and a list without elements holds none. An array that begins with anything else is an element.

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

    /// The first event within such an array tells whether it is a list of records, unless a list in it begins
    /// or ends there.
    pub(super) fn nested(&mut self, envelope: &Envelope, home: Home, event: Event) {
        match event {
            Event::Open { at, depth, object: true, column } => {
                self.open_lists(envelope, home, at, depth, column);
            }
            Event::Open { depth, .. } => self.scanner.watch = depth + 1,
            Event::Close { depth, .. } if depth > self.around(home) => self.scanner.watch = depth,
            // Nothing but lists without elements.
            Event::Close { end, .. } => {
                (self.tail, self.rest, self.record) = (end, None, None);
                self.go_on_with_list(home);
            }
            _ if home == Home::Records => self.go_on_with_list(home),
            _ => self.keep_whole(),
        }
    }

    /// All arrays that have begun are lists of records, the first of which begins at `at`.
    fn open_lists(&mut self, envelope: &Envelope, home: Home, at: u64, depth: usize, column: Option<u64>) {
        if home == Home::Records {
            self.doc.nested += depth - self.floor;
            (self.stage, self.record, self.indent) = (Stage::Records, Some(at), self.indent.or(column));
            (self.floor, self.scanner.watch) = (depth, depth);
        } else {
            self.outer_indent = self.outer_indent.or(column);
            self.commit();
            self.begin(envelope, at, depth);
        }
    }

    fn go_on_with_list(&mut self, home: Home) {
        self.stage = if home == Home::Records { Stage::Records } else { Stage::Array };
        self.scanner.watch = self.around(home);
    }

    /// A list of records has ended: that of the page, or one within it.
    pub(super) fn end_records(&mut self) {
        if self.doc.nested == 0 {
            return self.leave_records();
        }
        self.doc.nested -= 1;
        self.floor -= 1;
        self.go_on_with_list(Home::Records);
    }
}
