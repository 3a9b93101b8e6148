//! What the end of the input, or of a line, makes of what is still open.

use sawlog_columns::Code;

use super::scanner::{Event, Window};
use super::splitter::{Splitter, Stage, Unit, Wrong};
use crate::envelope::Envelope;

const CUT_OFF: &str = "the input ends inside this record; fetch it again to get the rest";
const NO_END: &str = "the input ends within a list of records, which has no closing bracket; fetch it again \
                      if records are missing";
const LINE_ENDS: &str = "the line ends inside this record";

/// How often a page may be read again that began as a record of another.
const MAX_PAGES: usize = 64;

impl Splitter {
    /// At the end of the input: whether the record that is cut off there is a page itself, behind one that
    /// was cut off behind a comma. Then it is read again, as what it is.
    pub(super) fn enter_cut_page(&mut self, envelope: &Envelope, window: Window<'_>) -> bool {
        let may_be = self.stage == Stage::Records && self.cut_pages < MAX_PAGES;
        let Some(start) = self.record.filter(|start| may_be && window.end() - start <= self.limit) else {
            return false;
        };
        let Some(data) = window.get(start, window.end()) else { return false };
        let mut page = Splitter::new(Unit::Stream, self.limit, start);
        let first = page.next(envelope, Window { base: start, data });
        let is_whole = first.is_none_or(|item| item.unwrapped && item.wrong.is_none());
        // An event with a list in it is seldom laid out as lines in the first column.
        let is_page = is_whole && page.stage == Stage::Records && page.indent == Some(0);
        if is_page {
            let wrong = Wrong { code: Code::CutOff, message: NO_END, at: start };
            self.emit((start, start), start, true, Some(wrong));
            self.cut_pages += 1;
            (self.stage, self.root, self.ink, self.inked) = (Stage::Top, 0, start, start);
            self.scanner.restart(start);
        }
        is_page
    }

    /// Ends the unit: `window` ends with it. With `cut`, it ends because the input does.
    pub(crate) fn finish(&mut self, window: Window<'_>, cut: bool) {
        self.note_ink(window);
        if self.stage == Stage::Top
            && let Some(Event::Scalar { start, end, .. }) = self.scanner.finish(window)
        {
            self.top_scalar(start, end);
        }
        let end = window.end();
        let (code, message) = if cut { (Code::CutOff, CUT_OFF) } else { (Code::InvalidJson, LINE_ENDS) };
        let ends_inside = |at| Some(Wrong { code, message, at });
        let text = self.scanner.unfinished().filter(|_| self.stage == Stage::Top);
        if self.unit == Unit::Line && self.pending.is_none() {
            self.pending = text;
        }
        match self.stage {
            Stage::Whole => return self.end_line(window),
            Stage::Damaged | Stage::Lost => {
                // A line may be at hand that waited for the next one.
                self.scanner.pos = end;
                if let Some(damage) = self.damage.take() {
                    self.emit((damage.start, self.ink.max(damage.start + 1)), end, true, Some(damage.wrong));
                }
            }
            _ if self.pending.is_some() && !cut => {
                self.stage = Stage::Whole;
                return;
            }
            Stage::Top => {
                if let Some(start) = text {
                    self.pending = None;
                    self.emit((start, self.ink), end, false, ends_inside(self.ink));
                } else {
                    self.give_up_left(code, NO_END);
                }
            }
            _ => {
                let line = self.pending.take();
                self.held.clear();
                let start = line.or(self.record).unwrap_or_else(|| self.remains(window));
                let mut wrong = ends_inside(self.ink);
                if cut && self.ink <= start {
                    wrong = Some(Wrong { code, message: NO_END, at: start });
                }
                self.emit((start, self.ink.max(start)), end, line.is_none(), wrong);
            }
        }
        self.stage = Stage::Top;
    }
}
