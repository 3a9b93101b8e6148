//! Several log types in one run: each record in the table of the one that fits it best.

use std::fs;
use std::io::BufRead;

use serde_json::{Value, json};

use crate::support::{Run, Scratch, column, event, files_below, ids, ndjson, published};

/// A log type that shares one key with that of `schema.yml` and declares two more.
const DOOR: &str = "\
schema: Test.Door
fields:
  - {name: id, type: string, required: true}
  - {name: door, type: string, required: true}
  - {name: floor, type: int}
";

/// The flags of a run with both.
const BOTH: [&str; 4] = ["--schema", "schema.yml", "--schema", "door.yml"];

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("door.yml", DOOR);
    scratch.write("dump", mixed(10));
    scratch
}

fn door(n: u64) -> String {
    format!(r#"{{"id":"d{n:05}","door":"west","floor":{n}}}"#)
}

/// So many events of each log type, and two records that are of none.
fn mixed(each: u64) -> Vec<u8> {
    let pair = |n| format!("{}\n{}\n", event(n), door(n));
    let events: String = (0..each).map(pair).collect();
    (events + "{\"colour\":\"red\"}\nnull\n").into_bytes()
}

fn convert(scratch: &Scratch, flags: &[&str]) -> Run {
    scratch.convert(&[&["dump"], flags].concat())
}

/// Values of a column of a table, sorted.
fn values(scratch: &Scratch, table: &str, name: &str) -> Vec<String> {
    let mut values = Vec::new();
    for path in files_below(&scratch.path("lake").join(table)) {
        column(&path, name, &mut values);
    }
    values.sort();
    values
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    bytes.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

/// The only entry of the ledger.
fn entry(scratch: &Scratch) -> Value {
    let files = files_below(&scratch.path("lake/_ledger"));
    let mut entries = files.iter().filter(|path| path.extension().is_some_and(|e| e == "json"));
    let path = entries.next().unwrap();
    assert!(entries.next().is_none(), "{files:?}");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn each_record_goes_to_the_table_of_its_log_type() {
    let scratch = scratch();
    let run = convert(&scratch, &BOTH).ok();
    assert_eq!(run.json["log_types"], json!({"Test.Door": 10, "Test.Event": 10}));
    assert_eq!([run.count("records"), run.count("rows"), run.count("quarantined")], [22, 20, 2]);
    assert_eq!(values(&scratch, "test_event", "id"), ids(0..10));
    assert_eq!(values(&scratch, "test_door", "floor").len(), 10);
    assert_eq!(values(&scratch, "test_door", "p_log_type"), vec!["\"Test.Door\""; 10]);

    let entry = entry(&scratch);
    let tables = entry["tables"].as_array().unwrap();
    let told: Vec<_> = tables.iter().map(|t| (&t["table"], &t["schema"]["name"], &t["rows"])).collect();
    assert_eq!(json!(told), json!([["test_event", "Test.Event", 10], ["test_door", "Test.Door", 10]]));
    assert_eq!(entry["state"], "committed");
}

#[test]
fn a_log_type_without_records_has_no_table_and_stands_in_the_ledger() {
    let scratch = scratch();
    scratch.write("dump", ndjson(0..10));
    let run = convert(&scratch, &BOTH).ok();
    assert_eq!(run.json["log_types"], json!({"Test.Door": 0, "Test.Event": 10}));
    assert!(!scratch.path("lake/test_door").exists());
    assert_eq!(entry(&scratch)["tables"][1]["schema"]["name"], "Test.Door");
}

#[test]
fn what_no_log_type_accepts_is_shown_with_every_reason() {
    let scratch = scratch();
    convert(&scratch, &BOTH).ok();
    for folder in ["lake", "lake/_quarantine", "lake/_quarantine/_unclassified"] {
        let output = scratch.run(["quarantine", "show", folder]);
        let entries = lines(&output.stdout);
        let told: Vec<_> = entries.iter().map(|e| (&e["code"], &e["schema"], &e["record"])).collect();
        assert_eq!(json!(told), json!([["unclassified", "", 21], ["not_an_object", "", 22]]), "{folder}");
        let message = entries[0]["message"].as_str().unwrap();
        assert!(message.contains("Test.Event: `id`") && message.contains("Test.Door: `id`"), "{message}");
    }
    assert!(scratch.run(["quarantine", "show", "lake/test_door"]).stdout.is_empty());
}

#[test]
fn people_see_a_line_for_each_log_type() {
    let scratch = scratch();
    let flags = [&["convert", "dump", "--out", "lake"], &BOTH[..]].concat();
    let told = String::from_utf8(scratch.run(flags).stderr).unwrap();
    for words in ["20 rows  ", "10 rows of Test.Door\n", "10 rows of Test.Event\n", "2 quarantined"] {
        assert!(told.contains(words), "no {words:?} in {told}");
    }
    let one = ["convert", "dump", "--out", "other", "--schema", "door.yml"];
    assert!(!String::from_utf8(scratch.run(one).stderr).unwrap().contains("rows of"));
}

#[test]
fn a_folder_stands_for_the_definitions_in_it() {
    let scratch = scratch();
    scratch.write("types/b/event.yaml", fs::read(scratch.path("schema.yml")).unwrap());
    scratch.write("types/a.yml", DOOR);
    scratch.write("types/a_tests.yml", "no definition");
    scratch.write("types/notes.txt", "no definition");
    let run = convert(&scratch, &["--schema", "types"]).ok();
    assert_eq!(run.json["log_types"], json!({"Test.Door": 10, "Test.Event": 10}));
    assert_eq!(entry(&scratch)["tables"][0]["schema"]["name"], "Test.Door", "by path");

    scratch.write("types/c.yml", "schema: Test.Broken\nfields:\n  - {name: a, type: strin}\n");
    scratch.write("types/d.yml", "schema: Test.Empty\n");
    let run = convert(&scratch, &["--schema", "types", "--out", "other"]);
    run.fails(2, &["types/c.yml:3:", "types/d.yml:", "2 log types have errors", "types/c.yml, types/d.yml"]);
    assert!(!scratch.path("other").exists());
    fs::create_dir(scratch.path("none")).unwrap();
    convert(&scratch, &["--schema", "none"]).fails(2, &["the folder none holds no log types"]);
}

#[test]
fn words_that_name_no_log_type_are_told_what_may_be_meant() {
    let scratch = scratch();
    scratch.write("door_tests.yml", "logType: Test.Door\ninput: x\n");
    for (word, told) in [
        ("cloudtrail", "did you mean `AWS.CloudTrail`?"),
        ("AWS", "did you mean `AWS.CloudTrail`, `AWS.S3ServerAccess` or `AWS.VPCFlow`?"),
        ("", "`` is neither a built-in log type nor a file or folder; `sawlog schema list` shows"),
        ("schema.yml,door.yml", "repeat the option: --schema schema.yml --schema door.yml\n"),
        ("door_tests.yml", "door_tests.yml holds tests: sawlog schema test runs them\n"),
    ] {
        convert(&scratch, &["--schema", word]).fails(2, &[told]);
    }
}

#[test]
fn without_a_schema_all_built_in_ones_are_tried() {
    let scratch = Scratch::new();
    scratch.write("dump", scratch.run(["generate", "--events", "200"]).stdout);
    let output = scratch.run(["convert", "dump", "--out", "lake", "--json"]);
    let run = Run::of(&output).ok();
    assert_eq!([run.count("rows"), run.count("quarantined")], [200, 0]);
    let listed: Vec<Value> =
        serde_json::from_slice(&scratch.run(["schema", "list", "--json"]).stdout).unwrap();
    let names: Vec<&str> = listed.iter().map(|log_type| log_type["name"].as_str().unwrap()).collect();
    let counted: Vec<&String> = run.json["log_types"].as_object().unwrap().keys().collect();
    assert_eq!(counted, names);
    assert_eq!(scratch.run(["parse", "dump"]).stdout.lines().count(), 200);
}

#[test]
fn log_types_that_would_mix_are_refused() {
    let scratch = scratch();
    scratch.write("copy.yml", DOOR);
    scratch.write("upper.yml", DOOR.replace("Test.Door", "Test.DOOR"));
    for command in ["convert", "parse"] {
        let told = |other: &str| {
            let out: &[&str] = if command == "convert" { &["--out", "lake"] } else { &[] };
            let words = [&[command, "dump", "--schema", "door.yml", "--schema", other], out].concat();
            let output = scratch.run(words);
            assert_eq!(output.status.code(), Some(2));
            String::from_utf8(output.stderr).unwrap()
        };
        let twice = told("copy.yml");
        assert!(twice.contains("Test.Door is given twice, in door.yml and in copy.yml"), "{twice}");
        let shared = told("upper.yml");
        assert!(shared.contains("Test.Door (door.yml) and Test.DOOR (upper.yml)"), "{shared}");
        assert!(shared.contains("test_door"), "{shared}");
    }
    // The same across runs, for each table.
    convert(&scratch, &["--schema", "door.yml"]).ok();
    scratch.write("dump", mixed(11));
    let run = convert(&scratch, &["--schema", "schema.yml", "--schema", "upper.yml"]);
    run.fails(2, &["the table test_door holds Test.Door, and Test.DOOR would share its folder"]);
}

#[test]
fn another_set_of_log_types_is_another_run() {
    let scratch = scratch();
    convert(&scratch, &BOTH).ok();
    let before = published(&scratch.path("lake"));
    let again = convert(&scratch, &BOTH).ok();
    assert_eq!([again.count("inputs"), again.count("inputs_skipped")], [0, 1]);
    assert_eq!(published(&scratch.path("lake")), before);

    let one = ["--schema", "door.yml"];
    convert(&scratch, &one).fails(2, &["with the log type Test.Event, not given now", "--force"]);
    let turned = ["--schema", "door.yml", "--schema", "schema.yml"];
    convert(&scratch, &turned).fails(2, &["with the log types in another order"]);

    let run = convert(&scratch, &[&one[..], &["--force"]].concat()).ok();
    assert_eq!([run.count("rows"), run.count("quarantined")], [10, 12]);
    assert!(!scratch.path("lake/test_event").exists(), "the earlier run's table is gone");
    assert!(!scratch.path("lake/_quarantine/_unclassified").exists());
    assert!(scratch.path("lake/_quarantine/test_door").is_dir());
    convert(&scratch, &BOTH).fails(2, &["without the log type Test.Event"]);
}

#[test]
fn parse_prints_events_in_the_order_of_the_input() {
    let scratch = scratch();
    let output = scratch.run([&["parse", "dump"], &BOTH[..]].concat());
    let events = lines(&output.stdout);
    let told: Vec<_> = events.iter().map(|event| (&event["id"], &event["p_log_type"])).collect();
    let pair =
        |n: usize| [json!([format!("e{n:05}"), "Test.Event"]), json!([format!("d{n:05}"), "Test.Door"])];
    assert_eq!(json!(told), json!((0..10).flat_map(pair).collect::<Vec<_>>()));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("dump:21: unclassified: no log type accepts"), "{told}");
}
