//! Records and the log types that read text or run a script.
//!
//! Each of them reads the record, and the one whose names declare most of the values is the first to walk
//! them. A line that one would leave out is left out only if no other makes it a row.

use std::sync::Arc;

use sawlog_columns::{Code, Note};
use sawlog_schema::Plan;

use super::{Line, Near, TextReader};
use crate::batch::Batch;
use crate::block::Fault;
use crate::classify::{Refusals, Wording};
use crate::json::recycle;
use crate::parser::{Parser, Record};
use crate::place::{Place, Verdict};
use crate::script::ScriptTypes;
use crate::token::Token;
use crate::walk::{Document, Fail, Mode, Walk, member_path};

/// The log types that read text, with their readers, and those that run a script.
pub(crate) struct TextTypes {
    /// Each with the number of its plan.
    readers: Vec<(u32, TextReader)>,
    scripts: ScriptTypes,
    fitting: Vec<Fit>,
    /// Memory for tokens.
    tokens: Vec<Token<'static>>,
    /// As many times false as there are tokens: equal names are told apart while reading.
    overridden: Vec<bool>,
}

/// A log type that the record fits.
struct Fit {
    /// How many of the record's values it declares.
    declared: usize,
    plan: u32,
    by: Reader,
}

#[derive(Clone, Copy)]
enum Reader {
    Text(usize),
    Script(usize),
}

impl TextTypes {
    pub(crate) fn new(plans: &[Arc<Plan>]) -> Self {
        let readers = (0..).zip(plans).filter_map(|(number, plan)| Some((number, TextReader::of(plan)?)));
        Self {
            readers: readers.collect(),
            scripts: ScriptTypes::new(plans),
            fitting: Vec::new(),
            tokens: Vec::new(),
            overridden: Vec::new(),
        }
    }

    /// Whether a record that is faulty as JSON could be a line of text.
    pub(crate) fn may_read(&self, fault: &Fault) -> bool {
        let is_json_only = matches!(
            fault.code,
            Code::InvalidJson | Code::TooDeep | Code::TooManyKeys | Code::TooManyValues | Code::CutOff
        );
        self.count() > 0 && is_json_only
    }

    /// Whether a record that is no JSON looks more like a line of text than like a damaged page of events.
    pub(crate) fn look_like(&self, record: &[u8]) -> bool {
        let inside = record.strip_prefix(b"[").unwrap_or(record).trim_ascii_start();
        self.count() > 0 && !inside.starts_with(b"{")
    }

    fn count(&self) -> usize {
        self.readers.len() + self.scripts.len()
    }
}

const NO_HEADER: &str =
    "the line stands where the stream's header should, but does not name what is required";

impl Parser {
    /// Lets the log types that read text or run a script try what no log type of JSON accepts. Fails with the
    /// reason of each if none of them accepts it.
    pub(crate) fn try_text(
        &mut self,
        record: Record<'_>,
        place: &mut Place<'_>,
        batch: &mut Batch,
        mut refusals: Refusals,
    ) -> Result<(), Refusals> {
        let mut fitting = std::mem::take(&mut self.texts.fitting);
        fitting.clear();
        let (text, is_skipped) = self.read_text(record, place, &mut fitting, &mut refusals);
        self.run_scripts(record, &mut fitting, &mut refusals);
        if fitting.len() > 1 {
            for fit in &mut fitting {
                fit.declared = self.declared(fit, text);
            }
            fitting.sort_by_key(|fit| (std::cmp::Reverse(fit.declared), fit.plan));
        }
        let accepted = fitting.iter().any(|fit| {
            let walked = match fit.by {
                Reader::Text(index) => self.walk_text(index, text, record, place, batch),
                Reader::Script(index) => self.walk_event(index, record, place, batch),
            };
            walked.map_err(|verdict| refusals.add(fit.plan, verdict)).is_ok()
        });
        self.texts.fitting = fitting;
        if !accepted && !is_skipped {
            return Err(refusals);
        }
        batch.records += 1;
        batch.skipped += u64::from(!accepted);
        Ok(())
    }

    /// Has every reader read the line, and notes which ones it fits. Yields the line as text, and whether
    /// some reader would leave it out.
    fn read_text<'l>(
        &mut self,
        record: Record<'l>,
        place: &mut Place<'_>,
        fitting: &mut Vec<Fit>,
        refusals: &mut Refusals,
    ) -> (&'l str, bool) {
        let (mut text, mut is_skipped) = ("", false);
        let is_line = record.header.is_none();
        let head = place.block.head.as_ref().filter(|_| is_line);
        let is_alone = self.plans.len() == 1;
        for (index, (plan, reader)) in self.texts.readers.iter_mut().enumerate() {
            // Among several log types the first record may be another one's, and counts nothing.
            reader.enter(head.filter(|_| is_alone || reader.has_header()));
            let last = reader.skipped_to();
            if is_line && place.block.line <= last && place.line_at(record.start) <= last {
                // Among several log types the line may be another one's record, with a fault.
                let required = self.plans[*plan as usize].members(0).required_keys();
                let is_own = !record.bytes.starts_with(b"{") && reader.gives_all(required);
                if is_alone || is_own {
                    is_skipped = true;
                } else {
                    refusals.add(*plan, Verdict::whole(Code::NoMatch, NO_HEADER));
                }
                continue;
            }
            match reader.read_with(record.line, refusals.wording) {
                Ok(Line::Record(line)) => {
                    text = line;
                    fitting.push(Fit { declared: 0, plan: *plan, by: Reader::Text(index) });
                }
                Ok(Line::Skipped) => is_skipped = true,
                Err(mismatch) => refusals.add(*plan, mismatch),
            }
        }
        (text, is_skipped)
    }

    /// How many of the values that a reader or a script gave are fields of its log type.
    fn declared(&mut self, fit: &Fit, text: &str) -> usize {
        let members = self.plans[fit.plan as usize].members(0);
        let is_declared = |name: &str| members.find(name.as_bytes(), usize::MAX).is_some();
        match fit.by {
            Reader::Text(index) => {
                let (_, reader) = &self.texts.readers[index];
                reader.pairs(text).filter(|(name, _)| is_declared(name)).count()
            }
            Reader::Script(index) => self.texts.scripts.declared(index, is_declared),
        }
    }

    /// Walks the values that a reader found in the line.
    fn walk_text(
        &mut self,
        index: usize,
        text: &str,
        record: Record<'_>,
        place: &Place<'_>,
        batch: &mut Batch,
    ) -> Result<(), Verdict> {
        let TextTypes { readers, tokens: memory, overridden, .. } = &mut self.texts;
        let (plan, reader) = &readers[index];
        let mut tokens = recycle(std::mem::take(memory));
        reader.tokens(text, &mut tokens);
        overridden.resize(tokens.len(), false);
        let doc = Document { raw: &[], tokens: &tokens, compact: false };
        let mode = Mode { keep_missing: self.keep_missing, pages: None, overridden: Some(overridden) };
        let definition = &self.plans[*plan as usize];
        self.walk.limit_made(record.made_limit(), reader.made());
        let walked = walk(&mut self.walk, (*plan, definition), mode, doc, record, place, batch);
        *memory = recycle(tokens);
        if walked.is_ok() {
            batch.note(Note::UnclosedQuote, u64::from(reader.has_unclosed_quote()));
            batch.note(Note::DuplicateKey, reader.replaced());
            batch.note(Note::UnnamedValue, reader.unnamed());
            batch.note(Note::MisspeltColumn, u64::from(!reader.near().is_empty()));
        }
        walked.map_err(|verdict| told_of_header(verdict, reader))
    }

    /// Has every script make an event of the record.
    fn run_scripts(&mut self, record: Record<'_>, fitting: &mut Vec<Fit>, refusals: &mut Refusals) {
        let scripts = &mut self.texts.scripts;
        for index in 0..scripts.len() {
            if refusals.wording == Wording::None && scripts.is_bound_to_fail(index, record.bytes) {
                continue;
            }
            let plan = scripts.plan(index);
            match scripts.run(index, record.bytes) {
                Ok(()) => fitting.push(Fit { declared: 0, plan, by: Reader::Script(index) }),
                Err(verdict) => refusals.add(plan, verdict),
            }
        }
    }

    /// Walks the event that a script made.
    fn walk_event(
        &mut self,
        index: usize,
        record: Record<'_>,
        place: &Place<'_>,
        batch: &mut Batch,
    ) -> Result<(), Verdict> {
        let plan = self.texts.scripts.plan(index);
        let definition = &self.plans[plan as usize];
        let mode = Mode { keep_missing: self.keep_missing, pages: None, overridden: None };
        let steps = &mut self.walk;
        steps.limit_made(record.made_limit(), self.texts.scripts.event_bytes(index));
        let walked = |doc: Document<'_>| walk(steps, (plan, definition), mode, doc, record, place, batch);
        self.texts.scripts.read(index, walked)?
    }
}

/// The same, with what the header has in the place of a field that is missing.
fn told_of_header(verdict: Verdict, reader: &TextReader) -> Verdict {
    let is_meant = |near: &&Near| verdict.json_path == member_path(near.name());
    match reader.near().iter().find(is_meant) {
        Some(near) if verdict.code == Code::MissingRequired => {
            let message = format!("{}; {}", verdict.message, near.words()).into();
            Verdict { message, ..verdict }
        }
        _ => verdict,
    }
}

/// Walks what was made of a record, as an event of the log type with this number.
fn walk(
    walk: &mut Walk,
    (plan, definition): (u32, &Plan),
    mode: Mode<'_>,
    doc: Document<'_>,
    record: Record<'_>,
    place: &Place<'_>,
    batch: &mut Batch,
) -> Result<(), Verdict> {
    let origin = (place.source, place.block.offset + record.start as u64);
    let columns = &mut batch.columns[plan as usize];
    match walk.record(definition, mode, doc, origin, columns, &mut batch.unknown) {
        Ok(noted) => {
            if let Some(header) = record.header {
                columns.set_header(header.shared, header.own);
            }
            batch.note_all(noted);
            Ok(())
        }
        Err(Fail::Rejected(broken)) => Err((*broken).into()),
        // What is made here is not searched for pages, and has no repeated keys; were it otherwise, nothing
        // is lost.
        Err(Fail::MaybePage | Fail::RepeatedKey) => {
            Err(Verdict::whole(Code::NoMatch, "the values of the line make no event"))
        }
    }
}
