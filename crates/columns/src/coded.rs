//! Text values of which most have been seen before.
//!
//! Of a value that is pushed its place is noted, because a record that is rejected takes it back. When all
//! records of a block are settled, values are *sealed*: they are looked up in a dictionary while the block is
//! still in the processor's cache, and only a number remains of each. Which way depends on the column: where
//! there are but a few short texts they are told [without a guess](crate::few), and values that hardly repeat
//! are put down without being looked up.

use crate::dictionary::Dictionary;
use crate::few::Few;
use crate::open::{Home, Open};

/// Values after which it shows whether they repeat.
const SAMPLE_VALUES: usize = 1024;

/// Text values in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Coded {
    /// For each sealed value its entry in the dictionary; any number where it is null.
    codes: Vec<u32>,
    dictionary: Dictionary,
    /// How many values that are not null were sealed.
    sealed: usize,
    way: Way,
    /// The values behind them.
    open: Open,
}

/// How values become codes.
#[derive(Debug, Clone, Default)]
enum Way {
    /// They are looked up, until it shows what is best.
    #[default]
    Sampled,
    /// Nearly all are one of a few texts.
    Few(Box<Few>),
    /// They are looked up.
    Many,
    /// They are not looked up.
    Unique,
}

impl Coded {
    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        self.codes.len() + self.open.len()
    }

    #[inline]
    pub(crate) fn push(&mut self, value: &[u8], home: Home) {
        self.open.push(value, home);
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.open.truncate(len.saturating_sub(self.codes.len()));
        self.codes.truncate(len);
    }

    /// A value, which is no piece of a block unless it is sealed.
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        match self.codes.get(index) {
            Some(&code) => self.dictionary.entry(code),
            None => self.open.get(index - self.codes.len()),
        }
    }

    /// The code of a text, for [`Self::push_code`].
    pub(crate) fn intern(&mut self, text: &[u8]) -> u32 {
        if matches!(self.way, Way::Unique) {
            self.dictionary.append(text)
        } else {
            self.dictionary.find_or_add(text)
        }
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
        if hardly_repeat(self.sealed, self.dictionary.len()) {
            self.way = Way::Unique;
        }
    }

    /// The codes of the sealed values, and their dictionary.
    pub(crate) fn sealed(&self) -> (&[u32], &Dictionary) {
        (&self.codes, &self.dictionary)
    }

    /// The codes of the sealed values, for who puts nulls between them.
    pub(crate) fn codes_mut(&mut self) -> &mut Vec<u32> {
        &mut self.codes
    }

    /// Seals what was pushed since the last time, of which much may be pieces of `block`.
    pub(crate) fn seal(&mut self, block: &[u8]) {
        let Self { codes, dictionary, sealed, way, open } = self;
        let places = open.places();
        if places.is_empty() {
            return;
        }
        let texts = places.iter().map(|place| open.text(*place, block));
        codes.reserve(places.len());
        match way {
            Way::Unique => {
                codes.extend(texts.map(|text| dictionary.append(text)));
            }
            Way::Sampled | Way::Many => {
                dictionary.intern(texts, |code| codes.push(code));
            }
            Way::Few(few) => {
                few.seal(open, block, dictionary, codes);
                if few.are_many() {
                    *way = Way::Many;
                }
            }
        }
        *sealed += places.len();
        open.clear();
        self.settle();
        if matches!(self.way, Way::Sampled) && self.sealed >= SAMPLE_VALUES {
            self.way = Few::of(&self.dictionary).map_or(Way::Many, |few| Way::Few(Box::new(few)));
        }
    }

    pub(crate) fn clear(&mut self) {
        self.codes.clear();
        self.dictionary.clear();
        (self.sealed, self.way) = (0, Way::Sampled);
        self.open.clear();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        let few = if let Way::Few(few) = &self.way { few.heap_bytes() } else { 0 };
        let codes = self.codes.capacity() * size_of::<u32>() + few;
        codes + self.dictionary.heap_bytes() + self.open.heap_bytes()
    }
}

/// Whether four values of five are new.
fn hardly_repeat(values: usize, distinct: usize) -> bool {
    values >= SAMPLE_VALUES && distinct + values / 5 >= values
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    /// Values that are sealed every so often; `of` makes their texts. They are pieces of a block but for one
    /// in twenty.
    fn check(every: usize, of: impl Fn(usize) -> String) -> Coded {
        let mut coded = Coded::default();
        let block: Vec<u8> = (0..5000).flat_map(|at| of(at).into_bytes()).collect();
        let mut start = 0;
        for at in 0..5000 {
            let text = &block[start..start + of(at).len()];
            start += text.len();
            coded.push(text, if at % 20 == 0 { Home::default() } else { Home::of(&block) });
            // As for a record that is rejected.
            coded.push(b"never", Home::default());
            coded.truncate(at + 1);
            if at % every == 0 || at == 4999 {
                coded.seal(&block);
            }
        }
        assert_eq!(coded.len(), 5000);
        for at in 0..5000 {
            assert_eq!(str::from_utf8(coded.get(at)).unwrap(), of(at));
        }
        coded
    }

    #[test]
    fn values_are_found_again_sealed_or_not() {
        for every in [1, 7, 1000, 6000] {
            let coded = check(every, |at| format!("value {}", at % 11));
            assert!(coded.dictionary.len() <= 11);
        }
    }

    #[test]
    fn the_way_follows_the_values() {
        let few = |at| format!("value {}", at % 200);
        assert!(matches!(check(100, few).way, Way::Few(_)));
        // Later ones are others, or too long to be known.
        let later = |at| if at < 3000 { few(at) } else { format!("other {}", at / 9) };
        assert!(matches!(check(100, later).way, Way::Many));
        let long = |at| if at < 3000 { few(at) } else { few(at).repeat(5) };
        assert!(matches!(check(100, long).way, Way::Many));
        assert!(matches!(check(100, |at| format!("value {}", at % 700)).way, Way::Many));
        let mut coded = check(1000, |at| format!("value {at}"));
        assert!(matches!(coded.way, Way::Unique));
        coded.clear();
        assert!(coded.len() == 0 && matches!(coded.way, Way::Sampled));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn codes_count_texts_by_their_first_appearance(
            pool in vec("[a\\x00é]{0,36}", 1..300),
            values in vec((any::<Index>(), 0..20u8), 1500..4000),
            every in 50..800usize,
        ) {
            // Some are new, some no pieces of the block.
            let text = |(index, kind): &(Index, u8)| match kind {
                1 => index.index(5000).to_string(),
                _ => pool[index.index(pool.len())].clone(),
            };
            let mut coded = Coded::default();
            for values in values.chunks(every) {
                let texts: Vec<String> = values.iter().map(text).collect();
                let block: Vec<u8> = texts.iter().flat_map(|text| text.bytes()).collect();
                let mut rest = &block[..];
                for (text, (_, kind)) in texts.iter().zip(values) {
                    let (piece, behind) = rest.split_at(text.len());
                    coded.push(piece, if *kind == 2 { Home::default() } else { Home::of(&block) });
                    rest = behind;
                }
                coded.seal(&block);
            }
            let mut codes = HashMap::new();
            for (at, text) in values.iter().map(text).enumerate() {
                prop_assert_eq!(coded.get(at), text.as_bytes());
                let next = codes.len() as u32;
                let code = *codes.entry(text).or_insert(next);
                prop_assert!(matches!(coded.way, Way::Unique) || coded.codes[at] == code);
            }
        }
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
