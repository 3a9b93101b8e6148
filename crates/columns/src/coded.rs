//! Text values of which most have been seen before.
//!
//! Of a value that is pushed its place is noted, because a record that is rejected takes it back. When all
//! records of a block are settled, values are *sealed*: they are looked up in a dictionary while the block is
//! still in the processor's cache, and only a number remains of each. Values that hardly repeat are put down
//! without being looked up.

use crate::dictionary::Dictionary;
use crate::open::{Home, Open};

/// Values after which it shows whether they repeat.
const SAMPLE_VALUES: usize = 1024;
/// The code of a null.
const NULL: u32 = 0;

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
        self.open.push(value, home);
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

    /// The code of a text, for [`Self::push_code`].
    pub(crate) fn intern(&mut self, text: &[u8]) -> u32 {
        if self.is_unique { self.dictionary.append(text) } else { self.dictionary.find_or_add(text) }
    }

    /// Adds a sealed value; all before it must be sealed.
    #[inline]
    pub(crate) fn push_code(&mut self, code: u32) {
        self.codes.push(code);
        self.sealed += 1;
    }

    /// The text of a code.
    pub(crate) fn entry(&self, code: u32) -> &[u8] {
        self.dictionary.entry(code)
    }

    /// Decides by the values so far whether later ones are looked up.
    pub(crate) fn settle(&mut self) {
        self.is_unique = self.is_unique || hardly_repeat(self.sealed, self.dictionary.len());
    }

    /// The codes of the sealed values, and their dictionary.
    pub(crate) fn sealed(&self) -> (&[u32], &Dictionary) {
        (&self.codes, &self.dictionary)
    }

    /// Seals what was pushed since the last time, of which much may be pieces of `block`.
    pub(crate) fn seal(&mut self, block: &[u8]) {
        let Self { codes, dictionary, sealed, is_unique, open } = self;
        let places = open.places();
        if places.is_empty() {
            return;
        }
        let texts = places.iter().map(|place| open.text(*place, block));
        codes.reserve(places.len());
        if *is_unique {
            codes.extend(texts.map(|text| text.map_or(NULL, |text| dictionary.append(text))));
        } else {
            dictionary.intern_if_any(texts, |code| codes.push(code.unwrap_or(NULL)));
        }
        *sealed += places.len() - open.nulls();
        open.clear();
        self.settle();
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
    values >= SAMPLE_VALUES && distinct + values / 5 >= values
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
                coded.seal(&[]);
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
        coded.seal(&[]);
        assert_eq!(coded.sealed().0, [0, 1, 0]);
    }

    #[test]
    fn a_column_without_values_takes_no_memory() {
        let mut coded = Coded::default();
        coded.push(b"of a record that is rejected", Home::default());
        coded.truncate(0);
        let before = coded.heap_bytes();
        coded.seal(&[]);
        assert_eq!(coded.heap_bytes(), before);
    }
}
