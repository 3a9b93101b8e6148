//! Pages that are left in their list of records, since they may have no end.
//!
//! A line that opens an object behind a record, without a comma, may belong to the page as well as be the
//! first behind a page that was cut off, perhaps the next page. It is read as a document of its own, and the
//! page is remembered: a comma or its bracket goes on with it, another page shows that it has no end.
//! The same goes for what follows a damaged record, and for a record behind a comma that looks like a page.

use sawlog_columns::Code;

use super::search::Document;
use super::splitter::{Splitter, Stage, Unit, Wrong};

const NOT_CLOSED: &str =
    "the page breaks off within its list of records; fetch it again if records are missing";

/// A page that was left in its list of records.
#[derive(Debug)]
pub(super) struct Left {
    root: usize,
    floor: usize,
    indent: Option<u64>,
    doc: Document,
    /// Whether a comma stands behind the last document.
    pub(super) comma: bool,
    /// Start of a document without a comma before it, which is a record unless it turns out to be a page.
    lacking: Option<u64>,
    /// Whether that document is all that is in doubt, behind a damaged record, which was told.
    told: bool,
}

impl Splitter {
    /// Whether the page may be left in its list of records.
    pub(super) fn may_leave(&self) -> bool {
        let is_list = matches!(self.stage, Stage::Records | Stage::Doubtful(_)) && self.doc.nested == 0;
        // One page is remembered, and another one only once it is known how that ends.
        is_list && self.unit == Unit::Stream && self.root <= 1 && self.left.is_none()
    }

    /// Goes on at `at` with a document of its own, behind a comma or without one.
    pub(super) fn leave(&mut self, at: u64, comma: bool) {
        let doc = std::mem::take(&mut self.doc);
        let (root, floor, indent) = (self.root, self.floor, self.indent);
        self.left = Some(Left { root, floor, indent, doc, comma, lacking: None, told: false });
        (self.stage, self.root, self.record, self.tail, self.rest) = (Stage::Top, 0, None, at, None);
        self.inked = self.inked.min(at);
        self.scanner.go_back(at);
        self.scanner.resume(0);
    }

    /// The same behind a damaged record, where the document is one of the records unless it is a page.
    pub(super) fn leave_told(&mut self, at: u64) {
        self.leave(at, true);
        self.left.iter_mut().for_each(|left| left.told = true);
    }

    /// A document begins between those behind a page that was left.
    pub(super) fn open_behind(&mut self, at: u64, object: bool) {
        let Some(left) = &mut self.left else { return };
        left.lacking = (!std::mem::take(&mut left.comma) && !left.told).then_some(at);
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
        if self.root == 0 && self.left.take().is_some_and(|left| !left.told) {
            let wrong = Wrong { code, message, at: self.tail };
            self.emit((self.tail, self.tail), self.tail, true, Some(wrong));
        }
    }

    /// The same, where another page begins.
    pub(super) fn give_up_for_page(&mut self) {
        self.give_up_left(Code::CutOff, NOT_CLOSED);
    }

    /// A record has ended behind a page that was left.
    pub(super) fn end_behind(&mut self, end: u64) {
        if self.root == 0 && self.left.as_ref().is_some_and(|left| left.told) {
            self.come_back(end);
        }
    }

    /// Goes on with the page that was left, at the bracket of its list or behind a record of it.
    pub(super) fn come_back(&mut self, at: u64) {
        let Some(left) = self.left.take() else { return };
        if left.comma {
            self.mark(at, at);
        }
        self.scanner.surround(left.root, left.floor - left.root - 1);
        (self.root, self.floor, self.indent, self.doc) = (left.root, left.floor, left.indent, left.doc);
        (self.stage, self.record, self.scanner.watch) = (Stage::Records, None, left.floor);
    }
}
