//! The open files of a run's tables, and when they close.
//!
//! Row groups arrive in the order of the input and go to the file that is open for their partition of their
//! table. Which file that is, and what it is called, depends on nothing but the row groups themselves. All
//! tables of a run share one writer, so that its limits hold for all of them together.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::file::writer::SerializedFileWriter;
use serde::{Deserialize, Serialize};

use crate::error::{CREATE_FOLDER, Error, Result};
use crate::format::TableFormat;
use crate::names::Batch;
use crate::partition::Partition;
use crate::row_group::EncodedRowGroup;
use crate::writeback::{PIECE_BYTES, Writeback};

/// When files close, whatever tables they belong to.
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

/// Writes the data files of a run's tables.
///
/// Each file lies at `<root>/<table>/<partition>/<batch>-<number>.parquet`, numbered from 0 in each
/// partition.
#[derive(Debug)]
pub struct TablesWriter {
    root: PathBuf,
    formats: Vec<Arc<TableFormat>>,
    batch: Batch,
    limits: FileLimits,
    open: BTreeMap<Place, OpenFile>,
    /// Number of the next file of each place that has been written to.
    next_numbers: BTreeMap<Place, u32>,
    appended: u64,
    writeback: Writeback,
    /// The files of each table.
    written: Vec<Vec<WrittenFile>>,
}

/// Number of a table, and a partition of it.
type Place = (usize, Partition);

#[derive(Debug)]
struct OpenFile {
    writer: SerializedFileWriter<File>,
    /// Relative to the root.
    path: String,
    rows: u64,
    row_groups: usize,
    last_append: u64,
    /// How many bytes are on the medium, or will soon be.
    brought: usize,
}

impl TablesWriter {
    /// A writer below the folder `root`, usually that of a [`crate::Staging`], for tables of these formats.
    pub fn new(root: &Path, formats: Vec<Arc<TableFormat>>, batch: Batch, limits: FileLimits) -> Self {
        let written = vec![Vec::new(); formats.len()];
        Self {
            root: root.to_owned(),
            formats,
            batch,
            limits,
            open: BTreeMap::new(),
            next_numbers: BTreeMap::new(),
            appended: 0,
            writeback: Writeback::default(),
            written,
        }
    }

    /// Appends a row group to the open file of its partition of the table with the number `table`, counted
    /// from 0 in the order of the formats.
    ///
    /// # Errors
    /// Fails where the file system does; the writer is of no further use then.
    ///
    /// # Panics
    /// Panics where there is no such table.
    pub fn append(&mut self, table: usize, group: EncodedRowGroup) -> Result<()> {
        let place = (table, group.partition);
        let mut file = if let Some(file) = self.open.remove(&place) {
            file
        } else {
            self.make_room()?;
            self.create(place)?
        };
        self.appended += 1;
        file.last_append = self.appended;
        let full = self.root.join(&file.path);
        file.append(group).map_err(|e| Error::parquet("write", &full, e))?;
        file.bring(&full, &mut self.writeback)?;
        if file.writer.bytes_written() as u64 >= self.limits.file_bytes {
            self.close(table, file)?;
        } else {
            self.open.insert(place, file);
        }
        while self.open.values().map(|f| f.row_groups).sum::<usize>() > self.limits.open_row_groups {
            self.close_oldest()?;
        }
        Ok(())
    }

    /// Closes all files and returns those of each table by path.
    ///
    /// # Errors
    /// Fails where the file system does.
    pub fn finish(mut self) -> Result<Vec<Vec<WrittenFile>>> {
        while let Some(((table, _), file)) = self.open.pop_first() {
            self.close(table, file)?;
        }
        self.writeback.finish()?;
        for files in &mut self.written {
            files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        }
        Ok(self.written)
    }

    fn make_room(&mut self) -> Result<()> {
        while self.open.len() >= self.limits.open_files.max(1) {
            self.close_oldest()?;
        }
        Ok(())
    }

    fn close_oldest(&mut self) -> Result<()> {
        let oldest = self.open.iter().min_by_key(|(_, file)| file.last_append).map(|(&place, _)| place);
        match oldest.and_then(|place| self.open.remove_entry(&place)) {
            Some(((table, _), file)) => self.close(table, file),
            None => Ok(()),
        }
    }

    fn create(&mut self, place: Place) -> Result<OpenFile> {
        let (table, partition) = place;
        let format = &self.formats[table];
        let mut folder = format.folder().to_owned();
        let below = partition.path();
        if !below.is_empty() {
            folder.push('/');
            folder.push_str(&below);
        }
        let number = self.next_numbers.entry(place).or_default();
        let path = format!("{folder}/{}", self.batch.file_name(*number));
        *number += 1;
        let folder = self.root.join(folder);
        fs::create_dir_all(&folder).map_err(|e| Error::io(CREATE_FOLDER, &folder, e))?;
        let full = self.root.join(&path);
        let file = File::create_new(&full).map_err(|e| Error::io("create", &full, e))?;
        let schema = format.parquet.root_schema_ptr();
        let writer = SerializedFileWriter::new(file, schema, Arc::clone(&format.file_properties))
            .map_err(|e| Error::parquet("write", &full, e))?;
        Ok(OpenFile { writer, path, rows: 0, row_groups: 0, last_append: 0, brought: 0 })
    }

    fn close(&mut self, table: usize, file: OpenFile) -> Result<()> {
        let full = self.root.join(&file.path);
        let handle = file.writer.into_inner().map_err(|e| Error::parquet("write", &full, e))?;
        let bytes = handle.metadata().map_err(|e| Error::io("look at", &full, e))?.len();
        self.written[table].push(WrittenFile { path: file.path, rows: file.rows, bytes });
        Ok(())
    }
}

impl OpenFile {
    fn append(&mut self, group: EncodedRowGroup) -> parquet::errors::Result<()> {
        self.rows += group.rows();
        let mut writer = self.writer.next_row_group()?;
        group.append_to(&mut writer)?;
        writer.close()?;
        self.row_groups += 1;
        Ok(())
    }

    /// Has what was written brought to the medium, if it is worth a wait.
    fn bring(&mut self, path: &Path, writeback: &mut Writeback) -> Result<()> {
        let bytes = self.writer.bytes_written();
        if bytes - self.brought >= PIECE_BYTES && writeback.offer(path, self.writer.inner())? {
            self.brought = bytes;
        }
        Ok(())
    }
}
