//! What was seen of a log: one *shape* for each path, in an arena.
//!
//! A record is walked once, token by token, without a stack of calls. The member that came next in the last
//! object is tried first, so that records of one kind find their shapes by one comparison a key. Nothing is
//! kept of a value beyond what [`Texts`] and [`Numbers`] need, and the arena has an end, so that memory does
//! not grow with the log.

use std::collections::{HashMap, HashSet};

use sawlog_parser::{Token, TokenKind};

use super::number::Numbers;
use super::text::Texts;
use crate::limits::{INFERRED_KEYS, INFERRED_SHAPES};

/// Number of a shape in the arena. The event itself is number 0.
pub(crate) type ShapeId = u32;

/// Bytes of a key that is worth a field; the path of a field has a limit, too.
const KEY_BYTES: usize = 512;

/// Bytes of the value that is shown as an example.
const EXAMPLE_BYTES: usize = 64;

/// Members from which on a table finds them, rather than one comparison after the other.
const SEARCHED: usize = 8;

/// Everything seen under one path.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub(crate) nulls: u64,
    pub(crate) booleans: u64,
    pub(crate) numbers: Numbers,
    pub(crate) texts: Texts,
    pub(crate) objects: Objects,
    pub(crate) arrays: u64,
    pub(crate) empty_arrays: u64,
    /// What the arrays hold.
    pub(crate) element: Option<ShapeId>,
    /// The beginning of the first value other than null, as JSON.
    pub(crate) example: Option<Box<str>>,
    /// Whether it is known to be no more than JSON, so that nothing below it is looked at.
    pub(crate) is_closed: bool,
    /// Whether a schema declares it.
    is_declared: bool,
    /// What its texts should be, where a schema says so.
    pub(crate) watch: Option<Box<Watch>>,
}

/// The values that a field may have, and those that it has besides.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    pub(crate) allowed: HashSet<Box<str>>,
    pub(crate) others: u64,
    /// The first few of the others, with their counts.
    pub(crate) shown: Vec<(Box<str>, u64)>,
}

/// Values besides the allowed ones that are told apart.
const SHOWN_OTHERS: usize = 20;

impl Watch {
    fn add(&mut self, text: &str) {
        if self.allowed.contains(text) {
            return;
        }
        self.others += 1;
        let cut = text.char_indices().nth(EXAMPLE_BYTES).map_or(text, |(end, _)| &text[..end]);
        if let Some((_, count)) = self.shown.iter_mut().find(|(known, _)| **known == *cut) {
            *count += 1;
        } else if self.shown.len() < SHOWN_OTHERS {
            self.shown.push((cut.into(), 1));
        }
    }
}

impl Shape {
    /// Values seen, nulls included.
    pub(crate) fn count(&self) -> u64 {
        let scalars = self.booleans + self.numbers.count() + self.texts.count;
        self.nulls + scalars + self.objects.count + self.arrays
    }
}

/// The objects seen under one path.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    pub(crate) count: u64,
    pub(crate) empty: u64,
    /// In order of first appearance.
    pub(crate) members: Vec<Member>,
    table: HashMap<Box<str>, u32>,
    /// The member that is expected next.
    next: usize,
    /// Whether there are members besides these.
    pub(crate) has_more: bool,
}

/// One key of the objects under a path.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: Box<str>,
    pub(crate) shape: ShapeId,
    /// Objects in which it is there and not null.
    pub(crate) filled: u64,
    /// The last object that had it, and whether it was filled there.
    last: (u64, bool),
}

/// All shapes of a log.
#[derive(Debug)]
pub(crate) struct Shapes {
    list: Vec<Shape>,
    /// Objects and arrays around the value that is being read.
    open: Vec<Open>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    shape: ShapeId,
    is_object: bool,
    /// Index of the first token behind it.
    end: usize,
}

impl Shapes {
    pub(crate) fn new() -> Self {
        Self { list: vec![Shape::default()], open: Vec::new() }
    }

    pub(crate) fn get(&self, shape: ShapeId) -> &Shape {
        &self.list[shape as usize]
    }

    pub(crate) fn event(&self) -> &Shape {
        self.get(0)
    }

    /// The shape of a member that a schema declares, whether it is ever seen or not.
    pub(crate) fn declare(&mut self, object: ShapeId, name: &str) -> ShapeId {
        let number = self.find(object, name).unwrap_or_else(|| self.add(object, name));
        self.list[object as usize].is_declared = true;
        self.list[object as usize].objects.members[number].shape
    }

    /// Takes note of the texts of a shape that are none of these.
    pub(crate) fn watch(&mut self, shape: ShapeId, allowed: &[String]) {
        let allowed = allowed.iter().map(|text| text.as_str().into()).collect();
        self.list[shape as usize].watch = Some(Box::new(Watch { allowed, ..Watch::default() }));
    }

    /// The shape of the elements of an array.
    pub(crate) fn element(&mut self, array: ShapeId) -> ShapeId {
        if let Some(element) = self.list[array as usize].element {
            return element;
        }
        let element = self.push();
        self.list[array as usize].element = Some(element);
        element
    }

    /// Leaves aside what is below a shape.
    pub(crate) fn close(&mut self, shape: ShapeId) {
        self.list[shape as usize].is_closed = true;
    }

    fn push(&mut self) -> ShapeId {
        self.list.push(Shape::default());
        (self.list.len() - 1) as ShapeId
    }

    /// Adds one record.
    pub(crate) fn add_record(&mut self, raw: &[u8], tokens: &[Token<'_>]) {
        let mut at = self.value(0, raw, tokens, 0);
        while let Some(&Open { shape, is_object, end }) = self.open.last() {
            if at >= end {
                self.open.pop();
            } else if !is_object {
                let element = self.element(shape);
                at = self.value(element, raw, tokens, at);
            } else if let TokenKind::String(name) = tokens[at].kind {
                at = self.member(shape, name, raw, tokens, at + 1);
            } else {
                // A key is a string, always.
                at += 1;
            }
        }
    }

    /// Adds the member whose value is token `at`; returns the token behind what was read of it.
    fn member(&mut self, object: ShapeId, name: &str, raw: &[u8], tokens: &[Token<'_>], at: usize) -> usize {
        let Some(number) = self.find(object, name).or_else(|| self.may_add(object, name)) else {
            self.list[object as usize].objects.has_more = true;
            return behind(tokens, at);
        };
        let objects = &mut self.list[object as usize].objects;
        let member = &mut objects.members[number];
        let is_filled = tokens[at].kind != TokenKind::Null;
        // Of a key that stands twice, the last one counts.
        if member.last == (objects.count, true) {
            member.filled -= 1;
        }
        member.filled += u64::from(is_filled);
        member.last = (objects.count, is_filled);
        objects.next = number + 1;
        let shape = member.shape;
        self.value(shape, raw, tokens, at)
    }

    fn find(&self, object: ShapeId, name: &str) -> Option<usize> {
        let Objects { members, table, next, .. } = &self.list[object as usize].objects;
        if members.get(*next).is_some_and(|member| *member.name == *name) {
            return Some(*next);
        }
        if table.is_empty() {
            return members.iter().position(|member| *member.name == *name);
        }
        table.get(name).map(|number| *number as usize)
    }

    fn may_add(&mut self, object: ShapeId, name: &str) -> Option<usize> {
        // Only the event itself must have fields, and what has some already.
        let Shape { objects, is_declared, .. } = &self.list[object as usize];
        let is_wide = object != 0 && !is_declared && objects.members.len() >= INFERRED_KEYS;
        if is_wide {
            self.close(object);
        }
        let is_full = is_wide || self.list.len() >= INFERRED_SHAPES || name.len() > KEY_BYTES;
        (!is_full).then(|| self.add(object, name))
    }

    fn add(&mut self, object: ShapeId, name: &str) -> usize {
        let shape = self.push();
        let Objects { members, table, .. } = &mut self.list[object as usize].objects;
        let number = members.len();
        members.push(Member { name: name.into(), shape, filled: 0, last: (0, false) });
        if !table.is_empty() {
            table.insert(name.into(), number as u32);
        } else if members.len() > SEARCHED {
            table.extend((0u32..).zip(members).map(|(number, member)| (member.name.clone(), number)));
        }
        number
    }

    /// Adds a value, and opens it if there is something in it; returns the token behind what was read.
    fn value(&mut self, id: ShapeId, raw: &[u8], tokens: &[Token<'_>], at: usize) -> usize {
        let shape = &mut self.list[id as usize];
        let token = &tokens[at];
        if shape.example.is_none() && token.kind != TokenKind::Null {
            shape.example = Some(example(raw, token));
        }
        match token.kind {
            TokenKind::Null => shape.nulls += 1,
            TokenKind::Bool(_) => shape.booleans += 1,
            TokenKind::Number { end } => shape.numbers.add(&raw[token.at as usize..end as usize]),
            TokenKind::String(text) => {
                shape.texts.add(text);
                if let Some(watch) = &mut shape.watch {
                    watch.add(text);
                }
            }
            TokenKind::Object(extent) => {
                shape.objects.count += 1;
                shape.objects.empty += u64::from(extent.len == 0);
                shape.objects.next = 0;
                return self.enter(id, true, at, extent.next as usize);
            }
            TokenKind::Array(extent) => {
                shape.arrays += 1;
                shape.empty_arrays += u64::from(extent.len == 0);
                let is_full = shape.element.is_none() && self.list.len() >= INFERRED_SHAPES;
                if is_full {
                    self.close(id);
                }
                return self.enter(id, false, at, extent.next as usize);
            }
        }
        at + 1
    }

    fn enter(&mut self, shape: ShapeId, is_object: bool, at: usize, end: usize) -> usize {
        if self.list[shape as usize].is_closed || end == at + 1 {
            return end;
        }
        self.open.push(Open { shape, is_object, end });
        at + 1
    }
}

/// The first token behind the value of token `at`.
fn behind(tokens: &[Token<'_>], at: usize) -> usize {
    match tokens[at].kind {
        TokenKind::Object(extent) | TokenKind::Array(extent) => extent.next as usize,
        _ => at + 1,
    }
}

/// The beginning of a value, as it stands in the log.
fn example(raw: &[u8], token: &Token<'_>) -> Box<str> {
    let start = token.at as usize;
    let end = match token.kind {
        TokenKind::Number { end } => end as usize,
        TokenKind::Object(extent) | TokenKind::Array(extent) => extent.end as usize,
        TokenKind::String(_) => end_of_string(raw, start),
        TokenKind::Bool(value) => start + if value { 4 } else { 5 },
        TokenKind::Null => start + 4,
    };
    let is_cut = end > start + EXAMPLE_BYTES;
    let shown = raw.get(start..end.min(start + EXAMPLE_BYTES)).unwrap_or_default();
    // Line breaks stand between values only, and would break the line on which the example is shown.
    let mut text = String::from_utf8_lossy(shown).trim_end_matches('\u{fffd}').replace(['\n', '\r'], " ");
    if is_cut {
        text.push('…');
    }
    text.into()
}

/// Offset behind the closing quote of the string that begins at `start`, or somewhere beyond what is shown.
fn end_of_string(raw: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < raw.len().min(start + EXAMPLE_BYTES + 1) && raw[at] != b'"' {
        at += if raw[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}
