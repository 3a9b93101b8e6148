//! The same inputs give the same bytes, however many threads share the work.

use crate::support::{Scratch, event, gzip, ndjson, published};

/// The first byte of a second chunk of decoded input, with room to spare.
const BEYOND_A_CHUNK: usize = 66 << 20;

const FIXED: [&str; 5] = ["--parse-time", "2026-01-02T03:04:05Z", "--partition", "hour", "in"];

/// Several inputs with dirt between the events; one of them is long enough for two chunks, though mostly
/// blank.
fn inputs(scratch: &Scratch) {
    let generated = scratch.run(["generate", "--events", "2000", "--seed", "5"]).stdout;
    scratch.write("in/atlassian", generated);
    scratch.write("in/page", format!("{{\"data\":[{},{}],\"meta\":{{}}}}", event(7), event(8)));
    let mut long = Vec::new();
    for n in 0..3000 {
        long.extend(ndjson(n * 7 % 3000..n * 7 % 3000 + 1));
        if n % 11 == 0 {
            long.extend_from_slice(
                format!("{{\"id\":\"u{n}\",\"new{}\":{n}}}\n{{\"n\":\n", n % 5).as_bytes(),
            );
        }
    }
    let blank = " ".repeat((1 << 20) - 1) + "\n";
    let blanks = blank.repeat(BEYOND_A_CHUNK >> 20).into_bytes();
    scratch.write("in/long", [long.as_slice(), &blanks, &ndjson(500..2500)].concat());
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let scratch = Scratch::new();
    inputs(&scratch);
    let rows = same_with(&["1", "2", "8"], &scratch, &["--schema", "schema.yml"]);
    assert_eq!(rows.as_object().unwrap().len(), 1);
}

#[test]
fn any_number_of_threads_gives_the_same_tables() {
    let scratch = Scratch::new();
    inputs(&scratch);
    let new =
        "{schema: Test.New, fields: [{name: id, type: string}, {name: new0, type: int, required: true}]}";
    scratch.write("new.yml", new);
    let flags = ["--schema", "schema.yml", "--schema", "new.yml", "--schema", "Atlassian.Audit"];
    let rows = same_with(&["1", "8"], &scratch, &flags);
    for log_type in ["Test.Event", "Test.New", "Atlassian.Audit"] {
        assert!(rows[log_type].as_u64().unwrap() > 50, "{rows}");
    }
}

/// Converts with these numbers of threads, and returns the rows by log type, which are always the same.
fn same_with(all: &[&str], scratch: &Scratch, schemas: &[&str]) -> serde_json::Value {
    let mut first = None;
    for &threads in all {
        let words = [&FIXED, schemas, &["--threads", threads, "--out", threads]].concat();
        let run = scratch.convert(&words).ok();
        assert!(run.count("rows") > 5000 && run.count("quarantined") > 200, "{}", run.json);
        let mut report = run.json;
        report["elapsed_s"].take();
        let files = published(&scratch.path(threads));
        let (expected_report, expected_files) = first.get_or_insert((report.clone(), files.clone()));
        assert_eq!(&report, expected_report);
        let names =
            |files: &std::collections::BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&files), names(expected_files));
        for (name, bytes) in &files {
            assert!(bytes == &expected_files[name], "{name} differs with {threads} threads");
        }
    }
    first.map(|(report, _)| report["log_types"].clone()).unwrap()
}

#[test]
fn compression_changes_the_source_but_no_event() {
    let plain = Scratch::new();
    let bytes = ndjson(0..5000);
    plain.write("dump", &bytes);
    plain.convert(&["dump"]).ok();
    let compressed = Scratch::new();
    compressed.write("dump", gzip(&bytes));
    compressed.convert(&["dump"]).ok();
    for name in ["id", "time", "n", "p_event_time", "p_log_type", "p_extra", "p_flags"] {
        assert_eq!(plain.column(name), compressed.column(name), "{name}");
    }
    assert_ne!(plain.column("p_row_id"), compressed.column("p_row_id"), "the sources are different files");
}

#[test]
fn row_ids_are_distinct() {
    let scratch = Scratch::new();
    for part in 0..4 {
        scratch.write(&format!("in/{part}"), ndjson(part * 1000..part * 1000 + 1000));
    }
    scratch.convert(&["in"]).ok();
    let mut ids = scratch.column("p_row_id");
    ids.dedup();
    assert_eq!(ids.len(), 4000);
}
