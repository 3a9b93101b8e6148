//! Distinct texts, numbered in the order of their first appearance.
//!
//! Every text of a table passes through one of these, which makes the look-up one of the hottest loops there
//! are. Texts are hashed inline and looked up in an open table that holds of each entry its hash and its
//! place, so that a miss seldom touches an entry. The entries lie one behind the other, each behind its
//! length, which is how a Parquet dictionary page has them.
//!
//! The hash has no secret, so someone could write texts that collide. They gain nothing: a search gives up
//! after [`PROBES`] steps and asks a map whose hash is secret. Each text has one entry, whoever wrote it, so
//! that what comes out does not depend on the portions that texts come in.

use std::collections::HashMap;

use crate::hash::{equal, hash_of};
use crate::prefetch::prefetch;

/// Steps of a search at most.
const PROBES: usize = 128;
/// Places in the smallest table.
const MIN_SLOTS: usize = 256;
/// How many texts ahead entries are fetched, so that the processor waits for many of them at once.
pub(crate) const AHEAD: usize = 12;
/// Bytes of an entry's length.
const LENGTH: usize = size_of::<u32>();

/// A place in the table: nothing, or an entry.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u32,
    /// Number of the entry plus one; 0 where there is none.
    entry: u32,
    start: u32,
    len: u32,
}

/// Distinct texts, with the memory for later ones.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    /// A power of two of them, at most half of them used, so that a text is nearly always at its first place;
    /// none before the first text.
    slots: Vec<Slot>,
    used: usize,
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
    /// Memory for the hashes of texts that are being looked up.
    hashes: Vec<u32>,
}

impl Dictionary {
    /// Forgets the entries, and keeps the memory: about as many may come again.
    pub fn clear(&mut self) {
        let room = (self.used * 2).next_power_of_two().max(MIN_SLOTS);
        self.slots.truncate(room);
        self.slots.fill(Slot::default());
        self.used = 0;
        self.overflow.clear();
        (self.indexed, self.has_unchecked) = (0, false);
        self.ends.clear();
        self.page.clear();
    }

    /// Memory held, in bytes.
    pub fn heap_bytes(&self) -> usize {
        let overflow: usize = self.overflow.keys().map(|text| text.len() + size_of::<Slot>()).sum();
        let table = self.slots.capacity() * size_of::<Slot>() + overflow;
        let numbers = self.ends.capacity() + self.hashes.capacity();
        table + numbers * size_of::<u32>() + self.page.capacity()
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
        let mut hashes = std::mem::take(&mut self.hashes);
        hashes.clear();
        hashes.extend(texts.clone().map(hash_of));
        self.prepare(hashes.iter().copied());
        for (at, text) in texts.enumerate() {
            if let Some(&later) = hashes.get(at + AHEAD) {
                self.prefetch_entry(later);
            }
            each(self.search(text, hashes[at]));
        }
        self.hashes = hashes;
    }

    /// The number of a text's entry, which is added where there is none.
    pub(crate) fn find_or_add(&mut self, text: &[u8]) -> u32 {
        self.open();
        self.search(text, hash_of(text))
    }

    /// Makes sure that there is a table, and that all entries are in it.
    fn open(&mut self) {
        if self.slots.is_empty() {
            self.slots.resize(MIN_SLOTS, Slot::default());
        }
        self.index();
    }

    /// Prepares for texts with these hashes to be looked up.
    pub(crate) fn prepare(&mut self, hashes: impl Iterator<Item = u32> + Clone) {
        self.open();
        hashes.clone().for_each(|hash| prefetch(&self.slots, self.first_place(hash)));
        hashes.take(AHEAD).for_each(|hash| self.prefetch_entry(hash));
    }

    /// Fetches the entry that is probably that of a text with this hash.
    #[inline]
    pub(crate) fn prefetch_entry(&self, hash: u32) {
        let Slot { start, len, .. } = self.slots[self.first_place(hash)];
        prefetch(&self.page, start as usize);
        if len > 48 {
            prefetch(&self.page, start as usize + 64);
        }
    }

    /// Puts entries that were appended into the table.
    fn index(&mut self) {
        for entry in self.indexed..self.ends.len() {
            let text = self.entry(entry as u32);
            let (hash, len) = (hash_of(text), text.len() as u32);
            let slot = Slot { hash, entry: entry as u32 + 1, start: self.ends[entry] - len, len };
            self.place(slot);
        }
        self.indexed = self.ends.len();
    }

    /// Adds a text without looking for it, and returns the number of its entry.
    pub fn append(&mut self, text: &[u8]) -> u32 {
        self.has_unchecked = true;
        self.store(text)
    }

    fn store(&mut self, text: &[u8]) -> u32 {
        self.page.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.page.extend_from_slice(text);
        self.ends.push(self.page.len() as u32);
        self.ends.len() as u32 - 1
    }

    /// Moves each entry to the place that `ranks` has for it.
    pub fn reorder(&mut self, ranks: &[u32]) {
        // Places are those of all entries or of none.
        if self.indexed > 0 {
            self.index();
        }
        let mut order = vec![0; ranks.len()];
        for (entry, &rank) in (0u32..).zip(ranks) {
            order[rank as usize] = entry;
        }
        let mut page = Vec::with_capacity(self.page.len());
        let mut ends = Vec::with_capacity(self.ends.len());
        for entry in order {
            let text = self.entry(entry);
            page.extend_from_slice(&(text.len() as u32).to_le_bytes());
            page.extend_from_slice(text);
            ends.push(page.len() as u32);
        }
        for slot in self.slots.iter_mut().filter(|slot| slot.entry != 0) {
            let rank = ranks[slot.entry as usize - 1];
            slot.entry = rank + 1;
            slot.start = ends[rank as usize] - slot.len;
        }
        self.overflow.values_mut().for_each(|entry| *entry = ranks[*entry as usize]);
        (self.page, self.ends) = (page, ends);
    }

    fn first_place(&self, hash: u32) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    #[inline]
    fn holds(&self, slot: &Slot, text: &[u8], hash: u32) -> bool {
        slot.hash == hash
            && slot.len as usize == text.len()
            && slot.entry != 0
            && equal(&self.page[slot.start as usize..(slot.start + slot.len) as usize], text)
    }

    /// Finds the text from its first place on, or adds it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "sealing texts takes a tenth longer where this is a call")]
    pub(crate) fn search(&mut self, text: &[u8], hash: u32) -> u32 {
        let mut place = self.first_place(hash);
        for _ in 0..PROBES {
            let slot = self.slots[place];
            if slot.entry == 0 {
                return self.add(text, hash, place);
            }
            if self.holds(&slot, text, hash) {
                return slot.entry - 1;
            }
            place = (place + 1) & (self.slots.len() - 1);
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
        let entry = self.store(text);
        self.indexed += 1;
        let len = text.len() as u32;
        self.slots[place] = Slot { hash, entry: entry + 1, start: self.page.len() as u32 - len, len };
        self.count_in();
        entry
    }

    /// Counts in a place that was taken, and makes room for others.
    fn count_in(&mut self) {
        self.used += 1;
        if self.used * 2 <= self.slots.len() {
            return;
        }
        let slots = vec![Slot::default(); self.slots.len() * 2];
        let old = std::mem::replace(&mut self.slots, slots);
        self.used = 0;
        let overflow: Vec<u32> = self.overflow.drain().map(|(_, entry)| entry).collect();
        for slot in old.into_iter().filter(|slot| slot.entry != 0) {
            self.place(slot);
        }
        for entry in overflow {
            let (end, text) = (self.ends[entry as usize], self.entry(entry));
            let (hash, len) = (hash_of(text), text.len() as u32);
            self.place(Slot { hash, entry: entry + 1, start: end - len, len });
        }
    }

    /// Gives an entry its place.
    fn place(&mut self, slot: Slot) {
        let (first, mask) = (self.first_place(slot.hash), self.slots.len() - 1);
        let free = (first..first + PROBES).map(|place| place & mask);
        if let Some(place) = free.into_iter().find(|&place| self.slots[place].entry == 0) {
            self.slots[place] = slot;
            self.count_in();
        } else {
            self.overflow.insert(self.entry(slot.entry - 1).into(), slot.entry - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn intern(dictionary: &mut Dictionary, texts: &[&[u8]]) -> Vec<u32> {
        let mut codes = Vec::new();
        dictionary.intern(texts.iter().copied(), |code| codes.push(code));
        codes
    }

    proptest! {
        #[test]
        fn each_text_has_one_entry(
            texts in prop::collection::vec(prop_oneof!["[ab]{0,3}", "[a-z]{7,9}", "[ab]{14,40}"], 0..600),
        ) {
            let mut dictionary = Dictionary::default();
            let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
            let codes = intern(&mut dictionary, &texts);
            let found: Vec<&[u8]> = codes.iter().map(|&code| dictionary.entry(code)).collect();
            prop_assert_eq!(&found, &texts);
            prop_assert_eq!(dictionary.len(), texts.iter().collect::<HashSet<_>>().len());
            prop_assert_eq!(dictionary.entries().collect::<HashSet<_>>().len(), dictionary.len());
        }
    }

    #[test]
    fn entries_follow_their_first_appearance_and_grow_out_of_any_table() {
        let mut dictionary = Dictionary::default();
        let texts: Vec<String> = (0..100_000).map(|i| format!("value {i}")).collect();
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        let in_order: Vec<u32> = (0..100_000).collect();
        assert!(intern(&mut dictionary, &texts) == in_order);
        assert!(intern(&mut dictionary, &texts) == in_order);
        let reversed: Vec<u32> = (0..100_000).rev().collect();
        dictionary.reorder(&reversed);
        assert!(intern(&mut dictionary, &texts) == reversed);
        assert!(texts.iter().eq(dictionary.entries().collect::<Vec<_>>().iter().rev()));
        dictionary.clear();
        assert_eq!((dictionary.len(), dictionary.page().len()), (0, 0));
    }

    #[test]
    fn colliding_texts_have_one_entry_each_in_any_portions() {
        // All of them begin at the same place of the smallest tables, so that the last ones overflow.
        let start = |text: &String| hash_of(text.as_bytes()) & (2 * MIN_SLOTS as u32 - 1) == 7;
        let colliding: Vec<String> =
            (0..).map(|i: u32| format!("text {i}")).filter(start).take(200).collect();
        let texts: Vec<&[u8]> = colliding.iter().chain(&colliding).map(String::as_bytes).collect();
        let expected: Vec<u32> = (0..200).chain(0..200).collect();
        for portion in [1, 3, 7, 400] {
            let mut dictionary = Dictionary::default();
            let codes: Vec<u32> = texts.chunks(portion).flat_map(|t| intern(&mut dictionary, t)).collect();
            assert_eq!(codes, expected);
            assert!(!dictionary.overflow.is_empty());
            let reversed: Vec<u32> = (0..200).rev().collect();
            dictionary.reorder(&reversed);
            assert_eq!(intern(&mut dictionary, &texts[..200]), reversed);
            // With other texts the table grows until these find their places again.
            let others: Vec<String> = (0..5000).map(|i| format!("other {i}")).collect();
            let others: Vec<&[u8]> = others.iter().map(String::as_bytes).collect();
            intern(&mut dictionary, &others);
            assert_eq!(intern(&mut dictionary, &texts[..200]), reversed);
            assert!(dictionary.overflow.is_empty());
        }
    }

    #[test]
    fn what_was_appended_is_found() {
        let mut dictionary = Dictionary::default();
        assert_eq!(intern(&mut dictionary, &[b"a"]), [0]);
        assert_eq!((dictionary.append(b"b"), dictionary.append(b"c")), (1, 2));
        assert_eq!(intern(&mut dictionary, &[b"d", b"c", b"b", b"a", b"", b""]), [3, 2, 1, 0, 4, 4]);
        dictionary.clear();
        let texts: Vec<String> = (0..3000).map(|i| format!("value {i}")).collect();
        for (number, text) in (0..).zip(&texts) {
            assert_eq!(dictionary.append(text.as_bytes()), number);
        }
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        assert!(intern(&mut dictionary, &texts).into_iter().eq(0..3000));
    }
}
