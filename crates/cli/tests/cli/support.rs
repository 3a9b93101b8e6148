//! A folder to work in, the binary, and readers for what it leaves behind.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;
use serde_json::Value;
use tempfile::TempDir;

/// No command of these tests takes longer, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// A log type small enough to be read at a glance.
const SCHEMA: &str = "\
schema: Test.Event
description: An event of the tests
fields:
  - {name: id, type: string, required: true, description: Name of the event}
  - {name: time, type: timestamp, timeFormat: rfc3339, isEventTime: true, description: When}
  - {name: n, type: bigint, description: A number}
";

/// Name of the table's folder.
pub(crate) const TABLE: &str = "test_event";

/// A temporary folder that commands run in, so that paths are short.
pub(crate) struct Scratch(TempDir);

/// What a conversion with `--json` gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    /// Null where nothing was printed.
    pub(crate) json: Value,
    pub(crate) stderr: String,
}

impl Scratch {
    /// A folder that holds `schema.yml`.
    pub(crate) fn new() -> Self {
        let scratch = Self(tempfile::tempdir().unwrap());
        scratch.write("schema.yml", SCHEMA);
        scratch
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file; its folders are made.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(cargo_bin!("sawlog"));
        command.current_dir(self.0.path()).args(args).timeout(PATIENCE).env_remove("NO_COLOR");
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        self.command(args).output().unwrap()
    }

    /// `sawlog convert … --schema schema.yml --out lake --json`; `words` are inputs and further flags.
    pub(crate) fn convert(&self, words: &[&str]) -> Run {
        Run::of(&self.run(convert_args(words)))
    }

    /// The same with something on standard input.
    pub(crate) fn convert_stdin(&self, words: &[&str], stdin: Vec<u8>) -> Run {
        Run::of(&self.command(convert_args(words)).write_stdin(stdin).output().unwrap())
    }

    /// Values of a top-level column of the lake's table, sorted; nulls as `null`.
    pub(crate) fn column(&self, name: &str) -> Vec<String> {
        self.column_of(TABLE, name)
    }

    /// The same of another table.
    pub(crate) fn column_of(&self, table: &str, name: &str) -> Vec<String> {
        let mut values = Vec::new();
        for path in files_below(&self.path("lake").join(table)) {
            column(&path, name, &mut values);
        }
        values.sort();
        values
    }

    /// Whether readers find nothing: no table, no quarantine, no staged files.
    pub(crate) fn nothing_published(&self) -> bool {
        let lake = self.path("lake");
        let is_entry = |path: &PathBuf| path.extension() == Some(OsStr::new("json"));
        [TABLE, "_quarantine", "_tmp"].iter().all(|name| !lake.join(name).exists())
            && !files_below(&lake).iter().any(is_entry)
    }
}

fn convert_args<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let usual: [&[&str]; 3] = [&["--schema", "schema.yml"], &["--out", "lake"], &["--json"]];
    // A flag that is given explicitly stands in for the usual one.
    let usual = usual.into_iter().filter(|flag| !words.contains(&flag[0])).flatten();
    ["convert"].iter().chain(words).chain(usual).copied().collect()
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            json: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// A count of the report.
    pub(crate) fn count(&self, name: &str) -> u64 {
        self.json[name].as_u64().unwrap_or_else(|| panic!("no {name} in {} {}", self.json, self.stderr))
    }

    /// Asserts success, and that the counts add up.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{} {}", self.json, self.stderr);
        let parts = ["rows", "quarantined", "skipped"].iter().map(|name| self.count(name)).sum::<u64>();
        assert_eq!(self.count("records"), parts, "{}", self.json);
        self
    }

    /// Asserts an exit code and words of the complaint.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{} {}", self.json, self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in {}", self.stderr);
        }
    }
}

/// An event as a line of JSON.
pub(crate) fn event(n: u64) -> String {
    let (hour, minute, second) = (n / 3600 % 24, n / 60 % 60, n % 60);
    format!(r#"{{"id":"e{n:05}","time":"2025-09-01T{hour:02}:{minute:02}:{second:02}Z","n":{n}}}"#)
}

/// Events as NDJSON.
pub(crate) fn ndjson(range: Range<u64>) -> Vec<u8> {
    range.map(|n| event(n) + "\n").collect::<String>().into_bytes()
}

/// The ids of [`event`]s.
pub(crate) fn ids(range: Range<u64>) -> Vec<String> {
    range.map(|n| format!("\"e{n:05}\"")).collect()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// All files below a folder, sorted; none where there is no folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
            let list = if entry.file_type().unwrap().is_dir() { &mut folders } else { &mut files };
            list.push(entry.path());
        }
    }
    files.sort();
    files
}

/// The files of the lake that readers see, the ledger left out, with their content.
pub(crate) fn published(lake: &Path) -> BTreeMap<String, Vec<u8>> {
    let relative = |path: &Path| path.strip_prefix(lake).unwrap().to_string_lossy().into_owned();
    let files = files_below(lake).into_iter().map(|path| (relative(&path), fs::read(&path).unwrap()));
    files.filter(|(name, _)| !name.starts_with("_ledger/")).collect()
}

/// Appends the values of one column of a Parquet file.
pub(crate) fn column(path: &Path, name: &str, values: &mut Vec<String>) {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let root = reader.metadata().file_metadata().schema().clone();
    let at = root.get_fields().iter().position(|field| field.name() == name).unwrap();
    let only = Arc::clone(&root.get_fields()[at]);
    let projection = Type::group_type_builder(root.name()).with_fields(vec![only]).build().unwrap();
    for row in reader.get_row_iter(Some(projection)).unwrap() {
        let row = row.unwrap();
        let (_, field) = row.get_column_iter().next().unwrap();
        values.push(if matches!(field, Field::Null) { "null".to_owned() } else { field.to_string() });
    }
}
