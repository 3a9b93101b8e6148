//! Learning the literals of a record that the general path has accepted.

use sawlog_schema::{Kind, Node, NodeId, Plan};

use super::literal::Literal;
use super::undeclared::behind_undeclared;
use super::{
    Form, MAX_CHOICES, MAX_LEARNED_BYTES, MAX_LITERAL_BYTES, MAX_LITERALS, MAX_MEMBERS, MAX_STEPS, Next,
    Shapes, State, Step, behind, states_of,
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
        }
        let mut lesson =
            Lesson { shapes: self, plan, doc, is_foreign, state: 0, start: 0, steps: Vec::new() };
        // What was learned before something unfit is met is true all the same.
        if lesson.object(0, 0).is_ok() {
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
    fn object(&mut self, node: NodeId, token: usize) -> Result<(), Unfit> {
        let (plan, doc) = (self.plan, self.doc);
        let TokenKind::Object(extent) = doc.tokens[token].kind else { return Err(Unfit) };
        let members = plan.members(node);
        let mut required = 0;
        for &member in members.required() {
            required |= self.shapes.bit(plan, node, member as usize)?;
        }
        self.steps.push(Step::Object(node, required));
        let (mut key, mut expected) = (token + 1, 0);
        while key < extent.next as usize {
            let TokenKind::String(name) = doc.tokens[key].kind else { return Err(Unfit) };
            if let Some(member) = members.find(name.as_bytes(), expected) {
                expected = member + 1;
                let bit = self.shapes.bit(plan, node, member)?;
                self.steps.push(Step::Key(bit));
                self.value(members.node(member), key + 1, bit)?;
            } else {
                self.undeclared(node, name, key + 1)?;
            }
            key = after(doc.tokens, key + 1);
        }
        if !members.derived().is_empty() {
            self.shapes.give_bits(plan, node)?;
            self.steps.push(Step::Make(node));
        }
        self.steps.push(Step::ObjectEnd);
        Ok(())
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

    /// The value at `token`, of the member with the bit `member`, or of an element.
    fn value(&mut self, node: NodeId, token: usize, member: u64) -> Result<(), Unfit> {
        let declared = &self.plan.nodes[node as usize];
        let value = self.doc.tokens[token];
        let start = value.at as usize;
        match (&declared.kind, value.kind) {
            (_, TokenKind::String(_)) if declared.embedded => return Err(Unfit),
            (Kind::Json, _) => {
                self.add(start, Next::Value { node, form: Form::Json, member });
                self.continue_behind(behind(node, Form::Json), start + self.doc.source(token).len());
                return Ok(());
            }
            (_, TokenKind::Null) => return Ok(()),
            (Kind::Object(_), TokenKind::Object(_)) => self.object(node, token)?,
            (Kind::Array, TokenKind::Array(extent)) => {
                self.steps.push(Step::List(node));
                let mut element = token + 1;
                for _ in 0..extent.len {
                    self.steps.push(Step::Element);
                    self.value(node + 1, element, 0)?;
                    element = after(self.doc.tokens, element);
                }
                self.steps.push(Step::ListEnd);
            }
            (Kind::Boolean, TokenKind::Bool(value)) => self.steps.push(Step::Boolean(node, value)),
            (Kind::Object(_) | Kind::Array, _) | (_, TokenKind::Object(_) | TokenKind::Array(_)) => {
                return Err(Unfit);
            }
            (_, TokenKind::String(_)) => {
                self.add(start + 1, Next::Value { node, form: Form::Text, member });
                self.continue_behind(behind(node, Form::Text), string_end(self.doc.raw, start) - 1);
                return Ok(());
            }
            (_, TokenKind::Number { end }) => {
                self.add(start, Next::Value { node, form: Form::Number, member });
                self.continue_behind(behind(node, Form::Number), end as usize);
                return Ok(());
            }
            (_, TokenKind::Bool(_)) => return Err(Unfit),
        }
        if member != 0 {
            self.steps.push(Step::Present(member));
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
        // The key of the value itself is told by the value.
        let steps = match next {
            Next::Value { member, .. } => self.steps.strip_suffix(&[Step::Key(member)]),
            Next::Undeclared(_) | Next::End => None,
        };
        let steps = steps.unwrap_or(&self.steps);
        choices.push(Literal::new(text, steps, next));
        self.shapes.literals += 1;
        self.shapes.learned_bytes += size_of::<Literal>() + text.len() + size_of_val(steps);
    }
}

/// Whether a string of the node goes to its column and is nothing else.
fn is_plain(node: &Node) -> bool {
    node.kind == Kind::String && !node.event_time && node.rules.is_none()
}
