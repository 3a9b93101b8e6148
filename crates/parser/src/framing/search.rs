//! Looking through a document for the records of a page.
//!
//! Keys are judged in the order in which they come, since the document may be far longer than memory. What
//! could be judged either way is an event, so that no event is lost in a page.

use sawlog_columns::Code;

use super::scanner::{Event, Window};
use super::splitter::{Splitter, Stage, Wrong};
use crate::envelope::{Envelope, Key};

const ERROR_PAGE: &str = "the page reports errors and holds no records; fetch it again";
const PAGE_WITH_FIELDS: &str = "behind its records the page has fields of an event, which were not kept; \
                                if it is an event, convert it with --records-path none";
const NO_PATH: &str = "the document has no records at the path given; check the records path";

/// What is known of a document that may be a page.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings, not one state")]
pub(super) struct Document {
    /// The key last read.
    pub(super) key: Key,
    /// How many lists stand around the records within that of the page.
    pub(super) nested: usize,
    /// How many objects of the document lead to where it stands.
    pub(super) level: usize,
    /// Whether its `data` object has shown a field that events have and pages do not.
    declared: bool,
    /// Whether a well-known name holds nothing.
    empty: bool,
    /// Whether it reports errors.
    errors: bool,
    /// Whether `data` holds something that is no record.
    data: bool,
    /// Whether fields of an event stand behind the records.
    pub(super) dropped: bool,
    /// Where the array last looked into begins, and the line on which it does.
    pub(super) array: u64,
    line: u64,
    /// Whether it begins with nulls.
    nulls: bool,
    /// Start of a list of objects that has not ended.
    pub(super) open_list: Option<u64>,
    /// The lists of objects before the records. They matter once the document turns out to be a page.
    pub(super) lists: Vec<(u64, u64)>,
}

impl Splitter {
    /// Takes an event within a document that may be a page.
    pub(super) fn search(&mut self, envelope: &Envelope, window: Window<'_>, event: Event) {
        if self.outgrows(event.at()) {
            return self.stop_searching(event);
        }
        match self.stage {
            Stage::Probe(key) => self.probe(key, event),
            Stage::Data => self.data(envelope, window, event),
            _ => self.member(envelope, window, event),
        }
    }

    /// The record is too long for its keys to be at hand, so that it is one as a whole.
    fn stop_searching(&mut self, event: Event) {
        let is_data = self.is_in_data();
        self.keep_whole();
        match event {
            Event::Close { end, depth, .. } if is_data && depth == self.floor => self.end_single(end),
            Event::Close { end, depth, .. } if !is_data && depth == self.root => self.end_record(end, None),
            _ => {}
        }
    }

    /// Whether the `data` object of a page is being looked through.
    pub(super) fn is_in_data(&self) -> bool {
        matches!(self.stage, Stage::Data | Stage::Probe(_)) && self.doc.level > 0
    }

    /// What is being looked through is a record: the document, or the `data` object of a page.
    pub(super) fn keep_whole(&mut self) {
        if self.is_in_data() {
            self.doc.lists.clear();
            (self.stage, self.doc.level, self.scanner.watch) = (Stage::Single, 0, self.floor);
        } else {
            (self.stage, self.scanner.watch) = (Stage::Event, self.root);
        }
    }

    /// An event between the members of the document, or of an object that the given path leads through.
    fn member(&mut self, envelope: &Envelope, window: Window<'_>, event: Event) {
        let depth = self.root + 1 + self.doc.level;
        match event {
            Event::Key { start, end, .. } => {
                self.doc.key = envelope.key(window.get(start, end).unwrap_or_default(), self.doc.level);
                // What stands beside the records of a page is dropped, and no field of an event may be.
                if self.doc.key == (Key::Declared { telling: true }) {
                    self.keep_whole();
                }
            }
            Event::Open { at, object, .. } => self.value(envelope, at, object),
            Event::Scalar { null, .. } => match self.doc.key {
                Key::Step if null && self.is_at_place(envelope) => self.enter_nothing(),
                Key::Data => {
                    self.doc.empty |= null;
                    self.doc.data |= !null;
                }
                Key::Errors => self.doc.errors |= !null,
                _ => {}
            },
            Event::Close { end, depth: closed, .. } if closed < depth => {
                if self.doc.level == 0 {
                    self.judge(envelope, end);
                } else {
                    self.step_back();
                }
            }
            Event::Close { end, empty, .. } => {
                self.doc.errors |= self.doc.key == Key::Errors && !empty;
                self.note_list(end);
            }
            Event::Error { .. } => {}
        }
    }

    /// A member's value is an object or an array.
    fn value(&mut self, envelope: &Envelope, at: u64, object: bool) {
        let depth = self.root + 1 + self.doc.level;
        match (self.doc.key, object) {
            (Key::Step, _) => self.step(envelope, at, object),
            (key @ (Key::Records | Key::Data | Key::Record | Key::Other), false) => self.enter_array(at, key),
            (Key::Record, true) => self.enter_single(at, depth),
            (Key::Data, true) => {
                self.enter_single(at, depth);
                (self.stage, self.doc.level, self.scanner.watch) = (Stage::Data, 1, depth + 1);
            }
            _ => {}
        }
    }

    fn enter_array(&mut self, at: u64, key: Key) {
        (self.doc.array, self.doc.line, self.doc.nulls) = (at, self.scanner.line_start, false);
        (self.stage, self.scanner.watch) = (Stage::Probe(key), self.root + 2 + self.doc.level);
    }

    /// Whether the key last read is the last one of the path that was given.
    pub(super) fn is_at_place(&self, envelope: &Envelope) -> bool {
        self.doc.key == Key::Step && envelope.steps() == Some(self.doc.level + 1)
    }

    /// Follows the path that was given into an object or array.
    pub(super) fn step(&mut self, envelope: &Envelope, at: u64, object: bool) {
        let depth = self.root + 1 + self.doc.level;
        match (self.is_at_place(envelope), object) {
            (true, true) => self.enter_single(at, depth),
            (true, false) => self.enter_records(depth + 1),
            (false, true) => {
                self.doc.level += 1;
                self.scanner.watch = depth + 1;
            }
            (false, false) => {}
        }
    }

    /// An object has ended that the path leads through.
    pub(super) fn step_back(&mut self) {
        self.doc.level -= 1;
        self.scanner.watch = self.root + 1 + self.doc.level;
    }

    /// A page has ended. What was dropped although it might matter is not dropped in silence.
    pub(super) fn end_page(&mut self, end: u64) {
        if self.doc.dropped {
            let wrong = Wrong { code: Code::PageWithFields, message: PAGE_WITH_FIELDS, at: end };
            self.emit((end, end), end, true, Some(wrong));
        }
        self.end_document(end, self.root);
    }

    /// An event within an array that may hold records, or be a list beside them, and has shown no object yet.
    fn probe(&mut self, key: Key, event: Event) {
        let is_well_known = matches!(key, Key::Records | Key::Data);
        let depth_of_array = self.root + 1 + self.doc.level;
        match event {
            Event::Open { at, object: true, column, .. } if is_well_known => {
                self.enter_records(self.root + 2);
                if self.doc.nulls {
                    self.reread = self.scanner.pos;
                    self.scanner.rewind(self.doc.array + 1, self.doc.line, self.floor);
                } else {
                    (self.record, self.indent) = (Some(at), column);
                }
                return;
            }
            Event::Scalar { null: true, .. } if is_well_known => {
                self.doc.nulls = true;
                return;
            }
            Event::Open { object: true, .. } => self.doc.open_list = Some(self.doc.array),
            Event::Close { depth, empty, .. } if depth == depth_of_array => {
                self.doc.empty |= is_well_known && empty;
                self.doc.data |= key == Key::Data && !empty;
            }
            _ => {
                // These are no records, and may be a list all the same.
                self.doc.data |= key == Key::Data;
                self.stage = Stage::Probe(Key::Other);
                match event {
                    Event::Open { depth, .. } => self.scanner.watch = depth + 1,
                    Event::Close { depth, .. } => self.scanner.watch = depth,
                    _ => {}
                }
                return;
            }
        }
        // The array's own end is read as that of a value which is neither.
        self.doc.key = Key::Other;
        self.stage = if self.is_in_data() { Stage::Data } else { Stage::Search };
        self.scanner.watch = depth_of_array;
    }

    /// An event within the `data` object of a page. Beside a `record` in it, lists of objects are told like
    /// those beside the records of a page; without one they are its own.
    fn data(&mut self, envelope: &Envelope, window: Window<'_>, event: Event) {
        let depth = self.root + 2;
        match event {
            Event::Key { start, end, .. } => {
                self.doc.key = envelope.key(window.get(start, end).unwrap_or_default(), 0);
                self.doc.declared |= self.doc.key == Key::Declared { telling: true };
            }
            Event::Open { .. } if self.doc.declared => {}
            // What stands behind the record is first what its wrapping says.
            Event::Open { at, object: true, .. } if self.doc.key == Key::Record => {
                self.enter_single(at, depth);
            }
            Event::Open { at, object: true, .. } if self.doc.key == Key::Data => {
                self.doc.open_list = Some(at);
            }
            Event::Open { at, object: false, .. } if self.doc.may_hold_records() => {
                self.enter_array(at, Key::Other);
            }
            Event::Close { end, depth: closed, .. } if closed < depth => {
                self.keep_whole();
                self.end_single(end);
            }
            Event::Close { end, .. } => self.note_list(end),
            _ => {}
        }
    }

    fn enter_records(&mut self, floor: usize) {
        self.give_up_for_page();
        self.commit();
        self.give_lists();
        (self.stage, self.floor, self.record, self.indent) = (Stage::Records, floor, None, None);
        self.scanner.watch = floor;
    }

    fn enter_single(&mut self, at: u64, floor: usize) {
        self.give_up_for_page();
        self.commit();
        self.give_lists();
        (self.stage, self.floor, self.record, self.indent) = (Stage::Single, floor, Some(at), None);
        self.scanner.watch = floor;
    }

    fn enter_nothing(&mut self) {
        self.give_up_for_page();
        self.commit();
        self.leave_records();
    }

    /// The document has ended, and no records were found in it.
    fn judge(&mut self, envelope: &Envelope, end: u64) {
        let doc = &self.doc;
        // Behind a page that was left it is a record of that page.
        let has_no_path = envelope.is_explicit() && (self.root > 0 || self.left.is_none());
        let is_error = !envelope.is_explicit() && doc.errors && !doc.data;
        let is_empty = !envelope.is_explicit() && doc.empty;
        if has_no_path || is_error {
            self.commit();
            let at = self.record.unwrap_or(end);
            let (code, message) =
                if is_error { (Code::ErrorPage, ERROR_PAGE) } else { (Code::RecordsPathMissing, NO_PATH) };
            self.end_record(end, Some(Wrong { code, message, at }));
        } else if is_empty {
            self.commit();
            self.give_lists();
            self.end_document(end, self.root);
        } else {
            self.end_record(end, None);
        }
    }
}
