//! What is written is what Parquet's own reader reads, and says about itself what it should.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop here")]

mod support;

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Int32Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding, LogicalType};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::ReaderProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::serialized_reader::ReadOptionsBuilder;
use sawlog_columns::Table;
use sawlog_schema::ColumnNames;
use sawlog_writer::{FileLimits, PartitionBy, split};
use serde_json::{Value, json};
use tempfile::TempDir;

use support::{EVERYTHING, batches, plan, run, write};

fn rows() -> Vec<Value> {
    vec![
        json!({"at": "2024-01-02T00:00:00Z", "id": "b", "small": -32768, "int": 2_147_483_647,
               "big": i64::MIN, "float": -0.5, "flag": true, "any": {"a": [1, null]}, "email": "a@b.c",
               "object": {"text": "", "inner": {"text": "ü", "any": "x"}},
               "texts": ["x", null, ""], "anys": [1, "two", null, {}], "grid": [[1, 2], [], null, [null, 3]],
               "items": [{"name": "n", "size": 1, "tags": ["t", "u"]}, null, {}, {"tags": []}]}),
        json!({}),
        json!({"at": "2024-01-01T23:59:59.999999Z", "id": "a", "object": {}, "texts": [], "items": [],
               "grid": [], "anys": [], "flag": false}),
        json!({"at": "2024-01-01T00:00:00Z", "object": {"inner": {}}, "items": [{"tags": [null]}]}),
    ]
}

fn read(path: &Path) -> RecordBatch {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    let parts: Vec<RecordBatch> = reader.collect::<Result<_, _>>().unwrap();
    concat_batches(&parts[0].schema(), &parts).unwrap()
}

fn metadata(path: &Path) -> ParquetMetaData {
    SerializedFileReader::new(File::open(path).unwrap()).unwrap().metadata().clone()
}

#[test]
fn every_type_comes_back() {
    let plan = plan(EVERYTHING);
    let parts = batches(&plan, &rows(), &[2]);
    let folder = TempDir::new().unwrap();
    let run = run();
    let table = Table::new(&plan, &run, &parts);
    let group = split(&table, &run, PartitionBy::None).remove(0);
    let order: Vec<(u32, u32)> = group.picks.iter().map(|p| (p.part, p.row)).collect();
    assert_eq!(
        order,
        [(0, 1), (1, 1), (1, 0), (0, 0)],
        "by event time; the row without one has the parse time"
    );

    let columns = table.schema().fields().iter().map(|field| table.column(field, &group.picks).unwrap());
    let expected = RecordBatch::try_new(table.schema().clone(), columns.collect()).unwrap();
    let files = write(
        folder.path(),
        &plan,
        &[batches(&plan, &rows(), &[2])],
        PartitionBy::None,
        FileLimits::default(),
    );
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].path, "test_everything/000000000000f00d-00000.parquet");
    assert_eq!(files[0].rows, 4);
    let found = read(&folder.path().join(&files[0].path));
    assert_eq!(found, expected);
    assert_eq!(found.schema().field_with_name("id").unwrap().metadata()["description"], "Who is who");

    let last = |name: &str| found.column_by_name(name).unwrap().slice(3, 1);
    let grid = last("grid");
    let grid = grid.as_list::<i32>().value(0);
    assert_eq!((grid.len(), grid.null_count()), (4, 1));
    let inner = grid.as_list::<i32>().value(3);
    assert_eq!(inner.as_primitive::<Int32Type>().iter().collect::<Vec<_>>(), [None, Some(3)]);
    let items = last("items");
    let items = items.as_list::<i32>().value(0);
    assert_eq!((items.len(), items.null_count()), (4, 1));
    let empty = found.column_by_name("texts").unwrap();
    let states: Vec<_> = empty.as_list::<i32>().iter().map(|list| list.map(|l| l.len())).collect();
    assert_eq!(states, [None, None, Some(0), Some(3)], "null, null, empty and full lists stay apart");
    let objects = found.column_by_name("object").unwrap();
    assert_eq!((0..4).map(|i| objects.is_null(i)).collect::<Vec<_>>(), [true, false, false, false]);
}

/// Fields of any name, some of which look like a path to another.
const NAMES: &str = "
schema: Test.Names
fields:
  - {name: a.b, type: string}
  - {name: a, type: object, fields: [{name: b, type: int}, {name: list.element, type: int}]}
  - {name: a b!, type: array, element: {type: object, fields: [{name: '/', type: int}]}}
  - {name: '@x', type: string, rename: {from: y}}
  - {name: '\"', type: string}
  - {name: \"it's\", type: int}
  - {name: 名前, type: string}
";

#[test]
fn names_of_any_characters_reach_the_file() {
    let event = json!({"a.b": "dot", "a": {"b": 1, "list.element": 2}, "a b!": [{"/": 3}], "@x": "at",
                       "\"": "quote", "it's": 4, "名前": "name"});
    for (names, expected) in [
        (ColumnNames::Original, ["a.b", "a", "a b!", "@x", "\"", "it's", "名前"]),
        (
            ColumnNames::Normalized,
            ["a_b", "a", "a_b_exclamation", "at_sign_x", "_", "it_apostrophe_s", "MingQian"],
        ),
    ] {
        let plan = plan(NAMES).with_column_names(names).unwrap();
        let folder = TempDir::new().unwrap();
        let parts = batches(&plan, std::slice::from_ref(&event), &[1]);
        let files = write(folder.path(), &plan, &[parts], PartitionBy::None, FileLimits::default());
        let found = read(&folder.path().join(&files[0].path));
        let schema = found.schema();
        let found_names: Vec<&str> = schema.fields().iter().take(7).map(|f| f.name().as_str()).collect();
        assert_eq!(found_names, expected);
        let text = |column: usize| found.column(column).as_string::<i32>().value(0).to_owned();
        assert_eq!([text(0), text(3), text(4), text(6)], ["dot", "at", "quote", "name"]);
        let object = found.column(1).as_struct();
        let member = |at: usize| object.column(at).as_primitive::<Int32Type>().value(0);
        assert_eq!((member(0), member(1)), (1, 2));
    }
}

#[test]
fn files_tell_readers_what_they_need() {
    let plan = plan(EVERYTHING);
    let folder = TempDir::new().unwrap();
    let rows: Vec<Value> = (0..5000)
        .map(|i| {
            json!({"at": "2024-01-02T00:00:00Z", "id": format!("id {}", i * 7919 % 5000), "any": i,
                        "email": format!("{}@example.org", i % 100)})
        })
        .collect();
    let files = write(
        folder.path(),
        &plan,
        &[batches(&plan, &rows, &[999])],
        PartitionBy::None,
        FileLimits::default(),
    );
    let path = folder.path().join(&files[0].path);
    let metadata = metadata(&path);

    let file = metadata.file_metadata();
    assert_eq!(file.created_by(), Some(concat!("sawlog ", env!("CARGO_PKG_VERSION"))));
    let pairs = file.key_value_metadata().unwrap();
    let pair = |key: &str| pairs.iter().find(|p| p.key == key).and_then(|p| p.value.as_deref());
    assert_eq!(pair("sawlog.log_type"), Some("Test.Everything"));
    assert_eq!(pair("sawlog.schema_version"), Some("3"));
    assert_eq!(pair("sawlog.schema_fingerprint"), Some(plan.fingerprint.as_str()));
    assert_eq!(pair("sawlog.version"), Some(env!("CARGO_PKG_VERSION")));

    let schema = file.schema_descr();
    let leaf = |path: &str| schema.columns().iter().position(|c| c.path().string() == path).unwrap();
    for json in ["any", "object.inner.any", "anys.list.element", "p_extra"] {
        assert_eq!(schema.column(leaf(json)).logical_type_ref(), Some(&LogicalType::Json), "{json}");
    }
    let group = metadata.row_group(0);
    let sorted: Vec<i32> = group.sorting_columns().unwrap().iter().map(|s| s.column_idx).collect();
    assert_eq!(sorted, [leaf("p_event_time") as i32, leaf("p_row_id") as i32]);
    assert!(group.columns().iter().all(|c| matches!(c.compression(), Compression::ZSTD(_))));
    assert!(
        group
            .columns()
            .iter()
            .all(|c| c.column_index_offset().is_some() && c.offset_index_offset().is_some())
    );
    let encodings = |path: &str| group.column(leaf(path)).encodings().collect::<Vec<_>>();
    assert!(encodings("p_row_id").contains(&Encoding::DELTA_BYTE_ARRAY));
    assert!(encodings("p_log_type").contains(&Encoding::RLE_DICTIONARY));
    assert!(!encodings("id").contains(&Encoding::RLE_DICTIONARY));

    let filtered: Vec<String> = (0..schema.num_columns())
        .filter(|&i| group.column(i).bloom_filter_offset().is_some())
        .map(|i| schema.column(i).path().string())
        .collect();
    assert_eq!(filtered, ["id", "p_any_emails.list.element"]);
    let options = ReadOptionsBuilder::new()
        .with_reader_properties(ReaderProperties::builder().set_read_bloom_filter(true).build())
        .build();
    let reader = SerializedFileReader::new_with_options(File::open(&path).unwrap(), options).unwrap();
    let group = reader.get_row_group(0).unwrap();
    let filter = group.get_column_bloom_filter(leaf("id")).unwrap();
    assert!((0..5000).all(|i| filter.check(format!("id {i}").as_str())));
    let wrong = (5000..15_000).filter(|i| filter.check(format!("id {i}").as_str())).count();
    assert!(wrong < 300, "{wrong} of 10,000 absent values seem present");
    let emails = group.get_column_bloom_filter(leaf("p_any_emails.list.element")).unwrap();
    assert!((0..100).all(|i| emails.check(format!("{i}@example.org").as_str())));
}

#[test]
fn a_group_without_rows_makes_a_row_group_without_rows() {
    let plan = plan(EVERYTHING);
    let run = run();
    let parts = batches(&plan, &rows(), &[4]);
    let table = Table::new(&plan, &run, &parts);
    let mut group = split(&table, &run, PartitionBy::Day).remove(0);
    group.picks.clear();
    let format = sawlog_writer::TableFormat::new(&plan).unwrap();
    assert_eq!(sawlog_writer::encode(&format, &table, &group).unwrap().rows(), 0);
}
