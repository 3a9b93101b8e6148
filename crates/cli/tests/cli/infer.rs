//! `sawlog schema infer`: definitions that hold for every record they came from.

use std::fmt::Write as _;
use std::process::Output;

use crate::support::{Scratch, gzip};

/// What inference made of a log.
struct Inferred {
    code: i32,
    yaml: String,
    stderr: String,
}

impl Inferred {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            yaml: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Asserts that the definition holds for its own input.
    #[track_caller]
    fn holds(self, records: usize) -> Self {
        assert_eq!(self.code, 0, "{} {}", self.stderr, self.yaml);
        let last = self.stderr.lines().last().unwrap();
        assert!(last.starts_with(&format!("checked: {records} record")), "{last}");
        self
    }

    /// Asserts that the lines of a field, from its name on, are these.
    #[track_caller]
    fn has(&self, lines: &str) -> &Self {
        let flat = self.yaml.lines().map(str::trim).collect::<Vec<_>>().join("; ") + ";";
        let wanted = lines.split("; ").collect::<Vec<_>>().join("; ");
        assert!(flat.contains(&format!("{wanted};")), "no {wanted} in\n{}", self.yaml);
        self
    }
}

fn infer(log: &str) -> Inferred {
    let scratch = Scratch::new();
    scratch.write("log.ndjson", log);
    Inferred::of(&scratch.run(["schema", "infer", "log.ndjson", "--name", "Custom.Log"]))
}

#[test]
fn a_definition_is_clean_and_converts_what_it_came_from() {
    let scratch = Scratch::new();
    let mut log = String::new();
    for n in 0..60 {
        let _ = writeln!(
            log,
            r#"{{"id":"e{n}","time":"2026-01-31T12:00:{n:02}Z","expires_at":"2027-01-01T00:00:00Z",
"num":{n},"ok":true,"ip":"10.0.0.{n}","action":"{}",
"user":{{"id":"u{n}","email":"m{n}@example.com"}},"tags":["a","b"],
"links":[{{"href":"https://example.com/{n}"}}]}}"#,
            if n % 2 == 0 { "read" } else { "write" }
        );
    }
    let log = log.replace(",\n", ",");
    scratch.write("log.ndjson", &log);
    let output = scratch.run(["schema", "infer", "log.ndjson", "--name", "Custom.Log"]);
    let inferred = Inferred::of(&output).holds(60);
    inferred
        .has("- name: id; type: string; required: true")
        .has("- name: time; type: timestamp; required: true; timeFormats: [rfc3339]; isEventTime: true")
        .has("# the event time: 60 of 60 records have it, and its name is likelier than expires_at")
        .has("- name: num; type: bigint; required: true")
        .has("- name: ok; type: boolean; required: true")
        .has("- name: ip; type: string; required: true; indicators: [ip]")
        .has(r#"# values: "read", "write"; - name: action"#)
        .has("- name: id; type: string; required: true; indicators: [actor_id]")
        .has("- name: email; type: string; required: true; indicators: [email]")
        .has(r#"- name: tags; type: array; required: true; element:; # values: "a", "b"; type: string"#)
        .has("- name: href; type: string; required: true; indicators: [url]");
    scratch.write("log.yml", &inferred.yaml);
    let check = scratch.run(["schema", "check", "log.yml"]);
    let told = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(told.contains("0 errors, 0 warnings"), "{told}");
    let words = ["convert", "log.ndjson", "--schema", "log.yml", "--out", "lake", "--json"];
    let run = crate::support::Run::of(&scratch.run(words)).ok();
    assert_eq!((run.count("rows"), run.json["unknown_fields"].as_object().unwrap().len()), (60, 0));
}

#[test]
fn a_key_first_seen_after_record_20_480_has_a_field() {
    let mut log = "{\"a\":1}\n".repeat(20_481);
    log.push_str("{\"a\":1,\"late\":\"x\"}\n");
    infer(&log).holds(20_482).has("# seen once, in 20482 records; - name: late; type: string");
}

#[test]
fn a_key_first_seen_after_record_100_has_a_field() {
    let log = "{\"a\":{\"b\":1}}\n".repeat(100) + "{\"a\":{\"b\":1,\"c\":[{\"d\":true}]}}\n";
    infer(&log).holds(101).has("- name: d; type: boolean; required: true");
}

#[test]
fn nulls_first_and_then_an_object() {
    let log = "{\"a\":null}\n".repeat(1000) + "{\"a\":{\"b\":1}}\n";
    infer(&log).holds(1001).has("- name: a; type: object; fields:; - name: b; type: bigint; required: true");
}

#[test]
fn a_fraction_among_whole_numbers() {
    let log = "{\"num\":1}\n".repeat(1000) + "{\"num\":1.9}\n";
    infer(&log).holds(1001).has("- name: num; type: float; required: true");
}

#[test]
fn whole_numbers_at_the_edge_of_64_bits() {
    let log = "{\"a\":9223372036854775807,\"b\":9223372036854775807}\n{\"a\":1,\"b\":9223372036854775808}\n";
    let inferred = infer(log).holds(2);
    inferred.has("- name: a; type: bigint; required: true");
    inferred.has("# 1 whole number beyond 64 bits; kept as text; - name: b; type: string; required: true");
    infer("{\"num\":9007199254740993}\n{\"num\":0.5}\n")
        .holds(2)
        .has("- name: num; type: string; required: true");
}

#[test]
fn a_field_that_is_text_once() {
    let log = "{\"num\":1,\"o\":{\"p\":1}}\n".repeat(1000) + "{\"num\":\"many\",\"o\":\"none\"}\n";
    let inferred = infer(&log).holds(1001);
    inferred.has("# mixed: 1 text, 1000 numbers; kept as text; - name: num; type: string; required: true");
    inferred.has("# mixed: 1000 objects, 1 text; kept as JSON; - name: o; type: json; required: true");
}

#[test]
fn what_has_no_content_stays_json() {
    let log = r#"{"o":{},"a":[],"num":null,"e":[[]],"x":[1,"a",{}],"m":[null,{"a":1}]}
{"num":null}
"#;
    let inferred = infer(log).holds(2);
    for name in ["o", "a", "num", "e", "x", "m"] {
        inferred.has(&format!("- name: {name}; type: json"));
    }
    assert!(inferred.yaml.contains("# 2 nulls and nothing else; kept as JSON"), "{}", inferred.yaml);
    assert!(inferred.yaml.contains("# empty objects and nothing else; kept as JSON"), "{}", inferred.yaml);
}

#[test]
fn numbers_in_text_only_where_nothing_is_lost() {
    let log = "{\"a\":\"12\",\"zip\":\"01234\",\"long\":\"1234567890123456789\",\"b\":\"-\"}\n\
               {\"a\":\"7\",\"zip\":\"12345\",\"long\":\"1\",\"b\":\"3\"}\n";
    let inferred = infer(log).holds(2);
    inferred.has("- name: a; type: bigint; required: true");
    for name in ["zip", "long", "b"] {
        inferred.has(&format!("- name: {name}; type: string; required: true"));
    }
}

#[test]
fn maps_are_json() {
    let mut wide = String::from("{\"m\":{");
    for n in 0..=200 {
        let _ = write!(wide, "{}\"key{n}\":{n}", if n > 0 { "," } else { "" });
    }
    wide.push_str("},\"ids\":{\"4f1c7a52-0000-4000-8000-0123456789ab\":1,\"10.0.0.1\":2}}\n");
    let inferred = infer(&wide).holds(1);
    inferred.has("# objects of more than 200 keys; kept as JSON; - name: m; type: json; required: true");
    inferred.has("- name: ids; type: json; required: true");
    assert!(inferred.yaml.contains("its keys are data, such as \"4f1c7a52"), "{}", inferred.yaml);
}

#[test]
fn names_that_tables_cannot_have_twice() {
    let log = "{\"Id\":1,\"id\":2,\"p_log_type\":\"x\",\"true\":3,\"a b\":4,\"o\":{\"K\":1,\"k\":2}}\n";
    let inferred = infer(log).holds(1);
    inferred.has("- name: id_2; rename: {from: id}; type: bigint; required: true");
    inferred.has("- name: original_p_log_type; rename: {from: p_log_type}; type: string; required: true");
    inferred.has("- name: \"true\"; type: bigint; required: true");
    inferred.has("- name: k_2; rename: {from: k}; type: bigint; required: true");
}

#[test]
fn embedded_json_and_several_time_formats() {
    let log = "{\"j\":\"{\\\"a\\\":1}\",\"t\":\"2026-01-31 12:00:00\",\"when\":1769860800}\n\
               {\"j\":\"[1]\",\"t\":\"2026-01-31T12:00:00Z\",\"when\":1769860801}\n";
    let inferred = infer(log).holds(2);
    inferred.has("- name: j; type: json; required: true; isEmbeddedJSON: true");
    inferred.has("- name: t; type: timestamp; required: true; timeFormats: [\"%Y-%m-%d %H:%M:%S\", rfc3339]");
    inferred.has("- name: when; type: timestamp; required: true; timeFormats: [unix]");
}

#[test]
fn a_key_that_stands_twice_counts_once() {
    infer("{\"a\":1,\"a\":2}\n{\"b\":1,\"a\":null,\"a\":3}\n")
        .holds(2)
        .has("- name: a; type: bigint; required: true");
    let inferred = infer("{\"a\":1,\"a\":null,\"b\":1}\n{\"b\":1}\n").holds(2);
    assert!(!inferred.yaml.contains("type: bigint\n    required: true\n  - name: b"), "{}", inferred.yaml);
}

#[test]
fn streams_pages_and_compressed_files_give_the_same() {
    let scratch = Scratch::new();
    let (one, two) = (r#"{"id":"a","n":1}"#, r#"{"id":"b","x":[{"y":1}]}"#);
    let lines = format!("{one}\n{two}\n");
    scratch.write("lines.ndjson", &lines);
    scratch.write("lines.gz", gzip(lines.as_bytes()));
    scratch.write("array.json", format!("[\n {one},\n {two}\n]"));
    scratch.write("page.json", format!("{{\"data\":[{one},{two}],\"links\":{{\"next\":null}}}}"));
    scratch.write("pretty.json", format!("{}\n{}\n", one.replace(',', ",\n"), two.replace(',', ",\n")));
    let expected = Inferred::of(&scratch.run(["schema", "infer", "lines.ndjson"])).holds(2).yaml;
    for file in ["lines.gz", "array.json", "page.json", "pretty.json"] {
        assert_eq!(Inferred::of(&scratch.run(["schema", "infer", file])).holds(2).yaml, expected, "{file}");
    }
    let piped =
        scratch.command(["schema", "infer", "-"]).write_stdin(gzip(lines.as_bytes())).output().unwrap();
    assert_eq!(Inferred::of(&piped).holds(2).yaml, expected);
}

#[test]
fn an_event_with_a_field_called_like_that_of_a_page_stays_whole() {
    let inferred =
        infer("{\"action\":\"x\",\"data\":{\"user\":\"mia\"}}\n{\"action\":\"y\",\"data\":null}\n").holds(2);
    inferred.has("- name: action; type: string; required: true").has("- name: data; type: object");
    let scratch = Scratch::new();
    scratch.write("log.json", "{\"audit\":{\"log\":[{\"a\":1},{\"a\":2}]},\"x\":1}");
    let words = ["schema", "infer", "log.json", "--records-path", "audit.log"];
    Inferred::of(&scratch.run(words)).holds(2).has("- name: a; type: bigint; required: true");
}

#[test]
fn what_is_no_log_is_told() {
    let scratch = Scratch::new();
    scratch.write("in/log.json", "{\"data\":[{\"a\":1}],\"records\":[{\"b\":2}]}");
    scratch.write("in/log.zip", b"PK\x03\x04\x14");
    let inferred = Inferred::of(&scratch.run(["schema", "infer", "in"])).holds(1);
    for words in [
        "  1 record, second_list, in in/log.json: the page has this",
        "  1 record, foreign_input, in in/log.zip: the input is a zip archive, and was not read; unpack it",
    ] {
        assert!(inferred.stderr.contains(words), "{}", inferred.stderr);
    }
    let zip = b"PK\x03\x04\x14".to_vec();
    let output = scratch.command(["schema", "infer", "-"]).write_stdin(zip).output().unwrap();
    let nothing = Inferred::of(&output);
    let told = "nothing to infer from: no record is a JSON object with a key (a log of text is defined by \
                hand, with a `parser`); 1 record, foreign_input, in -: the input is a zip archive";
    assert!(nothing.code == 1 && nothing.stderr.contains(told), "{}", nothing.stderr);
}

#[test]
fn records_that_are_no_events_are_told_and_left_out() {
    let inferred = infer("{\"a\":1}\nnot json\n7\n{\"a\":2}\n").holds(2);
    for words in [
        "left out:\n  1 record, invalid_json, in log.ndjson: ",
        "\n  1 record, not_an_object, in log.ndjson: an event must be a JSON object\n",
    ] {
        assert!(inferred.stderr.contains(words), "{}", inferred.stderr);
    }
    assert!(inferred.yaml.contains("# 2 more records are left out: no events.\n"), "{}", inferred.yaml);
    for log in ["", "not json\n", "[]\n", "{}\n{}\n"] {
        let nothing = infer(log);
        assert_eq!(nothing.code, 1, "{log}");
        assert!(
            nothing.yaml.is_empty() && nothing.stderr.contains("nothing to infer from"),
            "{}",
            nothing.stderr
        );
    }
}

#[test]
fn a_value_without_a_field_fails_the_check() {
    let inferred = infer("{\"a\":1,\"\":2}\n");
    assert_eq!(inferred.code, 1);
    assert!(inferred.stderr.contains("no field for"), "{}", inferred.stderr);
    assert!(inferred.stderr.lines().last().unwrap().contains("does not hold"), "{}", inferred.stderr);
}

#[test]
fn wrong_usage() {
    let scratch = Scratch::new();
    scratch.write("log.ndjson", "{\"a\":1}");
    for (words, told) in [
        (&["schema", "infer", "log.ndjson", "--name", "my log"][..], "is no name for a log type"),
        (&["schema", "infer", "log.ndjson", "--records-path", "a..b"], "--records-path"),
    ] {
        let output = Inferred::of(&scratch.run(words));
        assert_eq!(output.code, 2, "{}", output.stderr);
        assert!(output.stderr.contains(told), "{}", output.stderr);
    }
    let missing = Inferred::of(&scratch.run(["schema", "infer", "none.ndjson"]));
    assert_eq!(missing.code, 1, "{}", missing.stderr);
}
