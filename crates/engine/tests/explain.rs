//! Every example of a rejected record, and of a note, is run: it must lead to what it is an example of.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use std::fs;
use std::sync::Arc;

use sawlog_engine::schema::{ColumnNames, Plan, load};
use sawlog_engine::{
    ConvertOptions, PartitionBy, Progress, RecordsPath, Report, Stream, Topic, TopicKind, convert, topics,
};

/// Codes whose example would have to be huge, or needs more than a schema and an input.
const WITHOUT_EXAMPLE: [&str; 11] = [
    "too_deep",
    "record_too_large",
    "too_many_keys",
    "too_many_values",
    "records_path_missing",
    "not_an_array",
    "invalid_envelope",
    "invalid_utf8",
    "unclassified",
    "damaged_input",
    "foreign_input",
];

fn run(topic: &Topic) -> Report {
    let loaded = load(topic.explanation.schema, "example.yml");
    let plan = Plan::new(loaded.log_type.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input");
    fs::write(&input, topic.explanation.input).unwrap();
    let options = ConvertOptions {
        inputs: vec![input.display().to_string()],
        plans: vec![Arc::new(plan)],
        out: folder.path().join("lake"),
        threads: 1,
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
    report
}

#[test]
fn every_example_of_a_record_leads_to_its_code() {
    let mut ran = 0;
    let is_of_record = |topic: &Topic| matches!(topic.kind, TopicKind::Reject | TopicKind::Note);
    for topic in topics().into_iter().filter(is_of_record) {
        let is_note = topic.kind == TopicKind::Note;
        if topic.explanation.input.is_empty() {
            let is_option = is_note && topic.code == "missing_required";
            assert!(is_option || WITHOUT_EXAMPLE.contains(&topic.code), "{} lacks an example", topic.code);
            continue;
        }
        let report = run(&topic);
        let counts = if is_note { &report.notes } else { &report.reasons };
        assert!(counts.contains_key(topic.code), "{}: {report:?}", topic.code);
        ran += 1;
    }
    assert!(ran >= 10, "only {ran} examples ran");
}
