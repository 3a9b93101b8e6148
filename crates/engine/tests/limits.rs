//! Each named limit is exceeded by a little, and costs what it is documented to cost: one record, or the rest
//! of one input, with a reason. What is at the limit passes.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use sawlog_engine::schema::{ColumnNames, Plan, load};
use sawlog_engine::{
    ConvertOptions, PartitionBy, Progress, Quarantined, RecordsPath, Report, Stream, convert, limits,
    read_quarantine,
};
use tempfile::TempDir;

/// As documented; the code has them in its own places.
const MAX_RECORD_BYTES: usize = 64 << 20;
const MAX_DEPTH: usize = 128;
const MAX_KEYS: usize = 100_000;
const MAX_UNKNOWN_PATHS: usize = 10_000;
const MAX_TOKENS: usize = 2 << 20;

const SCHEMA: &str = "\
schema: Test.Limits
fields:
  - {name: id, type: string}
  - {name: text, type: string}
  - {name: any, type: json}
";

struct Outcome {
    report: Report,
    folder: TempDir,
}

/// Converts one input that holds `bytes`.
fn converted(bytes: &[u8]) -> Outcome {
    converted_as(SCHEMA, bytes)
}

/// The same as events of another definition.
fn converted_as(schema: &str, bytes: &[u8]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("dump");
    fs::write(&input, bytes).unwrap();
    let options = ConvertOptions {
        inputs: vec![input.to_string_lossy().into_owned()],
        plans: vec![Arc::new(Plan::new(load(schema, "schema.yml").log_type.unwrap()))],
        out: folder.path().join("lake"),
        threads: 2,
        partition: PartitionBy::None,
        column_names: ColumnNames::Original,
        stream: Stream::Auto,
        records_path: RecordsPath::Detect,
        keep_missing: false,
        max_quarantined: 1.0,
        parse_time: Some(0),
        source_id: None,
        source_label: None,
        force: false,
    };
    let (report, ended) = convert(&options, &Progress::default());
    ended.unwrap();
    assert_eq!(report.records, report.rows + report.quarantined + report.skipped);
    Outcome { report, folder }
}

impl Outcome {
    /// The rejects, which must be as many as `codes`.
    fn rejects(&self, codes: &[&str]) -> Vec<Quarantined> {
        let rejects: Vec<_> =
            read_quarantine(&self.folder.path().join("lake")).unwrap().map(Result::unwrap).collect();
        assert_eq!(rejects.iter().map(|r| r.code.as_str()).collect::<Vec<_>>(), codes);
        rejects
    }
}

/// A record of `len` bytes.
fn record(len: usize) -> String {
    let (head, tail) = ("{\"id\":\"long\",\"text\":\"", "\"}");
    format!("{head}{}{tail}", "x".repeat(len - head.len() - tail.len()))
}

#[test]
fn a_record_beyond_64_mib_is_told_by_place_and_length() {
    for (before, joint, after) in [("", "\n", "\n"), ("[", ",", "]"), ("{\"data\":[", ",", "],\"meta\":1}")] {
        let records = [record(100), record(MAX_RECORD_BYTES + 1), record(MAX_RECORD_BYTES), record(99)];
        let text = format!("{before}{}{after}", records.join(joint));
        let outcome = converted(text.as_bytes());
        assert_eq!((outcome.report.records, outcome.report.rows), (4, 3), "{before}");
        let reject = &outcome.rejects(&["record_too_large"])[0];
        assert_eq!((reject.raw_len as usize, reject.raw_truncated), (MAX_RECORD_BYTES + 1, true));
        assert_eq!(reject.byte_offset as usize, before.len() + 100 + joint.len());
        assert_eq!((reject.record, reject.raw.len()), (2, 0));
        assert!(reject.message.contains("longer than 64 MiB"), "{}", reject.message);
    }
}

#[test]
fn nesting_beyond_128_levels_is_rejected() {
    // The record is a level itself.
    let nested = |levels: usize| {
        format!("{{\"id\":\"n\",\"any\":{}{}}}\n", "[".repeat(levels - 1), "]".repeat(levels - 1))
    };
    let text = [nested(MAX_DEPTH), nested(MAX_DEPTH + 1), nested(100_000), nested(2)].concat();
    let outcome = converted(text.as_bytes());
    assert_eq!(outcome.report.rows, 2);
    for reject in outcome.rejects(&["too_deep", "too_deep"]) {
        assert!(reject.message.contains("128"), "{}", reject.message);
    }
}

#[test]
fn an_object_beyond_100_000_keys_is_rejected() {
    let object = |keys: usize| {
        let mut text = "{\"id\":\"k\"".to_owned();
        (1..keys).for_each(|n| write!(text, ",\"k{}\":1", n % 5000).unwrap());
        text + "}\n"
    };
    let within = |keys| format!("{{\"any\":{}}}\n", object(keys).trim_end());
    let text = [object(MAX_KEYS), object(MAX_KEYS + 1), within(MAX_KEYS), within(MAX_KEYS + 1)].concat();
    let outcome = converted(text.as_bytes());
    assert_eq!(outcome.report.rows, 2);
    for reject in outcome.rejects(&["too_many_keys", "too_many_keys"]) {
        assert!(reject.message.contains("100000"), "{}", reject.message);
    }
}

#[test]
fn a_record_beyond_two_million_values_is_rejected() {
    // The object, the key and the array count too.
    let values = |count: usize| format!("{{\"any\":[0{}]}}\n", ",0".repeat(count - 4));
    let outcome = converted((values(MAX_TOKENS) + &values(MAX_TOKENS + 1)).as_bytes());
    assert_eq!(outcome.report.rows, 1);
    let [reject] = &outcome.rejects(&["too_many_values"])[..] else { panic!("one reject") };
    assert!((reject.record, reject.message.contains("2097152")) == (2, true), "{}", reject.message);
}

#[test]
fn a_list_beyond_sixteen_million_places_is_rejected() {
    // Twenty fields and the element itself.
    let fields: Vec<_> = (0..20).map(|n| format!("{{name: f{n}, type: string}}")).collect();
    let list = format!(
        "  - {{name: list, type: array, element: {{type: object, fields: [{}]}}}}\n",
        fields.join(", ")
    );
    let most = (16 << 20) / 21;
    let record = |elements: usize| format!("{{\"list\":[{}{{\"f0\":\"x\"}}]}}\n", "{},".repeat(elements - 1));
    let text = record(most) + &record(most + 1) + "{\"list\":[{}]}\n";
    let outcome = converted_as(&(SCHEMA.to_owned() + &list), text.as_bytes());
    assert_eq!(outcome.report.rows, 2);
    let [reject] = &outcome.rejects(&["too_many_values"])[..] else { panic!("one reject") };
    assert!(reject.record == 2 && reject.message.contains("places with `list`"), "{}", reject.message);
}

#[test]
fn unknown_paths_beyond_10_000_are_counted_together() {
    let mut text = String::new();
    for record in 0..12 {
        let fields: Vec<_> = (0..1000).map(|n| format!("\"f{}\":0", record * 1000 + n)).collect();
        writeln!(text, "{{\"id\":\"u\",{}}}", fields.join(",")).unwrap();
        // A path that is known by then is still counted under its name.
        writeln!(text, "{{\"id\":\"v\",\"f7\":0,\"late{record}\":0}}").unwrap();
    }
    let outcome = converted(text.as_bytes());
    let unknown = &outcome.report.unknown_fields;
    assert_eq!(outcome.report.rows, 24);
    assert_eq!(unknown.len(), MAX_UNKNOWN_PATHS + 1);
    assert_eq!(unknown["f7"], 13);
    assert_eq!(unknown.values().sum::<u64>(), 12 * 1000 + 12 * 2);
    let named: u64 = unknown.iter().filter(|(path, _)| *path != "…").map(|(_, count)| count).sum();
    assert_eq!(unknown["…"] + named, 12 * 1002);
    assert!(unknown["…"] > 2000, "{}", unknown["…"]);
}

#[test]
fn a_long_undeclared_name_is_counted_by_its_beginning() {
    let name = "é".repeat(1 << 20);
    let outcome = converted(format!("{{\"id\":\"1\",\"x{name}\":0}}\n").as_bytes());
    let counted: Vec<&str> = outcome.report.unknown_fields.keys().map(String::as_str).collect();
    assert_eq!((outcome.report.rows, counted), (1, vec![format!("x{}", "é".repeat(511)).as_str()]));
}

#[test]
fn what_expands_beyond_belief_is_read_only_in_part() {
    let events = "{\"id\":\"before\"}\n".repeat(10);
    let blank = " ".repeat((1 << 20) - 1) + "\n";
    let free = (limits::RATIO_FREE_BYTES >> 20) as usize;
    let dump = |blanks: usize| format!("{events}{}{{\"id\":\"after\"}}\n", blank.repeat(blanks));
    let zstd = |text: String| zstd::encode_all(text.as_bytes(), 1).unwrap();

    let modest = converted(&zstd(dump(free - 1)));
    assert_eq!((modest.report.rows, modest.report.quarantined), (11, 0), "small inputs may expand at will");

    let bomb = zstd(dump(4 * free));
    assert!((4 * free) << 20 > bomb.len() * limits::MAX_RATIO as usize, "no bomb: {}", bomb.len());
    let outcome = converted(&bomb);
    assert_eq!(outcome.report.rows, 10);
    assert_eq!(outcome.report.input_bytes, bomb.len() as u64, "the digest covers all of it");
    let reject = &outcome.rejects(&["damaged_input"])[0];
    assert!(reject.message.contains("1000 times"), "{}", reject.message);
}
