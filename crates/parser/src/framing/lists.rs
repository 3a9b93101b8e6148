//! Lists beside the records of a page.
//!
//! A page has one list of records. Where it has another list of objects, those are events as likely as not,
//! and nobody would miss them: each such list is a record of its own, with its bytes, and rejected. Links
//! and errors are no such lists, nor is any array that does not begin with an object. Lists before the
//! records wait until the document is known to be a page; those behind them pass through like records.

use sawlog_columns::Code;

use super::scanner::{Event, Window};
use super::search::Document;
use super::splitter::{Splitter, Stage, Wrong};
use crate::envelope::{Envelope, Key};

/// Lists before the records of a page. A document with more of them is no page.
const MAX_LISTS: usize = 1000;

const SECOND_LIST: &str = "the page has this list of objects beside its records; if it holds events, convert \
                           the input once more, into another --out, with --records-path and the name of the \
                           list; if not, give that option the name of the records' list";

impl Document {
    /// Whether an array under the key last read may be a list of records that nobody asked for.
    fn may_hold_records(&self) -> bool {
        !matches!(self.key, Key::Declared { .. } | Key::Errors | Key::Aside)
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
        match event {
            Event::Key { start, end, .. } => {
                // Whether a key beyond the limit is still at hand depends on the reads.
                let name = window.get(start, end).filter(|_| end - start < self.limit);
                let unread = if envelope.is_explicit() { Key::Aside } else { Key::Other };
                self.doc.key = name.map_or(unread, |name| envelope.key(name, 0));
                self.doc.dropped |= self.doc.key == Key::Declared { telling: true };
            }
            Event::Open { at, object: false, depth, .. } if self.doc.may_hold_records() => {
                (self.doc.array, self.stage) = (at, Stage::Beside);
                self.scanner.watch = depth + 1;
            }
            Event::Open { object: true, .. } | Event::Scalar { null: false, .. } => {
                self.doc.dropped |= self.doc.key == Key::Data;
            }
            _ => {}
        }
    }

    /// The first event within an array behind the records of a page.
    pub(super) fn beside(&mut self, event: Event) {
        match event {
            Event::Open { object: true, .. } => {
                (self.record, self.floor, self.stage) = (Some(self.doc.array), self.root + 1, Stage::List);
                self.scanner.watch = self.floor;
                return;
            }
            Event::Close { .. } => {}
            _ => self.doc.dropped |= self.doc.key == Key::Data,
        }
        self.leave_records();
    }

    /// A list behind the records has ended.
    pub(super) fn end_list(&mut self, end: u64) {
        self.give_list(self.record.unwrap_or(end), end);
        self.leave_records();
    }
}
