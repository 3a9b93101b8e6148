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
use rayon::prelude::*;
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
/// Fails where Arrow or Parquet refuse the values, which no parser that keeps its limits brings about.
pub fn encode(format: &TableFormat, table: &Table<'_>, group: &Group) -> Result<EncodedRowGroup> {
    encode_with(Encoder::Pages, format, table, group)
}

/// Encodes the rows of a group with a certain encoder. All give equal data, not equal bytes.
///
/// # Errors
/// As [`encode`].
pub fn encode_with(
    encoder: Encoder,
    format: &TableFormat,
    table: &Table<'_>,
    group: &Group,
) -> Result<EncodedRowGroup> {
    let selection = Selection::new(&group.picks);
    let encode_column = |column: &ColumnFormat| match encoder {
        Encoder::Pages => pages::encode(column, table, &selection).map(EncodedColumn::Pages),
        Encoder::Arrow => arrow_path::encode(column, table, &group.picks).map(EncodedColumn::Arrow),
    };
    let together = if group.picks.len() < FEW_ROWS { format.columns.len() } else { 1 };
    let columns = format
        .columns
        .par_iter()
        .with_min_len(together)
        .with_max_len(together)
        .map(|column| {
            encode_column(column)
                .map_err(|source| Error::Encode { column: column.field.name().clone(), source })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(EncodedRowGroup { partition: group.partition, columns, rows: group.picks.len() as u64 })
}
