//! The output folder of all runs: who may write to it, and what is in it.
//!
//! One process at a time writes to a lake; the lock ends with the process, however it ends. Opening a lake
//! puts it in order first: runs that were decided but not all in place are finished, what was left by runs
//! that were not decided is removed. Everyone who holds a [`Lake`] can therefore rely on its ledger.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::Disk;
use crate::error::{Error, Result};
use crate::ledger::{Entry, State};
use crate::names::{LEDGER, STAGING, encode};

/// An output folder, locked for this process until the value is dropped.
#[derive(Debug)]
pub struct Lake {
    pub(crate) root: PathBuf,
    pub(crate) disk: Disk,
    pub(crate) entries: Vec<Entry>,
    /// Held for its lock.
    _lock: File,
}

impl Lake {
    /// Opens the lake at `root`, which is created where it does not exist, finishes what an earlier run had
    /// to leave, and reads the ledger.
    ///
    /// # Errors
    /// Fails where `root` is no folder, where another process holds the lake, where the ledger cannot be
    /// understood or promises files that are gone, and where the file system refuses.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_on(root, Disk::default())
    }

    pub(crate) fn open_on(root: &Path, disk: Disk) -> Result<Self> {
        // The nearest to the output, and at best itself, of what there is already.
        let there = root.ancestors().find(|path| path.symlink_metadata().is_ok());
        if let Some(path) = there.filter(|path| !path.is_dir()) {
            return Err(Error::NotAFolder { root: root.to_owned(), path: path.to_owned() });
        }
        disk.create_folder(root)?;
        let ledger = root.join(LEDGER);
        disk.create_folder(&ledger)?;
        let lock = lock(root, &ledger.join("lock"))?;
        let entries = read_entries(&disk, &ledger)?;
        let mut lake = Self { root: root.to_owned(), disk, entries, _lock: lock };
        for index in 0..lake.entries.len() {
            if lake.entries[index].state == State::Prepared {
                lake.publish(index)?;
            }
        }
        lake.disk.remove_tree(&lake.root.join(STAGING))?;
        Ok(lake)
    }

    /// The output folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All runs, in the order of their sequence numbers.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Begins a run: creates the folder in which it prepares its files. `run` is any name that no other run
    /// uses at the same time.
    ///
    /// # Errors
    /// Fails where the folder cannot be created.
    pub fn begin(&self, run: &str) -> Result<Staging> {
        let name = encode(run);
        let folder = self.root.join(STAGING).join(&name);
        self.disk.create_folder(&folder)?;
        Ok(Staging { name, folder, disk: self.disk.clone(), keep: false })
    }

    pub(crate) fn entry_path(&self, entry: &Entry) -> PathBuf {
        self.root.join(LEDGER).join(entry.name() + ".json")
    }
}

fn lock(root: &Path, path: &Path) -> Result<File> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|e| Error::io("create", path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked { path: root.to_owned() }),
        Err(TryLockError::Error(e)) => Err(Error::io("lock", path, e)),
    }
}

/// Reads all entries and removes drafts that were never renamed.
fn read_entries(disk: &Disk, ledger: &Path) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let list = || fs::read_dir(ledger)?.map(|item| Ok(item?.path())).collect::<io::Result<Vec<_>>>();
    for path in list().map_err(|e| Error::io("list", ledger, e))? {
        match path.extension().and_then(|e| e.to_str()) {
            Some("tmp") => disk.remove_file(&path)?,
            Some("json") => {
                let json = fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
                entries.push(Entry::parse(&path, &json)?);
            }
            _ => {}
        }
    }
    entries.sort_unstable_by_key(|e| e.sequence);
    Ok(entries)
}

/// The folder of a run under way. Dropped without a commit, it is removed with all that it holds.
#[derive(Debug)]
pub struct Staging {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    disk: Disk,
    /// Whether the folder is needed beyond this value.
    pub(crate) keep: bool,
}

impl Staging {
    /// The folder, laid out as the lake itself: a file that is prepared at `x` below it is published at `x`
    /// below the lake's root.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.keep {
            // What cannot be removed now is removed when the lake is opened next.
            let _ = self.disk.remove_tree(&self.folder);
            let _ = self.folder.parent().map(|parent| self.disk.remove_if_empty(parent));
        }
    }
}
