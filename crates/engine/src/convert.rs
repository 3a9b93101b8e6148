//! A conversion: what to do, doing it, and publishing it.
//!
//! The three steps know as little of each other as they can. Deciding looks at inputs and at the lake's
//! ledger and yields a list of work; the work turns inputs into staged files and counts; committing checks
//! the counts and publishes. Several processes could share them as they stand.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use chrono::{DateTime, SecondsFormat, Utc};
use sawlog_columns::{Code, Run};
use sawlog_parser::limits::MAX_RECORD_BYTES;
use sawlog_parser::{Block, Envelope, Fault, Framer, FramerOptions, Records, Span};
use sawlog_writer::{
    Batch, Entry, FileLimits, Input as LedgerInput, Lake, QuarantineWriter, SchemaId, Staging, State,
    TableFormat, TableWriter,
};

use crate::error::{Error, Result};
use crate::history::{self, Decision, Recipe};
use crate::inputs::{expand, refuse_output_within};
use crate::limits::{BLOCK_BYTES, BLOCKS_WAITING_PER_THREAD, CHUNK_BYTES};
use crate::options::ConvertOptions;
use crate::pipeline::{Bounds, Pipeline};
use crate::report::{Report, ReportFile};
use crate::source::{Decoded, Finished, Source};
use crate::stages::{Conversion, Idle, Output};
use crate::tally::Tally;

/// How far a conversion has come; shared with whoever shows it.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Raw bytes read so far.
    pub read: Arc<AtomicU64>,
    /// Raw bytes of all inputs, as far as they are known; 0 until the inputs were looked at.
    pub total: Arc<AtomicU64>,
}

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
    Recipe { table: format.folder().to_owned(), fingerprint, options: changing }
}

fn rfc3339(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros)
        .map_or_else(|| micros.to_string(), |t| t.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// The work of a run: inputs to convert, and everything that decides what comes of them.
struct Job {
    sources: Vec<Source>,
    replaces: Vec<String>,
    run: Arc<Run>,
    format: Arc<TableFormat>,
    recipe: Recipe,
    schema: SchemaId,
    batch: Batch,
    started: DateTime<Utc>,
}

/// What reading a source gave.
pub(crate) struct Read {
    finished: Finished,
    decoded_bytes: u64,
}

impl Job {
    fn new(
        options: &ConvertOptions,
        decision: Decision,
        format: Arc<TableFormat>,
        recipe: Recipe,
        started: DateTime<Utc>,
    ) -> Self {
        let sources = decision.convert;
        let mut hash = blake3::Hasher::new();
        hash.update(env!("CARGO_PKG_VERSION").as_bytes());
        hash.update(format!("{recipe:?}").as_bytes());
        for source in &sources {
            hash.update(source.identity.as_bytes());
        }
        let run = Run {
            parse_time: options.parse_time.unwrap_or_else(|| started.timestamp_micros()),
            source_id: options.source_id.clone(),
            source_label: options.source_label.clone(),
            sources: sources.iter().map(Source::of_run).collect(),
        };
        let batch = u64::from_le_bytes(hash.finalize().as_bytes()[..8].try_into().unwrap_or_default());
        let batch = Batch(batch);
        let log_type = &options.plan.log_type;
        let schema = SchemaId {
            name: log_type.name.clone(),
            version: log_type.version,
            fingerprint: recipe.fingerprint.clone(),
        };
        let replaces = decision.replaces;
        Self { sources, replaces, run: Arc::new(run), format, recipe, schema, batch, started }
    }

    /// Inputs that look alike at a glance may yet be different: their files must not meet.
    fn avoid_names_of(&mut self, entries: &[Entry]) {
        let is_kept = |e: &&Entry| e.state != State::Replaced && !self.replaces.contains(&e.name());
        let taken: Vec<Batch> = entries.iter().filter(is_kept).map(|e| e.batch).collect();
        while taken.contains(&self.batch) {
            self.batch = Batch(self.batch.0.wrapping_add(1));
        }
    }

    /// Converts all sources into staged files; fills the report, and returns the entry for the ledger.
    fn run(
        mut self,
        options: &ConvertOptions,
        progress: &Progress,
        staging: &Staging,
        report: &mut Report,
    ) -> Result<Entry> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads)
            .thread_name(|n| format!("worker-{n}"))
            .build()
            .map_err(|e| Error::Worker(e.to_string()))?;
        let table =
            TableWriter::new(staging.folder(), Arc::clone(&self.format), self.batch, FileLimits::default());
        let log_type = &options.plan.log_type.name;
        let quarantine = QuarantineWriter::new(staging.folder(), log_type, self.batch);
        let output = Output { table, quarantine, tally: Tally::new(self.sources.len()) };
        let envelope = Arc::new(Envelope::new(&options.plan, options.records_path.clone()));
        let conversion = Conversion {
            plan: Arc::clone(&options.plan),
            run: Arc::clone(&self.run),
            envelope: Arc::clone(&envelope),
            keep_missing: options.keep_missing,
            partition: options.partition,
            format: Arc::clone(&self.format),
            idle: Mutex::new(Idle::default()),
            output: Mutex::new(output),
        };
        let bounds = Bounds {
            blocks: options.threads * BLOCKS_WAITING_PER_THREAD,
            chunks: options.threads,
            encodings: options.threads.div_ceil(2),
        };
        let mut read = Vec::with_capacity(self.sources.len());
        Pipeline::new(&conversion, bounds).run(&pool, |feeder| {
            let mut chunk_base = 0;
            for (number, source) in (0u32..).zip(&mut self.sources) {
                let of_source =
                    read_source(source, &envelope, chunk_base, progress, &mut |b| feeder.block(b, number))?;
                let Some(of_source) = of_source else { return Ok(()) };
                chunk_base += of_source.decoded_bytes;
                read.push(of_source);
            }
            Ok(())
        })?;
        let output = conversion.output.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.finish(output, &read, report)
    }

    /// Closes the files and writes down what they hold.
    fn finish(self, output: Output, read: &[Read], report: &mut Report) -> Result<Entry> {
        let files = output.table.finish()?;
        let quarantine_files = output.quarantine.finish(&self.run)?;
        let counts = output.tally.total();
        report.records = counts.records;
        report.rows = counts.rows;
        report.quarantined = counts.quarantined;
        report.skipped = counts.skipped;
        report.decoded_bytes = read.iter().map(|r| r.decoded_bytes).sum();
        report.unknown_fields = output.tally.unknown.iter().map(|(p, n)| (p.to_owned(), n)).collect();
        report.reasons.clone_from(&output.tally.reasons);
        report.notes.clone_from(&output.tally.notes);
        report.files =
            files.iter().map(|f| ReportFile { path: f.path.clone(), rows: f.rows, bytes: f.bytes }).collect();
        let inputs = self.sources.iter().zip(read).zip(&output.tally.sources);
        Ok(Entry {
            batch: self.batch,
            table: self.recipe.table,
            schema: self.schema,
            options: self.recipe.options,
            parse_time: rfc3339(self.run.parse_time),
            started: self.started.to_rfc3339_opts(SecondsFormat::Millis, true),
            finished: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            inputs: inputs
                .map(|((source, read), counts)| LedgerInput {
                    path: source.input.name(),
                    bytes: read.finished.bytes,
                    decoded_bytes: read.decoded_bytes,
                    modified: source.modified,
                    digest: read.finished.digest.clone(),
                    identity: source.identity.clone(),
                    counts: *counts,
                })
                .collect(),
            counts,
            files,
            quarantine_files,
            unknown_fields: report.unknown_fields.clone(),
            reasons: report.reasons.clone(),
            notes: report.notes.clone(),
            replaces: self.replaces,
            ..Entry::default()
        })
    }
}

/// Reads, decodes and frames one source; hands its blocks to `feed` until that returns false. None if it did.
pub(crate) fn read_source(
    source: &mut Source,
    envelope: &Arc<Envelope>,
    chunk_base: u64,
    progress: &Progress,
    feed: &mut dyn FnMut(Block) -> bool,
) -> Result<Option<Read>> {
    let name = source.input.name();
    let fail = |e| Error::input(Path::new(&name), e);
    let mut decoder = source.open(Arc::clone(&progress.read))?;
    let mut framer = Framer::new(
        Arc::clone(envelope),
        FramerOptions {
            max_record_bytes: MAX_RECORD_BYTES,
            block_bytes: BLOCK_BYTES,
            chunk_bytes: CHUNK_BYTES,
            chunk_base,
        },
    );
    let mut ended = None;
    while ended.is_none() {
        match decoder.read(framer.space()).map_err(fail)? {
            Decoded::Bytes(0) => ended = Some(None),
            Decoded::Bytes(read) => framer.advance(read),
            Decoded::Damaged(message) => ended = Some(Some(message)),
        }
        if ended.is_some() {
            framer.finish();
        }
        while let Some(block) = framer.next_block() {
            if !feed(block) {
                return Ok(None);
            }
        }
    }
    let decoded_bytes = framer.decoded_bytes();
    if let Some(Some(message)) = ended {
        let chunk = (chunk_base + decoded_bytes) / CHUNK_BYTES;
        if !feed(damaged(message, decoded_bytes, chunk)) {
            return Ok(None);
        }
    }
    let finished = decoder.finish().map_err(fail)?;
    Ok(Some(Read { finished, decoded_bytes }))
}

/// Stands for the part of an input that could not be decoded.
fn damaged(message: String, offset: u64, chunk: u64) -> Block {
    let fault = Fault { code: Code::DamagedInput, message, at: 0, len: 0 };
    let span = Span { start: 0, len: 0, unwrapped: false, fault: Some(fault) };
    Block { data: Vec::new(), offset, line: 0, chunk, records: Records::Spans(vec![span]) }
}
