//! Measures how long one chunk takes from columns to Parquet pages, on one thread and on all.
//!
//! ```text
//! cargo run --release -p sawlog -- generate --events 53000 --seed 1 --out dump.ndjson
//! cargo run --release -p sawlog-writer --example encode -- dump.ndjson
//! ```

#![expect(clippy::print_stdout, reason = "a program that reports to its user")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::error::Error;
use std::time::Instant;

use sawlog_columns::Table;
use sawlog_schema::{Plan, find_builtin, load};
use sawlog_writer::{EncodedRowGroup, PartitionBy, TableFormat, encode, split};

const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("give an NDJSON dump of Atlassian audit events")?;
    let by = std::env::args().nth(2).as_deref().unwrap_or("none").parse::<PartitionBy>()?;
    let definition = find_builtin("Atlassian.Audit").ok_or("no such log type")?;
    let plan = Plan::new(load(definition.text, definition.name).log_type.ok_or("the log type is broken")?);
    let text = std::fs::read_to_string(path)?;
    let events = text.lines().map(serde_json::from_str).collect::<Result<Vec<_>, _>>()?;
    let batches = support::batches(&plan, &events, &[3000]);
    let run = support::run();
    let table = Table::new(&plan, &run, &batches);
    let format = TableFormat::new(&plan)?;

    for threads in [1, std::thread::available_parallelism()?.get()] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let mut times = Vec::new();
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let groups = pool.install(|| -> sawlog_writer::Result<Vec<EncodedRowGroup>> {
                split(&table, &run, by).iter().map(|group| encode(&format, &table, group)).collect()
            })?;
            times.push(start.elapsed());
            bytes = groups.iter().map(EncodedRowGroup::bytes).sum();
        }
        times.sort_unstable();
        println!(
            "{threads} threads: {} events, {} bytes in, {bytes} out, median {:.1?} of {ROUNDS} \
             ({:.1?} to {:.1?})",
            events.len(),
            text.len(),
            times[ROUNDS / 2],
            times[0],
            times[ROUNDS - 1],
        );
    }
    Ok(())
}
