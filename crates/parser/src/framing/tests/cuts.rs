//! Dumps of several downloads, some of which were cut off.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Feed, Found, FramerOptions, RecordsPath, envelope, frame, texts};

const A: &str = r#"{"a":1}"#;
const B: &str = r#"{"b":2}"#;
const C: &str = r#"{"c":[3]}"#;

#[track_caller]
fn check(input: &str, records: &[&str]) {
    assert_eq!(texts(RecordsPath::Detect, input), records, "{input:?}");
}

#[test]
fn an_array_behind_one_that_breaks_off_within_a_record() {
    let next = format!("[{A},{B}]\n[\n  {C}\n]\n");
    for cut in [
        "{\"x\":[1,{\"y\"",
        "{\"x\"",
        "{\"x\":",
        "{\"x\":1",
        "{\"x\":1,",
        "{\"x\":\"y",
        "{\"x\":[",
        "{\"x\":[1,",
        "{",
    ] {
        let broken = format!("invalid_json: {cut}");
        for list in ["[", "[\n  ", "{\"data\":[", "{\n  \"data\": [\n    "] {
            let dump = format!("[]\n{list}{A},{cut}\n{next}");
            check(&dump, &[A, &broken, A, B, C]);
        }
        for list in ["[\n", "{\"data\":[\n"] {
            let dump = format!("[]\n{list}{A},\n{cut}\n{next}");
            check(&dump, &[A, &broken, A, B, C]);
        }
    }
}

#[test]
fn the_input_ends_behind_what_was_taken_for_a_value() {
    for next in [format!("[{A},{B}]"), format!("[\n{A},\n{B}\n]\n"), format!("{{\"data\":[{A},{B}]}}")] {
        let records = [C, "invalid_json: {\"x\":", A, B, "cut_off: "];
        // An object may be an element of the array that breaks off, which has no end then.
        let len = if next.starts_with('{') { 5 } else { 4 };
        check(&format!("[{C},{{\"x\":\n{next}"), &records[..len]);
        check(&format!("[]{{\"items\":[{C},{{\"x\":\n{next}"), &[C, "invalid_json: {\"x\":", A, B]);
        let page = format!("{{\"items\":[{C}],\n \"m\":{{\"k\":\n{next}");
        check(&page, &[C, "invalid_json: ],\n \"m\":{\"k\":", A, B]);
    }
    // A value in another column is one, and so is one that ends well.
    check(&format!("[{C},{{\"x\":\n {A}"), &[C, &format!("cut_off: {{\"x\":\n {A}")]);
    let whole = format!("{{\"x\":\n[{A}],\"y\":[\n[],\n{B}\n]}}");
    check(&format!("[{C},{whole}]"), &[C, &whole]);
    check(&format!("{{\n}}{{\"data\":[{C},\n{whole}],\"m\":\n{{}}}}{A}"), &["{\n}", C, &whole, A]);
}

#[test]
fn a_page_behind_one_that_breaks_off() {
    let page = |layout: usize, records: &[&str]| {
        let (before, between, behind, _) = LAYOUTS[layout];
        (before.to_owned(), records.join(between), between, behind)
    };
    for layout in PAGES..LAYOUTS.len() {
        let (before, records, between, behind) = page(layout, &[A, B]);
        let whole = format!("{before}{records}{behind}\n");
        for end in [between, ""] {
            let cut = format!("{before}{records}{end}\n");
            check(&format!("[]{cut}{whole}{whole}"), &[A, B, "cut_off: ", A, B, A, B]);
            let chain = texts(RecordsPath::Detect, &format!("[]{}", cut.repeat(100)));
            let (records, told): (Vec<_>, Vec<_>) =
                chain.into_iter().partition(|text| !text.contains(':') || text.starts_with('{'));
            assert_eq!((records.len(), told.len()), (200, 100), "{told:?}");
        }
        // Plain lines behind it.
        let dump = format!("[]{before}{records}{between}\n{C}\n{A}\n{B}\n");
        let found = texts(RecordsPath::Detect, &dump);
        let found: Vec<_> = found.iter().filter(|text| *text != "comma: ").collect();
        assert_eq!(found, [A, B, C, A, B, "cut_off: "], "{dump}");
        // A page that breaks off within a record.
        let dump = format!("[]{before}{records}{between}{{\"d\":{{\n{whole}{A}\n");
        check(&dump, &[A, B, "invalid_json: {\"d\":{", A, B, A]);
    }
}

#[test]
fn a_page_goes_on_behind_a_damaged_record() {
    let page = format!("{{\"data\":[\n{A},\n{{\"b\":\n{B},\n{C},{A}\n],\"x\":[{C}]}}\n");
    let records = [A, "invalid_json: {\"b\":", B, C, A, "second_list: [{\"c\":[3]}]"];
    check(&page.repeat(2), &[records, records].concat());
    let page = format!("{{\"data\":[\n{A},\n{{\"b\":1\n{{\"c\":2\n{C}\n]}}");
    check(&page, &[A, "invalid_json: {\"b\":1", "invalid_json: {\"c\":2", C]);
}

#[test]
fn cuts_are_read_in_linear_time() {
    // Each would take minutes if every cut were looked for from the start again.
    for piece in ["{\"data\":[{},\n", "[{\"a\":\n", "{\"data\":[\n{\"a\":[\n", "[\n{},\n{\"a\":[1,\n"] {
        let input = piece.repeat(1 << 16).into_bytes();
        let envelope = envelope(RecordsPath::Detect);
        let blocks = super::blocks(&envelope, &input, &Feed::default());
        assert!(!blocks.is_empty());
    }
}

/// Ways in which a download holds its events: what stands before, between and behind them, and how far they
/// are indented where they are laid out over lines.
const LAYOUTS: &[(&str, &str, &str, Option<&str>)] = &[
    ("[", ",", "]", None),
    ("[", ",\n", "]", None),
    ("[\n", ",\n", "\n]", None),
    ("[\n  ", ",\n  ", "\n]", None),
    ("[\n  ", ",\n  ", "\n]", Some("\n  ")),
    ("{\"data\":[", ",", "],\"m\":{\"n\":[1]}}", None),
    ("{\"m\":{},\"items\":[", ",\n", "]}", None),
    ("{\"data\":[\n", ",\n", "\n]}", None),
    ("{\n  \"data\": [\n    ", ",\n    ", "\n  ],\n  \"m\": {\n    \"n\": 1\n  }\n}", Some("\n    ")),
];

/// Number of the first layout that is a page.
const PAGES: usize = 5;

/// A download: its text, and where its events lie.
fn download(
    (before, between, behind, indent): (&str, &str, &str, Option<&str>),
    events: &[Value],
) -> (String, Vec<(usize, usize)>) {
    let mut text = before.to_owned();
    let mut places = Vec::new();
    for (number, event) in events.iter().enumerate() {
        if number > 0 {
            text += between;
        }
        let start = text.len();
        text += &indent.map_or_else(
            || event.to_string(),
            |indent| serde_json::to_string_pretty(event).unwrap().replace('\n', indent),
        );
        places.push((start, text.len()));
    }
    (text + behind, places)
}

fn places_of(found: &[Found]) -> Vec<(u64, &'static str)> {
    found.iter().map(|found| (found.offset, found.code)).collect()
}

fn event() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..100u32).prop_map(|id| json!({"id": id})),
        (0..100u32).prop_map(|id| json!({"id": id, "list": [1, {"x": []}], "name": "a, [b"})),
        ".{0,4}".prop_map(|text| json!({"id": {"text": text, "deep": [[{}], null]}})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Events before a cut and those of the downloads behind it are records.
    #[test]
    fn downloads_behind_one_that_was_cut_off_are_read(
        downloads in vec(
            (vec(event(), 1..5), any::<proptest::sample::Index>(), any::<bool>(), 0..LAYOUTS.len()),
            1..6,
        ),
        layout in 0..LAYOUTS.len(),
        limit in 20..200usize,
        reads in vec(vec(1..60usize, 1..4), 3),
    ) {
        // What begins with a whole line is read by lines.
        let mut dump = "[{}]\n".to_owned();
        let mut expected = Vec::new();
        for (events, cut, is_cut, other) in &downloads {
            // Pages of one dump are laid out alike.
            let number = if layout < PAGES { *other % PAGES } else { layout };
            let (mut text, places) = download(LAYOUTS[number], events);
            if *is_cut {
                let mut len = 1 + cut.index(text.len() - 1);
                while !text.is_char_boundary(len) {
                    len -= 1;
                }
                text.truncate(len);
                // What follows is the record of a page then, were there no line break between.
                if text.trim_end().ends_with("\"data\":") {
                    text.pop();
                }
            }
            let whole = places.into_iter().filter(|&(_, end)| end <= text.len());
            expected.extend(whole.map(|(start, end)| (dump.len() + start, dump.len() + end)));
            dump += &text;
            dump += "\n";
        }
        let envelope = envelope(RecordsPath::Detect);
        let found = frame(&envelope, dump.as_bytes(), &Feed::default());
        for limit in [limit, 1 << 20] {
            let options =
                FramerOptions { max_record_bytes: limit, block_bytes: 64, ..FramerOptions::default() };
            let mut fed = reads.iter().map(|reads| {
                let feed = Feed { options: options.clone(), reads: reads.clone(), ..Feed::default() };
                frame(&envelope, dump.as_bytes(), &feed)
            });
            let first = fed.next();
            prop_assert!(fed.all(|found| Some(found) == first), "reads show in\n{dump}");
            let is_limited = limit < 1 << 20;
            prop_assert!(is_limited || places_of(&first.unwrap_or_default()) == places_of(&found));
        }
        for (start, end) in expected {
            let is_there = found.iter().any(|found| {
                found.code.is_empty() && found.offset as usize == start && found.bytes.len() == end - start
            });
            prop_assert!(is_there, "{} is lost in\n{dump}\nwhich gave {found:#?}", &dump[start..end]);
        }
    }
}
