//! Distinct texts, numbered in the order of their first appearance.
//!
//! Every text of a table passes through one of these, which makes the look-up one of the hottest loops there
//! are. Texts are hashed inline and looked up in an open table that holds of each entry its number, its place
//! and a few bits of its hash, so that a miss seldom touches an entry. The entries lie one behind the other,
//! each behind its length, which is how a Parquet dictionary page has them.
//!
//! The dictionaries of a chunk are larger than the cache, and to wait for memory takes longer than all else.
//! Eight bytes are therefore enough for a place in the table, and texts are looked up in groups, step by
//! step: all are hashed, then all their places are read, then all are compared. With each step the memory for
//! the next one is asked for, and while it comes there are others to go on with.
//!
//! The hash has no secret, so someone could write texts that collide. They gain nothing: a search gives up
//! after [`PROBES`] steps and asks a map whose hash is secret. Each text has one entry, whoever wrote it, so
//! that what comes out does not depend on the portions that texts come in.

mod slot;

use std::collections::HashMap;
use std::mem::swap;
use std::ops::Range;

use crate::hash::{equal, hash_of};
use crate::prefetch::prefetch;

use slot::Slot;

/// Steps of a search at most.
const PROBES: usize = 128;
/// First places in the smallest table.
const MIN_ROOM: usize = 256;
/// Texts in a group: about as many pieces of memory as the processor can have under way at once.
const GROUP: usize = 32;
/// Bytes of an entry's length.
const LENGTH: usize = size_of::<u32>();

/// Distinct texts, with the memory for later ones.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    /// A place for each first place that there is, and as many behind them as a search takes steps; none
    /// before the first text.
    slots: Vec<Slot>,
    /// Number of first places.
    room: usize,
    /// Texts that found no place.
    overflow: HashMap<Box<[u8]>, u32>,
    /// Entries that have a place in the table, or among those that found none.
    indexed: usize,
    /// Whether texts were added without being looked for.
    has_unchecked: bool,
    /// Where each entry ends in `page`.
    ends: Vec<u32>,
    /// Each entry behind its length.
    page: Vec<u8>,
}

impl Dictionary {
    /// Forgets the entries, and keeps the memory: about as many may come again.
    pub fn clear(&mut self) {
        if self.indexed > 0 {
            self.make_room(MIN_ROOM.max(self.indexed * 2));
        }
        self.has_unchecked = false;
        self.ends.clear();
        self.page.clear();
    }

    /// Makes room for so many entries in the table of an empty dictionary, so that it need not grow step by
    /// step.
    pub fn reserve(&mut self, entries: usize) {
        if self.room < entries * 2 {
            self.make_room(entries * 2);
        }
    }

    /// Memory held, in bytes.
    pub fn heap_bytes(&self) -> usize {
        let overflow: usize = self.overflow.keys().map(|text| text.len() + size_of::<(&[u8], u32)>()).sum();
        let table = self.slots.capacity() * size_of::<Slot>() + overflow;
        table + self.ends.capacity() * size_of::<u32>() + self.page.capacity()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether each entry was looked for before it was added, so that no two are equal.
    pub fn is_distinct(&self) -> bool {
        !self.has_unchecked
    }

    /// The entries in order, each behind its length in four bytes, little-endian.
    pub fn page(&self) -> &[u8] {
        &self.page
    }

    /// The entries in order.
    pub fn entries(&self) -> impl Iterator<Item = &[u8]> + Clone {
        (0..self.len() as u32).map(|entry| self.entry(entry))
    }

    /// The text of an entry that there is.
    #[inline]
    pub fn entry(&self, entry: u32) -> &[u8] {
        let entry = entry as usize;
        &self.page[self.start(entry) + LENGTH..self.ends[entry] as usize]
    }

    /// Where an entry begins, or would, in the page.
    #[inline]
    fn start(&self, entry: usize) -> usize {
        if entry == 0 { 0 } else { self.ends[entry - 1] as usize }
    }

    /// The entries from that number on as text; an empty one for each that is none.
    pub(crate) fn texts(&self, first: usize) -> impl Iterator<Item = &str> {
        let start = self.start(first);
        // One look at them all, which goes well unless the bytes of a length are no ASCII.
        let all = str::from_utf8(&self.page[start..]).ok();
        (first..self.len()).map(move |entry| {
            let text = self.start(entry) + LENGTH..self.ends[entry] as usize;
            let text = all.map_or_else(
                || str::from_utf8(&self.page[text.clone()]).ok(),
                |all| all.get(text.start - start..text.end - start),
            );
            text.unwrap_or_default()
        })
    }

    /// Calls `each` with the number of each text's entry, which is added where there is none.
    #[inline]
    pub fn intern<'t>(&mut self, mut texts: impl Iterator<Item = &'t [u8]>, mut each: impl FnMut(u32)) {
        self.index();
        let mut group = [(&[][..], 0); GROUP];
        let mut slots = [Slot::default(); GROUP];
        loop {
            let mut len = 0;
            for (member, text) in group.iter_mut().zip(&mut texts) {
                let hash = hash_of(text);
                prefetch(&self.slots, self.first_place(hash));
                *member = (text, hash);
                len += 1;
            }
            for (slot, (text, hash)) in slots.iter_mut().zip(&group[..len]) {
                *slot = self.slots[self.first_place(*hash)];
                self.prefetch_entry(*slot, text.len());
            }
            for (slot, (text, hash)) in slots.iter().zip(&group[..len]) {
                // An entry that was found stays where it is, whatever the others of the group add.
                let is_found = slot.agrees(*hash) && self.holds(slot.start(), text) && !slot.is_free();
                each(if is_found { slot.entry() } else { self.search(text, *hash) });
            }
            if len < GROUP {
                return;
            }
        }
    }

    /// The number of a text's entry, which is added where there is none.
    pub(crate) fn find_or_add(&mut self, text: &[u8]) -> u32 {
        self.index();
        self.search(text, hash_of(text))
    }

    /// Has both ends of an entry fetched, if it has the length that a text has.
    #[inline]
    fn prefetch_entry(&self, slot: Slot, len: usize) {
        prefetch(&self.page, slot.start());
        prefetch(&self.page, slot.start() + len + LENGTH - 1);
    }

    /// Makes sure that there is a table, and that all entries are in it.
    fn index(&mut self) {
        let mut room = self.room.max(MIN_ROOM);
        while is_full(room, self.ends.len()) {
            room *= 2;
        }
        if room > self.room {
            self.make_room(room);
        }
        (self.indexed..self.ends.len()).for_each(|entry| self.place(entry));
        self.indexed = self.ends.len();
    }

    /// Empties the table and gives it so many first places.
    fn make_room(&mut self, room: usize) {
        self.slots.clear();
        self.slots.resize(room + PROBES, Slot::default());
        self.overflow.clear();
        (self.room, self.indexed) = (room, 0);
    }

    /// Gives an entry its place.
    fn place(&mut self, entry: usize) {
        let text = self.entry(entry as u32);
        let (hash, start) = (hash_of(text), self.start(entry));
        let first = self.first_place(hash);
        let free = (first..first + PROBES).find(|&place| self.slots[place].is_free());
        if let (Some(place), Some(slot)) = (free, Slot::new(entry, start, hash)) {
            self.slots[place] = slot;
        } else {
            // As in the table, the first of several equal ones counts.
            self.overflow.entry(text.into()).or_insert(entry as u32);
        }
    }

    /// Adds a text without looking for it, and returns the number of its entry.
    pub fn append(&mut self, text: &[u8]) -> u32 {
        self.has_unchecked = true;
        self.store(text)
    }

    /// Adds consecutive entries of another dictionary without looking for them.
    pub fn append_entries(&mut self, other: &Self, entries: Range<u32>) {
        let entries = entries.start as usize..entries.end as usize;
        let Some(&end) = other.ends[entries.clone()].last() else { return };
        let start = other.start(entries.start);
        self.has_unchecked = true;
        let base = self.page.len() as u32;
        self.page.extend_from_slice(&other.page[start..end as usize]);
        self.ends.extend(other.ends[entries].iter().map(|end| base + (end - start as u32)));
    }

    fn store(&mut self, text: &[u8]) -> u32 {
        self.page.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.page.extend_from_slice(text);
        self.ends.push(self.page.len() as u32);
        self.ends.len() as u32 - 1
    }

    /// Moves each entry to the place that `ranks` has for it. Meanwhile they are in the memory of `spare`,
    /// which is empty afterwards.
    pub fn reorder(&mut self, ranks: &[u32], spare: &mut Self) {
        let mut order = vec![0; ranks.len()];
        for (entry, &rank) in (0u32..).zip(ranks) {
            order[rank as usize] = entry;
        }
        spare.clear();
        spare.page.reserve(self.page.len());
        for entries in order.chunk_by(|&entry, &next| entry + 1 == next) {
            spare.append_entries(self, entries[0]..entries[0] + entries.len() as u32);
        }
        swap(&mut self.ends, &mut spare.ends);
        swap(&mut self.page, &mut spare.page);
        spare.clear();
        // Their places are found when a text is looked up again, if ever.
        if self.indexed > 0 {
            self.make_room(self.room);
        }
    }

    #[inline]
    fn first_place(&self, hash: u32) -> usize {
        ((u64::from(hash) * self.room as u64) >> u32::BITS) as usize
    }

    /// Whether the entry that begins at `start` is this text.
    #[inline]
    fn holds(&self, start: usize, text: &[u8]) -> bool {
        let entry = self.page.get(start..start + LENGTH + text.len());
        entry.and_then(|entry| entry.split_first_chunk()).is_some_and(|(len, entry)| {
            // As long as the text is the piece anyway.
            u32::from_le_bytes(*len) == text.len() as u32 && equal(entry, text)
        })
    }

    /// Finds the text from its first place on, or adds it.
    #[inline(never)]
    fn search(&mut self, text: &[u8], hash: u32) -> u32 {
        let first = self.first_place(hash);
        for (place, slot) in (first..).zip(&self.slots[first..first + PROBES]) {
            if slot.is_free() {
                return self.add(text, hash, place);
            }
            if slot.agrees(hash) && self.holds(slot.start(), text) {
                return slot.entry();
            }
        }
        self.search_overflow(text)
    }

    #[cold]
    fn search_overflow(&mut self, text: &[u8]) -> u32 {
        if let Some(&entry) = self.overflow.get(text) {
            return entry;
        }
        let entry = self.store(text);
        self.indexed += 1;
        self.overflow.insert(text.into(), entry);
        entry
    }

    fn add(&mut self, text: &[u8], hash: u32, place: usize) -> u32 {
        let Some(slot) = Slot::new(self.len(), self.page.len(), hash) else {
            return self.search_overflow(text);
        };
        self.slots[place] = slot;
        let entry = self.store(text);
        self.indexed += 1;
        if is_full(self.room, self.indexed) {
            self.index();
        }
        entry
    }
}

/// Whether so many entries are too many for a table: with more, most would not be at their first place.
fn is_full(room: usize, entries: usize) -> bool {
    entries * 3 > room * 2
}

#[cfg(test)]
mod tests;
