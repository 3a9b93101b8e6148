//! Every rule of framing, one small input each.

use super::{Found, RecordsPath, envelope, texts};

const EVENT: &str = r#"{"id":1,"type":"t","attributes":{},"links":{}}"#;

#[track_caller]
fn check(input: &str, records: &[&str]) {
    assert_eq!(texts(RecordsPath::Detect, input), records, "{input:?}");
}

#[track_caller]
fn check_at(path: &str, input: &str, records: &[&str]) {
    assert_eq!(texts(path.parse().unwrap(), input), records, "{input:?}");
}

#[test]
fn nothing_holds_no_records() {
    for blank in ["", " ", "\n\n", "\r\n \t\n", "\u{feff}", "\u{feff}\n"] {
        check(blank, &[]);
    }
}

#[test]
fn lines_with_any_line_end() {
    check("{\"a\":1}\n{\"a\":2}\n", &[r#"{"a":1}"#, r#"{"a":2}"#]);
    check("{\"a\":1}\r\n{\"a\":2}\r\n", &[r#"{"a":1}"#, r#"{"a":2}"#]);
    check("\u{feff}{\"a\":1}\n\n  \n{\"a\":2}", &[r#"{"a":1}"#, r#"{"a":2}"#]);
    check("\n\n {\"a\":1} \n\t{}\t\n", &[r#"{"a":1}"#, "{}"]);
}

#[test]
fn a_mark_before_a_line_is_blank() {
    check("{}\n\u{feff}{\"data\":[{\"a\":1}]}\n\u{feff}{}\n\u{feff}", &["{}", r#"{"a":1}"#, "{}"]);
}

#[test]
fn a_bad_line_costs_that_line() {
    check("{\"a\":1}\n{\"a\":\n{\"a\":2}\n", &[r#"{"a":1}"#, "{\"a\":", r#"{"a":2}"#]);
    check("{\"a\" 1}\n{\"a\":2}\n", &["{\"a\" 1}", r#"{"a":2}"#]);
    check("{\"a\":\"x\n{\"a\":2}\n", &["{\"a\":\"x", r#"{"a":2}"#]);
    check("oops\n{\"a\":2}\n", &["oops", r#"{"a":2}"#]);
    check("{\"a\":1}\n{\"a\":1} {\"a\":2}\n{}\n", &[r#"{"a":1}"#, r#"{"a":1} {"a":2}"#, "{}"]);
    check("{\"a\":1} {\"a\":2}\n{}\n", &[r#"{"a":1} {"a":2}"#, "{}"]);
}

#[test]
fn scalars_and_empty_arrays_on_lines_are_records() {
    check("null\n[]\n12\n\"x\"\n{}\n[1,2]", &["null", "[]", "12", "\"x\"", "{}", "[1,2]"]);
}

#[test]
fn arrays_of_objects_on_lines_are_unwrapped() {
    check("{}\n[{\"a\":1},{\"a\":2}]\n{}\n", &["{}", r#"{"a":1}"#, r#"{"a":2}"#, "{}"]);
    check("{}\n[1, {\"a\":1}, [2]]\n", &["{}", "1", r#"{"a":1}"#, "[2]"]);
    check("{}\n[{\"data\":[{\"a\":1}]},{\"b\":1}]\n", &["{}", r#"{"a":1}"#, r#"{"b":1}"#]);
    check("{}\n[{\"a\":1}] x\n{}\n", &["{}", r#"{"a":1}"#, "invalid_json: x", "{}"]);
    check("{}\n[[1],,{}]\n", &["{}", "[[1],,{}]"]);
}

#[test]
fn documents_that_span_lines() {
    check("{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n", &["{\n \"a\": 1\n}", "{\n \"a\": 2\n}"]);
    check("{\n\"a\":1}{\"b\":1}{\n}", &["{\n\"a\":1}", r#"{"b":1}"#, "{\n}"]);
    check("{\n}\nnull 12 \"x\"\n[{\"a\":1}]\n[]", &["{\n}", "null", "12", "\"x\"", r#"{"a":1}"#]);
    check("{\"a\":{\n}}\n{\"b\":1}", &["{\"a\":{\n}}", r#"{"b":1}"#]);
}

#[test]
fn after_an_error_the_next_line_that_opens_an_object_goes_on() {
    check("{\n}\n{ \"a\" 1,\n {}\n}\n{\"b\":1}", &["{\n}", "invalid_json: { \"a\" 1,\n {}\n}", r#"{"b":1}"#]);
    check("{\n\"a\":1,\n{\n\"b\":2}\n", &["invalid_json: {\n\"a\":1,", "{\n\"b\":2}"]);
    check("{\n\"a\":\"x\n}\n{\"b\":1}", &["invalid_json: {\n\"a\":\"x\n}", r#"{"b":1}"#]);
    check("{\n}\nwhat is this\n{}\n", &["{\n}", "invalid_json: what is this", "{}"]);
    check("{\n}}\n{}", &["{\n}", "invalid_json: }", "{}"]);
    check("{\n},\n{\n}", &["{\n}", "comma: ", "{\n}"]);
}

#[test]
fn a_cut_tail_is_one_record() {
    check("{\"a\":1}\n{\"a\":2", &[r#"{"a":1}"#, r#"cut_off: {"a":2"#]);
    check("{\"a\":1}\n{\"a\":\"x ", &[r#"{"a":1}"#, r#"cut_off: {"a":"x"#]);
    check("{\"a\":1", &[r#"cut_off: {"a":1"#]);
    check("{\n}\n{\n\"a\":", &["{\n}", "cut_off: {\n\"a\":"]);
    check("[{\"a\":1},{\"a\":", &[r#"{"a":1}"#, r#"cut_off: {"a":"#]);
    check("[{\"a\":1},\n", &[r#"{"a":1}"#, "cut_off: ,"]);
    check("[{\"a\":1}", &[r#"{"a":1}"#, "cut_off: "]);
    check("[", &["cut_off: ["]);
    check("[1,2", &["1", "cut_off: ,2"]);
    check("{\"data\":[{\"a\":1},{\"a\"", &[r#"{"a":1}"#, r#"cut_off: {"a""#]);
    check("{\"data\":[{\"a\":1}],\"meta\":{\"next\":\"x", &[r#"{"a":1}"#, r#"cut_off: ],"meta":{"next":"x"#]);
    check("{\"meta\":1,\"data\":", &[r#"cut_off: {"meta":1,"data":"#]);
    check("{}\n\"abc", &["{}", "cut_off: \"abc"]);
    check("{}\nnul", &["{}", "nul"]);
}

#[test]
fn top_level_arrays() {
    check("[]", &[]);
    check(" [ ] \n", &[]);
    check("[{\"a\":1},\n{\"a\":2}\n]\n", &[r#"{"a":1}"#, r#"{"a":2}"#]);
    check("[1,null,\"x\",[2],{}]", &["1", "null", "\"x\"", "[2]", "{}"]);
    check("[{\"data\":[{\"a\":1}]},{\"a\":2}]", &[r#"{"a":1}"#, r#"{"a":2}"#]);
    check("[{}]\n[{}]{\"a\":1}", &["{}", "{}", r#"{"a":1}"#]);
}

#[test]
fn a_damaged_element_costs_that_element() {
    check("[{\"a\":1},{\"a\" 2},{\"a\":3}]", &[r#"{"a":1}"#, r#"invalid_json: {"a" 2}"#, r#"{"a":3}"#]);
    check("[{\"a\":\"b\"c\"d\"},{}]", &[r#"invalid_json: {"a":"b"c"d"}"#, "{}"]);
    check("[{\"a\":\"b\":1}},{}]", &[r#"invalid_json: {"a":"b":1}}"#, "{}"]);
    check("[{},what,{}]", &["{}", "invalid_json: what", "{}"]);
    check("[{\"a\":[1},\n{\"a\":2}]", &[r#"invalid_json: {"a":[1},"#, r#"{"a":2}"#]);
    check(
        "[{\"a\":{\"b\":1},\n{\"a\":2},\n{\"a\":3}]",
        &[r#"invalid_json: {"a":{"b":1},"#, r#"{"a":2}"#, r#"{"a":3}"#],
    );
    check("[{\"a\":\"x},\n{\"a\":2}]", &[r#"invalid_json: {"a":"x},"#, r#"{"a":2}"#]);
    check("[{\"a\":\"x},{\"a\":2}]", &[r#"invalid_json: {"a":"x},{"a":2}]"#]);
}

#[test]
fn resumes_at_the_indentation_of_the_elements() {
    let damaged = "[\n  {\"a\": [1},\n    {\"b\": 1}\n  ]},\n  {\"c\": 1}\n]\n";
    check(damaged, &["invalid_json: {\"a\": [1},\n    {\"b\": 1}\n  ]},", r#"{"c": 1}"#]);
}

#[test]
fn pages_with_keys_in_any_order() {
    let records = [r#"{"a":1}"#, r#"{"a":2}"#];
    for page in [
        r#"{"data":[{"a":1},{"a":2}],"meta":{"next":"x"},"links":{"next":null}}"#,
        r#"{"links":{},"meta":{"data":[{"x":1}]},"data":[{"a":1},{"a":2}]}"#,
        r#"{"meta":null,"data":[{"a":1},{"a":2}],"links":{}}"#,
        r#"{"Records":[{"a":1},{"a":2}]}"#,
        r#"{"total":2,"operation_logs":[{"a":1},{"a":2}]}"#,
        r#"{"data":[],"items":[{"a":1},{"a":2}]}"#,
        r#"{"data":[1],"items":[{"a":1},{"a":2}]}"#,
    ] {
        check(page, &records);
        check(&format!("{page}\n"), &records);
        check(&format!("{page}\n{page}\n"), &[records, records].concat());
        check(&format!("{{}}\n{page}\n"), &[["{}"].as_slice(), &records].concat());
        check(&page.replacen(',', "\n,", 1), &records);
    }
}

#[test]
fn concatenated_pages() {
    let page = "{\n\"meta\":{},\n\"data\": [\n {\"a\":1},\n 7\n]}";
    check(&format!("{page}{page}\n{page}"), &[r#"{"a":1}"#, "7", r#"{"a":1}"#, "7", r#"{"a":1}"#, "7"]);
}

#[test]
fn pages_with_one_record() {
    check(r#"{"data":{"a":1}}"#, &[r#"{"a":1}"#]);
    check(r#"{"meta":{},"record":{"a":1},"x":1}"#, &[r#"{"a":1}"#]);
    check(r#"{"data":{"kind":"k","record":{"a":1}},"x":1}"#, &[r#"{"a":1}"#]);
    check(r#"{"data":{"id":1,"record":{"a":1}}}"#, &[r#"{"id":1,"record":{"a":1}}"#]);
    check(r#"{"data":{}}"#, &["{}"]);
    check(r#"{"items":{"a":1}}"#, &[r#"{"items":{"a":1}}"#]);
    check("{\n\"data\":{\"a\" 1},\"meta\":{}}{}", &[r#"invalid_json: {"a" 1}"#, "{}"]);
}

#[test]
fn pages_without_records() {
    for page in [
        r#"{"data":[]}"#,
        r#"{"data":null}"#,
        r#"{"meta":{"next":"c"},"data":[],"links":{}}"#,
        r#"{"items":[ ]}"#,
        r#"{"data":null,"errors":null}"#,
        r#"{"data":[],"errors":[]}"#,
    ] {
        check(page, &[]);
        check(&format!("{{}}\n{page}\n{{}}"), &["{}", "{}"]);
        check(&format!("[{{}},{page}]"), &["{}"]);
    }
    check(r#"{"items":null}"#, &[r#"{"items":null}"#]);
}

#[test]
fn pages_that_report_errors() {
    for page in
        [r#"{"errors":[{"status":500}]}"#, r#"{"data":null,"errors":["x"],"meta":1}"#, r#"{"errors":"no"}"#]
    {
        check(page, &[&format!("error_page: {page}")]);
        check(&format!("{{}}\n{page}\n"), &["{}", &format!("error_page: {page}")]);
    }
    check(r#"{"errors":[1],"data":[{"a":1}]}"#, &[r#"{"a":1}"#]);
    for event in [r#"{"id":1,"errors":[1]}"#, r#"{"errors":[],"x":1}"#, r#"{"errors":[1],"data":"x"}"#] {
        check(event, &[event]);
    }
}

#[test]
fn events_are_never_opened() {
    for event in [
        EVENT.replace("\"links\":{}", "\"data\":[{\"x\":1}]"),
        EVENT.replace("\"links\":{}", "\"data\":{\"x\":1}"),
        r#"{"id":1,"data":[]}"#.into(),
        r#"{"data":null,"message":"m"}"#.into(),
        r#"{"id":1,"data":{"x":1}}"#.into(),
        r#"{"id":1,"data":[{"x":1}]}"#.into(),
        r#"{"message":"m","record":{"x":1}}"#.into(),
        r#"{"attributes":{"data":[{"x":1}]}}"#.into(),
    ] {
        check(&event, &[&event]);
        check(&format!("[{event}]"), &[&event]);
        check(&format!("{{\n}}{event}"), &["{\n}", &event]);
    }
    let late = r#"{"data":[{"x":1}],"links":{},"id":1}"#;
    check(late, &[r#"{"x":1}"#, "page_with_fields: "]);
    check(r#"{"record":{"x":1},"meta":{"id":7}}"#, &[r#"{"x":1}"#]);
}

#[test]
fn damage_in_pages() {
    let page = r#"{"data":[{"a":1},{"a" 2},{"a":3}],"meta":{}}"#;
    check(page, &[r#"{"a":1}"#, r#"invalid_json: {"a" 2}"#, r#"{"a":3}"#]);
    check(
        &format!("{page} garbage\n{{}}"),
        &[r#"{"a":1}"#, r#"invalid_json: {"a" 2}"#, r#"{"a":3}"#, "invalid_json: garbage", "{}"],
    );
    check("{\"data\":[{}],oops}\n{}\n", &["{}", "invalid_json: ],oops}", "{}"]);
    check("{\n\"data\":[{}],oops}\n{}\n", &["{}", "invalid_json: ],oops}", "{}"]);
    check(
        "{\n\"data\":[\n {},\n {\"a\":[1}\n]}\n{\"data\":[{\"b\":1}]}",
        &["{}", "invalid_json: {\"a\":[1}\n]}", r#"{"b":1}"#],
    );
    check("{\"data\":{}\n{\"a\":1}\n", &["{}", "invalid_json: ", r#"{"a":1}"#]);
    check("{\"data\":[]} x\n{}", &["invalid_json: x", "{}"]);
    check("{\"data\":[{}],\"m\"\n{}", &["{}", "invalid_json: ],\"m\"", "{}"]);
}

#[test]
fn records_at_a_given_path() {
    check_at("a.b", r#"{"x":{"b":[{}]},"a":{"c":1,"b":[{"r":1},2]}}"#, &[r#"{"r":1}"#, "2"]);
    check_at("a", r#"{"a":{"r":1}}"#, &[r#"{"r":1}"#]);
    check_at("id", r#"{"id":[{"r":1}],"type":1}"#, &[r#"{"r":1}"#]);
    for empty in [r#"{"a":[]}"#, r#"{"a":null}"#] {
        check_at("a", empty, &[]);
        check_at("a", &format!("{empty}\n{{\"a\":[{{}}]}}\n"), &["{}"]);
    }
    for missing in [r#"{"b":[{}]}"#, "{}", r#"{"a":1}"#, r#"{"data":[{}]}"#] {
        check_at("a", missing, &[&format!("records_path_missing: {missing}")]);
    }
    check_at("a.b", r#"{"a":{}}"#, &[r#"records_path_missing: {"a":{}}"#]);
    check_at("a.b", r#"{"a":null,"b":[{}]}"#, &[r#"records_path_missing: {"a":null,"b":[{}]}"#]);
    check_at("a", r#"[{"a":[{}]},{"b":1}]"#, &["{}", r#"records_path_missing: {"b":1}"#]);
}

#[test]
fn a_given_path_may_lead_to_records_more_than_once() {
    let records = [r#"{"r":1}"#, r#"{"r":2}"#];
    for page in [
        r#"{"a":{"b":[{"r":1}]},"a":{"b":[{"r":2}]}}"#,
        r#"{"a":{"b":[{"r":1}],"b":[{"r":2}]}}"#,
        r#"{"a":{"b":[{"r":1}],"c":{"b":[{}]}},"b":[{}],"m":{"a":{"b":[{}]}},"a":{"c":1,"b":{"r":2}}}"#,
        r#"{"a":{"b":null},"a":{},"a":{"b":{"r":1},"b":[]},"a":[{"b":[{}]}],"a":{"b":[{"r":2}]},"c":{}}"#,
    ] {
        check_at("a.b", page, &records);
        check_at("a.b", &format!("[{page}]"), &records);
        check_at("a.b", &format!("{{\"a\":{{\"b\":{{}}}}}}\n{page}\n"), &["{}", records[0], records[1]]);
    }
    check_at("a", r#"{"a":[{"r":1}],"a":7,"a":null,"b":7}"#, &[r#"{"r":1}"#, "7"]);
    check_at("a", r#"{"a":[{"r":1}],"a":{"r":2}}"#, &records);
}

#[test]
fn unwrapping_turned_off() {
    let page = r#"{"data":[{"a":1}]}"#;
    check_at("none", page, &[page]);
    check_at("none", &format!("{page}\n{page}\n"), &[page, page]);
    check_at("none", &format!("[{page}]"), &[page]);
    check_at("none", r#"{"errors":[1]}"#, &[r#"{"errors":[1]}"#]);
}

#[test]
fn escapes_and_brackets_in_strings() {
    check(r#"[{"a":"}],\"\\"},{"b":"[{"}]"#, &[r#"{"a":"}],\"\\"}"#, r#"{"b":"[{"}"#]);
}

#[test]
fn names_that_suggest_pages() {
    let envelope = envelope(RecordsPath::Detect);
    assert!(["data", "Records", "record", "errors"].iter().all(|k| envelope.is_candidate(k.as_bytes())));
    assert!(["id", "links", "meta", "x"].iter().all(|k| !envelope.is_candidate(k.as_bytes())));
    assert!(!super::envelope(RecordsPath::Off).is_candidate(b"data"));
}

#[test]
fn knows_where_records_are() {
    let input = "\n\n[{\"a\":1},\n\n{\"a\":2}]";
    let found = super::frame(&envelope(RecordsPath::Detect), input.as_bytes(), &super::Feed::default());
    let places: Vec<_> = found.iter().map(|Found { offset, line, .. }| (*offset, *line)).collect();
    assert_eq!(places, [(3, 3), (13, 5)]);
}
