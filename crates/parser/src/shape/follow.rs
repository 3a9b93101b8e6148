//! Following a record along the literals that were learned.

use sawlog_columns::Sink;
use sawlog_schema::{Kind, Node, NodeId, Plan, TextRules, TimeFormat};

use super::embedded::Inner;
use super::known::Known;
use super::made::Notes;
use super::skip::{has_controls, json_at};
use super::undeclared::behind_undeclared;
use super::{END, Form, JUDGED, Next, Shapes, State, Step, behind};
use crate::index::Index;
use crate::lines::Indexed;
use crate::reference::{number, string};
use crate::scalar;
use crate::time::{self, Spelling};
use crate::walk::{Noted, UnknownFields, Walk, kept_text, push_scalar};

/// A record that is given up in its second half counts as so many: it has cost about as much as one that was
/// followed to its end, and is then read again.
const LATE: usize = 3;
/// So many literals must be found for each time that none is, or to look for them is not worth its while.
const LITERALS_TO_UNKNOWN: u32 = 2;

/// An object or a list that is open, or was last.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Frame {
    /// Bits of the members whose key was met, and of those that hold a value, as far as they are required or
    /// made from others.
    met: u64,
    pub(super) present: u64,
    /// Bits of the undeclared members that were met.
    pub(super) undeclared: u64,
    /// How many texts were noted before it.
    pub(super) first_note: usize,
    /// For a list, its index, and the indexes of its first and its next element.
    at: u32,
    first: u32,
    next: u32,
    /// How many of its keys stood there before.
    pub(super) repeated: u32,
}

impl Frame {
    /// For a list, which element is being read.
    pub(super) fn element(&self) -> u32 {
        self.next - self.first - 1
    }
}

impl Shapes {
    /// Follows `record`, which [begins](Self::begins) in a known way, into a row of `sink`. Returns what
    /// there is to note of it, or None, with `sink` as it was, where the general path must read it.
    pub(crate) fn follow<S: Sink>(
        &mut self,
        plan: &Plan,
        record: Indexed<'_>,
        origin: (u32, u64),
        walk: &mut Walk,
        sink: &mut S,
        unknown: &mut UnknownFields,
    ) -> Option<Noted> {
        let undeclared = self.known.undeclared.len();
        let noted = self.attempt(plan, record, origin, walk, sink, unknown);
        // What begins in a way of its own may well be of another log type.
        if noted.is_some() || self.is_known {
            let times = if noted.is_some() { 1 } else { self.in_vain };
            for _ in 0..times {
                self.pace.count(noted.is_some(), JUDGED / 4);
            }
        }
        if noted.is_none() && self.known.undeclared.len() > undeclared {
            self.forget_undeclared(plan, undeclared);
        }
        noted
    }

    fn attempt<S: Sink>(
        &mut self,
        plan: &Plan,
        record: Indexed<'_>,
        origin: (u32, u64),
        walk: &mut Walk,
        sink: &mut S,
        unknown: &mut UnknownFields,
    ) -> Option<Noted> {
        walk.begin();
        self.notes.clear();
        let at = sink.row();
        let Self {
            states,
            plain,
            depths,
            known,
            frames,
            notes,
            unescaped,
            inner,
            steps,
            literals,
            in_vain,
            ..
        } = self;
        let is_by_hand = known.max_literals == 0 || !literals.tries();
        let Indexed { index, text, start } = record;
        let (record, place) = (text.as_bytes(), start);
        let mut run = Run {
            plan,
            plain,
            depths,
            known,
            root: 0,
            record,
            text,
            index,
            frames,
            notes,
            unescaped,
            inner,
            steps,
            walk,
            sink,
            found: 0,
            unknown: 0,
            at,
            place,
            timed_by: None,
            taken_back: 0,
        };
        let met = if is_by_hand { run.all_by_hand(states) } else { run.follow(states) };
        let reached = run.place;
        let are_found = run.found >= LITERALS_TO_UNKNOWN * run.unknown;
        // Another log type that knows all of these keys too, and comes first, may have the better claim.
        let is_ours = met.is_some_and(|met| known.rivals.iter().all(|(_, shared)| met & !shared != 0));
        if !is_ours {
            *in_vain = if reached - start > (record.len() - start) / 2 { LATE } else { 1 };
            sink.rollback();
            return None;
        }
        // Only of records of this log type: others would pass by in between, and always at the same turn.
        literals.pass();
        let is_judged = !is_by_hand && literals.count(are_found, JUDGED / 2);
        if is_judged && literals.is_paused {
            // Those of the records to come may be others, and there is room for a few only.
            known.forget_literals(states);
        }
        Some(walk.commit(origin, sink, unknown))
    }
}

/// One record being followed. A method that returns None gives up.
pub(super) struct Run<'a, S> {
    pub(super) plan: &'a Plan,
    pub(super) plain: &'a [bool],
    pub(super) depths: &'a [usize],
    pub(super) known: &'a mut Known,
    /// The node whose value the document is: the event, or what a text holds as JSON.
    pub(super) root: NodeId,
    /// What is indexed, up to the record's end.
    pub(super) record: &'a [u8],
    pub(super) text: &'a str,
    pub(super) index: &'a Index,
    pub(super) frames: &'a mut [Frame],
    pub(super) notes: &'a mut Notes,
    pub(super) unescaped: &'a mut Vec<u8>,
    pub(super) inner: &'a mut Vec<Inner>,
    /// Memory for what was read between two values.
    pub(super) steps: &'a mut Vec<Step>,
    pub(super) walk: &'a mut Walk,
    pub(super) sink: &'a mut S,
    /// How many literals were found, and how many times none was.
    pub(super) found: u32,
    pub(super) unknown: u32,
    /// Index at which values are pushed.
    pub(super) at: u32,
    /// Offset in it.
    pub(super) place: usize,
    /// The node that the event time is from.
    pub(super) timed_by: Option<NodeId>,
    /// How many nodes had to give back what they held.
    pub(super) taken_back: usize,
}

impl<S: Sink> Run<'_, S> {
    /// Follows the record to its end; returns the bits of the event's members that were met.
    fn follow(&mut self, states: &mut Vec<State>) -> Option<u64> {
        let mut state = 0;
        while state != END {
            state = self.along(states, state)?;
            if state != END {
                self.unknown += 1;
                state = self.by_hand(states, state)?;
            }
        }
        self.met()
    }

    /// The bits of the event's members that were met: it is not closed.
    pub(super) fn met(&self) -> Option<u64> {
        self.frames.first().map(|event| event.met)
    }

    /// Goes on as long as there are literals that fit. Returns the state in which there is none, or the
    /// record's end.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "this is the hottest loop")]
    fn along(&mut self, states: &mut [State], mut state: usize) -> Option<usize> {
        loop {
            let Some(literal) = states[state].find(&self.record[self.place..]) else { return Some(state) };
            self.place += literal.text.len();
            self.found += 1;
            for step in &literal.steps {
                self.step(*step)?;
            }
            state = match &literal.next {
                Next::End => return Some(END),
                next => self.arrive(next)?,
            };
        }
    }

    /// Reads the value that comes behind a literal. Returns the state behind it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the hottest loop is one of the places where it stands")]
    pub(super) fn arrive(&mut self, next: &Next) -> Option<usize> {
        match *next {
            Next::Value { node, form, owner } => {
                self.keys(owner.object, owner.member)?;
                let is_present = match form {
                    Form::Text => self.string(node)?,
                    Form::Number => self.number(node)?,
                    Form::Json => self.json(node)?,
                    Form::Embedded => self.embedded(node)?,
                };
                if is_present && owner.required != 0 {
                    self.frames[owner.object as usize].present |= owner.required;
                }
                Some(behind(node, form))
            }
            Next::Undeclared(number) => {
                self.undeclared(number)?;
                Some(behind_undeclared(self.plan, number))
            }
            Next::End => Some(END),
        }
    }

    /// Keys of members, whose values come next.
    #[inline]
    pub(super) fn keys(&mut self, object: NodeId, keys: u64) -> Option<()> {
        let met = &mut self.frames[object as usize].met;
        let repeated = *met & keys;
        *met |= keys;
        if repeated == 0 { Some(()) } else { self.again(object, repeated) }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it has one caller, and that is the hottest loop")]
    fn step(&mut self, step: Step) -> Option<()> {
        match step {
            Step::Keys(object, keys) => self.keys(object, keys)?,
            Step::Present(object, members) => self.present(object, members),
            Step::Object { parent, key, node, keys } => self.object(parent, key, node, keys)?,
            Step::Make(object) => self.make(object)?,
            Step::ObjectEnd(object, required) => self.object_end(object, required)?,
            Step::List(node) => self.list(node),
            Step::Element(list) => self.element(list),
            Step::ListEnd(node) => self.list_end(node),
            Step::Boolean(node, value) => self.boolean(node, value),
            Step::Word(node, value) => self.spelled(node, value)?,
        }
        Some(())
    }

    #[inline]
    pub(super) fn present(&mut self, object: NodeId, members: u64) {
        self.frames[object as usize].present |= members;
    }

    #[inline]
    pub(super) fn object(&mut self, parent: NodeId, key: u64, node: NodeId, keys: u64) -> Option<()> {
        if node != 0 {
            self.keys(parent, key)?;
            self.sink.object(node, self.at);
        }
        self.begin_object(node, keys);
        Some(())
    }

    /// Of an object only these keys were met yet.
    #[inline]
    pub(super) fn begin_object(&mut self, node: NodeId, keys: u64) {
        let first_note = self.notes.len();
        self.frames[node as usize] = Frame { met: keys, first_note, ..Frame::default() };
    }

    #[inline]
    pub(super) fn object_end(&mut self, object: NodeId, required: u64) -> Option<()> {
        let is_whole = self.frames[object as usize].present & required == required;
        is_whole.then_some(())
    }

    #[inline]
    pub(super) fn list(&mut self, node: NodeId) {
        let first = self.sink.list(node);
        let (at, first_note) = (self.at, self.notes.len());
        let frame = &mut self.frames[node as usize];
        *frame = Frame { at, first, next: first, first_note, ..Frame::default() };
    }

    #[inline]
    pub(super) fn element(&mut self, list: NodeId) {
        let frame = &mut self.frames[list as usize];
        self.at = frame.next;
        frame.next += 1;
    }

    #[inline]
    pub(super) fn list_end(&mut self, node: NodeId) {
        let Frame { at, next, first_note, .. } = self.frames[node as usize];
        // Nothing is made from what stands in a list above it.
        self.notes.truncate(first_note);
        self.sink.list_end(node, at, next);
        self.at = at;
    }

    #[inline]
    pub(super) fn boolean(&mut self, node: NodeId, value: bool) {
        self.sink.boolean(node, self.at, value);
    }

    /// The text of a boolean.
    #[cold]
    pub(super) fn spelled(&mut self, node: NodeId, value: bool) -> Option<()> {
        self.value(node, Spelling::Text(if value { "true" } else { "false" })).map(drop)
    }

    /// A string whose first byte behind the quote is next. Returns whether it counts as present.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the hottest loop is one of the places where it stands")]
    fn string(&mut self, node: NodeId) -> Option<bool> {
        let start = self.place;
        let (end, has_escapes) = self.index.string_from(self.record, start)?;
        self.place = end;
        if !has_escapes {
            let text = self.text.get(start..end)?;
            if self.plain[node as usize] {
                self.sink.text(node, self.at, text);
                return Some(true);
            }
            return self.value(node, Spelling::Text(text));
        }
        let escaped = self.record.get(start..end).filter(|text| !has_controls(text))?;
        let mut memory = std::mem::take(self.unescaped);
        memory.clear();
        memory.extend_from_slice(escaped);
        let is_present = string::decode(&mut memory, true).ok();
        let is_present = is_present.and_then(|text| self.value(node, Spelling::Text(text)));
        *self.unescaped = memory;
        is_present
    }

    fn number(&mut self, node: NodeId) -> Option<bool> {
        let (rest, kind) = (&self.record[self.place..], &self.plan.nodes[node as usize].kind);
        let whole = number::whole(rest);
        if let (Kind::Int(bits), Some((value, len))) = (kind, whole) {
            self.place += len;
            self.sink.integer(node, self.at, scalar::within(value, *bits).ok()?);
            return Some(true);
        }
        if *kind == Kind::Float
            && let Some((value, len)) = number::decimal(rest)
        {
            self.place += len;
            self.sink.float(node, self.at, value);
            return Some(true);
        }
        let len = match whole {
            Some((_, len)) => len,
            None => Some(number::scan(rest)).filter(|(_, fault)| fault.is_none())?.0,
        };
        let literal = self.text.get(self.place..self.place + len)?;
        self.place += len;
        self.value(node, Spelling::Number(literal))
    }

    #[inline]
    fn value(&mut self, node: NodeId, value: Spelling<'_>) -> Option<bool> {
        let declared = &self.plan.nodes[node as usize];
        match (&declared.kind, value) {
            (Kind::String, Spelling::Text(text) | Spelling::Number(text)) => {
                if self.known.recipes.is_source(node) {
                    self.notes.add(node, text);
                }
                self.write(node, text)?;
                Some(true)
            }
            (Kind::Timestamp, Spelling::Text("")) => Some(false),
            (Kind::Timestamp, _) => {
                let takes_numbers = || declared.time_formats.iter().any(TimeFormat::takes_numbers);
                let is_taken = matches!(value, Spelling::Text(_)) || takes_numbers();
                is_taken.then(|| self.timestamp(declared, node, value)).flatten()
            }
            (kind, _) => push_scalar(kind, value, (node, self.at), self.sink).ok(),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the hottest loop is one of the places where it stands")]
    fn json(&mut self, node: NodeId) -> Option<bool> {
        if self.plan.nodes[node as usize].embedded && self.record.get(self.place) == Some(&b'"') {
            self.place += 1;
            return self.embedded(node);
        }
        let depth = self.depths[node as usize];
        let value = json_at(self.text, self.place, self.index, depth, self.unescaped)?;
        self.place = value.end;
        if value.json != "null" {
            self.sink.text(node, self.at, value.json);
        }
        Some(true)
    }

    /// Writes the text of a `string`, if it keeps its rules.
    #[inline]
    pub(super) fn write(&mut self, node: NodeId, text: &str) -> Option<()> {
        let declared = &self.plan.nodes[node as usize];
        match &declared.rules {
            None => self.push(declared, node, text),
            Some(rules) => self.ruled(rules, declared, node, text)?,
        }
        Some(())
    }

    #[cold]
    fn ruled(&mut self, rules: &TextRules, declared: &Node, node: NodeId, text: &str) -> Option<()> {
        let mut memory = std::mem::take(&mut self.walk.masked);
        let kept = kept_text(rules, text, &mut memory).and_then(|text| {
            let fits = rules.mask.is_none() || self.walk.makes(text.len());
            fits.then(|| self.push(declared, node, text))
        });
        self.walk.masked = memory;
        kept
    }

    /// Writes a text, which may tell the event time.
    fn push(&mut self, declared: &Node, node: NodeId, text: &str) {
        self.sink.text(node, self.at, text);
        if declared.event_time
            && self.timed_by.is_none_or(|best| node < best)
            && let Some(time) = time::read(&declared.time_formats, Spelling::Text(text))
        {
            self.timed_by = Some(node);
            self.walk.event_time = Some(time);
        }
    }

    fn timestamp(&mut self, declared: &Node, node: NodeId, value: Spelling<'_>) -> Option<bool> {
        let time = time::read(&declared.time_formats, value)?;
        self.walk.push_time(&declared.time_formats, value, time, (node, self.at), self.sink);
        if declared.event_time && self.timed_by.is_none_or(|best| node < best) {
            self.timed_by = Some(node);
            self.walk.event_time = Some(time);
        }
        Some(true)
    }
}
