//! Reading the quarantine back.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use super::SCHEMA;
use crate::error::{Error, READ, Result};
use crate::names::{LEDGER, QUARANTINE};

/// Folders below the one given are searched to this depth.
const MAX_DEPTH: usize = 8;

/// A rejected record as the quarantine holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Why, for machines.
    pub code: String,
    /// Why, for people.
    pub message: String,
    /// Path or URL of the input.
    pub source: String,
    /// Number of the record in its input, from 1.
    pub record: i64,
    /// Line on which it starts, from 1.
    pub line: i64,
    /// Offset of its first byte in the decoded input.
    pub byte_offset: i64,
    /// Where in the record, as a JSONPath; empty where the whole record is meant.
    pub json_path: String,
    /// Name of the log type; empty where the run had several.
    pub schema: String,
    /// Line of the definition whose rule was broken, if one was.
    pub schema_line: Option<i32>,
    /// The record's bytes, or as many as are kept.
    pub raw: Vec<u8>,
    /// Length of the record in bytes.
    pub raw_len: i64,
    /// Whether `raw` is not the whole record.
    pub raw_truncated: bool,
    /// When it was parsed, in microseconds since 1970 UTC.
    pub parse_time: i64,
}

/// Reads rejected records, file by file in the order of their paths.
///
/// A lake in which nothing was rejected has none. `folder` is a lake, its `_quarantine` folder, a table's
/// folder in there, or the table's folder in the lake. Records are read a row group at a time, as the
/// iterator advances.
///
/// # Errors
/// Fails where the folder cannot be listed or holds no quarantine. The iterator yields an error where a file
/// cannot be read, or is no quarantine file, and then goes on with the next file.
pub fn read_quarantine(folder: &Path) -> Result<impl Iterator<Item = Result<Quarantined>>> {
    let none = || Error::NoQuarantine { path: folder.to_owned() };
    if !folder.is_dir() {
        return Err(none());
    }
    let place = quarantine_of(folder);
    let files = if place == folder || place.is_dir() { parquet_files(&place)? } else { Vec::new() };
    if files.is_empty() && place == folder {
        return Err(none());
    }
    Ok(files.into_iter().flat_map(|path| {
        let groups = row_groups(&path);
        groups.flat_map(|group| {
            let (rows, error) = match group {
                Ok(rows) => (rows, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            rows.into_iter().map(Ok).chain(error)
        })
    }))
}

/// The quarantine that belongs to a folder: below a lake, beside a table, or the folder itself. That of a
/// lake or a table of which nothing was rejected does not exist.
fn quarantine_of(folder: &Path) -> PathBuf {
    let below = folder.join(QUARANTINE);
    if folder.join(LEDGER).is_dir() || below.is_dir() {
        return below;
    }
    let Some((lake, table)) = folder.parent().zip(folder.file_name()) else { return folder.to_owned() };
    let beside = lake.join(QUARANTINE).join(table);
    let is_table = lake.join(LEDGER).is_dir() && table != QUARANTINE;
    if beside.is_dir() || is_table { beside } else { folder.to_owned() }
}

/// All Parquet files below a folder, by path.
fn parquet_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let list = || fs::read_dir(&folder)?.map(|item| Ok(item?.path())).collect::<io::Result<Vec<_>>>();
        for path in list().map_err(|e| Error::io("list", &folder, e))? {
            if path.extension().is_some_and(|e| e == "parquet") {
                found.push(path);
            } else if depth < MAX_DEPTH && path.is_dir() {
                open.push((path, depth + 1));
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// The rows of each row group of a file. Row groups are small by design, and are read one by one.
fn row_groups(path: &Path) -> impl Iterator<Item = Result<Vec<Quarantined>>> + use<> {
    let path = path.to_owned();
    let (opened, failed) = match open(&path) {
        Ok(opened) => (Some(opened), None),
        Err(error) => (None, Some(Err(Error::parquet(READ, &path, error)))),
    };
    let groups = opened.into_iter().flat_map(move |(file, metadata)| {
        let (path, count) = (path.clone(), metadata.metadata().num_row_groups());
        let rows = move |group| row_group(&file, &metadata, group);
        (0..count).map(move |group| rows(group).map_err(|e| Error::parquet(READ, &path, e)))
    });
    failed.into_iter().chain(groups)
}

fn open(path: &Path) -> Result<(File, ArrowReaderMetadata), ParquetError> {
    let file = File::open(path)?;
    let metadata =
        ArrowReaderMetadata::load(&file, parquet::arrow::arrow_reader::ArrowReaderOptions::default())?;
    let expected = SCHEMA.fields().iter().map(|f| (f.name(), f.data_type()));
    if metadata.schema().fields().iter().map(|f| (f.name(), f.data_type())).eq(expected) {
        Ok((file, metadata))
    } else {
        Err(ParquetError::General("its columns are not those of a quarantine file".to_owned()))
    }
}

fn row_group(
    file: &File,
    metadata: &ArrowReaderMetadata,
    group: usize,
) -> Result<Vec<Quarantined>, ParquetError> {
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file.try_clone()?, metadata.clone())
        .with_row_groups(vec![group])
        .build()?;
    let mut rows = Vec::new();
    for batch in reader {
        append_rows(&batch?, &mut rows);
    }
    Ok(rows)
}

/// Reads the columns by their position; the schema has been compared.
fn append_rows(batch: &RecordBatch, rows: &mut Vec<Quarantined>) {
    let text = |column: usize, row: usize| batch.column(column).as_string::<i32>().value(row).to_owned();
    let integer = |column: usize, row: usize| batch.column(column).as_primitive::<Int64Type>().value(row);
    let schema_lines = batch.column(8).as_primitive::<Int32Type>();
    rows.extend((0..batch.num_rows()).map(|row| Quarantined {
        code: text(0, row),
        message: text(1, row),
        source: text(2, row),
        record: integer(3, row),
        line: integer(4, row),
        byte_offset: integer(5, row),
        json_path: text(6, row),
        schema: text(7, row),
        schema_line: schema_lines.is_valid(row).then(|| schema_lines.value(row)),
        raw: batch.column(9).as_binary::<i32>().value(row).to_vec(),
        raw_len: integer(10, row),
        raw_truncated: batch.column(11).as_boolean().value(row),
        parse_time: batch.column(12).as_primitive::<TimestampMicrosecondType>().value(row),
    }));
}
