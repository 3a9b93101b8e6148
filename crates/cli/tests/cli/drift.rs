//! `sawlog schema drift`: what it finds, and that its patch applies and closes the gap.

use std::fs;

use serde_json::Value;

use crate::support::{Run, Scratch, gzip};

/// Runs `schema drift log.ndjson --schema <schema> --json`.
fn drift(scratch: &Scratch, schema: &str) -> Value {
    let output = scratch.run(["schema", "drift", "log.ndjson", "--schema", schema, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Applies a unified diff of one file, and insists on every line number and every line of context.
fn patched(text: &str, diff: &str) -> String {
    let old: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut at, mut new) = (0, String::new());
    let mut lines = diff.split_inclusive('\n').skip(2).peekable();
    while let Some(line) = lines.next() {
        if let Some(header) = line.strip_prefix("@@ -") {
            let start: usize = header.split(',').next().unwrap().parse().unwrap();
            new.extend(old[at..start - 1].iter().copied());
            at = start - 1;
            let shown: usize = header.split(['+', ',']).nth(2).unwrap().parse().unwrap();
            assert_eq!(new.split_inclusive('\n').count() + 1, shown, "{header}");
            continue;
        }
        let ends_bare = lines.next_if(|line| line.starts_with('\\')).is_some();
        let line = if ends_bare { line.trim_end_matches('\n') } else { line };
        let (mark, content) = line.split_at(1);
        if mark != "+" {
            assert_eq!(content, old[at], "line {at}");
            at += 1;
        }
        if mark != "-" {
            new.push_str(content);
        }
    }
    new.extend(old[at..].iter().copied());
    new
}

/// Asserts that the patch for a definition applies, keeps every line that was there, and leaves no drift.
#[track_caller]
fn closes(log: &str, schema: &str) -> String {
    let scratch = Scratch::new();
    scratch.write("log.ndjson", log);
    scratch.write("my.yml", schema);
    let found = drift(&scratch, "my.yml");
    assert_eq!(found["drift"], true, "{found}");
    let diff = found["patch"].as_str().unwrap_or_else(|| panic!("no patch: {found}"));
    assert!(diff.starts_with("--- a/my.yml\n+++ b/my.yml\n@@ -"), "{diff}");
    let new = patched(schema, diff);
    scratch.write("my.yml", &new);
    let left = drift(&scratch, "my.yml");
    assert_eq!(left["undeclared"], Value::Array(Vec::new()), "{new}");
    let check = scratch.run(["schema", "check", "my.yml"]);
    assert_eq!(check.status.code(), Some(0), "{new}");
    let plain = scratch.run(["schema", "drift", "log.ndjson", "--schema", "my.yml"]);
    assert!(plain.stdout.is_empty(), "{plain:?}");
    new
}

const LOG: &str = "\
{\"id\":\"a\",\"o\":{\"p\":1,\"new\":\"10.0.0.1\"},\"list\":[{\"q\":1},{\"q\":2,\"r\":true}]}
{\"id\":\"b\",\"o\":{\"p\":2},\"more\":{\"x\":[1,2]}}
";

/// Fields in blocks, with all that an author may write around them.
const BLOCKS: &str = "\
# What we know of doors.
schema: Custom.My # the name
fields:
- name: id
  type: string # an id

- name: o
  type: object
  fields:
    # the inner one
    - name: p
      type: bigint
      description: |
        Some

        # lines
  description: An object

- name: list
  type: array
  element:
      type: object
      fields:
          - name: q
            type: int

# the end
";

/// Fields in braces and brackets.
const BRACES: &str = "\
schema: Custom.My
fields:
  - {name: id, type: string}
  - {name: o, type: object, fields: [{name: p, type: bigint, description: \"a } in it\"}]}
  - { name: list, type: array,
      element: {type: object, fields: [
        {name: q, type: int}, # numbers
      ]} }
";

/// Objects that share a definition.
const SHARED: &str = "\
schema: Custom.My
definitions:
  User:
    type: object
    fields:
      - name: id
        type: string
fields:
  - {name: actor, type: ref, target: User}
  - {name: target, type: ref, target: User}
";

/// Fields of which some log has everything wrong.
const STRICT: &str = "\
schema: Custom.My
fields:
  - {name: id, type: string, required: true}
  - {name: n, type: bigint}
  - {name: kind, type: string, validate: {allow: [door, gate]}}
  - {name: gone, type: string}
";

#[test]
fn everything_that_differs_is_told() {
    let scratch = Scratch::new();
    let log = r#"{"id":"a","n":"x","kind":"door"}
{"id":"b","n":"y","kind":"roof","new":"10.0.0.1"}
{"n":1}
7
{"id":"c","n":2,"kind":"roof"}
"#;
    scratch.write("log.ndjson", log);
    scratch.write("my.yml", STRICT);
    let found = drift(&scratch, "my.yml");
    assert_eq!(
        (&found["records"], &found["unreadable"], &found["rejected"]),
        (&4.into(), &1.into(), &3.into())
    );
    let undeclared = serde_json::json!([
        {"path": "new", "count": 1, "type": "string", "indicators": ["ip"], "example": "\"10.0.0.1\""}
    ]);
    assert_eq!(found["undeclared"], undeclared);
    assert_eq!(found["never_seen"], serde_json::json!(["gone"]));
    let allowed = serde_json::json!([{"path": "kind", "count": 2, "values": [["roof", 2]]}]);
    assert_eq!(found["not_allowed"], allowed);
    let mismatches: Vec<_> = found["mismatches"].as_array().unwrap().iter().collect();
    let told = |n: usize, key: &str| mismatches[n][key].clone();
    assert_eq!(
        (told(0, "path"), told(0, "code"), told(0, "count")),
        ("n".into(), "type_mismatch".into(), 2.into())
    );
    assert_eq!((told(1, "path"), told(1, "code")), ("id".into(), "missing_required".into()));
    let people = scratch.run(["schema", "drift", "log.ndjson", "--schema", "my.yml"]);
    let told = String::from_utf8_lossy(&people.stderr).into_owned();
    for words in [
        "not declared:\n  new: 1 time, string [ip], such as \"10.0.0.1\"",
        "never seen:\n  gone",
        "not allowed:\n  kind: 2 values: \"roof\" (2)",
        "n: 2 events, type_mismatch",
        "left out:\n  1 record, not_an_object, in log.ndjson: an event must be a JSON object\n",
    ] {
        assert!(told.contains(words), "no {words:?} in {told}");
    }
    assert!(people.stdout.starts_with(b"--- a/my.yml\n"), "{people:?}");
}

#[test]
fn what_is_no_log_is_told() {
    let scratch = Scratch::new();
    scratch.write("my.yml", STRICT);
    let log = b"{\"id\":\"a\"}\n";
    scratch.write("log.ndjson", log);
    scratch.write("old.gz", gzip(&gzip(log)));
    let args = ["schema", "drift", "log.ndjson", "old.gz", "--schema", "my.yml"];
    let json = scratch.run(args.iter().chain(&["--json"]));
    let found: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        (&found["records"], &found["unreadable"], &found["rejected"]),
        (&1.into(), &1.into(), &0.into())
    );
    let message =
        "the input is compressed twice, by gzip, and was not read; decompress it once, with `gunzip`";
    let left_out = serde_json::json!([
        {"code": "foreign_input", "count": 1, "input": "old.gz", "message": message}
    ]);
    assert_eq!(found["left_out"], left_out);
    let people = scratch.run(args);
    let told = String::from_utf8_lossy(&people.stderr).into_owned();
    assert!(
        told.contains(&format!("left out:\n  1 record, foreign_input, in old.gz: {message}\n")),
        "{told}"
    );
}

#[test]
fn without_events_there_is_nothing_to_compare() {
    let scratch = Scratch::new();
    scratch.write("double.gz", gzip(&gzip(b"{\"id\":\"a\"}\n")));
    scratch.write("empty.ndjson", "");
    scratch.write("text.log", "no json\nat all\n");
    let nothing = "error: there is nothing to compare with the definition: no record is a JSON object";
    for (input, reasons) in [
        ("double.gz", "; 1 record, foreign_input, in double.gz: the input is compressed twice, by gzip"),
        ("text.log", "; 2 records, invalid_json, in text.log: "),
        ("empty.ndjson", "\n"),
    ] {
        for flags in [&[][..], &["--json"]] {
            let args = ["schema", "drift", input, "--schema", "schema.yml"];
            let run = Run::of(&scratch.run(args.iter().chain(flags)));
            run.fails(1, &[&format!("{nothing}{reasons}")]);
            assert_eq!(run.json, Value::Null, "{input}");
        }
    }
}

#[test]
fn nothing_new_is_no_drift() {
    let scratch = Scratch::new();
    scratch.write("log.ndjson", "{\"id\":\"a\",\"time\":\"2026-01-31T12:00:00Z\",\"n\":1}\n");
    let found = drift(&scratch, "schema.yml");
    assert_eq!((&found["drift"], &found["patch"]), (&false.into(), &Value::Null), "{found}");
}

#[test]
fn a_patch_of_blocks_keeps_comments_and_goes_to_the_right_objects() {
    let new = closes(LOG, BLOCKS);
    let inner = "        # lines\n    # seen once, in 2 objects\n    - name: new\n      type: string\n      \
                 indicators: [ip]\n";
    assert!(new.contains(inner), "{new}");
    let added = "            type: int\n          # seen once, in 2 objects\n          - name: r\n           \
                 \x20type: boolean\n# seen once";
    assert!(new.contains(added), "{new}");
    assert!(new.ends_with("\n\n# the end\n"), "{new}");
}

#[test]
fn patches_of_braces_and_brackets() {
    let new = closes(LOG, BRACES);
    assert!(new.contains("in it\"}, {name: new, type: string, indicators: [ip]}]}"), "{new}");
    assert!(
        new.contains("        {name: q, type: int},\n        {name: r, type: boolean}, # numbers\n"),
        "{new}"
    );
    closes(LOG, "{schema: Custom.My, fields: [{name: id, type: string}, {name: o, type: json}]}");
    closes("{\"a\":1,\"b\":2}\n", "schema: Custom.My\r\nfields:\r\n  - name: a\r\n    type: int\r\n");
    closes("{\"a\":1,\"b\":2}\n", "schema: Custom.My\nfields:\n  -\n    name: a\n    type: int");
}

#[test]
fn definitions_that_are_referred_to_get_their_fields_once() {
    let log = r#"{"actor":{"id":"a","email":"a@example.com"},"target":{"id":"b","email":"b@example.com"}}"#;
    let new = closes(log, SHARED);
    assert_eq!(new.matches("- name: email").count(), 1, "{new}");
}

#[test]
fn new_names_that_clash_are_renamed() {
    let log = "{\"id\":\"a\",\"ID\":\"b\",\"p_row_id\":\"c\"}\n";
    let new = closes(log, "schema: Custom.My\nfields:\n  - name: id\n    type: string\n");
    assert!(new.contains("- name: ID_2\n    rename: {from: ID}\n"), "{new}");
    assert!(new.contains("rename: {from: p_row_id}\n"), "{new}");
}

#[test]
fn a_field_that_is_read_from_another_key_declares_that_key() {
    let scratch = Scratch::new();
    scratch.write("log.ndjson", "{\"PIN\":\"1\",\"a\":{\"b\":\"x\"}}\n");
    let fields = "[{name: pin, type: string, rename: {from: PIN}}, {name: c, type: string, \
                  copy: {from: a.b}}, {name: a, type: json}]";
    scratch.write("my.yml", format!("schema: Custom.My\nfields: {fields}\n"));
    let found = drift(&scratch, "my.yml");
    assert_eq!(
        (&found["drift"], &found["never_seen"]),
        (&false.into(), &Value::Array(Vec::new())),
        "{found}"
    );
}

#[test]
fn what_text_holds_is_not_missed() {
    let scratch = Scratch::new();
    scratch.write("log.ndjson", "{\"e\":\"{\\\"a\\\":1,\\\"b\\\":2}\"}\n");
    let inner = "isEmbeddedJSON: true, fields: [{name: a, type: int}, {name: never, type: int}]";
    scratch.write("my.yml", format!("schema: Custom.My\nfields: [{{name: e, type: object, {inner}}}]\n"));
    let found = drift(&scratch, "my.yml");
    assert_eq!(found["undeclared"][0]["path"], "e.b", "{found}");
    assert_eq!(found["undeclared"][0]["type"], Value::Null, "{found}");
    assert_eq!((&found["never_seen"], &found["patch"]), (&Value::Array(Vec::new()), &Value::Null), "{found}");
}

#[test]
fn the_patch_program_takes_the_patch_of_a_built_in_log_type() {
    let scratch = Scratch::new();
    scratch.write(
        "log.ndjson",
        "{\"type\":\"events\",\"id\":\"e\",\"attributes\":{\"brand\":{\"new\":1}},\"links\":{}}\n",
    );
    let shown = scratch.run(["schema", "show", "Atlassian.Audit"]).stdout;
    scratch.write("schemas/atlassian/audit.yml", &shown);
    let diff = scratch.run(["schema", "drift", "log.ndjson", "--schema", "Atlassian.Audit"]).stdout;
    let file = scratch.path("schemas/atlassian/audit.yml");
    let expected = patched(&String::from_utf8_lossy(&shown), &String::from_utf8_lossy(&diff));
    scratch.write("drift.diff", &diff);
    let patch = std::process::Command::new("patch")
        .args(["-p1", "--fuzz=0", "-i", "drift.diff"])
        .current_dir(scratch.path(""))
        .output();
    // Not every system has the program; the diff is held against the text above all the same.
    if let Ok(output) = patch {
        assert!(output.status.success(), "{output:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    }
    assert!(expected.contains("- name: brand\n"), "{expected}");
}

#[test]
fn wrong_usage() {
    let scratch = Scratch::new();
    scratch.write("log.ndjson", "{}\n");
    scratch.write("broken.yml", "schema: Test.Event\nfields:\n  - {name: id, type: strin}\n");
    for (schema, words) in [
        ("broken.yml", "did you mean `string`"),
        ("none.yml", "neither a built-in log type nor a file"),
        ("AWS.VPCFlow", "reads text"),
    ] {
        let output = scratch.run(["schema", "drift", "log.ndjson", "--schema", schema]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn an_example_stands_on_one_line() {
    let scratch = Scratch::new();
    scratch.write("log.ndjson", "{\n  \"id\": \"a\",\n  \"new\": {\n    \"x\": 1\n  }\n}\n");
    scratch.write("my.yml", "schema: Custom.My\nfields:\n  - {name: id, type: string}\n");
    let found = drift(&scratch, "my.yml");
    assert_eq!(found["undeclared"][0]["example"], "{     \"x\": 1   }");
}

#[test]
fn a_key_that_no_field_can_be_called_leaves_the_others_their_patch() {
    let scratch = Scratch::new();
    scratch.write("log.ndjson", "{\"id\":\"a\",\"\":1,\"new\":2}\n");
    let old = "schema: Custom.My\nfields:\n  - name: id\n    type: string\n";
    scratch.write("my.yml", old);
    let found = drift(&scratch, "my.yml");
    assert_eq!(found["undeclared"].as_array().unwrap().len(), 2);
    let new = patched(old, found["patch"].as_str().unwrap());
    assert!(new.ends_with("  - name: new\n    type: bigint\n"), "{new}");
    scratch.write("my.yml", new);
    assert_eq!(drift(&scratch, "my.yml")["patch"], Value::Null);
}
