//! The open files of a table, and when they close.
//!
//! Row groups arrive in the order of the input and go to the file that is open for their partition. Which
//! file that is, and what it is called, depends on nothing but the row groups themselves.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::file::writer::SerializedFileWriter;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::format::TableFormat;
use crate::names::Batch;
use crate::partition::Partition;
use crate::row_group::EncodedRowGroup;

/// When files close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLimits {
    /// A file closes once it holds so many bytes.
    pub file_bytes: u64,
    /// So many files are open at most; beyond, the one that was written least recently closes.
    pub open_files: usize,
    /// So many row groups are held by open files at most; beyond, the least recently written closes. Each
    /// keeps some 50 KiB of statistics and page locations in memory until its footer is written.
    pub open_row_groups: usize,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { file_bytes: 256 << 20, open_files: 256, open_row_groups: 1024 }
    }
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenFile {
    /// Path relative to the output folder, with `/` between its parts.
    pub path: String,
    /// Number of rows.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
}

/// Writes the data files of one table.
///
/// Each file lies at `<root>/<table>/<partition>/<batch>-<number>.parquet`, numbered from 0 in each
/// partition.
#[derive(Debug)]
pub struct TableWriter {
    root: PathBuf,
    format: Arc<TableFormat>,
    batch: Batch,
    limits: FileLimits,
    open: BTreeMap<Partition, OpenFile>,
    /// Number of the next file of each partition that has been written to.
    next_numbers: BTreeMap<Partition, u32>,
    appended: u64,
    written: Vec<WrittenFile>,
}

#[derive(Debug)]
struct OpenFile {
    writer: SerializedFileWriter<File>,
    /// Relative to the root.
    path: String,
    rows: u64,
    row_groups: usize,
    last_append: u64,
}

impl TableWriter {
    /// A writer below the folder `root`, usually that of a [`crate::Staging`].
    pub fn new(root: &Path, format: Arc<TableFormat>, batch: Batch, limits: FileLimits) -> Self {
        Self {
            root: root.to_owned(),
            format,
            batch,
            limits,
            open: BTreeMap::new(),
            next_numbers: BTreeMap::new(),
            appended: 0,
            written: Vec::new(),
        }
    }

    /// Appends a row group to the open file of its partition.
    ///
    /// # Errors
    /// Fails where the file system does; the writer is of no further use then.
    pub fn append(&mut self, group: EncodedRowGroup) -> Result<()> {
        let partition = group.partition;
        let mut file = if let Some(file) = self.open.remove(&partition) {
            file
        } else {
            self.make_room()?;
            self.create(partition)?
        };
        self.appended += 1;
        file.last_append = self.appended;
        file.append(group).map_err(|e| Error::parquet("write", &self.root.join(&file.path), e))?;
        if file.writer.bytes_written() as u64 >= self.limits.file_bytes {
            self.close(file)?;
        } else {
            self.open.insert(partition, file);
        }
        while self.open.values().map(|f| f.row_groups).sum::<usize>() > self.limits.open_row_groups {
            self.close_oldest()?;
        }
        Ok(())
    }

    /// Closes all files and returns them by path.
    ///
    /// # Errors
    /// Fails where the file system does.
    pub fn finish(mut self) -> Result<Vec<WrittenFile>> {
        while let Some((_, file)) = self.open.pop_first() {
            self.close(file)?;
        }
        self.written.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(self.written)
    }

    fn make_room(&mut self) -> Result<()> {
        while self.open.len() >= self.limits.open_files.max(1) {
            self.close_oldest()?;
        }
        Ok(())
    }

    fn close_oldest(&mut self) -> Result<()> {
        let oldest = self.open.iter().min_by_key(|(_, file)| file.last_append).map(|(&p, _)| p);
        match oldest.and_then(|partition| self.open.remove(&partition)) {
            Some(file) => self.close(file),
            None => Ok(()),
        }
    }

    fn create(&mut self, partition: Partition) -> Result<OpenFile> {
        let mut folder = self.format.folder().to_owned();
        let below = partition.path();
        if !below.is_empty() {
            folder.push('/');
            folder.push_str(&below);
        }
        let number = self.next_numbers.entry(partition).or_default();
        let path = format!("{folder}/{}", self.batch.file_name(*number));
        *number += 1;
        let folder = self.root.join(folder);
        fs::create_dir_all(&folder).map_err(|e| Error::io("create the folder", &folder, e))?;
        let full = self.root.join(&path);
        let file = File::create_new(&full).map_err(|e| Error::io("create", &full, e))?;
        let schema = self.format.parquet.root_schema_ptr();
        let writer = SerializedFileWriter::new(file, schema, Arc::clone(&self.format.file_properties))
            .map_err(|e| Error::parquet("write", &full, e))?;
        Ok(OpenFile { writer, path, rows: 0, row_groups: 0, last_append: 0 })
    }

    fn close(&mut self, file: OpenFile) -> Result<()> {
        let full = self.root.join(&file.path);
        let handle = file.writer.into_inner().map_err(|e| Error::parquet("write", &full, e))?;
        let bytes = handle.metadata().map_err(|e| Error::io("look at", &full, e))?.len();
        self.written.push(WrittenFile { path: file.path, rows: file.rows, bytes });
        Ok(())
    }
}

impl OpenFile {
    fn append(&mut self, group: EncodedRowGroup) -> parquet::errors::Result<()> {
        let mut writer = self.writer.next_row_group()?;
        for column in group.columns {
            column.append_to_row_group(&mut writer)?;
        }
        writer.close()?;
        self.rows += group.rows;
        self.row_groups += 1;
        Ok(())
    }
}
