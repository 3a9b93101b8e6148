//! Finding records in a stream: bytes in, blocks of whole records out.
//!
//! The content decides how. Where every line is a document, the framer only looks for the last line break at
//! hand and leaves the rest to the parsers, which run in parallel. Arrays, pages and documents that span
//! lines go through a scanner that passes over each byte once, and a bounded number of times more where
//! something is broken. Either way memory is bounded by the limits, and what comes out does not depend on how
//! the input was cut into reads.

mod beside;
mod broken_line;
mod buffer;
mod commas;
mod damage;
mod ending;
mod ink;
mod nested;
mod options;
mod pass;
mod recovery;
mod scanner;
mod search;
mod sections;
mod splitter;
mod stack;
#[cfg(test)]
mod tests;
mod text;

use std::collections::VecDeque;
use std::sync::Arc;

use memchr::{memchr, memrchr};
use sawlog_columns::Code;

use crate::block::{Block, Records};
use crate::envelope::{Envelope, Framing};
use crate::limits::{MAX_BLOCK_BYTES, MAX_HEAD_BYTES};
use buffer::Buffer;
pub use options::FramerOptions;
pub(crate) use scanner::Window;
use scanner::is_blank;
pub use sections::LinesFrom;
pub(crate) use splitter::{Item, Splitter, TOO_LARGE, Unit};
use text::TextLine;

/// A line beyond this many bytes is searched for records while it is being read instead of by the parsers.
/// A constant, because a record's chunk must not depend on a setting.
pub(crate) const LONG_LINE: usize = 64 << 10;

/// The byte order mark, which some programs put before a text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Records of one block, so that a flood of tiny ones stays small.
const MAX_SPANS: usize = 1 << 16;

/// Bytes that a record may have at most, so that spans fit their integers.
const MAX_RECORD: usize = 1 << 30;

/// Frames one decoded stream.
///
/// Read into [`space`](Self::space), tell [`advance`](Self::advance) how much, and take blocks until there is
/// none; after the last read call [`finish`](Self::finish) and take the rest.
///
/// ```
/// use std::io::Read;
/// use std::sync::Arc;
/// use sawlog_parser::{Envelope, Framer, FramerOptions, Records, RecordsPath};
/// use sawlog_schema::{Plan, find_builtin, load};
///
/// let schema = find_builtin("Atlassian.Audit").unwrap();
/// let plan = Arc::new(Plan::new(load(schema.text, schema.path).log_type.unwrap()));
/// let envelope = Arc::new(Envelope::new(&[plan], RecordsPath::Detect));
///
/// let mut source = r#"{"meta":{},"data":[{"id":"a"},{"id":"b"}]}"#.as_bytes();
/// let mut framer = Framer::new(envelope, FramerOptions::default());
/// let mut records = Vec::new();
/// loop {
///     let n = source.read(framer.space()).unwrap();
///     if n == 0 { framer.finish() } else { framer.advance(n) }
///     while let Some(block) = framer.next_block() {
///         if let Records::Spans(spans) = &block.records {
///             for span in spans {
///                 records.push(block.data[span.start as usize..][..span.len as usize].to_vec());
///             }
///         }
///     }
///     if n == 0 { break }
/// }
/// assert_eq!(records, [br#"{"id":"a"}"#, br#"{"id":"b"}"#]);
/// ```
#[derive(Debug)]
pub struct Framer {
    envelope: Arc<Envelope>,
    options: FramerOptions,
    long_line: usize,
    buffer: Buffer,
    mode: Mode,
    /// Records of the block being built, which begins with the buffer.
    items: Vec<Item>,
    blocks: VecDeque<Block>,
    /// Offsets and lines of where a record may begin whose first bytes are gone.
    lost: Vec<(u64, u64)>,
    /// The first bytes of the stream, where they are needed to read its lines.
    head: Option<Arc<[u8]>>,
    ended: bool,
}

/// How records are being found.
#[derive(Debug)]
enum Mode {
    /// Nothing but blanks so far.
    Start,
    /// Whole lines. The first `searched` bytes at hand hold no line break.
    Lines { searched: usize },
    /// A line by itself: the first, one that is long, or one without a line break at its end.
    Line { splitter: Box<Splitter>, first: bool, searched: u64 },
    /// A line by itself that may be text: one that is long, or without a line break at its end.
    Text(TextLine),
    /// Documents of any layout.
    Stream(Box<Splitter>),
    /// All is handed out.
    Done,
}

impl Framer {
    /// Frames a stream whose pages are as `envelope` says.
    pub fn new(envelope: Arc<Envelope>, mut options: FramerOptions) -> Self {
        options.max_record_bytes = options.max_record_bytes.clamp(1, MAX_RECORD);
        options.block_bytes = options.block_bytes.clamp(1, MAX_BLOCK_BYTES);
        options.chunk_bytes = options.chunk_bytes.max(1);
        Self {
            envelope,
            long_line: LONG_LINE.min(options.max_record_bytes),
            options,
            buffer: Buffer::new(),
            mode: Mode::Start,
            items: Vec::new(),
            blocks: VecDeque::new(),
            lost: Vec::new(),
            head: None,
            ended: false,
        }
    }

    /// Room to read into; never empty.
    pub fn space(&mut self) -> &mut [u8] {
        self.buffer.room(self.options.block_bytes)
    }

    /// Takes the memory of a block that is no longer needed, for the bytes to come.
    pub fn reuse(&mut self, memory: Vec<u8>) {
        self.buffer.reuse(memory);
    }

    /// Counts in the first `n` bytes of the space.
    pub fn advance(&mut self, n: usize) {
        self.buffer.advance(n);
    }

    /// The input has ended.
    pub fn finish(&mut self) {
        self.ended = true;
    }

    /// Bytes counted in so far.
    pub fn decoded_bytes(&self) -> u64 {
        self.buffer.end()
    }

    /// Line on which the next byte to come lies, counted from 1.
    pub fn line(&self) -> u64 {
        self.buffer.line_at(self.buffer.end())
    }

    /// The next block, in the order of the stream; `None` until more bytes are read, or for good once the
    /// input has ended.
    pub fn next_block(&mut self) -> Option<Block> {
        loop {
            if let Some(mut block) = self.blocks.pop_front() {
                block.head.clone_from(&self.head);
                return Some(block);
            }
            let goes_on = match std::mem::replace(&mut self.mode, Mode::Done) {
                Mode::Start => self.step_start(),
                Mode::Lines { searched } => self.step_lines(searched),
                Mode::Line { splitter, first, searched } => self.step_line(splitter, first, searched),
                Mode::Text(line) => self.step_text(line),
                Mode::Stream(splitter) => self.step_stream(splitter),
                Mode::Done => false,
            };
            if !goes_on && self.blocks.is_empty() {
                return None;
            }
        }
    }

    /// Skips what is blank; the first byte that is not tells how to go on.
    fn step_start(&mut self) -> bool {
        if !self.has_head() {
            self.mode = Mode::Start;
            return false;
        }
        let window = self.buffer.window();
        if window.base == 0 && window.data.len() < MARK.len() && MARK.starts_with(window.data) && !self.ended
        {
            self.mode = Mode::Start;
            return false;
        }
        let mark = if window.base == 0 && window.data.starts_with(MARK) { MARK.len() } else { 0 };
        if self.envelope.holds_text_only() {
            // Blanks before the first text may belong to it, as those before the others.
            self.buffer.discard(mark as u64);
            self.mode = Mode::Lines { searched: 0 };
            return true;
        }
        let blanks = window.data[mark..].iter().take_while(|&&b| is_blank(b)).count();
        let first = window.data.get(mark + blanks).copied();
        let start = window.base + (mark + blanks) as u64;
        self.buffer.discard(start);
        self.mode = match first {
            None if self.ended => Mode::Done,
            None => Mode::Start,
            Some(first) => match self.envelope.framing(first) {
                Framing::Lines => Mode::Lines { searched: 0 },
                Framing::Documents => Mode::Stream(self.splitter(Unit::Stream)),
                Framing::Content => {
                    Mode::Line { splitter: self.splitter(Unit::Line), first: true, searched: start }
                }
            },
        };
        first.is_some()
    }

    /// Keeps the beginning of the stream, if it is needed; false while too little of it has come.
    fn has_head(&mut self) -> bool {
        if self.head.is_none() && self.envelope.needs_head() {
            let data = self.buffer.window().data;
            if data.len() < MAX_HEAD_BYTES && !self.ended {
                return false;
            }
            self.head = Some(data[..data.len().min(MAX_HEAD_BYTES)].into());
        }
        true
    }

    fn splitter(&self, unit: Unit) -> Box<Splitter> {
        Box::new(Splitter::new(unit, self.options.max_record_bytes as u64, self.buffer.base()))
    }

    fn step_lines(&mut self, searched: usize) -> bool {
        let data = self.buffer.window().data;
        if data.is_empty() || (data.len() < self.options.block_bytes && !self.ended) {
            self.mode = Mode::Lines { searched };
            return false;
        }
        let lines = memrchr(b'\n', &data[searched..]).map_or(0, |n| searched + n + 1);
        let cut = self.first_long_line(lines).unwrap_or(lines);
        if cut == 0 {
            let is_alone = lines > 0 || self.ended || data.len() > self.long_line.max(MARK.len());
            // As among other lines, a mark is blank; what is text tells by itself.
            if is_alone && !self.envelope.reads_text() && data.starts_with(MARK) {
                self.buffer.discard(self.buffer.base() + MARK.len() as u64);
            }
            let searched = self.buffer.base();
            self.mode = if is_alone && self.envelope.reads_text() {
                Mode::Text(TextLine::new(searched))
            } else if is_alone {
                Mode::Line { splitter: self.splitter(Unit::Line), first: false, searched }
            } else {
                Mode::Lines { searched: self.buffer.len() }
            };
            return is_alone;
        }
        let cut = self.cut_at_chunk(self.cut_at_block(cut));
        let chunk = self.chunk(self.buffer.base());
        self.blocks.push_back(self.buffer.take(self.buffer.base() + cut as u64, chunk, Records::Lines));
        self.mode = Mode::Lines { searched: 0 };
        true
    }

    /// Where the first line begins that is too long for the parsers, among the lines at hand. Looks for the
    /// last line break that may come, not for each.
    fn first_long_line(&self, lines: usize) -> Option<usize> {
        let data = &self.buffer.window().data[..lines];
        let mut start = 0;
        while lines - start > self.long_line {
            match memrchr(b'\n', &data[start..=start + self.long_line]) {
                Some(end) => start += end + 1,
                None => return Some(start),
            }
        }
        None
    }

    /// Shortens whole lines, none of which is long, to what a block may have. More is at hand only behind
    /// a record that was longer.
    fn cut_at_block(&self, cut: usize) -> usize {
        let most = self.options.block_bytes + 2 * self.long_line;
        if cut <= most {
            return cut;
        }
        memrchr(b'\n', &self.buffer.window().data[..most]).map_or(cut, |end| end + 1)
    }

    /// Shortens whole lines to those that begin in the first one's chunk.
    fn cut_at_chunk(&self, cut: usize) -> usize {
        let window = self.buffer.window();
        let boundary = (self.chunk(window.base) + 1).saturating_mul(self.options.chunk_bytes);
        let left = boundary - self.options.chunk_base - window.base;
        if cut as u64 <= left {
            return cut;
        }
        let last = left as usize - 1;
        memchr(b'\n', &window.data[last..cut]).map_or(cut, |n| last + n + 1)
    }

    fn step_line(&mut self, mut splitter: Box<Splitter>, first: bool, searched: u64) -> bool {
        let window = self.buffer.window();
        let from = window.index(searched);
        let line_end = memchr(b'\n', &window.data[from..]).map(|n| window.base + (from + n) as u64);
        let end = line_end.unwrap_or(self.buffer.end());
        self.split(&mut splitter, end);
        if line_end.is_none() && !self.ended {
            self.let_go(&splitter);
            self.mode = Mode::Line { splitter, first, searched: end };
            return false;
        }
        if first && line_end.is_some() && splitter.spans_lines() {
            splitter.widen();
            self.mode = Mode::Stream(splitter);
            return true;
        }
        // A line of text is never cut off for what it looks like.
        let is_cut = line_end.is_none() && !self.envelope.reads_text();
        splitter.finish(self.window_to(end), is_cut);
        self.split(&mut splitter, end);
        let whole = splitter.whole();
        if first && line_end.is_some() && whole.is_some_and(|item| item.wrong.is_none()) {
            self.mode = Mode::Lines { searched: 0 };
            return true;
        }
        if let Some(item) = whole {
            self.add(item);
        }
        self.flush();
        self.buffer.discard(end + 1);
        self.mode = if line_end.is_some() { Mode::Lines { searched: 0 } } else { Mode::Done };
        line_end.is_some()
    }

    fn step_stream(&mut self, mut splitter: Box<Splitter>) -> bool {
        let end = self.buffer.end();
        self.split(&mut splitter, end);
        if self.ended {
            while splitter.enter_cut_page(&self.envelope, self.window_to(end)) {
                self.split(&mut splitter, end);
            }
            splitter.finish(self.window_to(end), true);
            self.split(&mut splitter, end);
            self.flush();
            self.mode = Mode::Done;
        } else {
            self.let_go(&splitter);
            self.mode = Mode::Stream(splitter);
        }
        false
    }

    /// Adds the records that end before `end`.
    fn split(&mut self, splitter: &mut Splitter, end: u64) {
        let envelope = Arc::clone(&self.envelope);
        while let Some(item) = splitter.next(&envelope, self.window_to(end)) {
            self.add(item);
        }
    }

    fn window_to(&self, end: u64) -> Window<'_> {
        let window = self.buffer.window();
        Window { base: window.base, data: &window.data[..window.index(end)] }
    }

    /// Drops bytes that nothing needs again, and those of a record that has outgrown the limit.
    fn let_go(&mut self, splitter: &Splitter) {
        let keep = splitter.keep();
        let end = self.buffer.end();
        let outgrows = |start: u64| end - start > self.options.max_record_bytes as u64;
        let token = splitter.token();
        self.lost.retain(|&(offset, _)| offset == keep || Some(offset) == token);
        if outgrows(keep) {
            let kept = token.filter(|&start| !outgrows(start)).unwrap_or(end);
            self.flush();
            for start in [Some(keep), token].into_iter().flatten() {
                if (self.buffer.base()..kept).contains(&start) {
                    self.lost.push((start, self.buffer.line_at(start)));
                }
            }
            self.buffer.discard(kept);
            return;
        }
        if keep.saturating_sub(self.buffer.base()) > self.options.block_bytes as u64 {
            self.flush();
        }
        if self.items.is_empty() {
            self.buffer.discard(keep);
        }
    }

    fn chunk(&self, offset: u64) -> u64 {
        (self.options.chunk_base + offset) / self.options.chunk_bytes
    }

    /// Adds a record to the block being built, or to the next one.
    fn add(&mut self, item: Item) {
        // Damage that has no bytes stands behind the last record, with nothing but blanks in between.
        let is_gone = item.start < self.buffer.base();
        if is_gone || item.wrong.is_some_and(|wrong| wrong.code == Code::TooLarge) {
            return self.add_without_bytes(item);
        }
        if let Some(first) = self.items.first()
            && (item.end - self.buffer.base() > self.options.block_bytes as u64
                || self.chunk(item.start) != self.chunk(first.start)
                || self.items.len() == MAX_SPANS)
        {
            self.flush();
        }
        if self.items.is_empty() {
            self.buffer.discard(item.start);
        }
        self.items.push(item);
    }

    /// A record that is not at hand makes an empty block.
    fn add_without_bytes(&mut self, item: Item) {
        self.flush();
        let lost = self.lost.iter().find(|(offset, _)| *offset == item.start);
        let at_hand = item.start.max(self.buffer.base());
        let line = lost.map_or_else(|| self.buffer.line_at(at_hand), |(_, line)| *line);
        let mut span = item.span(item.start);
        span.len = 0;
        self.blocks.push_back(Block {
            offset: item.start,
            line,
            chunk: self.chunk(item.start),
            ..Block::new(Vec::new(), Records::Spans(vec![span]))
        });
    }

    /// Hands out the block being built.
    fn flush(&mut self) {
        let (Some(first), Some(last)) = (self.items.first(), self.items.last()) else { return };
        let chunk = self.chunk(first.start);
        let (offset, end) = (self.buffer.base(), last.end);
        let spans = self.items.drain(..).map(|item| item.span(offset)).collect();
        self.blocks.push_back(self.buffer.take(end, chunk, Records::Spans(spans)));
    }
}
