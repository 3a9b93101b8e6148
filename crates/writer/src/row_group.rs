//! Rows of one partition, encoded into the column chunks of a row group.
//!
//! Encoding needs nothing but the rows: no file, no order among row groups. It is where the time goes, so it
//! runs on all threads of the current rayon pool, column beside column, while the cheap part, appending to a
//! file, is left to whoever keeps the order.

use std::sync::Arc;

use arrow::array::ArrayRef;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;
use sawlog_columns::{Pick, Table};

use crate::encoding::column_properties;
use crate::error::{Error, Result};
use crate::format::{ColumnFormat, TableFormat};
use crate::partition::{Group, Partition};

/// Rows gathered at a time. Fixed, because pages end only where a slice or a part of it ends: with slices cut
/// from the sorted rows the bytes do not depend on the batches that the rows came in.
const SLICE_ROWS: usize = 8192;

/// A row group in memory, ready to be appended to its file.
#[derive(Debug)]
pub struct EncodedRowGroup {
    /// Where it belongs.
    pub(crate) partition: Partition,
    /// One chunk per leaf column, in schema order.
    pub(crate) columns: Vec<ArrowColumnChunk>,
    pub(crate) rows: u64,
}

impl EncodedRowGroup {
    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Size in memory, and nearly that in the file, in bytes.
    pub fn bytes(&self) -> u64 {
        self.columns.iter().map(|c| c.close().bytes_written).sum()
    }
}

/// Encodes the rows of a group of `table`.
///
/// # Errors
/// Fails where Arrow or Parquet refuse the values, which no parser that keeps its limits brings about.
pub fn encode(format: &TableFormat, table: &Table<'_>, group: &Group) -> Result<EncodedRowGroup> {
    let columns = format
        .columns
        .par_iter()
        .with_max_len(1)
        .map(|column| {
            encode_column(column, table, &group.picks)
                .map_err(|source| Error::Encode { column: column.field.name().clone(), source })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(EncodedRowGroup {
        partition: group.partition,
        columns: columns.into_iter().flatten().collect(),
        rows: group.picks.len() as u64,
    })
}

fn encode_column(
    column: &ColumnFormat,
    table: &Table<'_>,
    picks: &[Pick],
) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
    let (first, rest) = picks.split_at(picks.len().min(SLICE_ROWS));
    let sample = table.column(&column.field, first)?;
    let mut writers = leaf_writers(column, column_properties(column, &sample, picks.len()))?;
    write(&mut writers, column, &sample)?;
    drop(sample);
    for slice in rest.chunks(SLICE_ROWS) {
        write(&mut writers, column, &table.column(&column.field, slice)?)?;
    }
    writers.into_iter().map(ArrowColumnWriter::close).collect()
}

fn write(
    writers: &mut [ArrowColumnWriter],
    column: &ColumnFormat,
    array: &ArrayRef,
) -> Result<(), ParquetError> {
    let leaves = compute_leaves(&column.field, array)?;
    writers.iter_mut().zip(leaves).try_for_each(|(writer, leaf)| writer.write(&leaf))
}

/// The writer for one leaf column, in a list as Parquet has it. Parquet hands them out for a file, so a file
/// that goes nowhere is opened; the chunks fit any file with an equal column.
fn leaf_writers(
    column: &ColumnFormat,
    properties: WriterProperties,
) -> Result<Vec<ArrowColumnWriter>, ParquetError> {
    let file =
        SerializedFileWriter::new(std::io::sink(), column.parquet.root_schema_ptr(), Arc::new(properties))?;
    ArrowRowGroupWriterFactory::new(&file, Arc::clone(&column.arrow)).create_column_writers(0)
}
