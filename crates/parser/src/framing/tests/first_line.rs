//! Dumps of lines whose first one is broken in a way that looks like the start of something longer.

use proptest::collection::vec;
use proptest::prelude::*;

use super::outgrown::check_cuts;
use super::{RecordsPath, envelope, texts};

fn lines(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{{\"a\":{{\"b\":[{n}]}}}}")).collect()
}

/// First lines, and what becomes of them.
fn first_lines() -> Vec<(String, Vec<String>)> {
    const CUT: &str = "cut_off: ";
    let broken = |line: &str| vec![format!("invalid_json: {line}")];
    let deep = "[".repeat(200);
    let nested = "{\"a\":".repeat(200);
    vec![
        (deep, vec![CUT.into()]),
        (nested.clone(), broken(&nested)),
        ("{\"a\":[1,2,".into(), broken("{\"a\":[1,2,")),
        ("{\"a\":[".into(), broken("{\"a\":[")),
        ("{\"a\":{\"b\":\"x\"},\"c\":".into(), broken("{\"a\":{\"b\":\"x\"},\"c\":")),
        ("{\"a\":1".into(), broken("{\"a\":1")),
        ("{\"a\":1,".into(), broken("{\"a\":1,")),
        ("{\"meta\":{".into(), broken("{\"meta\":{")),
        ("{\"data\":[{\"a\":[".into(), broken("{\"a\":[")),
        ("},".into(), vec!["},".into()]),
        ("{\"a\":1},".into(), vec!["{\"a\":1}".into()]),
        ("[".into(), vec![CUT.into()]),
        ("[7,".into(), vec!["7".into(), CUT.into()]),
        ("[{\"x\":1},".into(), vec!["{\"x\":1}".into(), CUT.into()]),
        ("[{\"x\":1}".into(), vec!["{\"x\":1}".into(), CUT.into()]),
        ("{\"data\":[{\"x\":1},".into(), vec!["{\"x\":1}".into(), CUT.into()]),
        ("{\"data\":[{\"x\":1}".into(), vec!["{\"x\":1}".into(), CUT.into()]),
        ("{\"data\":[".into(), vec![CUT.into()]),
    ]
}

#[test]
fn good_lines_behind_it_are_records() {
    for (first, mut expected) in first_lines() {
        for end in ["", "\n", "\n\n"] {
            let lines = lines(6);
            let dump = format!("{first}\n{}{end}", lines.join("\n"));
            let mut found = texts(RecordsPath::Detect, &dump);
            // A list that is not closed is told behind its last record, and each comma that it lacks.
            found.retain(|record| record != "comma: ");
            found.sort();
            expected.retain(|record| !lines.contains(record));
            expected.extend(lines);
            expected.sort();
            assert_eq!(found, expected, "{first:?}");
        }
    }
}

#[test]
fn arrays_with_a_comma_missing_stay_arrays() {
    let array = "[\n{\"a\":1}\n{\"a\":2},\n{\"a\":3}\n]";
    let records = ["{\"a\":1}", "comma: ", "{\"a\":2}", "{\"a\":3}"];
    assert_eq!(texts(RecordsPath::Detect, array), records);
    let records = ["{\"a\":1}", "comma: ", "{\"a\":2}", "comma: ", "{\"a\":3}"];
    let pretty = "[\n  {\"a\":1}\n  {\"a\":2}\n  {\"a\":3}\n]";
    assert_eq!(texts(RecordsPath::Detect, pretty), records);
    let flat = "[\n{\"a\":[\n{}\n{}\n]},\n{\"b\":1}\n]";
    let records = ["invalid_json: {\"a\":[\n{}\n{}\n]}", "{\"b\":1}"];
    assert_eq!(texts(RecordsPath::Detect, flat), records);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn neither_reads_nor_a_limit_show(
        firsts in vec(proptest::sample::select(first_lines()), 1..3),
        lens in vec(0..60usize, 1..6),
        gap in proptest::sample::select(&["", " ", "\n", " \n\n"][..]),
        limit in prop_oneof![3..80usize, Just(1 << 20)],
    ) {
        let mut dump = String::new();
        for (first, _) in firsts {
            dump.push_str(&first[..first.len().min(100)]);
            dump.extend(lens.iter().map(|&len| format!("\n{gap}{{\"a\":\"{}\"}}{gap}", "x".repeat(len))));
            dump.push('\n');
        }
        check_cuts(&envelope(RecordsPath::Detect), dump.as_bytes(), limit);
    }
}

#[test]
fn blanks_behind_a_broken_line_are_looked_at_once_however_they_are_read() {
    // Three times as many reads of blanks as would take minutes if each began from the start.
    let blanks = " \n".repeat(1 << 20);
    let input = format!("  {{\"a\":{{\n  {{\"b\":1}}{blanks}\n  {{\"b\":2}}\n").into_bytes();
    let envelope = envelope(RecordsPath::Detect);
    let whole = super::blocks(&envelope, &input, &super::Feed::default());
    let small = super::Feed { reads: vec![16], ..super::Feed::default() };
    let texts =
        |blocks: Vec<crate::Block>| -> Vec<u8> { blocks.into_iter().flat_map(|block| block.data).collect() };
    assert_eq!(texts(super::blocks(&envelope, &input, &small)), texts(whole));
}
