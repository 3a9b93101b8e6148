//! Learning the literals of a record that the general path has accepted.

use sawlog_schema::{Kind, Node, NodeId, Plan};

use super::follow::Frame;
use super::literal::Literal;
use super::undeclared::behind_undeclared;
use super::{
    Form, MAX_CHOICES, MAX_LEARNED_BYTES, MAX_LITERAL_BYTES, MAX_LITERALS, MAX_MEMBERS, MAX_STEPS, Next,
    Owner, Shapes, State, Step, behind, states_of,
};
use crate::json_text::string_end;
use crate::token::TokenKind;
use crate::walk::{Document, after};

/// The record has something that is not followed.
struct Unfit;

impl Shapes {
    /// Learns from a record that could not be followed and became a row of `plan` without anything to note:
    /// every key stood once. `is_foreign` tells of undeclared members of the event which mean that other
    /// records like it may be no events of this log type.
    pub(crate) fn learn(&mut self, plan: &Plan, doc: Document<'_>, is_foreign: &dyn Fn(&str) -> bool) {
        if !self.is_lesson || self.is_full() {
            return;
        }
        if self.states.is_empty() {
            self.states.resize_with(states_of(plan), State::default);
            let is_plain = |id| is_plain(&plan.nodes[id as usize]) && !self.recipes.is_source(id);
            self.plain = (0..plan.nodes.len() as NodeId).map(is_plain).collect();
            self.members.resize(plan.nodes.len(), Vec::new());
            self.frames.resize(plan.nodes.len(), Frame::default());
            self.depths = depths(plan);
        }
        let mut lesson =
            Lesson { shapes: self, plan, doc, is_foreign, state: 0, start: 0, steps: Vec::new() };
        // What was learned before something unfit is met is true all the same.
        if lesson.object(0, 0, Owner::default()).is_ok() {
            lesson.add(doc.raw.len(), Next::End);
        }
    }
}

impl Shapes {
    /// The bit of a member of an object, unless there are too many.
    fn bit(&mut self, plan: &Plan, object: NodeId, member: usize) -> Result<u64, Unfit> {
        let members = &mut self.members[object as usize];
        if let Some(place) = members.iter().position(|known| *known as usize == member) {
            return Ok(1 << place);
        }
        if members.len() == MAX_MEMBERS {
            return Err(Unfit);
        }
        let bit = 1 << members.len();
        members.push(member as u32);
        if object == 0 {
            let key = plan.nodes[plan.members(0).node(member) as usize].key.as_bytes();
            let declaring = self.rivals.iter_mut().filter(|(plan, _)| plan.members(0).find(key, 0).is_some());
            declaring.for_each(|(_, shared)| *shared |= bit);
        }
        Ok(bit)
    }

    /// Gives each derived member of an object its bit.
    fn give_bits(&mut self, plan: &Plan, object: NodeId) -> Result<(), Unfit> {
        let mut recipes = std::mem::take(&mut self.recipes);
        let given = recipes
            .of(object)
            .iter_mut()
            .try_for_each(|recipe| self.bit(plan, object, recipe.member).map(|bit| recipe.bit = bit));
        self.recipes = recipes;
        given
    }

    fn is_full(&self) -> bool {
        self.literals >= MAX_LITERALS || self.learned_bytes >= MAX_LEARNED_BYTES
    }
}

struct Lesson<'s, 'd> {
    shapes: &'s mut Shapes,
    plan: &'s Plan,
    doc: Document<'d>,
    is_foreign: &'s dyn Fn(&str) -> bool,
    /// Where the literal at hand begins: behind which value, and at which byte.
    state: usize,
    start: usize,
    steps: Vec<Step>,
}

impl Lesson<'_, '_> {
    /// The members of an object. The depth is that of the schema.
    fn object(&mut self, node: NodeId, token: usize, owner: Owner) -> Result<(), Unfit> {
        let (plan, doc) = (self.plan, self.doc);
        let TokenKind::Object(extent) = doc.tokens[token].kind else { return Err(Unfit) };
        let members = plan.members(node);
        let mut required = 0;
        for &member in members.required() {
            required |= self.shapes.bit(plan, node, member as usize)?;
        }
        self.steps.push(Step::Object { parent: owner.object, key: owner.member, node, keys: 0 });
        let (mut key, mut expected) = (token + 1, 0);
        while key < extent.next as usize {
            let TokenKind::String(name) = doc.tokens[key].kind else { return Err(Unfit) };
            if let Some(member) = members.find(name.as_bytes(), expected) {
                expected = member + 1;
                let bit = self.shapes.bit(plan, node, member)?;
                let owner = Owner { object: node, member: bit, required: bit & required };
                self.value(members.node(member), key + 1, owner)?;
            } else {
                self.undeclared(node, name, key + 1)?;
            }
            key = after(doc.tokens, key + 1);
        }
        if !members.derived().is_empty() {
            self.shapes.give_bits(plan, node)?;
            self.steps.push(Step::Make(node));
        }
        if required != 0 {
            self.steps.push(Step::ObjectEnd(node, required));
        }
        Ok(())
    }

    /// The key of a member whose value is told by the literal itself.
    fn key(&mut self, owner: Owner) {
        if owner.member == 0 {
            return;
        }
        match self.steps.last_mut() {
            Some(Step::Keys(object, keys) | Step::Object { node: object, keys, .. })
                if *object == owner.object =>
            {
                *keys |= owner.member;
            }
            _ => self.steps.push(Step::Keys(owner.object, owner.member)),
        }
    }

    /// The value at `token`, of a member `name` of `object` that is not declared.
    fn undeclared(&mut self, object: NodeId, name: &str, token: usize) -> Result<(), Unfit> {
        let may_mean = self.shapes.recipes.may_mean(self.plan, object, name);
        if may_mean || object == 0 && (self.is_foreign)(name) {
            return Err(Unfit);
        }
        let number = self.shapes.undeclared(self.plan, object, name).ok_or(Unfit)?;
        let start = self.doc.tokens[token].at as usize;
        self.add(start, Next::Undeclared(number));
        let state = behind_undeclared(self.plan, number);
        self.continue_behind(state, start + self.doc.source(token).len());
        Ok(())
    }

    /// The value at `token`, of the member that is told by `owner`, or of an element.
    fn value(&mut self, node: NodeId, token: usize, owner: Owner) -> Result<(), Unfit> {
        let declared = &self.plan.nodes[node as usize];
        let value = self.doc.tokens[token];
        let start = value.at as usize;
        match (&declared.kind, value.kind) {
            (_, TokenKind::String(_)) if declared.embedded => return Err(Unfit),
            (Kind::Json, _) => {
                self.add(start, Next::Value { node, form: Form::Json, owner });
                self.continue_behind(behind(node, Form::Json), start + self.doc.source(token).len());
                return Ok(());
            }
            (_, TokenKind::Null) => {
                self.key(owner);
                return Ok(());
            }
            (Kind::Object(_), TokenKind::Object(_)) => self.object(node, token, owner)?,
            (Kind::Array, TokenKind::Array(extent)) => {
                self.key(owner);
                self.steps.push(Step::List(node));
                let mut element = token + 1;
                for _ in 0..extent.len {
                    self.steps.push(Step::Element(node));
                    self.value(node + 1, element, Owner::default())?;
                    element = after(self.doc.tokens, element);
                }
                self.steps.push(Step::ListEnd(node));
            }
            (Kind::Boolean, TokenKind::Bool(value)) => {
                self.key(owner);
                self.steps.push(Step::Boolean(node, value));
            }
            (Kind::Object(_) | Kind::Array, _) | (_, TokenKind::Object(_) | TokenKind::Array(_)) => {
                return Err(Unfit);
            }
            (_, TokenKind::String(_)) => {
                self.add(start + 1, Next::Value { node, form: Form::Text, owner });
                self.continue_behind(behind(node, Form::Text), string_end(self.doc.raw, start) - 1);
                return Ok(());
            }
            (_, TokenKind::Number { end }) => {
                self.add(start, Next::Value { node, form: Form::Number, owner });
                self.continue_behind(behind(node, Form::Number), end as usize);
                return Ok(());
            }
            (_, TokenKind::Bool(_)) => return Err(Unfit),
        }
        if owner.required != 0 {
            self.steps.push(Step::Present(owner.object, owner.required));
        }
        Ok(())
    }

    fn continue_behind(&mut self, state: usize, start: usize) {
        self.state = state;
        self.start = start;
        self.steps.clear();
    }

    /// Keeps the literal that ends before `end`, unless it is known, or there are too many.
    fn add(&mut self, end: usize, next: Next) {
        let text = &self.doc.raw[self.start..end];
        let is_full = self.shapes.is_full();
        let choices = &mut self.shapes.states[self.state].choices;
        let is_long = text.len() > MAX_LITERAL_BYTES || self.steps.len() > MAX_STEPS;
        if is_full || is_long || choices.len() >= MAX_CHOICES {
            return;
        }
        if choices.iter().any(|choice| *choice.text == *text && choice.next == next) {
            return;
        }
        choices.push(Literal::new(text, &self.steps, next));
        self.shapes.literals += 1;
        self.shapes.learned_bytes += size_of::<Literal>() + text.len() + size_of_val(self.steps.as_slice());
    }
}

/// How many objects and lists each node stands in, of which the event is the outermost.
fn depths(plan: &Plan) -> Vec<usize> {
    let mut ends: Vec<NodeId> = Vec::new();
    let nodes = (0..).zip(&plan.nodes);
    let depth = nodes.map(|(id, node): (NodeId, &Node)| {
        while ends.last().is_some_and(|&end| end <= id) {
            ends.pop();
        }
        ends.push(node.end);
        ends.len() - 1
    });
    depth.collect()
}

/// Whether a string of the node goes to its column and is nothing else.
fn is_plain(node: &Node) -> bool {
    node.kind == Kind::String && !node.event_time && node.rules.is_none()
}
