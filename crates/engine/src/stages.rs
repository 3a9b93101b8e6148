//! What a conversion does with blocks, chunks and results.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sawlog_columns::{Columns, Run, Table};
use sawlog_parser::{Batch, Block, Envelope, Parser};
use sawlog_schema::Plan;
use sawlog_writer::{
    EncodedRowGroup, Group, PartitionBy, QuarantineWriter, TableFormat, TableWriter, encode, split,
};

use crate::error::Result;
use crate::limits::ROW_GROUPS_AHEAD;
use crate::pipeline::Stages;
use crate::tally::Tally;

/// The stages of a conversion into one table.
pub(crate) struct Conversion {
    pub(crate) plan: Arc<Plan>,
    pub(crate) run: Arc<Run>,
    pub(crate) envelope: Arc<Envelope>,
    pub(crate) keep_missing: bool,
    pub(crate) partition: PartitionBy,
    pub(crate) format: Arc<TableFormat>,
    /// Parsers and column buffers that no worker uses at the moment: their memory is worth keeping.
    pub(crate) idle: Mutex<Idle>,
    pub(crate) output: Mutex<Output>,
}

#[derive(Default)]
pub(crate) struct Idle {
    parsers: Vec<Parser>,
    columns: Vec<Columns>,
    /// The columns of a parsed block, after whose sizes new ones are made, and its bytes.
    sample: Option<(Columns, usize)>,
}

/// Where chunks end up, in order.
pub(crate) struct Output {
    pub(crate) table: TableWriter,
    pub(crate) quarantine: QuarantineWriter,
    pub(crate) tally: Tally,
}

/// A chunk ready to be written.
pub(crate) struct Encoded {
    row_groups: Vec<EncodedRowGroup>,
    /// What was not encoded ahead, and the columns that hold its rows.
    rest: Vec<Group>,
    parts: Vec<Columns>,
    batches: Vec<Parsed>,
}

/// What remains of a batch once its rows are encoded.
struct Parsed {
    batch: Batch,
    rows: u64,
}

impl Conversion {
    /// Columns for a block of so many bytes.
    fn take_columns(&self, bytes: usize) -> Columns {
        let mut idle = lock(&self.idle);
        idle.columns.pop().unwrap_or_else(|| {
            let mut columns = Columns::new(&self.plan, false);
            // For a block that is much smaller, such as a small file, the room would only be waste.
            if let Some((sample, of)) = &idle.sample
                && bytes >= of / 2
            {
                columns.reserve_as(sample);
            }
            columns
        })
    }

    fn give_back(&self, columns: &mut Vec<Columns>) {
        columns.iter_mut().for_each(Columns::clear);
        lock(&self.idle).columns.append(columns);
    }

    fn take_parser(&self) -> Parser {
        let idle = lock(&self.idle).parsers.pop();
        idle.unwrap_or_else(|| {
            Parser::new(std::slice::from_ref(&self.plan), Arc::clone(&self.envelope), self.keep_missing)
        })
    }
}

impl Stages for Conversion {
    type Encoded = Encoded;

    fn parse(&self, block: Block, source: u32) -> Batch {
        let mut parser = self.take_parser();
        let mut batch = Batch::new(source, vec![self.take_columns(block.data.len())]);
        parser.parse(&block, &mut batch);
        let mut idle = lock(&self.idle);
        idle.parsers.push(parser);
        if idle.sample.is_none() {
            idle.sample = Some((batch.columns[0].clone(), block.data.len()));
        }
        batch
    }

    fn encode(&self, mut batches: Vec<Batch>) -> Result<Encoded> {
        let empty = || Columns::new(&self.plan, false);
        let mut parts: Vec<Columns> =
            batches.iter_mut().map(|b| std::mem::replace(&mut b.columns[0], empty())).collect();
        let table = Table::new(&self.plan, &self.run, &parts);
        let mut groups = split(&table, &self.run, self.partition);
        let rest = groups.split_off(groups.len().min(ROW_GROUPS_AHEAD));
        let mut row_groups = Vec::with_capacity(groups.len());
        for group in groups {
            row_groups.push(encode(&self.format, &table, &group)?);
        }
        let rows: Vec<u64> = parts.iter().map(|part| part.rows().len() as u64).collect();
        if rest.is_empty() {
            self.give_back(&mut parts);
        }
        let batches = batches.into_iter().zip(rows).map(|(batch, rows)| Parsed { batch, rows }).collect();
        Ok(Encoded { row_groups, rest, parts, batches })
    }

    fn write(&self, mut encoded: Encoded) -> Result<()> {
        let mut output = lock(&self.output);
        for row_group in encoded.row_groups {
            output.table.append(row_group)?;
        }
        let table = Table::new(&self.plan, &self.run, &encoded.parts);
        for group in encoded.rest {
            output.table.append(encode(&self.format, &table, &group)?)?;
        }
        self.give_back(&mut encoded.parts);
        for Parsed { mut batch, rows } in encoded.batches {
            output.tally.add(&mut batch, rows);
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
