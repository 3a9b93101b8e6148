//! Equal rows give equal bytes, and where files end depends on nothing but the rows.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop here")]

mod support;

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use sawlog_writer::{FileLimits, PartitionBy};
use serde_json::{Value, json};
use tempfile::TempDir;

use support::{EVERYTHING, batches, plan, write};

/// Path to content of everything written.
fn written(rows: &[Value], sizes: &[usize], threads: usize) -> BTreeMap<String, Vec<u8>> {
    let plan = plan(EVERYTHING);
    let folder = TempDir::new().unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let chunks = [batches(&plan, rows, sizes)];
    let files =
        pool.install(|| write(folder.path(), &plan, &chunks, PartitionBy::Day, FileLimits::default()));
    files.into_iter().map(|f| (f.path.clone(), fs::read(folder.path().join(f.path)).unwrap())).collect()
}

fn row(number: u32) -> Value {
    let spread = number.wrapping_mul(2_654_435_761);
    json!({
        "at": format!("2024-01-{:02}T00:{:02}:00Z", 1 + spread % 3, spread / 7 % 60),
        "id": format!("{spread:08x}"),
        "big": spread,
        "float": f64::from(spread) / 7.0,
        "any": {"n": number},
        "email": format!("{}@example.org", spread % 50),
        // The inner one is new for long, and then always known.
        "object": {
            "text": (["a", "b", "c"][spread as usize % 3]),
            "inner": {"text": format!("{}", number % 3000)},
        },
        "texts": (vec!["tag"; spread as usize % 4]),
    })
}

#[test]
fn batches_and_threads_leave_no_trace() {
    // More rows in a partition than are gathered at a time.
    let rows: Vec<Value> = (0..30_000).map(row).collect();
    let once = written(&rows, &[30_000], 1);
    assert_eq!(once.len(), 3);
    assert!(once == written(&rows, &[1, 8191, 5000, 777], 4), "batches or threads changed the bytes");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_gives_the_same_bytes(
        numbers in prop::collection::vec(any::<u32>(), 1..60),
        sizes in prop::collection::vec(1usize..20, 1..5),
    ) {
        let rows: Vec<Value> = numbers.into_iter().map(row).collect();
        prop_assert_eq!(written(&rows, &[1000], 1), written(&rows, &sizes, 2));
    }
}

/// Rows at the given hours of one day, one chunk a list.
fn at_hours(chunks: &[&[u32]], limits: FileLimits) -> Vec<(String, u64)> {
    let plan = plan(EVERYTHING);
    let folder = TempDir::new().unwrap();
    let chunks: Vec<_> = chunks
        .iter()
        .map(|hours| {
            let rows: Vec<Value> =
                hours.iter().map(|h| json!({"at": format!("2024-01-01T{h:02}:59:59.999999Z")})).collect();
            batches(&plan, &rows, &[10])
        })
        .collect();
    let files = write(folder.path(), &plan, &chunks, PartitionBy::Hour, limits);
    for file in &files {
        assert_eq!(file.bytes, folder.path().join(&file.path).metadata().unwrap().len());
    }
    let prefix = "test_everything/year=2024/month=01/day=01/";
    let short = |path: &str| path.strip_prefix(prefix).unwrap().replace("000000000000f00d-", "");
    files.iter().map(|f| (short(&f.path), f.rows)).collect()
}

fn expected(files: &[(&str, u64)]) -> Vec<(String, u64)> {
    files.iter().map(|&(path, rows)| (path.to_owned(), rows)).collect()
}

#[test]
fn partitions_have_files_of_their_own() {
    let files = at_hours(&[&[0, 23, 0], &[0]], FileLimits::default());
    assert_eq!(files, expected(&[("hour=00/00000.parquet", 3), ("hour=23/00000.parquet", 1)]));
}

#[test]
fn a_full_file_closes() {
    let limits = FileLimits { file_bytes: 1, ..FileLimits::default() };
    let files = at_hours(&[&[0], &[0, 0], &[0]], limits);
    let names = [("hour=00/00000.parquet", 1), ("hour=00/00001.parquet", 2), ("hour=00/00002.parquet", 1)];
    assert_eq!(files, expected(&names));
}

#[test]
fn beyond_the_limit_the_least_recently_written_file_closes() {
    let limits = FileLimits { open_files: 2, ..FileLimits::default() };
    // Hours 0 and 1 are open; hour 1 is written again, so that 2 displaces 0, which opens a second file
    // later.
    let files = at_hours(&[&[0], &[1], &[1], &[2], &[1], &[0]], limits);
    let names = [
        ("hour=00/00000.parquet", 1),
        ("hour=00/00001.parquet", 1),
        ("hour=01/00000.parquet", 3),
        ("hour=02/00000.parquet", 1),
    ];
    assert_eq!(files, expected(&names));
}

#[test]
fn open_files_hold_a_limited_number_of_row_groups() {
    let limits = FileLimits { open_row_groups: 3, ..FileLimits::default() };
    let files = at_hours(&[&[0], &[1], &[0], &[1], &[1]], limits);
    let names = [("hour=00/00000.parquet", 2), ("hour=01/00000.parquet", 3)];
    assert_eq!(files, expected(&names));
    let files = at_hours(&[&[0], &[0], &[0], &[0], &[0]], limits);
    assert_eq!(files, expected(&[("hour=00/00000.parquet", 4), ("hour=00/00001.parquet", 1)]));
}
