//! The members of an object: by the key they have in an event, and by the name of their column.
//!
//! The two are the same for most fields. A renamed field is read from another key than its column is called
//! after, and a derived one is read from no key at all.

use crate::{NodeId, plan::Node};

/// The members of an object, in schema order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members {
    nodes: Vec<NodeId>,
    /// The key that each member is read from.
    keys: Vec<Option<Box<[u8]>>>,
    /// Members that are read from a key, ordered by (length, key), for the search after a wrong guess.
    by_key: Vec<u32>,
    columns: Vec<Box<[u8]>>,
    /// Members ordered by (length, column).
    by_column: Vec<u32>,
    required: Vec<u32>,
    derived: Vec<u32>,
    renamed: Vec<u32>,
}

/// What objects without members have.
pub(crate) static NONE: Members = Members {
    nodes: Vec::new(),
    keys: Vec::new(),
    by_key: Vec::new(),
    columns: Vec::new(),
    by_column: Vec::new(),
    required: Vec::new(),
    derived: Vec::new(),
    renamed: Vec::new(),
};

impl Members {
    /// The members with these numbers among all `nodes`.
    pub(crate) fn new(nodes: &[Node], members: Vec<NodeId>) -> Self {
        let node = |member: u32| &nodes[members[member as usize] as usize];
        let all = || 0..members.len() as u32;
        let keys: Vec<Option<Box<[u8]>>> = all()
            .map(|member| node(member).derived.is_none().then(|| node(member).key.as_bytes().into()))
            .collect();
        let columns: Vec<Box<[u8]>> = all().map(|member| node(member).column.as_bytes().into()).collect();
        let mut by_key: Vec<u32> = all().filter(|member| keys[*member as usize].is_some()).collect();
        by_key.sort_by_key(|member| rank(keys[*member as usize].as_deref().unwrap_or_default()));
        let mut by_column: Vec<u32> = all().collect();
        by_column.sort_by_key(|member| rank(&columns[*member as usize]));
        let required = all().filter(|member| node(*member).required).collect();
        let derived = all().filter(|member| node(*member).derived.is_some()).collect();
        let renamed = all().filter(|member| node(*member).key != node(*member).name).collect();
        Self { keys, by_key, columns, by_column, required, derived, renamed, nodes: members }
    }

    /// How many members are declared.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether none is declared; never so for a checked log type.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node of member number `member`.
    pub fn node(&self, member: usize) -> NodeId {
        self.nodes[member]
    }

    /// The nodes of all members, in schema order.
    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    /// The keys that members are read from, in schema order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().flatten().map(|key| &**key)
    }

    /// Numbers of the required members, ascending.
    pub fn required(&self) -> &[u32] {
        &self.required
    }

    /// The keys that required members are read from.
    pub fn required_keys(&self) -> impl Iterator<Item = &[u8]> {
        self.required.iter().filter_map(|&member| self.keys[member as usize].as_deref())
    }

    /// Numbers of the members that are made from what stands elsewhere, ascending.
    pub fn derived(&self) -> &[u32] {
        &self.derived
    }

    /// Numbers of the members whose key is not their name, ascending.
    pub fn renamed(&self) -> &[u32] {
        &self.renamed
    }

    /// Finds the member that is read from `key`. Events repeat the order of their keys, so the caller passes
    /// the member it expects next and one comparison usually settles it.
    #[inline]
    pub fn find(&self, key: &[u8], expected: usize) -> Option<usize> {
        if let Some(Some(guess)) = self.keys.get(expected)
            && **guess == *key
        {
            return Some(expected);
        }
        self.search(key)
    }

    fn search(&self, key: &[u8]) -> Option<usize> {
        let key_of = |member: u32| self.keys[member as usize].as_deref().unwrap_or_default();
        let found = self.by_key.binary_search_by(|&member| rank(key_of(member)).cmp(&rank(key)));
        found.ok().map(|at| self.by_key[at] as usize)
    }

    /// Finds the member whose column is called `name`. Columns mostly stand in schema order, so the caller
    /// passes the member it expects.
    pub fn column(&self, name: &[u8], expected: usize) -> Option<usize> {
        if self.columns.get(expected).is_some_and(|guess| **guess == *name) {
            return Some(expected);
        }
        let column = |member: u32| &*self.columns[member as usize];
        let found = self.by_column.binary_search_by(|&member| rank(column(member)).cmp(&rank(name)));
        found.ok().map(|at| self.by_column[at] as usize)
    }
}

/// What names are ordered by: comparing lengths settles most searches.
fn rank(name: &[u8]) -> (usize, &[u8]) {
    (name.len(), name)
}
