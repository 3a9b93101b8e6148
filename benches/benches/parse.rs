//! The parse stage against what it would have to beat if it only read JSON: blocks of records to columns, the
//! same without columns and indicators, and simd-json's tape of the same records, on one thread.
//!
//! Four dumps of the same events: keys in the usual order, in random order, undeclared fields in five events
//! of a hundred, and one event of a hundred to be rejected.

#![expect(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use sawlog_benches::{audit_plan, dump, scaled};
use sawlog_columns::Columns;
use sawlog_generator::Options;
use sawlog_parser::measure::Visitor;
use sawlog_parser::{Batch, Block, Envelope, Parser, Reader, Records, RecordsPath};
use simd_json::{Buffers, INPUT_PADDING, Tape};

/// Events of a block; about 20 MiB, so that hardly any two of random order are alike.
const EVENTS: u64 = 16_000;

fn main() {
    let usual = Options { undeclared_percent: 0, ..Options::new(scaled(EVENTS), 1) };
    let dumps = [
        ("usual", usual),
        ("shuffled", Options { shuffle_keys: true, ..usual }),
        ("undeclared", Options { undeclared_percent: 5, ..usual }),
        ("rejected", Options { rejected_percent: 1, ..usual }),
    ];
    let mut criterion = Criterion::default().configure_from_args();
    for (name, options) in dumps {
        let data = dump(options);
        let mut group = criterion.benchmark_group(format!("parse/{name}"));
        group.throughput(Throughput::Bytes(data.len() as u64));
        let mut tapes = Tapes::new(&data);
        group.bench_function("simd-json", |bencher| bencher.iter(|| tapes.read(black_box(&data))));
        let readers = [
            ("sawlog", Reader::Shapes),
            ("sawlog key by key", Reader::Keys),
            ("sawlog without shapes", Reader::Tokens),
        ];
        for (name, reader) in readers {
            let mut bench = Bench::new(data.clone(), reader);
            group.bench_function(name, |bencher| bencher.iter(|| bench.parse()));
        }
        let mut visitor = Visitor::new(&audit_plan());
        let block = block(data.clone());
        group.bench_function("sawlog, values only", |bencher| {
            bencher.iter(|| visitor.visit(black_box(&block)));
        });
        group.finish();
    }
    criterion.final_summary();
}

/// sawlog's parse stage.
struct Bench {
    block: Block,
    parser: Parser,
    batch: Batch,
}

impl Bench {
    fn new(data: Vec<u8>, reader: Reader) -> Self {
        let plan = Arc::new(audit_plan());
        let plans = std::slice::from_ref(&plan);
        let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
        let parser = Parser::new(plans, envelope, false).read_by(reader);
        let batch = Batch::new(0, vec![Columns::new(&plan, false)]);
        Self { block: block(data), parser, batch }
    }

    fn parse(&mut self) {
        self.parser.parse(black_box(&self.block), &mut self.batch);
        let columns = std::mem::take(&mut self.batch.columns);
        self.batch = Batch::new(0, columns);
        self.batch.columns.iter_mut().for_each(Columns::clear);
    }
}

fn block(data: Vec<u8>) -> Block {
    Block::new(data, Records::Lines)
}

/// simd-json's tape of one record after another, without a copy of them: it writes into its input, so that
/// the block is copied beforehand as a whole, as a program that reads a file would.
struct Tapes {
    copy: Vec<u8>,
    buffers: Buffers,
    tape: Tape<'static>,
}

impl Tapes {
    fn new(data: &[u8]) -> Self {
        Self {
            copy: Vec::with_capacity(data.len() + INPUT_PADDING),
            buffers: Buffers::new(4096),
            tape: Tape(Vec::new()),
        }
    }

    /// Number of nodes. What is no JSON counts as nothing.
    fn read(&mut self, data: &[u8]) -> usize {
        self.copy.clear();
        self.copy.extend_from_slice(data);
        // The padding of a record is the record after it, and the last one's is zeros.
        self.copy.resize(data.len() + INPUT_PADDING, 0);
        let mut nodes = 0;
        let mut start = 0;
        while start < data.len() {
            let len = memchr::memchr(b'\n', &data[start..]).expect("every line ends");
            let mut tape = std::mem::replace(&mut self.tape, Tape(Vec::new())).reset();
            let padded = &mut self.copy[start..start + len + INPUT_PADDING];
            let filled = simd_json::fill_tape_padded(padded, len, &mut self.buffers, &mut tape);
            nodes += filled.map_or(0, |()| tape.0.len());
            self.tape = tape.reset();
            start += len + 1;
        }
        black_box(nodes)
    }
}
