//! What an error spoils, and where splitting goes on.
//!
//! Damage in an element of an array costs that element; damage between documents, or in the text of a page,
//! costs what lies before the next line that opens an object. Either way the damaged bytes are a record of
//! their own, so that nothing is dropped without a trace.

use sawlog_columns::Code;

use super::recovery::{Balance, Junk, Lines};
use super::scanner::{Window, is_blank};
use super::splitter::{Splitter, Stage, Unit, Wrong};

/// A damaged record, and what comes after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Damage {
    pub(super) start: u64,
    pub(super) wrong: Wrong,
    pub(super) junk: Junk,
    pub(super) home: Home,
    /// Brackets around the record.
    pub(super) floor: usize,
}

/// What a damaged record stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Top,
    Array,
    Records,
    Page,
}

impl Splitter {
    /// Settles what a grammatical error spoils.
    pub(super) fn fail(&mut self, window: Window<'_>, at: u64, message: &'static str, torn: bool) {
        let here = if torn { self.scanner.unfinished().unwrap_or(at) } else { at };
        let is_first = self.stage == Stage::Top && !self.closed;
        if self.unit == Unit::Line && (is_first || self.pending.is_some()) {
            self.pending = self.pending.or(Some(here));
            self.stage = Stage::Whole;
            return;
        }
        let (start, home, floor) = match self.stage {
            Stage::Records => (self.record.unwrap_or(here), Home::Records, self.floor),
            Stage::Single => (self.record.unwrap_or(here), Home::Page, self.floor),
            Stage::Data(_) => (self.record.unwrap_or(here), Home::Page, self.root + 1),
            Stage::Rest if self.root == 0 => (self.remains(window), Home::Top, 0),
            Stage::Rest => (self.remains(window), Home::Array, 1),
            Stage::Array => (here, Home::Array, 1),
            _ if self.root == 1 && self.stage != Stage::Top => (self.record.unwrap_or(here), Home::Array, 1),
            _ => (self.record.unwrap_or(here), Home::Top, 0),
        };
        let wrong = Wrong { code: Code::InvalidJson, message, at };
        let junk = Junk::new(self.scanner.token_end.max(start));
        self.record = Some(start);
        self.damage = Some(Damage { start, wrong, junk, home, floor });
        self.stage = if torn || home == Home::Top { Stage::Lost } else { Stage::Damaged };
    }

    /// Looks for the end of a damaged record. False once the bytes are used up.
    pub(super) fn recover(&mut self, window: Window<'_>) -> bool {
        let Some(mut damage) = self.damage else { return false };
        let lines = self.lines(damage.home);
        let mut resumed = None;
        if self.stage == Stage::Damaged {
            let Damage { floor, start, .. } = damage;
            match self.scanner.balance(window, &mut damage.junk, floor, start, lines) {
                None => {
                    self.damage = Some(damage);
                    return false;
                }
                Some(Balance::Failed) => {
                    (self.damage, self.stage) = (Some(damage), Stage::Lost);
                    return true;
                }
                Some(Balance::Resumed(column)) => resumed = Some(column),
                Some(Balance::Ended) => {}
            }
        } else {
            resumed = self.scanner.seek(window, lines, &mut damage.junk.ink);
            if resumed.is_none() {
                self.damage = Some(damage);
                return false;
            }
        }
        self.damage = None;
        // Where a bracket or comma too many is all the damage, it is the record.
        let end = damage.junk.ink.max(damage.start + u64::from(resumed.is_none()));
        let extent = if end > damage.start { (damage.start, end) } else { (self.tail, self.tail) };
        self.emit(extent, self.scanner.pos.max(end), true, Some(damage.wrong));
        self.go_home(damage.home, resumed);
        true
    }

    fn lines(&self, home: Home) -> Lines {
        let indent = match home {
            _ if self.unit == Unit::Line => return Lines::Never,
            Home::Array => self.outer_indent,
            Home::Records => self.indent,
            Home::Page if self.root == 1 => self.outer_indent,
            Home::Page | Home::Top => Some(0),
        };
        indent.map_or(Lines::Any, Lines::Column)
    }

    /// Goes on after a damaged record: where it stood, or with a line that opens an object in column
    /// `resumed`. There a page is left if its records do not open lines in that column.
    fn go_home(&mut self, home: Home, resumed: Option<u64>) {
        let leaves_page = resumed == Some(0) && self.indent != Some(0);
        let (stage, depth) = match (home, resumed) {
            (Home::Page, None) => (Stage::Rest, self.root),
            (Home::Records, _) if !leaves_page => (Stage::Records, self.floor),
            (Home::Array, _) => (Stage::Array, 1),
            _ if self.root == 1 => (Stage::Array, 1),
            _ => (Stage::Top, 0),
        };
        self.stage = stage;
        self.scanner.watch = depth;
        if resumed.is_some() {
            self.scanner.resume(depth);
        }
    }

    /// Remembers where what follows the last record begins. Bytes let go of before that is known are blanks.
    pub(super) fn note_rest(&mut self, window: Window<'_>) {
        if self.rest.is_some() {
            return;
        }
        let start = self.tail.max(self.inked);
        let new = window.get(start, window.end()).unwrap_or_default();
        self.rest = new.iter().position(|&b| !is_blank(b)).map(|n| start + n as u64);
    }

    /// Start of what is left behind the last record. Where nothing is left, the damage is a record without
    /// bytes.
    pub(super) fn remains(&mut self, window: Window<'_>) -> u64 {
        self.note_rest(window);
        self.rest.unwrap_or(self.tail)
    }
}
