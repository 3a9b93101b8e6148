//! `sawlog quarantine`: rejected records, as NDJSON.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use sawlog_engine::{LEDGER, Quarantined, look, read_quarantine};
use serde::Serialize;

use super::Failure;
use crate::args::Quarantine;
use crate::output::{print, tell};

pub(super) fn run(args: Quarantine) -> Result<ExitCode, Failure> {
    let Quarantine::Show { dir, limit } = args;
    show(&dir, limit.unwrap_or(usize::MAX))
}

fn show(dir: &Path, limit: usize) -> Result<ExitCode, Failure> {
    let fail = |e: sawlog_engine::WriterError| Failure { message: e.to_string(), exit_code: 1 };
    look(dir)?;
    let mut entries = read_quarantine(dir).map_err(fail)?.peekable();
    if entries.peek().is_none() {
        tell(&none_of(dir));
    }
    let mut failure = None;
    let printed = print(|out| {
        for entry in entries.take(limit) {
            match entry {
                Ok(entry) => line(out, &entry)?,
                Err(error) => {
                    failure = Some(fail(error));
                    break;
                }
            }
        }
        Ok(())
    });
    failure.map_or(printed, Err)
}

/// What is said of a lake, or a table of one, to which no entry belongs.
fn none_of(dir: &Path) -> String {
    let shown = dir.display();
    if dir.join(LEDGER).is_dir() {
        return format!("no record was rejected in {shown}");
    }
    format!("{shown} is a table, and no quarantine belongs to it; give its lake to see all that was rejected")
}

/// The entry's columns, in the order they have in the file.
#[derive(Serialize)]
struct Shown<'a> {
    code: &'a str,
    message: &'a str,
    source: &'a str,
    record: i64,
    line: i64,
    byte_offset: i64,
    json_path: &'a str,
    schema: &'a str,
    schema_line: Option<i32>,
    /// The bytes as text; what is no UTF-8 is replaced, and the file keeps it as it was.
    raw: &'a str,
    raw_len: i64,
    raw_truncated: bool,
    p_parse_time: String,
}

fn line(out: &mut dyn Write, entry: &Quarantined) -> io::Result<()> {
    let time = chrono::DateTime::from_timestamp_micros(entry.parse_time).unwrap_or_default();
    let shown = Shown {
        code: &entry.code,
        message: &entry.message,
        source: &entry.source,
        record: entry.record,
        line: entry.line,
        byte_offset: entry.byte_offset,
        json_path: &entry.json_path,
        schema: &entry.schema,
        schema_line: entry.schema_line,
        raw: &String::from_utf8_lossy(&entry.raw),
        raw_len: entry.raw_len,
        raw_truncated: entry.raw_truncated,
        p_parse_time: time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
    };
    serde_json::to_writer(&mut *out, &shown)?;
    writeln!(out)
}
