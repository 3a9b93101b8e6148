//! Bringing files to the medium while they are written.
//!
//! A run is published when its files are on the medium, and whoever waits for all of them at the end waits
//! long: systems put writing off. So a thread of its own waits for large pieces as they come, while the
//! others work.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use crate::error::{Error, Result};

/// So many bytes are worth a wait.
pub(crate) const PIECE_BYTES: usize = 8 << 20;

/// Waits for the medium; on a thread that is not there before the first piece.
#[derive(Debug, Default)]
pub(crate) struct Writeback {
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    pieces: SyncSender<Piece>,
    thread: JoinHandle<Result<()>>,
}

/// A file of which a piece is new, and its path.
type Piece = (PathBuf, File);

impl Writeback {
    /// Has what was written to `file` so far brought to the medium, unless there is enough to wait for.
    /// Returns whether it will be. Nothing depends on it: publication waits for what is left.
    ///
    /// # Errors
    /// Fails where an earlier wait has failed: systems tell that a file was not written but once.
    pub(crate) fn offer(&mut self, path: &Path, file: &File) -> Result<bool> {
        if self.waiting.is_none() {
            self.waiting = Waiting::start();
        }
        let (Some(Waiting { pieces, .. }), Ok(file)) = (&self.waiting, file.try_clone()) else {
            return Ok(false);
        };
        match pieces.try_send((path.to_owned(), file)) {
            Ok(()) => Ok(true),
            Err(TrySendError::Full(_)) => Ok(false),
            Err(TrySendError::Disconnected(_)) => self.finish().map(|()| false),
        }
    }

    /// Waits for the last piece.
    ///
    /// # Errors
    /// Fails as [`Self::offer`] does.
    pub(crate) fn finish(&mut self) -> Result<()> {
        let Some(Waiting { pieces, thread }) = self.waiting.take() else { return Ok(()) };
        drop(pieces);
        thread.join().unwrap_or(Ok(()))
    }
}

impl Drop for Writeback {
    /// Lets go of the files, so that they can be removed. Whoever stops early has a failure of their own.
    fn drop(&mut self) {
        drop(self.finish());
    }
}

impl Waiting {
    /// None where the system has no thread left.
    fn start() -> Option<Self> {
        let (pieces, receiver) = sync_channel(1);
        let thread =
            thread::Builder::new().name("writeback".to_owned()).spawn(move || wait_for_all(&receiver));
        Some(Self { pieces, thread: thread.ok()? })
    }
}

fn wait_for_all(pieces: &Receiver<Piece>) -> Result<()> {
    pieces
        .iter()
        .try_for_each(|(path, file)| file.sync_data().map_err(|e| Error::io("make durable", &path, e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_waited_for() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writeback = Writeback::default();
        assert!(writeback.offer(file.path(), file.as_file()).unwrap());
        writeback.finish().unwrap();
        assert!(writeback.offer(file.path(), file.as_file()).unwrap(), "there may be more");
        Writeback::default().finish().unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_wait_that_fails_is_told() {
        // A device that cannot be waited for.
        let path = Path::new("/dev/null");
        let file = File::options().write(true).open(path).unwrap();
        let check = |failure: Error| {
            let told = failure.to_string();
            assert!(told.starts_with("cannot make durable /dev/null: "), "{told}");
        };
        let mut writeback = Writeback::default();
        assert!(writeback.offer(path, &file).unwrap());
        check(writeback.finish().unwrap_err());
        // And at the next piece, if it fails before there is one.
        assert!(writeback.offer(path, &file).unwrap());
        let failure = std::iter::repeat_with(|| writeback.offer(path, &file)).find_map(Result::err);
        check(failure.unwrap());
    }
}
