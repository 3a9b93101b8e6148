//! Going on after damage, in one pass over the bytes.
//!
//! Two ways lead out of a damaged record. Inside an array or a page its end is where its brackets balance, so
//! that its neighbours survive. Where they cannot be balanced, and between documents, scanning goes on at
//! the next line that opens an object. Neither looks at a byte twice, whatever the damage.

use memchr::memchr;

use super::scanner::{Scanner, State, Window, is_blank};

/// How far balancing has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Junk {
    in_text: bool,
    escaped: bool,
    /// The last byte that was no blank, if there was one.
    last: u8,
    /// One past the last byte that was no blank.
    pub(super) ink: u64,
}

/// How balancing ended; the scanner stands at the byte that ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Balance {
    /// At the comma or bracket behind the damaged value.
    Ended,
    /// At an object that opens a line where no value can stand, in the given column.
    Resumed(u64),
    /// At a byte that no bracket or string before it allows.
    Failed,
}

/// Which lines that open an object end a damaged record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResumeAt {
    /// None: what is read is a single line.
    Never,
    /// All of them.
    Any,
    /// Those whose brace stands in this column, or in the first.
    Column(u64),
}

impl ResumeAt {
    fn accept(self, column: u64) -> bool {
        match self {
            Self::Never => false,
            Self::Any => true,
            Self::Column(wanted) => column == wanted || column == 0,
        }
    }
}

impl Junk {
    /// Balancing of a value whose last byte that makes sense lies before `ink`.
    pub(super) fn new(ink: u64) -> Self {
        Self { in_text: false, escaped: false, last: 0, ink }
    }
}

impl Scanner {
    /// Looks for the end of a damaged value that `floor` brackets surround and that began at `start`. An
    /// object that opens one of `lines` out of place ends it too. `None` once the bytes are used up.
    pub(super) fn balance(
        &mut self,
        window: Window<'_>,
        junk: &mut Junk,
        floor: usize,
        start: u64,
        lines: ResumeAt,
    ) -> Option<Balance> {
        let mut index = window.index(self.pos);
        let found = loop {
            let Some(&byte) = window.data.get(index) else { break None };
            let at = window.base + index as u64;
            if junk.in_text {
                if byte == b'\n' {
                    break Some(Balance::Failed);
                }
                junk.in_text = junk.escaped || byte != b'"';
                junk.escaped = !junk.escaped && byte == b'\\';
            } else if is_blank(byte) {
                if byte == b'\n' {
                    self.line_start = at + 1;
                }
                index += 1;
                continue;
            } else {
                let lines = if at > start { lines } else { ResumeAt::Never };
                if let Some(end) = self.weigh(byte, at, junk, floor, lines) {
                    break Some(end);
                }
            }
            index += 1;
            junk.ink = at + 1;
            self.token_end = at + 1;
            junk.last = byte;
        };
        self.pos = window.base + index as u64;
        if found == Some(Balance::Ended) {
            self.state = State::CommaOrEnd;
        }
        found
    }

    /// One byte between strings; tells where balancing ends there.
    fn weigh(
        &mut self,
        byte: u8,
        at: u64,
        junk: &mut Junk,
        floor: usize,
        lines: ResumeAt,
    ) -> Option<Balance> {
        let is_inside = self.stack.depth() > floor;
        let in_object = self.stack.in_object();
        let may_open = if in_object {
            junk.last == b':'
        } else {
            // Where lines of the first column are elements, those of lists in them may be so too.
            lines == ResumeAt::Column(0) || matches!(junk.last, b',' | b'[')
        };
        match byte {
            b'"' => junk.in_text = true,
            b',' if !is_inside => return Some(Balance::Ended),
            b'{' | b'[' => {
                let is_out_of_place = !is_inside || !may_open;
                match self.column(at) {
                    Some(column) if byte == b'{' && is_out_of_place && lines.accept(column) => {
                        return Some(Balance::Resumed(column));
                    }
                    _ if self.is_full() => return Some(Balance::Failed),
                    _ => self.stack.push(byte == b'{'),
                }
            }
            b'}' | b']' => {
                let matches = in_object == (byte == b'}');
                match (is_inside, matches) {
                    (true, true) => self.stack.pop(),
                    (true, false) => return Some(Balance::Failed),
                    (false, true) => return Some(Balance::Ended),
                    // A bracket too many: no value is left that it could belong to.
                    (false, false) => {}
                }
            }
            _ => {}
        }
        None
    }

    /// Goes back to `at`, where a line begins, and reads on between documents.
    pub(super) fn restart(&mut self, at: u64) {
        self.resume(0);
        (self.pos, self.line_start, self.token_end, self.watch) = (at, at, at, 0);
    }

    /// Looks for one of `lines`, stops at its brace and returns the column. `ink` becomes one past the last
    /// byte before it that was no blank.
    pub(super) fn seek(&mut self, window: Window<'_>, lines: ResumeAt, ink: &mut u64) -> Option<u64> {
        let mut index = window.index(self.pos);
        let mut found = None;
        while let Some(&byte) = window.data.get(index) {
            let at = window.base + index as u64;
            match self.column(at) {
                None => {
                    let rest = &window.data[index..];
                    let len = memchr(b'\n', rest).unwrap_or(rest.len());
                    if let Some(last) = rest[..len].iter().rposition(|&b| !is_blank(b)) {
                        *ink = at + last as u64 + 1;
                    }
                    index += len;
                    if len < rest.len() {
                        index += 1;
                        self.line_start = window.base + index as u64;
                        self.token_end = self.line_start;
                    }
                }
                Some(_) if is_blank(byte) => {
                    index += 1;
                    if byte == b'\n' {
                        self.line_start = at + 1;
                    }
                }
                Some(column) if byte == b'{' && lines.accept(column) => {
                    found = Some(column);
                    break;
                }
                Some(_) => {
                    *ink = at + 1;
                    self.token_end = at + 1;
                    index += 1;
                }
            }
        }
        self.pos = window.base + index as u64;
        found
    }
}
