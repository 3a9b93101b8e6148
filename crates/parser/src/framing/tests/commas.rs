//! Commas that are missing or too many, and lists within lists.

use proptest::collection::vec;
use proptest::prelude::*;

use super::outgrown::check_cuts;
use super::{COMMA, RecordsPath, envelope, texts};

const A: &str = r#"{"a":1}"#;
const B: &str = r#"{"b":2}"#;
const MARK: &str = "comma: ";

#[track_caller]
fn check(input: &str, records: &[&str]) {
    assert_eq!(texts(RecordsPath::Detect, input), records, "{input:?}");
}

#[test]
fn a_wrong_comma_between_records_costs_none() {
    for (list, records) in [
        (format!("[{A}{B}]"), vec![A, MARK, B]),
        (format!("[{A},,{B}]"), vec![A, MARK, B]),
        (format!("[{A},{B},]"), vec![A, B, MARK]),
        (format!("[{A} [{B}]]"), vec![A, MARK, B]),
        (format!("[{A},,,]"), vec![A, MARK, MARK, MARK]),
    ] {
        check(&list, &records);
        check(&format!("{{}}\n{list}"), &[&["{}"], &records[..]].concat());
        check(&format!("{{\"data\":{list},\"m\":1}}"), &records);
        check(&format!("{{}}\n{{\"data\":{list}}}\n{{}}"), &[&["{}"], &records[..], &["{}"]].concat());
    }
    check("[,{}]", &[MARK, "{}"]);
    check("[,]", &[MARK]);
    check("[{}],[{}]", &["{}", MARK, "{}"]);
    check("{}\n[{}],\n[{}]", &["{}", "{}", MARK, "{}"]);
}

#[test]
fn a_page_without_an_end_is_told_whatever_comes_behind_it() {
    let page = |a, b| format!("{{\"data\":[\n{a}\n{b}\n");
    let input = format!("{}[{}]}}]\n", page(A, B), page(A, B));
    let found = texts(RecordsPath::Detect, &input);
    assert!(
        found.iter().any(|text| text.starts_with("cut_off") || text.starts_with("invalid_json")),
        "{found:?}"
    );
    assert_eq!(found.iter().filter(|text| [A, B].contains(&text.as_str())).count(), 4, "{found:?}");
}

#[test]
fn a_comma_behind_each_line_costs_no_line() {
    for end in ["", ",", ",\r\n", " , \n\n"] {
        let marks = usize::from(!end.is_empty());
        let dump = format!("{A},\n{B} ,\t\n\n{A}{end}");
        check(&dump, &[A, MARK, B, MARK, A, MARK][..5 + marks]);
        check(&format!("{{}}\n{dump}"), &["{}", A, MARK, B, MARK, A, MARK][..6 + marks]);
    }
    check(&format!("{{\"data\":[{A}]}},\n[{B}],\n{{}}"), &[A, MARK, B, MARK, "{}"]);
    check(&format!("{A},\n{{\"a\":\n{B},"), &[A, MARK, "{\"a\":", B, MARK]);
}

#[test]
fn elsewhere_it_is_damage() {
    check("[{\"a\":[1,,2]},{}]", &["invalid_json: {\"a\":[1,,2]}", "{}"]);
    check("[{\"a\":1,},{}]", &["invalid_json: {\"a\":1,}", "{}"]);
    check("[{} 7,{}]", &["{}", "invalid_json: 7", "{}"]);
    check("{}\n{} {}\n[1,,{}]\n{},,", &["{}", "{} {}", "[1,,{}]", "{},,"]);
    check("{\"a\":1,},\n{}\n7,\n[7],\n", &["{\"a\":1,},", "{}", "7,", "[7],"]);
    check("{\"data\":[{}],,\"m\":1}", &["{}", "invalid_json: ],,\"m\":1}"]);
    check(",{\n}", &[",{", "}"]);
}

#[test]
fn a_page_goes_on_behind_lines_without_commas() {
    let page = format!("{{\"data\":[\n{A}\n{B}\n],\"m\":[{{}}]}}\n{A}");
    check(&page, &[A, MARK, B, "second_list: [{}]", A]);
    let page = format!("[{{\"a\":0,\"items\":[\n{A}\n{B},\n{B},\n]}},\n{A}]");
    check(&page, &[A, MARK, B, B, MARK, A]);
    let page = format!("{{\"data\":[\n{A}\n[{B}]\n],\"data\":[{A}]}}");
    check(&page, &[A, MARK, B, "second_list: [{\"a\":1}]"]);
    let page = format!("{{\"x\":{{\"data\":[\n{A}\n{B}\n],\"data\":{A}}},\"x\":{{\"data\":[{B}]}}}}");
    assert_eq!(texts("x.data".parse().unwrap(), &page), [A, MARK, B, A, B]);
}

#[test]
fn a_page_was_cut_off_where_another_one_follows() {
    let cut = format!("{{\"data\":[{A}\n{{\"data\":[{B}],\"m\":1}}\n");
    check(&cut.repeat(3), &[A, "invalid_json: ", B].repeat(3));
    let open = format!("{{\"data\":[\n{A}\n{B}\n");
    check(&open, &[A, MARK, B, "cut_off: "]);
    check(&open.repeat(2), &[A, MARK, B, "invalid_json: ", A, MARK, B, "cut_off: "]);
}

#[test]
fn a_page_that_was_cut_off_behind_a_comma_hides_no_other() {
    let open = format!("{{\"data\":[\n{A},\n{B},\n");
    check(&open.repeat(4), &[&[A, B, "cut_off: "].repeat(3)[..], &[A, B, "cut_off: ,"]].concat());
    for event in [format!("{{\"items\":[{B}"), format!("{{\"items\":[\n  {B},\n")] {
        let cut = format!("cut_off: {}", event.trim_end());
        check(&format!("{{\"data\":[\n{A},\n{event}"), &[A, &cut]);
    }
    // A record may have a list like a page, and a whole one is no page.
    let whole = format!("{{\"data\":[\n{B}\n]}}");
    check(&format!("{{\"data\":[\n{A},\n{whole},\n{B}]}}"), &[A, &whole, B]);
    check(
        &format!("{{\"data\":[\n{A},\n{{\"id\":1,\"items\":[{B}"),
        &[A, "cut_off: {\"id\":1,\"items\":[{\"b\":2}"],
    );
}

#[test]
fn lists_within_lists_hold_records() {
    check(&format!("[[{A},{B}],[{B}],[],[1],[[{A}]]]"), &[A, B, B, "[1]", A]);
    check(&format!("{{}}\n[[{A}],{B}]"), &["{}", A, B]);
    check(&format!("{{\"data\":[{A},[{B},[{A}]],[]],\"m\":[]}}"), &[A, B, A]);
    check(&format!("[[[{A},{B}]],[[[]],[[{A}],{B}]]]"), &[A, B, A, B]);
    check(&format!("{{}}\n[[[{A}]]]\n{{}}"), &["{}", A, "{}"]);
    check(&format!("{{\"data\":[{A},[[],[[{B}],{A}],[[]]],{B}]}}"), &[A, B, A, B]);
    check("[[],[[],[]]]", &[]);
    check("{}\n[[],[]]", &["{}", "[[],[]]"]);
    check("[[[],1],[[1],{}]]", &["[[],1]", "[[1],{}]"]);
    check("[{},[[", &["{}", "cut_off: [["]);
    check(&format!("[[{{\"data\":[{A}]}}],{B}]"), &[A, B]);
    check("[[{\"a\" 1},{}],{}]", &["invalid_json: {\"a\" 1}", "{}", "{}"]);
    check("[{\"data\":[{},[", &["{}", "cut_off: ["]);
}

#[test]
fn arrays_that_were_cut_off_hide_nothing() {
    let open = format!("[\n{A},\n{B}");
    check(&format!("{open}\n{open}\n{open}\n]"), &[A, B, MARK, A, B, MARK, A, B, "cut_off: "]);
    check(&format!("{{\"data\":{open},\n{open}\n"), &[A, B, A, B, "cut_off: "]);
}

#[test]
fn broken_lines_cost_themselves_where_commas_are_missing() {
    let lines = [A, B, "{\"a\":[", A, B, "{\"a\" [", A, B].join("\n");
    let records: Vec<_> = texts(RecordsPath::Detect, &format!("[\n{lines}\n"));
    let records: Vec<_> = records.iter().filter(|record| *record != MARK).collect();
    assert_eq!(records, [A, B, "invalid_json: {\"a\":[", A, B, "invalid_json: {\"a\" [", A, B]);
}

#[test]
fn lines_in_another_column_behind_a_broken_first_line() {
    for first in ["{\"a\":{", "{\"a\":[", "{\"a\":1,", "{\"a\":", "{\"x\":{\"y\":[1,"] {
        for indent in [" ", "\t", "    "] {
            let dump =
                format!("{first}\n{indent}{A}\n\n{indent}{B}\n{indent}{first}\n{indent}{A}\n{indent}{B}");
            let broken = format!("invalid_json: {first}");
            check(&dump, &[&broken, A, B, &broken, A, B]);
        }
        let dump = format!("{first}\n[{A},{B}]\n[{B}]\n");
        check(&dump, &[&format!("invalid_json: {first}"), A, B, B]);
    }
    // One line does not show what it is.
    for last in ["[", "  {}", "[{}]", "  {}\n", "[{}]\n7", "  {}\n {}"] {
        let dump = format!("{{\"id\":{A}\n{last}");
        let records = texts(RecordsPath::Detect, &dump);
        assert_eq!(records.len(), 1, "{records:?} of {dump:?}");
        assert!(records[0].ends_with(dump.trim_end()), "{records:?} of {dump:?}");
    }
    // What is laid out over lines is one document, also where it is damaged.
    let pretty = format!("{{\n  \"a\": [\n    {A}\n    {B}\n  ]\n}}");
    check(&pretty, &[&format!("invalid_json: {pretty}")]);
    let later = format!("{{\n}}\n{{\"a\":[\n  {A}\n  {B}\n]}}\n{{}}");
    let records = ["{\n}", &format!("invalid_json: {{\"a\":[\n  {A}\n  {B}\n]}}"), "{}"];
    check(&later, &records);
}

/// What stands between two records of a list, and how many commas are wrong in it.
fn gap() -> impl Strategy<Value = (String, usize)> {
    let blank = || prop::sample::select(&["", " ", "\n", "\n  ", " \n"][..]);
    (blank(), prop_oneof![3 => Just(1), 1 => Just(0), 1 => 2..4usize], blank()).prop_map(
        |(before, commas, after)| (format!("{before}{}{after}", ",".repeat(commas)), commas.abs_diff(1)),
    )
}

/// Lists, by what opens and closes them.
const AROUND: &[(&str, &str)] = &[("[", "]"), ("{\"data\":[", "],\"m\":{}}"), ("[{\"items\":[", "]}]")];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// All records are found, each wrong comma is told, and nothing else is.
    #[test]
    fn commas_cost_nothing(
        gaps in vec((gap(), 0..30usize), 0..6),
        around in prop::sample::select(AROUND),
        limit in prop_oneof![60..90usize, Just(1 << 20)],
    ) {
        let record = |len| format!("{{\"a\":\"{}\"}}", "x".repeat(len));
        let mut records = vec![record(3)];
        let (mut dump, mut wrong) = (format!("{}{}", around.0, records[0]), 0);
        for ((gap, commas), len) in gaps {
            records.push(record(len));
            dump += &gap;
            dump += &record(len);
            wrong += commas;
        }
        dump += around.1;
        let found = check_cuts(&envelope(RecordsPath::Detect), dump.as_bytes(), limit);
        let (marks, found): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| found.code == COMMA);
        prop_assert_eq!(marks.len(), wrong, "{:?}", &dump);
        prop_assert!(found.iter().all(|found| found.code.is_empty()), "{:?} in {:?}", found, &dump);
        let found: Vec<_> = found.iter().map(super::Found::text).collect();
        prop_assert_eq!(found, records, "{:?}", &dump);
    }
}
