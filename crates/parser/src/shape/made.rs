//! Members that are made from others, in records that are followed.
//!
//! The general path follows the path of a source through the whole record. Where all sources are texts that
//! the schema declares, none of them in a list below, it is known beforehand which nodes they are: their
//! texts are noted as they go by, and when the object ends its members are made of the notes.

use std::ops::Range;

use sawlog_columns::Sink;
use sawlog_schema::{Kind, Made, NodeId, Phase, Plan};

use super::follow::Run;
use super::{MAX_MEMBERS, MAX_RECORD};

/// Texts that all members of a plan together are made from. Definitions with more take the general path.
const MAX_SOURCES: usize = 1024;

/// How the derived members of a plan are made.
#[derive(Default)]
pub(super) struct Recipes {
    recipes: Vec<Recipe>,
    /// For each node whether others are made from it.
    sources: Vec<bool>,
}

/// One derived member.
pub(super) struct Recipe {
    object: NodeId,
    /// Its number among the members of the object, and its bit.
    pub(super) member: usize,
    pub(super) bit: u64,
    node: NodeId,
    making: Making,
}

/// What a value is made of.
enum Making {
    Text(NodeId),
    /// Texts that are there, with a separator between them.
    Joined(String, Vec<Making>),
    /// Part number so much of a text that is cut at a separator.
    Part(Box<Making>, String, u32),
}

/// Finds out what members are made of.
struct Finder<'p> {
    plan: &'p Plan,
    /// Texts that may still be found.
    budget: usize,
    /// For each object, once it is asked for, whether a key says which member is meant.
    is_plain: Vec<Option<bool>>,
}

/// Texts of the record at hand that others are made from.
#[derive(Default)]
pub(super) struct Notes {
    texts: String,
    notes: Vec<(NodeId, Range<usize>)>,
}

impl Recipes {
    /// None where some member is made in a way that needs the general path.
    pub(super) fn new(plan: &Plan) -> Option<Self> {
        let mut finder = Finder { plan, budget: MAX_SOURCES, is_plain: vec![None; plan.nodes.len()] };
        let mut recipes = Vec::new();
        for object in 0..plan.nodes.len() as NodeId {
            let members = plan.members(object);
            if members.derived().len() > MAX_MEMBERS {
                return None;
            }
            for &member in members.derived() {
                let (member, node) = (member as usize, members.node(member as usize));
                let making = finder.made(object, node, Phase::Done)?;
                recipes.push(Recipe { object, member, bit: 0, node, making });
            }
        }
        let mut sources = vec![false; plan.nodes.len()];
        for recipe in &recipes {
            recipe.making.each_source(&mut |node| sources[node as usize] = true);
        }
        Some(Self { recipes, sources })
    }

    /// Whether there are any.
    #[inline]
    pub(super) fn any(&self) -> bool {
        !self.recipes.is_empty()
    }

    pub(super) fn get(&mut self, number: usize) -> &mut Recipe {
        &mut self.recipes[number]
    }

    /// Numbers of the recipes of the members that are made in `object`.
    pub(super) fn range(&self, object: NodeId) -> Range<usize> {
        let start = self.recipes.partition_point(|recipe| recipe.object < object);
        start..start + self.recipes[start..].partition_point(|recipe| recipe.object == object)
    }

    /// Whether others are made from the texts of a node.
    #[inline]
    pub(super) fn is_source(&self, node: NodeId) -> bool {
        self.sources.get(node as usize).is_some_and(|is_source| *is_source)
    }

    /// Whether an undeclared member of that name may be meant by the path of a source.
    pub(super) fn may_mean(&self, plan: &Plan, object: NodeId, name: &str) -> bool {
        let is_made =
            |member: &u32| plan.nodes[plan.members(object).node(*member as usize) as usize].name == name;
        !self.recipes.is_empty() && (name.contains('.') || plan.members(object).derived().iter().any(is_made))
    }
}

impl Making {
    fn each_source(&self, each: &mut impl FnMut(NodeId)) {
        match self {
            Self::Text(node) => each(*node),
            // Members are made from others in three phases, which is how deep this goes.
            Self::Joined(_, parts) => parts.iter().for_each(|part| part.each_source(&mut *each)),
            Self::Part(whole, ..) => whole.each_source(each),
        }
    }

    /// Appends the text that is made of `notes`, those from `first` on. Returns whether there is one; None if
    /// it is longer than `limit`.
    fn write(&self, notes: &Notes, first: usize, limit: usize, out: &mut String) -> Option<bool> {
        match self {
            Self::Text(node) => {
                let text = notes.text(*node, first);
                text.inspect(|text| out.push_str(text));
                Some(text.is_some())
            }
            Self::Joined(separator, parts) => {
                let mut any = false;
                for part in parts {
                    let before = out.len();
                    if any {
                        out.push_str(separator);
                    }
                    if part.write(notes, first, limit, out)? {
                        any = true;
                    } else {
                        out.truncate(before);
                    }
                    if out.len() > limit {
                        return None;
                    }
                }
                Some(any)
            }
            Self::Part(whole, separator, index) => {
                let before = out.len();
                if !whole.write(notes, first, limit, out)? {
                    return Some(false);
                }
                let Some(part) = out[before..].split(separator.as_str()).nth(*index as usize) else {
                    out.truncate(before);
                    return Some(false);
                };
                let start = part.as_ptr().addr() - out.as_ptr().addr();
                out.truncate(start + part.len());
                out.replace_range(before..start, "");
                Some(true)
            }
        }
    }
}

impl Finder<'_> {
    /// What a derived member is made of before `phase`.
    fn made(&mut self, object: NodeId, node: NodeId, phase: Phase) -> Option<Making> {
        let declared = &self.plan.nodes[node as usize];
        if declared.kind != Kind::String || declared.embedded {
            return None;
        }
        match declared.derived.as_deref()?.made_before(phase)? {
            Made::Split(split) => {
                let whole = self.source(object, &split.from, Phase::Split)?;
                Some(Making::Part(Box::new(whole), split.separator.clone(), split.index))
            }
            Made::Concat(concat) => {
                let parts = concat.paths.iter().map(|path| self.source(object, path, Phase::Concat));
                let parts = parts.collect::<Option<_>>()?;
                Some(Making::Joined(concat.separator.clone(), parts))
            }
            Made::Copy(path) => self.source(object, path, Phase::Copy),
        }
    }

    /// What a path leads to, if it leads through declared objects to a declared text, and nothing else can be
    /// meant.
    fn source(&mut self, mut object: NodeId, path: &str, phase: Phase) -> Option<Making> {
        self.budget = self.budget.checked_sub(1)?;
        let plan = self.plan;
        let mut keys = path.split('.').peekable();
        while let Some(key) = keys.next() {
            if !self.is_plain(object) {
                return None;
            }
            let members = plan.members(object);
            let is_it = |node: &NodeId| plan.nodes[*node as usize].name == key;
            let derived = || members.derived().iter().map(|&member| members.node(member as usize));
            let read = members.find(key.as_bytes(), 0).map(|member| members.node(member));
            let node = read.or_else(|| derived().find(is_it))?;
            let declared = &plan.nodes[node as usize];
            match (&declared.kind, keys.peek()) {
                _ if declared.embedded => return None,
                (Kind::Object(_), Some(_)) if declared.derived.is_none() => object = node,
                (Kind::String, None) if declared.derived.is_some() => return self.made(object, node, phase),
                (Kind::String, None) => return Some(Making::Text(node)),
                _ => return None,
            }
        }
        None
    }

    /// Whether members have the names of their keys, and each is one step of a path.
    fn is_plain(&mut self, object: NodeId) -> bool {
        let plan = self.plan;
        *self.is_plain[object as usize].get_or_insert_with(|| {
            let members = plan.members(object);
            let has_dot = |node: &NodeId| plan.nodes[*node as usize].name.contains('.');
            members.renamed().is_empty() && !members.nodes().iter().any(has_dot)
        })
    }
}

impl Notes {
    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.notes.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.notes.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        if let Some((_, text)) = self.notes.get(len) {
            self.texts.truncate(text.start);
            self.notes.truncate(len);
        }
    }

    /// The text of a node, among those from number `first` on.
    fn text(&self, node: NodeId, first: usize) -> Option<&str> {
        let (_, text) = self.notes[first..].iter().find(|(noted, _)| *noted == node)?;
        self.texts.get(text.clone())
    }

    pub(super) fn add(&mut self, node: NodeId, text: &str) {
        let start = self.texts.len();
        self.texts.push_str(text);
        self.notes.push((node, start..self.texts.len()));
    }
}

impl<S: Sink> Run<'_, S> {
    /// Makes the derived members of an object, whose other members are all known.
    pub(super) fn make(&mut self, object: NodeId) -> Option<()> {
        let first = self.frames[object as usize].first_note;
        let mut text = std::mem::take(&mut self.walk.spare);
        let limit = self.walk.made_limit().min(MAX_RECORD);
        for number in self.known.recipes.range(object) {
            let Recipe { node, bit, making, .. } = &self.known.recipes.recipes[number];
            let (node, bit) = (*node, *bit);
            text.clear();
            if making.write(self.notes, first, limit, &mut text)? {
                self.derive(node, &text)?;
                self.frames[object as usize].present |= bit;
            }
        }
        self.walk.spare = text;
        Some(())
    }

    /// Writes a text that was made, and counts it. That of a mask counts where it is written.
    fn derive(&mut self, node: NodeId, text: &str) -> Option<()> {
        let is_masked = self.plan.nodes[node as usize].rules.as_ref().is_some_and(|r| r.mask.is_some());
        let fits = self.walk.derives() && (is_masked || self.walk.makes(text.len()));
        fits.then(|| self.write(node, text)).flatten()
    }
}
