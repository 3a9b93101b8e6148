//! Definition and repetition levels from the validity along a path.
//!
//! A path falls into sections: runs of nodes without a list between them. Within a section nothing is
//! repeated, so that the levels of all its slots are sums over validity, a stretch at a time. At a list each
//! slot unfolds into its elements, or stays one slot if it has none.
//!
//! Slots that have ended above (a null object, an empty list) keep their level; the others are *live*, and
//! only for these there are values below. The live slots lie in stretches of the buffers, as the rows do.

use std::ops::Range;

use sawlog_schema::NodeId;

use crate::batch::Columns;
use crate::buffer::Data;
use crate::selection::Stretch;

/// Levels looked at in one go: if all of them are alike, there is no need to look at each.
pub(super) const BLOCK: usize = 64;
/// Elements of a list put down at once.
const AT_ONCE: usize = 4;

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
    /// The definition level of each slot, and its repetition level in the upper byte.
    levels: Vec<u16>,
    /// Number of slots so far; there is room for more.
    len: usize,
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
                add_to_live(&mut self.definition, base, &self.there);
            }
            if let Some(&list) = section.last().filter(|node| is_list(node)) {
                lists += 1;
                if lists == 1 {
                    self.unfold::<true>(parts, list, base, lists);
                } else {
                    self.unfold::<false>(parts, list, base, lists);
                }
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
    /// slots above the section that ends with the list, `lists` the number of lists down to this one. Above
    /// the first one no slot can have ended, which saves looking.
    fn unfold<const IS_FIRST: bool>(&mut self, parts: &[Columns], list: NodeId, base: u8, lists: u8) {
        let there = base + self.section;
        // Above the first list nothing is repeated.
        self.repetition.resize(self.definition.len(), 0);
        let Self { definition, repetition, live, unfolded, .. } = self;
        let lists_of = |stretch: &Stretch| {
            let buffer = &parts[stretch.part()].nodes[list as usize];
            buffer.lists(stretch.within(buffer.len()))
        };
        let elements = |(start, ends): (u32, &[u32])| ends.last().map_or(0, |&end| end - start) as usize;
        unfolded.begin(definition.len() + live.iter().map(|s| elements(lists_of(s))).sum::<usize>());
        let mut slots = definition.iter().copied().zip(repetition.iter().copied());
        // What ended above has no place in the buffer.
        let mut next = |unfolded: &mut Unfolded| loop {
            match slots.next() {
                Some((level, repeated)) if !IS_FIRST && level < base => unfolded.push(level, repeated),
                slot => return slot.unwrap_or_default(),
            }
        };
        for stretch in live.iter() {
            let (mut start, ends) = lists_of(stretch);
            let mut taken = start;
            for &end in ends {
                let (level, repeated) = next(unfolded);
                if level == there {
                    let repeated = if IS_FIRST { 0 } else { repeated };
                    unfolded.push_list((there, repeated), end - start, lists);
                } else {
                    unfolded.push(level, repeated);
                    if start < end {
                        unfolded.live(stretch.part(), taken..start);
                        taken = end;
                    }
                }
                start = end;
            }
            unfolded.live(stretch.part(), taken..start);
            for _ in ends.len()..stretch.len() {
                let (level, repeated) = next(unfolded);
                unfolded.push(level, repeated);
            }
        }
        slots.for_each(|(level, repeated)| unfolded.push(level, repeated));
        unfolded.end(definition, repetition);
        std::mem::swap(live, &mut unfolded.live);
    }
}

impl Unfolded {
    /// Begins anew, with so many slots to come at most.
    fn begin(&mut self, slots: usize) {
        self.len = 0;
        self.levels.resize(slots + AT_ONCE, 0);
        self.live.clear();
    }

    /// Puts the levels in the place of others.
    fn end(&self, definition: &mut Vec<u8>, repetition: &mut Vec<u8>) {
        let levels = &self.levels[..self.len];
        definition.clear();
        definition.extend(levels.iter().map(|&levels| levels as u8));
        repetition.clear();
        repetition.extend(levels.iter().map(|&levels| (levels >> u8::BITS) as u8));
    }

    #[inline]
    fn push(&mut self, definition: u8, repetition: u8) {
        self.levels[self.len] = u16::from_le_bytes([definition, repetition]);
        self.len += 1;
    }

    /// Adds the elements of a list that is there, or the list itself if it is empty. Few elements are most
    /// common, and put down without a look at their number.
    #[inline]
    fn push_list(&mut self, (level, repeated): (u8, u8), elements: u32, lists: u8) {
        let (elements, at) = (elements as usize, self.len);
        let each = u16::from_le_bytes([level + 1, lists]);
        let mut few = [each; AT_ONCE];
        few[0] = u16::from_le_bytes([level + u8::from(elements > 0), repeated]);
        self.levels[at..at + AT_ONCE].copy_from_slice(&few);
        if elements > AT_ONCE {
            self.levels[at + AT_ONCE..at + elements].fill(each);
        }
        self.len += elements.max(1);
    }

    /// Elements of lists that follow each other mostly do so too.
    #[inline]
    fn live(&mut self, part: usize, elements: Range<u32>) {
        let elements = Stretch::new(part, elements);
        if elements.len() > 0 && !self.live.last_mut().is_some_and(|last| last.merge(elements)) {
            self.live.push(elements);
        }
    }
}

/// Adds to each level that is `base` what is there at the next live slot.
fn add_to_live(levels: &mut [u8], base: u8, mut there: &[u8]) {
    for levels in levels.chunks_mut(BLOCK) {
        let live;
        (live, there) = there.split_at(count(levels, base));
        if live.len() == levels.len() {
            levels.iter_mut().zip(live).for_each(|(level, there)| *level += there);
        } else if let Some(last) = live.len().checked_sub(1) {
            let mut next = 0;
            for level in levels {
                let is_live = *level == base;
                // Whichever it is costs the same, as long as nothing depends on it but numbers.
                *level += live[next.min(last)] * u8::from(is_live);
                next += usize::from(is_live);
            }
        }
    }
}

/// How many of the levels of a block are this one.
pub(super) fn count(block: &[u8], level: u8) -> usize {
    debug_assert!(block.len() <= BLOCK, "the sum has to fit a byte");
    block.iter().map(|&other| u8::from(other == level)).sum::<u8>().into()
}
