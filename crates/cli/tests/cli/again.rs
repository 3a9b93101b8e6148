//! The same inputs once more: skipped, refused or replaced, but never there twice.

use std::fs;

use crate::support::{Scratch, files_below, gzip, ids, ndjson, published};

/// A lake that holds `dump`, which are the events 0 to 100.
fn converted() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("dump", ndjson(0..100));
    scratch.convert(&["dump"]).ok();
    scratch
}

#[test]
fn the_same_command_does_nothing_twice() {
    let scratch = converted();
    let before = published(&scratch.path("lake"));
    let run = scratch.convert(&["dump"]).ok();
    assert_eq!((run.count("inputs"), run.count("inputs_skipped"), run.count("records")), (0, 1, 0));
    assert_eq!(published(&scratch.path("lake")), before);
    assert_eq!(
        files_below(&scratch.path("lake/_ledger")).iter().filter(|f| f.extension().is_some()).count(),
        1
    );
    let output = scratch.run(["convert", "dump", "--schema", "schema.yml", "--out", "lake"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("already converted"));
}

#[test]
fn equal_bytes_are_known_under_any_name() {
    let scratch = converted();
    fs::copy(scratch.path("dump"), scratch.path("copy")).unwrap();
    scratch.write("new", ndjson(100..200));
    let run = scratch.convert(&["copy", "new"]).ok();
    assert_eq!((run.count("inputs"), run.count("inputs_skipped"), run.count("rows")), (1, 1, 100));
    assert_eq!(scratch.column("id"), ids(0..200));
}

#[test]
fn a_second_equal_input_of_one_run_is_skipped() {
    let scratch = Scratch::new();
    scratch.write("in/a", ndjson(0..50));
    scratch.write("in/b", ndjson(0..50));
    scratch.write("in/c", ndjson(50..60));
    let run = scratch.convert(&["in", "in/c"]).ok();
    assert_eq!((run.count("inputs"), run.count("inputs_skipped"), run.count("rows")), (2, 2, 60));
    assert_eq!(scratch.column("id"), ids(0..60));
}

#[test]
fn a_changed_file_is_another_input() {
    let scratch = converted();
    scratch.write("dump", ndjson(100..150));
    assert_eq!(scratch.convert(&["dump"]).ok().count("rows"), 50);
    assert_eq!(scratch.column("id"), ids(0..150));
    // Of equal length, and equal where a quick look would fall.
    let mut large = ndjson(10_000..20_000);
    scratch.write("large", &large);
    scratch.convert(&["large"]).ok();
    let middle = large.len() / 2;
    let at = middle + large[middle..].windows(4).position(|w| w == b"\"id\"").unwrap() + 6;
    large[at] = b'x';
    scratch.write("large", &large);
    let run = scratch.convert(&["large"]).ok();
    assert_eq!((run.count("inputs"), run.count("rows")), (1, 10_000));
    assert_eq!(scratch.column("id").iter().filter(|id| id.starts_with("\"x")).count(), 1);
}

#[test]
fn the_same_bytes_in_another_form_are_refused_and_replaced_by_force() {
    let scratch = converted();
    scratch.write("other.yml", "{schema: Test.Event, fields: [{name: id, type: string}]}");
    let changes: [(&[&str], &str); 4] = [
        (&["--partition", "none"], "--partition day, now none"),
        (&["--source-label", "x"], "--source-label unset, now x"),
        (&["--missing-required", "keep"], "--missing-required"),
        (&["--schema", "other.yml"], "another definition"),
    ];
    for (flags, difference) in changes {
        let words = [&["dump"], flags].concat();
        let run = scratch.convert(&words);
        run.fails(2, &[difference, "--force", "another --out"]);
        assert!(run.json.is_null());
    }
    let run = scratch.convert(&["dump", "--partition", "none", "--force"]).ok();
    assert_eq!((run.count("rows"), scratch.column("id")), (100, ids(0..100)));
    let files = published(&scratch.path("lake"));
    assert!(files.keys().all(|name| !name.contains("year=")), "{:?}", files.keys());
    assert_eq!(scratch.convert(&["dump", "--partition", "none"]).ok().count("inputs_skipped"), 1);
    // Replacing itself changes nothing but the parse time.
    scratch.convert(&["dump", "--partition", "none", "--force"]).ok();
    assert_eq!(scratch.column("id"), ids(0..100));
}

#[test]
fn force_refuses_to_lose_inputs_that_are_not_given() {
    let scratch = Scratch::new();
    scratch.write("a", ndjson(0..10));
    scratch.write("b", ndjson(10..20));
    scratch.convert(&["a", "b"]).ok();
    scratch.convert(&["a", "--force"]).fails(2, &["also held b"]);
    assert_eq!(scratch.column("id"), ids(0..20));
    scratch.write("c", ndjson(20..30));
    scratch.convert(&["a", "b", "c", "--force"]).ok();
    assert_eq!(scratch.column("id"), ids(0..30));
}

#[test]
fn a_stream_is_known_by_its_bytes_too() {
    let scratch = Scratch::new();
    let bytes = gzip(&ndjson(0..100));
    scratch.convert_stdin(&["-"], bytes.clone()).ok();
    let run = scratch.convert_stdin(&["-"], bytes.clone()).ok();
    assert_eq!((run.count("inputs"), run.count("inputs_skipped"), run.count("rows")), (0, 1, 0));
    scratch.convert_stdin(&["-", "--partition", "none"], bytes.clone()).fails(2, &["--partition", "--force"]);
    scratch.convert_stdin(&["-", "--partition", "none", "--force"], bytes.clone()).ok();
    assert_eq!(scratch.column("id"), ids(0..100));
    scratch.write("file", &bytes);
    assert_eq!(scratch.convert(&["file", "--partition", "none"]).ok().count("inputs_skipped"), 1);
}

#[test]
fn streams_that_only_begin_alike_are_different_inputs() {
    let scratch = Scratch::new();
    scratch.convert_stdin(&["-"], ndjson(0..5_000)).ok();
    let run = scratch.convert_stdin(&["-"], ndjson(0..5_001)).ok();
    assert_eq!((run.count("inputs"), run.count("rows")), (1, 5_001));
}
