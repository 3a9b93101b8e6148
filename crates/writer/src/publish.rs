//! From staged files to published ones, all or nothing, however many tables they belong to.
//!
//! A run is decided by one rename: that of its ledger entry, in the state *prepared*, after everything that
//! it names is on the medium. What follows is only carrying out: moving files into place, removing those that
//! they replace, marking the entries. Each of these steps can be repeated without harm, so it does not matter
//! where a crash interrupts them; the next process to open the lake begins again with the first.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::WrittenFile;
use crate::lake::{Lake, Staging};
use crate::ledger::{Entry, State};
use crate::names::{LEDGER, STAGING};

impl Lake {
    /// Publishes a run: checks its counts, writes its ledger entry and moves its files into place.
    ///
    /// The paths in `entry` are relative to the staging folder, and to the lake afterwards. A table that does
    /// not exist yet appears with all its files at once.
    ///
    /// # Errors
    /// [`Error::Unfinished`] says that the run is decided and will be finished when the lake is opened next.
    /// After any other error nothing of the run is or will be visible.
    pub fn commit(&mut self, mut staging: Staging, mut entry: Entry) -> Result<&Entry> {
        entry.check_conservation()?;
        entry.sequence = self.entries.last().map_or(0, |last| last.sequence) + 1;
        entry.state = State::Prepared;
        staging.name.clone_into(&mut entry.staging);
        self.check_replaced(&entry)?;
        self.check_conflicts(&entry)?;
        self.make_durable(&staging, &entry)?;
        if let Err(error) = self.write_entry(&entry) {
            // The entry may be there although it could not be made durable; then it must go again.
            let _ = self.disk.remove_file(&self.entry_path(&entry));
            staging.keep = self.entry_path(&entry).exists();
            return Err(error);
        }
        staging.keep = true;
        let index = self.entries.len();
        let name = entry.name();
        self.entries.push(entry);
        match self.publish(index) {
            Ok(()) => Ok(&self.entries[index]),
            Err(source) => Err(Error::Unfinished { entry: name, source: Box::new(source) }),
        }
    }

    /// Carries out a decided run, from the beginning or from wherever an earlier attempt came to an end.
    pub(crate) fn publish(&mut self, index: usize) -> Result<()> {
        let entry = self.entries[index].clone();
        let staged = self.root.join(STAGING).join(&entry.staging);
        let mut touched = BTreeSet::new();
        for table in &entry.tables {
            self.place(&staged, Path::new(&table.table), &table.files, &entry, &mut touched)?;
        }
        if let Some(folder) = entry.quarantine_files.first().and_then(|f| Path::new(&f.path).parent()) {
            self.place(&staged, folder, &entry.quarantine_files, &entry, &mut touched)?;
        }
        self.disk.sync_folders(&touched)?;
        for old in 0..index {
            if self.entries[old].state != State::Replaced
                && entry.replaces.contains(&self.entries[old].name())
            {
                self.retire(old, &entry)?;
            }
        }
        self.set_state(index, State::Committed)?;
        self.disk.remove_tree(&staged)?;
        self.disk.remove_if_empty(&self.root.join(STAGING))?;
        Ok(())
    }

    /// Moves the files of an entry that lie in one folder, that of a table or of the quarantine, into place,
    /// and tells the folders that it `touched`.
    fn place(
        &self,
        staged: &Path,
        folder: &Path,
        files: &[WrittenFile],
        entry: &Entry,
        touched: &mut BTreeSet<PathBuf>,
    ) -> Result<()> {
        let (source, target) = (staged.join(folder), self.root.join(folder));
        if let Some(parent) = target.parent()
            && source.is_dir()
            && !target.exists()
        {
            self.disk.create_folder(parent)?;
            self.disk.rename(&source, &target)?;
            touched.extend(folders_above(&target, &self.root));
            return Ok(());
        }
        for file in files {
            let (from, to) = (staged.join(&file.path), self.root.join(&file.path));
            if from.exists() {
                if let Some(parent) = to.parent() {
                    self.disk.create_folder(parent)?;
                }
                self.disk.rename(&from, &to)?;
            } else if to.metadata().map(|m| m.len()).ok() != Some(file.bytes) {
                return Err(Error::Damaged { path: to, entry: entry.name() });
            }
            // Also where an earlier attempt moved it, which may not have come to wait for the medium.
            touched.extend(folders_above(&to, &self.root));
        }
        Ok(())
    }

    /// Removes what an earlier run wrote, but for files that the new run has overwritten.
    fn retire(&mut self, old: usize, by: &Entry) -> Result<()> {
        let kept: HashSet<&str> = by.all_files().map(|f| f.path.as_str()).collect();
        let mut touched = BTreeSet::new();
        for file in self.entries[old].all_files().filter(|f| !kept.contains(f.path.as_str())) {
            let path = self.root.join(&file.path);
            self.disk.remove_file(&path)?;
            touched.extend(folders_above(&path, &self.root));
        }
        // Deepest first, so that a folder is seen after all that it holds.
        let mut left = Vec::new();
        for folder in touched.iter().rev().filter(|f| f.exists()) {
            if *folder == self.root || !self.disk.remove_if_empty(folder)? {
                left.push(folder);
            }
        }
        self.disk.sync_folders(left)?;
        self.set_state(old, State::Replaced)
    }

    fn set_state(&mut self, index: usize, state: State) -> Result<()> {
        self.entries[index].state = state;
        self.write_entry(&self.entries[index])
    }

    fn write_entry(&self, entry: &Entry) -> Result<()> {
        let path = self.entry_path(entry);
        let fail = |what: String| Error::Ledger { path: path.clone(), what };
        let mut json = serde_json::to_vec_pretty(entry).map_err(|e| fail(e.to_string()))?;
        json.push(b'\n');
        // What could not be read back must not become a promise.
        Entry::parse(&path, &json)?;
        self.disk.write_whole(&path, &json)
    }

    /// Waits until the staged files and every folder on the way to them are on the medium.
    fn make_durable(&self, staging: &Staging, entry: &Entry) -> Result<()> {
        let files: Vec<PathBuf> = entry.all_files().map(|file| staging.folder.join(&file.path)).collect();
        let folders: BTreeSet<PathBuf> =
            files.iter().flat_map(|file| folders_above(file, &self.root)).collect();
        self.disk.sync_files(&files)?;
        self.disk.sync_folders(&folders)
    }

    fn check_replaced(&self, entry: &Entry) -> Result<()> {
        let known =
            |name: &&String| self.entries.iter().any(|e| e.name() == **name && e.state == State::Committed);
        match entry.replaces.iter().find(|name| !known(name)) {
            Some(name) => Err(Error::Ledger {
                path: self.root.join(LEDGER).join(format!("{name}.json")),
                what: "it is to be replaced, but no committed run has this name".to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// A file may be overwritten only by a run that replaces the one it belongs to. Files are called after
    /// their batch, so that only runs of the same batch can meet.
    fn check_conflicts(&self, entry: &Entry) -> Result<()> {
        let mine: HashSet<&str> = entry.all_files().map(|f| f.path.as_str()).collect();
        let others = self.entries.iter().filter(|other| {
            other.batch == entry.batch
                && other.state == State::Committed
                && !entry.replaces.contains(&other.name())
        });
        for other in others {
            if let Some(file) = other.all_files().find(|f| mine.contains(f.path.as_str())) {
                return Err(Error::Conflict { path: file.path.clone(), entry: other.name() });
            }
        }
        Ok(())
    }
}

/// The folders from a path's parent up to and including `root`.
fn folders_above<'a>(path: &'a Path, root: &'a Path) -> impl Iterator<Item = PathBuf> + 'a {
    path.ancestors().skip(1).take_while(move |a| a.starts_with(root)).map(Path::to_owned)
}

#[cfg(test)]
mod tests;
