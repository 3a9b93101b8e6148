//! Lines behind one that is broken.
//!
//! A broken line may look like the start of an array, or of a document that spans lines, and would take all
//! that follow for its content. What gives it away are two lines in a row, each a whole object, and no comma
//! between. In the first column that is so wherever they stand. In another one, and where lines are arrays of
//! objects, documents that are laid out over lines may look alike: there it counts only right behind the
//! first line of a stream, and in the column of such lines from then on.

use memchr::{memchr, memrchr};

use super::damage::Home;
use super::ink::ink_end;
use super::recovery::ResumeAt;
use super::scanner::{Event, Scanner, State, Window, is_blank};
use super::splitter::{Splitter, Stage, Unit, Wrong};

impl Splitter {
    /// The bracket at `at` and its column, if it opens a line of a stream.
    pub(super) fn opened_line(&self, window: Window<'_>, at: u64) -> Option<(u8, u64)> {
        let column = self.scanner.column(at).filter(|_| self.unit == Unit::Stream)?;
        match window.get(at, at + 1) {
            Some(&[byte @ (b'{' | b'[')]) => Some((byte, column)),
            _ => None,
        }
    }

    /// Whether what lies between `start` and `end` is one line that nothing was found before, or nothing
    /// since lines of this column.
    pub(super) fn is_first_line(&self, window: Window<'_>, start: u64, end: u64, column: u64) -> bool {
        let is_known = column > 0 && column == self.top_indent;
        let may_be = !self.closed || is_known;
        may_be && window.get(start, end).is_some_and(|text| memchr(b'\n', text).is_none())
    }

    /// The line before `at`, if it belongs to a record from `start` on that is damaged at `at`, and yet is
    /// whole by itself: where the record ends then, and where the line begins.
    pub(super) fn line_before(
        &self,
        window: Window<'_>,
        start: u64,
        at: u64,
        home: Home,
    ) -> Option<(u64, u64)> {
        let (byte, column) = self.opened_line(window, at)?;
        let lines = self.lines(home);
        // Objects may open lines in the first column where the records around them do so too.
        let is_flat = home != Home::Top && lines == ResumeAt::Column(0) && !self.is_open_list();
        if is_flat || at - start > self.limit {
            return None;
        }
        let text = window.get(start, at)?;
        let end = ink_end(text)?;
        let begin = memrchr(b'\n', &text[..end])? + 1;
        let blanks = text[begin..].iter().take_while(|&&b| is_blank(b)).count();
        let line = &text[begin + blanks..end];
        let before = start + ink_end(&text[..begin])? as u64;
        let may_nest = column > 0 || byte == b'[' || line.starts_with(b"[");
        let is_known = home == Home::Top || lines == ResumeAt::Any;
        if may_nest && !(is_known && self.is_first_line(window, start, before, column)) {
            return None;
        }
        let begin = start + (begin + blanks) as u64;
        let is_line = blanks as u64 == column && self.is_whole(line) && begin >= self.reread;
        is_line.then_some((before, begin))
    }

    /// Whether the line that begins with the next byte is whole, and the next one begins in the same column;
    /// `None` until that is known. The damaged record before them began at `start`.
    pub(super) fn begins_lines(&self, window: Window<'_>, start: u64, line: &mut Line) -> Option<bool> {
        let Some((end, next)) = line.find_next(window, self.scanner.pos) else {
            return (window.end() - start > self.limit).then_some(false);
        };
        let text = window.get(self.scanner.pos, next + 1)?;
        let (end, next) = ((end - self.scanner.pos) as usize, text.len() - 1);
        let line_start = memrchr(b'\n', &text[..next]).map_or(0, |line_break| line_break + 1);
        let is_near = self.scanner.pos + next as u64 - start <= self.limit;
        let is_next = matches!(text[next], b'{' | b'[') && (next - line_start) as u64 == line.column;
        Some(is_near && is_next && self.is_whole(&text[..end]))
    }

    /// Whether a line is an object, or an array that begins with one.
    fn is_whole(&self, line: &[u8]) -> bool {
        let within = line.strip_prefix(b"[").unwrap_or(line);
        let mut scanner = Scanner::new(0, true, self.limit);
        let window = Window { base: 0, data: line };
        within.iter().find(|&&b| !is_blank(b)) == Some(&b'{')
            && std::iter::from_fn(|| scanner.next(window)).all(|event| !matches!(event, Event::Error { .. }))
            && scanner.state == State::End
    }

    /// Where objects follow each other on lines of their own, without commas, what began as an array or as
    /// another document is neither. It is a damaged record, whose extent is given, and reading starts anew
    /// with the line at `line`. No byte is read a third time.
    pub(super) fn leave_for_lines(&mut self, extent: (u64, u64), line: u64, wrong: Wrong) {
        self.top_indent = self.scanner.column(self.scanner.pos).unwrap_or_default();
        self.emit(extent, line, true, Some(Wrong { at: extent.1, ..wrong }));
        (self.stage, self.root, self.damage) = (Stage::Top, 0, None);
        (self.ink, self.inked) = (extent.1, line);
        self.reread = self.scanner.pos;
        self.scanner.restart(line);
    }
}

/// A line in which another record may begin, and how far its end and the next line were looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    column: u64,
    end: Option<u64>,
    looked: u64,
}

impl Line {
    pub(super) fn of_column(column: u64) -> Self {
        Self { column, end: None, looked: 0 }
    }

    /// Where the line that begins at `start` ends, and where the next byte is that is no blank. No byte is
    /// looked at twice, however many reads it takes.
    fn find_next(&mut self, window: Window<'_>, start: u64) -> Option<(u64, u64)> {
        self.looked = self.looked.max(start);
        if self.end.is_none() {
            let new = window.get(self.looked, window.end())?;
            self.end = memchr(b'\n', new).map(|end| self.looked + end as u64);
            self.looked = self.end.unwrap_or(window.end());
        }
        let end = self.end?;
        let new = window.get(self.looked, window.end())?;
        let next = new.iter().position(|&b| !is_blank(b)).map(|next| self.looked + next as u64);
        self.looked = next.unwrap_or(window.end());
        Some((end, next?))
    }
}
