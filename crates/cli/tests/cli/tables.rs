//! What a table that exists may be added to.

use std::fs;

use crate::support::{Scratch, TABLE, files_below, ids, ndjson, published};

/// A lake with the events 0 to 10, and other events in `new`.
fn converted() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("old", ndjson(0..10));
    scratch.write("new", ndjson(10..20));
    scratch.convert(&["old"]).ok();
    scratch
}

/// Writes the log type anew with a part of it replaced.
fn redeclare(scratch: &Scratch, from: &str, to: &str) {
    let text = fs::read_to_string(scratch.path("schema.yml")).unwrap();
    assert!(text.contains(from), "{text}");
    scratch.write("schema.yml", text.replace(from, to));
}

#[test]
fn a_column_keeps_its_type() {
    let scratch = converted();
    redeclare(&scratch, "type: bigint", "type: string");
    let before = published(&scratch.path("lake"));
    let run = scratch.convert(&["new"]);
    let told = [
        "the table test_event has the column `n` as bigint since the run 000001-",
        "(test_event/year=2025/month=09/day=01/",
        "Test.Event (schema.yml) declares it as string",
        "another --out",
        "--force",
    ];
    run.fails(2, &told);
    assert!(run.json.is_null());
    assert_eq!(published(&scratch.path("lake")), before);
    // A stream is refused before it is read.
    scratch.convert_stdin(&["-"], ndjson(10..20)).fails(2, &["`n` as bigint"]);
    // With all that was written the old way, the table may become another.
    scratch.convert(&["new", "--force"]).fails(2, &["`n` as bigint"]);
    scratch.convert(&["old", "new", "--force"]).ok();
    assert_eq!(scratch.column("n")[..2], ["\"0\"", "\"1\""]);
    // The definition of the first run would now be the wrong one.
    redeclare(&scratch, "type: string, description: A number", "type: bigint");
    scratch.write("newer", ndjson(20..30));
    scratch.convert(&["newer"]).fails(2, &["`n` as string since the run 000002-", "as bigint"]);
    let other = ["newer", "--out", "other"];
    assert_eq!(scratch.convert(&other).ok().count("rows"), 10);
}

#[test]
fn a_file_of_the_table_that_is_damaged_says_what_to_do() {
    let scratch = converted();
    redeclare(&scratch, "type: bigint", "type: string");
    let file = files_below(&scratch.path("lake").join(TABLE)).remove(0);
    for damage in ["", "no Parquet file at all"] {
        fs::write(&file, damage).unwrap();
        let told = ["cannot read lake/test_event/", "the file is damaged", "restore it, or move it away"];
        scratch.convert(&["new"]).fails(1, &told);
    }
    // What the message advises.
    fs::remove_file(&file).unwrap();
    scratch.convert(&["old", "new", "--force"]).ok();
    assert_eq!(scratch.column("id"), ids(0..20));
}

#[test]
fn a_file_in_the_quarantine_that_is_none_says_what_to_do() {
    let scratch = Scratch::new();
    scratch.write("dump", "no event\n");
    scratch.convert(&["dump"]).ok();
    scratch.write("lake/_quarantine/test_event/z.parquet", "no Parquet file at all");
    let output = scratch.run(["quarantine", "show", "lake"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("z.parquet: ") && told.contains("move it away"), "{told}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1, "{output:?}");
}

#[test]
fn every_definition_that_a_table_was_written_by_counts() {
    let scratch = converted();
    let added = "  - {name: seen, type: timestamp, timeFormat: rfc3339}\n";
    redeclare(&scratch, "  - {name: n, ", &format!("{added}  - {{name: n, "));
    scratch.convert(&["new"]).ok();
    redeclare(&scratch, "{name: seen, type: timestamp, timeFormat: rfc3339}", "{name: seen, type: json}");
    scratch.write("newer", ndjson(20..30));
    scratch.convert(&["newer"]).fails(2, &["`seen` as timestamp since the run 000002-", "as json"]);
    // What has been removed from the lake is no obstacle, whatever it was.
    fs::remove_dir_all(scratch.path("lake/test_event")).unwrap();
    scratch.convert(&["newer"]).ok();
    assert_eq!(scratch.column("id"), ids(20..30));
}

#[test]
fn other_changes_of_a_definition_go_on() {
    let scratch = converted();
    redeclare(&scratch, "  - {name: n, type: bigint, description: A number}\n", "");
    redeclare(&scratch, "description: When", "description: When it was");
    redeclare(&scratch, "Name of the event}", "Which, indicators: [username]}");
    scratch.convert(&["new"]).ok();
    redeclare(
        &scratch,
        "  - {name: time",
        "  - {name: more, type: object, fields: [{name: a, type: int}]}\n  - {name: time",
    );
    scratch.write("newer", ndjson(20..30));
    scratch.convert(&["newer"]).ok();
    assert_eq!(scratch.column("id"), ids(0..30));
}

#[test]
fn a_table_is_cut_into_folders_in_one_way() {
    let scratch = converted();
    for other in ["hour", "none"] {
        let told = format!("such as --partition {other} would make");
        let told = ["the table test_event was written with --partition day", &told, "--force"];
        scratch.convert(&["new", "--partition", other]).fails(2, &told);
    }
    scratch.convert(&["new", "--partition", "hour", "--force"]).fails(2, &["with --partition day"]);
    assert_eq!(scratch.column("id"), ids(0..10));
    scratch.convert(&["old", "new", "--partition", "hour", "--force"]).ok();
    assert_eq!(scratch.column("id"), ids(0..20));
    scratch.write("newer", ndjson(20..30));
    scratch.convert(&["newer"]).fails(2, &["with --partition hour"]);
    scratch.convert(&["newer", "--partition", "hour"]).ok();
    // A table that is not added to does not matter.
    scratch.write("other.yml", "{schema: Test.Other, fields: [{name: id, type: string}]}");
    scratch.convert(&["newer", "--schema", "other.yml", "--out", "apart"]).ok();
    scratch.write("newest", ndjson(30..40));
    scratch.convert(&["newest", "--partition", "none", "--out", "apart"]).ok();
}

#[test]
fn a_stream_may_replace_itself_in_another_way_only() {
    let scratch = Scratch::new();
    scratch.convert_stdin(&["-"], ndjson(0..10)).ok();
    redeclare(&scratch, "type: bigint", "type: string");
    let anew = ["-", "--partition", "none", "--force"];
    scratch.convert_stdin(&anew, ndjson(10..20)).fails(2, &["with --partition day"]);
    assert!(!scratch.path("lake/_tmp").exists());
    assert_eq!(scratch.column("n")[..2], ["0", "1"]);
    scratch.convert_stdin(&anew, ndjson(0..10)).ok();
    assert_eq!(scratch.column("n")[..2], ["\"0\"", "\"1\""]);
}

#[test]
fn tables_that_get_no_rows_are_no_obstacle() {
    let scratch = converted();
    scratch.write("other.yml", "{schema: Test.Other, fields: [{name: door, type: string, required: true}]}");
    scratch.write("doors", "{\"door\":\"north\"}\n");
    let by_hour = ["--schema", "schema.yml", "--schema", "other.yml", "--partition", "hour"];
    scratch.convert(&[&["doors"], &by_hour[..]].concat()).ok();
    let before = published(&scratch.path("lake"));
    // The events would lie by hour beside their days.
    scratch
        .convert(&[&["new"], &by_hour[..]].concat())
        .fails(2, &["the table test_event", "--partition day"]);
    assert_eq!(published(&scratch.path("lake")), before);
}
