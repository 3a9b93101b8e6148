//! What can end a run, worded for people, with the exit code it stands for.

use std::path::{Path, PathBuf};

use sawlog_writer::of_open_files;

/// Why a run ended without a result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request itself cannot be carried out: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// An input cannot be read: exit code 1.
    #[error("cannot read {}: {source}{}", path.display(), of_open_files(source))]
    Input {
        /// The input.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The output cannot be written: exit code 1.
    #[error(transparent)]
    Output(#[from] sawlog_writer::Error),
    /// Events cannot be printed: exit code 1.
    #[error("cannot write the events: {source}")]
    Print {
        /// What the system said.
        source: std::io::Error,
    },
    /// More records were rejected than the user allows: exit code 3.
    #[error(
        "{quarantined} of {records} records were rejected, more than --max-quarantined {allowed} allows; \
         nothing was published"
    )]
    TooManyRejects {
        /// Rejected records.
        quarantined: u64,
        /// All records.
        records: u64,
        /// The ratio allowed.
        allowed: f64,
    },
    /// There is no place for what is needed only for a while: exit code 1.
    #[error("cannot use {path}: {source}; a folder for temporary files is needed, which TMPDIR names")]
    Scratch {
        /// The folder, or what was to be in it.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The inputs hold no event: exit code 1.
    #[error("{0}")]
    NoEvents(String),
    /// A worker died.
    #[error("a worker failed: {0}; nothing was published. This is a defect: please report it")]
    Worker(String),
}

impl Error {
    pub(crate) fn input(path: &Path, source: std::io::Error) -> Self {
        Self::Input { path: path.to_owned(), source }
    }

    pub(crate) fn scratch(path: &Path, source: std::io::Error) -> Self {
        Self::Scratch { path: path.to_owned(), source }
    }

    /// The process exit code that stands for this error.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::TooManyRejects { .. } => 3,
            _ => 1,
        }
    }
}

/// A result of the engine.
pub type Result<T> = std::result::Result<T, Error>;
