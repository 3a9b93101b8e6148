//! Derived values: those that a field copies, joins or cuts out of what stands elsewhere in its object.
//!
//! Transformations happen in phases over the whole record: renames, copies, joins, cuts. Nothing is carried
//! out ahead for that. A path is followed when its value is needed, through the record as it was before
//! the phase that asks: a key counts under the name that a rename gave it, and a field that an earlier phase
//! has made is made on the way. Each phase asks for earlier ones only, so that this comes to an end.

use std::borrow::Cow;
use std::cell::Cell;

use sawlog_columns::Sink;
use sawlog_schema::{Kind, Made, Members, NodeId, Phase, Plan};

use super::embedded::{Scratch, read};
use super::seen::Seen;
use super::{Document, Fail, Making, Pass, Step, keys};
use crate::token::TokenKind;

/// What a path leads to.
enum Found<'d> {
    Nothing,
    /// The value at a token.
    Token(usize),
    /// A text that was made, or that stands in JSON which another text holds.
    Text(Cow<'d, str>),
    /// The JSON of a value that stands in JSON which a text holds.
    Json(Vec<u8>),
    /// A text longer than all that may be made of the record.
    TooLong,
}

/// An object of the record in which a path starts or goes on.
#[derive(Clone, Copy)]
struct Place {
    /// What the schema makes of it; nothing for what is not declared.
    node: Option<NodeId>,
    token: usize,
}

impl<S: Sink> Pass<'_, '_, '_, '_, S> {
    /// Walks the derived members of the object at `token`.
    pub(super) fn derived(
        &mut self,
        object: NodeId,
        token: usize,
        seen: &mut Seen,
        at: u32,
    ) -> Result<(), Fail> {
        let members = self.plan.members(object);
        for &member in members.derived() {
            let node = members.node(member as usize);
            let paths = Paths {
                plan: self.plan,
                doc: self.doc,
                is_embedded: self.inside.is_embedded,
                limit: self.walk.made_limit(),
                spare: Cell::new(std::mem::take(&mut self.walk.spare)),
            };
            let found = paths.member(node, Place { node: Some(object), token }, Phase::Done);
            self.walk.spare = paths.spare.into_inner();
            self.walk.path.push(Step::Member(node));
            let was_derived = std::mem::replace(&mut self.inside.is_derived, true);
            let is_present = match found {
                Found::Nothing => false,
                Found::Token(value) => self.value(node, value, at)?,
                Found::Text(text) => {
                    let is_present = self.made_text(node, &text, at)?;
                    if let Cow::Owned(text) = text {
                        self.walk.spare = text;
                    }
                    is_present
                }
                Found::Json(json) => self.json_text(node, &json, at, false)?,
                Found::TooLong => return Err(self.too_much(node, Making::Derived)),
            };
            self.inside.is_derived = was_derived;
            self.walk.path.pop();
            if is_present {
                seen.is_present(member as usize);
            }
        }
        Ok(())
    }
}

/// Follows paths through one document.
struct Paths<'p, 'd> {
    plan: &'p Plan,
    doc: Document<'d>,
    /// Whether the document was embedded in a text, so that text at its root is not JSON once more.
    is_embedded: bool,
    /// Bytes of a text.
    limit: usize,
    /// Memory for a text.
    spare: Cell<String>,
}

impl<'d> Paths<'_, 'd> {
    /// The value that a member of the object has before `phase`.
    fn member(&self, node: NodeId, object: Place, phase: Phase) -> Found<'d> {
        let derived = self.plan.nodes[node as usize].derived.as_deref();
        match derived.and_then(|transform| transform.made_before(phase)) {
            Some(Made::Split(split)) => {
                let found = self.path(&split.from, object, Phase::Split);
                if matches!(found, Found::TooLong) {
                    return found;
                }
                part(self.text(found), &split.separator, split.index)
            }
            Some(Made::Concat(concat)) => self.join(&concat.paths, &concat.separator, object),
            Some(Made::Copy(path)) => self.path(path, object, Phase::Copy),
            None => Found::Nothing,
        }
    }

    fn join(&self, paths: &[String], separator: &str, object: Place) -> Found<'d> {
        let mut joined = self.spare.take();
        joined.clear();
        let mut is_first = true;
        for path in paths {
            let found = self.path(path, object, Phase::Concat);
            let Some(text) = self.text(found) else { continue };
            if !std::mem::take(&mut is_first) {
                joined.push_str(separator);
            }
            joined.push_str(&text);
            if joined.len() > self.limit {
                return Found::TooLong;
            }
        }
        if is_first {
            self.spare.set(joined);
            return Found::Nothing;
        }
        Found::Text(joined.into())
    }

    /// The text of a scalar.
    fn text(&self, found: Found<'d>) -> Option<Cow<'d, str>> {
        match found {
            // Only joins become too long: none is made from another, and a part asks before.
            Found::Nothing | Found::TooLong => None,
            Found::Text(text) => Some(text),
            Found::Json(json) => {
                let is_scalar = !matches!(json.first(), Some(b'{' | b'[' | b'n'));
                is_scalar.then_some(Cow::Owned(String::from_utf8(json).ok()?))
            }
            Found::Token(token) => match self.doc.tokens[token].kind {
                TokenKind::String(text) => Some(text.into()),
                TokenKind::Number { .. } => Some(self.doc.literal(token).into()),
                TokenKind::Bool(true) => Some("true".into()),
                TokenKind::Bool(false) => Some("false".into()),
                TokenKind::Null | TokenKind::Object(_) | TokenKind::Array(_) => None,
            },
        }
    }

    /// Follows a path from an object to what is there before `phase`.
    fn path(&self, path: &str, object: Place, phase: Phase) -> Found<'d> {
        let (mut at, mut rest) = (object, path);
        loop {
            let (found, node, taken) = match self.doc.tokens[at.token].kind {
                TokenKind::Object(_) => match self.step(rest, at, phase) {
                    Some(step) => step,
                    None => return Found::Nothing,
                },
                TokenKind::Array(_) => match self.element(rest, at) {
                    Some(step) => step,
                    None => return Found::Nothing,
                },
                TokenKind::String(text) if self.holds_json(at) => {
                    return self.within(text, at.node, rest, phase);
                }
                _ => return Found::Nothing,
            };
            if taken == rest.len() {
                return found;
            }
            rest = &rest[taken + 1..];
            at = match found {
                Found::Token(value) => Place { node, token: value },
                Found::Text(text) if self.is_json(node) => return self.within(&text, node, rest, phase),
                Found::Json(json) => return self.within_json(&json, node, rest, phase, false),
                Found::TooLong => return Found::TooLong,
                Found::Nothing | Found::Text(_) => return Found::Nothing,
            };
        }
    }

    fn is_json(&self, node: Option<NodeId>) -> bool {
        node.is_some_and(|node| self.plan.nodes[node as usize].embedded)
    }

    fn holds_json(&self, at: Place) -> bool {
        self.is_json(at.node) && !(self.is_embedded && at.token == 0)
    }

    /// One step from an object: the longest key that the rest of the path begins with. Yields what is there,
    /// its node, and how much of the path is taken.
    fn step(&self, rest: &str, object: Place, phase: Phase) -> Option<(Found<'d>, Option<NodeId>, usize)> {
        let empty = Members::default();
        let members = object.node.map_or(&empty, |node| self.plan.members(node));
        let name = |member: u32| self.plan.nodes[members.node(member as usize) as usize].name.as_str();
        let made =
            || members.derived().iter().filter(|&&m| self.is_made_before(members.node(m as usize), phase));
        let mut best = None;
        for &member in made().filter(|&&member| begins_with(rest, name(member))) {
            let (node, len) = (members.node(member as usize), name(member).len());
            let found = self.member(node, object, phase);
            let is_longer = best.as_ref().is_none_or(|(_, _, longest)| *longest < len);
            if is_longer && !matches!(found, Found::Nothing) {
                best = Some((found, Some(node), len));
            }
        }
        for (key, raw) in keys(self.doc.tokens, object.token) {
            let key_of = |member: u32| self.plan.nodes[members.node(member as usize) as usize].key.as_str();
            let renamed = members.renamed().iter().find(|&&member| key_of(member) == raw);
            let seen_as = renamed.map_or(raw, |&member| name(member));
            // Of equal keys the last one counts.
            if !begins_with(rest, seen_as) || best.as_ref().is_some_and(|(_, _, len)| *len > seen_as.len()) {
                continue;
            }
            // What stood under a name that was given to another value is gone.
            let is_gone = renamed.is_none() && members.renamed().iter().any(|&member| name(member) == raw)
                || made().any(|&member| name(member) == seen_as);
            if !is_gone {
                let member = members.find(raw.as_bytes(), usize::MAX);
                best = Some((Found::Token(key + 1), member.map(|m| members.node(m)), seen_as.len()));
            }
        }
        best
    }

    fn is_made_before(&self, node: NodeId, phase: Phase) -> bool {
        let derived = self.plan.nodes[node as usize].derived.as_deref();
        derived.is_some_and(|transform| transform.made_before(phase).is_some())
    }

    /// One step from an array, whose elements are named by their numbers.
    fn element(&self, rest: &str, array: Place) -> Option<(Found<'d>, Option<NodeId>, usize)> {
        let number = rest.split('.').next().unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let index: u32 = number.parse().ok().filter(|_| is_number)?;
        let TokenKind::Array(extent) = self.doc.tokens[array.token].kind else { return None };
        if index >= extent.len {
            return None;
        }
        let mut token = array.token + 1;
        for _ in 0..index {
            token = super::after(self.doc.tokens, token);
        }
        let is_array = |node: &NodeId| self.plan.nodes[*node as usize].kind == Kind::Array;
        Some((Found::Token(token), array.node.filter(is_array).map(|node| node + 1), number.len()))
    }

    /// Follows the rest of a path within JSON that a text holds.
    fn within(&self, text: &str, node: Option<NodeId>, rest: &str, phase: Phase) -> Found<'d> {
        self.within_json(text.as_bytes(), node, rest, phase, true)
    }

    fn within_json(
        &self,
        json: &[u8],
        node: Option<NodeId>,
        rest: &str,
        phase: Phase,
        is_embedded: bool,
    ) -> Found<'d> {
        let found = read(json, &mut Scratch::default(), |doc| {
            let Self { plan, limit, .. } = *self;
            let inner = Paths { plan, doc, is_embedded, limit, spare: Cell::default() };
            match inner.path(rest, Place { node, token: 0 }, phase) {
                Found::Nothing => Found::Nothing,
                Found::TooLong => Found::TooLong,
                Found::Json(json) => Found::Json(json),
                Found::Text(text) => Found::Text(text.into_owned().into()),
                Found::Token(token) => match doc.tokens[token].kind {
                    TokenKind::String(text) => Found::Text(text.to_owned().into()),
                    _ => Found::Json(doc.source(token).to_vec()),
                },
            }
        });
        // A text that is no JSON costs the event where it is decoded; here it leads nowhere.
        found.unwrap_or(Found::Nothing)
    }
}

/// Whether `key` is the whole path, or its first step.
fn begins_with(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Part number `index` of a text.
fn part<'d>(text: Option<Cow<'d, str>>, separator: &str, index: u32) -> Found<'d> {
    match text {
        Some(Cow::Borrowed(text)) => {
            text.split(separator).nth(index as usize).map_or(Found::Nothing, |part| Found::Text(part.into()))
        }
        Some(Cow::Owned(text)) => {
            let part = text.split(separator).nth(index as usize).map(str::to_owned);
            part.map_or(Found::Nothing, |part| Found::Text(part.into()))
        }
        None => Found::Nothing,
    }
}
