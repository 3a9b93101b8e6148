//! How fast this machine converts these inputs, and where the time goes.
//!
//! Two things are measured. *The whole* is a conversion like any other, with as many threads as asked, into a
//! lake that is removed afterwards; its peak memory is what a user's conversion takes, since nothing else has
//! happened in the process by then. *The stages* are the same code on one thread, one step after the other,
//! with a stopwatch around each ([`stages`]): what a stage costs is then not hidden behind others that run
//! beside it. They work on the beginning of the inputs only, so that memory and patience stay bounded.
//!
//! Each is repeated, and the median counts: a disturbance of the machine hits some rounds, not the median.
//! The first round over the stages is not counted. It is the one in which buffers grow.

mod machine;
mod report;
mod stages;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use sawlog_parser::{Envelope, RecordsPath, Stream};
use sawlog_schema::{ColumnNames, Plan};
use sawlog_writer::PartitionBy;
use tempfile::TempDir;

use crate::convert::convert;
use crate::error::{Error, Result};
use crate::log_types::refuse_clashes;
use crate::options::ConvertOptions;
use crate::plural::count;
use crate::read::Progress;
use crate::report::Report;
use crate::spool::Spooled;
use crate::streams::plans_of_stream;

pub use machine::Machine;
pub use report::{BenchReport, BenchSample, Rate, Stage, Whole};

/// What a benchmark works on.
pub enum BenchInput<'a> {
    /// Files, folders, globs and `-`.
    Words(&'a [String]),
    /// Something that writes a dump, which is kept on disk while the benchmark runs.
    Dump(&'a mut dyn FnMut(&mut dyn Write) -> io::Result<()>),
}

/// A request to measure.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// The log types; with several, records are classified as in a conversion.
    pub plans: Vec<Arc<Plan>>,
    /// Worker threads of the whole conversion.
    pub threads: usize,
    /// How often each measurement is repeated; at least once.
    pub rounds: usize,
    /// Decoded bytes of the inputs that the stages work on.
    pub sample_bytes: u64,
    /// What the records come in.
    pub stream: Stream,
    /// Where records lie within a document.
    pub records_path: RecordsPath,
}

/// Measures. `progress` starts again with every conversion.
///
/// # Errors
/// Fails where the inputs cannot be read or no record in them becomes a row, and where the folder for
/// temporary files does not take the output.
pub fn bench(input: BenchInput<'_>, options: &BenchOptions, progress: &Progress) -> Result<BenchReport> {
    refuse_clashes(&options.plans)?;
    let scratch = scratch()?;
    let words = match input {
        BenchInput::Words(words) => words.to_vec(),
        BenchInput::Dump(write) => vec![write_dump(scratch.path(), write)?],
    };
    let inputs = Spooled::new(&words)?;
    let plans = plans_of_stream(&options.plans, options.stream, &options.records_path)?;
    let envelope = Envelope::new(&plans, options.records_path.clone()).of_stream(options.stream);
    refuse_foreign(&inputs, &envelope)?;
    let mut rounds = Vec::with_capacity(options.rounds);
    for _ in 0..options.rounds.max(1) {
        let round = round_of_whole(&inputs, options, scratch.path(), progress)?;
        refuse_without_rows(&round)?;
        rounds.push(round);
    }
    let peak_bytes = machine::peak_bytes();
    let whole = Whole::new(options.threads, &rounds, peak_bytes);
    let line = stages::Line::new(plans, envelope, &inputs, options.sample_bytes)?;
    let mut rounds = Vec::with_capacity(options.rounds);
    for number in 0..=options.rounds.max(1) {
        let folder = scratch.path().join(format!("stages-{number}"));
        let round = line.run(&folder)?;
        fs::remove_dir_all(&folder).map_err(|e| Error::scratch(&folder, e))?;
        if number > 0 {
            rounds.push(round);
        }
    }
    let log_types = options.plans.iter().map(|plan| plan.log_type.name.clone()).collect();
    Ok(BenchReport::new(log_types, whole, &rounds))
}

/// Refuses inputs of which none is a log: each would be measured as one reject.
fn refuse_foreign(inputs: &Spooled, envelope: &Envelope) -> Result<()> {
    let mut first = None;
    for (name, source) in inputs.named_sources() {
        let Some(message) = source?.foreign(envelope.is_json_only())? else { return Ok(()) };
        first.get_or_insert_with(|| Error::input(Path::new(name), io::Error::other(message)));
    }
    first.map_or(Ok(()), Err)
}

/// Refuses a conversion in which nothing became a row: it would tell how fast records are rejected.
fn refuse_without_rows(round: &Report) -> Result<()> {
    if round.rows > 0 {
        return Ok(());
    }
    if round.records == 0 {
        let message = "the inputs hold no record, so that there is nothing to measure";
        return Err(Error::NoEvents(message.to_owned()));
    }
    let records = count(round.records, "record");
    let mut told = format!("no row came of {records}, so that there is nothing to measure");
    let mut before = ": ";
    for (reason, records) in &round.reasons {
        let _ = write!(told, "{before}{records} {reason}");
        before = ", ";
    }
    if round.skipped > 0 {
        let _ = write!(told, "{before}{} skipped by the log type", round.skipped);
    }
    told.push_str("; give the log type that reads them, or see with `sawlog parse` what is wrong");
    Err(Error::NoEvents(told))
}

/// The folder for everything that is written. It goes away with its value.
fn scratch() -> Result<TempDir> {
    let builder = tempfile::Builder::new().prefix("sawlog-bench-").tempdir();
    builder.map_err(|e| Error::scratch(&std::env::temp_dir(), e))
}

fn write_dump(folder: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> Result<String> {
    let path: PathBuf = folder.join("dump.ndjson");
    let written = File::create(&path).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|e| Error::scratch(&path, e))?;
    Ok(path.to_string_lossy().into_owned())
}

/// One conversion, from the inputs to a published lake.
fn round_of_whole(
    inputs: &Spooled,
    options: &BenchOptions,
    scratch: &Path,
    progress: &Progress,
) -> Result<Report> {
    let options = ConvertOptions {
        inputs: inputs.words(),
        plans: options.plans.clone(),
        out: scratch.join("lake"),
        threads: options.threads,
        partition: PartitionBy::default(),
        column_names: ColumnNames::Original,
        stream: options.stream,
        records_path: options.records_path.clone(),
        keep_missing: false,
        max_quarantined: 1.0,
        parse_time: None,
        source_id: None,
        source_label: None,
        force: false,
    };
    progress.read.store(0, Ordering::Relaxed);
    let (report, ended) = convert(&options, progress);
    ended?;
    fs::remove_dir_all(&options.out).map_err(|e| Error::scratch(&options.out, e))?;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_no_row_is_refused_with_the_reasons() {
        let round = |rows, records, reasons: &[(&str, u64)], skipped| {
            let reasons = reasons.iter().map(|&(reason, count)| (reason.to_owned(), count)).collect();
            refuse_without_rows(&Report { records, rows, skipped, reasons, ..Report::default() })
        };
        assert!(round(1, 100, &[("invalid_json", 99)], 0).is_ok());
        let told = |refused: Result<()>| refused.unwrap_err().to_string();
        assert!(told(round(0, 0, &[], 0)).contains("hold no record"));
        let all = told(round(0, 9, &[("invalid_json", 2), ("type_mismatch", 3)], 4));
        assert!(all.contains(": 2 invalid_json, 3 type_mismatch, 4 skipped by the log type; give"), "{all}");
    }
}
