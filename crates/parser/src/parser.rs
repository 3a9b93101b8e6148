//! Blocks in, batches out.

use std::sync::Arc;

use sawlog_columns::{Code, Note, Scan};
use sawlog_schema::Plan;

use crate::attempt::{Attempt, Failure};
use crate::batch::Batch;
use crate::block::{Block, Fault, Records, Span};
use crate::classify::{Ranking, Refusals, Wording};
use crate::envelope::{Envelope, Search, split};
use crate::framing::TOO_LARGE;
use crate::index::Index;
use crate::indicator::scan;
use crate::json::{JsonReader, Reader};
use crate::limits::{MAX_RECORD_BYTES, made_bytes};
use crate::lines::{Indexed, Lines};
use crate::place::{Place, Verdict};
use crate::shape::{MAX_LITERALS, Shapes};
use crate::stream::Stream;
use crate::text::{TextTypes, trim};
use crate::walk::Walk;

/// A parser for one log type or several. Holds only buffers: what it yields depends on the block alone.
pub struct Parser {
    pub(crate) plans: Arc<[Arc<Plan>]>,
    pub(crate) envelope: Arc<Envelope>,
    /// The same for records of pages and arrays.
    inner: Envelope,
    pub(crate) keep_missing: bool,
    json: JsonReader,
    /// What was learned of the records of each log type, by its number, and the log type that had one last.
    pub(crate) shapes: Vec<Shapes>,
    last: usize,
    /// Indexes of a block, and of a record by itself.
    lines: Index,
    single: Index,
    /// The log types that read text.
    pub(crate) texts: TextTypes,
    pub(crate) walk: Walk,
    ranking: Ranking,
    /// Reads envelopes, while `json` reads what is in them; made when the first one comes.
    pub(crate) envelopes: Option<Box<JsonReader>>,
}

/// A record on its way through the parser.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    pub(crate) bytes: &'a [u8],
    /// The same with the white space around it, as far as that is at hand.
    pub(crate) line: &'a [u8],
    /// Offset in the block.
    pub(crate) start: usize,
    /// What it may hold instead of an event.
    pub(crate) search: Search,
    /// What the envelope said that it came in.
    pub(crate) header: Option<Header<'a>>,
    /// What the block's index knows of it.
    pub(crate) indexed: Option<Indexed<'a>>,
}

/// What an envelope says of a record in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header<'a> {
    /// What it says of all its records, as a JSON object.
    pub(crate) shared: &'a Arc<str>,
    /// What it says of this one alone: a member of such an object, or nothing.
    pub(crate) own: &'a str,
    /// How many bytes may be made of this one as its share.
    pub(crate) made_share: usize,
}

impl Record<'_> {
    /// How many bytes may be made of it.
    pub(crate) fn made_limit(&self) -> usize {
        let share = self.header.map_or(usize::MAX, |header| header.made_share);
        made_bytes(self.bytes.len()).min(share)
    }
}

impl Parser {
    /// A parser for the log types of `plans`, of which there is at least one. With `keep_missing`, events
    /// that lack required fields become rows with a flag.
    pub fn new(plans: &[Arc<Plan>], envelope: Arc<Envelope>, keep_missing: bool) -> Self {
        let shapes = |number| Shapes::new(plans, number, Some(Arc::clone(&envelope)));
        Self {
            plans: plans.into(),
            inner: envelope.within_pages(),
            keep_missing,
            json: JsonReader::new(),
            shapes: (0..plans.len()).map(shapes).collect(),
            envelope,
            last: 0,
            lines: Index::new(),
            single: Index::new(),
            texts: TextTypes::new(plans),
            walk: Walk::new(),
            ranking: Ranking::new(plans),
            envelopes: None,
        }
    }

    /// The same parser, with records of JSON read by `reader`.
    #[must_use]
    pub fn read_by(mut self, reader: Reader) -> Self {
        self.json.read_by(reader);
        let max_literals = if reader == Reader::Keys { 0 } else { MAX_LITERALS };
        self.shapes.iter_mut().for_each(|shapes| shapes.learn_at_most(max_literals));
        self
    }

    /// Parses all records of a block, adds them to `batch`, and seals its columns. Numbers of rejected
    /// records count from the batch's first.
    pub fn parse(&mut self, block: &Block, batch: &mut Batch) {
        batch.columns.iter_mut().for_each(|columns| columns.begin(&block.data));
        self.records(block, batch);
        batch.columns.iter_mut().for_each(|columns| columns.seal(&block.data, SCAN));
    }

    fn records(&mut self, block: &Block, batch: &mut Batch) {
        let mut place = Place::new(block, batch.source);
        match &block.records {
            Records::Lines => {
                let mut index = std::mem::replace(&mut self.lines, Index::new());
                let lines = Lines::new(&block.data, self.follows().then_some(&mut index));
                self.lines(lines, &mut place, batch);
                self.lines = index;
            }
            Records::Spans(spans) => {
                for span in spans {
                    self.span(span, 0, &block.data, &mut place, batch);
                }
            }
        }
    }

    /// Whether records may be read by what was learned of earlier ones.
    fn follows(&self) -> bool {
        let reads_json = self.envelope.reads_json() && self.envelope.stream() != Stream::CloudwatchLogs;
        reads_json && self.json.uses_shapes() && self.shapes.iter().any(Shapes::may_follow)
    }

    fn lines(&mut self, mut lines: Lines<'_>, place: &mut Place<'_>, batch: &mut Batch) {
        while let Some(line) = lines.next() {
            let (blank, bytes) = trim(line.bytes);
            if !bytes.is_empty() {
                let start = line.start + blank;
                let indexed = lines.known(&line, start, bytes);
                let (line, search) = (line.bytes, Search::Pages);
                let record = Record { bytes, line, start, search, header: None, indexed };
                self.record(record, place, batch);
            }
        }
    }

    /// A record that framing has found in `data`, which lies at `base` in the block.
    fn span(&mut self, span: &Span, base: usize, data: &[u8], place: &mut Place<'_>, batch: &mut Batch) {
        if !span.is_record() {
            return batch.note(Note::MisplacedComma, 1);
        }
        let line = &data[span.start as usize..(span.start + span.len) as usize];
        let start = base + span.start as usize;
        match &span.fault {
            // What is no JSON may be a line of text.
            Some(fault) if span.unwrapped || !self.texts.may_read(fault) => {
                place.reject_fault(fault, line, start, batch);
            }
            _ => {
                // What was taken out of a page begins and ends with its record, so that nothing is trimmed.
                let (blank, bytes) = if span.unwrapped { (0, line) } else { trim(line) };
                let start = start + blank;
                let search = if span.unwrapped { Search::Envelopes } else { Search::Pages };
                let record = Record { bytes, line, start, search, header: None, indexed: None };
                self.record(record, place, batch);
            }
        }
    }

    fn record(&mut self, record: Record<'_>, place: &mut Place<'_>, batch: &mut Batch) {
        if record.bytes.len() > MAX_RECORD_BYTES {
            let len = record.bytes.len() as u64;
            let fault = Fault { code: Code::TooLarge, message: TOO_LARGE.to_owned(), at: 0, len };
            return place.reject_fault(&fault, &[], record.start, batch);
        }
        if self.envelope.stream() == Stream::CloudwatchLogs {
            return self.log_envelope(record, place, batch);
        }
        if record.search == Search::Pages && self.envelope.wants_arrays() {
            if record.bytes != b"null" {
                let verdict = Verdict::whole(Code::NotAnArray, NOT_AN_ARRAY);
                place.reject(verdict, record.bytes, record.start, batch);
            }
            return;
        }
        // A parser of text might take an envelope for a line, and does not see that it is JSON.
        let may_hide = !self.envelope.reads_json() && record.bytes.starts_with(b"{");
        if may_hide && self.found_log_envelope(record, place, batch) {
            return;
        }
        let must_split = self.envelope.is_explicit() && self.envelope.reads_json();
        if must_split && record.search == Search::Pages && self.take_apart(record, place, batch) {
            return;
        }
        if self.is_accepted(record, place, batch) {
            return;
        }
        let refusals = match self.parse_record(record, place, batch, Wording::Full) {
            Ok(()) => return,
            Err(Failure::MaybePage) => {
                if !self.take_apart(record, place, batch) {
                    self.record(Record { search: Search::Nothing, ..record }, place, batch);
                }
                return;
            }
            Err(Failure::Unreadable(refusals)) => {
                if self.is_damaged_page(record) && self.take_apart(record, place, batch) {
                    return;
                }
                refusals
            }
            Err(Failure::Rejected(refusals)) => refusals,
        };
        if let Err(refusals) = self.try_text(record, place, batch, refusals) {
            place.reject(refusals.verdict(&self.plans), record.bytes, record.start, batch);
        }
    }

    /// Whether a record that is no JSON may be a page all the same.
    pub(crate) fn is_damaged_page(&self, record: Record<'_>) -> bool {
        record.search == Search::Pages && !self.texts.look_like(record.bytes)
    }

    /// Splits a page or an envelope into its records; false where the record is none.
    fn take_apart(&mut self, record: Record<'_>, place: &mut Place<'_>, batch: &mut Batch) -> bool {
        if self.found_log_envelope(record, place, batch) {
            return true;
        }
        if record.search != Search::Pages {
            return false;
        }
        let Some(spans) = split(&self.envelope, record.bytes) else { return false };
        for span in &spans {
            self.span(&Span { unwrapped: true, ..span.clone() }, record.start, record.bytes, place, batch);
        }
        true
    }

    /// Reads the record as JSON and lets the log types of JSON try it.
    pub(crate) fn parse_record(
        &mut self,
        record: Record<'_>,
        place: &Place<'_>,
        batch: &mut Batch,
        wording: Wording,
    ) -> Result<(), Failure> {
        if !self.envelope.reads_json() {
            return Err(Failure::Rejected(Refusals::new(wording)));
        }
        self.walk.limit_made(record.made_limit(), 0);
        // What is asked for words was refused before.
        let may_follow = wording == Wording::None || self.plans.len() == 1;
        if may_follow && self.json.uses_shapes() && self.follow(record, place, batch) {
            return Ok(());
        }
        let Self { plans, envelope, inner, keep_missing, json, walk, ranking, shapes, .. } = self;
        let has_json = !ranking.of_json.is_empty();
        let pages = match record.search {
            Search::Pages => Some(&**envelope),
            Search::Envelopes => Some(&*inner),
            Search::Nothing => None,
        };
        let origin = (place.source, place.block.offset + record.start as u64);
        let keep_missing = *keep_missing;
        let header = record.header;
        let shapes = json.uses_shapes().then_some(shapes.as_mut_slice());
        let mut attempt = Attempt {
            plans,
            pages,
            keep_missing,
            walk,
            ranking,
            shapes,
            origin,
            header,
            batch,
            wording,
            overridden: None,
        };
        let what = if header.is_some() { "message" } else { "record" };
        let outcome = json
            .read(record.bytes, |doc| attempt.json(doc))
            .map_err(|error| Failure::Unreadable(Refusals::whole(Verdict::unreadable(&error, what))))
            .and_then(|walked| walked);
        outcome.map_err(|failure| if has_json { failure } else { failure.without_reason() })
    }

    /// Reads a record that looks like an earlier one; false where none does.
    fn follow(&mut self, record: Record<'_>, place: &Place<'_>, batch: &mut Batch) -> bool {
        let origin = (place.source, place.block.offset + record.start as u64);
        // A record by itself is indexed when the first log type asks for it.
        let (mut indexed, mut single) = (record.indexed, Some(&mut self.single));
        let count = self.plans.len();
        for number in (self.last..count).chain(0..self.last) {
            let shapes = &mut self.shapes[number];
            if !shapes.begins(record.bytes) {
                continue;
            }
            indexed = indexed.or_else(|| single.take()?.build_record(record.bytes));
            let Some(indexed) = indexed else { continue };
            let Batch { columns, unknown, .. } = &mut *batch;
            let (plan, columns) = (&self.plans[number], &mut columns[number]);
            let followed = shapes.follow(plan, indexed, origin, &mut self.walk, columns, unknown);
            if let Some(noted) = followed {
                self.last = number;
                batch.add_row(number, noted, record.header);
                return true;
            }
        }
        false
    }
}

/// The rules of all scanners.
const SCAN: Scan =
    |scanner, text, found| scan(scanner, text, &mut |indicator, value| found(indicator, value));

const NOT_AN_ARRAY: &str = "the stream is said to be a JSON array, and this document is none; \
                            name the array's place with --records-path";
