//! Finds the records of a stream of documents, or of one line.
//!
//! The scanner reports where values begin and end; this machine knows which of them are records: documents,
//! elements of top-level arrays, and what stands in pages. A document is a record until one of its keys
//! shows it to be a page; from then on its text is a separator and its records leave one by one, so that a
//! page of any size passes through a small buffer. After damage it decides what the damaged record is.

use std::collections::VecDeque;

use sawlog_columns::Code;

use super::commas::Left;
use super::damage::{Damage, Home};
use super::scanner::{Event, Scanner, Window};
use super::search::Document;
use crate::envelope::{Envelope, Key};
use crate::limits::MAX_RECORD_BYTES;

/// What is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// One line. It is one record unless it turns out to be a page or an array of events.
    Line,
    /// Documents one after the other.
    Stream,
}

/// A record, by its place in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Whether it was taken out of a page or array.
    pub(crate) unwrapped: bool,
    /// What is wrong with it.
    pub(crate) wrong: Option<Wrong>,
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) code: Code,
    pub(crate) message: &'static str,
    /// Offset in the stream.
    pub(crate) at: u64,
}

/// Elements without an object among them after which a line is no array of events. Bounds what has to be
/// remembered until the first object comes.
const MAX_HELD: usize = 1000;

/// Brackets that may stand around a record within its page.
const MAX_PAGE_DEPTH: u64 = 1024;

pub(crate) const TOO_LARGE: &str = "the record is longer than 64 MiB, the limit for one; look for a missing \
                                    line break or bracket, or cut it into several records";
const _: () = assert!(MAX_RECORD_BYTES == 64 << 20, "the message names the limit");

/// Where the machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Between documents.
    Top,
    /// Between the elements of a top-level array.
    Array,
    /// In an array among them, or among the records of a page, before its first element.
    Nested(Home),
    /// In a document that is a record.
    Event,
    /// In a document that may be a page, between its keys.
    Search,
    /// In an array there, or in that of a page, before its first object.
    Probe(Key),
    /// In the `data` object of a page, which is its record unless it wraps one.
    Data,
    /// In the array of records.
    Records,
    /// In the only record of a page.
    Single,
    /// In what is left of a page after its records.
    Rest,
    /// There, in an array that has shown no object yet.
    Beside,
    /// There, in a second list of objects, or a second value under the name of the records.
    List,
    /// In a damaged record whose brackets may still balance.
    Damaged,
    /// In a damaged record that ends where a line opens an object.
    Lost,
    /// In a line that is one record, whatever follows.
    Whole,
}

/// The machine. It holds positions only; the bytes stay with the caller, from [`Splitter::keep`] on.
#[derive(Debug)]
pub(crate) struct Splitter {
    pub(super) scanner: Scanner,
    pub(super) unit: Unit,
    pub(super) limit: u64,
    pub(super) stage: Stage,
    /// Brackets around the document: those of the arrays that it stands in.
    pub(super) root: usize,
    /// Brackets around the records of the page.
    pub(super) floor: usize,
    pub(super) doc: Document,
    /// Start of the record being read.
    pub(super) record: Option<u64>,
    /// Up to where the last record of this document was settled, or where the document began.
    pub(super) tail: u64,
    /// Where the first byte from there on lies that is no blank, once it has come.
    pub(super) rest: Option<u64>,
    /// Start of a line that is still one record.
    pub(super) pending: Option<u64>,
    /// Elements of such a line, should it turn out to be an array of events.
    pub(super) held: VecDeque<Item>,
    pub(super) ready: VecDeque<Item>,
    /// Columns in which an element of the top-level array and a record of the page first opened a line.
    pub(super) outer_indent: Option<u64>,
    pub(super) indent: Option<u64>,
    pub(super) damage: Option<Damage>,
    /// Column of the lines that documents begin.
    pub(super) top_indent: u64,
    /// Whether elements of the top-level array open lines without a comma before them.
    pub(super) loose: bool,
    /// The page that was left in its list of records.
    pub(super) left: Option<Left>,
    /// How many records turned out to be pages at the end of the input.
    pub(super) cut_pages: usize,
    /// Whether a document has ended.
    pub(super) closed: bool,
    /// Up to where bytes were read twice.
    pub(super) reread: u64,
    /// One past the last byte that was no blank, among those before `inked`.
    pub(super) ink: u64,
    pub(super) inked: u64,
}

impl Splitter {
    /// Begins at offset `pos`. Records longer than `limit` bytes are reported as such.
    pub(crate) fn new(unit: Unit, limit: u64, pos: u64) -> Self {
        let max_depth = limit.saturating_add(MAX_PAGE_DEPTH);
        Self {
            scanner: Scanner::new(pos, unit == Unit::Line, max_depth),
            unit,
            limit,
            stage: Stage::Top,
            root: 0,
            floor: 0,
            doc: Document::default(),
            record: None,
            tail: pos,
            rest: None,
            pending: None,
            held: VecDeque::new(),
            ready: VecDeque::new(),
            outer_indent: None,
            indent: None,
            damage: None,
            top_indent: 0,
            loose: false,
            left: None,
            cut_pages: 0,
            closed: false,
            reread: pos,
            ink: pos,
            inked: pos,
        }
    }

    /// The next record; `None` once the bytes at hand are used up.
    pub(crate) fn next(&mut self, envelope: &Envelope, window: Window<'_>) -> Option<Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            let goes_on = match self.stage {
                Stage::Whole => false,
                Stage::Damaged | Stage::Lost => self.recover(window),
                _ => self.scanner.next(window).map(|event| self.take(envelope, window, event)).is_some(),
            };
            if !goes_on {
                self.note_ink(window);
                return None;
            }
        }
    }

    /// Offset of the first byte that is needed again.
    pub(crate) fn keep(&self) -> u64 {
        let open = self.pending.or(self.record);
        open.unwrap_or_else(|| match self.stage {
            Stage::Top if self.left.is_none() => self.scanner.unfinished().unwrap_or(self.scanner.pos),
            _ => self.rest.unwrap_or(self.tail),
        })
    }

    /// Start of a string, number or literal between records that has not ended. It may be a record, or a key
    /// that tells something of the page. So may an array be behind the records.
    pub(crate) fn token(&self) -> Option<u64> {
        if self.stage == Stage::Beside {
            return Some(self.doc.array);
        }
        let stages = matches!(self.stage, Stage::Top | Stage::Array | Stage::Records | Stage::Rest);
        let is_between = self.record.is_none() && stages;
        self.scanner.unfinished().filter(|_| is_between)
    }

    /// Whether nothing but blanks has come.
    pub(crate) fn is_blank(&self) -> bool {
        self.stage == Stage::Top && !self.closed && self.scanner.unfinished().is_none()
    }

    /// The line as the one record it is, once it is known to be one; `end` is the line's end.
    pub(crate) fn whole(&self) -> Option<Item> {
        let start = self.pending.filter(|_| self.stage == Stage::Whole)?;
        let wrong = self.too_large(start, self.inked);
        Some(Item { start, end: self.ink.max(start), unwrapped: false, wrong })
    }

    /// Whether a line ends in the midst of a document that is intact so far, so that documents span lines.
    pub(crate) fn spans_lines(&self) -> bool {
        match self.stage {
            Stage::Whole | Stage::Top => false,
            Stage::Event | Stage::Search | Stage::Probe(_) if self.root == 0 => !self.scanner.in_text(),
            _ => true,
        }
    }

    /// Goes on beyond the line with a stream of documents.
    pub(crate) fn widen(&mut self) {
        self.unit = Unit::Stream;
        self.scanner.single = false;
        self.commit();
    }

    fn take(&mut self, envelope: &Envelope, window: Window<'_>, event: Event) {
        if let Event::Error { at, message, torn } = event {
            if torn || !self.mend(window, at) {
                self.fail(window, at, message, torn);
            }
            return;
        }
        if self.pending.is_some_and(|start| event.at() - start > self.limit || self.held.len() >= MAX_HELD) {
            self.stage = Stage::Whole;
            return;
        }
        match (self.stage, event) {
            (Stage::Top, Event::Scalar { start, end, .. }) => self.top_scalar(start, end),
            (Stage::Top, Event::Open { at, object, .. }) => {
                self.pending = (self.unit == Unit::Line).then_some(at);
                self.open_behind(at, object);
                if object {
                    self.begin(envelope, at, 0);
                } else {
                    (self.stage, self.root, self.tail, self.rest) = (Stage::Array, 1, at, Some(at));
                    (self.outer_indent, self.loose) = (None, false);
                    self.scanner.watch = 1;
                }
            }
            (Stage::Array, Event::Open { at, object, column, .. }) => {
                self.outer_indent = self.outer_indent.or(column);
                if object {
                    self.commit();
                    self.begin(envelope, at, self.root);
                } else {
                    self.open_nested(at, Home::Array);
                }
            }
            (Stage::Array, Event::Close { end, depth, .. }) => self.end_document(end, depth),
            (Stage::Nested(home), _) => self.nested(envelope, home, event),
            (Stage::Array | Stage::Records, Event::Scalar { start, end, .. }) => {
                self.emit((start, end), end, true, None);
            }
            (Stage::Event, Event::Close { end, depth, .. }) if depth == self.root => {
                self.end_record(end, None);
            }
            (Stage::Records, Event::Open { at, object, column, .. }) => {
                (self.record, self.indent) = (Some(at), self.indent.or(column));
                if !object {
                    self.open_nested(at, Home::Records);
                }
            }
            (Stage::Records, Event::Close { end, depth, .. }) if depth == self.floor => {
                self.emit((self.record.unwrap_or(end), end), end, true, None);
            }
            (Stage::Records, Event::Close { .. }) => self.end_records(),
            (Stage::Single, Event::Close { end, depth, .. }) if depth == self.floor => self.end_single(end),
            (Stage::Rest, Event::Close { end, depth, .. }) if depth == self.root => self.end_page(end),
            (Stage::Rest, _) => self.rest(envelope, window, event),
            (Stage::Beside, _) => self.beside(event),
            (Stage::List, Event::Close { end, depth, empty }) if depth == self.floor => {
                self.end_list(end, empty);
            }
            (Stage::Search | Stage::Probe(_) | Stage::Data, _) => self.search(envelope, window, event),
            _ => {}
        }
    }

    pub(super) fn begin(&mut self, envelope: &Envelope, at: u64, root: usize) {
        (self.root, self.tail, self.rest, self.record) = (root, at, Some(at), Some(at));
        self.doc = Document::default();
        self.stage = if envelope.searches() { Stage::Search } else { Stage::Event };
        self.scanner.watch = root + usize::from(envelope.searches());
    }

    pub(super) fn top_scalar(&mut self, start: u64, end: u64) {
        if self.unit == Unit::Line {
            (self.pending, self.stage) = (Some(start), Stage::Whole);
        } else {
            self.emit((start, end), end, false, None);
        }
    }

    /// Takes the document for what it is: the line is no longer one record.
    pub(super) fn commit(&mut self) {
        self.pending = None;
        self.ready.append(&mut self.held);
    }

    /// The document has ended and is itself a record.
    pub(super) fn end_record(&mut self, end: u64, wrong: Option<Wrong>) {
        if self.pending.is_some() && self.root == 0 {
            (self.stage, self.tail) = (Stage::Whole, end);
        } else {
            self.mark_lacking();
            let unwrapped = self.root > 0 || self.left.is_some();
            self.emit((self.record.unwrap_or(end), end), end, unwrapped, wrong);
            self.end_document(end, self.root);
        }
    }

    /// A document that `outer` brackets surround has ended.
    pub(super) fn end_document(&mut self, end: u64, outer: usize) {
        if outer == 0 && self.pending.is_some() {
            self.stage = Stage::Whole;
            return;
        }
        self.closed = true;
        (self.tail, self.rest, self.record, self.root) = (end, None, None, outer);
        self.stage = if outer == 0 { Stage::Top } else { Stage::Array };
        self.scanner.watch = outer;
    }

    /// The only record of a page has ended.
    pub(super) fn end_single(&mut self, end: u64) {
        self.emit((self.record.unwrap_or(end), end), end, true, None);
        self.leave_records();
    }

    /// The rest of the page is a separator.
    pub(super) fn leave_records(&mut self) {
        self.record = None;
        self.stage = Stage::Rest;
        self.scanner.watch = self.root + 1 + self.doc.level;
    }

    /// Hands out a record whose extent was settled when the input was read up to `reach`.
    pub(super) fn emit(
        &mut self,
        (start, end): (u64, u64),
        reach: u64,
        unwrapped: bool,
        wrong: Option<Wrong>,
    ) {
        // Where a record has no bytes, those up to `reach` are blanks.
        let too_large = if end > start { self.too_large(start, reach) } else { None };
        let item = Item { start, end, unwrapped, wrong: too_large.or(wrong) };
        (self.tail, self.rest, self.record) = (reach, None, None);
        self.closed = true;
        if self.pending.is_some() { self.held.push_back(item) } else { self.ready.push_back(item) }
    }

    fn too_large(&self, start: u64, reach: u64) -> Option<Wrong> {
        let wrong = Wrong { code: Code::TooLarge, message: TOO_LARGE, at: start };
        (reach - start > self.limit).then_some(wrong)
    }

    /// Whether the record in progress is too long for its keys to be at hand.
    pub(super) fn outgrows(&self, at: u64) -> bool {
        self.record.is_some_and(|start| at - start > self.limit)
    }
}
