//! Shapes: records that look like earlier ones are read without being taken apart.
//!
//! The events of a log have few shapes. Between one value and the next stands the same text again and
//! again: a closing quote, a comma, a key, perhaps a brace, a colon, an opening quote. Once the general path
//! has read and accepted a record, each such text is *learned* as a [`literal::Literal`], with what it means
//! to the sink: an object begins, a list goes on, a key has been met. A later record is *followed*: at its
//! start, and behind every value, the literals that were learned there are compared with what comes, and the
//! one that fits says what to do and what kind of value is next. Keys are then neither looked for nor
//! compared one by one.
//!
//! What was read last fixes where in the schema the record is, arrays being the only loops, so that a literal
//! that fits proves the grammar and the structure of what it covers. What it cannot prove is checked along
//! the way: that no key stands twice in one object, that required members are there, that numbers, strings
//! and JSON are well formed. Values go through the same functions as on the general path. Whatever is new or
//! odd, from a key never met to a value of the wrong type, ends the attempt: the row is rolled back, and the
//! general path reads the record from its start. Following is therefore a matter of speed alone.

mod follow;
mod learn;
mod literal;
mod made;
mod skip;
#[cfg(test)]
mod tests;
mod undeclared;

use std::sync::Arc;

use sawlog_schema::{Kind, LogParser, NodeId, Plan};

use follow::Frame;
use literal::State;
use made::{Notes, Recipes};
use undeclared::Undeclared;

use crate::limits::MAX_PLACES;

/// Bytes up to which a record is followed.
const MAX_RECORD: usize = 64 << 10;
/// Literals that are learned in all, and behind one value. A dump whose keys come in any order needs many.
const MAX_LITERALS: usize = 8192;
const MAX_CHOICES: usize = 96;
/// Bytes of a literal, and steps in it. Longer ones stand for records full of nulls, of which no two are
/// alike.
const MAX_LITERAL_BYTES: usize = 1024;
const MAX_STEPS: usize = 256;
/// Members of an object that are met at all: they are told apart by the bits of a word.
const MAX_MEMBERS: usize = 64;
/// Memory of all literals of a log type.
const MAX_LEARNED_BYTES: usize = 1 << 20;
/// Attempts after which it is judged whether following is worth its while.
const JUDGED: u32 = 256;
/// While it is not, one record in so many is followed all the same.
const SAMPLED: u32 = 16;

/// What has been learned of the records of one log type.
pub(crate) struct Shapes {
    /// Whether the log type can be followed at all.
    fits: bool,
    /// The literals at a record's start, behind the value of each node, and behind that of each undeclared
    /// member: see [`behind`].
    states: Vec<State>,
    undeclared: Vec<Undeclared>,
    /// The nodes whose strings go to their columns and are nothing else.
    plain: Vec<bool>,
    /// How many objects and lists each node stands in.
    depths: Vec<usize>,
    /// For each object the members that were met; the place of each is that of its bit.
    members: Vec<Vec<u32>>,
    literals: usize,
    learned_bytes: usize,
    recipes: Recipes,
    /// For each object and list what is known of the one that is open, or was last. No two of one node are
    /// ever open at once.
    frames: Vec<Frame>,
    notes: Notes,
    /// Memory for a text without its escapes.
    unescaped: Vec<u8>,
    pace: Pace,
    /// Whether the record at hand has something to teach: it begins in a new way, or was lost on its way.
    is_lesson: bool,
    /// The log types that come before this one, each with the members of the event that it declares too.
    rivals: Vec<(Arc<Plan>, u64)>,
}

/// Whether following is worth its while. Only records that begin in a known way count: a dump of many log
/// types is full of records that begin otherwise, and cost nothing.
#[derive(Debug, Default)]
struct Pace {
    /// Records tried, and followed to the end, since the last judgement.
    tried: u32,
    followed: u32,
    is_paused: bool,
    /// Records that were passed over during the pause.
    passed: u32,
}

/// One thing that a literal says. Members are told by their bits in the objects that they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Keys of an open object. That of the value behind the literal is left out.
    Keys(NodeId, u64),
    /// Required members of an open object have a value.
    Present(NodeId, u64),
    /// An object begins, with its first keys. It is the value of a member of an open object, whose key is met
    /// too, or of none.
    Object {
        parent: NodeId,
        key: u64,
        node: NodeId,
        keys: u64,
    },
    /// The members of an object that are made from others; it ends then.
    Make(NodeId),
    /// An object ends that has required members.
    ObjectEnd(NodeId, u64),
    List(NodeId),
    Element(NodeId),
    ListEnd(NodeId),
    Boolean(NodeId, bool),
}

/// A place for a value in an open object, or in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Owner {
    object: NodeId,
    /// Bit of the member whose value it is; none for an element.
    member: u64,
    /// The same if the member is required.
    required: u64,
}

/// What comes behind a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Value {
        node: NodeId,
        form: Form,
        /// The member whose key the literal ends with.
        owner: Owner,
    },
    /// The value of an undeclared member of an open object, by its number.
    Undeclared(usize),
    /// The record ends.
    End,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A string; the literal has its opening quote.
    Text,
    Number,
    /// Any JSON, kept as it stands.
    Json,
}

/// Number of the states that a plan has itself.
fn states_of(plan: &Plan) -> usize {
    1 + 2 * plan.nodes.len()
}

/// Number of the state behind a value. A literal that begins with the closing quote of a string must not be
/// taken for one that may follow a number.
#[inline]
fn behind(node: NodeId, form: Form) -> usize {
    1 + 2 * node as usize + usize::from(form == Form::Text)
}

impl Shapes {
    /// Nothing learned yet of the records of plan number `number`.
    pub(crate) fn new(plans: &[Arc<Plan>], number: usize) -> Self {
        let plan = &*plans[number];
        let of_json = plans[..number].iter().filter(|earlier| earlier.log_type.parser == LogParser::Json);
        let recipes = Recipes::new(plan);
        Self {
            fits: recipes.is_some() && fits(plan),
            states: Vec::new(),
            undeclared: Vec::new(),
            plain: Vec::new(),
            depths: Vec::new(),
            members: Vec::new(),
            literals: 0,
            learned_bytes: 0,
            recipes: recipes.unwrap_or_default(),
            frames: Vec::new(),
            notes: Notes::default(),
            unescaped: Vec::new(),
            pace: Pace::default(),
            is_lesson: false,
            rivals: of_json.map(|earlier| (Arc::clone(earlier), 0)).collect(),
        }
    }

    /// Whether there can be records to follow.
    pub(crate) fn may_follow(&self) -> bool {
        self.fits
    }
}

impl Pace {
    /// Whether to try the next record.
    fn tries(&mut self) -> bool {
        self.passed = if self.is_paused { self.passed.wrapping_add(1) } else { 0 };
        self.passed.is_multiple_of(SAMPLED)
    }

    /// Counts an attempt.
    fn count(&mut self, is_followed: bool) {
        self.tried += 1;
        self.followed += u32::from(is_followed);
        if self.tried >= JUDGED {
            self.is_paused = self.followed < self.tried / 4;
            (self.tried, self.followed) = (0, 0);
        }
    }
}

/// Fields within a list, so many that even a short record might take more than
/// [`MAX_PLACES`]: an element has three bytes at least.
const MANY_FIELDS: u64 = MAX_PLACES / (MAX_RECORD as u64 / 3);

/// Whether the values of a plan can be read one by one, in the order in which they come.
fn fits(plan: &Plan) -> bool {
    let mut lists_end = 0;
    (0u32..).zip(&plan.nodes).all(|(id, node)| {
        if node.kind == Kind::Array {
            lists_end = lists_end.max(node.end);
        }
        let is_in_list = id < lists_end;
        let is_wide = node.kind == Kind::Array && u64::from(node.end - id) > MANY_FIELDS;
        // Which of several times in a list comes first needs its path.
        !(is_wide || node.event_time && is_in_list)
    })
}
