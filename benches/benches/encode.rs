//! Rows to a row group in memory, on one thread: pages of our own against the way by Arrow arrays.
//!
//! The rows are those of one chunk, parsed block by block beforehand, sorted by time as the engine does it.

#![expect(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, SamplingMode, Throughput};
use sawlog_benches::{audit_plan, dump, scaled};
use sawlog_columns::{Columns, Run, Source, Table};
use sawlog_generator::Options;
use sawlog_parser::{Batch, Block, Envelope, Parser, Records, RecordsPath};
use sawlog_writer::{Encoder, PartitionBy, TableFormat, encode_with, split};

/// Events of a chunk of 64 MiB.
const EVENTS: u64 = 54_000;
/// Bytes of a block, about.
const BLOCK: usize = 1 << 20;

fn main() {
    let events = scaled(EVENTS);
    let plan = Arc::new(audit_plan());
    let parts = parse(&dump(Options::new(events, 1)), &plan);
    let source = Source { path: "dump.ndjson".to_owned(), identity: 7 };
    let run = Run { sources: vec![source], ..Run::default() };
    let table = Table::new(&plan, &run, &parts);
    let format = TableFormat::new(&plan).expect("the log type that ships has a format");
    let group = split(&table, &run, PartitionBy::None).remove(0);

    let mut criterion = Criterion::default().configure_from_args();
    let mut bench = criterion.benchmark_group("encode");
    bench.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(events));
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread can be had");
    for (name, encoder) in [("pages", Encoder::Pages), ("arrow", Encoder::Arrow)] {
        let encode = || {
            let encoded = one_thread.install(|| encode_with(encoder, &format, black_box(&table), &group));
            encoded.expect("rows are sound")
        };
        let bytes = encode().bytes() / events;
        // A small dump carries the weight of all columns with few rows.
        assert!((50..400).contains(&bytes), "{bytes} bytes an event");
        bench.bench_function(name, |bencher| bencher.iter(encode));
    }
    bench.finish();
    criterion.final_summary();
}

/// The dump in blocks, each parsed into columns of its own.
fn parse(dump: &[u8], plan: &Arc<sawlog_schema::Plan>) -> Vec<Columns> {
    let plans = std::slice::from_ref(plan);
    let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
    let mut parser = Parser::new(plans, envelope, false);
    let mut parts = Vec::new();
    let (mut rest, mut offset) = (dump, 0);
    while !rest.is_empty() {
        let end = rest[rest.len().min(BLOCK) - 1..].iter().position(|&byte| byte == b'\n');
        let (data, others) = rest.split_at(end.map_or(rest.len(), |at| rest.len().min(BLOCK) + at));
        let block = Block { offset, ..Block::new(data.to_vec(), Records::Lines) };
        let mut batch = Batch::new(0, vec![Columns::new(plan, false)]);
        parser.parse(&block, &mut batch);
        parts.append(&mut batch.columns);
        (rest, offset) = (others, offset + data.len() as u64);
    }
    parts
}
