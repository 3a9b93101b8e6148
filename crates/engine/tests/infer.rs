//! Inference on logs that nobody would write: whatever the records are, the definition holds for them.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use std::fmt::Write as _;

use proptest::prelude::*;
use sawlog_engine::schema::load;
use sawlog_engine::{DriftOptions, InferOptions, Inferred, RecordsPath, drift, infer};
use tempfile::TempDir;

/// Infers from a log that a file holds.
fn inferred(log: &str) -> (TempDir, sawlog_engine::Result<Inferred>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    std::fs::write(&path, log).unwrap();
    let inputs = vec![path.to_string_lossy().into_owned()];
    let options =
        InferOptions { inputs, name: "Custom.Any".to_owned(), records_path: Some(RecordsPath::Off) };
    (folder, infer(&options))
}

/// A value as JSON, of any kind, at most `depth` levels deep.
fn value(depth: u32) -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        (0..3_i32).prop_map(|value| value.to_string()),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?",
        "\"[0-9]{0,3}\"",
        "\"[a-zé ]{0,4}\"",
        prop::sample::select(TEXTS.to_vec()).prop_map(|text| format!("{text:?}")),
    ];
    scalar.prop_recursive(depth, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec((key(), inner), 0..4).prop_map(|members| object(&members)),
        ]
    })
}

/// Texts that some kind of field may have.
const TEXTS: [&str; 14] = [
    "",
    "-",
    "true",
    "10.0.0.1",
    "mia@example.com",
    "https://example.com/",
    "2026-01-31T12:00:00Z",
    "2026-01-31 12:00:00.25",
    "02/03/2026 10:00:00",
    "1769860800",
    "{}",
    "[1]",
    "0x10",
    "1.50",
];

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec!["a", "A", "b", "time", "ip", "user", "data", "created_at"]),
        1 => prop::sample::select(vec!["p_row_id", "10.0.0.1", "7", "a b", "é", "null", "p_any_emails"]),
    ]
    .prop_map(str::to_owned)
}

fn object(members: &[(String, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(key, value)| format!("{key:?}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_log_is_accepted_by_the_definition_that_it_gives(
        records in prop::collection::vec(prop::collection::vec((key(), value(4)), 1..5), 1..8)
    ) {
        let log: String = records.iter().map(|members| object(members) + "\n").collect();
        let (folder, found) = inferred(&log);
        let found = found.unwrap();
        prop_assert!(found.check.is_sound(), "{:?}\n{log}\n{}", found.check, found.yaml);
        let loaded = load(&found.yaml, "any.yml");
        let unavoidable = |code: &str| code == "no-event-time";
        let warnings: Vec<_> = loaded.diagnostics.iter().filter(|d| !unavoidable(d.code.as_str())).collect();
        prop_assert!(warnings.is_empty(), "{warnings:?}\n{}", found.yaml);
        // What is inferred leaves nothing to add, and is the same each time.
        let inputs = vec![folder.path().join("log.ndjson").to_string_lossy().into_owned()];
        let definition = found.yaml.clone();
        let records_path = RecordsPath::Off;
        let path = "any.yml".to_owned();
        let left = drift(&DriftOptions { inputs, definition, path, records_path }).unwrap();
        prop_assert!(left.undeclared.is_empty() && left.mismatches.is_empty(), "{left:?}\n{log}");
        prop_assert_eq!(inferred(&log).1.unwrap(), found);
    }
}

#[test]
fn depth_and_width_have_an_end() {
    let mut log = String::from("{\"deep\":");
    log.push_str(&"{\"a\":[".repeat(60));
    log.push('1');
    log.push_str(&"]}".repeat(60));
    log.push_str("}\n");
    for n in 0..300 {
        let _ = write!(log, "{{\"m\":{{");
        for k in 0..300 {
            let _ = write!(log, "{}\"k{}\":{{\"v\":1}}", if k > 0 { "," } else { "" }, n * 300 + k);
        }
        log.push_str("}}\n");
    }
    let found = inferred(&log).1.unwrap();
    assert!(found.check.is_sound(), "{:?}", found.check);
    assert!(found.yaml.contains("nested too deep"), "{}", found.yaml);
    assert!(found.yaml.contains("objects of more than 200 keys; kept as JSON"), "{}", found.yaml);
}

#[test]
fn an_event_of_endless_keys_is_told_and_not_lost() {
    let mut log = String::new();
    for n in 0..120 {
        let members: Vec<String> = (0..100).map(|k| format!("\"k{}\":1", n * 100 + k)).collect();
        let _ = writeln!(log, "{{{}}}", members.join(","));
    }
    let found = inferred(&log).1.unwrap();
    assert!(!found.check.is_sound());
    assert_eq!((found.check.rejected, found.check.undeclared), (0, 2_100));
    assert!(found.yaml.contains("There is no field for 2100 keys of the event"), "{}", &found.yaml[..200]);
}
