//! The JSON Schema that a log type is exported as, against what the engine does: the events of the golden
//! cases are valid exactly if they became whole rows there.
//!
//! JSON Schema does not see how a number is spelled, what a time pattern takes, or where derived values come
//! from. Rejects for such reasons are left out; everything else is held to both sides.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use sawlog_engine::schema::{Export, LogParser, Plan, export, find_builtin, load};
use serde_json::Value;

/// Cases in which values are at fault for what JSON Schema does not see: what stands in text that is JSON,
/// what is made of other values, and how a number is spelled.
const UNSEEN: [&str; 3] = ["embedded_json/", "transformations/", "validate/coerced_values.case"];

/// A case in which numbers are among the texts that are allowed, by their spelling.
const ALLOWED_NUMBERS: &str = "validate/special_texts.case";

/// Reasons for which an event is rejected that its JSON Schema tells, too.
const TOLD: [&str; 2] = ["! type_mismatch ", "! missing_required "];

fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(cases(&path));
        } else if path.extension().is_some_and(|extension| extension == "case") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn section<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(&format!("==== {name}\n"))?;
    Some(after.split_once("==== ").map_or(after, |(section, _)| section))
}

/// The plan of a case and, for each line of its input, what came of it; `None` where lines and records do not
/// pair up.
fn events(text: &str) -> Option<(Plan, Vec<(&str, &str)>)> {
    let is_plain = section(text, "options").is_none() && text.matches("==== schema").count() == 1;
    let yaml = section(text, "schema").filter(|_| is_plain)?;
    let yaml = find_builtin(yaml.trim()).map_or(yaml, |builtin| builtin.text);
    let plan = Plan::new(load(yaml, "case.yml").log_type?);
    let input: Vec<&str> = section(text, "input")?.lines().collect();
    let records: Vec<&str> = section(text, "records")?.lines().collect();
    let pairs_up = input.len() == records.len() && plan.log_type.parser == LogParser::Json;
    pairs_up.then(|| (plan, input.into_iter().zip(records).collect()))
}

/// Whether the value that a reject is about is a number whose spelling counts, or an empty one.
fn is_about_spelling(reject: &str) -> bool {
    reject.contains("has the number ")
}

#[test]
fn golden_events_are_valid_as_they_are_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let (mut accepted, mut rejected, mut wrong) = (0, 0, Vec::new());
    for path in cases(&folder) {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let Some((plan, events)) = events(&text).filter(|_| name != ALLOWED_NUMBERS) else { continue };
        let schema = serde_json::from_str(&export(&plan, Export::JsonSchema)).unwrap();
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        for (event, outcome) in events {
            let Some(event) = serde_json::from_str(event).ok().filter(Value::is_object) else { continue };
            let is_whole = !outcome.starts_with('!') && !outcome.contains("\"invalid_value:");
            if !is_whole && UNSEEN.iter().any(|unseen| name.starts_with(unseen)) {
                continue;
            }
            let expected = if !outcome.starts_with('!') {
                accepted += 1;
                is_whole
            } else if TOLD.iter().any(|code| outcome.starts_with(code)) && !is_about_spelling(outcome) {
                rejected += 1;
                false
            } else {
                continue;
            };
            if validator.is_valid(&event) != expected {
                wrong.push(format!("{name}: {event} gave {outcome}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(accepted > 200 && rejected > 100, "only {accepted} rows and {rejected} rejects were found");
}
