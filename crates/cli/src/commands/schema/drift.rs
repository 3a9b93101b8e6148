//! `sawlog schema drift`: what a log has that its definition has not, and a patch.

use std::fmt::Write as _;
use std::process::ExitCode;

use sawlog_engine::{Drift, DriftOptions, RecordsPath, drift};

use super::{count, left_out, load};
use crate::commands::{Failure, records_path};
use crate::output::{harmless, print, tell};

/// Entries of one kind that are told; `--json` has them all.
const TOLD: usize = 50;

pub(super) fn run(
    inputs: Vec<String>,
    schema: &str,
    path: Option<&str>,
    is_json: bool,
) -> Result<ExitCode, Failure> {
    let definition = load(schema)?;
    if definition.loaded.log_type.is_none() {
        super::tell(&definition);
    }
    let found = drift(&DriftOptions {
        inputs,
        definition: definition.text,
        path: definition.source,
        records_path: path.map_or(Ok(RecordsPath::Detect), records_path)?,
    })?;
    if is_json {
        return print(|out| {
            serde_json::to_writer(&mut *out, &found)?;
            writeln!(out)
        });
    }
    tell(harmless(&told(&found)).trim_end());
    print(|out| out.write_all(found.patch.as_deref().unwrap_or_default().as_bytes()))
}

/// The findings for people.
fn told(found: &Drift) -> String {
    let mut out = String::new();
    section("not declared", found.undeclared.iter(), &mut out, |entry, out| {
        let _ = write!(out, "{}: {}", entry.path, count(entry.count as usize, "time"));
        if let Some(name) = entry.type_name {
            let _ = write!(out, ", {name}");
        }
        if !entry.indicators.is_empty() {
            let _ = write!(out, " [{}]", entry.indicators.join(", "));
        }
        if let Some(example) = &entry.example {
            let _ = write!(out, ", such as {example}");
        }
    });
    section("refused", found.mismatches.iter(), &mut out, |entry, out| {
        let events = count(entry.count as usize, "event");
        let _ = write!(out, "{}: {events}, {}: {}", entry.path, entry.code, entry.message);
    });
    section("not allowed", found.not_allowed.iter(), &mut out, |entry, out| {
        let values: Vec<String> = entry.values.iter().map(|(text, n)| format!("{text:?} ({n})")).collect();
        let counted = count(entry.count as usize, "value");
        let _ = write!(out, "{}: {counted}: {}", entry.path, values.join(", "));
    });
    section("never seen", found.never_seen.iter(), &mut out, |path, out| out.push_str(path));
    out.push_str(&left_out(&found.left_out));
    if found.patch.is_none() && found.undeclared.iter().any(|entry| entry.type_name.is_some()) {
        out.push_str("no patch: the definition is written in a way that no field can be added to safely\n");
    }
    let _ = writeln!(
        out,
        "{}: {} not declared, {} refused, {} never seen",
        count(found.records as usize, "record"),
        count(found.undeclared.len(), "path"),
        count(found.rejected as usize, "event"),
        count(found.never_seen.len(), "field"),
    );
    out
}

fn section<T>(
    title: &str,
    entries: impl ExactSizeIterator<Item = T>,
    out: &mut String,
    entry: impl Fn(T, &mut String),
) {
    let total = entries.len();
    if total > 0 {
        let _ = writeln!(out, "{title}:");
    }
    for found in entries.take(TOLD) {
        out.push_str("  ");
        entry(found, out);
        out.push('\n');
    }
    if total > TOLD {
        let _ = writeln!(out, "  … and {} more; --json has them all", total - TOLD);
    }
}
