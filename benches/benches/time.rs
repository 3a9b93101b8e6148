//! Times in every kind of format, beside chrono's own parser where it has one for the same text.

use std::hint::black_box;

use chrono::{DateTime, NaiveDateTime};
use criterion::{Criterion, Throughput};
use sawlog_parser::time::{Spelling, read};
use sawlog_schema::TimeFormat;

/// What is measured: name, format, texts, and chrono's pattern for them where it can read them.
type Case = (&'static str, &'static str, [&'static str; 2], Option<&'static str>);

const CASES: [Case; 12] = [
    ("rfc3339", "rfc3339", ["2026-11-21T09:08:07.123Z", "2024-02-29T23:59:59.5+05:30"], None),
    (
        "strftime_iso",
        "%Y-%m-%d %H:%M:%S",
        ["2026-11-21 09:08:07", "2024-02-29 23:59:59"],
        Some("%Y-%m-%d %H:%M:%S"),
    ),
    (
        "strftime_fraction",
        "%Y-%m-%dT%H:%M:%S.%fZ",
        ["2026-11-21T09:08:07.123456Z", "2024-02-29T23:59:59.500000Z"],
        Some("%Y-%m-%dT%H:%M:%S%.fZ"),
    ),
    (
        "strftime_apache",
        "%d/%b/%Y:%H:%M:%S %z",
        ["21/Nov/2026:09:08:07 +0100", "29/Feb/2024:23:59:59 -0800"],
        Some("%d/%b/%Y:%H:%M:%S %z"),
    ),
    (
        "strftime_names",
        "%A, %d %B %Y %I:%M:%S %p",
        ["Saturday, 21 November 2026 09:08:07 AM", "Thursday, 29 February 2024 11:59:59 PM"],
        Some("%A, %d %B %Y %I:%M:%S %p"),
    ),
    (
        "layout_iso",
        "layout=2006-01-02 15:04:05",
        ["2026-11-21 09:08:07", "2024-02-29 23:59:59"],
        Some("%Y-%m-%d %H:%M:%S"),
    ),
    (
        "layout_american",
        "layout=01/02/2006 03:04:05 PM",
        ["11/21/2026 09:08:07 AM", "02/29/2024 11:59:59 PM"],
        Some("%m/%d/%Y %I:%M:%S %p"),
    ),
    (
        "layout_fraction",
        "layout=2006-01-02T15:04:05.999Z07:00",
        ["2026-11-21T09:08:07.123Z", "2024-02-29T23:59:59.5+05:30"],
        Some("%Y-%m-%dT%H:%M:%S%.f%#z"),
    ),
    ("unix", "unix", ["1700000000.123456", "1700000000"], None),
    ("unix_ms", "unix_ms", ["1700000000123", "1709251199999"], None),
    ("unix_ns", "unix_ns", ["1700000000123456789", "1709251199999999999"], None),
    ("unix_auto", "unix_auto", ["1700000000123", "1709251199"], None),
];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("time");
    group.throughput(Throughput::Elements(2));
    for (name, format, texts, theirs) in CASES {
        let Ok(format) = format.parse::<TimeFormat>() else { continue };
        let formats = [format];
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for text in texts {
                    let time = read(black_box(&formats), Spelling::Text(black_box(text)));
                    assert!(black_box(time).is_some(), "{text} is a time");
                }
            });
        });
        let chrono: fn(&str, &str) -> Option<i64> = match theirs {
            Some(pattern) if pattern.ends_with('z') => zoned,
            Some(_) => naive,
            None if name == "rfc3339" => rfc3339,
            None => continue,
        };
        let pattern = theirs.unwrap_or_default();
        group.bench_function(format!("{name}/chrono"), |bencher| {
            bencher.iter(|| {
                for text in texts {
                    let time = chrono(black_box(text), black_box(pattern));
                    assert!(black_box(time).is_some(), "{text} is a time");
                }
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

fn naive(text: &str, pattern: &str) -> Option<i64> {
    Some(NaiveDateTime::parse_from_str(text, pattern).ok()?.and_utc().timestamp_micros())
}

fn zoned(text: &str, pattern: &str) -> Option<i64> {
    Some(DateTime::parse_from_str(text, pattern).ok()?.timestamp_micros())
}

fn rfc3339(text: &str, _: &str) -> Option<i64> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros())
}
