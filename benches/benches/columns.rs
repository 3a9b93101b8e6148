//! Blocks of records to columns: reading, coercion, times, indicators and undeclared fields, on one thread.
//!
//! Three dumps of the same events show what keys cost: in the usual order, in random order, and with
//! undeclared fields in every event.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use sawlog_benches::{audit_plan, dump, scaled};
use sawlog_columns::Columns;
use sawlog_generator::Options;
use sawlog_parser::{Batch, Block, Envelope, Parser, Records, RecordsPath};

/// Events of a block; about 1 MiB.
const EVENTS: u64 = 800;

fn main() {
    let usual = Options::new(scaled(EVENTS), 1);
    let shuffled = Options { shuffle_keys: true, ..usual };
    let undeclared = Options { undeclared_percent: 100, ..usual };
    let plan = Arc::new(audit_plan());
    let plans = std::slice::from_ref(&plan);
    let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("columns");
    for (name, options) in [("usual", usual), ("shuffled", shuffled), ("undeclared", undeclared)] {
        let (data, records) = (dump(options), Records::Lines);
        let block = Block::new(data, records);
        let mut parser = Parser::new(plans, Arc::clone(&envelope), false);
        let mut columns = Columns::new(&plan, false);
        group.throughput(Throughput::Bytes(block.data.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let empty = std::mem::replace(&mut columns, Columns::new(&plan, false));
                let mut batch = Batch::new(0, vec![empty]);
                parser.parse(black_box(&block), &mut batch);
                assert_eq!(batch.rows(), options.events, "every event becomes a row");
                columns = batch.columns.remove(0);
                columns.clear();
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
