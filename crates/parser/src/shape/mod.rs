//! Shapes: records that look like earlier ones are read without being taken apart.
//!
//! The events of a log have few shapes. Between one value and the next stands the same text again and
//! again: a closing quote, a comma, a key, perhaps a brace, a colon, an opening quote. A record that begins
//! like one which the general path has accepted is *followed*: at its start, and behind every value, the
//! texts that stood there before are compared with what comes, and the one that fits says what to do and
//! what kind of value is next. Keys are then neither looked for nor compared one by one. Where none fits,
//! what comes is read [token by token](between) up to the next value, and *learned* as a
//! [`literal::Literal`], with what it means to the sink: an object begins, a list goes on, a key was met.
//!
//! What was read last fixes where in the schema the record is, arrays being the only loops, so that a literal
//! that fits proves the grammar and the structure of what it covers. What it cannot prove is checked along
//! the way: that required members are there, that numbers, strings and JSON are well formed, and whether a
//! key stands twice in one object. Values go through the same functions as on the general path. Whatever is
//! odd, such as a value of the wrong type, ends the attempt: the row is rolled back, and the general path
//! reads the record from its start. Following is therefore a matter of speed alone.

mod between;
mod embedded;
mod follow;
mod keys;
mod known;
mod literal;
mod made;
mod repeated;
mod skip;
#[cfg(test)]
mod tests;
mod undeclared;

use std::sync::Arc;

use memchr::memchr;
use sawlog_schema::{Kind, Node, NodeId, Plan};

use embedded::Inner;
use follow::Frame;
use known::{Known, depths};
use literal::State;
use made::{Notes, Recipes};

use crate::envelope::Envelope;
use crate::json_text::string_end;
use crate::limits::MAX_PLACES;

/// Bytes up to which a record is followed.
const MAX_RECORD: usize = 64 << 10;
/// Literals that are learned in all, and behind one value. Where there are more the keys come in any order,
/// and to look at many literals takes longer than to read token by token: each of them waits for memory.
pub(crate) const MAX_LITERALS: usize = 8192;
const MAX_CHOICES: usize = 4;
/// Beginnings of records that are told apart.
const MAX_STARTS: usize = 96;
/// Bytes of a literal, and steps in it. Longer ones stand for records full of nulls, of which no two are
/// alike.
const MAX_LITERAL_BYTES: usize = 1024;
const MAX_STEPS: usize = 256;
/// Members of an object that are met at all: they are told apart by the bits of a word.
const MAX_MEMBERS: usize = 64;
/// Memory of all literals of a log type.
const MAX_LEARNED_BYTES: usize = 1 << 20;
/// Attempts after which it is judged whether they are worth their while.
const JUDGED: u16 = 256;
/// While they are not, one in so many is made all the same.
const SAMPLED: u8 = 16;

/// What has been learned of the records of one log type.
pub(crate) struct Shapes {
    /// Whether the log type can be followed at all.
    fits: bool,
    /// The literals at a record's start, behind the value of each node, and behind that of each undeclared
    /// member: see [`behind`].
    states: Vec<State>,
    /// The nodes whose strings go to their columns and are nothing else.
    plain: Vec<bool>,
    /// How many objects and lists each node stands in.
    depths: Vec<usize>,
    known: Known,
    /// For each object and list what is known of the one that is open, or was last. No two of one node are
    /// ever open at once.
    frames: Vec<Frame>,
    notes: Notes,
    /// Memory for a text without its escapes.
    unescaped: Vec<u8>,
    /// Memory for documents in texts.
    inner: Vec<Inner>,
    /// Memory for what was read between two values.
    steps: Vec<Step>,
    /// Whether records are followed, and whether their literals are looked for then.
    pace: Pace,
    literals: Pace,
    /// How records begin that the general path has accepted, up to the end of the first key.
    starts: Vec<Box<[u8]>>,
    /// Whether the record at hand begins in one of these ways, or in a new one that is worth to be known.
    is_known: bool,
    is_new: bool,
    /// How many the last one that was given up counts as.
    in_vain: usize,
}

/// Whether something that may be in vain is worth its while: to follow records, or to look for literals in
/// them. Of records only those count that begin in a known way: a dump of many log types is full of records
/// that begin otherwise, and cost nothing.
#[derive(Debug, Default)]
struct Pace {
    /// Attempts since the last judgement, and those that were not in vain.
    tried: u16,
    won: u16,
    is_paused: bool,
    /// What came during the pause.
    passed: u8,
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
    /// A text is written as a boolean.
    Word(NodeId, bool),
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
    /// An object or a list that a string holds as JSON; the literal has its opening quote.
    Embedded,
}

/// The state of a record that has ended.
const END: usize = usize::MAX;

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
    /// Nothing learned yet of the records of plan number `number`. `envelope` knows the keys of pages.
    pub(crate) fn new(plans: &[Arc<Plan>], number: usize, envelope: Option<Arc<Envelope>>) -> Self {
        let plan = &*plans[number];
        let recipes = Recipes::new(plan);
        Self {
            fits: recipes.is_some() && fits(plan),
            states: Vec::new(),
            plain: Vec::new(),
            depths: Vec::new(),
            known: Known::new(recipes.unwrap_or_default(), plans, number, envelope),
            frames: Vec::new(),
            notes: Notes::default(),
            unescaped: Vec::new(),
            inner: Vec::new(),
            steps: Vec::new(),
            pace: Pace::default(),
            literals: Pace::default(),
            starts: Vec::new(),
            is_known: false,
            is_new: false,
            in_vain: 1,
        }
    }

    /// Whether to follow `record`: it begins in a known way, and following is worth its while.
    pub(crate) fn begins(&mut self, record: &[u8]) -> bool {
        self.is_new = false;
        if !self.fits || record.len() > MAX_RECORD {
            return false;
        }
        self.is_known = self.starts.iter().any(|start| record.starts_with(start));
        self.is_new = !self.is_known && self.starts.len() < MAX_STARTS;
        if self.is_new {
            return false;
        }
        // Where there are too many ways to know them all, any is worth to be tried.
        let is_tried = self.pace.tries();
        self.pace.pass();
        is_tried
    }

    /// Learns how a record begins that became a row of `plan` with nothing to note, or repeated keys at most,
    /// so that others like it are followed.
    pub(crate) fn learn(&mut self, plan: &Plan, record: &[u8]) {
        if !self.is_new {
            return;
        }
        if self.states.is_empty() {
            self.states.resize_with(states_of(plan), State::default);
            self.frames.resize(plan.nodes.len(), Frame::default());
            let is_plain =
                |node: &Node| node.kind == Kind::String && !node.event_time && node.rules.is_none();
            let is_plain = |(id, node)| is_plain(node) && !self.known.recipes.is_source(id);
            self.plain = (0..).zip(&plan.nodes).map(is_plain).collect();
            self.depths = depths(plan);
            self.known.prepare(plan);
        }
        let key = memchr(b'"', record).map_or(record.len(), |start| string_end(record, start));
        self.starts.extend(record.get(..key).filter(|start| start.len() <= MAX_LITERAL_BYTES).map(Box::from));
    }

    /// Learns so many literals and no more.
    pub(crate) fn learn_at_most(&mut self, literals: usize) {
        self.known.max_literals = literals;
    }

    /// Whether there can be records to follow.
    pub(crate) fn may_follow(&self) -> bool {
        self.fits
    }
}

impl Pace {
    /// Whether to make the next attempt.
    #[inline]
    fn tries(&self) -> bool {
        !self.is_paused || self.passed.is_multiple_of(SAMPLED)
    }

    /// Goes on to the next attempt, whether this one was made or not.
    #[inline]
    fn pass(&mut self) {
        self.passed = if self.is_paused { self.passed.wrapping_add(1) } else { 0 };
    }

    /// Counts an attempt; of as many as are judged together, `least` must not be in vain. Returns whether
    /// they were judged.
    fn count(&mut self, is_won: bool, least: u16) -> bool {
        self.tried += 1;
        self.won += u16::from(is_won);
        let is_due = self.tried >= JUDGED;
        if is_due {
            self.is_paused = self.won < least;
            (self.tried, self.won) = (0, 0);
        }
        is_due
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
