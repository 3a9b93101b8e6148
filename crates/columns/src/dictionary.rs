//! Distinct texts, numbered in the order of their first appearance.
//!
//! Every text of a table passes through one of these, which makes the look-up one of the hottest loops there
//! are. Texts are hashed inline and looked up in an open table that holds of each entry its number, its place
//! and a few bits of its hash, so that a miss seldom touches an entry. The entries lie one behind the other,
//! each behind its length, which is how a Parquet dictionary page has them.
//!
//! The dictionaries of a chunk are larger than the cache, and to wait for memory takes longer than all else.
//! Eight bytes are therefore enough for a place in the table, and whoever looks many texts up has the memory
//! for later ones fetched.
//!
//! The hash has no secret, so someone could write texts that collide. They gain nothing: a search gives up
//! after [`PROBES`] steps and asks a map whose hash is secret. Each text has one entry, whoever wrote it, so
//! that what comes out does not depend on the portions that texts come in.

mod slot;

use std::collections::HashMap;
use std::mem::{replace, take};
use std::ops::Range;

use crate::hash::{equal, hash_of};
use crate::prefetch::prefetch;

use slot::Slot;

/// Steps of a search at most.
const PROBES: usize = 128;
/// First places in the smallest table.
const MIN_ROOM: usize = 256;
/// How many texts ahead their places in the table are fetched, and how many their entries: as much as the
/// processor can have under way at once.
const SLOTS_AHEAD: usize = 32;
const ENTRIES_AHEAD: usize = 12;
/// A dictionary of fewer bytes stays in the cache, so that nothing of it need be fetched.
const FETCHED_FROM: usize = 8 << 10;
/// Bytes of an entry's length.
const LENGTH: usize = size_of::<u32>();

/// What is to be known of a text to have it fetched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sought {
    pub(crate) hash: u32,
    pub(crate) len: u32,
}

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
    /// Memory for the texts that are being looked up.
    sought: Vec<Sought>,
    /// Memory for `ends` and `page` while entries move.
    moved: Box<(Vec<u32>, Vec<u8>)>,
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

    /// Says that so many entries may be looked for, so that the table need not grow step by step.
    pub fn expect(&mut self, entries: usize) {
        if self.room < entries * 2 {
            self.make_room(entries * 2);
        }
    }

    /// Memory held, in bytes.
    pub fn heap_bytes(&self) -> usize {
        let overflow: usize = self.overflow.keys().map(|text| text.len() + size_of::<(&[u8], u32)>()).sum();
        let table = self.slots.capacity() * size_of::<Slot>() + overflow;
        let sought = self.sought.capacity() * size_of::<Sought>();
        let ends = (self.ends.capacity() + self.moved.0.capacity()) * size_of::<u32>();
        table + sought + ends + self.page.capacity() + self.moved.1.capacity()
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
        let start = if entry == 0 { 0 } else { self.ends[entry - 1] as usize };
        &self.page[start + LENGTH..self.ends[entry] as usize]
    }

    /// Calls `each` with the number of each text's entry, which is added where there is none.
    pub fn intern<'t>(&mut self, texts: impl Iterator<Item = &'t [u8]> + Clone, mut each: impl FnMut(u32)) {
        let mut sought = take(&mut self.sought);
        sought.clear();
        sought.extend(texts.clone().map(|text| Sought { hash: hash_of(text), len: text.len() as u32 }));
        let fetched = self.fetched(&sought);
        let nth = |at: usize| fetched.get(at).copied();
        self.prepare(nth);
        for (at, (text, Sought { hash, .. })) in texts.zip(&sought).enumerate() {
            self.fetch_ahead(at, nth);
            each(self.search(text, *hash));
        }
        self.sought = sought;
    }

    /// The number of a text's entry, which is added where there is none.
    pub(crate) fn find_or_add(&mut self, text: &[u8]) -> u32 {
        self.index();
        self.search(text, hash_of(text))
    }

    /// Those of the texts, in whatever form, that are to be fetched: all or none.
    pub(crate) fn fetched<'t, T>(&self, texts: &'t [T]) -> &'t [T] {
        let is_small = self.page.len() + self.room * size_of::<Slot>() < FETCHED_FROM;
        if is_small { &[] } else { texts }
    }

    /// Prepares for texts to be looked up one after the other, which `nth` knows by their turn.
    pub(crate) fn prepare(&mut self, nth: impl Fn(usize) -> Option<Sought>) {
        self.index();
        (0..SLOTS_AHEAD).map_while(&nth).for_each(|sought| self.prefetch_slot(sought));
        (0..ENTRIES_AHEAD).map_while(&nth).for_each(|sought| self.prefetch_entry(sought));
    }

    /// Has the memory fetched for texts that come some way behind number `at`.
    #[inline]
    pub(crate) fn fetch_ahead(&self, at: usize, nth: impl Fn(usize) -> Option<Sought>) {
        if let Some(sought) = nth(at + SLOTS_AHEAD) {
            self.prefetch_slot(sought);
        }
        if let Some(sought) = nth(at + ENTRIES_AHEAD) {
            self.prefetch_entry(sought);
        }
    }

    #[inline]
    fn prefetch_slot(&self, sought: Sought) {
        prefetch(&self.slots, self.first_place(sought.hash));
    }

    /// Fetches both ends of the entry that is probably that of a text, as it then has the text's length.
    #[inline]
    fn prefetch_entry(&self, sought: Sought) {
        let start = self.slots[self.first_place(sought.hash)].start();
        prefetch(&self.page, start);
        prefetch(&self.page, start + sought.len as usize + LENGTH - 1);
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
        let (hash, start) = (hash_of(text), self.ends[entry] as usize - text.len() - LENGTH);
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
        self.has_unchecked |= !entries.is_empty();
        other.copy_entries(entries.start as usize..entries.end as usize, &mut self.ends, &mut self.page);
    }

    /// Appends consecutive entries to those that others have.
    fn copy_entries(&self, entries: Range<usize>, ends: &mut Vec<u32>, page: &mut Vec<u8>) {
        let Some(&end) = self.ends[entries.clone()].last() else { return };
        let start = entries.start.checked_sub(1).map_or(0, |before| self.ends[before]);
        let base = page.len() as u32;
        page.extend_from_slice(&self.page[start as usize..end as usize]);
        ends.extend(self.ends[entries].iter().map(|end| base + (end - start)));
    }

    fn store(&mut self, text: &[u8]) -> u32 {
        self.page.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.page.extend_from_slice(text);
        self.ends.push(self.page.len() as u32);
        self.ends.len() as u32 - 1
    }

    /// Moves each entry to the place that `ranks` has for it.
    pub fn reorder(&mut self, ranks: &[u32]) {
        let mut order = vec![0; ranks.len()];
        for (entry, &rank) in (0u32..).zip(ranks) {
            order[rank as usize] = entry;
        }
        let (mut ends, mut page) = take(&mut *self.moved);
        ends.clear();
        page.clear();
        page.reserve(self.page.len());
        for entries in order.chunk_by(|&entry, &next| entry + 1 == next) {
            self.copy_entries(entries[0] as usize..entries[0] as usize + entries.len(), &mut ends, &mut page);
        }
        *self.moved = (replace(&mut self.ends, ends), replace(&mut self.page, page));
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
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "sealing texts takes a tenth longer where this is a call")]
    pub(crate) fn search(&mut self, text: &[u8], hash: u32) -> u32 {
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

    #[inline(never)]
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
