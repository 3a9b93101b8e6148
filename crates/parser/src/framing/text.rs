//! Lines that need not be JSON.
//!
//! Where log types read text, a line means nothing before a parser has read it. One that stands alone,
//! because it is long or the input ends in it, is looked into only if it begins like JSON; any other is one
//! record.

use memchr::memchr;
use sawlog_columns::Code;

use super::scanner::is_blank;
use super::splitter::{Item, TOO_LARGE, Unit, Wrong};
use super::{Framer, MARK, Mode};

/// White space around a text that is handed out with it, in bytes on either side: to some parsers it stands
/// between empty values. What is more than that is dropped as it comes.
const KEPT_BLANKS: u64 = 64 << 10;

/// A line that is coming in.
#[derive(Debug)]
pub(super) struct TextLine {
    /// Where it begins.
    begin: u64,
    /// Where its text begins, once that has come.
    start: Option<u64>,
    /// One past its last byte that was no blank.
    ink: u64,
    /// How far it was read.
    searched: u64,
}

impl TextLine {
    /// A line that begins at offset `pos`.
    pub(super) fn new(pos: u64) -> Self {
        Self { begin: pos, start: None, ink: pos, searched: pos }
    }
}

impl Framer {
    /// Goes on in a line. False once the bytes are used up.
    pub(super) fn step_text(&mut self, mut line: TextLine) -> bool {
        let window = self.buffer.window();
        let from = window.index(line.searched);
        let at = |index: usize| window.base + (from + index) as u64;
        let line_end = memchr(b'\n', &window.data[from..]);
        let text = &window.data[from..line_end.map_or(window.data.len(), |end| from + end)];
        if line.start.is_none()
            && let Some(first) = text.iter().position(|&b| !is_blank(b))
        {
            if self.envelope.reads_json() && matches!(text[first], b'{' | b'[') {
                let start = at(first);
                self.buffer.discard(start);
                self.mode = Mode::Line { splitter: self.splitter(Unit::Line), first: false, searched: start };
                return true;
            }
            line.start = Some(at(first));
        }
        if let Some(last) = text.iter().rposition(|&b| !is_blank(b)) {
            line.ink = at(last + 1);
        }
        line.searched = at(text.len());
        if line_end.is_some() || self.ended {
            self.end_text(&line, line_end.is_some());
            return line_end.is_some();
        }
        self.let_text_go(&line);
        self.mode = Mode::Text(line);
        false
    }

    fn is_too_long(&self, start: u64, line: &TextLine) -> bool {
        line.searched - start > self.options.max_record_bytes as u64
    }

    /// Drops blanks before the text, and the text itself once it has outgrown the limit.
    fn let_text_go(&mut self, line: &TextLine) {
        if let Some(start) = line.start {
            if !self.is_too_long(start, line) {
                return;
            }
            if self.buffer.base() <= start {
                self.lost = vec![(start, self.buffer.line_at(start))];
            }
        } else if line.searched - line.begin <= KEPT_BLANKS {
            return;
        }
        self.buffer.discard(line.searched);
    }

    /// Whether a line is a byte order mark and nothing else: blank, as among other lines.
    fn is_mark(&self, line: &TextLine) -> bool {
        let window = self.buffer.window();
        line.start == Some(line.begin)
            && window.base <= line.begin
            && window.data[window.index(line.begin)..window.index(line.ink)] == *MARK
    }

    fn end_text(&mut self, line: &TextLine, goes_on: bool) {
        if let Some(start) = line.start.filter(|_| !self.is_mark(line)) {
            let too_large = Wrong { code: Code::TooLarge, message: TOO_LARGE, at: start };
            let wrong = self.is_too_long(start, line).then_some(too_large);
            let begins_with_line = wrong.is_none() && start - line.begin <= KEPT_BLANKS;
            let ends_with_line = wrong.is_none() && line.searched - line.ink <= KEPT_BLANKS;
            let start = if begins_with_line { line.begin } else { start };
            let end = if ends_with_line { line.searched } else { line.ink };
            self.add(Item { start, end, unwrapped: true, wrong });
            self.flush();
        }
        self.buffer.discard(line.searched + u64::from(goes_on));
        self.mode = if goes_on { Mode::Lines { searched: 0 } } else { Mode::Done };
    }
}
