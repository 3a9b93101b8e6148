//! A whole conversion, from a dump on disk to a published table, at one thread and at two.
//!
//! The dump is one and a half chunks long, so that reading, parsing and writing overlap. It comes from the
//! page cache, and the output goes to the folder for temporary files; point `TMPDIR` elsewhere where that is
//! slow.

#![expect(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput};
use sawlog_benches::{audit_plan, dump, scaled};
use sawlog_engine::schema::{ColumnNames, Plan};
use sawlog_engine::{ConvertOptions, PartitionBy, Progress, RecordsPath, Stream, convert};
use sawlog_generator::Options;
use tempfile::{TempDir, tempdir};

/// About 96 MiB.
const EVENTS: u64 = 80_000;

fn main() {
    let events = scaled(EVENTS);
    let text = dump(Options::new(events, 1));
    let folder = tempdir().expect("the folder for temporary files is writable");
    let input = folder.path().join("dump.ndjson");
    fs::write(&input, &text).expect("the dump has room");
    let plan = Arc::new(audit_plan());

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("convert");
    // A round takes long and varies little: ten rounds of one conversion each.
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(text.len() as u64));
    for threads in [1, 2] {
        group.bench_function(BenchmarkId::new("threads", threads), |bencher| {
            bencher.iter_batched(
                || tempdir().expect("the folder for temporary files is writable"),
                |lake| run(&input, &plan, lake, threads, events),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
    criterion.final_summary();
}

/// Converts into an empty folder, and hands it back, so that clearing it away is not measured.
fn run(input: &Path, plan: &Arc<Plan>, lake: TempDir, threads: usize, events: u64) -> TempDir {
    let options = ConvertOptions {
        inputs: vec![input.to_string_lossy().into_owned()],
        plans: vec![Arc::clone(plan)],
        out: lake.path().to_owned(),
        threads,
        partition: PartitionBy::Day,
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
    ended.expect("the conversion ends well");
    assert_eq!(report.rows, events, "every event becomes a row");
    lake
}
