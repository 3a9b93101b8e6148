//! Commas that are missing between records, or too many.
//!
//! They put no record in doubt, since what stands on either side is whole. So each such place is counted, and
//! reading goes on as if the comma were right. Only what is plainly a list is read so, and a line that is an
//! object and a comma: elsewhere on a line, and within records, a wrong comma is an error like others.
//!
//! A line that opens an object behind a record, without a comma, may belong to the page as well as be the
//! first behind a page that was cut off, perhaps the next page. It is read as a document of its own, and the
//! page is remembered: a comma or its bracket goes on with it, another page shows that it has no end.

use sawlog_columns::Code;

use super::scanner::{State, Window};
use super::search::Document;
use super::splitter::{Item, Splitter, Stage, Unit, Wrong};

const NOT_CLOSED: &str = "a comma or a closing bracket is expected here";

/// A page that was left in its list of records.
#[derive(Debug)]
pub(super) struct Left {
    root: usize,
    floor: usize,
    indent: Option<u64>,
    doc: Document,
    /// Whether a comma stands behind the last document.
    comma: bool,
    /// Start of a document without a comma before it, which is a record unless it turns out to be a page.
    lacking: Option<u64>,
}

impl Splitter {
    /// Goes on behind an error at `at` that is no more than a comma; false where it is something else.
    pub(super) fn mend(&mut self, window: Window<'_>, at: u64) -> bool {
        let Some(&[byte]) = window.get(at, at + 1) else { return false };
        let in_list = matches!(self.stage, Stage::Array | Stage::Records) && self.record.is_none();
        let is_between = self.stage == Stage::Top && self.closed;
        if self.pending.is_some() || !(in_list || is_between) {
            return false;
        }
        match (byte, self.scanner.state) {
            (b'{' | b'[', State::CommaOrEnd) => {
                let column = self.scanner.column(at);
                if byte == b'{' && column == Some(0) && self.may_leave() {
                    self.leave(at);
                    return true;
                }
                self.loose |= self.stage == Stage::Array && column.is_some();
                self.scanner.state = State::Value;
                self.mark(at, at);
            }
            (b',', State::Value | State::ValueOrEnd | State::End) => {
                self.scanner.skip(at);
                match &mut self.left {
                    Some(left) if is_between && !left.comma => left.comma = true,
                    _ => self.mark(at, at + 1),
                }
            }
            (b']', State::Value) if in_list => {
                self.scanner.state = State::CommaOrEnd;
                self.mark(at, at);
            }
            (b']', State::Value) if self.left.is_some() => self.come_back(at),
            _ => return false,
        }
        true
    }

    /// A line that is one record has ended. Where it is an object with a comma behind it, as if lines were
    /// elements of an array, the comma is no part of the record.
    pub(super) fn end_line(&mut self, window: Window<'_>) {
        let is_near = |start: &u64| window.end() - start <= self.limit;
        let Some(start) = self.pending.filter(is_near) else { return };
        let behind = window.get(self.tail, self.ink).unwrap_or_default().trim_ascii();
        if self.scanner.state == State::End && behind == b"," {
            (self.pending, self.stage) = (None, Stage::Top);
            self.emit((start, self.tail), self.ink, true, None);
            self.mark(self.ink - 1, self.ink);
        }
    }

    /// Hands out the place of a wrong comma, with which all before `end` is settled.
    fn mark(&mut self, at: u64, end: u64) {
        (self.tail, self.rest) = (end, None);
        self.ready.push_back(Item { start: at, end: at, unwrapped: true, wrong: None });
    }

    fn may_leave(&self) -> bool {
        let is_list = self.stage == Stage::Records && self.doc.nested == 0;
        // One page is remembered, and another one only once it is known how that ends.
        is_list && self.unit == Unit::Stream && self.root <= 1 && self.left.is_none()
    }

    fn leave(&mut self, at: u64) {
        let (doc, comma, lacking) = (std::mem::take(&mut self.doc), false, None);
        self.left =
            Some(Left { root: self.root, floor: self.floor, indent: self.indent, doc, comma, lacking });
        (self.stage, self.root, self.tail, self.rest) = (Stage::Top, 0, at, None);
        self.scanner.restart(at);
    }

    /// A document begins between those behind a page that was left.
    pub(super) fn open_behind(&mut self, at: u64, object: bool) {
        let Some(left) = &mut self.left else { return };
        left.lacking = (!std::mem::take(&mut left.comma)).then_some(at);
        if !object {
            self.mark_lacking();
        }
    }

    /// The document that lacks a comma is a record.
    pub(super) fn mark_lacking(&mut self) {
        if self.root == 0
            && let Some(at) = self.left.as_mut().and_then(|left| left.lacking.take())
        {
            self.mark(at, at);
        }
    }

    /// Behind a page that was left another one begins, or the input ends: the first one has no end.
    pub(super) fn give_up_left(&mut self, code: Code, message: &'static str) {
        if self.root == 0 && self.left.take().is_some() {
            let wrong = Wrong { code, message, at: self.tail };
            self.emit((self.tail, self.tail), self.tail, true, Some(wrong));
        }
    }

    /// The same, where another page begins.
    pub(super) fn give_up_for_page(&mut self) {
        self.give_up_left(Code::InvalidJson, NOT_CLOSED);
    }

    /// Goes on with the page that was left, at the bracket of its list.
    fn come_back(&mut self, at: u64) {
        let Some(left) = self.left.take() else { return };
        if left.comma {
            self.mark(at, at);
        }
        self.scanner.surround(left.root, left.floor - left.root - 1);
        (self.root, self.floor, self.indent, self.doc) = (left.root, left.floor, left.indent, left.doc);
        (self.stage, self.record, self.scanner.watch) = (Stage::Records, None, left.floor);
    }
}
