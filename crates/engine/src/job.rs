//! The work of a run: sources in, staged files and counts out.

use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use sawlog_columns::Run;
use sawlog_parser::Envelope;
use sawlog_writer::{
    Batch, Entry, FileLimits, Input as LedgerInput, QuarantineWriter, SchemaId, Staging, State, TableFormat,
    TableOutput, TablesWriter, WrittenFile,
};

use crate::error::{Error, Result};
use crate::history::{Decision, Recipe};
use crate::limits::{
    BLOCK_BYTES, BLOCKS_WAITING_PER_THREAD, BYTES_AHEAD_PER_THREAD, BYTES_WAITING_PER_THREAD, CHUNK_BYTES,
    CHUNK_INPUTS, CHUNK_RECORDS, IDLE_BYTES_PER_THREAD, SECTIONS_FROM_BYTES, SECTIONS_PER_THREAD,
};
use crate::options::ConvertOptions;
use crate::pipeline::{Bounds, Feed, Pipeline, Stages};
use crate::read::{Begun, Fed, Progress, Read, begin_source, framer_options};
use crate::report::{Report, ReportFile};
use crate::sections::{Sections, Whole};
use crate::source::Source;
use crate::stages::{Conversion, Output};
use crate::tally::Tally;

/// Inputs to convert, and everything that decides what comes of them.
pub(crate) struct Job {
    sources: Vec<Source>,
    replaces: Vec<String>,
    run: Arc<Run>,
    /// The format of each log type's table.
    formats: Vec<Arc<TableFormat>>,
    recipe: Recipe,
    /// What its files are called after.
    pub(crate) batch: Batch,
    started: DateTime<Utc>,
}

impl Job {
    pub(crate) fn new(
        options: &ConvertOptions,
        decision: Decision,
        formats: Vec<Arc<TableFormat>>,
        recipe: Recipe,
        started: DateTime<Utc>,
    ) -> Self {
        let sources = decision.convert;
        let mut hash = blake3::Hasher::new();
        hash.update(env!("CARGO_PKG_VERSION").as_bytes());
        hash.update(&recipe.schemas.len().to_le_bytes());
        for (format, schema) in formats.iter().zip(&recipe.schemas) {
            hash.update(format.folder().as_bytes()).update(b"\0").update(schema.fingerprint.as_bytes());
        }
        for (option, value) in &recipe.options {
            hash.update(b"\0").update(option.as_bytes()).update(b"\0").update(value.as_bytes());
        }
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
        let replaces = decision.replaces;
        Self { sources, replaces, run: Arc::new(run), formats, recipe, batch, started }
    }

    /// Inputs that look alike at a glance may yet be different: their files must not meet.
    pub(crate) fn avoid_names_of(&mut self, entries: &[Entry]) {
        let is_kept = |e: &&Entry| e.state != State::Replaced && !self.replaces.contains(&e.name());
        let taken: Vec<Batch> = entries.iter().filter(is_kept).map(|e| e.batch).collect();
        while taken.contains(&self.batch) {
            self.batch = Batch(self.batch.0.wrapping_add(1));
        }
    }

    /// Converts all sources into staged files; fills the report, and returns the entry for the ledger.
    pub(crate) fn run(
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
        let envelope = Envelope::new(&options.plans, options.records_path.clone()).of_stream(options.stream);
        let envelope = Arc::new(envelope);
        let conversion = Conversion {
            keep_missing: options.keep_missing,
            partition: options.partition,
            ..Conversion::new(
                options.plans.clone(),
                self.formats.clone(),
                Arc::clone(&self.run),
                Arc::clone(&envelope),
                options.threads * IDLE_BYTES_PER_THREAD,
                self.output(staging),
            )
        };
        let bounds = bounds(options.threads);
        let mut read = Vec::with_capacity(self.sources.len());
        Pipeline::new(&conversion, bounds).run(&pool, |feeder| {
            let mut chunk_base = 0;
            for (number, source) in (0u32..).zip(&mut self.sources) {
                if number % CHUNK_INPUTS == 0 {
                    chunk_base = u64::next_multiple_of(chunk_base, CHUNK_BYTES);
                }
                let options = framer_options(chunk_base);
                let feed = &mut |block| feeder.block(block, number);
                match begin_source(source, &envelope, options, progress, SECTIONS_FROM_BYTES, feed)? {
                    Begun::Read(of_source) => {
                        chunk_base += of_source.decoded_bytes;
                        read.push(ReadSource::Here(of_source));
                    }
                    Begun::Lines(sections) => {
                        let whole = Arc::clone(sections.whole());
                        chunk_base += whole.bytes();
                        conversion.note_sections(number, &whole);
                        read.push(ReadSource::InSections(whole));
                        if feed_sections(feeder, number, sections)?.is_break() {
                            break;
                        }
                    }
                    Begun::Broken => break,
                }
            }
            Ok(())
        })?;
        let read = read.into_iter().map(ReadSource::finished).collect::<Result<Vec<_>>>()?;
        self.finish(conversion.into_output(), &read, report)
    }

    fn output(&self, staging: &Staging) -> Output {
        // A reject of a run with several log types is of none of them.
        let only = match self.recipe.schemas.as_slice() {
            [only] => Some(only.name.as_str()),
            _ => None,
        };
        let (folder, limits) = (staging.folder(), FileLimits::default());
        Output {
            tables: TablesWriter::new(folder, self.formats.clone(), self.batch, limits),
            quarantine: QuarantineWriter::new(folder, only, self.batch),
            tally: Tally::new(self.sources.len(), self.formats.len()),
        }
    }

    /// Closes the files and writes down what they hold.
    fn finish(self, output: Output, read: &[Read], report: &mut Report) -> Result<Entry> {
        let files = output.tables.finish()?;
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
        let tables = table_outputs(self.recipe.schemas, &self.formats, files, output.tally.rows);
        report.log_types = tables.iter().map(|t| (t.schema.name.clone(), t.rows)).collect();
        let all = tables.iter().flat_map(|table| &table.files);
        report.files =
            all.map(|f| ReportFile { path: f.path.clone(), rows: f.rows, bytes: f.bytes }).collect();
        let inputs = self.sources.iter().zip(read).zip(&output.tally.sources);
        Ok(Entry {
            batch: self.batch,
            tables,
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
            quarantine_files,
            unknown_fields: report.unknown_fields.clone(),
            reasons: report.reasons.clone(),
            notes: report.notes.clone(),
            replaces: self.replaces,
            ..Entry::default()
        })
    }
}

/// A source that was read, or that workers read.
enum ReadSource {
    Here(Read),
    InSections(Arc<Whole>),
}

impl ReadSource {
    /// What is known of it once the work is done.
    fn finished(self) -> Result<Read> {
        match self {
            Self::Here(read) => Ok(read),
            Self::InSections(whole) => whole.finished(),
        }
    }
}

/// Hands on a source in sections; blocks of those that belong to several chunks are read here.
fn feed_sections<S: Stages + Send>(
    feeder: &mut Feed<'_, '_, '_, S>,
    number: u32,
    mut sections: Sections,
) -> Result<ControlFlow<()>> {
    while let Some((mut section, chunk)) = sections.next()? {
        if let Some(chunk) = chunk {
            let unread = Box::new(move |memory| section.next_block(memory));
            if feeder.section(chunk, number, unread).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            continue;
        }
        let mut memory = Vec::new();
        while let Some(block) = section.next_block(memory)? {
            match feeder.block(block, number) {
                Fed::Continue(spent) => memory = spent,
                Fed::Break(()) => return Ok(ControlFlow::Break(())),
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// How much may be under way with so many threads.
fn bounds(threads: usize) -> Bounds {
    let ahead = threads.saturating_sub(1) * BYTES_AHEAD_PER_THREAD;
    Bounds {
        blocks: threads * BLOCKS_WAITING_PER_THREAD + ahead / BLOCK_BYTES,
        bytes: threads * BYTES_WAITING_PER_THREAD + ahead,
        records: threads * CHUNK_RECORDS,
        chunk_records: CHUNK_RECORDS,
        // Chunks that are encoded and wait for an earlier one take little.
        chunks: threads + threads / 2,
        sections: threads * SECTIONS_PER_THREAD,
        block_bytes: 2 * BLOCK_BYTES,
    }
}

/// What the ledger says of each table.
fn table_outputs(
    schemas: Vec<SchemaId>,
    formats: &[Arc<TableFormat>],
    files: Vec<Vec<WrittenFile>>,
    rows: Vec<u64>,
) -> Vec<TableOutput> {
    let tables = schemas.into_iter().zip(formats).zip(files).zip(rows);
    tables
        .map(|(((schema, format), files), rows)| {
            let table = format.folder().to_owned();
            TableOutput { table, schema, rows, files }
        })
        .collect()
}

pub(crate) fn rfc3339(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros)
        .map_or_else(|| micros.to_string(), |t| t.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_blocks_are_no_crumbs() {
        // Half of the blocks that may wait have more than a quarter of the bytes: see the pipeline's `helps`.
        for threads in 2..100 {
            let Bounds { blocks, bytes, .. } = bounds(threads);
            assert!(4 * (blocks / 2) * (BLOCK_BYTES * 3 / 4) > bytes, "{threads} threads");
        }
    }
}
