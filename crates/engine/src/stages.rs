//! What a conversion does with blocks, chunks and results.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sawlog_columns::{Columns, Run, Table};
use sawlog_parser::{Batch, Block, Envelope, Parser};
use sawlog_schema::Plan;
use sawlog_writer::{
    EncodedRowGroup, Group, PartitionBy, QuarantineWriter, TableFormat, TablesWriter, encode_all, split,
};

use crate::error::Result;
use crate::idle::IdleColumns;
use crate::limits::{PART_BYTES, ROW_GROUPS_AHEAD};
use crate::pipeline::{ChunkId, Stages};
use crate::sections::Whole;
use crate::tally::Tally;

/// The stages of a conversion into one table for each log type.
pub(crate) struct Conversion {
    pub(crate) plans: Vec<Arc<Plan>>,
    /// The format of each log type's table.
    pub(crate) formats: Vec<Arc<TableFormat>>,
    pub(crate) run: Arc<Run>,
    pub(crate) envelope: Arc<Envelope>,
    pub(crate) keep_missing: bool,
    pub(crate) partition: PartitionBy,
    /// Parsers and column buffers that no worker uses at the moment: their memory is worth keeping.
    pub(crate) parsers: Mutex<Vec<Parser>>,
    pub(crate) columns: Mutex<IdleColumns>,
    /// The rows of each open chunk.
    pub(crate) parts: Mutex<HashMap<ChunkId, Parts>>,
    /// Sources that are read in sections, by number.
    pub(crate) in_sections: Mutex<HashMap<u32, Arc<Whole>>>,
    pub(crate) output: Mutex<Output>,
}

/// Where chunks end up, in order.
pub(crate) struct Output {
    pub(crate) tables: TablesWriter,
    pub(crate) quarantine: QuarantineWriter,
    pub(crate) tally: Tally,
}

/// A parsed block: what it gave besides rows, and their number.
pub(crate) struct Parsed {
    batch: Batch,
    rows: u64,
}

/// The rows of a chunk, in sets of columns with one for each log type. A worker goes on filling a set that
/// another has filled before, so that equal values of many blocks meet in one dictionary.
#[derive(Default)]
pub(crate) struct Parts {
    /// Those that no worker fills at the moment.
    open: Vec<Vec<Columns>>,
    /// Those that are large enough.
    full: Vec<Vec<Columns>>,
}

/// A chunk ready to be written.
pub(crate) struct Encoded {
    /// In the order of the log types; those that have no rows are left out.
    tables: Vec<EncodedTable>,
    /// The batches, and the number of rows of each.
    batches: Vec<(Batch, u64)>,
}

/// The rows that a chunk has for one table.
struct EncodedTable {
    /// Number of the log type.
    number: usize,
    rows: u64,
    row_groups: Vec<EncodedRowGroup>,
    /// What was not encoded ahead, and the columns that hold its rows.
    rest: Vec<Group>,
    parts: Vec<Columns>,
}

impl Encoded {
    /// The part of the encoding that was compression.
    pub(crate) fn compressing(&self) -> Duration {
        let row_groups = self.tables.iter().flat_map(|table| &table.row_groups);
        row_groups.map(EncodedRowGroup::compressing).sum()
    }
}

impl Conversion {
    /// A conversion that quarantines events without required fields, and keeps at most so many bytes of
    /// buffers while nobody uses them.
    pub(crate) fn new(
        plans: Vec<Arc<Plan>>,
        formats: Vec<Arc<TableFormat>>,
        run: Arc<Run>,
        envelope: Arc<Envelope>,
        idle_bytes: usize,
        output: Output,
    ) -> Self {
        Self {
            columns: Mutex::new(IdleColumns::new(&plans, idle_bytes)),
            plans,
            formats,
            run,
            envelope,
            keep_missing: false,
            partition: PartitionBy::default(),
            parsers: Mutex::default(),
            parts: Mutex::default(),
            in_sections: Mutex::default(),
            output: Mutex::new(output),
        }
    }

    /// What came of it.
    pub(crate) fn into_output(self) -> Output {
        self.output.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that workers read that source, without knowing the numbers of its lines.
    pub(crate) fn note_sections(&self, source: u32, whole: &Arc<Whole>) {
        lock(&self.in_sections).insert(source, Arc::clone(whole));
    }

    fn take_parser(&self) -> Parser {
        let idle = lock(&self.parsers).pop();
        idle.unwrap_or_else(|| Parser::new(&self.plans, Arc::clone(&self.envelope), self.keep_missing))
    }

    fn give_back(&self, number: usize, parts: &mut Vec<Columns>) {
        let mut idle = lock(&self.columns);
        parts.drain(..).for_each(|columns| idle.give_back(number, columns));
    }

    /// Encodes as many row groups ahead as `ahead` allows, which is counted down.
    fn encode_table(&self, number: usize, parts: Vec<Columns>, ahead: &mut usize) -> Result<EncodedTable> {
        let table = Table::new(&self.plans[number], &self.run, &parts);
        let mut groups = split(&table, &self.run, self.partition);
        let rest = groups.split_off(groups.len().min(*ahead));
        *ahead -= groups.len();
        let row_groups = encode_all(&self.formats[number], &table, &groups)?;
        let rows = parts.iter().map(|part| part.rows().len() as u64).sum();
        let mut encoded = EncodedTable { number, rows, row_groups, rest, parts };
        if encoded.rest.is_empty() {
            self.give_back(number, &mut encoded.parts);
        }
        Ok(encoded)
    }

    fn write_table(&self, encoded: EncodedTable, output: &mut Output) -> Result<()> {
        let EncodedTable { number, rows, row_groups, rest, mut parts } = encoded;
        for row_group in row_groups {
            output.tables.append(number, row_group)?;
        }
        let table = Table::new(&self.plans[number], &self.run, &parts);
        // No more than there are threads: what was encoded is then written while it is still in the cache.
        for groups in rest.chunks(rayon::current_num_threads()) {
            for row_group in encode_all(&self.formats[number], &table, groups)? {
                output.tables.append(number, row_group)?;
            }
        }
        self.give_back(number, &mut parts);
        output.tally.rows[number] += rows;
        Ok(())
    }
}

impl Stages for Conversion {
    type Parsed = Parsed;
    type Encoded = Encoded;

    fn parse(&self, chunk: ChunkId, block: &Block, source: u32) -> Parsed {
        let mut parser = self.take_parser();
        let open = lock(&self.parts).entry(chunk).or_default().open.pop();
        let columns = open.unwrap_or_else(|| lock(&self.columns).take());
        let mut batch = Batch::new(source, columns);
        let before = batch.rows();
        parser.parse(block, &mut batch);
        let rows = batch.rows() - before;
        // They wait until their chunk is written, and may be the larger part of what does.
        batch.rejects.shrink_to_fit();
        lock(&self.parsers).push(parser);
        let columns = std::mem::take(&mut batch.columns);
        let bytes: usize = columns.iter().map(Columns::heap_bytes).sum();
        let mut parts = lock(&self.parts);
        let parts = parts.entry(chunk).or_default();
        if bytes < PART_BYTES {
            parts.open.push(columns);
        } else {
            parts.full.push(columns);
        }
        Parsed { batch, rows }
    }

    fn encode(&self, chunk: ChunkId, parsed: Vec<Parsed>) -> Result<Encoded> {
        let Parts { open, full } = lock(&self.parts).remove(&chunk).unwrap_or_default();
        let mut parts: Vec<Vec<Columns>> = self.plans.iter().map(|_| Vec::new()).collect();
        for (number, columns) in open.into_iter().chain(full).flat_map(|set| set.into_iter().enumerate()) {
            if columns.rows().is_empty() {
                lock(&self.columns).give_back(number, columns);
            } else {
                parts[number].push(columns);
            }
        }
        let batches = parsed.into_iter().map(|Parsed { batch, rows }| (batch, rows)).collect();
        let mut ahead = ROW_GROUPS_AHEAD;
        let mut tables = Vec::new();
        for (number, parts) in parts.into_iter().enumerate().filter(|(_, parts)| !parts.is_empty()) {
            tables.push(self.encode_table(number, parts, &mut ahead)?);
        }
        Ok(Encoded { tables, batches })
    }

    fn write(&self, encoded: Encoded) -> Result<()> {
        let mut output = lock(&self.output);
        for table in encoded.tables {
            self.write_table(table, &mut output)?;
        }
        let in_sections = lock(&self.in_sections);
        for (mut batch, rows) in encoded.batches {
            output.tally.add(&mut batch, rows);
            if let Some(whole) = in_sections.get(&batch.source) {
                for reject in &mut batch.rejects {
                    reject.line = whole.line(reject.line, reject.byte_offset);
                }
            }
            for reject in batch.rejects {
                output.quarantine.append(reject, &self.run)?;
            }
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
