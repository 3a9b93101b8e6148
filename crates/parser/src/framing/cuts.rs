//! Going back to where a record breaks off.
//!
//! Dumps are put together from downloads, some of which were cut off. What lies behind the cut may then look
//! like part of the record that lacks its end: an array behind a colon, a page behind a comma. That comes to
//! light later, where the grammar breaks or the input ends. Then the record is searched for the line with
//! which something new begins, which stands in the first column, where its own kind does not. Reading goes
//! back there, and on the way that was read in vain takes each such line for a begin. So no byte is read
//! more than twice, however many cuts there are.

use memchr::memchr_iter;
use sawlog_columns::Code;

use super::damage::Home;
use super::ink::ink_end;
use super::recovery::Opening;
use super::scanner::{BREAKS_OFF, Event, Window};
use super::search::head;
use super::splitter::{Splitter, Stage, Unit, Wrong};
use crate::envelope::Envelope;

impl Splitter {
    /// An object begins among the records of a page. On the way that is read again it may be a page.
    pub(super) fn open_record(
        &mut self,
        envelope: &Envelope,
        window: Window<'_>,
        at: u64,
        column: Option<u64>,
    ) {
        self.stray = column == Some(0) && self.indent != Some(0);
        let end = self.scanner.reread;
        if at < end && column == Some(0) && self.may_leave() && self.is_page(envelope, window, at, end) {
            return self.leave(at, true);
        }
        (self.record, self.indent) = (Some(at), self.indent.or(column));
    }

    /// Whether the record from `start` on, which ends here, may be a page behind one that breaks off.
    pub(super) fn is_doubtful(&self, window: Window<'_>, start: u64) -> bool {
        let spans_lines = self.scanner.line_start > start;
        let may_be =
            self.stray || (self.indent == Some(0) && (spans_lines || self.looks_alike(window, start)));
        may_be && start >= self.scanner.reread && self.may_leave()
    }

    /// What follows a doubtful record shows whether it is one. True if it is a page.
    pub(super) fn settle(&mut self, envelope: &Envelope, window: Window<'_>, end: u64, event: Event) -> bool {
        let start = self.record.unwrap_or(end);
        let is_broken = matches!(event, Event::Error { .. }) && event.at() - start <= self.limit;
        if is_broken && self.is_page(envelope, window, start, end) {
            self.leave(start, true);
            return true;
        }
        self.emit((start, end), event.at(), true, None);
        self.stage = Stage::Records;
        false
    }

    /// At the end of the input: goes back in what is still open. False once there is nothing to go back to.
    pub(super) fn reread(&mut self, envelope: &Envelope, window: Window<'_>) -> bool {
        let at = window.end();
        match self.stage {
            Stage::Top | Stage::Whole | Stage::Damaged | Stage::Lost => false,
            Stage::Doubtful(end) => {
                self.settle(envelope, window, end, Event::Error { at, message: BREAKS_OFF, torn: false })
            }
            _ => self.go_back(envelope, window, at, at),
        }
    }

    /// Goes back to where the record being read breaks off, or to its start if it is a page itself, behind
    /// one that breaks off. It was read up to `at`, and is what began `here` if none is open.
    pub(super) fn go_back(&mut self, envelope: &Envelope, window: Window<'_>, here: u64, at: u64) -> bool {
        if self.unit == Unit::Line || matches!(self.stage, Stage::Nested(_)) {
            return false;
        }
        let (start, home, _) = self.surroundings(window, here);
        if at - start > self.limit {
            return false;
        }
        let may_be_page = start >= self.scanner.reread && self.record.is_some() && self.may_leave();
        if may_be_page && self.is_page(envelope, window, start, at) {
            self.leave(start, true);
            return true;
        }
        let line = self.line_within(envelope, window, (start, at), home);
        let Some((line, end, object)) = line else { return false };
        let wrong = Wrong { code: Code::InvalidJson, message: BREAKS_OFF, at: end };
        self.emit((start, end), line, true, Some(wrong));
        (self.ink, self.inked) = (end, line);
        self.scanner.go_back(line);
        self.go_home(home, Some(Opening { object, column: 0 }));
        true
    }

    /// Whether a document from `start` on shows a list of records before `end`. A record may do so too, but
    /// where records open lines in the first column, hardly with lines there in its own list, or with the
    /// same name first.
    fn is_page(&self, envelope: &Envelope, window: Window<'_>, start: u64, end: u64) -> bool {
        let may_be_any = self.stray || self.looks_alike(window, start);
        let page = self.find_list(envelope, window, start, end);
        page.is_some_and(|page| may_be_any || page.indent == Some(0))
    }

    /// Whether a record begins like the page that it stands in.
    fn looks_alike(&self, window: Window<'_>, start: u64) -> bool {
        head(window, start) == Some(self.doc.head)
    }

    /// The document from `start` on read to its list of records, if it has one.
    fn find_list(&self, envelope: &Envelope, window: Window<'_>, start: u64, end: u64) -> Option<Self> {
        let data = window.get(start, end)?;
        let mut page = Self::new(Unit::Stream, self.limit, start);
        page.scanner.reread = end;
        let window = Window { base: start, data };
        while let Some(event) = page.scanner.next(window) {
            page.take(envelope, window, event);
            match page.stage {
                Stage::Search | Stage::Probe(_) => {}
                Stage::Records => return Some(page),
                _ => return None,
            }
        }
        None
    }

    /// The first line between `start` and `end` that begins something new, one past the last byte before it
    /// that is no blank, and whether it opens an object.
    fn line_within(
        &self,
        envelope: &Envelope,
        window: Window<'_>,
        (start, end): (u64, u64),
        home: Home,
    ) -> Option<(u64, u64, bool)> {
        let text = window.get(start, end)?;
        // Where objects begin lines in the first column, those in lists of a record may do so too.
        let is_flat = match home {
            Home::Array => self.outer_indent == Some(0),
            Home::Records => self.indent == Some(0),
            Home::Page | Home::Top => true,
        };
        let new = self.scanner.reread.saturating_sub(start);
        memchr_iter(b'\n', text).filter(|&line_break| line_break as u64 + 1 >= new).find_map(|line_break| {
            let object = match text.get(line_break + 1)? {
                b'{' => true,
                b'[' => false,
                _ => return None,
            };
            let ink = ink_end(&text[..line_break])?;
            let line = start + line_break as u64 + 1;
            let is_new = !object || !is_flat || text[ink - 1] == b':';
            let is_new = is_new || self.find_list(envelope, window, line, end).is_some();
            is_new.then_some((line, start + ink as u64, object))
        })
    }
}
