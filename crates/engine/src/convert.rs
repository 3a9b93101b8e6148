//! A conversion: what to do, doing it, and publishing it.
//!
//! The three steps know as little of each other as they can. Deciding looks at inputs and at the lake's
//! ledger and yields a list of work; the work turns inputs into staged files and counts; committing checks
//! the counts and publishes. Several processes could share them as they stand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use chrono::Utc;
use sawlog_writer::{Lake, PartitionBy, TableFormat};

use crate::error::{Error, Result};
use crate::history::{self, Recipe};
use crate::inputs::{expand, refuse_output_within};
use crate::job::{Job, rfc3339};
use crate::options::ConvertOptions;
use crate::read::Progress;
use crate::report::Report;
use crate::source::Source;

/// Converts inputs into a lake. On failure the report holds the counts as far as they are known.
///
/// # Errors
/// Fails where the request makes no sense, an input cannot be read, the output cannot be written, or too many
/// records are rejected. Nothing is published then.
pub fn convert(options: &ConvertOptions, progress: &Progress) -> (Report, Result<()>) {
    let started = Instant::now();
    let mut report = Report::default();
    let ended = try_convert(options, progress, &mut report);
    report.elapsed_s = started.elapsed().as_secs_f64();
    report.input_bytes = progress.read.load(Ordering::Relaxed);
    if let Err(error) = &ended {
        report.files.clear();
        report.error = Some(error.to_string());
    }
    (report, ended)
}

fn try_convert(options: &ConvertOptions, progress: &Progress, report: &mut Report) -> Result<()> {
    let started = Utc::now();
    refuse_output_within(&options.inputs, &options.out)?;
    refuse_partition_names(options)?;
    let inputs = expand(&options.inputs)?;
    let sources = inputs.into_iter().map(Source::look).collect::<Result<Vec<_>>>()?;
    let mut lake = Lake::open(&options.out)?;
    let format = Arc::new(TableFormat::new(&options.plan)?);
    let recipe = recipe(options, &format);
    let decision = history::decide(sources, lake.entries(), &recipe, options.force)?;
    report.inputs = decision.convert.len() as u64;
    report.inputs_skipped = decision.skipped;
    if decision.convert.is_empty() {
        return Ok(());
    }
    let total = decision.convert.iter().filter_map(|s| s.bytes).sum();
    progress.total.store(total, Ordering::Relaxed);

    let mut job = Job::new(options, decision, format, recipe.clone(), started);
    job.avoid_names_of(lake.entries());
    let staging = lake.begin(&job.batch.to_string())?;
    let mut entry = job.run(options, progress, &staging, report)?;
    if history::is_known_after_all(&mut entry, lake.entries(), &recipe, options.force)? {
        let inputs_skipped = report.inputs + report.inputs_skipped;
        *report = Report { inputs_skipped, ..Report::default() };
        return Ok(());
    }
    check_rejects(report, options.max_quarantined)?;
    lake.commit(staging, entry)?;
    Ok(())
}

/// Refuses a log type with a field that is called like a partition: readers take the value from the folder's
/// name and never show the field.
fn refuse_partition_names(options: &ConvertOptions) -> Result<()> {
    let folders: &[&str] = match options.partition {
        PartitionBy::None => &[],
        PartitionBy::Day => &["year", "month", "day"],
        PartitionBy::Hour => &["year", "month", "day", "hour"],
    };
    let clashes = |name: &str| folders.iter().any(|folder| folder.eq_ignore_ascii_case(name));
    match options.plan.log_type.fields.iter().find(|field| clashes(&field.name)) {
        Some(field) => Err(Error::Usage(format!(
            "the log type has a field `{}` (line {} of {}), which readers confuse with the partition of that \
             name; use --partition none",
            field.name, field.span.line, options.plan.log_type.source
        ))),
        None => Ok(()),
    }
}

fn check_rejects(report: &Report, allowed: f64) -> Result<()> {
    let (quarantined, records) = (report.quarantined, report.records);
    if records > 0 && quarantined as f64 / records as f64 > allowed {
        return Err(Error::TooManyRejects { quarantined, records, allowed });
    }
    Ok(())
}

/// The options that change what is written, under the names they have on the command line.
fn recipe(options: &ConvertOptions, format: &TableFormat) -> Recipe {
    let mut changing = BTreeMap::new();
    let mut set = |name: &str, value: String| {
        changing.insert(name.to_owned(), value);
    };
    set("partition", options.partition.to_string());
    set("records-path", options.records_path.to_string());
    set("missing-required", if options.keep_missing { "keep" } else { "quarantine" }.to_owned());
    if let Some(id) = &options.source_id {
        set("source-id", id.clone());
    }
    if let Some(label) = &options.source_label {
        set("source-label", label.clone());
    }
    if let Some(time) = options.parse_time {
        set("parse-time", rfc3339(time));
    }
    let fingerprint = options.plan.fingerprint.clone();
    let log_type = options.plan.log_type.name.clone();
    Recipe { log_type, table: format.folder().to_owned(), fingerprint, options: changing }
}
