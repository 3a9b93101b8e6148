//! The values of a column of integers, times or floats, on their way into pages.
//!
//! As with texts, a dictionary comes first. Integers that hardly repeat, or that ascend as event times do,
//! are then told by their differences; floats by themselves.

use parquet::basic::{Encoding, Type};

use crate::encoding::{SAMPLE_VALUES, hardly_repeat};

use super::bounds::Bounds;
use super::words::Words;
use super::{MAX_DICTIONARY_BYTES, delta, hybrid};

/// Values of the page at hand, with the memory for those of the next column.
#[derive(Debug)]
pub(super) struct Numbers {
    value_type: Type,
    words: Words,
    /// Places of the page's values in the dictionary.
    codes: Vec<u32>,
    /// Number of entries when the page began.
    entries_before: usize,
    is_settled: bool,
    /// Values as bits, where there is no dictionary.
    direct: Vec<i64>,
    is_direct: bool,
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            value_type: Type::INT64,
            words: Words::default(),
            codes: Vec::new(),
            entries_before: 0,
            is_settled: false,
            direct: Vec::new(),
            is_direct: false,
        }
    }
}

impl Numbers {
    /// Begins a column.
    pub(super) fn begin(&mut self, value_type: Type) {
        self.value_type = value_type;
        self.words.clear();
        self.codes.clear();
        self.entries_before = 0;
        self.direct.clear();
        (self.is_settled, self.is_direct) = (false, false);
    }

    pub(super) fn push(&mut self, mut values: impl Iterator<Item = i64>) {
        if !self.is_settled {
            let missing = SAMPLE_VALUES - self.codes.len();
            self.words.intern(values.by_ref().take(missing), &mut self.codes);
            if self.codes.len() == SAMPLE_VALUES {
                self.settle();
            }
        }
        if self.is_direct {
            self.direct.extend(values);
        } else {
            self.words.intern(values, &mut self.codes);
        }
    }

    /// Adds a value so many times.
    pub(super) fn push_same(&mut self, value: i64, times: usize) {
        let first = if self.is_settled { 0 } else { times.min(SAMPLE_VALUES - self.codes.len()) };
        self.intern_same(value, first);
        if self.codes.len() == SAMPLE_VALUES {
            self.settle();
        }
        if self.is_direct {
            self.direct.resize(self.direct.len() + times - first, value);
        } else {
            self.intern_same(value, times - first);
        }
    }

    fn intern_same(&mut self, value: i64, times: usize) {
        if times > 0 {
            self.words.intern(std::iter::once(value), &mut self.codes);
            let code = self.codes.last().copied().unwrap_or_default();
            self.codes.resize(self.codes.len() + times - 1, code);
        }
    }

    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        self.words.heap_bytes() + self.codes.capacity() * 4 + self.direct.capacity() * 8
    }

    /// Number of values in the page.
    pub(super) fn len(&self) -> usize {
        if self.is_direct { self.direct.len() } else { self.codes.len() }
    }

    /// About how many bytes the page has, uncompressed.
    pub(super) fn page_bytes(&self) -> usize {
        if self.is_direct {
            self.direct.len() * self.word_bytes()
        } else {
            self.codes.len() * self.width() as usize / 8
        }
    }

    /// Whether the pages to come must do without the dictionary. Called between two reads.
    pub(super) fn has_outgrown(&self) -> bool {
        !self.is_direct && self.words.entries().len() * self.word_bytes() >= MAX_DICTIONARY_BYTES
    }

    /// Leaves the dictionary to the pages before this one, which has no values yet.
    pub(super) fn leave_dictionary(&mut self) {
        self.is_direct = true;
    }

    /// Looks at the first values. Only where all of them are in the page at hand can they still move.
    pub(super) fn settle(&mut self) {
        if std::mem::replace(&mut self.is_settled, true) {
            return;
        }
        let entries = self.words.entries();
        let values = self.codes.iter().map(|&number| entries[number as usize]);
        let is_float = self.value_type == Type::DOUBLE;
        let ascends = !is_float && entries.len() > 1 && values.clone().is_sorted();
        if ascends || hardly_repeat(self.codes.len(), entries.len()) {
            self.direct.extend(values);
            self.is_direct = true;
            self.codes.clear();
            self.words.clear();
        }
    }

    fn word_bytes(&self) -> usize {
        if self.value_type == Type::INT32 { 4 } else { 8 }
    }

    fn width(&self) -> u32 {
        hybrid::bit_width(self.words.entries().len().saturating_sub(1) as u32)
    }

    /// Appends the dictionary page, and returns its number of entries.
    pub(super) fn dictionary_page(&self, out: &mut Vec<u8>) -> usize {
        self.plain(self.words.entries(), out);
        self.words.entries().len()
    }

    fn plain(&self, words: &[i64], out: &mut Vec<u8>) {
        out.reserve(words.len() * self.word_bytes());
        for word in words {
            out.extend_from_slice(&word.to_le_bytes()[..self.word_bytes()]);
        }
    }

    /// Appends the page's values and forgets them.
    pub(super) fn finish_page(&mut self, out: &mut Vec<u8>) -> (Encoding, Option<Bounds>) {
        if !self.is_direct {
            let entries = self.words.entries();
            // A page that is the first to use an entry need not look for it.
            let bounds = if self.entries_before == 0 {
                self.bounds(entries.iter().copied())
            } else {
                self.bounds(self.codes.iter().map(|&number| entries[number as usize]))
            };
            self.entries_before = entries.len();
            hybrid::encode_codes(&self.codes, self.width(), out);
            self.codes.clear();
            return (Encoding::RLE_DICTIONARY, bounds);
        }
        let bounds = self.bounds(self.direct.iter().copied());
        let mut integers = std::mem::take(&mut self.direct);
        let encoding = match self.value_type {
            Type::DOUBLE => {
                self.plain(&integers, out);
                Encoding::PLAIN
            }
            Type::INT32 => {
                delta::encode32(&integers, out);
                Encoding::DELTA_BINARY_PACKED
            }
            _ => {
                delta::encode(&integers, out);
                Encoding::DELTA_BINARY_PACKED
            }
        };
        integers.clear();
        self.direct = integers;
        (encoding, bounds)
    }

    fn bounds(&self, words: impl Iterator<Item = i64>) -> Option<Bounds> {
        if self.value_type == Type::DOUBLE {
            Bounds::of_floats(words.map(|word| f64::from_bits(word as u64)))
        } else {
            Bounds::of_integers(words)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(value_type: Type, values: impl Iterator<Item = i64>) -> Encoding {
        let mut numbers = Numbers::default();
        numbers.begin(value_type);
        numbers.push(values);
        numbers.settle();
        numbers.finish_page(&mut Vec::new()).0
    }

    #[test]
    fn numbers_that_repeat_keep_their_dictionary() {
        assert_eq!(encoding(Type::INT64, (0..9000).map(|i| i * 7 % 5)), Encoding::RLE_DICTIONARY);
        assert_eq!(encoding(Type::INT32, std::iter::repeat_n(7, 100)), Encoding::RLE_DICTIONARY);
        assert_eq!(encoding(Type::DOUBLE, 0..0), Encoding::RLE_DICTIONARY);
    }

    #[test]
    fn a_value_that_is_told_once_is_there_as_often_as_it_says() {
        for (distinct, often) in [(1, 9000), (40, 3), (40, 500), (5000, 1), (4096, 1), (7, 4096)] {
            let (mut once, mut each) = (Numbers::default(), Numbers::default());
            once.begin(Type::INT64);
            each.begin(Type::INT64);
            for value in (0..distinct).rev() {
                for times in [often, 0, often / 2] {
                    once.push_same(value, times);
                    each.push(std::iter::repeat_n(value, times));
                }
            }
            assert_eq!((once.len(), once.is_direct), (each.len(), each.is_direct));
            let (mut page, mut expected) = (Vec::new(), Vec::new());
            assert_eq!(once.finish_page(&mut page), each.finish_page(&mut expected));
            assert!(page == expected);
        }
    }

    #[test]
    fn bounds_are_those_of_the_page() {
        let mut numbers = Numbers::default();
        numbers.begin(Type::INT64);
        for (first, last) in [(1, 9), (3, 5), (2, 12)] {
            numbers.push((first..=last).cycle().take(5000));
            let bounds = numbers.finish_page(&mut Vec::new()).1;
            assert_eq!(bounds, Some(Bounds::Integers(first, last)));
        }
    }

    #[test]
    fn others_do_without() {
        assert_eq!(encoding(Type::INT64, (0..9000).map(|i| i / 50)), Encoding::DELTA_BINARY_PACKED);
        assert_eq!(encoding(Type::INT32, (0..100).map(|i| i * 7919 % 101)), Encoding::DELTA_BINARY_PACKED);
        assert_eq!(encoding(Type::DOUBLE, 0..100), Encoding::PLAIN);
    }
}
