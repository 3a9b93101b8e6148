//! What the records come in, where the operator says so.

use std::fs::File;

use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value, json};

use crate::support::{Run, Scratch, TABLE, event, files_below, ids, ndjson, published};

/// An envelope of `CloudWatch` Logs around these messages.
fn envelope(group: u64, messages: &[String]) -> String {
    let log_events: Vec<Value> = messages.iter().map(|m| json!({"id": "1", "message": m})).collect();
    let owner = "123456789012";
    let header = format!(r#""messageType":"DATA_MESSAGE","owner":"{owner}","logGroup":"g{group:03}""#);
    format!(r#"{{{header},"logEvents":{}}}"#, json!(log_events))
}

/// Envelopes back to back, with so many events in all.
fn envelopes(count: u64) -> String {
    (0..count / 10)
        .map(|group| envelope(group, &(group * 10..(group + 1) * 10).map(event).collect::<Vec<_>>()))
        .collect()
}

/// The columns of the lake's table, from the source's file on.
fn last_columns(scratch: &Scratch) -> Vec<String> {
    let path = &files_below(&scratch.path("lake").join(TABLE))[0];
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let names = fields.iter().map(|field| field.name().to_owned());
    names.skip_while(|name| name != "p_source_file").collect()
}

fn convert(scratch: &Scratch, stream: &str) -> Run {
    scratch.convert(&["dump", "--stream", stream])
}

#[test]
fn messages_of_envelopes_are_rows_and_their_header_is_a_column() {
    let scratch = Scratch::new();
    scratch.write("dump", envelopes(30));
    let run = convert(&scratch, "cloudwatch-logs").ok();
    assert_eq!([run.count("records"), run.count("rows")], [30, 30]);
    assert_eq!(scratch.column("id"), ids(0..30));
    let headers = scratch.column("p_header");
    let header = r#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"g002","#;
    assert_eq!(headers[29], format!(r#""{header}"logEvents":[{{"id":"1"}}]}}""#));
    assert_eq!(headers.iter().filter(|text| **text == headers[29]).count(), 10);
    assert_eq!(last_columns(&scratch), ["p_source_file", "p_header", "p_extra", "p_flags"]);
    assert_eq!(scratch.column("p_extra"), vec!["null"; 30]);
    assert_eq!(convert(&scratch, "cloudwatch-logs").ok().count("inputs_skipped"), 1);
}

#[test]
fn found_envelopes_make_no_column() {
    let scratch = Scratch::new();
    scratch.write("dump", envelopes(10) + "\n" + &event(10));
    let run = scratch.convert(&["dump"]).ok();
    assert_eq!([run.count("records"), run.count("rows")], [11, 11]);
    let extra = scratch.column("p_extra");
    assert!(extra[0].contains(r#"{"/p_header":{"messageType":"DATA_MESSAGE""#), "{extra:?}");
    assert_eq!(extra[10], "null");
    assert_eq!(last_columns(&scratch), ["p_source_file", "p_extra", "p_flags"]);
}

#[test]
fn the_stream_is_part_of_what_a_run_was_asked_for() {
    let scratch = Scratch::new();
    scratch.write("dump", ndjson(0..5));
    assert_eq!(scratch.convert(&["dump"]).ok().count("rows"), 5);
    assert_eq!(convert(&scratch, "auto").ok().count("inputs_skipped"), 1);
    convert(&scratch, "lines").fails(2, &["--force"]);
}

#[test]
fn what_a_stream_has_no_use_for_is_refused() {
    let scratch = Scratch::new();
    scratch.write("dump", envelopes(10));
    convert(&scratch, "cloudwatch").fails(2, &["cloudwatch-logs", "json-array"]);
    let flags = ["dump", "--stream", "cloudwatch-logs", "--records-path", "a.b"];
    scratch.convert(&flags).fails(2, &["leave --records-path out"]);
    scratch.write("header.yml", "{schema: Test.Header, fields: [{name: p_header, type: json}]}");
    let flags = ["dump", "--stream", "cloudwatch-logs", "--schema", "header.yml"];
    scratch.convert(&flags).fails(2, &["Test.Header", "`p_header` (line 1 of header.yml)"]);
    assert!(scratch.nothing_published());
    assert!(scratch.convert(&["dump", "--schema", "header.yml"]).code == 0);
}

#[test]
fn parse_reads_the_same_streams() {
    let scratch = Scratch::new();
    let printed = |stream: &str, input: &str| {
        let flags = ["parse", "--schema", "schema.yml", "--stream", stream];
        let output = scratch.command(flags).write_stdin(input).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let two = format!("{}{}", event(1), event(2));
    assert_eq!(printed("json", &two).0.lines().count(), 2);
    let (rows, complaints) = printed("lines", &two);
    assert_eq!((rows.as_str(), complaints.contains("invalid_json")), ("", true));
    let (rows, complaints) = printed("json-array", &two);
    assert_eq!((rows.as_str(), complaints.matches("not_an_array").count()), ("", 2));
    let (rows, _) = printed("cloudwatch-logs", &envelopes(20));
    assert_eq!(rows.lines().filter(|row| row.contains(r#""p_header":{"messageType""#)).count(), 20);
}

#[test]
fn threads_do_not_show_in_what_envelopes_give() {
    let scratch = Scratch::new();
    let damaged = envelope(7, &[event(5), "{".to_owned(), event(6)]) + "{\"logEvents\":1}\n";
    scratch.write("dump", (envelopes(30_000) + &damaged).repeat(3));
    let lake = |threads: &str| {
        let flags = ["dump", "--stream", "cloudwatch-logs", "--parse-time", "2026-01-02T03:04:05Z"];
        let run = scratch.convert(&[&flags[..], &["--threads", threads, "--out", threads]].concat()).ok();
        assert_eq!([run.count("rows"), run.count("quarantined")], [90_006, 6]);
        published(&scratch.path(threads))
    };
    assert_eq!(lake("1"), lake("4"));
}
