//! A dump of many log types to columns, on one thread: each record's log type told beforehand, or found.
//!
//! The records are those that the tests of the built-in log types expect to become events, as many of each
//! log type, in an order that no branch predictor learns. Knowing the type means a parser for each, fed with
//! its records alone; finding it means one parser for all of them and the same bytes.

#![expect(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use sawlog_benches::scaled;
use sawlog_columns::Columns;
use sawlog_parser::{Batch, Block, Envelope, Parser, Records, RecordsPath};
use sawlog_schema::{Expected, LogParser, Plan, builtin, load, load_tests};

/// Lines of each log type.
const LINES: u64 = 100;

/// How much of a stream its blocks know, in bytes: more than any header.
const MAX_HEAD: usize = 4096;

/// What a dump mixes.
const MIXES: [(&str, &[&str]); 2] = [
    (
        "ten",
        &[
            "AWS.CloudTrail",
            "AWS.S3ServerAccess",
            "AWS.VPCFlow",
            "Apache.AccessCombined",
            "Atlassian.Audit",
            "Cloudflare.Audit",
            "GSuite.Reports",
            "GitHub.Audit",
            "Okta.SystemLog",
            "Slack.AuditLogs",
        ],
    ),
    ("text", &["AWS.S3ServerAccess", "AWS.VPCFlow", "Apache.AccessCombined", "Syslog.RFC5424"]),
];

fn main() {
    let types: Vec<LogType> =
        builtin().iter().filter_map(|found| LogType::load(found.text, found.path)).collect();
    assert!(types.len() >= 3, "too few log types have tests with events");
    let plans: Vec<Arc<Plan>> = types.iter().map(|known| Arc::clone(&known.plan)).collect();
    let mut criterion = Criterion::default().configure_from_args();
    mix(&mut criterion, "all", &types.iter().collect::<Vec<_>>(), &plans);
    for (name, named) in MIXES {
        let is_named = |known: &&LogType| named.contains(&&*known.plan.log_type.name);
        let types: Vec<&LogType> = types.iter().filter(is_named).collect();
        assert_eq!(types.len(), named.len(), "every named log type ships with tests");
        mix(&mut criterion, name, &types, &plans);
    }
    criterion.final_summary();
}

/// Measures a dump of some log types, each told beforehand, and found among the log types of `plans`.
fn mix(criterion: &mut Criterion, name: &str, types: &[&LogType], plans: &[Arc<Plan>]) {
    let lines = scaled(LINES).max(4) as usize;
    let known: Vec<(&LogType, Block)> =
        types.iter().map(|known| (*known, block(known.header.iter().chain(known.repeated(lines))))).collect();
    let bytes: usize = known.iter().map(|(_, block)| block.data.len()).sum();
    let mut group = criterion.benchmark_group(format!("classify/{name}"));
    group.throughput(Throughput::Bytes(bytes as u64));
    let mut apart: Vec<(Bench, &Block)> =
        known.iter().map(|(known, block)| (Bench::new(std::slice::from_ref(&known.plan)), block)).collect();
    let rows: u64 = apart.iter_mut().map(|(bench, block)| bench.parse(block)).sum();
    group.bench_function("known", |bencher| {
        bencher.iter(|| apart.iter_mut().map(|(bench, block)| bench.parse(black_box(block))).sum::<u64>());
    });
    let mixed = block(types.iter().filter_map(|known| known.header.as_ref()).chain(shuffled(types, lines)));
    let mut all = Bench::new(plans);
    assert_eq!(all.parse(&mixed), rows, "every record has a log type");
    group.bench_function(format!("found among {}", plans.len()), |bencher| {
        bencher.iter(|| all.parse(black_box(&mixed)));
    });
    group.finish();
}

/// A log type with lines that become events of it.
struct LogType {
    plan: Arc<Plan>,
    /// The line that a stream of it begins with, if any.
    header: Option<String>,
    events: Vec<String>,
}

impl LogType {
    /// None where no test of the log type has such an input.
    fn load(yaml: &str, path: &str) -> Option<Self> {
        let plan = Arc::new(Plan::new(load(yaml, path).log_type.expect("a built-in definition is valid")));
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path.replace(".yml", "_tests.yml"));
        let tests = fs::read_to_string(tests).ok()?;
        let mut own = Bench::new(std::slice::from_ref(&plan));
        let mut known = Self { plan, header: None, events: Vec::new() };
        let has_header = matches!(&known.plan.log_type.parser, LogParser::Csv(csv) if csv.has_header);
        for test in load_tests(&tests).into_iter().flatten() {
            let input = match serde_json::from_str::<serde_json::Value>(&test.input) {
                Ok(json) => json.to_string(),
                Err(_) => test.input,
            };
            let mut lines = input.lines().map(str::to_owned);
            if !matches!(&test.expected, Expected::Events(_)) {
                continue;
            }
            let header = if has_header { lines.next() } else { None };
            // Streams with another header are another dump.
            if !known.events.is_empty() && header != known.header {
                continue;
            }
            known.header = header;
            for line in lines {
                if own.parse(&block(known.header.iter().chain([&line]))) == 1 {
                    known.events.push(line);
                }
            }
        }
        (!known.events.is_empty()).then_some(known)
    }

    /// So many of its lines.
    fn repeated(&self, lines: usize) -> impl Iterator<Item = &String> {
        self.events.iter().cycle().take(lines)
    }
}

fn block<'a>(lines: impl Iterator<Item = &'a String>) -> Block {
    let data: Vec<u8> = lines.flat_map(|line| line.bytes().chain([b'\n'])).collect();
    let head = Some(data[..data.len().min(MAX_HEAD)].into());
    Block { head, ..Block::new(data, Records::Lines) }
}

/// So many lines of each log type, in random order, the same in every run.
fn shuffled<'a>(types: &[&'a LogType], lines: usize) -> Vec<&'a String> {
    let mut all: Vec<&'a String> = types.iter().flat_map(|known| known.repeated(lines)).collect();
    let mut state = 1u64;
    for last in (1..all.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all.swap(last, (state >> 33) as usize % (last + 1));
    }
    all
}

/// A parser with its columns.
struct Bench {
    parser: Parser,
    columns: Vec<Columns>,
}

impl Bench {
    fn new(plans: &[Arc<Plan>]) -> Self {
        let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
        let columns = plans.iter().map(|plan| Columns::new(plan, false)).collect();
        Self { parser: Parser::new(plans, envelope, false), columns }
    }

    /// Number of rows that a block gives, all of whose records must become rows.
    fn parse(&mut self, block: &Block) -> u64 {
        let mut batch = Batch::new(0, std::mem::take(&mut self.columns));
        self.parser.parse(block, &mut batch);
        let rows = if batch.rejects.is_empty() { batch.rows() } else { 0 };
        self.columns = batch.columns;
        self.columns.iter_mut().for_each(Columns::clear);
        rows
    }
}
