//! The stages of a conversion, one after the other, with a stopwatch.
//!
//! The work is that of [`Conversion`], in the order in which its pipeline would do it: blocks are parsed as
//! they come, and a chunk is encoded and written when it is whole. Only the threads are missing.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Read};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sawlog_columns::Run;
use sawlog_parser::measure::{Visitor, index_records};
use sawlog_parser::{Block, Envelope, Framer};
use sawlog_schema::{LogParser, Plan};
use sawlog_writer::{Batch, FileLimits, QuarantineWriter, TableFormat, TablesWriter};

use crate::error::{Error, Result};
use crate::limits::{CHUNK_RECORDS, IDLE_BYTES_PER_THREAD};
use crate::pipeline::Stages;
use crate::read::framer_options;
use crate::source::{Decoded, Decoder};
use crate::spool::Spooled;
use crate::stages::{Conversion, Output, Parsed};
use crate::tally::Tally;

/// The stages by name, with what they do, and the stage that one is a part of.
pub(super) const STAGES: [(&str, &str, Option<&str>); 9] = [
    ("read", "bytes from the file system", None),
    ("decode", "digest; decompression", None),
    ("frame", "blocks of whole records", None),
    ("parse", "records to columns", None),
    ("index", "of that, quotes and UTF-8", Some("parse")),
    ("visit", "of that, all but indicators and columns", Some("parse")),
    ("encode", "sorting, Parquet pages, compression", None),
    ("compress", "of that, zstd", Some("encode")),
    ("write", "files in the folder for temporary files", None),
];
const READ: usize = 0;
const DECODE: usize = 1;
const FRAME: usize = 2;
const PARSE: usize = 3;
pub(super) const INDEX: usize = 4;
pub(super) const VISIT: usize = 5;
const ENCODE: usize = 6;
const COMPRESS: usize = 7;
const WRITE: usize = 8;

/// What a round over the stages took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Round {
    /// The time of each stage.
    pub(super) times: [Duration; STAGES.len()],
    pub(super) records: u64,
    pub(super) decoded_bytes: u64,
    /// Whether the inputs ended within the sample.
    pub(super) is_all: bool,
    /// Whether some log type reads JSON, so that records are indexed.
    pub(super) is_indexed: bool,
    /// Whether the only log type does, so that its values can be visited.
    pub(super) is_visited: bool,
}

/// Everything that rounds have in common.
pub(super) struct Line {
    plans: Vec<Arc<Plan>>,
    formats: Vec<Arc<TableFormat>>,
    envelope: Arc<Envelope>,
    inputs: Vec<PathBuf>,
    run: Arc<Run>,
    sample_bytes: u64,
    /// One thread, on which encoding keeps to itself.
    pool: rayon::ThreadPool,
}

impl Line {
    pub(super) fn new(
        plans: Vec<Arc<Plan>>,
        envelope: Envelope,
        inputs: &Spooled,
        sample_bytes: u64,
    ) -> Result<Self> {
        let formats = plans.iter().map(|plan| Ok(Arc::new(TableFormat::new(plan)?)));
        let formats = formats.collect::<Result<Vec<_>>>()?;
        let sources = inputs.sources().map(|source| Ok(source?.of_run())).collect::<Result<Vec<_>>>()?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        Ok(Self {
            plans,
            formats,
            envelope: Arc::new(envelope),
            inputs: inputs.words().into_iter().map(PathBuf::from).collect(),
            run: Arc::new(Run { sources, ..Run::default() }),
            sample_bytes,
            pool: pool.map_err(|e| Error::Worker(e.to_string()))?,
        })
    }

    /// Takes the sample through all stages; files go to `folder`, which is made.
    pub(super) fn run(&self, folder: &Path) -> Result<Round> {
        fs::create_dir_all(folder).map_err(|e| Error::scratch(folder, e))?;
        let conversion = Conversion::new(
            self.plans.clone(),
            self.formats.clone(),
            Arc::clone(&self.run),
            Arc::clone(&self.envelope),
            IDLE_BYTES_PER_THREAD,
            self.output(folder),
        );
        let only = self.plans.first().filter(|plan| self.plans.len() == 1 && reads_json(plan));
        let visitor = only.map(|plan| Visitor::new(plan));
        let mut pass =
            Pass { line: self, conversion: &conversion, open: None, visitor, round: Round::default() };
        pass.round.is_visited = pass.visitor.is_some();
        pass.round.is_all = true;
        pass.round.is_indexed = self.plans.iter().any(reads_json);
        for (number, path) in (0u32..).zip(&self.inputs) {
            if pass.round.decoded_bytes >= self.sample_bytes {
                pass.round.is_all = false;
            }
            if !pass.round.is_all {
                break;
            }
            pass.input(number, path)?;
        }
        pass.close_chunk()?;
        let mut round = pass.round;
        let started = Instant::now();
        let output = conversion.into_output();
        round.records = output.tally.total().records;
        output.tables.finish()?;
        output.quarantine.finish(&self.run)?;
        round.times[WRITE] += started.elapsed();
        Ok(round)
    }

    fn output(&self, folder: &Path) -> Output {
        let formats = self.formats.clone();
        Output {
            tables: TablesWriter::new(folder, formats, Batch(0), FileLimits::default()),
            quarantine: QuarantineWriter::new(folder, None, Batch(0)),
            tally: Tally::new(self.inputs.len(), self.formats.len()),
        }
    }
}

/// One pass of the sample.
struct Pass<'a> {
    line: &'a Line,
    conversion: &'a Conversion,
    /// The chunk that is being parsed: its number, its records, and what they gave.
    open: Option<(u64, usize, Vec<Parsed>)>,
    visitor: Option<Visitor>,
    round: Round,
}

fn reads_json(plan: &Arc<Plan>) -> bool {
    plan.log_type.parser == LogParser::Json
}

impl Pass<'_> {
    fn input(&mut self, number: u32, path: &Path) -> Result<()> {
        let fail = |e| Error::input(path, e);
        let reading = Arc::new(AtomicU64::new(0));
        let file = Timed { file: File::open(path).map_err(fail)?, nanos: Arc::clone(&reading) };
        let started = Instant::now();
        let mut decoder = Decoder::over(Box::new(file), self.line.envelope.is_json_only()).map_err(fail)?;
        let chunk_base = self.round.decoded_bytes;
        let mut framer = Framer::new(Arc::clone(&self.line.envelope), framer_options(chunk_base));
        let (mut decoding, mut handed_on) = (started.elapsed(), 0);
        loop {
            let left = self.line.sample_bytes - chunk_base - framer.decoded_bytes();
            let started = Instant::now();
            let room = framer.space();
            let room_bytes = room.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let read = decoder.read(&mut room[..room_bytes]).map_err(fail)?;
            decoding += started.elapsed();
            let started = Instant::now();
            let is_end = !matches!(read, Decoded::Bytes(1..));
            match read {
                Decoded::Bytes(bytes @ 1..) => framer.advance(bytes),
                _ => framer.finish(),
            }
            let blocks: Vec<Block> = iter::from_fn(|| framer.next_block()).collect();
            self.round.times[FRAME] += started.elapsed();
            for block in blocks {
                handed_on += block.data.len() as u64;
                self.block(&block, number)?;
            }
            if is_end {
                self.round.decoded_bytes += framer.decoded_bytes();
                break;
            }
            // The framer is not told of an end, so that it keeps the record that the sample cuts in two.
            if chunk_base + framer.decoded_bytes() == self.line.sample_bytes {
                self.round.decoded_bytes += handed_on;
                self.round.is_all = false;
                break;
            }
        }
        let reading = Duration::from_nanos(reading.load(Ordering::Relaxed));
        self.round.times[READ] += reading;
        self.round.times[DECODE] += decoding.saturating_sub(reading);
        Ok(())
    }

    fn block(&mut self, block: &Block, source: u32) -> Result<()> {
        let is_new = |(chunk, records, _): &(u64, usize, Vec<Parsed>)| {
            *chunk != block.chunk || records + block.len() > CHUNK_RECORDS
        };
        if self.open.as_ref().is_some_and(is_new) {
            self.close_chunk()?;
        }
        let (_, records, parsed) = self.open.get_or_insert_with(|| (block.chunk, 0, Vec::new()));
        *records += block.len();
        let started = Instant::now();
        parsed.push(self.conversion.parse((block.chunk, 0), block, source));
        self.round.times[PARSE] += started.elapsed();
        // Afterwards, so that parsing is not given a block that was touched for the sake of a figure.
        if self.round.is_indexed {
            let started = Instant::now();
            black_box(index_records(block));
            self.round.times[INDEX] += started.elapsed();
        }
        if let Some(visitor) = &mut self.visitor {
            let started = Instant::now();
            black_box(visitor.visit(block));
            self.round.times[VISIT] += started.elapsed();
        }
        Ok(())
    }

    fn close_chunk(&mut self) -> Result<()> {
        let Some((chunk, _, parsed)) = self.open.take() else { return Ok(()) };
        let conversion = self.conversion;
        let started = Instant::now();
        let encoded = self.line.pool.install(|| conversion.encode((chunk, 0), parsed))?;
        self.round.times[ENCODE] += started.elapsed();
        self.round.times[COMPRESS] += encoded.compressing();
        let started = Instant::now();
        conversion.write(encoded)?;
        self.round.times[WRITE] += started.elapsed();
        Ok(())
    }
}

/// A file that adds up the time that its reads take.
struct Timed {
    file: File,
    nanos: Arc<AtomicU64>,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let started = Instant::now();
        let read = self.file.read(buffer);
        let nanos = started.elapsed().as_nanos();
        self.nanos.fetch_add(u64::try_from(nanos).unwrap_or(u64::MAX), Ordering::Relaxed);
        read
    }
}
