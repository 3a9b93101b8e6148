//! What codes mean.

use serde_json::Value;

use crate::support::Scratch;

fn explain(scratch: &Scratch, args: &[&str]) -> (i32, String, String) {
    let output = scratch.run(["explain"].iter().chain(args));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_code_is_explained_with_an_example() {
    let scratch = Scratch::new();
    let (code, text, _) = explain(&scratch, &["type_mismatch"]);
    assert_eq!(code, 0);
    assert!(text.starts_with("type_mismatch: reason for a rejected record\n\n"), "{text}");
    assert!(text.contains("\nExample schema:\n    schema: Custom.Door\n"), "{text}");
    assert!(text.contains("\nExample log:\n    {\"floor\": \"roof\"}\n\n"), "{text}");
    let running = text.lines().filter(|line| !line.starts_with(' '));
    assert!(running.clone().all(|line| line.chars().count() <= 80), "{text}");
    assert!(running.count() > 5);
    // A flag may be followed by a path, and shares its code with a reason.
    let (_, text, _) = explain(&scratch, &["missing_required:actor.id"]);
    assert!(
        text.contains("reason for a rejected record") && text.contains("note or flag of a row"),
        "{text}"
    );
    // A null where anything may stand is no lack.
    assert!(text.replace('\n', " ").contains("Where its type is `json`, a null is a value."), "{text}");
}

#[test]
fn kinds_of_input_that_are_no_log_are_listed() {
    let scratch = Scratch::new();
    let (_, text, _) = explain(&scratch, &["foreign_input"]);
    for kind in ["a zip archive", "an image", "nothing but zeros", "compressed data behind zeros"] {
        assert!(text.contains(&format!("\n    {kind}\n")), "{kind}: {text}");
    }
    assert!(text.contains("\n    an HTML page, where every log type reads JSON\n"), "{text}");
    assert!(
        text.replace('\n', " ").contains("a later line within its first 64 KiB begins with a bracket"),
        "{text}"
    );
    let (_, json, _) = explain(&scratch, &["foreign_input", "--json"]);
    let listed = serde_json::from_str::<Value>(&json).unwrap()["instances"].as_array().unwrap().len();
    assert_eq!(text.lines().filter(|line| line.starts_with("    ")).count(), listed);
}

#[test]
fn all_codes_are_listed_with_a_line_each() {
    let scratch = Scratch::new();
    let (code, text, _) = explain(&scratch, &[]);
    assert_eq!(code, 0);
    for listed in ["\n  bad-type ", "\n  no-event-time ", "\n  script_failed ", "\n  duplicate_key "] {
        assert!(text.contains(listed), "{listed}: {text}");
    }
    let (_, json, _) = explain(&scratch, &["--json"]);
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listed = text.lines().filter(|line| line.starts_with("  ")).count();
    assert_eq!(lines.len(), listed);
    assert!(lines.iter().all(|line| line["remedy"].is_string() && line["kind"].is_string()));
    // Each kind has one heading.
    assert_eq!(text.lines().filter(|line| line.ends_with(':') && !line.starts_with(' ')).count(), 4);
}

#[test]
fn an_unknown_code_is_refused_with_a_suggestion() {
    let scratch = Scratch::new();
    let (code, out, err) = explain(&scratch, &["type_mismach"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("there is no code type_mismach; did you mean `type_mismatch`?"), "{err}");
    let (code, _, err) = explain(&scratch, &["frobnicate"]);
    assert!(code == 2 && err.contains("`sawlog explain` lists all"), "{err}");
}

#[test]
fn commands_that_show_codes_say_how_to_ask() {
    let scratch = Scratch::new();
    scratch.write("warns.yml", "schema: Test.Other\nfields:\n  - {name: t, type: string, typ: x}\n");
    let output = scratch.run(["schema", "check", "schema.yml", "warns.yml"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(text.matches("sawlog explain").count(), 1, "{text}");
    assert!(text.trim_end().ends_with("what a code means: sawlog explain no-event-time"), "{text}");
    // Errors come first.
    scratch.write("fails.yml", "schema: Test.Third\nfields:\n  - {name: t, type: [string]}\n");
    let output = scratch.run(["schema", "check", "warns.yml", "fails.yml"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.trim_end().ends_with("what a code means: sawlog explain wrong-kind"), "{text}");
    let output = scratch.run(["schema", "check", "schema.yml"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("explain"));
    scratch.write("in.ndjson", "{\"id\":\"1\"}\n{\"id\":7.5,\"n\":\"x\"}\n");
    let output = scratch.run(["convert", "in.ndjson", "--schema", "schema.yml", "--out", "lake"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("what a reason means: sawlog explain type_mismatch"), "{text}");
    scratch.write("noted.ndjson", "{\"id\":\"1\",\"n\":1,\"n\":2,\"n\":3}\n");
    let output = scratch.run(["convert", "noted.ndjson", "--schema", "schema.yml", "--out", "lake"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.ends_with("what a note means: sawlog explain duplicate_key\n"), "{text}");
    let output = scratch.run(["parse", "noted.ndjson", "--schema", "schema.yml"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(text, "noted: 2 duplicate_key, 1 event_time_missing (sawlog explain duplicate_key)\n");
}
