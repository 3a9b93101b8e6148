//! What is made of a record has a limit of its own, which depends on the record and the
//! envelope it comes in.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;
use sawlog_columns::{Columns, Run, Source, print_row};
use sawlog_parser::limits::{
    DERIVED_BYTES, MADE_FREE, MADE_GROWTH, MAX_MADE_BYTES, MAX_RECORD_BYTES, made_bytes, made_share,
};
use sawlog_parser::{Batch, Block, Envelope, Parser, Reader, Records, RecordsPath, Stream};
use sawlog_schema::{Plan, load};

fn plan(yaml: &str) -> Arc<Plan> {
    Arc::new(Plan::new(load(yaml, "test.yml").log_type.unwrap()))
}

fn block(lines: &str) -> Block {
    let records = Records::Lines;
    Block::new(lines.as_bytes().to_vec(), records)
}

fn batch(plan: &Plan) -> Batch {
    Batch::new(0, vec![Columns::new(plan, true)])
}

/// What lines become, read once more when all has been learned.
fn parsed(plan: &Arc<Plan>, lines: &str, reader: Reader, stream: Stream) -> Batch {
    let plans = std::slice::from_ref(plan);
    let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect).of_stream(stream));
    let mut parser = Parser::new(plans, envelope, true).read_by(reader);
    let block = block(lines);
    parser.parse(&block, &mut batch(plan));
    let mut second = batch(plan);
    parser.parse(&block, &mut second);
    second
}

fn shown(plan: &Plan, batch: &Batch) -> String {
    let run = Run { sources: vec![Source { path: "x".to_owned(), identity: 7 }], ..Run::default() };
    let mut text = Vec::new();
    for row in 0..batch.columns[0].rows().len() {
        print_row(plan, &run, &batch.columns[0], row, &mut text);
        text.push(b'\n');
    }
    let mut shown = String::from_utf8(text).unwrap();
    write!(shown, "{:?} {:#?} {:?}", batch.columns[0].rows(), batch.rejects, batch.notes).unwrap();
    shown
}

/// What every way of reading makes of lines.
fn same(plan: &Arc<Plan>, lines: &str) -> Batch {
    let readers = [Reader::Shapes, Reader::Tokens, Reader::Tape, Reader::Reference];
    let [batch, others @ ..] = readers.map(|reader| parsed(plan, lines, reader, Stream::Auto));
    for other in &others {
        assert_eq!(shown(plan, &batch), shown(plan, other), "{lines}");
    }
    batch
}

/// Whether the record becomes a row, however often it comes.
fn is_row(plan: &Arc<Plan>, record: &str) -> bool {
    let batch = same(plan, &format!("{record}\n").repeat(4));
    assert!(batch.rejects.iter().all(|reject| reject.code.as_str() == "record_too_large"), "{record}");
    assert!(matches!(batch.rows(), 0 | 4), "{record}");
    batch.rows() == 4
}

/// Fields that are copies of the field `a`.
fn copies_of_a(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{{name: c{n}, type: string, copy: {{from: a}}}}")).collect()
}

/// A log type whose masks, copies, joins and cuts are as long as told.
fn maker(mask: usize, copies: usize) -> String {
    let mut yaml = format!(
        "schema: Custom.Made\nfields:\n  - {{name: a, type: string, mask: {{type: redact, to: {}}}}}\n  \
         - {{name: s, type: string}}\n  - {{name: l, type: array, element: {{type: string, \
         mask: {{type: redact, to: {}}}}}}}\n  \
         - {{name: d, type: object, fields: [{{name: n, type: int}}]}}\n  \
         - {{name: e, type: array, element: {{type: object, fields: [{{name: a, type: string}}, \
         {{name: b, type: int}}, {}]}}}}\n  \
         - {{name: v, type: string, validate: {{deny: [no]}}, mask: {{type: obfuscate, salt: x}}}}\n",
        "m".repeat(mask),
        "m".repeat(mask / 2),
        copies_of_a(copies * 4).join(", ")
    );
    for n in 0..copies {
        let how = match n % 4 {
            0 => "copy: {from: s}".to_owned(),
            1 => "concat: {paths: [s, s, a], separator: ', '}".to_owned(),
            2 => "split: {from: s, separator: x, index: 1}".to_owned(),
            _ => format!("copy: {{from: s}}, mask: {{type: redact, to: {}}}", "k".repeat(mask / 3)),
        };
        let _ = writeln!(yaml, "  - {{name: c{n}, type: string, {how}}}");
    }
    yaml
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_way_of_reading_has_the_same_limit(
        // A third of the mask is a text still: an empty one is none.
        (mask, copies) in (3_usize..5000, 0_usize..12),
        records in prop::collection::vec(
            (0_usize..700, 0_usize..5, 0_usize..40, prop::sample::select(&["no", "\\u0041", "b"][..]),
                prop::collection::vec(prop::sample::select(&["null", "\"\"", "\"xyz\""][..]), 0..60)), 1..6),
    ) {
        let plan = plan(&maker(mask, copies));
        let line = |(text, list, more, rule, sources): (usize, usize, usize, &str, Vec<&str>)| {
            let list = vec![r#""e""#; list].join(",");
            let more: Vec<String> = (0..more).map(|n| format!(r#""m{n}":[]"#)).collect();
            let (s, more) = ("xé".repeat(text), more.join(","));
            let sources: Vec<String> = sources.iter().map(|a| format!(r#"{{"a":{a},"b":1}}"#)).collect();
            let (sources, more) = (sources.join(","), format!("\"d\":{{{more}}}"));
            format!("{{\"a\":\"\",\"s\":\"{s}\",\"l\":[{list}],\"v\":\"{rule}\",{more},\"e\":[{sources}]}}\n")
        };
        // Short ones are accepted, and teach how to follow the others.
        let plain = [
            (0, 0, 0, "b", vec!["\"\"", "null"]),
            (0, 2, 0, "b", vec!["null", "null"]),
            (0, 0, 3, "b", vec![]),
        ];
        let plain = plain.map(line).concat();
        let lines = plain + &records.into_iter().map(line).collect::<String>();
        same(&plan, &lines);
    }
}

/// The longest text that a record may be given, found by what it is documented to be.
#[test]
fn the_limit_is_what_it_says() {
    let mask = |len: usize| {
        plan(&format!(
            "{{schema: Custom.Made, fields: [{{name: a, type: string, mask: {{type: redact, to: {}}}}}]}}",
            "m".repeat(len)
        ))
    };
    let record = r#"{"a":""}"#;
    let limit = MADE_GROWTH * record.len() + MADE_FREE;
    assert_eq!(made_bytes(record.len()), limit);
    assert!(is_row(&mask(limit), record) && !is_row(&mask(limit + 1), record));
    // A derived value counts for more than its text.
    let copies =
        |count: usize| plan(&format!("{{schema: Custom.Made, fields: [{}]}}", copies_of_a(count).join(", ")));
    let record = format!(r#"{{"a":"{}"}}"#, "x".repeat(80));
    let extra = r#"{"/a":""#.len() + 80 + 1;
    let most = (made_bytes(record.len()) - extra) / (DERIVED_BYTES + 80);
    assert!(is_row(&copies(most), &record) && !is_row(&copies(most + 1), &record));
}

/// What has taught a shape is not what follows it.
#[test]
fn a_shape_that_is_known_has_the_limit_of_each_record() {
    let plan = plan(&maker(60, 3));
    let line = |list: usize| format!("{{\"a\":\"\",\"s\":\"\",\"l\":[{}]}}\n", vec![r#""""#; list].join(","));
    let batch = same(&plan, &[line(2), line(3), line(2), line(3)].concat());
    assert_eq!(batch.rows(), 4);
    let yaml = maker(400, 3);
    let plan = self::plan(&yaml);
    // 200 bytes for each element, which has three, of which each gives 32.
    let batch = same(&plan, &[line(2), line(3), line(60), line(4), line(5)].concat());
    assert_eq!((batch.rows(), batch.rejects.len(), batch.rejects[0].record), (4, 1, 3));
}

/// Whether the record has been learned or not.
#[test]
fn copies_of_null_count_nothing() {
    let plan = plan(&format!(
        "{{schema: Custom.Made, fields: [{{name: l, type: array, element: {{type: object, fields: [\
         {{name: a, type: string}}, {{name: b, type: int}}, {}]}}}}]}}",
        copies_of_a(58).join(", ")
    ));
    let line = |count: usize| format!("{{\"l\":[{}]}}\n", vec![r#"{"a":null,"b":1}"#; count].join(","));
    // What each would count for would be too much.
    assert!(100 * 58 * DERIVED_BYTES > made_bytes(line(100).len()));
    for lines in [line(100), line(3).repeat(20) + &line(100), line(100) + &line(3).repeat(20) + &line(100)] {
        assert_eq!(same(&plan, &lines).rejects.len(), 0);
        let mut batch = batch(&plan);
        let plans = std::slice::from_ref(&plan);
        let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
        Parser::new(plans, envelope, true).parse(&block(&lines), &mut batch);
        assert_eq!((batch.rows() as usize, batch.rejects.len()), (lines.lines().count(), 0));
    }
}

#[test]
fn copies_and_undeclared_members_of_a_known_shape_count_too() {
    // Objects with more members that are made are not followed.
    let copy = |n: usize| format!(", {{name: c{n}, type: string, copy: {{from: s}}}}");
    let copies: String = (0..60).map(copy).collect();
    let plan = plan(&format!("{{schema: Custom.Made, fields: [{{name: s, type: string}}{copies}]}}"));
    let line = |text: usize| format!("{{\"s\":\"{}\"}}\n", "x".repeat(text));
    let batch = same(&plan, &[line(1), line(2), line(1000), line(3)].concat());
    assert_eq!((batch.rows(), batch.rejects.len(), batch.rejects[0].record), (3, 1, 3));
    let (plan, line) = pointed();
    let batch = same(&plan, &[line(2), line(3), line(200), line(4)].concat());
    assert_eq!((batch.rows(), batch.rejects.len(), batch.rejects[0].record), (3, 1, 3));
}

/// A log type, and a record of it with so many undeclared members below a long path.
fn pointed() -> (Arc<Plan>, impl Fn(usize) -> String) {
    let name = "n".repeat(400);
    let plan = plan(&format!(
        "{{schema: Custom.Made, fields: [{{name: {name}, type: array, element: {{type: object, \
         fields: [{{name: x, type: int}}]}}}}]}}"
    ));
    (plan, move |count| format!("{{\"{name}\":[{}]}}\n", vec![r#"{"y":0}"#; count].join(",")))
}

/// Thousands of lines of a few bytes would together overflow what places of texts are noted in.
#[test]
fn a_mask_of_64_kib_cannot_multiply_a_block() {
    let yaml = "schema: Custom.Made\nfields:\n  - {name: b, type: int}\n  - {name: a, type: string, \
                mask: {type: redact, to: MASK}}\n";
    let plan = plan(&yaml.replace("MASK", &"m".repeat(65_536)));
    let batch =
        parsed(&plan, "{\"a\":\"\"}\n{\"b\":1}\n{\"a\":\"\",\"b\":1}\n", Reader::Shapes, Stream::Auto);
    assert_eq!((batch.rows(), batch.rejects.len()), (1, 2));
    let reject = &batch.rejects[0];
    assert_eq!((reject.code.as_str(), &*reject.json_path), ("record_too_large", "$.a"));
    let message = "what is made of the record comes to more than 4352 bytes with `a`, whose mask is long: \
                   let it write a shorter text; the limit is 32 times the record and 4 KiB, up to 256 MiB, \
                   which log events share by their lengths";
    assert_eq!((&*reject.message, reject.schema_line), (message, Some(4)));
    assert_eq!(reject.raw, br#"{"a":""}"#);
}

/// One long record has a limit too, and what it makes up to there is kept.
#[test]
fn a_long_record_may_make_256_mib() {
    let copy = |n: usize| format!("  - {{name: c{n}, type: json, copy: {{from: l}}}}\n");
    let copies = |count: usize| {
        let copies: String = (0..count).map(copy).collect();
        plan(&format!("schema: Custom.Made\nfields:\n  - {{name: l, type: json}}\n{copies}"))
    };
    let record = format!("{{\"l\":\"{}\"}}", "x".repeat((16 << 20) - 2 - DERIVED_BYTES));
    let most = MAX_MADE_BYTES / (16 << 20);
    assert_eq!(made_bytes(record.len()), MAX_MADE_BYTES);
    let rows = |count: usize| {
        let plan = copies(count);
        let plans = std::slice::from_ref(&plan);
        let mut batch = batch(&plan);
        let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
        Parser::new(plans, envelope, false).parse(&block(&record), &mut batch);
        batch.rows()
    };
    assert_eq!((rows(most), rows(most + 1)), (1, 0));
}

#[test]
fn undeclared_members_count_with_their_paths() {
    let (plan, record) = pointed();
    assert!(is_row(&plan, record(20).trim()));
    assert!(!is_row(&plan, record(200).trim()));
}

/// What becomes of an envelope with these messages, which stand in it as text without escapes.
fn of_envelope(plan: &Arc<Plan>, messages: &[String]) -> Batch {
    let event = |message: &String| format!(r#"{{"message":"{}"}}"#, message.replace('"', "\\\""));
    let events: Vec<String> = messages.iter().map(event).collect();
    let events = events.join(",");
    let envelope = format!(r#"{{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[{events}]}}"#);
    let plans = std::slice::from_ref(plan);
    let envelope_type = Envelope::new(plans, RecordsPath::Detect).of_stream(Stream::CloudwatchLogs);
    let mut batch = batch(plan);
    Parser::new(plans, Arc::new(envelope_type), false).parse(&block(&envelope), &mut batch);
    assert_eq!(batch.records as usize, messages.len());
    batch
}

#[test]
fn records_of_an_envelope_share_its_limit() {
    let mask = "m".repeat(4000);
    let plan = plan(&format!(
        "{{schema: Custom.Made, fields: [{{name: a, type: string, mask: {{type: redact, to: {mask}}}}}]}}"
    ));
    let rejects = |count: usize| of_envelope(&plan, &vec![r#"{"a":1}"#.to_owned(); count]).rejects.len();
    let most = MAX_MADE_BYTES / mask.len();
    assert_eq!((rejects(10), rejects(most + 1)), (0, most + 1));
}

/// However many others there are.
#[test]
fn long_messages_have_long_shares() {
    let plan = plan("{schema: Custom.Made, fields: [{name: m, type: string}]}");
    let mut messages = vec![r#"{"m":"x"}"#.to_owned(); 9_999];
    messages.push(format!(r#"{{"m":"x","u":"{}"}}"#, "y".repeat(40_000)));
    assert_eq!(of_envelope(&plan, &messages).rejects.len(), 0);
    messages.resize(60_000, r#"{"m":"x","u":1}"#.to_owned());
    assert_eq!(of_envelope(&plan, &messages).rejects.len(), 0);
}

proptest! {
    #[test]
    fn shares_come_to_no_more_than_the_whole(
        events in prop::collection::vec(0_usize..MAX_RECORD_BYTES / 20, 1..20),
        rest in 1_usize..MAX_RECORD_BYTES / 20,
    ) {
        let envelope = events.iter().sum::<usize>() + rest;
        let shares = || events.iter().map(|event| made_share(*event, envelope));
        prop_assert!(shares().sum::<usize>() <= MAX_MADE_BYTES);
        prop_assert!(shares().zip(&events).all(|(share, event)| share >= 4 * event));
    }
}

#[test]
fn what_parsers_of_text_make_counts() {
    let yaml = |parts: usize| {
        format!(
            "schema: Custom.Made\nparser:\n  fastmatch:\n    match: ['%{{a}}']\n    \
             expandFields: {{b: '{}'}}\nfields:\n  - {{name: a, type: string}}\n  \
             - {{name: b, type: string}}\n",
            "%{a}".repeat(parts)
        )
    };
    let line = "x".repeat(1000);
    // The line comes to 36,096 bytes at most.
    for (parts, is_row) in [(36, true), (37, false)] {
        let plan = plan(&yaml(parts));
        let batch = parsed(&plan, &format!("{line}\n"), Reader::Shapes, Stream::Auto);
        assert_eq!(batch.rows() == 1, is_row, "{:?}", batch.rejects);
    }
    let script = |len: usize| {
        format!(
            "schema: Custom.Made\nparser:\n  script:\n    function: |\n      def parse(log):\n        \
             return {{'a': 'x' * {len}}}\nfields:\n  - {{name: a, type: string}}\n"
        )
    };
    for (len, code) in [(4096 + 32 * 3 - 8, None), (4096 + 32 * 3 - 7, Some("record_too_large"))] {
        let batch = parsed(&plan(&script(len)), "abc\n", Reader::Shapes, Stream::Auto);
        assert_eq!(batch.rejects.first().map(|reject| reject.code.as_str()), code, "{:?}", batch.rejects);
    }
}
