//! Text values of which most have been seen before.
//!
//! Of a value that is pushed its place is noted, because a record that is rejected takes it back. When all
//! records of a block are settled, values are *sealed*: they are looked up in a dictionary while the block is
//! still in the processor's cache, and only a number remains of each. Values that hardly repeat are put down
//! without being looked up.

use crate::dictionary::Dictionary;
use crate::hash::hash_of;
use crate::open::{Home, Open};

/// Values after which it shows whether they repeat.
const SAMPLE_VALUES: usize = 1024;

/// Text values in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Coded {
    /// For each sealed value its entry in the dictionary; any number where it is null.
    codes: Vec<u32>,
    dictionary: Dictionary,
    /// How many of them are not null.
    sealed: usize,
    /// Whether values are no longer looked up.
    is_unique: bool,
    /// The values behind them.
    open: Open,
}

impl Coded {
    /// Number of values, of which the null ones have no bytes.
    pub(crate) fn len(&self) -> usize {
        self.codes.len() + self.open.len()
    }

    /// Appends null values up to `len`.
    pub(crate) fn pad(&mut self, len: usize) {
        self.open.pad(len - self.codes.len());
    }

    #[inline]
    pub(crate) fn push(&mut self, value: &[u8], home: Home) {
        // Now, as the text has just been read.
        let hash = if self.is_unique { 0 } else { hash_of(value) };
        self.open.push(value, hash, home);
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.open.truncate(len.saturating_sub(self.codes.len()));
        self.codes.truncate(len);
    }

    /// A value, which is not null if it is sealed, and no piece of a block if it is not.
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        match self.codes.get(index) {
            Some(&code) => self.dictionary.entry(code),
            None => self.open.get(index - self.codes.len()),
        }
    }

    /// The codes of the sealed values, and their dictionary.
    pub(crate) fn sealed(&self) -> (&[u32], &Dictionary) {
        (&self.codes, &self.dictionary)
    }

    /// Seals what was pushed since the last time, of which much may be pieces of `block`. `valid` tells for
    /// all values which are there; it is empty where none is null.
    pub(crate) fn seal(&mut self, block: &[u8], valid: &[bool]) {
        debug_assert!(valid.is_empty() || valid.len() == self.len(), "each value is there or not");
        if self.open.len() == 0 {
            return;
        }
        let Self { codes, dictionary, sealed, is_unique, open } = self;
        let first = codes.len();
        let valid = valid.get(first..).unwrap_or_default();
        let is_there = |&(at, _): &(usize, _)| valid.get(at).is_none_or(|valid| *valid);
        let texts = open.iter(block).enumerate().filter(is_there).map(|(_, text)| text);
        codes.reserve(open.len());
        if *is_unique {
            codes.extend(texts.map(|(text, _)| dictionary.append(text)));
        } else {
            dictionary.intern_hashed(texts, |code| codes.push(code));
        }
        let there = codes.len() - first;
        *sealed += there;
        *is_unique = *is_unique || hardly_repeat(*sealed, dictionary.len());
        if there < open.len() {
            spread(codes, first, valid);
        }
        open.clear();
    }

    pub(crate) fn clear(&mut self) {
        self.codes.clear();
        self.dictionary.clear();
        (self.sealed, self.is_unique) = (0, false);
        self.open.clear();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.codes.capacity() * size_of::<u32>() + self.dictionary.heap_bytes() + self.open.heap_bytes()
    }
}

/// Whether four values of five are new.
fn hardly_repeat(values: usize, distinct: usize) -> bool {
    values >= SAMPLE_VALUES && values - distinct <= values / 5
}

/// Moves the codes behind the first ones, which are those of the values that are there, to their places.
fn spread(codes: &mut Vec<u32>, first: usize, valid: &[bool]) {
    let mut last = codes.len();
    codes.resize(first + valid.len(), 0);
    for (at, _) in valid.iter().enumerate().rev().filter(|(_, valid)| **valid) {
        last -= 1;
        codes[first + at] = codes[last];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of which every third is null, sealed every so often; `of` makes their texts.
    fn check(every: usize, of: impl Fn(usize) -> String) -> Coded {
        let (mut coded, mut valid) = (Coded::default(), Vec::new());
        let is_null = |at: usize| at % 3 == 1;
        for at in 0..5000 {
            if !is_null(at) {
                coded.pad(at);
                valid.resize(at, false);
                coded.push(of(at).as_bytes(), Home::default());
                valid.push(true);
                // As for a record that is rejected.
                coded.push(b"never", Home::default());
                coded.truncate(at + 1);
            }
            if at % every == 0 {
                coded.seal(&[], &valid);
            }
        }
        assert_eq!(coded.len(), valid.len());
        for at in (0..5000).filter(|at| !is_null(*at)) {
            assert_eq!(coded.get(at), of(at).as_bytes());
        }
        coded
    }

    #[test]
    fn values_are_found_again_sealed_or_not() {
        for every in [1, 7, 1000, 6000] {
            let coded = check(every, |at| format!("value {}", at % 11));
            assert!(coded.dictionary.len() <= 11 && !coded.is_unique);
        }
    }

    #[test]
    fn values_that_hardly_repeat_are_no_longer_looked_up() {
        let mut coded = check(1000, |at| format!("value {at}"));
        assert!(coded.is_unique);
        coded.clear();
        assert_eq!((coded.len(), coded.is_unique), (0, false));
        assert!(!check(1000, |at| format!("value {}", at / 20)).is_unique);
    }

    #[test]
    fn a_list_has_no_null_values() {
        let mut coded = Coded::default();
        for text in ["b", "a", "b"] {
            coded.push(text.as_bytes(), Home::default());
        }
        coded.seal(&[], &[]);
        assert_eq!(coded.sealed().0, [0, 1, 0]);
    }
}
