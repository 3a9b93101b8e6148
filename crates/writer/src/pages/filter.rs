//! Bloom filters: what lets readers of a row group find out that a text is not in it.
//!
//! A filter is made for the number of values that the column really has, which its rows tell before the first
//! of them is read. A guess from the first rows would not do: few rows with long lists at the start of a
//! column would reserve room for lists as long in all the others. In the end the filter is folded to what
//! the distinct values need.

use parquet::bloom_filter::Sbbf;
use parquet::errors::ParquetError;

use crate::encoding::BLOOM_FALSE_POSITIVES;

/// The bloom filter of a column on its way.
pub(super) struct Filter(Sbbf);

impl Filter {
    /// A filter with room for so many distinct values.
    pub(super) fn new(values: usize) -> Result<Self, ParquetError> {
        Sbbf::new_with_ndv_fpp(values.max(1) as u64, BLOOM_FALSE_POSITIVES).map(Self)
    }

    pub(super) fn insert(&mut self, value: &[u8]) {
        self.0.insert(value);
    }

    /// The filter, as small as it can be.
    pub(super) fn finish(mut self) -> Sbbf {
        self.0.fold_to_target_fpp(BLOOM_FALSE_POSITIVES);
        // Folding keeps the memory of the whole; a copy has but what it needs. It lives as long as its file.
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(room: usize, distinct: u32) -> usize {
        let mut filter = Filter::new(room).unwrap();
        (0..distinct).for_each(|value| filter.insert(value.to_string().as_bytes()));
        let filter = filter.finish();
        assert!((0..distinct).all(|value| filter.check(value.to_string().as_bytes())));
        filter.num_blocks()
    }

    #[test]
    fn what_is_left_is_for_the_distinct_values() {
        assert_eq!(blocks(0, 0), 1);
        assert_eq!(blocks(1_000_000, 0), 1);
        assert_eq!(blocks(1_000_000, 1000), blocks(1000, 1000));
        // About ten bits a value, of 256 a block.
        assert!((30..=64).contains(&blocks(1000, 1000)));
    }
}
