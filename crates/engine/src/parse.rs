//! Events to text: what `sawlog parse` prints, one source after the other, in the order of the input.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use sawlog_columns::{Columns, Note, Reject, Run, print_row};
use sawlog_parser::{Batch, Block, Envelope, Parser, RecordsPath, Stream};
use sawlog_schema::Plan;

use crate::error::{Error, Result};
use crate::inputs::expand;
use crate::log_types::refuse_clashes;
use crate::read::{Fed, Progress, read_source};
use crate::source::Source;
use crate::streams::plans_of_stream;

/// A request to print normalized events.
#[derive(Debug, Clone)]
pub struct ParseOptions {
    /// Files, folders, globs and `-`.
    pub inputs: Vec<String>,
    /// The log types; with several, each record is printed as the one that it goes to.
    pub plans: Vec<Arc<Plan>>,
    /// What the records come in.
    pub stream: Stream,
    /// Where records lie within a document.
    pub records_path: RecordsPath,
    /// Print events that lack required fields, with a flag, rather than reject them.
    pub keep_missing: bool,
    /// Parse time in microseconds since 1970 UTC.
    pub parse_time: i64,
    /// `p_source_id`.
    pub source_id: Option<String>,
    /// `p_source_label`.
    pub source_label: Option<String>,
}

/// Prints each event as a line of JSON to `events` and hands each reject, with the name of its input, to
/// `rejected`. Returns how often what was odd, and cost no record.
///
/// # Errors
/// Fails where an input cannot be read or `events` cannot be written to.
pub fn parse(
    options: &ParseOptions,
    events: &mut dyn Write,
    rejected: &mut dyn FnMut(&Reject, &str) -> io::Result<()>,
) -> Result<BTreeMap<Note, u64>> {
    refuse_clashes(&options.plans)?;
    let inputs = expand(&options.inputs)?.all;
    let mut sources = inputs.into_iter().map(Source::look).collect::<Result<Vec<_>>>()?;
    let run = Run {
        parse_time: options.parse_time,
        source_id: options.source_id.clone(),
        source_label: options.source_label.clone(),
        sources: sources.iter().map(Source::of_run).collect(),
    };
    let plans = plans_of_stream(&options.plans, options.stream, &options.records_path)?;
    let envelope = Envelope::new(&plans, options.records_path.clone()).of_stream(options.stream);
    let envelope = Arc::new(envelope);
    let mut printer = Printer {
        parser: Parser::new(&plans, Arc::clone(&envelope), options.keep_missing),
        columns: plans.iter().map(|plan| Columns::new(plan, true)).collect(),
        run: &run,
        plans: &plans,
        records: 0,
        notes: BTreeMap::new(),
        line: Vec::new(),
    };
    for (number, source) in (0u32..).zip(&mut sources) {
        let name = source.input.name();
        printer.records = 0;
        let mut failure = None;
        read_source(source, &envelope, 0, &Progress::default(), &mut |block| {
            let ended = printer.block(&block, number, events, &mut |reject| rejected(reject, &name));
            failure = ended.err();
            if failure.is_none() { Fed::Continue(block.data) } else { Fed::Break(()) }
        })?;
        if let Some(source) = failure {
            return Err(Error::Print { source });
        }
    }
    events.flush().map_err(|source| Error::Print { source })?;
    Ok(printer.notes)
}

struct Printer<'a> {
    parser: Parser,
    /// One set for each log type.
    columns: Vec<Columns>,
    run: &'a Run,
    plans: &'a [Arc<Plan>],
    /// Records of the source so far.
    records: u64,
    notes: BTreeMap<Note, u64>,
    line: Vec<u8>,
}

impl Printer<'_> {
    fn block(
        &mut self,
        block: &Block,
        source: u32,
        events: &mut dyn Write,
        rejected: &mut dyn FnMut(&Reject) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut batch = Batch::new(source, std::mem::take(&mut self.columns));
        self.parser.parse(block, &mut batch);
        self.rows(&batch.columns, events)?;
        for reject in &mut batch.rejects {
            reject.record += self.records;
            rejected(reject)?;
        }
        self.records += batch.records;
        for (note, count) in batch.notes {
            *self.notes.entry(note).or_default() += count;
        }
        self.columns = batch.columns;
        self.columns.iter_mut().for_each(Columns::clear);
        Ok(())
    }

    /// Prints the rows of all log types in the order in which their records stand in the input.
    fn rows(&mut self, columns: &[Columns], events: &mut dyn Write) -> io::Result<()> {
        let mut next = vec![0; columns.len()];
        let offset_of_next = |number: usize, next: &[usize]| {
            columns[number].rows().get(next[number]).map(|row| (row.byte_offset, number))
        };
        while let Some((_, number)) = (0..next.len()).filter_map(|n| offset_of_next(n, &next)).min() {
            self.line.clear();
            print_row(&self.plans[number], self.run, &columns[number], next[number], &mut self.line);
            self.line.push(b'\n');
            events.write_all(&self.line)?;
            next[number] += 1;
        }
        Ok(())
    }
}
