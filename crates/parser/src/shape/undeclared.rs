//! Members that the schema does not declare, in records that are followed.
//!
//! Logs get new fields before schemas do, and then every event has them. Their keys are learned like all
//! others: the literal before such a value says which member it is, and the value is kept as the general
//! path keeps it. Where it stands is known beforehand but for the numbers of list elements.

use std::io::Write as _;

use sawlog_columns::Sink;
use sawlog_schema::{Kind, NodeId, Plan};

use super::follow::{Frame, Run};
use super::known::Known;
use super::skip::json_at;
use super::{MAX_MEMBERS, Next, Shapes, states_of};
use crate::json_text::pointer_token;

/// Undeclared members that are learned in all. Events whose keys are values have no end of them.
const MAX_UNDECLARED: usize = 256;
/// Bytes of a name.
const MAX_NAME: usize = 256;

/// A member that is not declared.
pub(super) struct Undeclared {
    pub(super) object: NodeId,
    name: Box<str>,
    /// Its bit among those of its object.
    bit: u64,
    /// Its JSON Pointer, cut where numbers of elements belong, and the lists that these are elements of.
    pointer: Box<[Box<[u8]>]>,
    lists: Box<[NodeId]>,
    /// Its dotted path.
    path: Box<str>,
}

impl Shapes {
    /// Forgets the undeclared members from number `first` on: they were met in a record that could not be
    /// followed, and such records may have no end of them.
    #[cold]
    pub(super) fn forget_undeclared(&mut self, plan: &Plan, first: usize) {
        for member in self.known.undeclared.drain(first..) {
            self.known.learned_bytes -= member.bytes();
        }
        let end = behind_undeclared(plan, first).min(self.states.len());
        for literal in self.states.drain(end..).flat_map(|state| state.choices) {
            self.known.literals -= 1;
            self.known.learned_bytes -= literal.bytes();
        }
        for state in &mut self.states {
            state.choices.retain(|literal| {
                let is_kept = !matches!(literal.next, Next::Undeclared(number) if number >= first);
                if !is_kept {
                    self.known.literals -= 1;
                    self.known.learned_bytes -= literal.bytes();
                }
                is_kept
            });
        }
    }
}

impl Known {
    /// Number of the member `name` of `object`, if it was met before.
    pub(super) fn find_undeclared(&self, object: NodeId, name: &str) -> Option<usize> {
        self.undeclared.iter().position(|member| member.object == object && *member.name == *name)
    }

    /// The number of one that was not, unless there are too many.
    pub(super) fn add_undeclared(&mut self, plan: &Plan, object: NodeId, name: &str) -> Option<usize> {
        let siblings = self.undeclared.iter().filter(|member| member.object == object).count();
        let number = self.undeclared.len();
        if number >= MAX_UNDECLARED || siblings >= MAX_MEMBERS || name.len() > MAX_NAME {
            return None;
        }
        let prefix = &plan.nodes[object as usize].path;
        let path = if prefix.is_empty() { name.into() } else { format!("{prefix}.{name}").into() };
        let pointer = pointer(plan, object, name);
        let lists = around(plan, object).filter(|id| plan.nodes[*id as usize].kind == Kind::Array).collect();
        let bit = 1 << siblings;
        self.undeclared.push(Undeclared { object, name: name.into(), bit, pointer, lists, path });
        self.learned_bytes += self.undeclared[number].bytes();
        Some(number)
    }
}

/// Number of the state behind undeclared member number `number`.
pub(super) fn behind_undeclared(plan: &Plan, number: usize) -> usize {
    states_of(plan) + number
}

/// The nodes that an object lies in, and itself, from the outermost one below the event on.
fn around(plan: &Plan, object: NodeId) -> impl Iterator<Item = NodeId> {
    (1..=object).filter(move |id| plan.nodes[*id as usize].end > object)
}

/// The JSON Pointer of a member, cut where numbers of elements belong.
fn pointer(plan: &Plan, object: NodeId, name: &str) -> Box<[Box<[u8]>]> {
    let mut pieces: Vec<Box<[u8]>> = Vec::new();
    let (mut piece, mut is_element) = (Vec::new(), false);
    for id in around(plan, object) {
        let node = &plan.nodes[id as usize];
        piece.push(b'/');
        if is_element {
            pieces.push(std::mem::take(&mut piece).into());
        } else {
            pointer_token(&node.key, &mut piece);
        }
        is_element = node.kind == Kind::Array;
    }
    piece.push(b'/');
    pointer_token(name, &mut piece);
    pieces.push(piece.into());
    pieces.into()
}

impl Undeclared {
    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + 4 * self.name.len()
    }

    /// Appends the pointer with the numbers of the elements that are being read.
    fn write_pointer(&self, frames: &[Frame], out: &mut Vec<u8>) {
        let mut lists = self.lists.iter();
        for (number, piece) in self.pointer.iter().enumerate() {
            if number > 0 {
                let element = lists.next().map(|list| frames[*list as usize].element());
                // Writing to memory does not fail.
                let _ = write!(out, "{}", element.unwrap_or_default());
            }
            out.extend_from_slice(piece);
        }
    }
}

impl<S: Sink> Run<'_, S> {
    /// Keeps the value of an undeclared member, which is next.
    pub(super) fn undeclared(&mut self, number: usize) -> Option<()> {
        let member = &self.known.undeclared[number];
        let frame = &mut self.frames[member.object as usize];
        if frame.undeclared & member.bit != 0 {
            return None;
        }
        frame.undeclared |= member.bit;
        let depth = self.depths[member.object as usize] + 1;
        let value = json_at(self.text, self.place, self.index, depth, self.unescaped)?;
        self.place = value.end;
        let (frames, json) = (&self.frames, value.json);
        self.walk.extra.add_text(|out| member.write_pointer(frames, out), &member.path, json)?;
        self.walk.fits().then_some(())
    }
}
