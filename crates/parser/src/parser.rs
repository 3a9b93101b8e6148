//! Blocks in, batches out.

use std::collections::BTreeMap;
use std::sync::Arc;

use memchr::memchr;
use sawlog_columns::{Code, Columns, Note, Reject};
use sawlog_schema::Plan;

use crate::block::{Block, Fault, Records, Span};
use crate::classify::{Ranking, Refusals, Wording};
use crate::envelope::{Envelope, Search, split};
use crate::json::{JsonReader, Reader};
use crate::limits::MAX_RECORD_BYTES;
use crate::place::{Place, Verdict};
use crate::shape::Shapes;
use crate::stream::Stream;
use crate::text::{TextTypes, trim};
use crate::token::TokenKind;
use crate::walk::{Document, Fail, Mode, Noted, UnknownFields, Walk, keys, may_be_page, overridden_keys};

/// What parsing a block gave.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Index of the source in the run's list.
    pub source: u32,
    /// The rows, one set of columns for each log type, in the parser's order.
    pub columns: Vec<Columns>,
    /// The records that became no rows, in order.
    pub rejects: Vec<Reject>,
    /// Records met: rows, rejects and skipped ones together.
    pub records: u64,
    /// Records that the log type asks to skip.
    pub skipped: u64,
    /// Undeclared fields of the rows, counted by path.
    pub unknown: UnknownFields,
    /// Oddities that did not cost a record, counted by kind.
    pub notes: BTreeMap<Note, u64>,
}

impl Batch {
    /// A batch of records from source number `source`, with empty columns to fill, one set for each log
    /// type of the parser.
    pub fn new(source: u32, columns: Vec<Columns>) -> Self {
        Self {
            source,
            columns,
            rejects: Vec::new(),
            records: 0,
            skipped: 0,
            unknown: UnknownFields::default(),
            notes: BTreeMap::new(),
        }
    }

    /// Number of rows, whatever their log type.
    pub fn rows(&self) -> u64 {
        self.columns.iter().map(|columns| columns.rows().len() as u64).sum()
    }

    /// Counts a row that was committed to the columns of log type number `plan`.
    fn add_row(&mut self, plan: usize, noted: Noted, header: Option<Header<'_>>) {
        self.records += 1;
        if noted != Noted::default() {
            self.note_all(noted);
        }
        if let Some(header) = header {
            self.columns[plan].set_header(header.shared, header.own);
        }
    }

    pub(crate) fn note_all(&mut self, noted: Noted) {
        self.note(Note::ObjectAsArray, noted.objects_as_arrays);
        self.note(Note::DuplicateKey, noted.overridden_keys);
        self.note(Note::EventTimeMissing, u64::from(noted.without_event_time));
        self.note(Note::MissingRequired, noted.missing_required);
        self.note(Note::InvalidValue, noted.invalid_values);
    }

    pub(crate) fn note(&mut self, note: Note, count: u64) {
        if count > 0 {
            *self.notes.entry(note).or_default() += count;
        }
    }
}

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
}

/// What an envelope says of a record in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header<'a> {
    /// What it says of all its records, as a JSON object.
    pub(crate) shared: &'a Arc<str>,
    /// What it says of this one alone: a member of such an object, or nothing.
    pub(crate) own: &'a str,
}

impl Parser {
    /// A parser for the log types of `plans`, of which there is at least one. With `keep_missing`, events
    /// that lack required fields become rows with a flag.
    pub fn new(plans: &[Arc<Plan>], envelope: Arc<Envelope>, keep_missing: bool) -> Self {
        Self {
            plans: plans.into(),
            inner: envelope.within_pages(),
            envelope,
            keep_missing,
            json: JsonReader::new(),
            shapes: (0..plans.len()).map(|number| Shapes::new(plans, number)).collect(),
            last: 0,
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
        self
    }

    /// Parses all records of a block and adds them to `batch`. Numbers of rejected records count from the
    /// batch's first.
    pub fn parse(&mut self, block: &Block, batch: &mut Batch) {
        let mut place = Place::new(block, batch.source);
        match &block.records {
            Records::Lines => {
                let mut start = 0;
                while start < block.data.len() {
                    let rest = &block.data[start..];
                    let len = memchr(b'\n', rest).unwrap_or(rest.len());
                    let line = &rest[..len];
                    let (blank, bytes) = trim(line);
                    if !bytes.is_empty() {
                        let start = start + blank;
                        let record = Record { bytes, line, start, search: Search::Pages, header: None };
                        self.record(record, &mut place, batch);
                    }
                    start += len + 1;
                }
            }
            Records::Spans(spans) => {
                for span in spans {
                    self.span(span, 0, &block.data, &mut place, batch);
                }
            }
        }
    }

    /// A record that framing has found in `data`, which lies at `base` in the block.
    fn span(&mut self, span: &Span, base: usize, data: &[u8], place: &mut Place<'_>, batch: &mut Batch) {
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
                let record = Record { bytes, line, start, search, header: None };
                self.record(record, place, batch);
            }
        }
    }

    fn record(&mut self, record: Record<'_>, place: &mut Place<'_>, batch: &mut Batch) {
        if record.bytes.len() > MAX_RECORD_BYTES {
            let message = format!("the record is longer than the limit of {} MiB", MAX_RECORD_BYTES >> 20);
            let len = record.bytes.len() as u64;
            let fault = Fault { code: Code::TooLarge, message, at: 0, len };
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
}

impl Parser {
    /// Reads a record that looks like an earlier one; false where none does.
    fn follow(&mut self, record: Record<'_>, place: &Place<'_>, batch: &mut Batch) -> bool {
        let origin = (place.source, place.block.offset + record.start as u64);
        let count = self.plans.len();
        for number in (self.last..count).chain(0..self.last) {
            let Batch { columns, unknown, .. } = &mut *batch;
            let (plan, columns) = (&self.plans[number], &mut columns[number]);
            let shapes = &mut self.shapes[number];
            let followed = shapes.follow(plan, record.bytes, origin, &mut self.walk, columns, unknown);
            if let Some(noted) = followed {
                self.last = number;
                batch.add_row(number, noted, record.header);
                return true;
            }
        }
        false
    }
}

/// One record and the log types that try it.
struct Attempt<'a> {
    plans: &'a [Arc<Plan>],
    /// What counts as a page, where the record may be one.
    pages: Option<&'a Envelope>,
    keep_missing: bool,
    walk: &'a mut Walk,
    ranking: &'a mut Ranking,
    /// Where given, shapes to learn.
    shapes: Option<&'a mut [Shapes]>,
    /// Source and byte offset of the record.
    origin: (u32, u64),
    header: Option<Header<'a>>,
    batch: &'a mut Batch,
    wording: Wording,
    /// The keys that a later one overrides, once some log type has refused the record.
    overridden: Option<Vec<bool>>,
}

impl Attempt<'_> {
    /// Lets the log types try a JSON document, the most promising one first.
    fn json(&mut self, doc: Document<'_>) -> Result<(), Failure> {
        match doc.tokens[0].kind {
            TokenKind::Object(_) => {}
            TokenKind::Array(_) if self.pages.is_some() => return Err(Failure::MaybePage),
            _ => {
                let verdict = Verdict::whole(Code::NotAnObject, NOT_AN_OBJECT);
                return Err(Failure::Rejected(Refusals::whole(verdict)));
            }
        }
        let mut refusals = Refusals::new(self.wording);
        if let [only] = *self.ranking.of_json {
            if self.walk(only, doc, &mut refusals)? {
                return Ok(());
            }
        } else {
            let mut order = std::mem::take(&mut self.ranking.order);
            self.ranking.rank(keys(doc.tokens, 0).map(|(_, name)| name), &mut order);
            // What lacks a required key is refused, unless the walk finds out before that it is a page.
            if self.wording == Wording::None && !self.keep_missing && !self.may_be_page(doc) {
                order.retain(|&plan| self.ranking.has_required(plan));
            }
            let accepted = order
                .iter()
                .try_fold(false, |accepted, &plan| Ok(accepted || self.walk(plan, doc, &mut refusals)?));
            self.ranking.order = order;
            if accepted? {
                return Ok(());
            }
        }
        if self.may_be_page(doc) {
            return Err(Failure::MaybePage);
        }
        Err(Failure::Rejected(refusals))
    }

    fn may_be_page(&self, doc: Document<'_>) -> bool {
        self.pages.is_some_and(|pages| may_be_page(pages, doc.tokens))
    }

    /// Walks the document as an event of log type number `plan`: true where it became a row, false where the
    /// log type refuses it.
    fn walk(&mut self, plan: u32, doc: Document<'_>, refusals: &mut Refusals) -> Result<bool, Failure> {
        let definition = &*self.plans[plan as usize];
        let mut mode = Mode { keep_missing: self.keep_missing, pages: self.pages, overridden: None };
        let Batch { columns, unknown, .. } = &mut *self.batch;
        let columns = &mut columns[plan as usize];
        let mut walked = self.walk.record(definition, mode, doc, self.origin, columns, unknown);
        // A rule may have been broken by a value that a later key overrides.
        if matches!(walked, Err(Fail::RepeatedKey | Fail::Rejected(_))) {
            let overridden = self.overridden.get_or_insert_with(|| overridden_keys(doc.tokens));
            if walked == Err(Fail::RepeatedKey) || overridden.contains(&true) {
                mode.overridden = Some(overridden);
                walked = self.walk.record(definition, mode, doc, self.origin, columns, unknown);
            }
        }
        match walked {
            Ok(noted) => {
                if let Some(shapes) = &mut self.shapes
                    && noted.is_plain()
                    && doc.compact
                    && self.walk.kept_nothing()
                {
                    shapes[plan as usize].learn(definition, doc);
                }
                self.batch.add_row(plan as usize, noted, self.header);
                return Ok(true);
            }
            Err(Fail::MaybePage) => return Err(Failure::MaybePage),
            Err(Fail::Rejected(broken)) => {
                refusals.add(plan, *broken);
            }
            // The second walk knows every overridden key, so this does not happen; were it to, nothing is
            // lost.
            Err(Fail::RepeatedKey) => {
                refusals.add(plan, Verdict::whole(Code::InvalidJson, "a key stands twice in one object"));
            }
        }
        Ok(false)
    }
}

pub(crate) const NOT_AN_OBJECT: &str = "an event must be a JSON object";
const NOT_AN_ARRAY: &str = "the stream is said to be a JSON array, and this document is none; \
                            name the array's place with --records-path";

/// Why a record became no row.
pub(crate) enum Failure {
    /// Its root looks like a page, or it is an array.
    MaybePage,
    /// It is no valid JSON; a page that is cut or damaged may still hold whole records.
    Unreadable(Refusals),
    /// It breaks a rule.
    Rejected(Refusals),
}

impl Failure {
    /// The same for a script, to which text and all of JSON are equally good.
    fn without_reason(self) -> Self {
        match self {
            Self::MaybePage => self,
            Self::Unreadable(_) => Self::Unreadable(Refusals::new(Wording::Full)),
            Self::Rejected(_) => Self::Rejected(Refusals::new(Wording::Full)),
        }
    }
}
