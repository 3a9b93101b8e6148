//! Rows of one partition, encoded into the column chunks of a row group.
//!
//! Encoding needs nothing but the rows: no file, no order among row groups. It is where the time goes, so it
//! runs on all threads of the current rayon pool, column beside column, while the cheap part, appending to a
//! file, is left to whoever keeps the order.

use std::io::Write;
use std::time::Duration;

use parquet::arrow::arrow_writer::ArrowColumnChunk;
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedRowGroupWriter;
use sawlog_columns::{Selection, Table};

use crate::error::{Error, Result};
use crate::format::{ColumnFormat, TableFormat};
use crate::pages::Chunk;
use crate::partition::{Group, Partition};
use crate::{arrow_path, pages};

/// Rows of a group below which its columns are encoded one after the other: handing one to another thread
/// takes longer than to encode it.
const FEW_ROWS: usize = 1024;

/// A row group in memory, ready to be appended to its file.
#[derive(Debug)]
pub struct EncodedRowGroup {
    /// Where it belongs.
    pub(crate) partition: Partition,
    /// One chunk per leaf column, in schema order.
    columns: Vec<EncodedColumn>,
    rows: u64,
}

/// Who makes the pages of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoder {
    /// This crate, from the buffers.
    Pages,
    /// The Parquet crate, from Arrow arrays: the oracle of the first, several times slower.
    Arrow,
}

#[derive(Debug)]
enum EncodedColumn {
    Pages(Chunk),
    Arrow(ArrowColumnChunk),
}

impl EncodedRowGroup {
    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Size in memory, and nearly that in the file, in bytes.
    pub fn bytes(&self) -> u64 {
        let close = |column: &EncodedColumn| match column {
            EncodedColumn::Pages(chunk) => chunk.close.bytes_written,
            EncodedColumn::Arrow(chunk) => chunk.close().bytes_written,
        };
        self.columns.iter().map(close).sum()
    }

    /// The part of its encoding that was compression; zero where that is not known apart from the rest.
    pub fn compressing(&self) -> Duration {
        let time = |column: &EncodedColumn| match column {
            EncodedColumn::Pages(chunk) => chunk.compressing,
            EncodedColumn::Arrow(_) => Duration::ZERO,
        };
        self.columns.iter().map(time).sum()
    }

    /// Appends the columns to a row group of a file.
    pub(crate) fn append_to<W: Write + Send>(
        self,
        writer: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        self.columns.into_iter().try_for_each(|column| match column {
            EncodedColumn::Pages(chunk) => writer.append_column(&chunk.bytes, chunk.close),
            EncodedColumn::Arrow(chunk) => chunk.append_to_row_group(writer),
        })
    }
}

/// Encodes the rows of a group of `table`.
///
/// # Errors
/// As [`encode_all`].
pub fn encode(format: &TableFormat, table: &Table<'_>, group: &Group) -> Result<EncodedRowGroup> {
    encode_with(Encoder::Pages, format, table, group)
}

/// Encodes the rows of a group with a certain encoder. All give equal data, not equal bytes.
///
/// # Errors
/// As [`encode_all`].
pub fn encode_with(
    encoder: Encoder,
    format: &TableFormat,
    table: &Table<'_>,
    group: &Group,
) -> Result<EncodedRowGroup> {
    let job = Job::new(encoder, format, table, group);
    let mut columns = job.columns();
    rayon::scope(|scope| job.begin(&mut columns, scope));
    job.finish(columns)
}

/// Encodes the rows of several groups of `table` side by side.
///
/// # Errors
/// Fails where Arrow or Parquet refuse the values, which no parser that keeps its limits brings about.
pub fn encode_all(format: &TableFormat, table: &Table<'_>, groups: &[Group]) -> Result<Vec<EncodedRowGroup>> {
    let jobs = groups.iter().map(|group| Job::new(Encoder::Pages, format, table, group));
    let jobs: Vec<_> = jobs.collect();
    let mut columns: Vec<_> = jobs.iter().map(Job::columns).collect();
    // All of them in one scope, so that nobody waits for others but the caller.
    rayon::scope(|scope| jobs.iter().zip(&mut columns).for_each(|(job, columns)| job.begin(columns, scope)));
    jobs.into_iter().zip(columns).map(|(job, columns)| job.finish(columns)).collect()
}

/// A row group to be encoded.
struct Job<'a> {
    encoder: Encoder,
    format: &'a TableFormat,
    table: &'a Table<'a>,
    group: &'a Group,
    selection: Selection,
}

/// Columns, as soon as they are encoded.
type Columns = Vec<Option<Result<EncodedColumn>>>;

impl<'a> Job<'a> {
    fn new(encoder: Encoder, format: &'a TableFormat, table: &'a Table<'a>, group: &'a Group) -> Self {
        Self { encoder, format, table, group, selection: Selection::new(&group.picks) }
    }

    /// A place for each column.
    fn columns(&self) -> Columns {
        self.format.columns.iter().map(|_| None).collect()
    }

    /// Has the columns encoded on whatever threads are free.
    fn begin<'s>(&'s self, columns: &'s mut Columns, scope: &rayon::Scope<'s>) {
        let together = if self.group.picks.len() < FEW_ROWS { self.format.columns.len().max(1) } else { 1 };
        for (formats, columns) in self.format.columns.chunks(together).zip(columns.chunks_mut(together)) {
            scope.spawn(move |_| {
                for (format, column) in formats.iter().zip(columns) {
                    *column = Some(self.encode(format));
                }
            });
        }
    }

    fn encode(&self, column: &ColumnFormat) -> Result<EncodedColumn> {
        let encoded = match self.encoder {
            Encoder::Pages => pages::encode(column, self.table, &self.selection).map(EncodedColumn::Pages),
            Encoder::Arrow => {
                arrow_path::encode(column, self.table, &self.group.picks).map(EncodedColumn::Arrow)
            }
        };
        encoded.map_err(|source| Error::Encode { column: column.field.name().clone(), source })
    }

    fn finish(self, columns: Columns) -> Result<EncodedRowGroup> {
        let columns = columns.into_iter().flatten().collect::<Result<Vec<_>>>()?;
        let Group { partition, picks, .. } = self.group;
        Ok(EncodedRowGroup { partition: *partition, columns, rows: picks.len() as u64 })
    }
}
