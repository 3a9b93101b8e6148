//! `sawlog convert`: dumps into a lake, with progress for people and a report for machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sawlog_engine::{ConvertOptions, Error, Progress, Report, Stream, convert};

use super::{Failure, log_types};
use crate::args::Convert;
use crate::output::{complain, harmless, print, tell};

pub(super) fn run(args: Convert) -> Result<ExitCode, Failure> {
    let reading = args.reading.options()?;
    let partition =
        args.partition.parse().map_err(|e| Failure::usage(format!("--partition {}: {e}", args.partition)))?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let options = ConvertOptions {
        inputs: args.inputs,
        plans: log_types::load(&args.schemas, args.quiet)?,
        out: args.out,
        threads: args.threads.map_or(cores, usize::from),
        partition,
        column_names: args.column_names,
        stream: reading.stream,
        records_path: reading.records_path,
        keep_missing: reading.keep_missing,
        max_quarantined: args.max_quarantined,
        parse_time: reading.parse_time,
        source_id: args.reading.source_id,
        source_label: args.reading.source_label,
        force: args.force,
    };
    let is_shown = !args.quiet && !args.json && std::io::stderr().is_terminal();
    let (report, ended) = with_progress(is_shown, |progress| convert(&options, progress));
    let exit_code = ended.as_ref().err().map_or(0, Error::exit_code);
    // The exit code tells of the conversion, whether or not anybody can be told the rest.
    if args.json
        && exit_code != 2
        && let Err(unprinted) = print_json(&report)
    {
        complain(&unheard(&unprinted, exit_code, &options.out));
    }
    if let Err(error) = ended {
        complain(&error.to_string());
        if !args.quiet && !args.json && matches!(error, Error::TooManyRejects { .. }) {
            tell(&harmless(&why_too_many(&report)));
        }
    } else if !args.quiet && !args.json {
        tell(&harmless(&summary(&report, &options)));
    }
    Ok(ExitCode::from(exit_code))
}

fn print_json(report: &Report) -> Result<(), Failure> {
    print(|out| {
        serde_json::to_writer(&mut *out, report)?;
        writeln!(out)
    })
    .map(drop)
}

/// What to say where the report cannot be printed.
fn unheard(unprinted: &Failure, exit_code: u8, out: &Path) -> String {
    let message = &unprinted.message;
    if exit_code == 0 {
        format!(
            "{message}; the conversion is done all the same, and {}/_ledger holds its counts",
            out.display()
        )
    } else {
        message.clone()
    }
}

/// Runs `work` with a progress bar on the terminal.
pub(super) fn with_progress<T>(is_shown: bool, work: impl FnOnce(&Progress) -> T) -> T {
    let progress = Progress::default();
    if !is_shown {
        return work(&progress);
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                show(&bar, &progress);
                thread::sleep(Duration::from_millis(200));
            }
        });
        let result = work(&progress);
        is_done.store(true, Ordering::Relaxed);
        bar.finish_and_clear();
        result
    })
}

fn show(bar: &ProgressBar, progress: &Progress) {
    let total = progress.total.load(Ordering::Relaxed);
    if total == 0 && progress.read.load(Ordering::Relaxed) == 0 {
        return;
    }
    if total > 0 && bar.length() != Some(total) {
        bar.set_length(total);
        let style = "{wide_bar} {bytes}/{total_bytes}, {binary_bytes_per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
    }
    bar.set_position(progress.read.load(Ordering::Relaxed));
}

/// The most frequent reasons and unknown fields that a summary names.
const SHOWN: usize = 5;

/// Characters of a name that a summary shows.
const SHOWN_NAME: usize = 100;

/// So many bytes, in MiB, or in KiB where there are few.
fn amount(bytes: f64) -> String {
    let kib = bytes / f64::from(1 << 10);
    if kib < 1000.0 { format!("{kib:.1} KiB") } else { format!("{:.1} MiB", kib / f64::from(1 << 10)) }
}

/// What a person wants to know after a run.
fn summary(report: &Report, options: &ConvertOptions) -> String {
    let mut text = String::new();
    if report.inputs == 0 {
        let skipped = plural(report.inputs_skipped, "input is", "inputs are");
        let _ = writeln!(text, "nothing to do: {skipped} already converted (--force converts again)");
        passed_over(&mut text, report);
        text.truncate(text.trim_end().len());
        return text;
    }
    let written: u64 = report.files.iter().map(|f| f.bytes).sum();
    let _ = writeln!(
        text,
        "{} from {}: {} in {:.2} s ({}/s)",
        plural(report.records, "record", "records"),
        plural(report.inputs, "input", "inputs"),
        amount(report.decoded_bytes as f64),
        report.elapsed_s,
        amount(report.decoded_bytes as f64 / report.elapsed_s.max(1e-9)),
    );
    let _ = writeln!(
        text,
        "  {:>12} {}         in {}, {}",
        report.rows,
        if report.rows == 1 { "row " } else { "rows" },
        plural(report.files.len() as u64, "file", "files"),
        amount(written as f64)
    );
    if report.log_types.len() > 1 {
        for (name, rows) in report.log_types.iter().filter(|(_, rows)| **rows > 0) {
            let _ = writeln!(text, "  {rows:>12} rows of {}", short(name));
        }
    }
    let _ = writeln!(text, "  {:>12} quarantined", report.quarantined);
    if report.skipped > 0 {
        let _ = writeln!(text, "  {:>12} skipped, as the log type asks", report.skipped);
    }
    if report.inputs_skipped > 0 {
        let skipped = plural(report.inputs_skipped, "input", "inputs");
        let _ = writeln!(text, "  {skipped} left out: the same bytes were converted already");
    }
    passed_over(&mut text, report);
    top(&mut text, "reasons", &report.reasons);
    top(&mut text, "undeclared fields, kept in p_extra", &report.unknown_fields);
    top(&mut text, "notes", &report.notes);
    hint(&mut text, report, options);
    text.truncate(text.trim_end().len());
    text
}

/// Why records were rejected of which nothing was published, so that no quarantine tells it.
fn why_too_many(report: &Report) -> String {
    let mut text = String::new();
    top(&mut text, "reasons", &report.reasons);
    text + "each of them, with its place: sawlog parse, with the same inputs and options"
}

/// What stands in folders and was not read: whoever gave a folder may count on it.
fn passed_over(text: &mut String, report: &Report) {
    let Some(first) = report.passed_over.first() else { return };
    let what = plural(report.passed_over.len() as u64, "entry", "entries");
    let _ = writeln!(
        text,
        "  {what} of folders not read, first {}: hidden, named `_…`, or neither file nor folder",
        short(first)
    );
}

fn top(text: &mut String, title: &str, counts: &BTreeMap<String, u64>) {
    if counts.is_empty() {
        return;
    }
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by_key(|&(name, &count)| (std::cmp::Reverse(count), name));
    let _ = writeln!(text, "{title}:");
    for (name, count) in sorted.iter().take(SHOWN) {
        let _ = writeln!(text, "  {count:>12} {}", short(name));
    }
    if sorted.len() > SHOWN {
        let _ = writeln!(text, "  {:>12} more", sorted.len() - SHOWN);
    }
}

/// A name on one line of a terminal, whatever the input called it.
fn short(name: &str) -> String {
    let mut short: String = name.chars().take(SHOWN_NAME).map(|c| if c == '\n' { ' ' } else { c }).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    short
}

fn hint(text: &mut String, report: &Report, options: &ConvertOptions) {
    if report.quarantined > 0 {
        let _ = writeln!(text, "look at them with: sawlog quarantine show {}", options.out.display());
    }
    // An example of the command that tells more, with the code that is likeliest to be asked for.
    if let Some(code) = most_frequent(&report.reasons) {
        let _ = writeln!(text, "what a reason means: sawlog explain {code}");
    } else if let Some(code) = most_frequent(&report.notes) {
        let _ = writeln!(text, "what a note means: sawlog explain {code}");
    }
    if report.records == 0 {
        let _ = writeln!(text, "hint: no record was found: the inputs are empty, or hold empty lists only");
    }
    if let Some(count) = report.reasons.get("missing_required") {
        let _ = writeln!(
            text,
            "hint: with --missing-required keep, {} would become rows, with a flag in p_flags",
            plural(*count, "more record", "more records")
        );
    }
    if options.stream == Stream::Auto && is_torn(report) {
        let _ = writeln!(text, "hint: if documents of the log span several lines, --stream json reads them");
    }
}

fn most_frequent(counts: &BTreeMap<String, u64>) -> Option<&str> {
    counts.iter().max_by_key(|(_, count)| **count).map(|(code, _)| code.as_str())
}

/// Whether most records, but not all, are no JSON. A first line that is whole by itself makes lines of a
/// stream, and the documents behind it may be laid out over several.
fn is_torn(report: &Report) -> bool {
    let torn = report.reasons.get("invalid_json").copied().unwrap_or_default();
    torn > report.records / 2 && torn < report.records
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
