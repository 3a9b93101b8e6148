//! What a page has beside its records.

use super::outgrown::check_cuts;
use super::{RecordsPath, envelope, texts};

#[track_caller]
fn check(input: &str, records: &[&str]) {
    assert_eq!(texts(RecordsPath::Detect, input), records, "{input:?}");
    let in_an_array = format!("[{input}]");
    assert_eq!(texts(RecordsPath::Detect, &in_an_array), records, "{in_an_array:?}");
    let on_a_line = format!("{{}}\n{input}\n{{}}");
    let on_a_line = texts(RecordsPath::Detect, &on_a_line);
    assert_eq!(on_a_line[1..on_a_line.len() - 1], *records, "{input:?} on a line");
}

#[test]
fn a_second_list_of_objects_is_a_record() {
    let (event, list) = (r#"{"a":1}"#, r#"second_list: [{"b":1},{"b":2}]"#);
    check(r#"{"data":[{"a":1}],"events":[{"b":1},{"b":2}]}"#, &[event, list]);
    check(r#"{"events":[{"b":1},{"b":2}],"data":[{"a":1}]}"#, &[list, event]);
    check(r#"{"data":[{"a":1}],"items":[{"b":1},{"b":2}],"n":2}"#, &[event, list]);
    check(
        r#"{"x":[ {}, 1 ] ,"y":[{}],"data":[{"a":1}]}"#,
        &["second_list: [ {}, 1 ]", "second_list: [{}]", event],
    );
    check(
        r#"{"data":[{"a":1}],"x":[{}],"m":{},"data":[{"c":1}]}"#,
        &[event, "second_list: [{}]", r#"second_list: [{"c":1}]"#],
    );
}

#[test]
fn pages_without_a_list_of_records_have_lists_too() {
    let list = r#"second_list: [{"b":1}]"#;
    check(r#"{"data":{"a":1},"included":[{"b":1}]}"#, &[r#"{"a":1}"#, list]);
    check(r#"{"included":[{"b":1}],"record":{"a":1}}"#, &[list, r#"{"a":1}"#]);
    check(r#"{"data":[],"events":[{"b":1}],"links":{}}"#, &[list]);
    check(r#"{"events":[{"b":1}],"data":null}"#, &[list]);
    check(r#"{"record":[{"b":1}],"data":[{}]}"#, &[list, "{}"]);
    check(r#"{"data":{"record":{"a":1}},"x":[{"b":1}]}"#, &[r#"{"a":1}"#, list]);
}

#[test]
fn lists_beside_a_wrapped_record_are_records_too() {
    let (event, list) = (r#"{"a":1}"#, r#"second_list: [{"b":1}]"#);
    check(r#"{"data":{"x":[{"b":1}],"record":{"a":1}}}"#, &[list, event]);
    check(r#"{"x":[{"b":1}],"data":{"data":[{"b":1}],"n":1,"record":{"a":1}},"z":1}"#, &[list, list, event]);
    check(
        r#"{"data":{"x":[1,[{}]],"record":{"a":1},"y":[{"b":1}]}}"#,
        &["second_list: [1,[{}]]", event, list],
    );
    check(r#"{"data":{"data":{"b":1},"record":{"a":1}}}"#, &[r#"second_list: {"b":1}"#, event]);
    check(r#"{"data":{"record":[{"b":1}],"record":{"a":1}}}"#, &[list, event]);
    // Without a record in it the object is one, with all its lists.
    for own in [
        r#"{"x":[{"b":1}],"y":[[{}],2]}"#,
        r#"{"x":[{"b":1}],"id":1,"record":{"a":1}}"#,
        r#"{"id":1,"x":[{"b":1}],"record":{"a":1}}"#,
    ] {
        check(&format!("{{\"data\":{own},\"items\":[7]}}"), &[own]);
    }
    check(r#"{"data":{"x":[{"b" 1}],"record":{}}}"#, &[r#"invalid_json: {"x":[{"b" 1}],"record":{}}"#]);
}

#[test]
fn a_wrapped_record_beyond_the_limit_is_told_with_its_wrapping() {
    let wrapping = format!("{{\"x\":[{{\"b\":\"{}\"}}],\"record\":{{}}}}", "x".repeat(60));
    let page = format!("{{\"data\":{wrapping},\"y\":[{{}}]}}{{\n}}");
    let found = check_cuts(&envelope(RecordsPath::Detect), format!("{{\n}}{page}").as_bytes(), 50);
    let places: Vec<_> = found.iter().map(|f| (f.offset, f.len, f.code)).collect();
    let len = wrapping.len() as u64;
    let expected =
        [(0, 3, ""), (11, len, "record_too_large"), (16 + len, 4, "second_list"), (21 + len, 3, "")];
    assert_eq!(places, expected);
}

#[test]
fn other_arrays_stay_separators() {
    let event = r#"{"a":1}"#;
    for beside in [
        r#""names":["x",1,null]"#,
        r#""links":[{"rel":"next"}]"#,
        r#""errors":[{"status":500}]"#,
        r#""meta":{"list":[{"b":1}]}"#,
        r#""x":[],"y":[[],[1,[2]]],"z":[null]"#,
    ] {
        check(&format!("{{\"data\":[{event}],{beside}}}"), &[event]);
        check(&format!("{{{beside},\"data\":[{event}]}}"), &[event]);
    }
    let page = r#"{"data":[{"a":1}],"events":[{"b":1}]}"#;
    assert_eq!(texts("data".parse().unwrap(), page), [event]);
    assert_eq!(texts("events".parse().unwrap(), page), [r#"{"b":1}"#]);
}

#[test]
fn a_list_may_begin_with_anything() {
    let event = r#"{"a":1}"#;
    for list in [r#"[null,{"b":1}]"#, r#"["x",1,{"b":1}]"#, "[[{}]]", "[[1],[ [2],{}] ,3]"] {
        let reject = format!("second_list: {list}");
        check(&format!("{{\"data\":[{event}],\"x\":{list},\"m\":1}}"), &[event, &reject]);
        check(&format!("{{\"x\":{list},\"data\":[{event}]}}"), &[&reject, event]);
        let alone = format!("{{\"x\":{list}}}");
        check(&alone, &[&alone]);
    }
}

#[test]
fn records_may_begin_with_nulls() {
    check(r#"{"data":[null, null,{"b":1},2]}"#, &["null", "null", r#"{"b":1}"#, "2"]);
    check(r#"{"items":[null,{"b" 1},{}]}"#, &["null", r#"invalid_json: {"b" 1}"#, "{}"]);
    check(r#"{"data":[1,{"b":1}],"items":[{"a":1}]}"#, &[r#"second_list: [1,{"b":1}]"#, r#"{"a":1}"#]);
    for event in [r#"{"data":[null]}"#, r#"{"data":[1,{"b":1}]}"#, r#"{"data":[[{}]]}"#] {
        check(event, &[event]);
    }
}

#[test]
fn a_second_value_under_the_name_of_the_records_is_a_record() {
    let event = r#"{"a":1}"#;
    for value in [r#"{"x":2}"#, "[2]", r#"[null,"x"]"#, "7", r#""x""#, r#"[{"x":2}]"#] {
        let reject = format!("second_list: {value}");
        check(&format!("{{\"data\":[{event}],\"data\":{value},\"m\":1}}"), &[event, &reject]);
        check(&format!("{{\"data\":{event},\"data\":{value}}}"), &[event, &reject]);
    }
    check(r#"{"record":{"a":1},"record":{"x":2}}"#, &[event, r#"second_list: {"x":2}"#]);
    check(r#"{"data":[{"a":1}],"data":[],"data":null,"data":{},"data":[null]}"#, &[event]);
    let wrapped = r#"{"data":{"record":{"a":1},"record":{"x":2},"y":[{}]},"z":[{"b":[]}]}"#;
    check(wrapped, &[event, r#"second_list: {"x":2}"#, "second_list: [{}]", r#"second_list: [{"b":[]}]"#]);
    check(r#"{"data":{"record":{"a":1},"id":1},"z":1}"#, &[event, "page_with_fields: "]);
}

#[test]
fn a_list_whose_name_is_a_field_is_a_record_too() {
    let (event, list) = (r#"{"a":1}"#, r#"second_list: [{"b":1}]"#);
    check(r#"{"data":[{"a":1}],"message":[{"b":1}]}"#, &[event, list]);
    check(r#"{"data":[{"a":1}],"message":[{"b":1}],"id":1}"#, &[event, list, "page_with_fields: "]);
    check(r#"{"data":[{"a":1}],"message":["b"]}"#, &[event, "page_with_fields: "]);
    let own = r#"{"message":[{"b":1}],"data":[{"a":1}]}"#;
    check(own, &[own]);
}

#[test]
fn no_event_is_taken_for_a_page_for_its_lists() {
    for event in [
        r#"{"x":[{"b":1}],"y":[{}]}"#,
        r#"{"id":1,"x":[{}],"data":[{}]}"#,
        r#"{"x":[{}],"message":1,"items":[{}]}"#,
    ] {
        check(event, &[event]);
    }
}

#[test]
fn damage_in_lists() {
    let event = r#"{"a":1}"#;
    check(
        r#"{"data":[{"a":1}],"x":[{"b" 1}],"y":[{"c":1}]}"#,
        &[event, r#"invalid_json: [{"b" 1}]"#, r#"second_list: [{"c":1}]"#],
    );
    let cut = r#"{"x":[{"b":1}] ,"m":1,"data":[{"a":1}],"y":[{"c":1},{"#;
    let records = ["second_list: [{\"b\":1}]", event, "cut_off: [{\"c\":1},{"];
    assert_eq!(texts(RecordsPath::Detect, cut), records);
    assert_eq!(texts(RecordsPath::Detect, &cut[..30]), ["cut_off: {\"x\":[{\"b\":1}] ,\"m\":1,\"data\":["]);
    assert_eq!(texts(RecordsPath::Detect, &cut[..31]), ["second_list: [{\"b\":1}]", "cut_off: {"]);
}

#[test]
fn a_list_beyond_the_limit_is_told_by_its_place() {
    let long = "x".repeat(60);
    for gap in ["", &" ".repeat(80)] {
        let page = format!("[{{\"data\":[{{}}],\"list\":[{gap}{{\"b\":\"{long}\"}}],\"m\":1}}]");
        let list = page.find("[{\"b\"").or(page.find("[  ")).unwrap() as u64;
        let end = page.find(",\"m\"").unwrap() as u64;
        let found = check_cuts(&envelope(RecordsPath::Detect), page.as_bytes(), 50);
        let places: Vec<_> = found.iter().map(|f| (f.offset, f.len, f.code)).collect();
        assert_eq!(places, [(10, 2, ""), (list, end - list, "record_too_large")]);
    }
}

#[test]
fn a_document_of_very_many_lists_is_an_event() {
    let lists = |n| "\"list\":[{}],".repeat(n);
    let page = format!("{{{}\"data\":[{{}}]}}", lists(1000));
    assert_eq!(texts(RecordsPath::Detect, &page).len(), 1001);
    let event = format!("{{{}\"data\":[{{}}]}}", lists(1001));
    assert_eq!(texts(RecordsPath::Detect, &event), [event]);
}

#[test]
fn lines_behind_a_page_that_was_cut_off_in_its_second_list_are_records() {
    let (event, next) = (r#"{"a":1}"#, r#"{"a":2}"#);
    for list in ["[\n", "[\n{\"b\":1},\n", "[\n {\"b\":1},\n {\"b\":2}\n"] {
        let dump = format!("{{\"data\":[{event}],\"events\":{list}{}", format!("{next}\n").repeat(5));
        let found = texts(RecordsPath::Detect, &dump);
        assert_eq!(found.iter().filter(|text| *text == next).count(), 5, "{found:?}");
        assert!(
            found.len() == 7 && found[0] == event && found[1].starts_with("invalid_json: ["),
            "{found:?}"
        );
    }
}
