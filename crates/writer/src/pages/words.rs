//! The distinct numbers of a column, numbered in the order of their first appearance.
//!
//! The little sister of [`super::dictionary::Dictionary`], for values that are their own comparison.

use std::collections::HashMap;

const PROBES: usize = 128;
const MIN_SLOTS: usize = 256;

/// Distinct numbers, with the memory for those of the next column.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// A word, and the place of its entry plus one; 0 where there is none. At most half are used.
    slots: Vec<(i64, u32)>,
    used: usize,
    /// Words that found no place: someone chose them for that. Each still has but one entry, so that what
    /// comes out does not depend on the portions that words come in.
    overflow: HashMap<i64, u32>,
    entries: Vec<i64>,
}

impl Words {
    pub(super) fn clear(&mut self) {
        self.slots.truncate(MIN_SLOTS);
        self.slots.fill((0, 0));
        self.slots.resize(MIN_SLOTS, (0, 0));
        self.used = 0;
        self.overflow.clear();
        self.entries.clear();
    }

    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<(i64, u32)>() + self.entries.capacity() * 8
    }

    /// The entries in order.
    pub(super) fn entries(&self) -> &[i64] {
        &self.entries
    }

    /// Appends the place of each word's entry.
    pub(super) fn intern(&mut self, words: impl Iterator<Item = i64>, codes: &mut Vec<u32>) {
        let mut previous = None;
        for word in words {
            let code = match previous {
                Some((last, code)) if last == word => code,
                _ => self.search(word),
            };
            codes.push(code);
            previous = Some((word, code));
        }
    }

    #[inline]
    fn search(&mut self, word: i64) -> u32 {
        let mask = self.slots.len() - 1;
        let mut place = hash_of(word) & mask;
        for _ in 0..PROBES {
            match self.slots[place] {
                (_, 0) => return self.add(word, Some(place)),
                (found, entry) if found == word => return entry - 1,
                _ => place = (place + 1) & mask,
            }
        }
        self.overflow.get(&word).copied().unwrap_or_else(|| self.add(word, None))
    }

    #[cold]
    fn add(&mut self, word: i64, place: Option<usize>) -> u32 {
        self.entries.push(word);
        let entry = self.entries.len() as u32;
        if let Some(place) = place {
            self.slots[place] = (word, entry);
            self.used += 1;
            if self.used * 2 > self.slots.len() {
                self.grow();
            }
        } else {
            self.overflow.insert(word, entry - 1);
        }
        entry - 1
    }

    fn grow(&mut self) {
        let len = self.slots.len() * 4;
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); len]);
        self.used = 0;
        let overflow = std::mem::take(&mut self.overflow).into_iter().map(|(word, code)| (word, code + 1));
        for slot in old.into_iter().filter(|slot| slot.1 != 0).chain(overflow) {
            let first = hash_of(slot.0);
            let free = (first..).take(PROBES).map(|place| place & (len - 1));
            if let Some(place) = free.into_iter().find(|&place| self.slots[place].1 == 0) {
                self.slots[place] = slot;
                self.used += 1;
            } else {
                self.overflow.insert(slot.0, slot.1 - 1);
            }
        }
    }
}

fn hash_of(word: i64) -> usize {
    let product = u128::from(word as u64 ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93;
    ((product as u64 ^ (product >> 64) as u64) >> 8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colliding_numbers_have_one_entry_each_in_any_portions() {
        // All of them begin at the same place of the smallest table.
        let start = |word: &i64| hash_of(*word) & (MIN_SLOTS - 1) == 0;
        let colliding: Vec<i64> = (0..).filter(start).take(200).collect();
        let values: Vec<i64> = colliding.iter().flat_map(|&word| [word; 6]).cycle().take(2400).collect();
        for portion in [1, 3, 7, 2400] {
            let (mut words, mut codes) = (Words::default(), Vec::new());
            words.clear();
            values.chunks(portion).for_each(|part| words.intern(part.iter().copied(), &mut codes));
            assert_eq!(words.entries(), colliding);
            assert!(codes.iter().zip(&values).all(|(&code, &value)| colliding[code as usize] == value));
        }
    }

    #[test]
    fn each_number_has_one_entry() {
        let mut words = Words::default();
        words.clear();
        let values: Vec<i64> = (0..50_000).map(|i| i * i % 7919 * (i64::MAX / 7919)).collect();
        let mut numbers = Vec::new();
        words.intern(values.iter().copied(), &mut numbers);
        let found: Vec<i64> = numbers.iter().map(|&number| words.entries()[number as usize]).collect();
        assert!(found == values);
        let mut distinct = values.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(words.entries().len(), distinct.len());
        words.clear();
        assert!(words.entries().is_empty());
    }
}
