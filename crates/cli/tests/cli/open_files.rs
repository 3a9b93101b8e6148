//! More partitions than files may be open.

#![cfg(unix)]

use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use crate::support::{Run, Scratch, TABLE, files_below};

#[test]
fn many_partitions_need_few_open_files() {
    let scratch = Scratch::new();
    let hours = (0..1500).map(|n| {
        let (month, day, hour) = (1 + n / 24 / 28, 1 + n / 24 % 28, n % 24);
        format!("{{\"id\":\"h{n}\",\"time\":\"2025-{month:02}-{day:02}T{hour:02}:30:00Z\"}}\n")
    });
    scratch.write("dump", hours.collect::<String>());
    let run = convert(&scratch, &["--schema", "schema.yml"]);
    assert_eq!((run.count("rows"), scratch.column("id").len()), (1500, 1500));
    assert_eq!(files_below(&scratch.path("lake").join(TABLE)).len(), 1500);
}

/// A shell sets the limit: what runs in it cannot open its input any more.
#[test]
fn too_few_open_files_are_told_with_what_to_do() {
    let scratch = Scratch::new();
    scratch.write("dump", "{\"id\":\"a\"}\n");
    let convert = "ulimit -n 5; exec \"$0\" convert dump --schema schema.yml --out lake";
    let mut shell = Command::new("sh");
    let run =
        shell.args(["-c", convert, &cargo_bin("sawlog").to_string_lossy()]).current_dir(scratch.path(""));
    let output = run.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("allow this process more open files (`ulimit -n`)"), "{text}");
    // Nothing of it stands in the way of the next run.
    assert_eq!(scratch.convert(&["dump"]).ok().count("rows"), 1);
}

#[test]
fn several_tables_share_the_limit() {
    let scratch = Scratch::new();
    let two =
        "{schema: Test.Two, fields: [{name: at, type: timestamp, isEventTime: true, timeFormat: rfc3339}]}";
    scratch.write("two.yml", two);
    let hours = (0..400).map(|n| {
        let time = format!("2025-01-{:02}T{:02}:30:00Z", 1 + n / 24, n % 24);
        format!("{{\"id\":\"h{n}\",\"time\":\"{time}\"}}\n{{\"at\":\"{time}\"}}\n")
    });
    scratch.write("dump", hours.collect::<String>());
    let run = convert(&scratch, &["--schema", "schema.yml", "--schema", "two.yml"]);
    assert_eq!(run.count("rows"), 800);
    for table in [TABLE, "test_two"] {
        assert_eq!(files_below(&scratch.path("lake").join(table)).len(), 400);
    }
}

/// Converts by the hour where 256 files of tables may be open, and what any process has open besides.
fn convert(scratch: &Scratch, schemas: &[&str]) -> Run {
    let line = format!(
        "ulimit -n 300; exec {} convert dump {} --out lake --partition hour --json",
        cargo_bin!("sawlog").display(),
        schemas.join(" ")
    );
    let output = Command::new("sh").args(["-c", &line]).current_dir(scratch.path("")).output().unwrap();
    Run::of(&output).ok()
}
