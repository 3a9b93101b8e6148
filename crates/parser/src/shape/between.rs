//! What stands between two values, read token by token.
//!
//! Behind a value, the schema says what may come: of an object another member or its end, of a list another
//! element or its end. Keys are looked up, and so it goes on until there is a value of which only the place
//! is known. What was read on the way is a literal, and mostly worth to be learned. Records with keys in any
//! order have no end of literals: where too many were met, what comes is read here again and again.

use std::mem::take;

use sawlog_columns::Sink;
use sawlog_schema::NodeId;

use super::follow::Run;
use super::known::{Class, Known, Value};
use super::literal::{Literal, State};
use super::skip::has_controls;
use super::undeclared::behind_undeclared;
use super::{
    END, Form, MAX_CHOICES, MAX_LEARNED_BYTES, MAX_LITERAL_BYTES, MAX_STEPS, Next, Owner, Step, behind,
    states_of,
};
use crate::reference::string;

/// What the event stands in, and any other document.
const NOWHERE: NodeId = NodeId::MAX;

impl Known {
    /// Whether there is room for what comes behind a value.
    #[inline]
    fn learns(&self, state: &State) -> bool {
        let is_full = self.literals >= self.max_literals || self.learned_bytes >= MAX_LEARNED_BYTES;
        !is_full && state.choices.len() < MAX_CHOICES
    }

    /// Forgets all literals.
    #[cold]
    pub(super) fn forget_literals(&mut self, states: &mut [State]) {
        for literal in states.iter_mut().flat_map(|state| take(state).choices) {
            self.literals -= 1;
            self.learned_bytes -= literal.bytes();
        }
    }

    /// What comes behind a literal that ends before a value in some form.
    #[inline]
    fn next(&self, (value, form): (Value, Form)) -> Next {
        match value {
            Value::Declared(node) => Next::Value { node, form, owner: self.owner(node) },
            Value::Undeclared(number) => Next::Undeclared(number as usize),
            Value::End => Next::End,
        }
    }

    fn learn(&mut self, state: &mut State, text: &[u8], steps: &[Step], next: Next) {
        if text.len() <= MAX_LITERAL_BYTES && steps.len() <= MAX_STEPS {
            let literal = Literal::new(text, steps, next);
            self.literals += 1;
            self.learned_bytes += literal.bytes();
            state.choices.push(literal);
        }
    }
}

impl<S: Sink> Run<'_, S> {
    /// Goes on behind a value, or from the record's start, where no literal fits, to behind the next value.
    #[inline(never)]
    pub(super) fn by_hand(&mut self, states: &mut Vec<State>, state: usize) -> Option<usize> {
        if self.known.learns(&states[state]) {
            return self.learn_on(states, state);
        }
        let next = self.read::<false>(state)?;
        self.add_states(states);
        let next = self.known.next(next);
        self.arrive(&next)
    }

    /// Reads the whole record without a look at what was learned. Returns the bits of the event's members
    /// that were met.
    #[inline(never)]
    pub(super) fn all_by_hand(&mut self, states: &mut Vec<State>) -> Option<u64> {
        let event = self.event()?;
        self.all_from(event)?;
        self.add_states(states);
        self.met()
    }

    /// Reads the document that a text holds for an object or a list.
    pub(super) fn document(&mut self) -> Option<()> {
        let (node, first) = (self.root, self.token()?);
        self.place += 1;
        let value = match (self.known.class(node), first) {
            (Class::Object, b'{') => {
                self.known.meet(self.plan, node)?;
                self.sink.object(node, self.at);
                self.begin_object(node, 0);
                self.first_member::<false>(node)?
            }
            (Class::List, b'[') => {
                self.list(node);
                self.first_element::<false>(node)?
            }
            _ => return None,
        };
        self.all_from(value)
    }

    /// Reads a document from a value on without a look at what was learned.
    #[inline(never)]
    fn all_from(&mut self, mut value: Value) -> Option<()> {
        loop {
            let next = self.read_on::<false>(value)?;
            let next = self.known.next(next);
            let state = self.arrive(&next)?;
            if state == END {
                return Some(());
            }
            let container = self.container_of(state)?;
            value = self.behind::<false>(container)?;
        }
    }

    #[cold]
    fn learn_on(&mut self, states: &mut Vec<State>, state: usize) -> Option<usize> {
        let start = self.place;
        self.steps.clear();
        let next = self.read::<true>(state)?;
        let next = self.known.next(next);
        self.add_states(states);
        let text = &self.text.as_bytes()[start..self.place];
        self.known.learn(&mut states[state], text, self.steps, next);
        self.arrive(&next)
    }

    /// There is a state behind each undeclared member, and one that is new may be next.
    #[inline]
    fn add_states(&self, states: &mut Vec<State>) {
        let len = behind_undeclared(self.plan, self.known.undeclared.len());
        if states.len() < len {
            states.resize_with(len, State::default);
        }
    }

    /// Reads on from a state to the next value that is not part of a literal. Steps are noted where they are
    /// to be learned.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a copy for each caller, of which one learns and one does not")]
    fn read<const LEARNS: bool>(&mut self, state: usize) -> Option<(Value, Form)> {
        let value = if state == 0 {
            self.event()?
        } else {
            let container = self.container_of(state)?;
            self.behind::<LEARNS>(container)?
        };
        self.read_on::<LEARNS>(value)
    }

    /// The event, which begins. Nothing else is one, not even a null.
    fn event(&mut self) -> Option<Value> {
        (self.token()? == b'{').then_some(Value::Declared(0))
    }

    /// The same as [`Self::read`], from a value on that comes next.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a part of its callers")]
    fn read_on<const LEARNS: bool>(&mut self, mut value: Value) -> Option<(Value, Form)> {
        loop {
            let Value::Declared(node) = value else {
                if value != Value::End {
                    self.token()?;
                }
                return Some((value, Form::Json));
            };
            let (class, first) = (self.known.class(node), self.token()?);
            let container = match (class, first) {
                (Class::Scalar | Class::Text | Class::Boolean, b'"') => {
                    self.place += 1;
                    return Some((value, Form::Text));
                }
                (Class::Object, b'{') => {
                    self.open_object::<LEARNS>(node)?;
                    value = self.first_member::<LEARNS>(node)?;
                    continue;
                }
                (Class::Json, _) => return Some((value, Form::Json)),
                (Class::List, b'[') => {
                    self.open_list::<LEARNS>(node)?;
                    value = self.first_element::<LEARNS>(node)?;
                    continue;
                }
                (Class::Object | Class::List, b'"') if self.plan.nodes[node as usize].embedded => {
                    self.place += 1;
                    return Some((value, Form::Embedded));
                }
                (Class::Scalar | Class::Text | Class::Boolean, b'-' | b'0'..=b'9') => {
                    return Some((value, Form::Number));
                }
                _ => self.word::<LEARNS>((node, class), first)?,
            };
            value = self.behind::<LEARNS>(container)?;
        }
    }

    /// The value that comes first in an object that has begun, or behind it if it is empty.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a part of its callers")]
    fn first_member<const LEARNS: bool>(&mut self, object: NodeId) -> Option<Value> {
        if self.token()? != b'}' {
            return self.member(object);
        }
        self.place += 1;
        let container = self.end_object::<LEARNS>(object)?;
        self.behind::<LEARNS>(container)
    }

    /// The same of a list.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a part of its callers")]
    fn first_element<const LEARNS: bool>(&mut self, list: NodeId) -> Option<Value> {
        if self.token()? != b']' {
            return Some(self.next_element::<LEARNS>(list));
        }
        self.place += 1;
        let container = self.end_list::<LEARNS>(list)?;
        self.behind::<LEARNS>(container)
    }

    /// The object or the list that the value stands in which a state is behind. The closing quote is passed.
    #[inline]
    fn container_of(&mut self, state: usize) -> Option<NodeId> {
        if let Some(number) = state.checked_sub(states_of(self.plan)) {
            return Some(self.known.undeclared[number].object);
        }
        let node = ((state - 1) / 2) as NodeId;
        if state == behind(node, Form::Text) {
            self.take(b"\"")?;
        }
        Some(self.known.container(node))
    }

    /// The value that comes next behind another one in an object or a list.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a part of its caller")]
    fn behind<const LEARNS: bool>(&mut self, mut container: NodeId) -> Option<Value> {
        loop {
            if container == NOWHERE {
                return Some(Value::End);
            }
            let is_list = self.known.is_list(container);
            let token = self.token()?;
            self.place += 1;
            container = match token {
                b',' if is_list => return Some(self.next_element::<LEARNS>(container)),
                b',' => return self.member(container),
                b']' if is_list => self.end_list::<LEARNS>(container)?,
                b'}' if !is_list => self.end_object::<LEARNS>(container)?,
                _ => return None,
            };
        }
    }

    /// Notes a step that was done.
    #[inline]
    fn note<const LEARNS: bool>(&mut self, step: Step) {
        if LEARNS {
            self.steps.push(step);
        }
    }

    /// Passes over what must come.
    #[inline]
    fn take(&mut self, expected: &[u8]) -> Option<()> {
        self.record[self.place..].starts_with(expected).then(|| self.place += expected.len())
    }

    /// Passes over blanks to the next byte.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is two instructions, mostly")]
    fn token(&mut self) -> Option<u8> {
        let byte = *self.record.get(self.place)?;
        if byte > b' ' { Some(byte) } else { self.behind_blanks() }
    }

    #[cold]
    fn behind_blanks(&mut self) -> Option<u8> {
        loop {
            match *self.record.get(self.place)? {
                b' ' | b'\t' | b'\n' | b'\r' => self.place += 1,
                other => return Some(other),
            }
        }
    }

    #[inline]
    fn next_element<const LEARNS: bool>(&mut self, list: NodeId) -> Value {
        self.note::<LEARNS>(Step::Element(list));
        self.element(list);
        Value::Declared(list + 1)
    }

    /// A list ends. Returns what it stands in.
    fn end_list<const LEARNS: bool>(&mut self, list: NodeId) -> Option<NodeId> {
        self.note::<LEARNS>(Step::ListEnd(list));
        self.list_end(list);
        self.ended::<LEARNS>(list)
    }

    /// An object ends. Returns what it stands in.
    #[inline]
    fn end_object<const LEARNS: bool>(&mut self, object: NodeId) -> Option<NodeId> {
        if self.known.recipes.any() && !self.plan.members(object).derived().is_empty() {
            self.note::<LEARNS>(Step::Make(object));
            self.make(object)?;
        }
        let required = self.known.meet(self.plan, object)?;
        if required != 0 {
            self.note::<LEARNS>(Step::ObjectEnd(object, required));
            self.object_end(object, required)?;
        }
        self.ended::<LEARNS>(object)
    }

    /// An object or a list has ended, which was a value itself, or all of the document.
    #[inline]
    fn ended<const LEARNS: bool>(&mut self, node: NodeId) -> Option<NodeId> {
        if node == self.root {
            return (self.place == self.record.len()).then_some(NOWHERE);
        }
        let owner = self.known.owner(node);
        self.has_value::<LEARNS>(owner);
        Some(self.known.container(node))
    }

    #[inline]
    fn has_value<const LEARNS: bool>(&mut self, owner: Owner) {
        if owner.required != 0 {
            self.note::<LEARNS>(Step::Present(owner.object, owner.required));
            self.present(owner.object, owner.required);
        }
    }

    /// The key of a member whose value is told by the literal itself.
    #[inline]
    fn key<const LEARNS: bool>(&mut self, owner: Owner) -> Option<()> {
        if owner.member == 0 {
            return Some(());
        }
        if LEARNS {
            match self.steps.last_mut() {
                Some(Step::Keys(object, keys) | Step::Object { node: object, keys, .. })
                    if *object == owner.object && *keys & owner.member == 0 =>
                {
                    *keys |= owner.member;
                }
                _ => self.steps.push(Step::Keys(owner.object, owner.member)),
            }
        }
        self.keys(owner.object, owner.member)
    }

    /// A key, and the colon behind it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a part of its callers")]
    fn member(&mut self, object: NodeId) -> Option<Value> {
        if self.token()? != b'"' {
            return None;
        }
        let start = self.place + 1;
        let (end, has_escapes) = self.index.string_from(self.record, start)?;
        self.place = end + 1;
        if self.token()? != b':' {
            return None;
        }
        self.place += 1;
        if !has_escapes {
            let text = self.record.get(start..)?;
            if let Some(node) = self.known.member(self.plan, object, text, end - start) {
                return Some(Value::Declared(node));
            }
        }
        self.odd_member(object, self.text.get(start..end)?, has_escapes)
    }

    /// A key that has escapes, or is not declared.
    #[cold]
    fn odd_member(&mut self, object: NodeId, key: &str, has_escapes: bool) -> Option<Value> {
        let mut memory = Vec::new();
        let mut name = key;
        if has_escapes {
            memory.extend_from_slice(key.as_bytes());
            name = if has_controls(&memory) { None } else { string::decode(&mut memory, true).ok() }?;
        }
        if let Some(node) = self.known.member(self.plan, object, name.as_bytes(), name.len()) {
            return Some(Value::Declared(node));
        }
        self.undeclared_member(object, name).map(|number| Value::Undeclared(number as u32))
    }

    /// Number of a member that is not declared. None if it may mean that the record is none of this log type,
    /// or that something is made from it.
    fn undeclared_member(&mut self, object: NodeId, name: &str) -> Option<usize> {
        if let Some(number) = self.known.find_undeclared(object, name) {
            return Some(number);
        }
        let is_declared = self.plan.members(object).find(name.as_bytes(), 0).is_some();
        let may_mean = self.known.recipes.may_mean(self.plan, object, name);
        let is_odd = is_declared || may_mean || object == 0 && self.known.is_foreign(name);
        if is_odd { None } else { self.known.add_undeclared(self.plan, object, name) }
    }

    #[inline]
    fn open_object<const LEARNS: bool>(&mut self, node: NodeId) -> Option<()> {
        let Owner { object: parent, member: key, .. } = self.known.owner(node);
        self.known.meet(self.plan, node)?;
        self.note::<LEARNS>(Step::Object { parent, key, node, keys: 0 });
        self.place += 1;
        self.object(parent, key, node, 0)
    }

    #[inline]
    fn open_list<const LEARNS: bool>(&mut self, node: NodeId) -> Option<()> {
        self.key::<LEARNS>(self.known.owner(node))?;
        self.note::<LEARNS>(Step::List(node));
        self.place += 1;
        self.list(node);
        Some(())
    }

    /// A null or a boolean. Returns what it stands in.
    fn word<const LEARNS: bool>(&mut self, (node, class): (NodeId, Class), first: u8) -> Option<NodeId> {
        let owner = self.known.owner(node);
        match (class, first) {
            (_, b'n') => {
                self.take(b"null")?;
                self.key::<LEARNS>(owner)?;
            }
            (Class::Boolean | Class::Text, b't' | b'f') => {
                let value = first == b't';
                self.take(if value { b"true" } else { b"false" })?;
                self.key::<LEARNS>(owner)?;
                if class == Class::Boolean {
                    self.note::<LEARNS>(Step::Boolean(node, value));
                    self.boolean(node, value);
                } else {
                    self.note::<LEARNS>(Step::Word(node, value));
                    self.spelled(node, value)?;
                }
                self.has_value::<LEARNS>(owner);
            }
            _ => return None,
        }
        Some(self.known.container(node))
    }
}
