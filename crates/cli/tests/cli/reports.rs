//! What a run reports to machines and to people, and the codes it exits with.

use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use crate::support::{Scratch, TABLE, files_below, ndjson};

/// Ten events, two rejects, one undeclared field and one oddity.
fn dirty() -> Vec<u8> {
    let more = "null\n{\"n\":3}\n{\"id\":\"a\",\"id\":\"b\",\"deep\":{\"er\":[1]}}\n";
    [ndjson(0..10).as_slice(), more.as_bytes()].concat()
}

#[test]
fn the_json_report_has_all_counts() {
    let scratch = Scratch::new();
    scratch.write("dump", dirty());
    let run = scratch.convert(&["dump"]).ok();
    let mut keys: Vec<&String> = run.json.as_object().unwrap().keys().collect();
    keys.sort();
    let expected = [
        "decoded_bytes",
        "elapsed_s",
        "files",
        "input_bytes",
        "inputs",
        "inputs_skipped",
        "log_types",
        "notes",
        "passed_over",
        "quarantined",
        "reasons",
        "records",
        "rows",
        "skipped",
        "unknown_fields",
    ];
    assert_eq!(keys, expected);
    let counts = ["records", "rows", "quarantined", "skipped", "inputs", "inputs_skipped"];
    assert_eq!(counts.map(|name| run.count(name)), [13, 11, 2, 0, 1, 0]);
    assert_eq!(run.json["reasons"], serde_json::json!({"missing_required": 1, "not_an_object": 1}));
    assert_eq!(run.json["unknown_fields"], serde_json::json!({"deep.er": 1}));
    assert_eq!(run.json["notes"]["duplicate_key"], 1);
    assert_eq!(run.count("decoded_bytes"), dirty().len() as u64);
    assert!(run.json["elapsed_s"].as_f64().unwrap() > 0.0);

    let files = run.json["files"].as_array().unwrap();
    let of_disk = files_below(&scratch.path("lake").join(TABLE));
    assert_eq!(files.len(), of_disk.len());
    for file in files {
        let path = scratch.path("lake").join(file["path"].as_str().unwrap());
        assert_eq!(path.metadata().unwrap().len(), file["bytes"].as_u64().unwrap());
    }
    assert_eq!(files.iter().map(|file| file["rows"].as_u64().unwrap()).sum::<u64>(), 11);
}

#[test]
fn too_many_rejects_exit_with_3_and_publish_nothing() {
    let scratch = Scratch::new();
    scratch.write("dump", dirty());
    let run = scratch.convert(&["dump", "--max-quarantined", "0.1"]);
    run.fails(3, &["2 of 13", "--max-quarantined 0.1"]);
    assert_eq!((run.count("records"), run.json["files"].as_array().unwrap().len()), (13, 0));
    assert!(run.json["error"].as_str().unwrap().contains("nothing was published"));
    assert!(scratch.nothing_published());
    let words = "convert dump --schema schema.yml --out lake --max-quarantined 0.1".split(' ');
    let told = String::from_utf8_lossy(&scratch.run(words).stderr).into_owned();
    assert!(
        told.contains("reasons:\n             1 missing_required\n             1 not_an_object\n"),
        "{told}"
    );
    assert!(told.ends_with("each of them, with its place: sawlog parse, with the same inputs and options\n"));
    scratch.convert(&["dump", "--max-quarantined", "0.2"]).ok();
}

#[test]
fn a_field_called_like_a_partition_is_refused_there() {
    let scratch = Scratch::new();
    scratch.write("year.yml", "schema: Custom.Year\nfields:\n  - {name: Year, type: int}\n");
    scratch.write("dump", "{\"Year\":1999}\n");
    let convert = |partition: &str| {
        let args = ["convert", "dump", "--schema", "year.yml", "--out", "years", "--partition", partition];
        scratch.run(args)
    };
    for partition in ["day", "hour"] {
        let output = convert(partition);
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("`Year` (line 3 of year.yml)") && told.contains("--partition none"), "{told}");
    }
    assert_eq!(convert("none").status.code(), Some(0));
}

#[test]
fn wrong_usage_exits_with_2_and_prints_no_report() {
    let scratch = Scratch::new();
    scratch.write("dump", ndjson(0..1));
    scratch.write("broken.yml", "schema: X\n");
    let wrong: [(&[&str], &str); 9] = [
        (&["dump", "--max-quarantined", "1.5"], "from 0 to 1"),
        (&["dump", "--partition", "week"], "--partition week"),
        (&["dump", "--parse-time", "noon"], "RFC 3339"),
        (&["dump", "--records-path", "a..b"], "--records-path a..b"),
        (&["dump", "--missing-required", "maybe"], "possible values"),
        (&["dump", "--threads", "0"], "--threads"),
        (&["dump", "--schema", "Atlassian.Audits"], "did you mean `Atlassian.Audit`"),
        (&["dump", "--schema", "broken.yml"], "has errors"),
        (&[], "<INPUT>"),
    ];
    for (words, complaint) in wrong {
        let run = scratch.convert(words);
        run.fails(2, &[complaint]);
        assert!(run.json.is_null(), "{words:?} prints {}", run.json);
    }
    assert!(scratch.nothing_published());
}

#[test]
fn people_see_a_summary_with_reasons_and_a_hint() {
    let scratch = Scratch::new();
    scratch.write("dump", dirty());
    let flags = ["--schema", "schema.yml", "--out", "lake"];
    let output = scratch.run(["convert", "dump"].iter().chain(&flags));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{told}");
    for words in ["13 records from 1 input", "11 rows", "2 quarantined", "not_an_object", "deep.er"] {
        assert!(told.contains(words), "no {words:?} in {told}");
    }
    assert!(told.contains("quarantine show lake"), "{told}");
    assert!(told.contains("--missing-required keep, 1 more record would"), "{told}");
    let kept = scratch.convert(&["dump", "--out", "kept", "--missing-required", "keep"]).ok();
    assert_eq!((kept.count("rows"), kept.count("quarantined")), (12, 1));
}

#[test]
fn documents_that_were_torn_into_lines_are_told() {
    let scratch = Scratch::new();
    let laid_out =
        |ids: [&str; 2]| ids.map(|id| format!("{{\n  \"id\": \"{id}\",\n  \"n\": 1\n}}\n")).concat();
    scratch.write("dump", r#"{"data":[{"id":"a"},{"id":"b"}]}"#.to_owned() + "\n" + &laid_out(["c", "d"]));
    scratch.write("few", [ndjson(0..20).as_slice(), laid_out(["c", "d"]).as_bytes()].concat());
    let told = |words: &[&str]| {
        let flags = ["--schema", "schema.yml"];
        let output = scratch.run(["convert"].iter().chain(words).chain(&flags));
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let hint = "hint: if documents of the log span several lines, --stream json reads them";
    assert!(told(&["dump", "--out", "torn"]).contains(hint));
    assert!(!told(&["dump", "--out", "lines", "--stream", "lines"]).contains(hint));
    assert!(!told(&["few", "--out", "mostly"]).contains(hint));
    let whole = told(&["dump", "--out", "whole", "--stream", "json"]);
    assert!(whole.contains("4 rows") && !whole.contains(hint), "{whole}");
}

#[test]
fn names_of_others_do_not_command_the_terminal() {
    let scratch = Scratch::new();
    let long = "x".repeat(500);
    let fields = format!("\"\\u001b[2J\":1,\"a\\nb\":2,\"{long}\":3");
    scratch.write("dump", format!("{{\"id\":\"1\",{fields}}}\n"));
    let output = scratch.run(["convert", "dump", "--schema", "schema.yml", "--out", "lake"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("1 \\u{1b}[2J\n") && told.contains("1 a b\n"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() < 140), "{told}");
    let missing = scratch.convert(&["no\u{1b}ne"]);
    missing.fails(1, &["no\\u{1b}ne"]);
}

#[test]
fn quiet_prints_nothing_but_errors() {
    let scratch = Scratch::new();
    scratch.write("dump", dirty());
    let quiet = |schema: &'static str, out| ["convert", "dump", "--quiet", "--schema", schema, "--out", out];
    for (schema, out) in [("schema.yml", "a"), ("Atlassian.Audit", "b")] {
        let output = scratch.run(quiet(schema, out));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && output.stdout.is_empty() && told.is_empty(), "{schema}: {told}");
    }
    let output = scratch.run(quiet("schema.yml", "schema.yml"));
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: "));
}

/// Runs a failing conversion on a terminal of its own, where the system has the tool that lends one.
fn on_a_terminal(scratch: &Scratch, no_color: &str) -> Option<String> {
    let line = format!("{} convert none --schema schema.yml --out lake", cargo_bin!("sawlog").display());
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(scratch.path("")).env("NO_COLOR", no_color);
    let output = script.output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let scratch = Scratch::new();
    let piped = scratch.convert(&["none"]);
    assert!(piped.stderr.starts_with("error: "), "{}", piped.stderr);
    if let (Some(coloured), Some(plain)) = (on_a_terminal(&scratch, ""), on_a_terminal(&scratch, "1")) {
        assert!(coloured.contains("\u{1b}[1;31m") && coloured.contains("none"), "{coloured:?}");
        assert!(!plain.contains("\u{1b}[") && plain.contains("error: "), "{plain:?}");
    }
}
