//! Records beyond the limit, damage and blanks next to each other. Where the reads end must not show: neither
//! in what is a record, nor in how much of it is handed out.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{COMMA, Envelope, Feed, Found, FramerOptions, RecordsPath, envelope, frame};

fn feed(limit: usize, reads: Vec<usize>) -> Feed {
    let options = FramerOptions { max_record_bytes: limit, block_bytes: 64, ..FramerOptions::default() };
    Feed { options, reads, ..Feed::default() }
}

/// What is found in one read, after it was checked that every cut into two reads, and small reads, show the
/// same, and that the records lie beside each other.
pub(super) fn check_cuts(envelope: &Arc<Envelope>, input: &[u8], limit: usize) -> Vec<Found> {
    let found = frame(envelope, input, &feed(limit, vec![usize::MAX]));
    let halves = (1..input.len()).map(|first| vec![first, usize::MAX]);
    let small = [vec![1], vec![2], vec![7], vec![13, 1], vec![1, 30], vec![50]];
    for reads in halves.chain(small) {
        let again = frame(envelope, input, &feed(limit, reads.clone()));
        assert_eq!(found, again, "{:?} in reads of {reads:?}", String::from_utf8_lossy(input));
    }
    for record in &found {
        let may_be_empty = ["cut_off", "page_with_fields", "invalid_json", COMMA].contains(&record.code);
        assert!(record.len > 0 || may_be_empty, "a record of no bytes: {record:?}");
        assert!(record.code == "record_too_large" || record.len <= limit as u64, "{record:?}");
    }
    found
}

/// Offset, length and code of each record.
fn places(path: RecordsPath, input: &str, limit: usize) -> Vec<(u64, u64, &'static str)> {
    let found = check_cuts(&envelope(path), input.as_bytes(), limit);
    found.into_iter().map(|f| (f.offset, f.len, f.code)).collect()
}

#[test]
fn blanks_behind_an_outgrown_record_are_no_damage() {
    let long = "x".repeat(60);
    for blanks in [0, 1, 20, 45, 55, 200].map(|n| " \n".repeat(n)) {
        let head = format!("{{\n\"data\":{{\"a\" \"{long}\"}}");
        let input = format!("{head}{blanks},oops}}\n{{}}");
        let (end, at) = (head.len() as u64, (head.len() + blanks.len()) as u64);
        let expected = [(9, end - 9, "record_too_large"), (at, 6, "invalid_json"), (at + 7, 2, "")];
        assert_eq!(places(RecordsPath::Detect, &input, 50), expected);
    }
}

#[test]
fn blanks_do_not_make_damage_too_large() {
    let blanks = " \n".repeat(100);
    let page = format!("{{\n\"data\":[{{}}]{blanks}oops}}\n{{}}");
    let at = 13 + blanks.len() as u64;
    let expected = [(10, 2, ""), (12, 1 + at - 13 + 5, "record_too_large"), (at + 6, 2, "")];
    assert_eq!(places(RecordsPath::Detect, &page, 50), expected);

    let page = format!("{{\n\"data\":{{}}{blanks}oops}}\n{{}}");
    let at = 11 + blanks.len() as u64;
    let expected = [(9, 2, ""), (at, 5, "invalid_json"), (at + 6, 2, "")];
    assert_eq!(places(RecordsPath::Detect, &page, 50), expected);
}

#[test]
fn an_end_that_is_missing_stands_behind_the_last_record() {
    for blanks in ["", "\n", &" \n".repeat(100)] {
        let array = format!("\n[{{}}{blanks}");
        assert_eq!(places(RecordsPath::Detect, &array, 20), [(2, 2, ""), (4, 0, "cut_off")]);
        let page = format!("{{\n\"data\":{{}}{blanks}\n{{\"b\":1}}");
        let next = (12 + blanks.len()) as u64;
        assert_eq!(
            places(RecordsPath::Detect, &page, 20),
            [(9, 2, ""), (11, 0, "invalid_json"), (next, 7, "")]
        );
    }
}

#[test]
fn a_number_behind_blanks_is_at_hand_in_a_page_that_was_left() {
    let head = "{\n}{\"data\":[{\"a\":1},{\"a\":1}\n{\"b\":1},}]{\"data\":[ \n{\"a\":1},               ";
    let number = "77777777777";
    let found = places(RecordsPath::Detect, &format!("{head}{number}]]"), number.len());
    let place = (head.len() as u64, number.len() as u64);
    assert!(found.iter().any(|(at, len, _)| (*at, *len) == place), "{found:?}");
}

#[test]
fn a_field_of_an_event_behind_a_long_one_is_seen() {
    let long = "x".repeat(100);
    let input = format!("{{\n\"data\":[{{}}],\"{long}\":\"{long}\",\"attributes\":7}}");
    let end = input.len() as u64;
    assert_eq!(places(RecordsPath::Detect, &input, 11), [(10, 2, ""), (end, 0, "page_with_fields")]);
    // A key beyond the limit is not read at all.
    assert_eq!(places(RecordsPath::Detect, &input, 10), [(10, 2, "")]);
}

fn text(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    vec(proptest::sample::select(pieces), 1..4).prop_map(|pieces| pieces.concat())
}

fn blanks() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        1 => Just("\n".to_owned()),
        2 => (0..30usize).prop_map(|n| " ".repeat(n)),
        2 => (0..30usize).prop_map(|n| " \n".repeat(n)),
    ]
}

/// A value that may be long, and may be damaged.
fn element() -> impl Strategy<Value = String> {
    const DAMAGE: &[&str] =
        &["", ":", "1 2", "}", "]", ",", "[{\"a\" ", "\"", "what", "\n{\"b\":1},", "\n{}\n{}\n"];
    let body = prop_oneof![
        3 => Just("{\"a\":1}".to_owned()),
        3 => (0..50usize).prop_map(|n| format!("{{\"a\":\"{}\"}}", "x".repeat(n))),
        1 => (0..30usize).prop_map(|n| "7".repeat(n)),
        1 => (0..30usize).prop_map(|n| format!("\"{}\"", "y".repeat(n))),
        2 => (0..40usize).prop_map(|n| format!("{{\"a\"{}1", " ".repeat(n))),
        2 => (0..40usize).prop_map(|n| format!("{{\"a\" \"{}\"}}", "x".repeat(n))),
        1 => Just("[[1],{}]".to_owned()),
    ];
    (blanks(), body, blanks(), prop_oneof![3 => Just(String::new()), 1 => text(DAMAGE)], blanks())
        .prop_map(|(before, body, between, damage, after)| [before, body, between, damage, after].concat())
}

/// What stands behind the records of a page.
fn remainder() -> impl Strategy<Value = String> {
    let member = prop_oneof![
        Just(",\"id\":1".to_owned()),
        Just(",\"data\":[]".to_owned()),
        Just(",\"meta\":{\"next\":[]}".to_owned()),
        (0..40usize).prop_map(|n| format!(
            ",\"more\":[{}{{\"a\":\"{}\"}}]",
            " ".repeat(n),
            "x".repeat(40 - n)
        )),
        Just(",\"more\":[7]".to_owned()),
        (0..50usize).prop_map(|n| format!(",\"{}\":\"{}\"", "k".repeat(n), "v".repeat(n / 2))),
        blanks(),
        text(&["}", "]", ",", "what", "\"", "\n{\"b\":1}\n", ":"]),
    ];
    vec(member, 0..4).prop_map(|members| members.concat())
}

fn elements() -> impl Strategy<Value = String> {
    vec(element(), 0..4).prop_map(|elements| elements.join(","))
}

fn document() -> impl Strategy<Value = String> {
    const OPENERS: &[&str] = &[
        "{\"data\":[",
        "{\"meta\":{},\"items\":[",
        "{\"more\":[{\"b\":1}],\"items\":[",
        "{\"more\":[{\"b\":1},2], \"links\":[{}] ,\"data\":",
        "{\"data\":{\"record\":",
        "{\"data\":",
        "{\"record\":",
        "[",
        "[{\"data\":[",
        "[{\"data\":",
        "{\n\"data\":",
        "",
    ];
    const CLOSERS: &[&str] = &["]", "}", "]}", "}}", "]}]", "\n", ""];
    (proptest::sample::select(OPENERS), elements(), text(CLOSERS), blanks(), remainder(), text(CLOSERS))
        .prop_map(|(open, elements, close, gap, rest, end)| {
            [open, &elements, &close, &gap, &rest, &end].concat()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn reads_do_not_show_beyond_the_limit(
        // What the first line holds decides whether a line may be one record whatever it holds.
        start in proptest::sample::select(&["{\n}", "{\n}\n", "[", "{}\n", ""][..]),
        documents in vec(document(), 1..4),
        limit in 3..60usize,
    ) {
        let input = start.to_owned() + &documents.concat();
        check_cuts(&envelope(RecordsPath::Detect), input.as_bytes(), limit);
    }

    /// A limit moves no record of an array: it only tells which are too large.
    #[test]
    fn a_limit_moves_nothing(elements in elements(), end in text(&["]", "\n", ""]), limit in 3..60usize) {
        let input = format!("[{elements}{end}");
        let envelope = envelope(RecordsPath::Off);
        let limited = check_cuts(&envelope, input.as_bytes(), limit);
        let free = frame(&envelope, input.as_bytes(), &Feed::default());
        prop_assert_eq!(limited.len(), free.len(), "{:?}", &input);
        for (record, free) in limited.iter().zip(&free) {
            prop_assert_eq!((record.offset, record.len), (free.offset, free.len), "{:?}", &input);
            let is_blank = |b: &&u8| b" \r\n\t".contains(b);
            let behind = &input.as_bytes()[(record.offset + record.len) as usize..];
            let reach = record.len as usize + behind.iter().take_while(is_blank).count();
            if record.code != free.code {
                prop_assert_eq!(record.code, "record_too_large");
                prop_assert!(record.len > 0 && reach > limit, "{:?} in {:?}", record, &input);
            }
        }
    }
}
