//! An incremental scanner of JSON's structure.
//!
//! It follows brackets, keys, colons and commas, steps over strings at memory speed and takes numbers and
//! literals for runs of bytes, since the parser validates every record in full later. It can stop after any
//! byte and go on when more arrive, and reports only what stands at most `watch` brackets deep, so that
//! whole events cost it two reports each.

use memchr::memchr3;

use super::stack::Stack;
use crate::index::Stops;

/// The bytes at hand of a longer stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    /// Offset of `data[0]` in the stream.
    pub(crate) base: u64,
    /// The bytes.
    pub(crate) data: &'a [u8],
}

impl<'a> Window<'a> {
    /// Offset one past the last byte.
    pub(crate) fn end(self) -> u64 {
        self.base + self.data.len() as u64
    }

    /// The bytes from `start` to `end`; none where they are not all at hand.
    pub(crate) fn get(self, start: u64, end: u64) -> Option<&'a [u8]> {
        let start = start.checked_sub(self.base)? as usize;
        self.data.get(start..(end - self.base) as usize)
    }

    /// The bytes from `start` on, as far as they are at hand.
    pub(super) fn index(self, start: u64) -> usize {
        (start.saturating_sub(self.base) as usize).min(self.data.len())
    }
}

/// What the scanner reports. Depths count the brackets around a value; offsets are the stream's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// An object or array begins.
    Open {
        at: u64,
        depth: usize,
        object: bool,
        /// Its distance from the start of its line, where only blanks stand between.
        column: Option<u64>,
    },
    /// An object or array has ended before `end`.
    Close { end: u64, depth: usize, empty: bool },
    /// A string, number or literal that is a value.
    Scalar { start: u64, end: u64, depth: usize, null: bool },
    /// A key, without its quotes.
    Key { start: u64, end: u64, depth: usize },
    /// The byte at `at` cannot stand there. Torn means inside a string.
    Error { at: u64, message: &'static str, torn: bool },
}

impl Event {
    /// Where the event lies.
    pub(super) fn at(&self) -> u64 {
        match *self {
            Self::Open { at, .. } | Self::Error { at, .. } => at,
            Self::Close { end, .. } | Self::Scalar { end, .. } | Self::Key { end, .. } => end,
        }
    }
}

/// What the grammar wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    /// In a string, or behind a backslash in one.
    Text,
    Escape,
    /// In a number or literal.
    Run,
    /// The one document there may be has ended.
    End,
}

/// The state between two bytes of a stream.
#[derive(Debug)]
pub(super) struct Scanner {
    /// Offset of the next byte.
    pub(super) pos: u64,
    pub(super) state: State,
    pub(super) stack: Stack,
    /// How deep values are reported.
    pub(super) watch: usize,
    /// Whether only one document may come.
    pub(super) single: bool,
    /// Start of the string, number or literal being read.
    token: u64,
    in_key: bool,
    /// One past the last byte that was no blank.
    pub(super) token_end: u64,
    /// One past the last line break outside strings.
    pub(super) line_start: u64,
    pub(super) max_depth: u64,
    pub(super) stops: Stops,
}

const LINE_BREAK: &str = "a line ends inside a string";
const TOO_DEEP: &str = "brackets are nested without end";

impl Scanner {
    pub(super) fn new(pos: u64, single: bool, max_depth: u64) -> Self {
        Self {
            pos,
            state: State::Value,
            stack: Stack::default(),
            watch: 0,
            single,
            token: pos,
            in_key: false,
            token_end: pos,
            line_start: pos,
            max_depth,
            stops: Stops::default(),
        }
    }

    /// Scans up to the next event; `None` once all bytes at hand are used up.
    pub(super) fn next(&mut self, window: Window<'_>) -> Option<Event> {
        let data = window.data;
        let mut at = window.index(self.pos);
        let event = loop {
            let Some(&byte) = data.get(at) else { break None };
            match self.state {
                State::Text => match find_text_end(&data[at..]) {
                    None => at = data.len(),
                    Some(skipped) => {
                        at += skipped + 1;
                        let found = self.text(data[at - 1], window.base + at as u64);
                        if found.is_some() {
                            at -= usize::from(matches!(found, Some(Event::Error { .. })));
                            break found;
                        }
                    }
                },
                State::Escape if byte != b'\n' => {
                    self.state = State::Text;
                    at += 1;
                }
                State::Escape => break Some(self.torn(window.base + at as u64)),
                State::Run => {
                    at += data[at..].iter().take_while(|&&b| !ends_run(b)).count();
                    if at < data.len()
                        && let Some(event) = self.end_scalar(window, window.base + at as u64)
                    {
                        break Some(event);
                    }
                }
                _ if is_blank(byte) => {
                    at += 1;
                    if byte == b'\n' {
                        self.line_start = window.base + at as u64;
                    }
                }
                _ => {
                    if self.stack.depth() > self.watch {
                        let passed = self.pass(window, at);
                        if passed > at {
                            at = passed;
                            continue;
                        }
                    }
                    let offset = window.base + at as u64;
                    match self.structure(byte, offset) {
                        Ok(event) => {
                            at += 1;
                            self.token_end = offset + 1;
                            if event.is_some() {
                                break event;
                            }
                        }
                        Err(message) => break Some(Event::Error { at: offset, message, torn: false }),
                    }
                }
            }
        };
        self.pos = window.base + at as u64;
        event
    }

    /// A byte between tokens, or the first of one.
    #[inline]
    fn structure(&mut self, byte: u8, at: u64) -> Result<Option<Event>, &'static str> {
        match (self.state, byte) {
            (State::Key | State::KeyOrEnd, b'"') => self.begin(State::Text, at, true),
            (State::Colon, b':') => self.state = State::Value,
            (State::CommaOrEnd, b',') => {
                self.state = if self.stack.in_object() { State::Key } else { State::Value };
            }
            (State::Value | State::ValueOrEnd, b'"') => self.begin(State::Text, at, false),
            (State::Value | State::ValueOrEnd, b'{' | b'[') => return self.open(byte == b'{', at),
            (State::Value | State::ValueOrEnd, b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                self.begin(State::Run, at, false);
            }
            (State::CommaOrEnd | State::KeyOrEnd, b'}') if self.stack.in_object() => {
                return Ok(self.close(at + 1));
            }
            (State::CommaOrEnd | State::ValueOrEnd, b']') if !self.stack.in_object() => {
                return Ok(self.close(at + 1));
            }
            (State::Key | State::KeyOrEnd, _) => return Err("a key in quotes is expected here"),
            (State::Colon, _) => return Err("a colon is expected here"),
            (State::CommaOrEnd, _) => return Err("a comma or a closing bracket is expected here"),
            (State::End, _) => return Err("the line goes on after the end of its document"),
            _ => return Err("a value is expected here"),
        }
        Ok(None)
    }

    #[inline]
    fn begin(&mut self, state: State, at: u64, key: bool) {
        self.state = state;
        self.token = at;
        self.in_key = key;
    }

    #[inline]
    fn open(&mut self, object: bool, at: u64) -> Result<Option<Event>, &'static str> {
        let depth = self.stack.depth();
        if self.is_full() {
            return Err(TOO_DEEP);
        }
        self.stack.push(object);
        self.state = if object { State::KeyOrEnd } else { State::ValueOrEnd };
        Ok((depth <= self.watch).then(|| Event::Open { at, depth, object, column: self.column(at) }))
    }

    #[inline]
    fn close(&mut self, end: u64) -> Option<Event> {
        let empty = self.state != State::CommaOrEnd;
        self.stack.pop();
        let depth = self.stack.depth();
        self.end_value();
        (depth <= self.watch).then_some(Event::Close { end, depth, empty })
    }

    #[inline]
    fn end_value(&mut self) {
        self.state = match self.stack.depth() {
            0 if self.single => State::End,
            0 => State::Value,
            _ => State::CommaOrEnd,
        };
    }

    /// What ends a stretch of a string, right before `end`: a quote, a backslash or a line break.
    #[inline]
    fn text(&mut self, byte: u8, end: u64) -> Option<Event> {
        match byte {
            b'"' => {
                self.token_end = end;
                let depth = self.stack.depth();
                if self.in_key {
                    self.state = State::Colon;
                    (depth <= self.watch).then(|| Event::Key { start: self.token + 1, end: end - 1, depth })
                } else {
                    self.end_value();
                    (depth <= self.watch).then_some(Event::Scalar {
                        start: self.token,
                        end,
                        depth,
                        null: false,
                    })
                }
            }
            b'\\' => {
                self.state = State::Escape;
                None
            }
            _ => Some(self.torn(end - 1)),
        }
    }

    fn torn(&mut self, at: u64) -> Event {
        self.token_end = at;
        Event::Error { at, message: LINE_BREAK, torn: true }
    }

    fn end_scalar(&mut self, window: Window<'_>, end: u64) -> Option<Event> {
        let depth = self.stack.depth();
        self.token_end = end;
        self.end_value();
        (depth <= self.watch).then(|| {
            let null = window.get(self.token, end) == Some(b"null");
            Event::Scalar { start: self.token, end, depth, null }
        })
    }

    /// Ends a number or literal that the end of the input ends.
    pub(super) fn finish(&mut self, window: Window<'_>) -> Option<Event> {
        let is_whole = self.state == State::Run && self.stack.depth() == 0;
        if is_whole { self.end_scalar(window, window.end()) } else { None }
    }

    /// Start of the token that the bytes at hand do not end.
    pub(super) fn unfinished(&self) -> Option<u64> {
        matches!(self.state, State::Text | State::Escape | State::Run).then_some(self.token)
    }

    /// Whether the next byte lies inside a string.
    pub(super) fn in_text(&self) -> bool {
        matches!(self.state, State::Text | State::Escape)
    }

    /// Distance of `at` from the start of its line, where only blanks stand between.
    #[inline]
    pub(super) fn column(&self, at: u64) -> Option<u64> {
        (self.line_start >= self.token_end).then(|| at - self.line_start)
    }

    /// Whether no bracket more may be opened.
    pub(super) fn is_full(&self) -> bool {
        self.stack.depth() as u64 >= self.max_depth
    }

    /// Goes back to `pos`, right behind the bracket of an array of which `depth` brackets are open, on the
    /// line from `line_start` on.
    pub(super) fn rewind(&mut self, pos: u64, line_start: u64, depth: usize) {
        self.stack.truncate(depth);
        (self.pos, self.token_end, self.line_start, self.state) = (pos, pos, line_start, State::ValueOrEnd);
    }

    /// Steps over the byte at `at`, a comma too many.
    pub(super) fn skip(&mut self, at: u64) {
        (self.pos, self.token_end) = (at + 1, at + 1);
    }

    /// Goes on behind an element of an array which stands in `objects` objects, and these in `arrays` arrays.
    pub(super) fn surround(&mut self, arrays: usize, objects: usize) {
        self.stack.truncate(0);
        (0..arrays).for_each(|_| self.stack.push(false));
        (0..objects).for_each(|_| self.stack.push(true));
        self.stack.push(false);
        self.state = State::CommaOrEnd;
    }

    /// Goes on with a value that the outermost `depth` of the open brackets surround.
    pub(super) fn resume(&mut self, depth: usize) {
        self.stack.truncate(depth);
        self.state = State::Value;
    }
}

/// White space of JSON.
#[inline]
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether a byte ends a number or literal.
#[inline]
pub(super) fn ends_run(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']')
}

/// Finds the first quote, backslash or line break. Most strings are short, so the first bytes are looked at
/// in place, eight at a time, and only long ones are worth the call of a vectorized search.
#[inline]
fn find_text_end(data: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = ONES << 7;
    // Sets the top bit of the lowest byte that equals `byte`, and of none below it.
    let equal = |word: u64, byte: u8| {
        let zero = word ^ (ONES * u64::from(byte));
        zero.wrapping_sub(ONES) & !zero & TOPS
    };
    let (words, _) = data.as_chunks::<8>();
    for (i, word) in words.iter().take(4).enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = equal(word, b'"') | equal(word, b'\\') | equal(word, b'\n');
        if found != 0 {
            return Some(i * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let skipped = words.len().min(4) * 8;
    memchr3(b'"', b'\\', b'\n', &data[skipped..]).map(|n| skipped + n)
}
