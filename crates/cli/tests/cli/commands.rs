//! The commands beside `convert`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use crate::support::{Scratch, event, ndjson};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn every_command_has_help_with_an_example() {
    let scratch = Scratch::new();
    let commands: [&[&str]; 11] = [
        &["convert"],
        &["parse"],
        &["generate"],
        &["schema", "check"],
        &["schema", "list"],
        &["schema", "show"],
        &["schema", "diff"],
        &["schema", "export"],
        &["schema", "editor"],
        &["quarantine", "show"],
        &["explain"],
    ];
    for command in commands {
        let output = scratch.run(command.iter().chain(&["--help"]));
        let help = text(&output.stdout);
        assert!(output.status.success() && help.contains("Usage: sawlog"), "{help}");
        assert!(
            help.contains("Example") && help.contains(&format!("sawlog {}", command.join(" "))),
            "{help}"
        );
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    let top = text(&scratch.run(["--help"]).stdout);
    assert!(top.contains("Exit codes:"), "{top}");
    assert_eq!(scratch.run(["convrt"]).status.code(), Some(2));
}

#[test]
fn schema_check_tells_errors_from_warnings() {
    let scratch = Scratch::new();
    scratch.write(
        "warns.yml",
        "schema: Test.Other\nfields:\n  - {name: t, type: string, timeFormat: rfc3339, isEventTime: true}\n",
    );
    scratch
        .write("fails.yml", "schema: Test.Other\nfields:\n  - {name: t, type: strin, isEventTime: true}\n");
    let good = scratch.run(["schema", "check", "schema.yml"]);
    assert!(
        good.status.success() && text(&good.stderr).contains("1 definition checked: 0 errors, 0 warnings")
    );
    let warns = scratch.run(["schema", "check", "schema.yml", "warns.yml"]);
    assert!(
        warns.status.success() && text(&warns.stderr).contains("warns.yml:3:"),
        "{}",
        text(&warns.stderr)
    );
    let fails = scratch.run(["schema", "check", "warns.yml", "fails.yml"]);
    let told = text(&fails.stderr);
    assert_eq!(fails.status.code(), Some(1), "{told}");
    assert!(told.contains("fails.yml:3:") && told.contains("did you mean `string`"), "{told}");
    assert!(told.contains("2 definitions checked: 1 error, 1 warning"), "{told}");
}

#[test]
fn schema_check_goes_on_after_a_file_that_cannot_be_read() {
    let scratch = Scratch::new();
    scratch.write("types/a.yml", "schema: Test.Other\nfields:\n  - {name: t, type: string}\n");
    scratch.write("types/b.yml", b"\xff\xfe");
    scratch.write("types/c.YML", "schema: Test.Other\nfields:\n  - {name: t, type: strin}\n");
    let output = scratch.run(["schema", "check", "none.yml", "types", "-", "schema.yml"]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    let parts: Vec<&str> = told.split("\n\n").map(|part| part.lines().next().unwrap()).collect();
    let expected = [
        "error: cannot read none.yml: there is no such file or folder; look for a slip in its name",
        "warning[no-event-time]: no field gives the time of the event",
        "error: types/b.yml is not UTF-8 from byte 0 on",
        "warning[no-event-time]: no field gives the time of the event",
        "error[bad-type]: there is no type `strin`",
        "error: cannot read -: standard input is not taken here; give a file or a folder",
    ];
    assert_eq!(parts, expected, "{told}");
    assert!(told.contains("6 definitions checked: 4 errors, 2 warnings\n"), "{told}");
    assert!(told.ends_with("sawlog explain bad-type\n"), "{told}");
}

#[test]
fn schema_check_goes_through_folders() {
    let scratch = Scratch::new();
    let schema = |name: &str| {
        format!("schema: {name}\nfields:\n  - {{name: t, type: timestamp, isEventTime: true}}\n")
    };
    scratch.write("types/a.yml", schema("Test.One"));
    scratch.write("types/below/b.yaml", schema("test.two"));
    scratch.write("types/below/b_tests.yaml", "name: no definition\n");
    let output = scratch.run(["schema", "check", "schema.yml", "types"]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("b.yaml:1:9") && told.contains("3 definitions checked: 1 error, 0 warnings"),
        "{told}"
    );
    scratch.write("none/b_tests.yaml", "");
    assert_eq!(scratch.run(["schema", "check", "none"]).status.code(), Some(2));
}

#[test]
#[cfg(unix)]
fn a_definition_without_end_is_refused_for_its_size() {
    let scratch = Scratch::new();
    let output = scratch.run(["schema", "check", "/dev/zero"]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("file-too-large") && told.contains("more than 4194304 bytes"), "{told}");
}

#[test]
fn built_in_schemas_are_listed_and_shown() {
    let scratch = Scratch::new();
    let list = text(&scratch.run(["schema", "list"]).stdout);
    assert!(list.lines().any(|line| line.starts_with("Atlassian.Audit ")), "{list}");
    let shown = scratch.run(["schema", "show", "Atlassian.Audit"]).stdout;
    scratch.write("shown.yml", &shown);
    assert!(scratch.run(["schema", "check", "shown.yml"]).status.success());
    let wrong = scratch.run(["schema", "show", "Atlassian.Audits"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("did you mean `Atlassian.Audit`"), "{}", text(&wrong.stderr));
    for (name, words) in [("none", "`none`; `sawlog schema list` shows"), ("shown.yml", "with `--page`")] {
        let told = text(&scratch.run(["schema", "show", name]).stderr);
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn parse_prints_events_and_names_rejects() {
    let scratch = Scratch::new();
    scratch.write("dump", format!("{}\nnull\n{{\"n\":1}}\n{}\n", event(1), event(2)));
    let args = ["parse", "dump", "--schema", "schema.yml", "--parse-time", "2026-01-02T03:04:05Z"];
    let output = scratch.run(args);
    assert!(output.status.success());
    let rows: Vec<Value> =
        output.stdout.lines().map(|l| serde_json::from_str(&l.unwrap()).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[1]["id"], &rows[1]["n"]), (&"e00002".into(), &2.into()));
    assert_eq!(rows[0]["p_log_type"], "Test.Event");
    let told = text(&output.stderr);
    assert!(told.contains("dump:2: not_an_object") && told.contains("dump:3: missing_required"), "{told}");
    assert!(told.contains("$.id") && told.contains("schema line 4"), "{told}");
    assert_eq!(scratch.run(args).stdout, output.stdout, "the same command prints the same");
    let piped =
        scratch.command(["parse", "--schema", "schema.yml"]).write_stdin(ndjson(0..3)).output().unwrap();
    assert_eq!(piped.stdout.lines().count(), 3);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let scratch = Scratch::new();
    scratch.write("dump", ndjson(0..20_000));
    let commands: [&[&str]; 2] =
        [&["parse", "dump", "--schema", "schema.yml"], &["generate", "--events", "20000"]];
    for command in commands {
        let mut child = Command::new(cargo_bin!("sawlog"));
        child.args(command).current_dir(scratch.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(first.starts_with('{') && output.status.success(), "{command:?}: {:?}", output.status);
        assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    }
}

#[test]
fn nobody_listening_for_rejects_costs_no_event() {
    let scratch = Scratch::new();
    let mut dump = b"null\n".repeat(20_000);
    dump.extend(ndjson(0..20_000));
    scratch.write("dump", dump);
    let mut child = Command::new(cargo_bin!("sawlog"));
    child.args(["parse", "dump", "--schema", "schema.yml"]).current_dir(scratch.path(""));
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.lines().count()), (Some(0), 20_000));
}

#[test]
fn quarantine_show_prints_whole_entries() {
    let scratch = Scratch::new();
    scratch.write("dump", [ndjson(0..1).as_slice(), b"{\"n\":\xff}\n{\"id\":\n7\n"].concat());
    scratch.convert(&["dump"]).ok();
    for folder in ["lake", "lake/_quarantine", "lake/_quarantine/test_event"] {
        let output = scratch.run(["quarantine", "show", folder]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let entries: Vec<Value> =
            output.stdout.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        let place =
            |entry: &Value| (entry["record"].as_u64(), entry["line"].as_u64(), entry["source"].clone());
        let places: Vec<_> = entries.iter().map(place).collect();
        let expected = |n: u64| (Some(n), Some(n), Value::from("dump"));
        assert_eq!(places, [expected(2), expected(3), expected(4)]);
        assert_eq!((&entries[1]["raw"], &entries[1]["raw_len"]), (&"{\"id\":".into(), &6.into()));
    }
    let limited = scratch.run(["quarantine", "show", "lake", "--limit", "2"]);
    assert_eq!(limited.stdout.lines().count(), 2);
    fs::create_dir(scratch.path("empty")).unwrap();
    let none = scratch.run(["quarantine", "show", "empty"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("holds no quarantine"));
    let lost = scratch.run(["quarantine", "show", "lost"]);
    assert_eq!(lost.status.code(), Some(1));
    assert!(text(&lost.stderr).contains("cannot read lost: there is no such file or folder"));
}

#[test]
fn quarantine_show_says_that_nothing_was_rejected() {
    let scratch = Scratch::new();
    scratch.write("dump", ndjson(0..1));
    scratch.convert(&["dump"]).ok();
    for (folder, words) in [
        ("lake", "no record was rejected in lake\n"),
        ("lake/test_event", "lake/test_event is a table, and no quarantine belongs to it"),
    ] {
        let output = scratch.run(["quarantine", "show", folder]);
        assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
        assert!(text(&output.stderr).contains(words), "{output:?}");
    }
}

#[test]
fn generate_gives_the_same_bytes_for_the_same_seed() {
    let scratch = Scratch::new();
    let generate = |seed| scratch.run(["generate", "--events", "300", "--seed", seed]).stdout;
    assert_eq!(generate("7"), generate("7"));
    assert_ne!(generate("7"), generate("8"));
    assert!(scratch.run(["generate", "--events", "300", "--seed", "7", "--out", "dump"]).status.success());
    assert_eq!(fs::read(scratch.path("dump")).unwrap(), generate("7"));
    let run = scratch.convert(&["dump", "--schema", "Atlassian.Audit"]).ok();
    assert_eq!((run.count("rows"), run.count("quarantined")), (300, 0));
    let wrong = scratch.run(["generate", "--events", "1", "--out", "none/dump"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("none/dump: its folder is not there"), "{wrong:?}");
}
