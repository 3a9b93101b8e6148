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
use sawlog_schema::Plan;
use sawlog_writer::{Lake, SchemaId, TableFormat};

use crate::error::{Error, Result};
use crate::history::{self, Recipe};
use crate::inputs::{Inputs, expand, refuse_output_within, refuse_remote_output};
use crate::job::{Job, rfc3339};
use crate::log_types::{refuse_clashes, refuse_partition_names, with_column_names};
use crate::options::ConvertOptions;
use crate::read::Progress;
use crate::report::Report;
use crate::source::Source;
use crate::streams::plans_of_stream;
use crate::tables::refuse_mixtures;

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
    refuse_remote_output(&options.out)?;
    refuse_clashes(&options.plans)?;
    let plans = plans_of_stream(&options.plans, options.stream, &options.records_path)?;
    let plans = with_column_names(plans, options.column_names)?;
    refuse_partition_names(&plans, options.partition)?;
    let options = &ConvertOptions { plans, ..options.clone() };
    let Inputs { all, folders, passed_over } = expand(&options.inputs)?;
    refuse_output_within(&folders, &options.out)?;
    report.passed_over = passed_over.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let sources = all.into_iter().map(Source::look).collect::<Result<Vec<_>>>()?;
    let mut lake = Lake::open(&options.out)?;
    let formats = options.plans.iter().map(|plan| Ok(Arc::new(TableFormat::new(plan)?)));
    let formats = formats.collect::<Result<Vec<_>>>()?;
    let recipe = recipe(options);
    let decision = history::decide(sources, lake.entries(), &recipe, options.force)?;
    report.inputs = decision.convert.len() as u64;
    report.inputs_skipped = decision.skipped;
    if decision.convert.is_empty() {
        return Ok(());
    }
    // Which of several tables are filled, and what --force replaces of streams, is known once all is read.
    let is_known = |source: &Source| source.bytes.is_some();
    if options.plans.len() == 1 && (!options.force || decision.convert.iter().all(is_known)) {
        refuse_mixtures(&lake, &decision.replaces, options, &formats, |_| true)?;
    }
    let total = decision.convert.iter().filter_map(|s| s.bytes).sum();
    progress.total.store(total, Ordering::Relaxed);

    let mut job = Job::new(options, decision, formats.clone(), recipe.clone(), started);
    job.avoid_names_of(lake.entries());
    let staging = lake.begin(&job.batch.to_string())?;
    let mut entry = job.run(options, progress, &staging, report)?;
    if history::is_known_after_all(&mut entry, lake.entries(), &recipe, options.force)? {
        let inputs_skipped = report.inputs + report.inputs_skipped;
        let passed_over = std::mem::take(&mut report.passed_over);
        *report = Report { inputs_skipped, passed_over, ..Report::default() };
        return Ok(());
    }
    if options.force || options.plans.len() > 1 {
        let is_filled = |name: &str| entry.tables.iter().any(|table| table.table == name && table.rows > 0);
        refuse_mixtures(&lake, &entry.replaces, options, &formats, is_filled)?;
    }
    check_rejects(report, options.max_quarantined)?;
    lake.commit(staging, entry)?;
    Ok(())
}

fn check_rejects(report: &Report, allowed: f64) -> Result<()> {
    let (quarantined, records) = (report.quarantined, report.records);
    if records > 0 && quarantined as f64 / records as f64 > allowed {
        return Err(Error::TooManyRejects { quarantined, records, allowed });
    }
    Ok(())
}

/// The log types, and the options that change what is written, under the names they have on the command line.
fn recipe(options: &ConvertOptions) -> Recipe {
    let mut changing = BTreeMap::new();
    let mut set = |name: &str, value: String| {
        changing.insert(name.to_owned(), value);
    };
    set("partition", options.partition.to_string());
    set("column-names", options.column_names.name().to_owned());
    set("stream", options.stream.to_string());
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
    let schema = |plan: &Arc<Plan>| SchemaId {
        name: plan.log_type.name.clone(),
        version: plan.log_type.version,
        fingerprint: plan.fingerprint.clone(),
    };
    Recipe { schemas: options.plans.iter().map(schema).collect(), options: changing }
}
