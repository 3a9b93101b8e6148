//! `sawlog schema diff`: what changed between two definitions, and whether tables survive it.

use std::process::ExitCode;

use sawlog_engine::schema::{Change, Diff, Side, diff};
use serde::Serialize;

use super::load_log_type;
use crate::commands::Failure;
use crate::output::{is_stdout_coloured, print};

/// The exit code of a difference that breaks tables.
const BREAKING: u8 = 1;

pub(super) fn run(old: &str, new: &str, is_json: bool) -> Result<ExitCode, Failure> {
    let found = diff(&load_log_type(old)?, &load_log_type(new)?);
    print(|out| {
        if is_json {
            serde_json::to_writer(&mut *out, &Shown::from(&found))?;
            writeln!(out)
        } else {
            out.write_all(found.render(is_stdout_coloured()).as_bytes())
        }
    })?;
    Ok(if found.is_compatible() { ExitCode::SUCCESS } else { ExitCode::from(BREAKING) })
}

/// A difference as `--json` prints it.
#[derive(Serialize)]
struct Shown<'a> {
    compatible: bool,
    changes: Vec<ShownChange<'a>>,
}

#[derive(Serialize)]
struct ShownChange<'a> {
    kind: &'static str,
    path: &'a str,
    attribute: Option<&'static str>,
    old: Option<ShownSide<'a>>,
    new: Option<ShownSide<'a>>,
    compatible: bool,
    note: Option<&'a str>,
    renamed: Option<&'a str>,
}

#[derive(Serialize)]
struct ShownSide<'a> {
    line: Option<u32>,
    value: Option<&'a str>,
}

impl<'a> From<&'a Diff> for Shown<'a> {
    fn from(found: &'a Diff) -> Self {
        Self { compatible: found.is_compatible(), changes: found.changes.iter().map(Into::into).collect() }
    }
}

impl<'a> From<&'a Change> for ShownChange<'a> {
    fn from(change: &'a Change) -> Self {
        let side = |side: &'a Option<Side>| {
            side.as_ref().map(|side| ShownSide { line: side.line, value: side.text.as_deref() })
        };
        Self {
            kind: change.kind.name(),
            path: &change.path,
            attribute: change.attribute,
            old: side(&change.old),
            new: side(&change.new),
            compatible: !change.is_breaking,
            note: change.note.as_deref(),
            renamed: change.renamed.as_deref(),
        }
    }
}
