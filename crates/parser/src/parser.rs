//! Blocks in, batches out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use memchr::{memchr, memchr_iter};
use sawlog_columns::{Code, Columns, Reject};
use sawlog_schema::Plan;

use crate::block::{Block, Fault, Records, Span};
use crate::envelope::{Envelope, split};
use crate::limits::{MAX_DEPTH, MAX_KEYS, MAX_RECORD_BYTES, MAX_TAPE_BYTES};
use crate::reference;
use crate::tape::{Outcome, TapeReader};
use crate::token::{Token, TokenKind};
use crate::walk::{Document, Fail, Mode, Noted, UnknownFields, Walk, may_be_page, overridden_keys};

/// What parsing a block gave.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Index of the source in the run's list.
    pub source: u32,
    /// The rows.
    pub columns: Columns,
    /// The records that became no rows, in order.
    pub rejects: Vec<Reject>,
    /// Records met: rows and rejects together.
    pub records: u64,
    /// Undeclared fields of the rows, counted by path.
    pub unknown: UnknownFields,
    /// Oddities that did not cost a record, counted by kind.
    pub notes: BTreeMap<&'static str, u64>,
}

impl Batch {
    /// A batch of records from source number `source`, with empty columns to fill.
    pub fn new(source: u32, columns: Columns) -> Self {
        Self {
            source,
            columns,
            rejects: Vec::new(),
            records: 0,
            unknown: UnknownFields::default(),
            notes: BTreeMap::new(),
        }
    }

    fn note_all(&mut self, noted: Noted) {
        self.note("object_as_array", noted.objects_as_arrays);
        self.note("duplicate_key", noted.overridden_keys);
        self.note("event_time_missing", u64::from(noted.without_event_time));
        self.note("missing_required", noted.missing_required);
    }

    fn note(&mut self, kind: &'static str, count: u64) {
        if count > 0 {
            *self.notes.entry(kind).or_default() += count;
        }
    }
}

/// A parser for one log type. Holds only buffers: what it yields depends on the block alone.
pub struct Parser {
    plan: Arc<Plan>,
    envelope: Arc<Envelope>,
    keep_missing: bool,
    tape: TapeReader,
    walk: Walk,
    copy: Vec<u8>,
    /// Memory of the token list, lent out anew for each record.
    tokens: Vec<Token<'static>>,
}

/// A record on its way through the parser.
#[derive(Debug, Clone, Copy)]
struct Record<'a> {
    bytes: &'a [u8],
    /// Offset in the block.
    start: usize,
    /// Whether it may be a page.
    searched: bool,
}

impl Parser {
    /// A parser for `plan`. With `keep_missing`, events that lack required fields become rows with a flag.
    pub fn new(plan: Arc<Plan>, envelope: Arc<Envelope>, keep_missing: bool) -> Self {
        Self {
            plan,
            envelope,
            keep_missing,
            tape: TapeReader::new(),
            walk: Walk::new(),
            copy: Vec::new(),
            tokens: Vec::new(),
        }
    }

    /// Parses all records of a block and adds them to `batch`. Numbers of rejected records count from the
    /// batch's first.
    pub fn parse(&mut self, block: &Block, batch: &mut Batch) {
        let mut place = Place { block, source: batch.source, counted_to: 0, line: block.line };
        match &block.records {
            Records::Lines => {
                let mut start = 0;
                while start < block.data.len() {
                    let rest = &block.data[start..];
                    let len = memchr(b'\n', rest).unwrap_or(rest.len());
                    let (blank, bytes) = trim(&rest[..len]);
                    if !bytes.is_empty() {
                        let record = Record { bytes, start: start + blank, searched: true };
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
        let bytes = &data[span.start as usize..(span.start + span.len) as usize];
        let start = base + span.start as usize;
        match &span.fault {
            Some(fault) => place.reject_fault(fault, bytes, start, batch),
            None => self.record(Record { bytes, start, searched: !span.unwrapped }, place, batch),
        }
    }

    fn record(&mut self, record: Record<'_>, place: &mut Place<'_>, batch: &mut Batch) {
        if record.bytes.len() > MAX_RECORD_BYTES {
            let message = format!("the record is longer than the limit of {} MiB", MAX_RECORD_BYTES >> 20);
            let len = record.bytes.len() as u64;
            let fault = Fault { code: Code::TooLarge, message, at: 0, len };
            return place.reject_fault(&fault, &[], record.start, batch);
        }
        let must_split = record.searched && self.envelope.is_explicit();
        if must_split && self.take_apart(record, place, batch) {
            return;
        }
        match self.parse_record(record, place, batch) {
            Ok(()) => {}
            Err(Failure::MaybePage) => {
                if !self.take_apart(record, place, batch) {
                    self.record(Record { searched: false, ..record }, place, batch);
                }
            }
            Err(Failure::Unreadable(reject)) => {
                if !(record.searched && self.take_apart(record, place, batch)) {
                    place.reject(reject, record.bytes, record.start, batch);
                }
            }
            Err(Failure::Rejected(reject)) => place.reject(reject, record.bytes, record.start, batch),
        }
    }

    /// Splits a page into its records; false where the record is none.
    fn take_apart(&mut self, record: Record<'_>, place: &mut Place<'_>, batch: &mut Batch) -> bool {
        let envelope = Arc::clone(&self.envelope);
        let Some(spans) = split(&envelope, record.bytes) else { return false };
        for span in &spans {
            self.span(&Span { unwrapped: true, ..span.clone() }, record.start, record.bytes, place, batch);
        }
        true
    }

    /// Reads the record on the fast path, or else with the reference reader, and walks it.
    fn parse_record(
        &mut self,
        record: Record<'_>,
        place: &Place<'_>,
        batch: &mut Batch,
    ) -> Result<(), Failure> {
        if record.bytes.len() > MAX_TAPE_BYTES {
            return self.parse_by_reference(record, place, batch);
        }
        let mut copy = std::mem::take(&mut self.copy);
        let mut tokens = recycle(std::mem::take(&mut self.tokens));
        let walked = match self.tape.read(record.bytes, &mut copy, &mut tokens) {
            Outcome::Read { compact } => {
                let doc = Document { raw: record.bytes, tokens: &tokens, compact };
                Some(self.walk(doc, record, place, batch))
            }
            Outcome::Refused => None,
        };
        self.tokens = recycle(tokens);
        self.copy = copy;
        walked.unwrap_or_else(|| self.parse_by_reference(record, place, batch))
    }

    fn parse_by_reference(
        &mut self,
        record: Record<'_>,
        place: &Place<'_>,
        batch: &mut Batch,
    ) -> Result<(), Failure> {
        let mut copy = record.bytes.to_vec();
        let mut tokens = Vec::new();
        if let Err(error) = reference::read(&mut copy, MAX_DEPTH, MAX_KEYS, &mut tokens) {
            let message = format!("{}, at byte {} of the record", error.message, error.at);
            return Err(Failure::Unreadable(Verdict::whole(error.code, message)));
        }
        let doc = Document { raw: record.bytes, tokens: &tokens, compact: false };
        self.walk(doc, record, place, batch)
    }

    fn walk(
        &mut self,
        doc: Document<'_>,
        record: Record<'_>,
        place: &Place<'_>,
        batch: &mut Batch,
    ) -> Result<(), Failure> {
        match doc.tokens[0].kind {
            TokenKind::Object(_) => {}
            TokenKind::Array(_) if record.searched => return Err(Failure::MaybePage),
            _ => return Err(Failure::Rejected(Verdict::whole(Code::NotAnObject, NOT_AN_OBJECT))),
        }
        let plan = Arc::clone(&self.plan);
        let envelope = Arc::clone(&self.envelope);
        let origin = (place.source, place.block.offset + record.start as u64);
        let pages = record.searched.then_some(&*envelope);
        let mut mode = Mode { keep_missing: self.keep_missing, pages, overridden: None };
        let overridden;
        let mut walked = self.walk.record(&plan, mode, doc, origin, &mut batch.columns, &mut batch.unknown);
        // A rule may have been broken by a value that a later key overrides.
        if matches!(walked, Err(Fail::RepeatedKey | Fail::Rejected(_))) {
            overridden = overridden_keys(doc.tokens);
            if walked == Err(Fail::RepeatedKey) || overridden.contains(&true) {
                mode.overridden = Some(&overridden);
                walked = self.walk.record(&plan, mode, doc, origin, &mut batch.columns, &mut batch.unknown);
            }
        }
        match walked {
            Ok(noted) => {
                batch.records += 1;
                batch.note_all(noted);
                Ok(())
            }
            Err(Fail::MaybePage) => Err(Failure::MaybePage),
            Err(Fail::Rejected(_)) if pages.is_some_and(|pages| may_be_page(pages, doc.tokens)) => {
                Err(Failure::MaybePage)
            }
            Err(Fail::Rejected(broken)) => Err(Failure::Rejected(Verdict {
                code: broken.code,
                message: broken.message.into(),
                json_path: broken.json_path,
                schema_line: Some(broken.schema_line),
            })),
            // The second walk knows every overridden key, so this does not happen; were it to, nothing is
            // lost.
            Err(Fail::RepeatedKey) => {
                Err(Failure::Rejected(Verdict::whole(Code::InvalidJson, "a key stands twice in one object")))
            }
        }
    }
}

const NOT_AN_OBJECT: &str = "an event must be a JSON object";

/// Why a record became no row.
enum Failure {
    /// Its root looks like a page, or it is an array.
    MaybePage,
    /// It is no valid JSON; a page that is cut or damaged may still hold whole records.
    Unreadable(Verdict),
    /// It breaks a rule.
    Rejected(Verdict),
}

/// The reason for a reject, before its place is known.
struct Verdict {
    code: Code,
    message: Cow<'static, str>,
    json_path: String,
    schema_line: Option<u32>,
}

impl Verdict {
    fn whole(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), json_path: String::new(), schema_line: None }
    }
}

/// Where in its source the parser is.
struct Place<'a> {
    block: &'a Block,
    source: u32,
    /// Offset in the block up to which newlines are counted, and the line there.
    counted_to: usize,
    line: u64,
}

impl Place<'_> {
    fn line_at(&mut self, start: usize) -> u64 {
        if start < self.counted_to {
            (self.counted_to, self.line) = (0, self.block.line);
        }
        self.line += memchr_iter(b'\n', &self.block.data[self.counted_to..start]).count() as u64;
        self.counted_to = start;
        self.line
    }

    fn reject_fault(&mut self, fault: &Fault, bytes: &[u8], start: usize, batch: &mut Batch) {
        let message = match fault.code {
            Code::InvalidJson => format!("{}, at byte {} of the record", fault.message, fault.at),
            _ => fault.message.clone(),
        };
        let verdict = Verdict::whole(fault.code, message);
        self.reject(verdict, bytes, start, batch);
        if let Some(reject) = batch.rejects.last_mut() {
            reject.raw_len = fault.len;
        }
    }

    fn reject(&mut self, verdict: Verdict, bytes: &[u8], start: usize, batch: &mut Batch) {
        batch.records += 1;
        batch.rejects.push(Reject {
            code: verdict.code,
            message: verdict.message,
            source: self.source,
            record: batch.records,
            line: self.line_at(start),
            byte_offset: self.block.offset + start as u64,
            json_path: verdict.json_path,
            schema_line: verdict.schema_line,
            raw: bytes.to_vec(),
            raw_len: bytes.len() as u64,
        });
    }
}

/// Empties a token list and gives its memory to the next record, whose strings live elsewhere.
fn recycle<'b>(mut tokens: Vec<Token<'_>>) -> Vec<Token<'b>> {
    tokens.clear();
    tokens.into_iter().map(|token| Token { at: token.at, kind: TokenKind::Null }).collect()
}

/// Cuts white space off both ends, and a byte order mark off the start. Returns how much went in front.
fn trim(line: &[u8]) -> (usize, &[u8]) {
    let unmarked = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    let front = unmarked.iter().take_while(|b| is_blank(b)).count();
    let kept = &unmarked[front..];
    let back = kept.iter().rev().take_while(|b| is_blank(b)).count();
    (line.len() - unmarked.len() + front, &kept[..kept.len() - back])
}
