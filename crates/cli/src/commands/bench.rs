//! `sawlog bench`: how fast this machine is, and where the time goes.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::thread;

use sawlog_engine::{BenchInput, BenchOptions, BenchReport, Machine, Rate, RecordsPath, Whole, bench};
use sawlog_generator::{Generator, Log, Options};

use super::convert::with_progress;
use super::{Failure, log_types, records_path};
use crate::args::Bench;
use crate::output::{harmless, print, tell};

/// Seed of the generated dump: figures of different days are about the same bytes.
const SEED: u64 = 42;

/// Columns of the longest bar.
const BAR: f64 = 24.0;

pub(super) fn run(args: &Bench) -> Result<ExitCode, Failure> {
    let is_generated = args.inputs.is_empty();
    let of_dump = [Log::Atlassian.log_type().to_owned()];
    let schemas = if is_generated && args.schemas.is_empty() { &of_dump[..] } else { &args.schemas };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let options = BenchOptions {
        plans: log_types::load(schemas, args.json)?,
        threads: args.threads.map_or(cores, usize::from),
        rounds: usize::from(args.rounds),
        sample_bytes: u64::from(args.sample) << 20,
        stream: args.stream,
        records_path: args.records_path.as_deref().map_or(Ok(RecordsPath::Detect), records_path)?,
    };
    let events = args.events;
    let mut dump =
        |mut out: &mut dyn Write| Generator::new(Options::new(events, SEED)).write_to(&mut out).map(drop);
    let input = if is_generated { BenchInput::Dump(&mut dump) } else { BenchInput::Words(&args.inputs) };
    let is_shown = !args.json && io::stderr().is_terminal();
    let report = with_progress(is_shown, |progress| bench(input, &options, progress))?;
    if report.machine.unoptimized {
        tell("note: this sawlog was built without optimization; its figures say nothing");
    }
    print(|out| {
        if args.json {
            serde_json::to_writer(&mut *out, &report)?;
            return writeln!(out);
        }
        out.write_all(harmless(&table(&report)).as_bytes())
    })
}

/// What a person wants to see.
fn table(report: &BenchReport) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", machine(&report.machine));
    let rounds = if report.rounds == 1 {
        "one round".to_owned()
    } else {
        format!("medians of {} rounds", report.rounds)
    };
    let _ = writeln!(text, "{}; {rounds}\n", log_types(report));
    whole(&mut text, &report.whole);
    let sample = &report.sample;
    let part = if sample.is_all { "all of it" } else { "its beginning" };
    let size = megabytes(sample.decoded_bytes);
    let _ = writeln!(
        text,
        "\nstage by stage on one thread, {part}, {size} of {} records",
        grouped(sample.records)
    );
    let _ = writeln!(text, "{:11}{:>9}{:>13}{:>11}{:>8}", "", "MB/s", "records/s", "ns/record", "share");
    for stage in &report.stages {
        let bar = bar(stage.share);
        let name = stage.part_of.map_or_else(|| stage.name.to_owned(), |_| format!("  {}", stage.name));
        row(&mut text, &name, &stage.rate, stage.share, &format!("{bar}{}", stage.what));
    }
    row(&mut text, "together", &report.all_stages, 1.0, "");
    text
}

fn row(text: &mut String, name: &str, rate: &Rate, share: f64, note: &str) {
    let line = format!(
        "{name:11}{:>9}{:>13}{:>11}{:>6.1} %  {note}",
        speed(rate.mb_per_s),
        speed(rate.records_per_s),
        rounded(rate.ns_per_record),
        share * 100.0,
    );
    let _ = writeln!(text, "{}", line.trim_end());
}

fn machine(machine: &Machine) -> String {
    let processor = machine.processor.as_deref().unwrap_or("an unknown processor");
    format!(
        "sawlog {} on {processor}, {} cores, {}, {}",
        machine.sawlog, machine.cores, machine.simd, machine.system
    )
}

fn log_types(report: &BenchReport) -> String {
    match report.log_types.as_slice() {
        [only] => only.clone(),
        all => format!("{} log types", all.len()),
    }
}

fn whole(text: &mut String, whole: &Whole) {
    let (rate, (shortest, longest)) = (&whole.rate, whole.range_s);
    let threads = if whole.threads == 1 { "thread" } else { "threads" };
    let _ = writeln!(
        text,
        "whole conversion with {} {threads}: {} MB/s, {} records/s",
        whole.threads,
        speed(rate.mb_per_s),
        speed(rate.records_per_s),
    );
    let stored = if whole.input_bytes == whole.decoded_bytes {
        String::new()
    } else {
        format!(", {} as stored", megabytes(whole.input_bytes))
    };
    let _ = writeln!(
        text,
        "  {} records, {}{stored}, in {:.2} s ({shortest:.2} to {longest:.2})",
        grouped(whole.records),
        megabytes(whole.decoded_bytes),
        rate.seconds
    );
    let _ = writeln!(
        text,
        "  {} rows in {} of Parquet, {} quarantined",
        grouped(whole.rows),
        megabytes(whole.output_bytes),
        grouped(whole.quarantined)
    );
    for (code, &count) in &whole.reasons {
        let _ = writeln!(text, "    {} {code}", grouped(count));
    }
    if let Some(peak) = whole.peak_bytes {
        let _ = writeln!(text, "  peak memory {}", megabytes(peak));
    }
}

/// A bar for a share, padded to the longest that can be.
fn bar(share: f64) -> String {
    let filled = "\u{2588}".repeat((share * BAR).round() as usize);
    format!("{filled:width$} ", width = BAR as usize)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// A speed, or a dash where nothing was done.
fn speed(value: Option<f64>) -> String {
    value.map_or_else(|| "\u{2013}".to_owned(), rounded)
}

/// A figure without fractions.
fn rounded(value: f64) -> String {
    grouped(value.round() as u64)
}

/// A number with its digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_no_time_keeps_its_columns() {
        let mut text = String::new();
        let rate =
            |mb_per_s, records_per_s| Rate { seconds: 0.0, mb_per_s, records_per_s, ns_per_record: 0.0 };
        row(&mut text, "  compress", &rate(None, None), 0.0, "zstd");
        row(&mut text, "  compress", &rate(Some(1234.5), Some(9_999_999.0)), 0.0, "zstd");
        let rows = [
            "  compress         –            –          0   0.0 %  zstd",
            "  compress     1,235    9,999,999          0   0.0 %  zstd",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), rows);
    }

    #[test]
    fn numbers_are_grouped_and_bars_fill_their_columns() {
        assert_eq!(["0", "999", "1,000", "12,345,678"], [0, 999, 1000, 12_345_678].map(grouped));
        assert_eq!([0.0, 0.5, 1.0].map(|share| bar(share).chars().count()), [25; 3]);
        assert_eq!(bar(0.5).chars().filter(|c| *c != ' ').count(), 12);
    }
}
