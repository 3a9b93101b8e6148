//! Inputs that end early, do not decode, or cannot be read at all.

use crate::support::{Run, Scratch, gzip, ids, ndjson, zstd};

fn converted(bytes: &[u8]) -> (Scratch, Run) {
    let scratch = Scratch::new();
    scratch.write("dump", bytes);
    let run = scratch.convert(&["dump"]).ok();
    (scratch, run)
}

#[test]
fn what_a_cut_gzip_still_holds_is_kept() {
    let bytes = gzip(&ndjson(0..20_000));
    let (scratch, run) = converted(&bytes[..bytes.len() / 2]);
    assert_eq!(run.json["reasons"]["damaged_input"], 1, "{}", run.json);
    // The last event may be cut too.
    assert!(run.count("quarantined") <= 2, "{}", run.json);
    let rows = run.count("rows");
    assert!((5_000..19_000).contains(&rows), "{rows}");
    assert_eq!(scratch.column("id"), ids(0..rows));
}

#[test]
fn zeros_that_fill_the_last_block_of_a_tape_are_no_damage() {
    let padding = vec![0; 10_240];
    for compress in [gzip, zstd] {
        let (first, second) = (compress(&ndjson(0..50)), compress(&ndjson(50..100)));
        let bytes = [&first, &padding, &second, &padding[..]].concat();
        let (scratch, run) = converted(&bytes);
        assert_eq!((run.count("rows"), run.count("quarantined")), (100, 0), "{}", run.json);
        assert_eq!((scratch.column("id"), run.count("input_bytes")), (ids(0..100), bytes.len() as u64));
        // It is known again by all of its bytes.
        assert_eq!(scratch.convert(&["dump"]).ok().count("inputs_skipped"), 1);
    }
}

#[test]
fn what_precedes_damage_is_kept_whatever_the_compression() {
    let whole = ndjson(0..100);
    let garbage = [gzip(&whole).as_slice(), b"and now for something else"].concat();
    let torn = [gzip(&whole), gzip(&ndjson(100..200))[..9].to_vec()].concat();
    let zstd_torn = [zstd(&whole), zstd(&ndjson(100..200))[..9].to_vec()].concat();
    for bytes in [garbage, torn, zstd_torn] {
        let (scratch, run) = converted(&bytes);
        assert_eq!((run.count("rows"), run.count("quarantined")), (100, 1), "{}", run.json);
        assert_eq!(run.json["reasons"]["damaged_input"], 1);
        assert_eq!((scratch.column("id"), run.count("input_bytes")), (ids(0..100), bytes.len() as u64));
        let shown = scratch.run(["quarantine", "show", "lake"]);
        let entry: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert_eq!((&entry["code"], &entry["byte_offset"]), (&"damaged_input".into(), &whole.len().into()));
        assert_eq!((&entry["record"], &entry["line"]), (&101.into(), &101.into()));
    }
}

#[test]
fn what_is_no_log_is_one_reject_that_says_so() {
    let log = ndjson(0..10_000);
    let zip = [b"PK\x03\x04".as_slice(), &log].concat();
    for (bytes, what) in [
        (gzip(&gzip(&log)), "compressed twice"),
        (zstd(&gzip(&log)), "compressed twice"),
        (gzip(&zip), "a zip archive"),
        (zip, "a zip archive"),
        (b"\x89PNG\r\n\x1a\n\n\n{}\n".to_vec(), "an image"),
        (b"\n<HTML>\n<p>\n".to_vec(), "an HTML page"),
        (vec![0; 100_000], "nothing but zeros"),
        ([vec![0; 100], gzip(&log)].concat(), "compressed data behind zeros"),
        ([vec![0; 100_000], zstd(&log)].concat(), "with `tail -c +100001`"),
        (b"PAR1\x15\x04\n\n\n\n".to_vec(), "a Parquet file"),
    ] {
        let (scratch, run) = converted(&bytes);
        assert_eq!((run.count("rows"), run.count("quarantined")), (0, 1), "{}", run.json);
        assert_eq!(
            (&run.json["reasons"]["foreign_input"], run.count("input_bytes")),
            (&1.into(), bytes.len() as u64)
        );
        let shown = scratch.run(["quarantine", "show", "lake"]);
        let entry: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert!(entry["message"].as_str().unwrap().contains(what), "{entry}");
    }
}

#[test]
fn an_error_page_before_a_log_costs_its_own_lines() {
    let page = b"<html>\n<h1>502 Bad Gateway</h1>\n</html>\n";
    let bytes = [page.to_vec(), ndjson(0..1_000)].concat();
    let (scratch, run) = converted(&bytes);
    assert_eq!((run.count("rows"), run.count("quarantined")), (1_000, 3), "{}", run.json);
    assert_eq!((&run.json["reasons"]["invalid_json"], scratch.column("id")), (&3.into(), ids(0..1_000)));
    // Where lines are said to come, they are what comes, even if none is JSON.
    for (bytes, rows) in [(bytes.as_slice(), 1_000), (page, 0)] {
        let scratch = Scratch::new();
        scratch.write("dump", bytes);
        let run = scratch.convert(&["dump", "--stream", "lines"]).ok();
        assert_eq!((run.count("rows"), run.count("quarantined")), (rows, 3), "{}", run.json);
    }
}

#[test]
fn markup_may_be_text_and_zeros_may_stand_before_a_log() {
    let scratch = Scratch::new();
    scratch.write(
        "xml.yml",
        "schema: Test.Event\nparser: {fastmatch: {match: ['<?xml%{_}', '<event id=\"%{id}\"/>']}}\n\
         fields: [{name: id, type: string}]\n",
    );
    scratch.write("dump", "<?xml version=\"1.0\"?>\n<event id=\"a\"/>\n");
    let run = scratch.convert(&["dump", "--schema", "xml.yml"]).ok();
    assert_eq!((run.count("rows"), run.count("quarantined")), (2, 0), "{}", run.json);
    // A log that was emptied while a program had it open.
    let (scratch, run) = converted(&[vec![0; 100_000], b"\n".to_vec(), ndjson(0..50)].concat());
    assert_eq!((run.count("rows"), run.count("quarantined")), (50, 1), "{}", run.json);
    assert_eq!(scratch.column("id"), ids(0..50));
}

#[test]
fn a_bad_record_costs_itself_alone() {
    let dirt = [
        "{\"id\":",
        "[1",
        "null",
        "{\"id\":7e}",
        "\u{0}",
        "{} {}",
        "{\"id\":\"x\",\"n\":\"many\"}",
        "{\"n\":1}",
    ];
    let mut bytes = Vec::new();
    for (n, dirt) in (0u64..).zip(dirt) {
        bytes.extend(ndjson(n..n + 1));
        bytes.extend_from_slice(dirt.as_bytes());
        bytes.push(b'\n');
    }
    let (scratch, run) = converted(&bytes);
    assert_eq!((run.count("rows"), run.count("quarantined")), (8, 8), "{}", run.json);
    assert_eq!(scratch.column("id"), ids(0..8));
}

#[cfg(target_os = "linux")]
#[test]
fn an_input_that_cannot_be_read_publishes_nothing() {
    let scratch = Scratch::new();
    scratch.write("in/good", ndjson(0..100));
    scratch.convert(&["in/good", "in/none"]).fails(1, &["cannot read in/none"]);
    // Reading one's own memory from address 0 fails, even for root.
    std::os::unix::fs::symlink("/proc/self/mem", scratch.path("in/unreadable")).unwrap();
    let run = scratch.convert(&["in/good", "in/unreadable"]);
    run.fails(1, &["cannot read in/unreadable"]);
    assert!(run.json["error"].as_str().unwrap().contains("in/unreadable"));
    std::fs::remove_file(scratch.path("in/unreadable")).unwrap();
    std::os::unix::fs::symlink("nowhere", scratch.path("in/dangling")).unwrap();
    scratch
        .convert(&["in"])
        .fails(1, &["cannot read in/dangling: it is a link to nowhere", "remove the link"]);
    assert!(scratch.nothing_published());
    assert_eq!(scratch.convert(&["in/good"]).ok().count("rows"), 100);
}

#[test]
fn records_between_wrong_commas_are_rows_whatever_surrounds_them() {
    let lines = String::from_utf8(ndjson(0..5_000)).unwrap();
    let list = format!("[\n{lines}]\n");
    let page = format!("{{\"data\":[\n{lines}],\"meta\":{{}}}}\n");
    let joined = format!("[{}]\n", lines.trim_end().replace('\n', ",,"));
    for dump in [list, page, joined] {
        let (scratch, run) = converted(dump.as_bytes());
        assert_eq!((run.count("records"), run.count("rows")), (5_000, 5_000), "{}", run.json);
        assert_eq!(run.json["notes"]["misplaced_comma"], 4_999, "{}", run.json);
        assert_eq!(scratch.column("id"), ids(0..5_000));
    }
}

#[test]
fn arrays_that_were_cut_off_hide_nothing() {
    let array = |range| format!("[\n{}", String::from_utf8(ndjson(range)).unwrap().replace('\n', ",\n"));
    let dump = [array(0..2_000), array(2_000..4_000), array(4_000..6_000)].concat();
    let (scratch, run) = converted(dump.as_bytes());
    assert_eq!((run.count("rows"), run.count("quarantined")), (6_000, 1), "{}", run.json);
    assert_eq!(run.json["reasons"]["cut_off"], 1);
    assert_eq!(scratch.column("id"), ids(0..6_000));
}

#[test]
fn what_a_page_has_beside_its_records_waits_in_the_quarantine() {
    let events = String::from_utf8(ndjson(0..2)).unwrap();
    let events: Vec<&str> = events.lines().collect();
    let page = format!("{{\"data\":[{}],\"data\":{},\"links\":{{}}}}", events[0], events[1]);
    let (scratch, run) = converted(page.as_bytes());
    assert_eq!((run.count("rows"), run.count("quarantined")), (1, 1), "{}", run.json);
    let shown = scratch.run(["quarantine", "show", "lake"]);
    let entry: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&entry["code"], &entry["raw"]), (&"second_list".into(), &events[1].into()));
    // Who names the place has all that stands there.
    let run = scratch.convert(&["dump", "--records-path", "data", "--force"]).ok();
    assert_eq!((run.count("rows"), run.count("quarantined")), (2, 0), "{}", run.json);
}
