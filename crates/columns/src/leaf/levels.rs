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
    /// What a list unfolds into.
    unfolded: (Vec<u8>, Vec<u8>, Vec<Stretch>),
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
        let (definition, repetition, live) = &mut self.unfolded;
        definition.clear();
        repetition.clear();
        live.clear();
        let above = std::iter::repeat_n(0, if lists == 1 { self.definition.len() } else { 0 });
        let above = self.repetition.iter().copied().chain(above);
        let mut slots = self.definition.iter().copied().zip(above);
        for stretch in &self.live {
            let buffer = &parts[stretch.part()].nodes[list as usize];
            for index in stretch.range() {
                for (level, repeated) in slots.by_ref() {
                    if level < base {
                        // Ended above, so it has no place in the buffer.
                        definition.push(level);
                        repetition.push(repeated);
                        continue;
                    }
                    let elements = if level == there { buffer.list_range(index) } else { 0..0 };
                    let more = elements.len().saturating_sub(1);
                    definition.push(level + u8::from(!elements.is_empty()));
                    definition.resize(definition.len() + more, there + 1);
                    repetition.push(repeated);
                    repetition.resize(repetition.len() + more, lists);
                    let elements = Stretch::new(stretch.part(), elements);
                    let is_new = || elements.len() > 0;
                    if is_new() && !live.last_mut().is_some_and(|last| last.merge(elements)) {
                        live.push(elements);
                    }
                    break;
                }
            }
        }
        for (level, repeated) in slots {
            definition.push(level);
            repetition.push(repeated);
        }
        std::mem::swap(&mut self.definition, definition);
        std::mem::swap(&mut self.repetition, repetition);
        std::mem::swap(&mut self.live, live);
    }
}
