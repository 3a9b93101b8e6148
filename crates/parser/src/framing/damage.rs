//! What an error spoils, and where splitting goes on.
//!
//! Damage in an element of an array costs that element; damage between documents, or in the text of a page,
//! costs what lies before the next line that opens an object. Either way the damaged bytes are a record of
//! their own, so that nothing is dropped without a trace.
//!
//! A dump of lines may begin with a broken one, which looks like the start of an array or of a document that
//! spans lines. What gives it away are two lines in a row that begin with objects, and no comma between.

use memchr::memrchr;
use sawlog_columns::Code;

use super::recovery::{Balance, Junk, ResumeAt};
use super::scanner::{Event, Scanner, State, Window, is_blank};
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
    /// Whether it is an object on a line of its own, and wrong only for the lack of a comma before it.
    may_be_line: bool,
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
            Stage::Single | Stage::List => (self.record.unwrap_or(here), Home::Page, self.floor),
            Stage::Data(_) => (self.record.unwrap_or(here), Home::Page, self.root + 1),
            Stage::Rest | Stage::Beside if self.root == 0 => (self.remains(window), Home::Top, 0),
            Stage::Rest | Stage::Beside => (self.remains(window), Home::Array, 1),
            Stage::Array => (here, Home::Array, 1),
            _ if self.root == 1 && self.stage != Stage::Top => (self.record.unwrap_or(here), Home::Array, 1),
            _ => (self.record.unwrap_or(here), Home::Top, 0),
        };
        let wrong = Wrong { code: Code::InvalidJson, message, at };
        let lacks_comma = self.unit == Unit::Stream && self.scanner.lacks_comma(window, at);
        if lacks_comma && let Some((end, line)) = self.line_before(window, start, at, home) {
            return self.leave_for_lines((start, end), line, wrong);
        }
        if lacks_comma && self.is_open_list() {
            return self.leave_for_lines((start, self.scanner.token_end.max(start)), at, wrong);
        }
        let junk = Junk::new(self.scanner.token_end.max(start));
        self.record = Some(start);
        let may_be_line = lacks_comma && start == at && start >= self.reread;
        self.damage = Some(Damage { start, wrong, junk, home, floor, may_be_line });
        self.stage = if torn || home == Home::Top { Stage::Lost } else { Stage::Damaged };
    }

    /// Whether a second list of a page is being read. It is one record as a whole, so that nothing is gained
    /// by looking for its end among the lines behind a page that was cut off in it.
    fn is_open_list(&self) -> bool {
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
                Some(Balance::Resumed(0)) if damage.may_be_line && self.scanner.pos - start <= self.limit => {
                    self.leave_for_lines((start, start), start, damage.wrong);
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

    /// The line before `at`, if it belongs to a record from `start` on that is damaged at `at`, and yet is a
    /// whole object by itself: where the record ends then, and where the line begins.
    fn line_before(&self, window: Window<'_>, start: u64, at: u64, home: Home) -> Option<(u64, u64)> {
        // Objects may open lines in the first column where the records around them do so too.
        let is_flat = home != Home::Top && self.lines(home) == ResumeAt::Column(0) && !self.is_open_list();
        if is_flat || at - start > self.limit {
            return None;
        }
        let text = window.get(start, at)?;
        let ink = |text: &[u8]| Some(text.iter().rposition(|&b| !is_blank(b))? + 1);
        let end = ink(text)?;
        let begin = memrchr(b'\n', &text[..end])? + 1;
        let line = Window { base: 0, data: &text[begin..end] };
        let mut scanner = Scanner::new(0, true, self.limit);
        let is_object = line.data.starts_with(b"{")
            && std::iter::from_fn(|| scanner.next(line)).all(|event| !matches!(event, Event::Error { .. }))
            && scanner.state == State::End;
        let before = start + ink(&text[..begin])? as u64;
        let begin = start + begin as u64;
        (is_object && begin >= self.reread).then_some((before, begin))
    }

    /// Where objects follow each other on lines of their own, without commas, what began as an array or as
    /// another document is neither. It is a damaged record, whose extent is given, and reading starts anew
    /// with `line`. No byte is read a third time.
    fn leave_for_lines(&mut self, extent: (u64, u64), line: u64, wrong: Wrong) {
        self.emit(extent, line, true, Some(Wrong { at: extent.1, ..wrong }));
        (self.stage, self.root, self.damage) = (Stage::Top, 0, None);
        (self.ink, self.inked) = (extent.1, line);
        self.reread = self.scanner.pos;
        self.scanner.restart(line);
    }

    fn lines(&self, home: Home) -> ResumeAt {
        let indent = match home {
            _ if self.unit == Unit::Line => return ResumeAt::Never,
            Home::Array => self.outer_indent,
            Home::Records => self.indent,
            Home::Page if self.root == 1 => self.outer_indent,
            Home::Page | Home::Top => Some(0),
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
            (Home::Array, _) => (Stage::Array, 1),
            _ if self.root == 1 => (Stage::Array, 1),
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
