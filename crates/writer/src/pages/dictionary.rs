//! The distinct texts of a column, numbered in the order of their first appearance.
//!
//! Every text of a table passes through here, which makes the look-up the hottest loop of the writer. Texts
//! are hashed inline and looked up in an open table that holds of each entry a part of its hash and its
//! place, so that a miss seldom touches an entry. The entries lie one behind the other as a Parquet
//! dictionary page has them.
//!
//! The hash has no secret, so someone could write texts that collide. They gain nothing: a search gives up
//! after [`PROBES`] steps and stores the text once more. The dictionary is then larger than it had to be, and
//! is given up where it grows too large.

/// Steps of a search at most.
const PROBES: usize = 128;
/// Places in the smallest table.
const MIN_SLOTS: usize = 1024;
/// Texts whose places are fetched together, so that the processor waits for all of them at once.
const ABREAST: usize = 16;

/// A place in the table: nothing, or an entry.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// The upper half of the hash.
    tag: u32,
    /// Place of the entry plus one; 0 where there is none.
    entry: u32,
    start: u32,
    len: u32,
}

/// Distinct texts, with the memory for those of the next column.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// A power of two of them, at most half used.
    slots: Vec<Slot>,
    used: usize,
    /// Where each entry ends in `page`.
    ends: Vec<u32>,
    /// Each entry behind its length.
    page: Vec<u8>,
}

impl Dictionary {
    /// Forgets the entries.
    pub(super) fn clear(&mut self) {
        self.slots.truncate(MIN_SLOTS);
        self.slots.fill(Slot::default());
        self.slots.resize(MIN_SLOTS, Slot::default());
        self.used = 0;
        self.ends.clear();
        self.page.clear();
    }

    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>() + self.ends.capacity() * 4 + self.page.capacity()
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The entries as a dictionary page has them.
    pub(super) fn page(&self) -> &[u8] {
        &self.page
    }

    /// The entries in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = &[u8]> + Clone {
        (0..self.len() as u32).map(|entry| self.entry(entry))
    }

    pub(super) fn entry(&self, entry: u32) -> &[u8] {
        let entry = entry as usize;
        let start = if entry == 0 { 0 } else { self.ends[entry - 1] as usize };
        &self.page[start + size_of::<u32>()..self.ends[entry] as usize]
    }

    /// Appends the place of each text's entry.
    pub(super) fn intern(&mut self, texts: &[&[u8]], codes: &mut Vec<u32>) {
        codes.reserve(texts.len());
        let mut previous: (&[u8], u32) = (&[], u32::MAX);
        for texts in texts.chunks(ABREAST) {
            let mut hashes = [0; ABREAST];
            let mut slots = [Slot::default(); ABREAST];
            for ((text, hash), slot) in texts.iter().zip(&mut hashes).zip(&mut slots) {
                *hash = hash_of(text);
                *slot = self.slots[self.first_place(*hash)];
            }
            for ((&text, &hash), slot) in texts.iter().zip(&hashes).zip(&slots) {
                let code = if std::ptr::eq(text, previous.0) && previous.1 != u32::MAX {
                    previous.1
                } else if self.holds(slot, text, hash) {
                    slot.entry - 1
                } else {
                    self.search(text, hash)
                };
                codes.push(code);
                previous = (text, code);
            }
        }
    }

    /// Moves each entry to the place that `ranks` has for it.
    pub(super) fn reorder(&mut self, ranks: &[u32]) {
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
        (self.page, self.ends) = (page, ends);
    }

    fn first_place(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    #[inline]
    fn holds(&self, slot: &Slot, text: &[u8], hash: u64) -> bool {
        slot.tag == (hash >> 32) as u32
            && slot.len as usize == text.len()
            && slot.entry != 0
            && equal(&self.page[slot.start as usize..(slot.start + slot.len) as usize], text)
    }

    /// Finds the text from its first place on, or adds it.
    fn search(&mut self, text: &[u8], hash: u64) -> u32 {
        let mut place = self.first_place(hash);
        for _ in 0..PROBES {
            let slot = self.slots[place];
            if slot.entry == 0 {
                return self.add(text, hash, Some(place));
            }
            if self.holds(&slot, text, hash) {
                return slot.entry - 1;
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
        self.add(text, hash, None)
    }

    #[cold]
    fn add(&mut self, text: &[u8], hash: u64, place: Option<usize>) -> u32 {
        let number = self.ends.len() as u32;
        let len = text.len() as u32;
        self.page.extend_from_slice(&len.to_le_bytes());
        let start = self.page.len() as u32;
        self.page.extend_from_slice(text);
        self.ends.push(self.page.len() as u32);
        if let Some(place) = place {
            self.slots[place] = Slot { tag: (hash >> 32) as u32, entry: number + 1, start, len };
            self.used += 1;
            if self.used * 2 > self.slots.len() {
                self.grow();
            }
        }
        number
    }

    fn grow(&mut self) {
        let len = self.slots.len() * 4;
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); len]);
        self.used = 0;
        for slot in old.into_iter().filter(|slot| slot.entry != 0) {
            let text = &self.page[slot.start as usize..(slot.start + slot.len) as usize];
            let first = self.first_place(hash_of(text));
            let free = (first..first + PROBES).map(|place| place & (len - 1));
            if let Some(place) = free.into_iter().find(|&place| self.slots[place].entry == 0) {
                self.slots[place] = slot;
                self.used += 1;
            }
        }
    }
}

/// Compares texts of equal length, eight bytes at a time: most are too short for a call to pay.
#[inline]
fn equal(a: &[u8], b: &[u8]) -> bool {
    match (a.last_chunk(), b.last_chunk()) {
        (Some(end), Some(other)) => {
            let (words, others) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
            word(*end) == word(*other) && words.iter().zip(others).all(|(a, b)| word(*a) == word(*b))
        }
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

#[inline]
fn word(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes)
}

/// A hash of all bytes, sixteen at a time. The last sixteen may overlap those before them.
#[inline]
fn hash_of(text: &[u8]) -> u64 {
    const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
    const SECOND: u64 = 0xd6e8_feb8_6659_fd93;
    let mut state = FIRST ^ text.len() as u64;
    let (start, end) = if let Some((start, end)) = ends::<8>(text) {
        let pairs = text.as_chunks::<8>().0.as_chunks::<2>().0;
        for &[a, b] in &pairs[..text.len().saturating_sub(1) / 16] {
            state = mix(word(a) ^ state, word(b) ^ SECOND);
        }
        let before = text.len().checked_sub(16).and_then(|at| text[at..].first_chunk());
        (word(before.copied().unwrap_or(start)), word(end))
    } else if let Some((start, end)) = ends::<4>(text) {
        (u32::from_le_bytes(start).into(), u32::from_le_bytes(end).into())
    } else if let (Some(&first), Some(&last)) = (text.first(), text.last()) {
        (first.into(), u64::from(last) << 8 | u64::from(text[text.len() / 2]))
    } else {
        (0, 0)
    };
    mix(mix(start ^ state, end ^ SECOND), FIRST)
}

/// The first and the last bytes.
#[inline]
fn ends<const N: usize>(text: &[u8]) -> Option<([u8; N], [u8; N])> {
    Some((*text.first_chunk()?, *text.last_chunk()?))
}

/// The halves of the product, so that each bit of the result depends on all of both.
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn dictionary() -> Dictionary {
        let mut dictionary = Dictionary::default();
        dictionary.clear();
        dictionary
    }

    proptest! {
        #[test]
        fn each_text_has_one_entry(
            texts in prop::collection::vec(prop_oneof!["[ab]{0,3}", "[a-z]{7,9}", "[ab]{14,40}"], 0..600),
        ) {
            let mut dictionary = dictionary();
            let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
            let mut codes = Vec::new();
            dictionary.intern(&texts, &mut codes);
            let found: Vec<&[u8]> = codes.iter().map(|&code| dictionary.entry(code)).collect();
            prop_assert_eq!(&found, &texts);
            prop_assert_eq!(dictionary.len(), texts.iter().collect::<HashSet<_>>().len());
            prop_assert_eq!(dictionary.entries().collect::<HashSet<_>>().len(), dictionary.len());
        }
    }

    #[test]
    fn entries_follow_their_first_appearance_and_grow_out_of_any_table() {
        let mut dictionary = dictionary();
        let texts: Vec<String> = (0..100_000).map(|i| format!("value {i}")).collect();
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        let mut codes = Vec::new();
        dictionary.intern(&texts, &mut codes);
        dictionary.intern(&texts, &mut codes);
        let expected: Vec<u32> = (0..100_000).chain(0..100_000).collect();
        assert!(codes == expected);
        let reversed: Vec<u32> = (0..100_000).rev().collect();
        dictionary.reorder(&reversed);
        codes.clear();
        dictionary.intern(&texts, &mut codes);
        assert!(codes == reversed);
        assert!(texts.iter().eq(dictionary.entries().collect::<Vec<_>>().iter().rev()));
        dictionary.clear();
        assert_eq!((dictionary.len(), dictionary.page().len()), (0, 0));
    }

    #[test]
    fn every_byte_counts() {
        for len in 1..70 {
            let text = vec![b'a'; len];
            let hashes: HashSet<u64> = (0..len)
                .map(|at| {
                    let mut other = text.clone();
                    other[at] = b'b';
                    hash_of(&other)
                })
                .chain([hash_of(&text)])
                .collect();
            assert_eq!(hashes.len(), len + 1);
        }
    }

    #[test]
    fn a_text_that_collides_with_too_many_is_stored_again() {
        let mut dictionary = dictionary();
        // As if other texts had taken all places of this one.
        let first = dictionary.first_place(hash_of(b"victim"));
        for place in first..first + PROBES {
            let at = place & (MIN_SLOTS - 1);
            dictionary.slots[at] = Slot { tag: 1, entry: 1, start: 0, len: 0 };
        }
        let mut codes = Vec::new();
        let texts: [&[u8]; 3] = [b"victim", b"other", b"victim"];
        dictionary.intern(&texts, &mut codes);
        assert_eq!(codes, [0, 1, 2]);
        assert_eq!(dictionary.entry(0), dictionary.entry(2));
    }
}
