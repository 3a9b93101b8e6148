//! Columns by way of Arrow: gathered into arrays, and encoded by the Parquet crate.
//!
//! Slower than [`crate::pages`], and written by others: what the two make of the same rows must be equal,
//! which is what tests hold the pages against.

mod layout;

use std::sync::Arc;

use arrow::array::ArrayRef;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use sawlog_columns::{Pick, Table};

use crate::format::ColumnFormat;

use layout::column_properties;

/// Rows gathered at a time. Fixed, because pages end only where a slice or a part of it ends: with slices cut
/// from the sorted rows the bytes do not depend on the batches that the rows came in.
const SLICE_ROWS: usize = 8192;

/// Encodes the leaf column of the picked rows.
pub(crate) fn encode(
    column: &ColumnFormat,
    table: &Table<'_>,
    picks: &[Pick],
) -> Result<ArrowColumnChunk, ParquetError> {
    let (first, rest) = picks.split_at(picks.len().min(SLICE_ROWS));
    let sample = table.column(&column.field, first)?;
    let mut writers = leaf_writers(column, column_properties(column, &sample, picks.len()))?;
    write(&mut writers, column, &sample)?;
    drop(sample);
    for slice in rest.chunks(SLICE_ROWS) {
        write(&mut writers, column, &table.column(&column.field, slice)?)?;
    }
    let writer = writers.pop().ok_or_else(|| ParquetError::General("a column without a leaf".to_owned()))?;
    writer.close()
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
