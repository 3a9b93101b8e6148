//! The dumps of `fixtures/atlassian`: each converted by itself, its counts held against `expected.txt`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sawlog_engine::schema::{ColumnNames, Plan, find_builtin, load};
use sawlog_engine::{ConvertOptions, PartitionBy, Progress, RecordsPath, Stream, convert};

#[test]
fn every_dump_gives_the_recorded_counts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/atlassian");
    let builtin = find_builtin("Atlassian.Audit").unwrap();
    let plan = Arc::new(Plan::new(load(builtin.text, builtin.path).log_type.unwrap()));
    let mut lines = String::new();
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') || matches!(name.as_str(), "README.md" | "expected.txt") {
            continue;
        }
        for keep_missing in [false, true] {
            lines += &counts(&path, &plan, keep_missing, &name);
        }
    }
    let expected = folder.join("expected.txt");
    if crate::is_blessing() {
        fs::write(&expected, &lines).unwrap();
    }
    assert_eq!(lines, fs::read_to_string(&expected).unwrap());
}

/// A line for one dump: its counts, its reasons and notes, and the fields that the schema does not declare.
fn counts(path: &Path, plan: &Arc<Plan>, keep_missing: bool, name: &str) -> String {
    let out = tempfile::tempdir().unwrap();
    let options = ConvertOptions {
        inputs: vec![path.display().to_string()],
        plans: vec![Arc::clone(plan)],
        out: out.path().to_owned(),
        threads: 2,
        partition: PartitionBy::Day,
        column_names: ColumnNames::Original,
        stream: Stream::Auto,
        records_path: RecordsPath::Detect,
        keep_missing,
        max_quarantined: 1.0,
        parse_time: Some(1_767_323_045_000_000),
        source_id: None,
        source_label: None,
        force: false,
    };
    let (report, ended) = convert(&options, &Progress::default());
    ended.unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(report.records, report.rows + report.quarantined, "{name}");
    let list = |counts: &std::collections::BTreeMap<String, u64>| {
        counts.iter().map(|(key, n)| format!(" {key}={n}")).collect::<Vec<_>>().concat()
    };
    let mode = if keep_missing { "keep" } else { "quarantine" };
    format!(
        "{name} {mode}: {} = {} + {}{}{}{}\n",
        report.records,
        report.rows,
        report.quarantined,
        list(&report.reasons),
        list(&report.notes),
        list(&report.unknown_fields)
    )
}
