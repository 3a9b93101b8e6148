//! Definition and repetition levels from the validity along a path.
//!
//! A path falls into sections: runs of nodes without a list between them. Within a section nothing is
//! repeated, so that the levels of all its slots are sums over validity, a stretch at a time. At a list each
//! slot unfolds into its elements, or stays one slot if it has none.
//!
//! Slots that have ended above (a null object, an empty list) keep their level; the others are *live*, and
//! only for these there are values below. The live slots lie in stretches of the buffers, as the rows do.

use sawlog_schema::NodeId;

use crate::batch::Columns;
use crate::buffer::Data;
use crate::selection::Stretch;

/// The levels of the rows read last, with the memory for the next ones.
#[derive(Debug, Default)]
pub(super) struct Levels {
    definition: Vec<u8>,
    repetition: Vec<u8>,
    /// Where the live slots of the last section lie.
    live: Vec<Stretch>,
    /// For each live slot how many nodes of the last section are there.
    there: Vec<u8>,
    /// Number of nodes in the last section.
    section: u8,
    unfolded: Unfolded,
}

/// What a list unfolds into.
#[derive(Debug, Default)]
struct Unfolded {
    definition: Vec<u8>,
    repetition: Vec<u8>,
    live: Vec<Stretch>,
}

impl Levels {
    /// One for each place where there could be a value. A row has at least one.
    pub(super) fn definition(&self) -> &[u8] {
        &self.definition
    }

    /// As long as the definition levels, or empty for a path without a list.
    pub(super) fn repetition(&self) -> &[u8] {
        &self.repetition
    }

    /// The stretches of the leaf's buffer in which the values lie.
    pub(super) fn live(&self) -> &[Stretch] {
        &self.live
    }

    /// For each place of these stretches a number, and the number of those that are values.
    pub(super) fn present(&self) -> (&[u8], u8) {
        (&self.there, self.section)
    }

    pub(super) fn compute(&mut self, parts: &[Columns], path: &[NodeId], rows: &[Stretch]) {
        self.live.clear();
        self.live.extend_from_slice(rows);
        self.repetition.clear();
        let is_list = |&node: &NodeId| {
            parts.first().is_some_and(|part| matches!(part.nodes[node as usize].data, Data::List(_)))
        };
        // The level of live slots above the section, and the number of lists above it.
        let (mut base, mut lists) = (0, 0);
        for section in path.split_inclusive(is_list) {
            self.descend(parts, section);
            if lists == 0 {
                std::mem::swap(&mut self.definition, &mut self.there);
                self.there.clone_from(&self.definition);
            } else {
                let live = self.definition.iter_mut().filter(|level| **level == base);
                live.zip(&self.there).for_each(|(level, there)| *level += there);
            }
            if let Some(&list) = section.last().filter(|node| is_list(node)) {
                lists += 1;
                self.unfold(parts, list, base, lists);
                base += self.section + 1;
            }
        }
    }

    /// Counts for each live slot how many nodes of the section are there, up to the first that is not.
    fn descend(&mut self, parts: &[Columns], section: &[NodeId]) {
        self.section = section.len() as u8;
        self.there.clear();
        for (depth, &node) in (0u8..).zip(section) {
            let mut done = 0;
            for stretch in &self.live {
                let buffer = &parts[stretch.part()].nodes[node as usize];
                let valid = &buffer.valid()[stretch.within(buffer.len())];
                if depth == 0 {
                    self.there.extend(valid.iter().map(|&valid| u8::from(valid)));
                    self.there.resize(done + stretch.len(), 0);
                } else {
                    for (there, &valid) in self.there[done..].iter_mut().zip(valid) {
                        *there += u8::from(*there == depth) & u8::from(valid);
                    }
                }
                done += stretch.len();
            }
        }
    }

    /// Puts the elements of each list that is there in the place of its slot. `base` is the level of live
    /// slots above the section that ends with the list, `lists` the number of lists down to this one.
    fn unfold(&mut self, parts: &[Columns], list: NodeId, base: u8, lists: u8) {
        let there = base + self.section;
        // Above the first list nothing is repeated.
        self.repetition.resize(self.definition.len(), 0);
        let Self { definition, repetition, unfolded, .. } = self;
        unfolded.clear();
        let mut slot = 0;
        for stretch in &self.live {
            let buffer = &parts[stretch.part()].nodes[list as usize];
            let (mut start, ends) = buffer.lists(stretch.within(buffer.len()));
            let missing = stretch.len() - ends.len();
            let tail = ends.last().copied().unwrap_or(start);
            for end in ends.iter().copied().chain(std::iter::repeat_n(tail, missing)) {
                // What ended above has no place in the buffer.
                while definition[slot] < base {
                    unfolded.push(definition[slot], repetition[slot]);
                    slot += 1;
                }
                let (level, repeated) = (definition[slot], repetition[slot]);
                if level == there && end > start {
                    unfolded.push(there + 1, repeated);
                    unfolded.push_more(there + 1, lists, (end - start - 1) as usize);
                    unfolded.live(Stretch::new(stretch.part(), start..end));
                } else {
                    unfolded.push(level, repeated);
                }
                slot += 1;
                start = end;
            }
        }
        unfolded.definition.extend_from_slice(&definition[slot..]);
        unfolded.repetition.extend_from_slice(&repetition[slot..]);
        std::mem::swap(definition, &mut unfolded.definition);
        std::mem::swap(repetition, &mut unfolded.repetition);
        std::mem::swap(&mut self.live, &mut unfolded.live);
    }
}

impl Unfolded {
    fn clear(&mut self) {
        self.definition.clear();
        self.repetition.clear();
        self.live.clear();
    }

    #[inline]
    fn push(&mut self, definition: u8, repetition: u8) {
        self.definition.push(definition);
        self.repetition.push(repetition);
    }

    #[inline]
    fn push_more(&mut self, definition: u8, repetition: u8, count: usize) {
        if count > 0 {
            self.definition.resize(self.definition.len() + count, definition);
            self.repetition.resize(self.repetition.len() + count, repetition);
        }
    }

    /// Elements of lists that follow each other mostly do so too.
    #[inline]
    fn live(&mut self, elements: Stretch) {
        if !self.live.last_mut().is_some_and(|last| last.merge(elements)) {
            self.live.push(elements);
        }
    }
}
