//! The few operations on files that publication is made of.
//!
//! They are gathered here so that each fails with its path and its purpose, and so that a test can stop the
//! world before any one of them.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::{CREATE_FOLDER, Error, Result};

/// Waits for the medium at the same time. What waits together is written together: the file system needs one
/// entry of its journal for all, and the medium one flush.
const WAITS: usize = 16;
/// So many paths are worth a thread.
const PATHS_PER_WAIT: usize = 4;

/// Access to the file system.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    #[cfg(test)]
    pub(crate) fault: Option<std::sync::Arc<fault::Fault>>,
}

impl Disk {
    #[cfg_attr(not(test), expect(clippy::unused_self, reason = "tests keep their fault in it"))]
    fn step<T>(&self, step: &'static str, path: &Path, run: impl FnOnce() -> io::Result<T>) -> Result<T> {
        #[cfg(test)]
        if let Some(fault) = &self.fault {
            fault.strike().map_err(|e| Error::io(step, path, e))?;
        }
        run().map_err(|e| Error::io(step, path, e))
    }

    pub(crate) fn create_folder(&self, path: &Path) -> Result<()> {
        self.step(CREATE_FOLDER, path, || fs::create_dir_all(path))
    }

    /// Removes a folder with all that it holds; one that is not there is fine.
    pub(crate) fn remove_tree(&self, path: &Path) -> Result<()> {
        self.step("remove the folder", path, || unless_missing(fs::remove_dir_all(path)))
    }

    /// Removes a folder if it is there and empty; says whether it is gone.
    pub(crate) fn remove_if_empty(&self, path: &Path) -> Result<bool> {
        self.step("remove the folder", path, || match unless_missing(fs::remove_dir(path)) {
            Err(e) if e.kind() == ErrorKind::DirectoryNotEmpty => Ok(false),
            removed => removed.map(|()| true),
        })
    }

    /// Removes a file; one that is not there is fine.
    pub(crate) fn remove_file(&self, path: &Path) -> Result<()> {
        self.step("remove", path, || unless_missing(fs::remove_file(path)))
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.step("publish", to, || fs::rename(from, to))
    }

    /// Waits until the content of all these files is on the medium.
    pub(crate) fn sync_files(&self, paths: &[PathBuf]) -> Result<()> {
        side_by_side(paths, |path| self.sync_file(path))
    }

    /// Waits until the entries of all these folders are on the medium.
    pub(crate) fn sync_folders<'p>(&self, paths: impl IntoIterator<Item = &'p PathBuf>) -> Result<()> {
        let paths: Vec<&PathBuf> = paths.into_iter().collect();
        side_by_side(&paths, |path| self.sync_folder(path))
    }

    fn sync_file(&self, path: &Path) -> Result<()> {
        // Some systems let only a handle that may write wait for the medium.
        self.step("make durable", path, || File::options().write(true).open(path)?.sync_all())
    }

    /// Windows has no such operation and needs none.
    fn sync_folder(&self, path: &Path) -> Result<()> {
        self.step("make durable", path, || if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) })
    }

    /// Replaces or creates a file: readers, and a crash, see the old content or the new, never a part.
    pub(crate) fn write_whole(&self, path: &Path, content: &[u8]) -> Result<()> {
        let draft = path.with_extension("tmp");
        self.step("write", &draft, || {
            let mut file = File::create(&draft)?;
            file.write_all(content)?;
            file.sync_all()
        })?;
        self.rename(&draft, path)?;
        path.parent().map_or(Ok(()), |folder| self.sync_folder(folder))
    }
}

/// Waits for many, some of them at a time. Ends at the first that fails.
fn side_by_side<P: AsRef<Path> + Sync>(paths: &[P], wait: impl Fn(&Path) -> Result<()> + Sync) -> Result<()> {
    let waits = WAITS.min(paths.len() / PATHS_PER_WAIT);
    match (waits > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(waits).build()) {
        Some(Ok(pool)) => pool.install(|| paths.par_iter().try_for_each(|path| wait(path.as_ref()))),
        // Few, or a system that has no threads left.
        None | Some(Err(_)) => paths.iter().try_for_each(|path| wait(path.as_ref())),
    }
}

fn unless_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Failures on demand.
#[cfg(test)]
pub(crate) mod fault {
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Lets a number of operations pass and then fails.
    #[derive(Debug)]
    pub(crate) struct Fault {
        left: AtomicUsize,
        kind: Kind,
    }

    /// What happens after the operations that pass.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Kind {
        /// Nothing works any more, as if the process had been killed.
        Killed,
        /// One operation finds the disk full; what follows works.
        DiskFull,
    }

    impl Fault {
        pub(crate) fn after(operations: usize, kind: Kind) -> Self {
            Self { left: AtomicUsize::new(operations + 1), kind }
        }

        /// Whether the failure has happened.
        pub(crate) fn has_struck(&self) -> bool {
            self.left.load(Ordering::Relaxed) == 0
        }

        pub(super) fn strike(&self) -> io::Result<()> {
            let counted_down = |left: usize| Some(left.saturating_sub(1));
            let (Ok(left) | Err(left)) =
                self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, counted_down);
            match (left, self.kind) {
                (0, Kind::Killed) | (1, _) => Err(io::ErrorKind::StorageFull.into()),
                _ => Ok(()),
            }
        }
    }
}
