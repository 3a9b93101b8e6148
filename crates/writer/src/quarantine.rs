//! Rejected records as Parquet: what was wrong, where it lies, and the record itself.
//!
//! The quarantine is data like any other: it can be queried, counted, and converted again once the cause is
//! known. Its files are written the way the tables' are, under names made of the batch, and published with
//! them.

mod read;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::Encoding;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use sawlog_columns::{Reject, Run};

pub use read::{Quarantined, read_quarantine};

use crate::encoding::base_properties;
use crate::error::{Error, Result};
use crate::files::WrittenFile;
use crate::names::{Batch, quarantine_folder};

/// A row group ends before it would hold more than so many bytes of records; a single record may be larger.
const ROW_GROUP_BYTES: usize = 32 << 20;
/// A row group holds at most so many records.
const ROW_GROUP_RECORDS: usize = 64 * 1024;
/// So many records at a time are copied for the Parquet writer, which looks that often whether a page is
/// full.
const BATCH_RECORDS: usize = 1024;
/// A file closes once it holds so many bytes.
const FILE_BYTES: usize = 256 << 20;

/// Columns of the quarantine, in order.
static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let field = |name: &str, data_type: DataType| Field::new(name, data_type, false);
    Arc::new(Schema::new(vec![
        field("code", DataType::Utf8),
        field("message", DataType::Utf8),
        field("source", DataType::Utf8),
        field("record", DataType::Int64),
        field("line", DataType::Int64),
        field("byte_offset", DataType::Int64),
        field("json_path", DataType::Utf8),
        field("schema", DataType::Utf8),
        Field::new("schema_line", DataType::Int32, true),
        field("raw", DataType::Binary),
        field("raw_len", DataType::Int64),
        field("raw_truncated", DataType::Boolean),
        field("p_parse_time", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))),
    ]))
});

/// Writes the quarantine of a run.
///
/// Each file lies at `<root>/_quarantine/<table>/<batch>-<number>.parquet`, numbered from 0, or in the folder
/// `_unclassified` where the run has several log types. The files depend on the rejects and their order, not
/// on how they are handed over.
#[derive(Debug)]
pub struct QuarantineWriter {
    root: PathBuf,
    /// Relative to the root.
    folder: String,
    /// Empty where there are several.
    log_type: String,
    batch: Batch,
    pending: Vec<Reject>,
    pending_bytes: usize,
    open: Option<OpenFile>,
    written: Vec<WrittenFile>,
}

#[derive(Debug)]
struct OpenFile {
    writer: ArrowWriter<File>,
    /// Relative to the root.
    path: String,
    rows: u64,
}

impl QuarantineWriter {
    /// A writer below the folder `root`, usually that of a [`crate::Staging`], for rejects of the log type,
    /// or of none where the run has several.
    pub fn new(root: &Path, log_type: Option<&str>, batch: Batch) -> Self {
        Self {
            root: root.to_owned(),
            folder: quarantine_folder(log_type),
            log_type: log_type.unwrap_or_default().to_owned(),
            batch,
            pending: Vec::new(),
            pending_bytes: 0,
            open: None,
            written: Vec::new(),
        }
    }

    /// Adds a reject. What waits in memory stays below 32 MiB, or is a single record.
    ///
    /// # Errors
    /// Fails where the file system does; the writer is of no further use then.
    pub fn append(&mut self, reject: Reject, run: &Run) -> Result<()> {
        let bytes = reject.raw.len() + reject.message.len() + reject.json_path.len();
        if self.pending_bytes + bytes > ROW_GROUP_BYTES || self.pending.len() >= ROW_GROUP_RECORDS {
            self.flush(run)?;
        }
        self.pending_bytes += bytes;
        self.pending.push(reject);
        Ok(())
    }

    /// Writes what waits, closes the files and returns them in the order written.
    ///
    /// # Errors
    /// Fails where the file system does.
    pub fn finish(mut self, run: &Run) -> Result<Vec<WrittenFile>> {
        self.flush(run)?;
        self.close()?;
        Ok(self.written)
    }

    /// Writes the pending rejects as one row group.
    fn flush(&mut self, run: &Run) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut file = match self.open.take() {
            Some(file) => file,
            None => self.create()?,
        };
        file.append(&self.pending, &self.log_type, run)
            .map_err(|e| Error::parquet("write", &self.root.join(&file.path), e))?;
        self.pending.clear();
        self.pending_bytes = 0;
        let is_full = file.writer.bytes_written() >= FILE_BYTES;
        self.open = Some(file);
        if is_full { self.close() } else { Ok(()) }
    }

    fn create(&self) -> Result<OpenFile> {
        let path = format!("{}/{}", self.folder, self.batch.file_name(self.written.len() as u32));
        let folder = self.root.join(&self.folder);
        fs::create_dir_all(&folder).map_err(|e| Error::io("create the folder", &folder, e))?;
        let full = self.root.join(&path);
        let file = File::create_new(&full).map_err(|e| Error::io("create", &full, e))?;
        let writer = ArrowWriter::try_new(file, Arc::clone(&SCHEMA), Some(properties()))
            .map_err(|e| Error::parquet("write", &full, e))?;
        Ok(OpenFile { writer, path, rows: 0 })
    }

    fn close(&mut self) -> Result<()> {
        let Some(file) = self.open.take() else { return Ok(()) };
        let full = self.root.join(&file.path);
        let handle = file.writer.into_inner().map_err(|e| Error::parquet("write", &full, e))?;
        let bytes = handle.metadata().map_err(|e| Error::io("look at", &full, e))?.len();
        self.written.push(WrittenFile { path: file.path, rows: file.rows, bytes });
        Ok(())
    }
}

impl OpenFile {
    fn append(&mut self, rejects: &[Reject], log_type: &str, run: &Run) -> Result<(), ParquetError> {
        for some in rejects.chunks(BATCH_RECORDS) {
            self.writer.write(&record_batch(some, log_type, run)?)?;
        }
        self.writer.flush()?;
        self.rows += rejects.len() as u64;
        Ok(())
    }
}

/// Records are rarely equal and of any length: no dictionary, no smallest and largest.
fn properties() -> WriterProperties {
    let raw = ColumnPath::from("raw");
    base_properties()
        .set_column_dictionary_enabled(raw.clone(), false)
        .set_column_encoding(raw.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
        .set_column_statistics_enabled(raw, EnabledStatistics::None)
        // Nobody looks for sentences by their order, and those of many log types are long.
        .set_column_statistics_enabled(ColumnPath::from("message"), EnabledStatistics::None)
        .build()
}

fn record_batch(rejects: &[Reject], log_type: &str, run: &Run) -> Result<RecordBatch, ParquetError> {
    let source = |r: &Reject| run.sources.get(r.source as usize).map_or("", |s| s.path.as_str());
    let integers = |value: fn(&Reject) -> u64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(rejects.iter().map(|r| value(r) as i64)))
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rejects.iter().map(|r| r.code.as_str()))),
        Arc::new(StringArray::from_iter_values(rejects.iter().map(|r| r.message.as_ref()))),
        Arc::new(StringArray::from_iter_values(rejects.iter().map(source))),
        integers(|r| r.record),
        integers(|r| r.line),
        integers(|r| r.byte_offset),
        Arc::new(StringArray::from_iter_values(rejects.iter().map(|r| r.json_path.as_str()))),
        Arc::new(StringArray::from_iter_values(rejects.iter().map(|_| log_type))),
        Arc::new(rejects.iter().map(|r| r.schema_line.map(|line| line as i32)).collect::<Int32Array>()),
        Arc::new(BinaryArray::from_iter_values(rejects.iter().map(|r| &r.raw))),
        integers(|r| r.raw_len),
        Arc::new(rejects.iter().map(|r| Some((r.raw.len() as u64) < r.raw_len)).collect::<BooleanArray>()),
        Arc::new(TimestampMicrosecondArray::from(vec![run.parse_time; rejects.len()]).with_timezone("UTC")),
    ];
    Ok(RecordBatch::try_new(Arc::clone(&SCHEMA), columns)?)
}

#[cfg(test)]
mod tests;
