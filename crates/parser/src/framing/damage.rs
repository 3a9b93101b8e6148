//! What an error spoils, and where splitting goes on.
//!
//! Damage in an element of an array costs that element; damage between documents, or in the text of a page,
//! costs what lies before the next line that opens an object. Either way the damaged bytes are a record of
//! their own, so that nothing is dropped without a trace.

use sawlog_columns::Code;

use super::broken_line::Line;
use super::recovery::{Balance, Junk, ResumeAt};
use super::scanner::{State, Window};
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
    /// Column of the bracket at the error, if it may open the first of the lines behind a broken one.
    line: Option<Line>,
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
            Stage::Records | Stage::Nested(Home::Records) => {
                (self.record.unwrap_or(here), Home::Records, self.floor)
            }
            Stage::Single | Stage::List => (self.record.unwrap_or(here), Home::Page, self.floor),
            _ if self.is_in_data() => (self.record.unwrap_or(here), Home::Page, self.root + 1),
            Stage::Rest | Stage::Beside if self.root == 0 => (self.remains(window), Home::Top, 0),
            Stage::Rest | Stage::Beside => (self.remains(window), Home::Array, self.root),
            Stage::Array => (here, Home::Array, self.root),
            _ if self.root > 0 => (self.record.unwrap_or(here), Home::Array, self.root),
            _ => (self.record.unwrap_or(here), Home::Top, 0),
        };
        let wrong = Wrong { code: Code::InvalidJson, message, at };
        let end = self.scanner.token_end.max(start);
        let opened = if torn { None } else { self.opened_line(window, at) };
        if opened.is_some() && self.scanner.state == State::CommaOrEnd {
            if let Some((end, line)) = self.line_before(window, start, at, home) {
                return self.leave_for_lines((start, end), line, wrong);
            }
            if opened == Some((b'{', 0)) && self.is_open_list() {
                return self.leave_for_lines((start, end), at, wrong);
            }
        }
        // Objects in the first column are found by themselves.
        let line = opened.filter(|line| *line != (b'{', 0)).map(|(_, column)| column).filter(|&column| {
            let is_near = home == Home::Top && at - start <= self.limit;
            is_near && self.is_first_line(window, start, end, column)
        });
        self.record = Some(start);
        let line = line.map(Line::of_column);
        self.damage = Some(Damage { start, wrong, junk: Junk::new(end), home, floor, line });
        self.stage = if torn || home == Home::Top { Stage::Lost } else { Stage::Damaged };
    }

    /// Whether a second list of a page is being read. It is one record as a whole, so that nothing is gained
    /// by looking for its end among the lines behind a page that was cut off in it.
    pub(super) fn is_open_list(&self) -> bool {
        self.stage == Stage::List && self.root == 0
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
            if let Some(mut line) = damage.line.take() {
                let Some(begins) = self.begins_lines(window, damage.start, &mut line) else {
                    self.damage = Some(Damage { line: Some(line), ..damage });
                    return false;
                };
                if begins {
                    let extent = (damage.start, damage.junk.ink);
                    self.leave_for_lines(extent, self.scanner.pos, damage.wrong);
                    return true;
                }
            }
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

    pub(super) fn lines(&self, home: Home) -> ResumeAt {
        let indent = match home {
            _ if self.unit == Unit::Line => return ResumeAt::Never,
            Home::Array if self.loose && self.outer_indent == Some(0) => None,
            Home::Array => self.outer_indent,
            Home::Records => self.indent,
            Home::Page if self.root > 0 => self.outer_indent,
            Home::Page | Home::Top => Some(self.top_indent),
        };
        indent.map_or(ResumeAt::Any, ResumeAt::Column)
    }

    /// Goes on after a damaged record: where it stood, or with a line that opens an object in column
    /// `resumed`. There a page is left if its records do not open lines in that column.
    fn go_home(&mut self, home: Home, resumed: Option<u64>) {
        let leaves_page = resumed == Some(0) && self.indent != Some(0);
        let (stage, depth) = match (home, resumed) {
            (Home::Page, None) => (Stage::Rest, self.root),
            (Home::Records, _) if !leaves_page => (Stage::Records, self.floor),
            (Home::Array, _) => (Stage::Array, self.root),
            _ if self.root > 0 => (Stage::Array, self.root),
            _ => (Stage::Top, 0),
        };
        self.stage = stage;
        // Keys of a page are read behind its records, those of other surroundings are not.
        self.scanner.watch = if stage == Stage::Rest { depth + 1 + self.doc.level } else { depth };
        if resumed.is_some() {
            self.scanner.resume(depth);
        }
    }
}
