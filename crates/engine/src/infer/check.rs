//! The proof of an inferred log type: its own input, parsed with it.
//!
//! Every record that was an event must become a row, and nothing of it may be left over as undeclared.

use std::sync::Arc;

use sawlog_columns::{Columns, Reject};
use sawlog_parser::{Batch, Envelope, Parser, RecordsPath};
use sawlog_schema::{Plan, load};

use crate::error::Result;
use crate::plural::count;
use crate::read::{Fed, Progress, read_source};
use crate::spool::Spooled;

/// Reasons that are shown.
const SHOWN: usize = 5;

/// What came of the check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InferCheck {
    /// Records that became rows.
    pub rows: u64,
    /// Records that did not, those that are no events left aside.
    pub rejected: u64,
    /// Values without a field of their own.
    pub undeclared: u64,
    /// Why, in words; the first few reasons.
    pub reasons: Vec<String>,
}

impl InferCheck {
    /// Whether the log type accepts every event and has a field for every value.
    pub fn is_sound(&self) -> bool {
        self.rejected == 0 && self.undeclared == 0 && self.reasons.is_empty()
    }

    fn explain(&mut self, reason: String) {
        if self.reasons.len() < SHOWN {
            self.reasons.push(reason);
        }
    }
}

/// Parses all inputs with the log type that `yaml` defines. `events` and `unreadable` are what the records
/// were without one.
pub(super) fn check(
    yaml: &str,
    inputs: &Spooled,
    records_path: &RecordsPath,
    (events, unreadable): (u64, u64),
) -> Result<InferCheck> {
    let mut check = InferCheck::default();
    let loaded = load(yaml, "inferred.yml");
    let Some(log_type) = loaded.log_type else {
        check.rejected = events;
        loaded.diagnostics.iter().for_each(|problem| check.explain(problem.message.clone()));
        return Ok(check);
    };
    let plans = [Arc::new(Plan::new(log_type))];
    let envelope = Arc::new(Envelope::new(&plans, records_path.clone()));
    let mut parser = Parser::new(&plans, Arc::clone(&envelope), false);
    let mut columns = vec![Columns::new(&plans[0], false)];
    let mut rejects = 0;
    for source in inputs.sources() {
        let mut source = source?;
        read_source(&mut source, &envelope, 0, &Progress::default(), &mut |block| {
            let mut batch = Batch::new(0, std::mem::take(&mut columns));
            parser.parse(&block, &mut batch);
            check.rows += batch.rows();
            rejects += batch.rejects.len() as u64;
            for (path, count) in batch.unknown.iter() {
                check.undeclared += count;
                let path = if path.is_empty() { "a key without a name" } else { path };
                check.explain(format!("no field for {path}"));
            }
            batch.rejects.iter().filter(|reject| reject.schema_line.is_some()).for_each(|reject| {
                check.explain(told(reject));
            });
            columns = batch.columns;
            columns.iter_mut().for_each(Columns::clear);
            Fed::Continue(block.data)
        })?;
    }
    check.rejected = rejects.saturating_sub(unreadable);
    if check.rows != events && check.is_sound() {
        check.explain(format!("{} came of {}", count(check.rows, "row"), count(events, "event")));
    }
    Ok(check)
}

fn told(reject: &Reject) -> String {
    format!(
        "line {}: {} (schema line {})",
        reject.line,
        reject.message,
        reject.schema_line.unwrap_or_default()
    )
}
