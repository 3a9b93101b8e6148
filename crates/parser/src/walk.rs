//! The walk: a record's tokens, directed by the plan, into a sink.
//!
//! The plan decides what is looked at. Declared values are coerced and pushed where they belong; what the
//! schema does not declare is kept as text and counted by path. Nothing recurses on the depth of the input:
//! the walk descends only where the schema does, and skips or copies the rest by the extents of the tokens.

mod derive;
mod embedded;
mod extra;
mod fail;
mod flags;
mod made;
mod rules;
mod seen;
mod value;

use std::collections::HashMap;

use sawlog_columns::{Code, Instant, Note, Row, Sink};
use sawlog_schema::{Kind, NodeId, Plan};

use crate::envelope::Envelope;
use crate::limits::MAX_PLACES;
use crate::token::{Token, TokenKind};
use embedded::Scratch;
use extra::Extra;
pub use extra::UnknownFields;
pub(crate) use fail::{Broken, Fail, member_path, missing_first};
use flags::Flags;
pub(crate) use made::told_too_much;
use made::{Made, Making};
pub(crate) use rules::kept_text;
use seen::Seen;
pub(crate) use value::push_scalar;

/// A record as its reader left it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document<'a> {
    /// The record's bytes; empty for one that was no JSON, all of whose values are strings.
    pub(crate) raw: &'a [u8],
    /// Its tokens.
    pub(crate) tokens: &'a [Token<'a>],
    /// Whether no white space stands between tokens.
    pub(crate) compact: bool,
}

/// How to walk one record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mode<'a> {
    /// Write rows that lack required fields, and flag them.
    pub(crate) keep_missing: bool,
    /// Where given, a record whose root looks like a page is handed back.
    pub(crate) pages: Option<&'a Envelope>,
    /// For each token whether it is a key that a later one of the same name overrides. Only known after a
    /// first walk found a repeated key.
    pub(crate) overridden: Option<&'a [bool]>,
}

/// One step from the event towards a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Into a declared member.
    Member(NodeId),
    /// Into an element of an array.
    Element(u32),
}

/// State of the walk, reused from record to record.
pub(crate) struct Walk {
    path: Vec<Step>,
    pub(crate) extra: Extra,
    flags: Flags,
    text: Vec<u8>,
    pub(crate) event_time: Option<Instant>,
    event_time_path: Vec<Step>,
    /// How often one object stood where an array of objects is declared.
    objects_as_arrays: u64,
    /// Keys that were passed over for a later one of the same name.
    pub(crate) overridden_keys: u64,
    missing_required: u64,
    /// Texts that broke a rule and were left out.
    invalid_values: u64,
    /// Whether a field of the log type was met, so that something may have been pushed.
    has_pushed: bool,
    made: Made,
    /// Places that its lists take.
    places: u64,
    /// Memory for texts that are made: masks, and values that are joined.
    pub(crate) masked: String,
    pub(crate) spare: String,
    /// Memory for JSON in texts, one for each level at which it is nested.
    scratch: Vec<Scratch>,
}

/// What a record that became a row has to say besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    pub(crate) objects_as_arrays: u64,
    pub(crate) overridden_keys: u64,
    pub(crate) without_event_time: bool,
    pub(crate) missing_required: u64,
    pub(crate) invalid_values: u64,
}

impl Noted {
    /// Whether every value was as it should be. Of the event time the record's shape says nothing, and
    /// records may be followed that repeat keys.
    pub(crate) fn is_plain(&self) -> bool {
        let Self { overridden_keys, without_event_time, .. } = *self;
        *self == Self { overridden_keys, without_event_time, ..Self::default() }
    }
}

impl Walk {
    pub(crate) fn new() -> Self {
        Self {
            path: Vec::new(),
            extra: Extra::default(),
            flags: Flags::default(),
            text: Vec::new(),
            event_time: None,
            event_time_path: Vec::new(),
            objects_as_arrays: 0,
            overridden_keys: 0,
            missing_required: 0,
            invalid_values: 0,
            has_pushed: false,
            made: Made::default(),
            places: 0,
            masked: String::new(),
            spare: String::new(),
            scratch: Vec::new(),
        }
    }

    /// Walks one record whose root is an object, and commits it as a row or rolls it back.
    pub(crate) fn record<S: Sink>(
        &mut self,
        plan: &Plan,
        mode: Mode<'_>,
        doc: Document<'_>,
        origin: (u32, u64),
        sink: &mut S,
        unknown: &mut UnknownFields,
    ) -> Result<Noted, Fail> {
        self.begin();
        let at = sink.row();
        let mut pass = Pass { walk: self, plan, mode, inside: Inside::default(), doc, sink };
        let fits = if pass.walk.fits() { Ok(()) } else { Err(pass.too_much(0, Making::Parsed)) };
        if let Err(fail) = fits.and_then(|()| pass.object(0, 0, at)) {
            // Many log types refuse a record before they have met any field of theirs.
            if self.has_pushed {
                sink.rollback();
            }
            return Err(fail);
        }
        Ok(self.commit(origin, sink, unknown))
    }

    /// Makes what was pushed since [`Self::begin`] a row.
    pub(crate) fn commit<S: Sink>(
        &mut self,
        (source, byte_offset): (u32, u64),
        sink: &mut S,
        unknown: &mut UnknownFields,
    ) -> Noted {
        let without_event_time = self.event_time.is_none();
        if without_event_time {
            self.flags.set(Note::EventTimeMissing, 0, "");
        }
        let row = Row { event_time: self.event_time, source, byte_offset };
        sink.commit(row, self.extra.finish(unknown), self.flags.texts());
        Noted {
            objects_as_arrays: self.objects_as_arrays,
            overridden_keys: self.overridden_keys,
            without_event_time,
            missing_required: self.missing_required,
            invalid_values: self.invalid_values,
        }
    }

    /// Forgets the record before.
    pub(crate) fn begin(&mut self) {
        self.path.clear();
        self.extra.clear();
        self.flags.clear();
        self.event_time = None;
        self.event_time_path.clear();
        self.objects_as_arrays = 0;
        self.overridden_keys = 0;
        self.missing_required = 0;
        self.invalid_values = 0;
        self.has_pushed = false;
        self.made.begin();
        self.places = 0;
    }

    /// Takes `time` as the event time if its field comes before the best so far, in schema order and, below
    /// an array, in the order of the elements.
    fn offer_event_time(&mut self, time: Instant) {
        if self.event_time.is_none() || self.path < self.event_time_path {
            self.event_time = Some(time);
            self.event_time_path.clone_from(&self.path);
        }
    }
}

/// One walk over one record.
struct Pass<'w, 'p, 'd, 's, S> {
    walk: &'w mut Walk,
    plan: &'p Plan,
    mode: Mode<'p>,
    inside: Inside,
    doc: Document<'d>,
    sink: &'s mut S,
}

/// What is special about the part of the record that is being walked.
#[derive(Debug, Clone, Copy, Default)]
struct Inside {
    /// The document was embedded in a text: text at its root is not JSON once more.
    is_embedded: bool,
    /// The value is made from what stands elsewhere, where everything undeclared is kept already.
    is_derived: bool,
}

impl<S: Sink> Pass<'_, '_, '_, '_, S> {
    /// Walks the members of the object at token `token`, whose node is `node`, into index `at`.
    fn object(&mut self, node: NodeId, token: usize, at: u32) -> Result<(), Fail> {
        let doc = self.doc;
        let TokenKind::Object(extent) = doc.tokens[token].kind else {
            return Err(self.mismatch(node, token));
        };
        let members = self.plan.members(node);
        let mut seen = Seen::new(members.len());
        let mut undeclared = Seen::new(0);
        let mut expected = 0;
        let mut key = token + 1;
        while key < extent.next as usize {
            let value = key + 1;
            let TokenKind::String(name) = doc.tokens[key].kind else { break };
            let overridden = self.mode.overridden.is_some_and(|keys| keys[key]);
            self.walk.overridden_keys += u64::from(overridden && !self.inside.is_derived);
            if !overridden {
                if let Some(member) = members.find(name.as_bytes(), expected) {
                    expected = member + 1;
                    if seen.meets(member) {
                        return Err(Fail::RepeatedKey);
                    }
                    let child = members.node(member);
                    self.walk.has_pushed = true;
                    self.walk.path.push(Step::Member(child));
                    if self.value(child, value, at)? {
                        seen.is_present(member);
                    }
                    self.walk.path.pop();
                } else if !self.inside.is_derived {
                    if self.mode.overridden.is_none() && undeclared.meets_name(name) {
                        return Err(Fail::RepeatedKey);
                    }
                    self.undeclared(node, name, value)?;
                }
            }
            key = self.after(value);
        }
        if !members.derived().is_empty() {
            self.walk.has_pushed = true;
            self.derived(node, token, &mut seen, at)?;
        }
        self.check_required(members, &seen)
    }

    fn check_required(&mut self, members: &sawlog_schema::Members, seen: &Seen) -> Result<(), Fail> {
        for &member in members.required() {
            if !seen.was_present(member as usize) {
                let node = members.node(member as usize);
                if !self.mode.keep_missing {
                    self.walk.path.push(Step::Member(node));
                    return Err(self.missing(node));
                }
                let plan = self.plan;
                let is_new =
                    self.walk.flags.set(Note::MissingRequired, node, &plan.nodes[node as usize].path);
                self.walk.missing_required += u64::from(is_new);
            }
        }
        Ok(())
    }

    /// Keeps a value that the schema does not declare.
    fn undeclared(&mut self, object: NodeId, name: &str, value: usize) -> Result<(), Fail> {
        if object == 0 && self.mode.pages.is_some_and(|envelope| envelope.is_candidate(name.as_bytes())) {
            return Err(Fail::MaybePage);
        }
        let walk = &mut *self.walk;
        walk.extra.add(self.plan, &walk.path, object, name, self.doc, value);
        if walk.fits() { Ok(()) } else { Err(self.too_much(object, Making::Undeclared)) }
    }

    /// Index of the token that follows the value at `token`.
    fn after(&self, token: usize) -> usize {
        after(self.doc.tokens, token)
    }

    /// Walks an array, or one object in the place of an array of objects. Returns
    /// whether it counts as present.
    fn array(&mut self, node: NodeId, token: usize, at: u32) -> Result<bool, Fail> {
        let element = node + 1;
        let first = self.sink.list(node);
        let TokenKind::Array(extent) = self.doc.tokens[token].kind else {
            if let Some(text) = self.json_at(node, token) {
                return self.embedded(node, text, at);
            }
            let is_object = matches!(self.doc.tokens[token].kind, TokenKind::Object(_));
            if !is_object || !matches!(self.plan.nodes[element as usize].kind, Kind::Object(_)) {
                return Err(self.mismatch(node, token));
            }
            self.walk.objects_as_arrays += 1;
            self.value(element, token, first)?;
            self.sink.list_end(node, at, first + 1);
            return Ok(true);
        };
        self.take_places(node, extent.len)?;
        let mut value = token + 1;
        for index in 0..extent.len {
            self.walk.path.push(Step::Element(index));
            self.value(element, value, first + index)?;
            self.walk.path.pop();
            value = self.after(value);
        }
        self.sink.list_end(node, at, first + extent.len);
        Ok(true)
    }

    /// Counts the places of a list of so many elements.
    fn take_places(&mut self, node: NodeId, elements: u32) -> Result<(), Fail> {
        let below = self.plan.nodes[node as usize].end - node - 1;
        self.walk.places += u64::from(elements) * u64::from(below);
        if self.walk.places <= MAX_PLACES {
            return Ok(());
        }
        let message = format!(
            "the lists of the record have more than {MAX_PLACES} places with {}: its elements times the \
             fields that are declared in them; declare fewer, or take it as `json`",
            self.name(node)
        );
        Err(self.broken(node, Code::TooManyValues, message))
    }
}

/// Index of the token that follows the value at `token`.
pub(crate) fn after(tokens: &[Token<'_>], token: usize) -> usize {
    match tokens[token].kind {
        TokenKind::Object(extent) | TokenKind::Array(extent) => extent.next as usize,
        _ => token + 1,
    }
}

/// The keys of the object at token `object`, each with its token.
pub(crate) fn keys<'a>(
    tokens: &'a [Token<'a>],
    object: usize,
) -> impl Iterator<Item = (usize, &'a str)> + Clone {
    let end = match tokens[object].kind {
        TokenKind::Object(extent) => extent.next as usize,
        _ => 0,
    };
    let mut next = object + 1;
    std::iter::from_fn(move || {
        let key = next;
        let TokenKind::String(name) = tokens[..end].get(key)?.kind else { return None };
        next = match tokens[key + 1].kind {
            TokenKind::Object(extent) | TokenKind::Array(extent) => extent.next as usize,
            _ => key + 2,
        };
        Some((key, name))
    })
}

/// Whether some key of the record suggests that it is a page.
pub(crate) fn may_be_page(envelope: &Envelope, tokens: &[Token<'_>]) -> bool {
    keys(tokens, 0).any(|(_, name)| envelope.is_candidate(name.as_bytes()))
}

/// Keys of an object that are compared with each other; those of larger ones are hashed.
const FEW_KEYS: u32 = 8;

/// Marks the keys that a later key of the same object overrides, by token.
pub(crate) fn overridden_keys(tokens: &[Token<'_>]) -> Vec<bool> {
    let mut overridden = vec![false; tokens.len()];
    let mut last = HashMap::new();
    for (object, token) in tokens.iter().enumerate() {
        let TokenKind::Object(extent) = token.kind else { continue };
        let mut members = keys(tokens, object);
        if extent.len <= FEW_KEYS {
            while let Some((key, name)) = members.next() {
                overridden[key] = members.clone().any(|(_, later)| later == name);
            }
            continue;
        }
        last.clear();
        for (key, name) in members {
            if let Some(earlier) = last.insert(name, key) {
                overridden[earlier] = true;
            }
        }
    }
    overridden
}
