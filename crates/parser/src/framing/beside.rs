//! What stands beside the records of a page.
//!
//! A page has one list of records. Where it has another list of objects, or more under the name of the
//! records, those are events as likely as not, and nobody would miss them: each is a record of its own, with
//! its bytes, and rejected. Links and errors are none of these, nor is an array without an object. Lists
//! before the records wait until the document is known to be a page; those behind them pass through like
//! records. Where the user named the place of the records, all that stands there is records, however often
//! the names occur, and the rest was said to be none.

use sawlog_columns::Code;

use super::scanner::{Event, Window};
use super::search::Document;
use super::splitter::{Splitter, Stage, Wrong};
use crate::envelope::{Envelope, Key};

/// Lists before the records of a page. A document with more of them is no page.
const MAX_LISTS: usize = 1000;

const SECOND_LIST: &str = "the page has this beside its records; if it holds events, convert the input once \
                           more, into another --out, with --records-path and its name; if not, give that \
                           option the name of the records' list";

impl Document {
    /// Whether an array under the key last read may be a list of records that nobody asked for.
    pub(super) fn may_hold_records(&self) -> bool {
        !matches!(self.key, Key::Declared { telling: false } | Key::Errors | Key::Aside | Key::Step)
    }

    /// Whether an object under the key last read may be a record that nobody asked for.
    fn may_be_record(&self) -> bool {
        matches!(self.key, Key::Data | Key::Record)
    }

    /// Notes a value that no reject will show.
    fn drop_value(&mut self) {
        self.dropped |= self.key == Key::Declared { telling: true };
    }
}

impl Splitter {
    /// An array or object of a document has ended that is not yet known to be a page.
    pub(super) fn note_list(&mut self, end: u64) {
        let Some(start) = self.doc.open_list.take() else { return };
        if self.doc.lists.len() < MAX_LISTS {
            self.doc.lists.push((start, end));
        } else {
            self.keep_whole();
        }
    }

    /// The document is a page: hands out the lists before its records.
    pub(super) fn give_lists(&mut self) {
        for (start, end) in std::mem::take(&mut self.doc.lists) {
            self.give_list(start, end);
        }
    }

    fn give_list(&mut self, start: u64, end: u64) {
        let wrong = Wrong { code: Code::SecondList, message: SECOND_LIST, at: start };
        self.emit((start, end), end, true, Some(wrong));
    }

    /// An event between the members behind the records of a page. It is too late to take the page for an
    /// event.
    pub(super) fn rest(&mut self, envelope: &Envelope, window: Window<'_>, event: Event) {
        let depth = self.root + 1 + self.doc.level;
        match event {
            Event::Key { start, end, .. } => {
                // Whether a key beyond the limit is still at hand depends on the reads.
                let name = window.get(start, end).filter(|_| end - start < self.limit);
                let unread = if envelope.is_explicit() { Key::Aside } else { Key::Other };
                self.doc.key = name.map_or(unread, |name| envelope.key(name, self.doc.level));
            }
            Event::Open { at, object, .. } if self.doc.key == Key::Step => self.step(envelope, at, object),
            Event::Open { at, object: false, .. } if self.doc.may_hold_records() => {
                (self.doc.array, self.stage) = (at, Stage::Beside);
                self.scanner.watch = depth + 1;
            }
            Event::Open { at, object: true, .. } if self.doc.may_be_record() => self.enter_list(at),
            Event::Scalar { start, end, null: false, .. } if self.doc.key == Key::Data => {
                self.give_list(start, end);
            }
            Event::Scalar { start, end, null: false, .. } if self.is_at_place(envelope) => {
                self.emit((start, end), end, true, None);
            }
            Event::Open { .. } | Event::Scalar { .. } => self.doc.drop_value(),
            Event::Close { depth: closed, .. } if closed < depth => self.step_back(),
            Event::Close { .. } | Event::Error { .. } => {}
        }
    }

    /// An event within an array behind the records of a page that has shown no object yet.
    pub(super) fn beside(&mut self, event: Event) {
        match event {
            Event::Open { object: true, .. } => self.enter_list(self.doc.array),
            Event::Scalar { null: false, .. } if self.doc.key == Key::Data => self.enter_list(self.doc.array),
            Event::Open { depth, .. } => self.scanner.watch = depth + 1,
            Event::Close { depth, .. } if depth > self.root + 1 + self.doc.level => {
                self.scanner.watch = depth;
            }
            Event::Close { .. } => {
                self.doc.drop_value();
                self.leave_records();
            }
            _ => {}
        }
    }

    fn enter_list(&mut self, at: u64) {
        (self.record, self.floor, self.stage) = (Some(at), self.root + 1 + self.doc.level, Stage::List);
        self.scanner.watch = self.floor;
    }

    /// What was read as a list behind the records has ended. Nothing is lost with what is empty.
    pub(super) fn end_list(&mut self, end: u64, empty: bool) {
        if !empty {
            self.give_list(self.record.unwrap_or(end), end);
        }
        self.leave_records();
    }
}
