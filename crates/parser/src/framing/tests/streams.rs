//! Kinds of stream, given or following from the log types.

use proptest::prelude::*;

use super::outgrown::check_cuts;
use super::{Arc, Envelope, Feed, Plan, RecordsPath, frame, load, plan};
use crate::stream::Stream;

/// A log type that reads text.
fn text_plan() -> Arc<Plan> {
    let yaml = "\
schema: Test.Text
parser:
  csv: {delimiter: ',', columns: [a]}
fields:
  - {name: a, type: string}
";
    Arc::new(Plan::new(load(yaml, "test").log_type.unwrap()))
}

fn json(stream: Stream) -> Arc<Envelope> {
    Arc::new(Envelope::new(&[plan()], RecordsPath::Detect).of_stream(stream))
}

fn text() -> Arc<Envelope> {
    Arc::new(Envelope::new(&[text_plan()], RecordsPath::Detect))
}

fn mixed() -> Arc<Envelope> {
    Arc::new(Envelope::new(&[plan(), text_plan()], RecordsPath::Detect))
}

#[track_caller]
fn check(envelope: &Arc<Envelope>, input: &str, records: &[&str]) {
    for long_line in [super::super::LONG_LINE, 1] {
        for reads in [vec![usize::MAX], vec![1], vec![2, 3, 5]] {
            let feed = Feed { long_line, reads, ..Feed::default() };
            let found = frame(envelope, input.as_bytes(), &feed);
            let texts: Vec<_> = found
                .into_iter()
                .map(|f| if f.code.is_empty() { f.text() } else { format!("{}: {}", f.code, f.text()) })
                .collect();
            assert_eq!(texts, records, "{input:?} fed by {feed:?}");
        }
    }
}

#[test]
fn lines_are_records_whatever_the_first_begins_with() {
    let lines = json(Stream::Lines);
    check(&lines, "\n{\n{\"a\":1}\n}\n", &["{", "{\"a\":1}", "}"]);
    check(&lines, "[\n{\"a\":1},\n{\"a\":2}\n]\n", &["[", "{\"a\":1}", "comma: ", "{\"a\":2}", "]"]);
    check(
        &lines,
        "[{\"a\":1},{\"a\":2}]\n{\"data\":[{\"a\":3}]}\n",
        &["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"],
    );
    check(&lines, "{}\n{\"a\":", &["{}", "cut_off: {\"a\":"]);
}

#[test]
fn documents_go_on_over_lines() {
    let documents = json(Stream::Json);
    check(&documents, "{\"a\":1} {\"a\":2}\n{}", &["{\"a\":1}", "{\"a\":2}", "{}"]);
    check(&documents, "{\"a\":1}\n{\n\"a\":2}\n", &["{\"a\":1}", "{\n\"a\":2}"]);
    check(&documents, "{\"a\":1\n{\"a\":2}\n", &["invalid_json: {\"a\":1", "{\"a\":2}"]);
}

#[test]
fn arrays_hold_no_pages_unless_a_path_is_given() {
    check(&json(Stream::JsonArray), "[{\"data\":[{\"a\":1}]},2]", &["{\"data\":[{\"a\":1}]}", "2"]);
    check(&json(Stream::JsonArray), "{\"data\":[{\"a\":1}]}", &["{\"data\":[{\"a\":1}]}"]);
    let path = "a.b".parse().unwrap();
    let at = Arc::new(Envelope::new(&[plan()], path).of_stream(Stream::JsonArray));
    check(&at, "{\"a\":{\"b\":[{\"c\":1},2]}}\n{\"a\":{\"b\":null}}", &["{\"c\":1}", "2"]);
}

#[test]
fn envelopes_are_documents() {
    let input = "{\"data\":[{\"a\":1}]}{\"logEvents\":[]}\n{\n}";
    check(&json(Stream::CloudwatchLogs), input, &["{\"data\":[{\"a\":1}]}", "{\"logEvents\":[]}", "{\n}"]);
}

#[test]
fn without_log_types_the_content_decides() {
    let any = Arc::new(Envelope::new(&[], RecordsPath::Detect));
    check(&any, "{\n\"a\":1}{\"b\":2}", &["{\n\"a\":1}", "{\"b\":2}"]);
    check(&any, "{\"a\":1}\nx\n", &["{\"a\":1}", "x"]);
}

#[test]
fn text_is_never_taken_for_json() {
    let lines = ["[1] {\"a\"", "{\"data\":[{\"a\":1}]}", "\"a\" \"b", "[{\"a\":1}", "{\"a\":{"];
    check(&text(), &lines.join("\n"), &lines);
    check(&text(), &(lines.join("\r\n \r\n") + "\r\n"), &lines);
    check(&text(), "\u{feff}  x  \n\n  \n y", &["x", "y"]);
}

#[test]
fn lines_of_both_kinds_stand_side_by_side() {
    let input = "x {\"a\":1}\n[{\"a\":1},{\"a\":2}]\n[1] y\n\"z\n{\"data\":[{\"a\":3}]}\n{\"a\":";
    let records = ["x {\"a\":1}", "{\"a\":1}", "{\"a\":2}", "[1] y", "\"z", "{\"a\":3}", "{\"a\":"];
    check(&mixed(), input, &records);
    // The first line decides, and one of text may begin like an array.
    check(&mixed(), "[error] x\n{}\n", &["[error] x", "{}"]);
    check(&mixed(), "[\n{\"a\":1},\n{\"a\":2}\n]\n", &["{\"a\":1}", "{\"a\":2}"]);
    check(&mixed(), "{\n\"a\":1}\n{}\n", &["{\n\"a\":1}", "{}"]);
}

/// Something that may stand in a stream.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("{\"a\":1}".to_owned()),
        Just("[{\"a\":1},".to_owned()),
        Just("{\"data\":[{".to_owned()),
        Just("}]}".to_owned()),
        "\\r?\\n",
        " {0,9}",
        "[x{}\\[\\]\",:1]{0,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Lines come out as they would if they were cut at every line break, those beyond the limit by place.
    #[test]
    fn lines_of_text_are_cut_at_line_breaks(
        input in "([ab{}\\[\\]\": ]{0,30}\\r?\\n?){0,8}",
        limit in 3..40usize,
    ) {
        let found = check_cuts(&text(), input.as_bytes(), limit);
        let mut expected = Vec::new();
        for line in input.split('\n') {
            let blanks = |c| matches!(c, ' ' | '\r');
            let (start, trimmed) = (line.trim_start_matches(blanks), line.trim_matches(blanks));
            if start.len() > limit {
                expected.push(("record_too_large", "", trimmed.len() as u64));
            } else if !trimmed.is_empty() {
                expected.push(("", trimmed, trimmed.len() as u64));
            }
        }
        let texts: Vec<String> = found.iter().map(super::Found::text).collect();
        let found = found.iter().zip(&texts).map(|(f, text)| (f.code, text.as_str(), f.len));
        let found: Vec<_> = found.collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn reads_do_not_show_in_any_stream(
        input in proptest::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat()),
        limit in 3..60usize,
    ) {
        check_cuts(&mixed(), input.as_bytes(), limit);
        for stream in Stream::ALL {
            check_cuts(&json(stream), input.as_bytes(), limit);
        }
    }
}
