//! What a run did, written down: the lake's memory, and the commit point of every run.
//!
//! Each run leaves one JSON file `_ledger/<sequence>-<batch>.json`. It says what was read, what came of it
//! and which files hold it. An entry that exists is a promise: in the state *prepared* its files may still be
//! on their way, and whoever opens the lake next finishes the journey.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::files::WrittenFile;
use crate::names::{Batch, relative};

/// Version of the entries that this crate writes, and the newest that it reads.
pub const LEDGER_FORMAT: u32 = 2;

/// How far a run's files have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Decided, and perhaps not yet in place.
    Prepared,
    /// In place.
    Committed,
    /// Removed in favour of a later run.
    Replaced,
}

/// The definition that a run followed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SchemaId {
    /// Name of the log type.
    pub name: String,
    /// Its version.
    pub version: i32,
    /// Digest of all that changes output.
    pub fingerprint: String,
}

/// What a run has for one of its log types. A log type of which no record was has no rows and no files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TableOutput {
    /// Folder of the table.
    pub table: String,
    /// The definition followed.
    pub schema: SchemaId,
    /// Records that became rows of it.
    pub rows: u64,
    /// Data files.
    pub files: Vec<WrittenFile>,
}

/// Where records went. `records = rows + quarantined + skipped`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Records read.
    pub records: u64,
    /// Those that became rows.
    pub rows: u64,
    /// Those that were rejected.
    pub quarantined: u64,
    /// Those that the schema asked to skip.
    pub skipped: u64,
}

/// One input of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Input {
    /// Path or URL, as given.
    pub path: String,
    /// Size as read, in bytes.
    pub bytes: u64,
    /// Size after decompression, in bytes.
    pub decoded_bytes: u64,
    /// Last modification in nanoseconds since 1970 UTC; None for a stream.
    pub modified: Option<i64>,
    /// Hash of all bytes read, in hex.
    pub digest: String,
    /// Hash of size, first and last bytes, in hex, which row ids begin with.
    pub identity: String,
    /// What came of its records.
    #[serde(flatten)]
    pub counts: Counts,
}

/// A run in the ledger. The engine fills what it knows and leaves `format`, `sequence`, `state` and `staging`
/// to the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of this format.
    pub format: u32,
    /// Number of the run in its lake, from 1.
    pub sequence: u64,
    /// How far it has come.
    pub state: State,
    /// Version of sawlog that wrote it.
    pub sawlog: String,
    /// What its files are called after.
    pub batch: Batch,
    /// What was written for each log type, in the order in which they were given.
    pub tables: Vec<TableOutput>,
    /// Options that change output, by their command-line names.
    pub options: BTreeMap<String, String>,
    /// Value of `p_parse_time`, RFC 3339.
    pub parse_time: String,
    /// When the run began, RFC 3339.
    pub started: String,
    /// When it ended, RFC 3339.
    pub finished: String,
    /// What was read.
    pub inputs: Vec<Input>,
    /// Sums over all inputs.
    pub counts: Counts,
    /// Quarantine files.
    pub quarantine_files: Vec<WrittenFile>,
    /// How often each undeclared field was seen, by dotted path.
    pub unknown_fields: BTreeMap<String, u64>,
    /// Rejects by code.
    pub reasons: BTreeMap<String, u64>,
    /// Remarks on records that were kept, by code.
    pub notes: BTreeMap<String, u64>,
    /// Names of the entries whose output this run takes the place of.
    pub replaces: Vec<String>,
    /// Folder below `_tmp` that the files come from.
    pub staging: String,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            format: LEDGER_FORMAT,
            sequence: 0,
            state: State::Prepared,
            sawlog: env!("CARGO_PKG_VERSION").to_owned(),
            batch: Batch(0),
            tables: Vec::new(),
            options: BTreeMap::new(),
            parse_time: String::new(),
            started: String::new(),
            finished: String::new(),
            inputs: Vec::new(),
            counts: Counts::default(),
            quarantine_files: Vec::new(),
            unknown_fields: BTreeMap::new(),
            reasons: BTreeMap::new(),
            notes: BTreeMap::new(),
            replaces: Vec::new(),
            staging: String::new(),
        }
    }
}

impl Entry {
    /// Name of the entry: `<sequence>-<batch>`, the sequence with at least six digits.
    pub fn name(&self) -> String {
        format!("{:06}-{}", self.sequence, self.batch)
    }

    /// Data files of all tables.
    pub fn files(&self) -> impl Iterator<Item = &WrittenFile> {
        self.tables.iter().flat_map(|table| &table.files)
    }

    /// Data and quarantine files.
    pub(crate) fn all_files(&self) -> impl Iterator<Item = &WrittenFile> {
        self.files().chain(&self.quarantine_files)
    }

    /// Checks the conservation law on the entry's own numbers.
    ///
    /// # Errors
    /// Names the first equation that does not hold.
    pub fn check_conservation(&self) -> Result<()> {
        let rows = |files: &[WrittenFile]| files.iter().map(|f| f.rows).sum::<u64>();
        let total = self.inputs.iter().fold(Counts::default(), |sum, input| sum + input.counts);
        let of_tables = self.tables.iter().map(|table| table.rows).sum();
        let mut equations = vec![
            ("rows of the run and of its tables", self.counts.rows, of_tables),
            (
                "quarantined of the run and of its files",
                self.counts.quarantined,
                rows(&self.quarantine_files),
            ),
            ("records of the run and of its inputs", self.counts.records, total.records),
            ("rows of the run and of its inputs", self.counts.rows, total.rows),
            ("quarantined of the run and of its inputs", self.counts.quarantined, total.quarantined),
            ("skipped of the run and of its inputs", self.counts.skipped, total.skipped),
        ];
        for table in &self.tables {
            equations.push(("rows of a table and of its files", table.rows, rows(&table.files)));
        }
        for input in &self.inputs {
            equations.push((
                "records of an input and what came of them",
                input.counts.records,
                input.counts.sum(),
            ));
        }
        match equations.into_iter().find(|(_, left, right)| left != right) {
            Some((what, left, right)) => {
                Err(Error::Conservation { what: format!("{what} differ, {left} and {right}") })
            }
            None => Ok(()),
        }
    }

    /// Reads an entry from its JSON, and trusts nothing in it that becomes a path.
    pub(crate) fn parse(path: &Path, json: &[u8]) -> Result<Self> {
        let fail = |what: String| Error::Ledger { path: path.to_owned(), what };
        let unreadable = |e| fail(format!("{e}; restore the file from a backup, or move it away"));
        // The format comes first: what else an entry has depends on it.
        let Format { format } = serde_json::from_slice(json).map_err(unreadable)?;
        match format.cmp(&LEDGER_FORMAT) {
            Ordering::Less => return Err(fail(format!("its format {format} {OLDER}"))),
            Ordering::Greater => {
                return Err(fail(format!("its format {format} is newer than this sawlog; update sawlog")));
            }
            Ordering::Equal => {}
        }
        let entry: Self = serde_json::from_slice(json).map_err(unreadable)?;
        if path.file_stem().and_then(|s| s.to_str()) != Some(entry.name().as_str()) {
            return Err(fail(format!("it holds the entry {}; rename it back", entry.name())));
        }
        let folders = entry.tables.iter().map(|table| table.table.as_str()).chain([entry.staging.as_str()]);
        let mut paths = entry.all_files().map(|f| f.path.as_str()).chain(folders);
        if let Some(path) = paths.find(|p| relative(p).is_none()) {
            return Err(fail(format!("its path {path:?} leads out of the lake")));
        }
        drop(paths);
        Ok(entry)
    }
}

/// The part of an entry that every format has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// What to do about an entry of a format that no release has written.
const OLDER: &str = "is of a sawlog from before its first release, which this one does not read; \
                     convert the inputs again into another output folder";

impl Counts {
    fn sum(self) -> u64 {
        self.rows + self.quarantined + self.skipped
    }
}

impl std::ops::Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            records: self.records + other.records,
            rows: self.rows + other.rows,
            quarantined: self.quarantined + other.quarantined,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prepared => "prepared",
            Self::Committed => "committed",
            Self::Replaced => "replaced",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let file = |path: &str, rows| WrittenFile { path: path.to_owned(), rows, bytes: 10 };
        let table = |name: &str, files: Vec<WrittenFile>| TableOutput {
            table: name.to_owned(),
            rows: files.iter().map(|f| f.rows).sum(),
            files,
            ..TableOutput::default()
        };
        let counts = Counts { records: 7, rows: 4, quarantined: 2, skipped: 1 };
        Entry {
            sequence: 7,
            batch: Batch(0xbeef),
            tables: vec![
                table("t", vec![file("t/a.parquet", 2), file("t/b.parquet", 1)]),
                table("none", Vec::new()),
                table("u", vec![file("u/a.parquet", 1)]),
            ],
            staging: "run".to_owned(),
            counts,
            inputs: vec![Input { path: "a".to_owned(), counts, ..Input::default() }],
            quarantine_files: vec![file("_quarantine/t/a.parquet", 2)],
            ..Entry::default()
        }
    }

    fn parse(entry: &Entry) -> Result<Entry> {
        Entry::parse(Path::new("000007-000000000000beef.json"), &serde_json::to_vec(entry).unwrap())
    }

    #[test]
    fn an_entry_survives_json() {
        assert_eq!(parse(&entry()).unwrap(), entry());
    }

    #[test]
    fn every_equation_is_checked() {
        entry().check_conservation().unwrap();
        let breaks: [fn(&mut Entry); 9] = [
            |e| e.counts.records += 1,
            |e| e.counts.rows += 1,
            |e| e.counts.quarantined += 1,
            |e| e.counts.skipped += 1,
            |e| e.tables[0].files[0].rows += 1,
            |e| e.tables[1].rows += 1,
            |e| {
                e.tables[0].rows += 1;
                e.tables[2].rows -= 1;
            },
            |e| e.quarantine_files[0].rows += 1,
            |e| {
                e.counts.records += 1;
                e.inputs[0].counts.records += 1;
            },
        ];
        for break_it in breaks {
            let mut broken = entry();
            break_it(&mut broken);
            assert!(matches!(broken.check_conservation(), Err(Error::Conservation { .. })), "{broken:?}");
        }
    }

    #[test]
    fn other_formats_are_told_whatever_else_they_hold() {
        let read = |json: &[u8]| Entry::parse(Path::new("x.json"), json).unwrap_err().to_string();
        let older = read(br#"{"format":1,"table":"t"}"#);
        assert!(older.contains("format 1 is of a sawlog from before its first release"), "{older}");
        assert!(older.contains("another output folder"), "{older}");
        assert!(read(br#"{"format":3}"#).contains("update sawlog"));
        assert!(read(b"{}").contains("format"));
    }

    #[test]
    fn an_entry_that_lies_about_paths_is_refused() {
        for path in ["../../etc/passwd", "/etc/passwd", ""] {
            let mut bad = entry();
            path.clone_into(&mut bad.tables[0].files[1].path);
            assert!(parse(&bad).unwrap_err().to_string().contains("leads out of the lake"));
            bad = entry();
            path.clone_into(&mut bad.staging);
            assert!(parse(&bad).is_err());
            bad = entry();
            path.clone_into(&mut bad.tables[1].table);
            assert!(parse(&bad).is_err());
        }
        let mut other = entry();
        other.sequence = 8;
        assert!(parse(&other).unwrap_err().to_string().contains("rename it back"));
        assert!(Entry::parse(Path::new("x.json"), b"{").is_err());
    }
}
