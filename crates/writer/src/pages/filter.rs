//! Bloom filters: what lets readers of a row group find out that a text is not in it.
//!
//! When all values have been read, the dictionary shows which there are, and the filter is made for just as
//! many. Only where values leave the dictionary is it needed before, and made for all values that the rows
//! have. A guess from the first rows would not do: few rows with long lists at the start of a column would
//! reserve room for lists as long in all the others. In the end the filter is folded to what the distinct
//! values need.

use parquet::bloom_filter::Sbbf;
use sawlog_columns::Dictionary;

use crate::encoding::BLOOM_FALSE_POSITIVES;

/// Bits that a value sets.
const BITS: f64 = 8.0;

/// The bloom filter of a column on its way.
pub(super) struct Filter<'a> {
    /// Tells how many values the column has at most.
    max_values: &'a dyn Fn() -> usize,
    /// The filter, once there are values that are in no dictionary.
    apart: Option<Sbbf>,
}

impl<'a> Filter<'a> {
    /// A filter for a column of at most so many values, which are counted if need be.
    pub(super) fn new(max_values: &'a dyn Fn() -> usize) -> Self {
        Self { max_values, apart: None }
    }

    /// Adds a value that is in no dictionary.
    pub(super) fn insert(&mut self, value: &[u8]) {
        self.apart.get_or_insert_with(|| with_room((self.max_values)())).insert(value);
    }

    /// The filter with the entries of the dictionary too, as small as it can be.
    pub(super) fn finish(self, dictionary: &Dictionary) -> Sbbf {
        let mut filter = self.apart.unwrap_or_else(|| with_room(dictionary.len()));
        dictionary.entries().for_each(|entry| filter.insert(entry));
        filter.fold_to_target_fpp(BLOOM_FALSE_POSITIVES);
        // Folding keeps the memory of the whole; a copy has but what it needs. It lives as long as its file.
        filter.clone()
    }
}

/// An empty filter with room for so many distinct values.
fn with_room(values: usize) -> Sbbf {
    let bits_each = -BITS / (1.0 - BLOOM_FALSE_POSITIVES.powf(1.0 / BITS)).ln();
    Sbbf::new_with_num_of_bytes((values as f64 * bits_each / 8.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size of a filter for some values in a dictionary and others apart from it.
    fn blocks(room: usize, apart: u32, entries: u32) -> usize {
        let texts: Vec<String> = (0..apart + entries).map(|value| value.to_string()).collect();
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        let (apart, entries) = texts.split_at(apart as usize);
        let mut dictionary = Dictionary::default();
        dictionary.intern(entries.iter().copied(), |_| {});
        let max_values = || room;
        let mut filter = Filter::new(&max_values);
        for value in apart {
            filter.insert(value);
        }
        let filter = filter.finish(&dictionary);
        assert!(texts.iter().all(|value| filter.check(*value)));
        filter.num_blocks()
    }

    #[test]
    fn what_is_left_is_for_the_distinct_values() {
        assert_eq!(blocks(0, 0, 0), 1);
        assert_eq!(blocks(1_000_000, 1, 0), 1);
        assert_eq!(blocks(1_000_000, 0, 1), 1);
        // About ten bits a value, of 256 a block.
        assert!((30..=64).contains(&blocks(1000, 1000, 0)));
        for (apart, entries) in [(1000, 0), (500, 500), (0, 1000)] {
            assert_eq!(blocks(1_000_000, apart, entries), blocks(1000, 1000, 0));
        }
    }
}
