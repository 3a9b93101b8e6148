//! How the Parquet crate is to lay the values of a column out, chosen from the first of them.
//!
//! The crate would find out by itself where a dictionary does not pay, but late: each value is hashed and
//! stored in a dictionary that is dropped once it has grown too large.

use std::collections::HashSet;
use std::hash::Hash;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{Int16Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_schema::{DataType, TimeUnit};
use parquet::basic::Encoding;
use parquet::file::properties::WriterProperties;

use crate::encoding::{BLOOM_FALSE_POSITIVES, SAMPLE_VALUES, base_properties, hardly_repeat};
use crate::format::ColumnFormat;

/// Bytes that neighbours must share, on average, for front coding to pay.
const SHARED_PREFIX_BYTES: usize = 8;

/// Chooses the layout of a column's leaves. `sample` holds its first rows, `rows` is the number it will have.
pub(super) fn column_properties(column: &ColumnFormat, sample: &ArrayRef, rows: usize) -> WriterProperties {
    let mut properties = base_properties();
    for (leaf, values) in column.parquet.columns().iter().zip(leaves(sample)) {
        if let Some(encoding) = without_dictionary(&values) {
            properties = properties
                .set_column_dictionary_enabled(leaf.path().clone(), false)
                .set_column_encoding(leaf.path().clone(), encoding);
        }
        if column.sought {
            properties = properties
                .set_column_bloom_filter_fpp(leaf.path().clone(), BLOOM_FALSE_POSITIVES)
                .set_column_bloom_filter_max_ndv(leaf.path().clone(), values_expected(&values, sample, rows));
        }
    }
    properties.build()
}

/// An upper bound of the distinct values to come. Filters are folded to what they really hold when the row
/// group ends, so that a generous bound costs only memory.
fn values_expected(values: &ArrayRef, sample: &ArrayRef, rows: usize) -> u64 {
    if sample.len() == rows {
        return values.len().max(1) as u64;
    }
    let per_row = values.len().div_ceil(sample.len().max(1)).max(1);
    (rows * per_row * 2) as u64
}

/// The leaves of a nested array, in the order of the Parquet schema.
fn leaves(array: &ArrayRef) -> Vec<ArrayRef> {
    let mut found = Vec::new();
    let mut open = vec![array.clone()];
    while let Some(array) = open.pop() {
        match array.data_type() {
            DataType::Struct(_) => open.extend(array.as_struct().columns().iter().rev().cloned()),
            DataType::List(_) => open.push(array.as_list::<i32>().values().clone()),
            _ => found.push(array),
        }
    }
    found
}

/// The encoding for values that hardly repeat; None where a dictionary is better.
fn without_dictionary(values: &ArrayRef) -> Option<Encoding> {
    match values.data_type() {
        DataType::Utf8 => {
            let text = values.as_string::<i32>();
            let sample: Vec<&str> = text.iter().flatten().take(SAMPLE_VALUES).collect();
            are_distinct(&sample).then(|| text_encoding(&sample))
        }
        DataType::Int16 => integers(values.as_primitive::<Int16Type>().iter().flatten()),
        DataType::Int32 => integers(values.as_primitive::<Int32Type>().iter().flatten()),
        DataType::Int64 => integers(values.as_primitive::<Int64Type>().iter().flatten()),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            integers(values.as_primitive::<TimestampMicrosecondType>().iter().flatten())
        }
        DataType::Float64 => {
            let floats = values.as_primitive::<arrow::datatypes::Float64Type>();
            let sample: Vec<u64> = floats.iter().flatten().take(SAMPLE_VALUES).map(f64::to_bits).collect();
            are_distinct(&sample).then_some(Encoding::PLAIN)
        }
        _ => None,
    }
}

/// Integers that hardly repeat, or that ascend as the event time does, are told by their differences.
fn integers<T: Copy + Ord + Hash>(values: impl Iterator<Item = T>) -> Option<Encoding> {
    let sample: Vec<T> = values.take(SAMPLE_VALUES).collect();
    let ascends = sample.is_sorted() && sample.first() < sample.last();
    (ascends || are_distinct(&sample)).then_some(Encoding::DELTA_BINARY_PACKED)
}

/// Whether the values of a sample are nearly all distinct.
fn are_distinct<T: Hash + Eq>(sample: &[T]) -> bool {
    hardly_repeat(sample.len(), sample.iter().collect::<HashSet<_>>().len())
}

fn text_encoding(sample: &[&str]) -> Encoding {
    let shared = |pair: &[&str]| pair[0].bytes().zip(pair[1].bytes()).take_while(|(a, b)| a == b).count();
    let total: usize = sample.windows(2).map(shared).sum();
    if total >= SHARED_PREFIX_BYTES * (sample.len() - 1) {
        Encoding::DELTA_BYTE_ARRAY
    } else {
        Encoding::DELTA_LENGTH_BYTE_ARRAY
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Float64Array, Int64Array, StringArray};

    use super::*;

    fn texts(values: impl Iterator<Item = String>) -> Option<Encoding> {
        let array: ArrayRef = Arc::new(StringArray::from_iter_values(values));
        without_dictionary(&array)
    }

    #[test]
    fn values_that_repeat_keep_their_dictionary() {
        assert_eq!(texts((0..1000).map(|i| format!("action {}", i % 40))), None);
        assert_eq!(texts((0..0).map(|i: u32| i.to_string())), None);
        let ints: ArrayRef = Arc::new(Int64Array::from_iter_values((0..1000).map(|i| (i * 7) % 5)));
        assert_eq!(without_dictionary(&ints), None);
        let constant: ArrayRef = Arc::new(Int64Array::from(vec![7; 100]));
        assert_eq!(without_dictionary(&constant), None);
    }

    #[test]
    fn ids_do_without() {
        let scattered = |i: u64| format!("{:x}", i.wrapping_mul(0x9e37_79b9_7f4a_7c15).reverse_bits());
        assert_eq!(texts((1..1000).map(scattered)), Some(Encoding::DELTA_LENGTH_BYTE_ARRAY));
        let in_order = |i: u64| format!("8a0f3c5577aa0012{i:016x}");
        assert_eq!(texts((0..1000).map(in_order)), Some(Encoding::DELTA_BYTE_ARRAY));
        let floats: ArrayRef = Arc::new(Float64Array::from_iter_values((0..100).map(f64::from)));
        assert_eq!(without_dictionary(&floats), Some(Encoding::PLAIN));
    }

    #[test]
    fn times_in_order_are_told_by_their_differences() {
        let times: ArrayRef = Arc::new(Int64Array::from_iter_values((0..1000).map(|i| i / 50)));
        assert_eq!(without_dictionary(&times), Some(Encoding::DELTA_BINARY_PACKED));
    }
}
