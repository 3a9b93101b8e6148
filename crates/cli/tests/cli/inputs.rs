//! What can be given as an input, and how it is found.

use std::process::Command;
use std::thread;

use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value, json};

use crate::support::{Scratch, event, gzip, ids, ndjson, zstd};

fn events(joint: &str) -> String {
    (0..10).map(event).collect::<Vec<_>>().join(joint)
}

fn layouts() -> [(&'static str, String); 10] {
    let pretty = |n| {
        let value: Value = serde_json::from_str(&event(n)).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    };
    let page = |events: &str| format!(r#"{{"meta":{{"next":"c"}},"data":[{events}],"links":{{}}}}"#);
    [
        ("lines", events("\n") + "\n"),
        ("lines with carriage returns, blanks and no end", events("\r\n\r\n  \r\n")),
        ("a byte order mark", format!("\u{feff}{}\n", events("\n"))),
        ("an array", format!("[{}]", events(","))),
        ("pretty-printed", (0..10).map(pretty).collect::<Vec<_>>().join("\n")),
        ("a page", page(&events(","))),
        ("a page with line breaks", page(&events(",\n"))),
        ("a page a line", (0..10).map(|n| page(&event(n)) + "\n").collect()),
        ("records", format!(r#"{{"Records":[{}]}}"#, events(","))),
        ("single events in pages", (0..10).map(|n| format!("{{\"data\":{}}}", event(n)) + "\n").collect()),
    ]
}

#[test]
fn every_layout_in_every_compression_gives_the_same_rows() {
    for (layout, text) in layouts() {
        let (start, end) = text.as_bytes().split_at(text.len() / 3);
        let members = |compress: fn(&[u8]) -> Vec<u8>| [compress(start), compress(end)].concat();
        let encodings = [
            text.as_bytes().to_vec(),
            gzip(text.as_bytes()),
            members(gzip),
            zstd(text.as_bytes()),
            members(zstd),
        ];
        for (number, bytes) in encodings.into_iter().enumerate() {
            let scratch = Scratch::new();
            scratch.write("dump", bytes);
            let run = scratch.convert(&["dump"]).ok();
            let what = format!("{layout}, encoding {number}: {}", run.json);
            assert_eq!((run.count("records"), run.count("quarantined")), (10, 0), "{what}");
            assert_eq!(scratch.column("id"), ids(0..10), "{what}");
        }
    }
}

#[test]
fn other_places_of_records_are_named_or_left_alone() {
    let scratch = Scratch::new();
    scratch.write("dump", format!(r#"{{"a":{{"b":[{}]}}}}"#, events(",")));
    assert_eq!(scratch.convert(&["dump", "--records-path", "a.b"]).ok().count("rows"), 10);
    let scratch = Scratch::new();
    scratch.write("page", format!(r#"{{"id":"whole","data":[{}]}}"#, events(",")));
    assert_eq!(scratch.convert(&["page", "--records-path", "none"]).ok().count("rows"), 1);
    assert_eq!(scratch.column("id"), ["\"whole\""]);
}

#[test]
fn folders_give_their_visible_files_in_byte_order() {
    let scratch = Scratch::new();
    let names = ["in/b", "in/a/z", "in/B", "in/a-", "in/c/d/e.gz"];
    for (n, name) in (0..).zip(names) {
        let bytes = ndjson(n..n + 1);
        scratch.write(name, if name.ends_with("gz") { gzip(&bytes) } else { bytes });
    }
    for name in ["in/.hidden", "in/_part", "in/_tmp/x", "in/.git/x"] {
        scratch.write(name, "not to be read");
    }
    assert_eq!(scratch.convert(&["in"]).ok().count("inputs"), 5);
    assert_eq!(scratch.column("id"), ids(0..5));
    let entry = crate::support::files_below(&scratch.path("lake/_ledger")).remove(0);
    let entry: Value = serde_json::from_slice(&std::fs::read(entry).unwrap()).unwrap();
    let read: Vec<_> =
        entry["inputs"].as_array().unwrap().iter().map(|i| i["path"].as_str().unwrap()).collect();
    assert_eq!(read, ["in/B", "in/a-", "in/a/z", "in/b", "in/c/d/e.gz"]);
}

#[test]
fn a_chunk_ends_after_1024_inputs() {
    let scratch = Scratch::new();
    for n in 0..1100 {
        scratch.write(&format!("in/{n:04}"), event(n));
    }
    let run = scratch.convert(&["in", "--partition", "none"]).ok();
    assert_eq!((run.count("inputs"), scratch.column("id")), (1100, ids(0..1100)));
    let file = scratch.path("lake").join(run.json["files"][0]["path"].as_str().unwrap());
    let reader = SerializedFileReader::new(std::fs::File::open(file).unwrap()).unwrap();
    let rows: Vec<i64> = reader.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert_eq!(rows, [1024, 76]);
}

#[test]
fn globs_are_expanded_where_no_file_has_the_name() {
    let scratch = Scratch::new();
    for (n, name) in (0..).zip(["in/1.json", "in/2.json", "in/3.txt", "in/[x].json", "in/x.json"]) {
        scratch.write(name, ndjson(n..n + 1));
    }
    scratch.convert(&["in/[x].json"]).ok();
    assert_eq!(scratch.column("id"), ids(3..4));
    let run = scratch.convert(&["in/?.json"]).ok();
    assert_eq!((run.count("inputs"), scratch.column("id")), (3, [ids(0..2), ids(3..5)].concat()));
    scratch.convert(&["in/*.xml"]).fails(2, &["in/*.xml", "matches no file"]);
}

#[test]
fn standard_input_may_be_compressed() {
    for bytes in [ndjson(0..10), gzip(&ndjson(0..10)), zstd(&ndjson(0..10))] {
        let scratch = Scratch::new();
        let run = scratch.convert_stdin(&["-"], bytes.clone()).ok();
        assert_eq!((run.count("rows"), run.count("input_bytes")), (10, bytes.len() as u64));
        assert_eq!(run.count("decoded_bytes"), ndjson(0..10).len() as u64);
        assert_eq!(scratch.column("p_source_file"), vec!["\"-\""; 10]);
    }
    Scratch::new().convert_stdin(&["-", "-"], Vec::new()).fails(2, &["only once"]);
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_read_to_its_end() {
    let scratch = Scratch::new();
    let pipe = scratch.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = thread::spawn(move || std::fs::write(pipe, gzip(&ndjson(0..5000))));
    let run = scratch.convert(&["pipe"]).ok();
    writer.join().unwrap().unwrap();
    assert_eq!((run.count("rows"), scratch.column("id")), (5000, ids(0..5000)));
}

/// Of a folder only files are read, and what else it holds is told.
#[cfg(unix)]
#[test]
fn what_a_folder_holds_besides_files_is_told() {
    let scratch = Scratch::new();
    scratch.write("elsewhere/dump", ndjson(0..3));
    scratch.write("in/dump", ndjson(3..5));
    scratch.write("in/.hidden", "never looked at");
    assert!(Command::new("mkfifo").arg(scratch.path("in/pipe")).status().unwrap().success());
    std::os::unix::fs::symlink(scratch.path("elsewhere"), scratch.path("in/link")).unwrap();
    let run = scratch.convert(&["in"]).ok();
    let expected = json!(["in/.hidden", "in/link", "in/pipe"]);
    assert_eq!((run.count("rows"), &run.json["passed_over"]), (2, &expected));
    let run = scratch.convert(&["in/link"]).ok();
    assert_eq!((run.count("rows"), &run.json["passed_over"]), (3, &json!([])));
    // People are told as well, even where there is nothing to do.
    let told = "3 entries of folders not read, first in/.hidden: hidden, named `_…`, or neither file nor";
    for begins in ["2 records", "nothing to do: 1 input is"] {
        let run = scratch.run(["convert", "in", "--schema", "schema.yml", "--out", "another"]);
        let text = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(text.starts_with(begins) && text.contains(told), "{text}");
    }
}

#[test]
fn an_empty_input_is_no_error() {
    for bytes in
        [Vec::new(), b" \n\n".to_vec(), b"[]".to_vec(), gzip(b""), zstd(b""), b"{\"data\":[]}".to_vec()]
    {
        let scratch = Scratch::new();
        scratch.write("dump", &bytes);
        let run = scratch.convert(&["dump"]).ok();
        assert_eq!((run.count("records"), run.json["files"].as_array().unwrap().len()), (0, 0), "{bytes:?}");
        assert_eq!(scratch.convert(&["dump"]).ok().count("inputs_skipped"), 1);
        let run = scratch.run(["convert", "dump", "--schema", "schema.yml", "--out", "another"]);
        let text = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(
            text.ends_with("hint: no record was found: the inputs are empty, or hold empty lists only\n")
        );
    }
}

#[test]
fn an_output_below_a_folder_that_a_glob_finds_is_refused() {
    let scratch = Scratch::new();
    scratch.write("in/dump", ndjson(0..3));
    scratch.convert(&["in/*", "--out", "in/lake"]).ok();
    scratch.convert(&["in/*", "--out", "in/lake"]).fails(2, &["in/lake", "lies inside the input in/lake"]);
    scratch.convert(&["in/dump", "--out", "in/lake"]).ok();
    scratch.convert(&["in/dump", "--out", "ftp://host/lake"]).fails(2, &["is no folder of this machine"]);
}

#[test]
fn an_output_that_cannot_be_one_is_refused() {
    let scratch = Scratch::new();
    scratch.write("in/dump", ndjson(0..3));
    scratch.write("file", "precious");
    scratch.convert(&["in", "--out", "file"]).fails(1, &["file", "not a folder"]);
    scratch.convert(&["in", "--out", "file/a/b"]).fails(1, &["in file/a/b: file is not a folder"]);
    assert_eq!(std::fs::read(scratch.path("file")).unwrap(), b"precious");
    #[cfg(target_os = "linux")]
    scratch.convert(&["in", "--out", "/proc/x"]).fails(1, &["/proc/x", "choose another output folder"]);
    for out in ["in", "in/lake", "in/a/../lake", "./in/x/y"] {
        scratch.convert(&["in", "--out", out]).fails(2, &["inside the input"]);
    }
    assert_eq!(std::fs::read_dir(scratch.path("in")).unwrap().count(), 1);
}
