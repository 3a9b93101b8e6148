//! Events to text: what `sawlog parse` prints, one source after the other, in the order of the input.

use std::io::{self, Write};
use std::sync::Arc;

use sawlog_columns::{Columns, Reject, Run, print_row};
use sawlog_parser::{Batch, Block, Envelope, Parser, RecordsPath};
use sawlog_schema::Plan;

use crate::error::{Error, Result};
use crate::inputs::expand;
use crate::read::{Progress, read_source};
use crate::source::Source;

/// A request to print normalized events.
#[derive(Debug, Clone)]
pub struct ParseOptions {
    /// Files, folders, globs and `-`.
    pub inputs: Vec<String>,
    /// The log type.
    pub plan: Arc<Plan>,
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
/// `rejected`.
///
/// # Errors
/// Fails where an input cannot be read or `events` cannot be written to.
pub fn parse(
    options: &ParseOptions,
    events: &mut dyn Write,
    rejected: &mut dyn FnMut(&Reject, &str) -> io::Result<()>,
) -> Result<()> {
    let inputs = expand(&options.inputs)?;
    let mut sources = inputs.into_iter().map(Source::look).collect::<Result<Vec<_>>>()?;
    let run = Run {
        parse_time: options.parse_time,
        source_id: options.source_id.clone(),
        source_label: options.source_label.clone(),
        sources: sources.iter().map(Source::of_run).collect(),
    };
    let envelope = Arc::new(Envelope::new(std::slice::from_ref(&options.plan), options.records_path.clone()));
    let mut printer = Printer {
        parser: Parser::new(std::slice::from_ref(&options.plan), Arc::clone(&envelope), options.keep_missing),
        columns: Columns::new(&options.plan, true),
        run: &run,
        plan: &options.plan,
        records: 0,
        line: Vec::new(),
    };
    for (number, source) in (0u32..).zip(&mut sources) {
        let name = source.input.name();
        printer.records = 0;
        let mut failure = None;
        read_source(source, &envelope, 0, &Progress::default(), &mut |block| {
            let ended = printer.block(&block, number, events, &mut |reject| rejected(reject, &name));
            failure = ended.err();
            failure.is_none()
        })?;
        if let Some(source) = failure {
            return Err(Error::Print { source });
        }
    }
    events.flush().map_err(|source| Error::Print { source })
}

struct Printer<'a> {
    parser: Parser,
    columns: Columns,
    run: &'a Run,
    plan: &'a Plan,
    /// Records of the source so far.
    records: u64,
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
        let columns = std::mem::replace(&mut self.columns, Columns::new(self.plan, true));
        let mut batch = Batch::new(source, vec![columns]);
        self.parser.parse(block, &mut batch);
        for row in 0..batch.rows() as usize {
            self.line.clear();
            print_row(self.plan, self.run, &batch.columns[0], row, &mut self.line);
            self.line.push(b'\n');
            events.write_all(&self.line)?;
        }
        for reject in &mut batch.rejects {
            reject.record += self.records;
            rejected(reject)?;
        }
        self.records += batch.records;
        if let Some(columns) = batch.columns.pop() {
            self.columns = columns;
        }
        self.columns.clear();
        Ok(())
    }
}
