//! `sawlog bench`: what it shows, and that it leaves nothing behind.

use std::fs;

use crate::support::{Run, Scratch, event};

const STAGES: [&str; 9] =
    ["read", "decode", "frame", "parse", "index", "visit", "encode", "compress", "write"];

/// Runs it with a folder of its own for temporary files, which must be empty again afterwards.
fn bench(scratch: &Scratch, words: &[&str]) -> std::process::Output {
    fs::create_dir_all(scratch.path("tmp")).unwrap();
    let args = ["bench", "--rounds", "2"].iter().chain(words);
    let output = scratch.command(args).env("TMPDIR", scratch.path("tmp")).output().unwrap();
    assert_eq!(fs::read_dir(scratch.path("tmp")).unwrap().count(), 0, "something was left behind");
    output
}

#[test]
fn a_dump_of_ones_own_is_measured_stage_by_stage() {
    let scratch = Scratch::new();
    let lines: Vec<String> = (0..3_000).map(event).collect();
    scratch.write("dump.ndjson", lines.join("\n") + "\nno event\n");
    let output = bench(&scratch, &["dump.ndjson", "--schema", "schema.yml", "--threads", "2", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let whole = &json["whole"];
    assert_eq!(
        (&whole["records"], &whole["rows"], &whole["quarantined"]),
        (&3_001.into(), &3_000.into(), &1.into())
    );
    assert_eq!(whole["reasons"], serde_json::json!({"invalid_json": 1}));
    assert_eq!((&json["sample"]["records"], &json["sample"]["is_all"]), (&3_001.into(), &true.into()));
    assert_eq!(json["sample"]["decoded_bytes"], whole["decoded_bytes"]);
    assert_eq!((&json["rounds"], &whole["threads"]), (&2.into(), &2.into()));
    let stages = json["stages"].as_array().unwrap();
    assert_eq!(stages.iter().map(|stage| stage["name"].as_str().unwrap()).collect::<Vec<_>>(), STAGES);
    let whole_stages = stages.iter().filter(|stage| stage["part_of"].is_null());
    let shares: f64 = whole_stages.map(|stage| stage["share"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-9, "{shares}");
    for stage in stages {
        assert!(stage["mb_per_s"].as_f64().unwrap() > 0.0, "{stage}");
    }
}

#[test]
fn lines_of_text_have_no_index() {
    let scratch = Scratch::new();
    scratch.write(
        "door.yml",
        "schema: Custom.Door\nparser: {csv: {delimiter: ',', columns: [id, gate]}}\n\
        fields:\n  - {name: id, type: bigint, required: true}\n  - {name: gate, type: string}\n",
    );
    scratch.write("door.csv", "no number,west\n7,east\n".repeat(100));
    let output = bench(&scratch, &["door.csv", "--schema", "door.yml", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["whole"]["quarantined"], 100, "{json}");
    let stages = json["stages"].as_array().unwrap();
    let names: Vec<_> = stages.iter().map(|stage| stage["name"].as_str().unwrap()).collect();
    let of_json = ["index", "visit"];
    assert_eq!(names, STAGES.into_iter().filter(|name| !of_json.contains(name)).collect::<Vec<_>>());
}

#[test]
fn stages_work_on_the_beginning_only() {
    let scratch = Scratch::new();
    let args = ["--events", "2000", "--sample", "1", "--json"];
    let output = bench(&scratch, &args);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["whole"]["rows"], &json["sample"]["is_all"]), (&2_000.into(), &false.into()));
    let bytes = json["sample"]["decoded_bytes"].as_u64().unwrap();
    assert!((500 << 10..=1 << 20).contains(&bytes), "{bytes}");
    let records = json["sample"]["records"].as_u64().unwrap();
    assert!((400..1_000).contains(&records), "{records}");
    assert_eq!(json["log_types"], serde_json::json!(["Atlassian.Audit"]));
}

#[test]
fn people_get_a_table() {
    let scratch = Scratch::new();
    let dump = scratch.run(["generate", "--events", "500"]).stdout;
    fs::create_dir_all(scratch.path("tmp")).unwrap();
    let mut command = scratch.command(["bench", "-", "--schema", "Atlassian.Audit", "--rounds", "1"]);
    let output = command.env("TMPDIR", scratch.path("tmp")).write_stdin(dump).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for word in
        ["whole conversion with", "500 rows in", "all of it", "MB/s", "together"].iter().chain(&STAGES)
    {
        assert!(text.contains(word), "no {word} in {text}");
    }
    assert_eq!(
        fs::read_dir(scratch.path("tmp")).unwrap().count(),
        0,
        "the copy of the stream was left behind"
    );
}

#[test]
fn requests_that_cannot_be_measured_are_refused() {
    let scratch = Scratch::new();
    scratch.write("empty.ndjson", "");
    let run = |words: &[&str]| Run::of(&bench(&scratch, words));
    run(&["empty.ndjson", "--schema", "schema.yml"]).fails(1, &["hold no record"]);
    scratch.write("log.txt", "no event\n".repeat(7));
    run(&["log.txt", "--schema", "schema.yml"])
        .fails(1, &["no row came of 7 records, so that there is nothing to measure: 7 invalid_json; "]);
    scratch.write("zeros", [0; 9_000]);
    run(&["zeros", "--schema", "schema.yml"])
        .fails(1, &["cannot read zeros: the input is nothing but zeros"]);
    scratch.write("page.html", "<!doctype html>\n<title>Sign in</title>\n");
    run(&["page.html", "--schema", "schema.yml"]).fails(1, &["the input is an HTML page"]);
    scratch.write("log.zip", b"PK\x03\x04\x14");
    run(&["log.zip", "--schema", "schema.yml", "--json"])
        .fails(1, &["cannot read log.zip: the input is a zip archive, and was not read; unpack it"]);
    run(&["nowhere.ndjson", "--schema", "schema.yml"]).fails(1, &["nowhere.ndjson"]);
    run(&["empty.ndjson", "--events", "5"]).fails(2, &["--events"]);
    run(&["--events", "5", "--rounds", "0"]).fails(2, &["--rounds"]);
    let unusable =
        scratch.command(["bench", "--events", "5"]).env("TMPDIR", scratch.path("gone")).output().unwrap();
    Run::of(&unusable).fails(1, &["TMPDIR"]);
}
