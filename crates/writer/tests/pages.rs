//! Pages of our own against those of the Parquet crate, by way of Arrow: equal data, and equal statistics.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop here")]

mod support;

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Int64Type;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::basic::LogicalType;
use parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData};
use parquet::file::page_index::column_index::{ColumnIndexMetaData, PrimitiveColumnIndex};
use parquet::file::properties::ReaderProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::serialized_reader::ReadOptionsBuilder;
use proptest::prelude::*;
use sawlog_columns::Columns;
use sawlog_schema::Plan;
use sawlog_writer::{Encoder, FileLimits, PartitionBy};
use serde_json::{Value, json};
use tempfile::TempDir;

use support::{EVERYTHING, batches, plan, write_with};

/// Numbers that are the same in every run with the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// A text: empty, one of a few, new, long, or of other scripts.
    fn text(&mut self) -> Value {
        let number = self.next();
        json!(match self.below(6) {
            0 => String::new(),
            1 | 2 => format!("value {}", number % 7),
            3 => format!("{number:016x}"),
            4 => "long ".repeat((number % 60) as usize) + &number.to_string(),
            _ => "é名\u{10ffff}".repeat((number % 30) as usize),
        })
    }

    fn integer(&mut self, bits: u32) -> Value {
        let number = self.next() as i64;
        json!(match self.below(4) {
            0 => number >> (64 - bits),
            1 => (i64::MIN | number & 1) >> (64 - bits),
            2 => !(i64::MIN >> (64 - bits)),
            _ => number % 5,
        })
    }

    fn float(&mut self) -> Value {
        json!(match self.below(5) {
            0 => -0.0,
            1 => 0.0,
            2 => f64::MAX,
            3 => f64::from_bits(self.next() >> 2),
            _ => 1.5 * self.below(4) as f64,
        })
    }

    /// Null where `some` says so: as often as `nulls` in ten.
    fn maybe(&mut self, nulls: u64, some: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.below(10) < nulls { Value::Null } else { some(self) }
    }

    fn list(&mut self, longest: u64, element: impl Fn(&mut Self) -> Value) -> Value {
        let len = self.below(longest);
        Value::Array((0..len).map(|_| self.maybe(2, &element)).collect())
    }

    /// An event with a part of the fields of [`EVERYTHING`], each missing as often as `nulls` in ten.
    fn event(&mut self, nulls: u64) -> Value {
        let hours = self.below(30);
        let at =
            format!("2024-01-{:02}T{:02}:00:00.{:06}Z", 1 + hours / 24, hours % 24, self.below(1_000_000));
        let inner = |r: &mut Self| {
            let any = r.maybe(nulls, |r| r.integer(64));
            json!({"text": r.maybe(nulls, Self::text), "any": any})
        };
        let object =
            |r: &mut Self| json!({"text": r.maybe(nulls, Self::text), "inner": r.maybe(nulls, inner)});
        let item = |r: &mut Self| {
            json!({
                "name": r.maybe(nulls, Self::text),
                "size": r.maybe(nulls, |r| r.integer(64)),
                "tags": r.maybe(nulls, |r| r.list(4, Self::text)),
            })
        };
        json!({
            "at": self.maybe(1, |_| json!(at)),
            "id": self.maybe(nulls, |r| json!(format!("{:x}", r.next()))),
            "small": self.maybe(nulls, |r| r.integer(16)),
            "int": self.maybe(nulls, |r| r.integer(32)),
            "big": self.maybe(nulls, |r| r.integer(64)),
            "float": self.maybe(nulls, Self::float),
            "flag": self.maybe(nulls, |r| json!(r.below(2) == 0)),
            "any": self.maybe(nulls, |r| json!({"a": [r.text(), r.integer(64)]})),
            "email": self.maybe(nulls, |r| json!(format!("{}@example.org", r.below(50)))),
            "object": self.maybe(nulls, object),
            "texts": self.maybe(nulls, |r| r.list(4, Self::text)),
            "anys": self.maybe(nulls, |r| r.list(3, |r| r.integer(64))),
            "grid": self.maybe(nulls, |r| r.list(4, |r| r.list(4, |r| r.integer(32)))),
            "items": self.maybe(nulls, |r| r.list(4, item)),
        })
    }
}

/// Both ways into files of their own. Returns the paths of files that belong together.
fn both(folder: &TempDir, plan: &Plan, chunks: &[Vec<Columns>], by: PartitionBy) -> Vec<(PathBuf, PathBuf)> {
    let write = |encoder, name: &str| {
        let root = folder.path().join(name);
        let files = write_with(encoder, &root, plan, chunks, by, FileLimits::default());
        files.into_iter().map(move |file| root.join(file.path))
    };
    write(Encoder::Pages, "pages").zip(write(Encoder::Arrow, "arrow")).collect()
}

fn read(path: &Path, rows: Option<RowSelection>) -> RecordBatch {
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let file = File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).unwrap();
    let schema = reader.schema().clone();
    let reader = match rows {
        Some(rows) => reader.with_row_selection(rows),
        None => reader,
    };
    let parts: Vec<RecordBatch> = reader.build().unwrap().collect::<Result<_, _>>().unwrap();
    concat_batches(&schema, &parts).unwrap()
}

fn metadata(path: &Path) -> ParquetMetaData {
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let file = File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).unwrap();
    reader.metadata().as_ref().clone()
}

/// What both say of columns and, where these have one page, of pages.
fn assert_equal_statistics(ours: &Path, oracle: &Path) {
    let (ours, oracle) = (metadata(ours), metadata(oracle));
    assert_eq!(ours.num_row_groups(), oracle.num_row_groups());
    for (number, (group, expected)) in ours.row_groups().iter().zip(oracle.row_groups()).enumerate() {
        assert_eq!(group.num_rows(), expected.num_rows());
        for (leaf, (column, expected)) in group.columns().iter().zip(expected.columns()).enumerate() {
            let name = column.column_path().string();
            assert_eq!(column.num_values(), expected.num_values(), "{name}");
            let (found, expected) = (column.statistics().unwrap(), expected.statistics().unwrap());
            assert_eq!(found.null_count_opt(), expected.null_count_opt(), "{name}");
            if column.column_descr().logical_type_ref() == Some(&LogicalType::Json) && !found.max_is_exact() {
                // The oracle cuts JSON between bytes, we between characters.
                let is_text = |bytes: Option<&[u8]>| bytes.is_none_or(|b| std::str::from_utf8(b).is_ok());
                assert!(is_text(found.min_bytes_opt()) && is_text(found.max_bytes_opt()), "{name}");
                continue;
            }
            assert_eq!(found.min_bytes_opt(), expected.min_bytes_opt(), "{name}");
            assert_eq!(found.max_bytes_opt(), expected.max_bytes_opt(), "{name}");
            assert_eq!(found.min_is_exact(), expected.min_is_exact(), "{name}");
            assert_eq!(found.max_is_exact(), expected.max_is_exact(), "{name}");
            let pages = |metadata: &ParquetMetaData| {
                let locations = metadata.offset_index().unwrap()[number][leaf].page_locations().len();
                (locations, metadata.column_index().unwrap()[number][leaf].clone())
            };
            if let ((1, found), (1, expected)) = (pages(&ours), pages(&oracle)) {
                // The oracle takes pages of lists with as many nulls as rows for pages without values.
                let is_list = column.column_descr().max_rep_level() > 0;
                let expected = if is_list { bounds_of_chunk(column) } else { bounds(&expected) };
                assert_eq!(bounds(&found), expected, "{name}");
            }
        }
    }
}

/// Whether there is no value, the null count, the smallest and the largest value.
type Bounds = (bool, Option<i64>, Option<Vec<u8>>, Option<Vec<u8>>);

/// The bounds of a column chunk.
fn bounds_of_chunk(column: &ColumnChunkMetaData) -> Bounds {
    let statistics = column.statistics().unwrap();
    let nulls = statistics.null_count_opt().map(|nulls| nulls as i64);
    let (min, max) = (statistics.min_bytes_opt(), statistics.max_bytes_opt());
    (nulls == Some(column.num_values()), nulls, min.map(<[u8]>::to_vec), max.map(<[u8]>::to_vec))
}

/// The bounds of the first page.
fn bounds(index: &ColumnIndexMetaData) -> Bounds {
    let plain = |value: Option<&[u8]>| value.map(<[u8]>::to_vec);
    let (min, max) = match index {
        ColumnIndexMetaData::BYTE_ARRAY(index) => (plain(index.min_value(0)), plain(index.max_value(0))),
        ColumnIndexMetaData::INT32(index) => number_bounds(index, |value| value.to_le_bytes().to_vec()),
        ColumnIndexMetaData::INT64(index) => number_bounds(index, |value| value.to_le_bytes().to_vec()),
        ColumnIndexMetaData::DOUBLE(index) => number_bounds(index, |value| value.to_le_bytes().to_vec()),
        ColumnIndexMetaData::BOOLEAN(index) => number_bounds(index, |value| vec![u8::from(value)]),
        _ => (None, None),
    };
    (index.is_null_page(0), index.null_count(0), min, max)
}

fn number_bounds<T: Copy>(
    index: &PrimitiveColumnIndex<T>,
    plain: fn(T) -> Vec<u8>,
) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let (min, max) = (index.min_values()[0], index.max_values()[0]);
    if index.is_null_page(0) { (None, None) } else { (Some(plain(min)), Some(plain(max))) }
}

/// Every value of a column with a bloom filter is in it.
fn assert_filters_hold(path: &Path, batch: &RecordBatch) {
    let properties = ReaderProperties::builder().set_read_bloom_filter(true).build();
    let options = ReadOptionsBuilder::new().with_reader_properties(properties).build();
    let reader = SerializedFileReader::new_with_options(File::open(path).unwrap(), options).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr().clone();
    let mut from = 0;
    for number in 0..reader.num_row_groups() {
        let group = reader.get_row_group(number).unwrap();
        let rows = group.metadata().num_rows() as usize;
        for (column, name) in [("id", "id"), ("p_any_emails", "p_any_emails.list.element")] {
            let leaf = schema.columns().iter().position(|c| c.path().string() == name).unwrap();
            let filter = group.get_column_bloom_filter(leaf).unwrap();
            let values: ArrayRef = batch.column_by_name(column).unwrap().slice(from, rows);
            let texts = match values.as_list_opt::<i32>() {
                Some(lists) => lists.iter().flatten().flat_map(|list| texts(&list)).collect(),
                None => texts(&values),
            };
            assert!(texts.iter().all(|text| filter.check(text.as_str())), "{name}");
        }
        from += rows;
    }
}

fn texts(array: &dyn Array) -> Vec<String> {
    array.as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

fn assert_equal(plan: &Plan, chunks: &[Vec<Columns>], by: PartitionBy) {
    let folder = TempDir::new().unwrap();
    for (ours, oracle) in both(&folder, plan, chunks, by) {
        let found = read(&ours, None);
        assert!(found == read(&oracle, None), "the data of {} differ", ours.display());
        assert_equal_statistics(&ours, &oracle);
        assert_filters_hold(&ours, &found);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn both_ways_hold_equal_data(
        seed in any::<u64>(),
        rows in 1usize..400,
        nulls in 0u64..11,
        sizes in prop::collection::vec(1usize..150, 1..4),
    ) {
        let plan = plan(EVERYTHING);
        let mut random = Random(seed);
        let chunks: Vec<_> = (0..2)
            .map(|_| {
                let rows: Vec<Value> = (0..rows).map(|_| random.event(nulls)).collect();
                batches(&plan, &rows, &sizes)
            })
            .collect();
        assert_equal(&plan, &chunks, PartitionBy::Day);
    }
}

#[test]
fn columns_that_leave_their_dictionary_hold_equal_data() {
    // Repeating at first, then new and long, so that the dictionary outgrows its limit.
    let plan = plan(EVERYTHING);
    let mut random = Random(7);
    let rows: Vec<Value> = (0..20_000)
        .map(|i| {
            let id = if i < 6000 { i % 100 } else { i };
            let id = format!("{id:03} {:0120x}", random.below(u64::MAX) * u64::from(i >= 6000));
            json!({"at": "2024-01-01T00:00:00Z", "id": id, "texts": [id, id], "float": f64::from(i),
                   "big": if i < 6000 { i64::from(i % 3) } else { random.next() as i64 }})
        })
        .collect();
    assert_equal(&plan, &[batches(&plan, &rows, &[7000])], PartitionBy::None);
}

#[test]
fn pages_can_be_skipped() {
    let plan = plan(EVERYTHING);
    let mut random = Random(3);
    let rows: Vec<Value> = (0..70_000u32)
        .map(|i| {
            json!({
                "at": format!("2024-01-01T00:{:02}:00Z", i / 1200),
                "id": format!("{:016x}{i:08x}", random.next()),
                "big": i / 50,
                "email": format!("{}@example.org", i / 1000),
                "texts": vec!["x"; i as usize % 4],
            })
        })
        .collect();
    let folder = TempDir::new().unwrap();
    let chunk = batches(&plan, &rows, &[3000]);
    let (path, oracle) = both(&folder, &plan, &[chunk], PartitionBy::None).remove(0);
    let all = read(&path, None);
    assert!(all == read(&oracle, None));

    let metadata = metadata(&path);
    let schema = metadata.file_metadata().schema_descr().clone();
    let index = |name: &str| {
        let leaf = schema.columns().iter().position(|c| c.path().string() == name).unwrap();
        let pages = metadata.offset_index().unwrap()[0][leaf].page_locations().clone();
        (pages, metadata.column_index().unwrap()[0][leaf].clone())
    };
    let slice =
        |name: &str, rows: (usize, usize)| all.column_by_name(name).unwrap().slice(rows.0, rows.1 - rows.0);
    let ranges = |pages: &[parquet::file::page_index::offset_index::PageLocation]| -> Vec<(usize, usize)> {
        let starts = pages.iter().map(|page| page.first_row_index as usize);
        starts.clone().zip(starts.skip(1).chain([all.num_rows()])).collect()
    };

    let (pages, ColumnIndexMetaData::BYTE_ARRAY(bounds)) = index("id") else { panic!("ids are text") };
    assert!(pages.len() > 1, "the ids need several pages");
    for (page, rows) in ranges(&pages).into_iter().enumerate() {
        let values = texts(&slice("id", rows));
        assert_eq!(bounds.min_value(page), values.iter().min().map(String::as_bytes));
        assert_eq!(bounds.max_value(page), values.iter().max().map(String::as_bytes));
        // Reading no more than a page's rows finds them, in the other columns too.
        let selectors = vec![
            RowSelector::skip(rows.0),
            RowSelector::select(rows.1 - rows.0),
            RowSelector::skip(70_000 - rows.1),
        ];
        let part = read(&path, Some(RowSelection::from(selectors)));
        assert!(part == all.slice(rows.0, rows.1 - rows.0));
    }
    let (pages, ColumnIndexMetaData::INT64(bounds)) = index("big") else { panic!("integers") };
    assert_eq!(pages.len(), 2, "one for the first 65,536 rows");
    for (page, rows) in ranges(&pages).into_iter().enumerate() {
        let values = slice("big", rows);
        let values = values.as_primitive::<Int64Type>();
        assert_eq!(bounds.min_value(page), arrow::compute::min(values).as_ref());
        assert_eq!(bounds.max_value(page), arrow::compute::max(values).as_ref());
    }
}
