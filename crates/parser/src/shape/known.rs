//! What is known of a log type, apart from its literals: where nodes stand, and which bits tell members.
//!
//! Members of an object are told apart by the bits of a word. An object may declare more members than a word
//! has bits, but hardly any record has so many of them: each gets its bit when it is met for the first time.

use std::sync::Arc;

use sawlog_schema::{Kind, LogParser, Node, NodeId, Plan};

use super::keys::Keys;
use super::made::Recipes;
use super::undeclared::Undeclared;
use super::{MAX_LITERALS, MAX_MEMBERS, Owner};
use crate::envelope::Envelope;

/// What was found out of the schema of a log type and of its records.
pub(super) struct Known {
    nodes: Vec<Place>,
    /// For each node; empty where it is no object.
    members: Vec<Members>,
    pub(super) undeclared: Vec<Undeclared>,
    pub(super) recipes: Recipes,
    /// The nodes that may tell the event time.
    pub(super) times: Box<[NodeId]>,
    /// The log types that come before this one, each with the members of the event that it declares too.
    pub(super) rivals: Vec<(Arc<Plan>, u64)>,
    /// All log types, and what knows the keys of pages.
    plans: Box<[Arc<Plan>]>,
    envelope: Option<Arc<Envelope>>,
    /// Literals that were learned, how many may be, and the memory of all that was.
    pub(super) literals: usize,
    pub(super) max_literals: usize,
    pub(super) learned_bytes: usize,
}

/// What may stand as a value, apart from a null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Object,
    List,
    Boolean,
    /// A string, or a number or boolean that becomes one.
    Text,
    /// A string or a number; which of them are taken is seen when they are read.
    Scalar,
    /// Any JSON.
    Json,
}

/// A value that is next. What it is lies with its node: to hand it on would take longer than to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Declared(NodeId),
    /// Of an undeclared member, by its number.
    Undeclared(u32),
    /// None: the record has ended.
    End,
}

/// A node, and where it stands.
struct Place {
    /// The object or the list that its values stand in; the event stands in none, and says 0. A member gets
    /// its bits when it is first met, or its object if it is required.
    owner: Owner,
    class: Class,
}

/// The members of an object.
#[derive(Default)]
struct Members {
    /// Those that are read from a key, by their nodes.
    keys: Keys,
    /// Those that were met, in the order of their bits.
    met: Vec<NodeId>,
    /// Whether the object was met.
    is_met: bool,
    /// The bits of those that are required then, if the object can be followed.
    required: Option<u64>,
}

impl Known {
    /// Nothing yet of the records of plan number `number`.
    pub(super) fn new(
        recipes: Recipes,
        plans: &[Arc<Plan>],
        number: usize,
        envelope: Option<Arc<Envelope>>,
    ) -> Self {
        let (nodes, members, undeclared) = Default::default();
        let of_json = plans[..number].iter().filter(|earlier| earlier.log_type.parser == LogParser::Json);
        let rivals = of_json.map(|earlier| (Arc::clone(earlier), 0)).collect();
        let plans = plans.into();
        Self {
            nodes,
            members,
            undeclared,
            recipes,
            times: Box::default(),
            rivals,
            plans,
            envelope,
            literals: 0,
            max_literals: MAX_LITERALS,
            learned_bytes: 0,
        }
    }

    /// Makes room, when the first record is about to be followed.
    pub(super) fn prepare(&mut self, plan: &Plan) {
        let place = |node| Place { class: class(node), owner: Owner::default() };
        self.nodes = plan.nodes.iter().map(place).collect();
        self.members = plan.nodes.iter().map(|_| Members::default()).collect();
        self.times = (0..).zip(&plan.nodes).filter(|(_, node)| node.event_time).map(|(id, _)| id).collect();
        for (id, node) in (0..).zip(&plan.nodes) {
            if node.kind == Kind::Array {
                self.nodes[id as usize + 1].owner.object = id;
            }
            for &member in plan.members(id).nodes() {
                self.nodes[member as usize].owner.object = id;
            }
        }
    }

    /// Whether a key of the event that is not declared means that events with it may be none of this log
    /// type.
    pub(super) fn is_foreign(&self, key: &str) -> bool {
        let declares = |plan: &Arc<Plan>| plan.members(0).find(key.as_bytes(), 0).is_some();
        let is_of_pages = |envelope: &Arc<Envelope>| envelope.is_candidate(key.as_bytes());
        self.envelope.as_ref().is_some_and(is_of_pages) || self.plans.iter().any(declares)
    }

    #[inline]
    pub(super) fn class(&self, node: NodeId) -> Class {
        self.nodes[node as usize].class
    }

    #[inline]
    pub(super) fn is_list(&self, node: NodeId) -> bool {
        self.class(node) == Class::List
    }

    /// The object or the list that a value of the node stands in; that of the event stands in none.
    #[inline]
    pub(super) fn container(&self, node: NodeId) -> NodeId {
        self.nodes[node as usize].owner.object
    }

    /// Whose value a value of the node is.
    #[inline]
    pub(super) fn owner(&self, node: NodeId) -> Owner {
        self.nodes[node as usize].owner
    }

    /// Sees to it that the members of an object which it must have, or which are made, have their bits, and
    /// returns those of the ones that it must have. None if there are too many, or keys look too much alike.
    #[inline]
    pub(super) fn meet(&mut self, plan: &Plan, object: NodeId) -> Option<u64> {
        if !self.members[object as usize].is_met {
            self.members[object as usize].is_met = true;
            self.members[object as usize].required = self.meet_first(plan, object);
        }
        self.members[object as usize].required
    }

    #[cold]
    fn meet_first(&mut self, plan: &Plan, object: NodeId) -> Option<u64> {
        let declared = plan.members(object).nodes();
        let nodes = declared.iter().map(|&id| (id, &plan.nodes[id as usize]));
        let read = nodes.filter(|(_, node)| node.derived.is_none());
        self.members[object as usize].keys = Keys::new(read.map(|(id, node)| (node.key.as_bytes(), id)))?;
        let mut required = 0;
        for &member in plan.members(object).required() {
            let node = declared[member as usize];
            let bit = self.bit(plan, node)?;
            self.nodes[node as usize].owner.required = bit;
            required |= bit;
        }
        for at in self.recipes.range(object) {
            let member = self.recipes.get(at).member;
            let bit = self.bit(plan, declared[member])?;
            self.recipes.get(at).bit = bit;
        }
        Some(required)
    }

    /// The member of an object that was met whose key has `len` bytes, with which `text` begins. None if no
    /// such member is declared, or there are too many.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is all that there is to do for a key")]
    pub(super) fn member(&mut self, plan: &Plan, object: NodeId, text: &[u8], len: usize) -> Option<NodeId> {
        let node = self.members[object as usize].keys.find(text, len)?;
        if self.nodes[node as usize].owner.member == 0 {
            self.bit(plan, node)?;
        }
        Some(node)
    }

    /// The member of an object with the lowest of some bits.
    pub(super) fn of_bits(&self, object: NodeId, bits: u64) -> Option<NodeId> {
        self.members[object as usize].met.get(bits.trailing_zeros() as usize).copied()
    }

    /// The bit of a member of an object that was met, unless there are too many.
    #[cold]
    fn bit(&mut self, plan: &Plan, node: NodeId) -> Option<u64> {
        let Owner { object, member: bit, .. } = &mut self.nodes[node as usize].owner;
        let met = &mut self.members[*object as usize].met;
        if *bit == 0 {
            if met.len() == MAX_MEMBERS {
                return None;
            }
            *bit = 1 << met.len();
            met.push(node);
            if *object == 0 {
                let key = plan.nodes[node as usize].key.as_bytes();
                let declares = |rival: &Plan| rival.members(0).find(key, 0).is_some();
                let declaring = self.rivals.iter_mut().filter(|(rival, _)| declares(rival));
                declaring.for_each(|(_, shared)| *shared |= *bit);
            }
        }
        Some(*bit)
    }
}

fn class(node: &Node) -> Class {
    match node.kind {
        Kind::Object(_) => Class::Object,
        Kind::Array => Class::List,
        Kind::Json => Class::Json,
        Kind::Boolean => Class::Boolean,
        Kind::String => Class::Text,
        _ => Class::Scalar,
    }
}

/// How many objects and lists each node stands in, of which the event is the outermost.
pub(super) fn depths(plan: &Plan) -> Vec<usize> {
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
