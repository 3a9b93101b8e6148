//! What can go wrong between columns and published files, told to people.

use std::io;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

/// A failure to write, publish or read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused a step.
    #[error("cannot {step} {}: {source}{}", path.display(), remedy(step, source))]
    Io {
        /// What was tried, as a verb phrase.
        step: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Values could not be turned into Parquet pages.
    #[error("cannot encode column {column}: {source}")]
    Encode {
        /// Name of the top-level column.
        column: String,
        /// What Parquet or Arrow said.
        source: ParquetError,
    },
    /// A Parquet file could not be written or read.
    #[error("cannot {step} {}: {source}{}", path.display(), if *step == READ { NO_TABLE_FILE } else { "" })]
    Parquet {
        /// What was tried, as a verb phrase.
        step: &'static str,
        /// The file.
        path: PathBuf,
        /// What Parquet said.
        source: ParquetError,
    },
    /// The output, or something on the way to it, is there but is no folder.
    #[error(
        "the output cannot be in {}: {} is not a folder, nor a link to one; name a folder for the output, \
         existing or new",
        root.display(),
        path.display()
    )]
    NotAFolder {
        /// The output as given.
        root: PathBuf,
        /// What is no folder.
        path: PathBuf,
    },
    /// Another run works on the same lake.
    #[error(
        "another run is writing to {}; wait until it has ended, or choose another output folder",
        path.display()
    )]
    Locked {
        /// The output folder.
        path: PathBuf,
    },
    /// A ledger entry cannot be understood.
    #[error("the ledger entry {} cannot be used: {what}", path.display())]
    Ledger {
        /// The entry's file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        what: String,
    },
    /// A file that the ledger promises is missing or has another size.
    #[error(
        "{} is missing or has changed, though the ledger entry {entry} lists it; restore it, or move the \
         entry away and convert its inputs again",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Name of the entry.
        entry: String,
    },
    /// The counts of a run do not add up; nothing is published.
    #[error("the counts do not add up, so nothing was published: {what}; please report this as a bug")]
    Conservation {
        /// Which law is broken, with the numbers.
        what: String,
    },
    /// A run would overwrite a file of an earlier run that it does not replace.
    #[error("{path} already belongs to the run {entry}; use --force to replace that run's output")]
    Conflict {
        /// Path relative to the output folder.
        path: String,
        /// Name of the entry that owns it.
        entry: String,
    },
    /// The run is decided, but something kept its files from their places.
    #[error(
        "the run {entry} is complete, but its files are not all in place yet: {source}; the next run into \
         this folder finishes that"
    )]
    Unfinished {
        /// Name of the entry.
        entry: String,
        /// What stood in the way.
        source: Box<Error>,
    },
    /// No quarantine was found where one was looked for.
    #[error(
        "{} holds no quarantine; give the output folder of a run, or its _quarantine folder",
        path.display()
    )]
    NoQuarantine {
        /// The folder as given.
        path: PathBuf,
    },
}

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn io(step: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { step, path: path.to_owned(), source }
    }

    /// An error of the Parquet crate. Those of the file system travel inside it and are taken out again, so
    /// that a full disk is reported as one.
    pub(crate) fn parquet(step: &'static str, path: &Path, source: ParquetError) -> Self {
        let path = path.to_owned();
        match source {
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(source) => Self::Io { step, path, source: *source },
                Err(inner) => Self::Parquet { step, path, source: ParquetError::External(inner) },
            },
            source => Self::Parquet { step, path, source },
        }
    }
}

/// What is tried where a Parquet file is looked into.
pub(crate) const READ: &str = "read";

/// What to do about a Parquet file that is none.
const NO_TABLE_FILE: &str = "; the file is damaged, or was not written by sawlog: restore it, or move it \
                             away and, if it held events, convert their inputs again with --force";

/// What is tried where a folder and those above it are made.
pub(crate) const CREATE_FOLDER: &str = "create the folder";

/// What to do about an error of the file system, where that is known.
fn remedy(step: &str, error: &io::Error) -> &'static str {
    match error.kind() {
        // A folder is made with all those above it, so that none of them can be what is missing.
        io::ErrorKind::NotFound if step == CREATE_FOLDER => {
            "; the system makes no folders there: choose another output folder"
        }
        io::ErrorKind::InvalidFilename => "; choose an output folder with a shorter name",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "; free some space and run again",
        io::ErrorKind::PermissionDenied => "; check the permissions, or choose another output folder",
        io::ErrorKind::ReadOnlyFilesystem => "; choose an output folder on a writable file system",
        _ => of_open_files(error),
    }
}

/// What to do where no more files may be open, whatever was tried; empty for all other errors. Rust has no
/// name for this kind, so it is told by its numbers on Unix (`ENFILE`, `EMFILE`).
pub fn of_open_files(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(23 | 24) if cfg!(unix) => "; allow this process more open files (`ulimit -n`) and run again",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_read_can_be_of_others() {
        let told = |step| {
            let damage = ParquetError::General("Corrupt footer".to_owned());
            Error::parquet(step, Path::new("a.parquet"), damage).to_string()
        };
        assert!(told(READ).starts_with("cannot read a.parquet: "));
        assert!(told(READ).contains("; the file is damaged"));
        assert!(told("write").ends_with("Corrupt footer"));
    }

    #[test]
    fn messages_say_what_where_and_what_to_do() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let direct = Error::io("write", Path::new("lake/a.parquet"), full());
        let wrapped =
            Error::parquet("write", Path::new("lake/a.parquet"), ParquetError::External(full().into()));
        for error in [direct, wrapped] {
            let text = error.to_string();
            assert!(text.starts_with("cannot write lake/a.parquet: "), "{text}");
            assert!(text.ends_with("free some space and run again"), "{text}");
        }
    }
}
