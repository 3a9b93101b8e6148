//! Whole streams: what becomes of the lines does not depend on how they were read, cut into blocks and
//! shared among workers.

use std::sync::Arc;

use proptest::prelude::*;
use sawlog_columns::{Columns, Run, print_row};
use sawlog_parser::{Batch, Block, Envelope, Framer, FramerOptions, Parser, RecordsPath};
use sawlog_schema::Plan;

use super::plan;

/// Rows as text, rejects as code and line, and how many lines were skipped.
#[derive(Debug, PartialEq, Eq, Default)]
struct Outcome {
    rows: Vec<String>,
    rejects: Vec<(&'static str, u64, u64)>,
    skipped: u64,
    records: u64,
}

fn frame(envelope: &Arc<Envelope>, input: &[u8], block_bytes: usize, reads: usize) -> Vec<Block> {
    let mut framer =
        Framer::new(Arc::clone(envelope), FramerOptions { block_bytes, ..FramerOptions::default() });
    let mut blocks = Vec::new();
    for piece in input.chunks(reads.max(1)) {
        let mut rest = piece;
        while !rest.is_empty() {
            let space = framer.space();
            let taken = space.len().min(rest.len());
            space[..taken].copy_from_slice(&rest[..taken]);
            framer.advance(taken);
            rest = &rest[taken..];
            blocks.extend(std::iter::from_fn(|| framer.next_block()));
        }
    }
    framer.finish();
    blocks.extend(std::iter::from_fn(|| framer.next_block()));
    blocks
}

/// Parses the blocks with `workers` parsers that take turns, the last block first.
fn parse(plan: &Arc<Plan>, input: &[u8], block_bytes: usize, reads: usize, workers: usize) -> Outcome {
    let plans = [Arc::clone(plan)];
    let envelope = Arc::new(Envelope::new(&plans, RecordsPath::Detect));
    let blocks = frame(&envelope, input, block_bytes, reads);
    let mut parsers: Vec<Parser> =
        (0..workers).map(|_| Parser::new(&plans, Arc::clone(&envelope), false)).collect();
    let mut batches = Vec::new();
    for (number, block) in blocks.iter().enumerate().rev() {
        let mut batch = Batch::new(0, vec![Columns::new(plan, true)]);
        parsers[number % workers].parse(block, &mut batch);
        batches.push(batch);
    }
    let run =
        Run { sources: vec![sawlog_columns::Source { path: "x".to_owned(), identity: 1 }], ..Run::default() };
    let mut outcome = Outcome::default();
    for batch in batches.iter().rev() {
        outcome.records += batch.records;
        outcome.skipped += batch.skipped;
        outcome.rejects.extend(batch.rejects.iter().map(|r| (r.code.as_str(), r.line, r.byte_offset)));
        for row in 0..batch.columns[0].rows().len() {
            let mut line = Vec::new();
            print_row(plan, &run, &batch.columns[0], row, &mut line);
            outcome.rows.push(String::from_utf8(line).unwrap());
        }
    }
    let total = (outcome.rows.len() + outcome.rejects.len()) as u64 + outcome.skipped;
    assert_eq!(outcome.records, total);
    outcome
}

const PARSERS: [&str; 5] = [
    "{csv: {columns: [a, b, c], skipLines: 1, skipPrefix: '#'}}",
    "{csv: {hasHeader: true, skipLines: 1, skipPrefix: '#'}}",
    "{csv: {hasHeader: true, columns: [a, b], delimiter: \"\\t\"}}",
    "{fastmatch: {match: ['%{a},%{b}'], skipLines: 2, skipPrefix: '#'}}",
    "{regex: {match: ['(?P<a>[^,]*),(?P<b>.*)'], skipPrefix: 'b'}}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_do_not_depend_on_blocks_reads_or_workers(
        parser in 0..PARSERS.len(),
        input in "([ab1\t \"]{0,4}[,\t][ab\" \u{e9}]{0,4}(\r)?\n|#?a?\n|\n){0,12}(a|\u{feff})?",
        block_bytes in 1..40_usize,
        reads in 1..20_usize,
    ) {
        let plan = plan(PARSERS[parser], &["a", "b"]);
        let whole = parse(&plan, input.as_bytes(), 1 << 20, usize::MAX, 1);
        let cut = parse(&plan, input.as_bytes(), block_bytes, reads, 3);
        prop_assert_eq!(whole, cut);
    }
}

#[test]
fn long_lines_and_the_last_one_are_read_like_the_others() {
    let plan = plan("{csv: {columns: [a, b, c], delimiter: \"\\t\"}}", &["a", "b", "c"]);
    let long = "x".repeat(100_000);
    let input = format!("\tx\t\r\n\t{long}\t\r\n1\t2\t3\n\t{long}\t");
    let outcome = parse(&plan, input.as_bytes(), 1 << 20, usize::MAX, 1);
    assert_eq!((outcome.rows.len(), outcome.rejects.len()), (4, 0));
    assert!(outcome.rows[1].starts_with("{\"a\":\"\",\"b\":\"xxx"), "{:.40}", outcome.rows[1]);
    assert_eq!(outcome, parse(&plan, input.as_bytes(), 1000, 777, 2));
}

#[test]
fn a_byte_order_mark_alone_is_no_line_not_even_the_last() {
    let plan = plan("{csv: {hasHeader: true}}", &["a", "b"]);
    for end in ["\n", "\n\u{feff}\n", "\n\u{feff}", "\n \u{feff}"] {
        let input = format!("a,b\nx,1{end}");
        let outcome = parse(&plan, input.as_bytes(), 1 << 20, usize::MAX, 1);
        let is_text = u64::from(end.contains(' '));
        assert_eq!((outcome.rows.len(), outcome.records), (1, 2 + is_text), "{end:?}");
    }
}

#[test]
fn a_header_far_behind_the_beginning_is_not_looked_for() {
    let plan = plan("{csv: {hasHeader: true, skipPrefix: '#'}}", &["a"]);
    let comments = format!("#{}\n", "x".repeat(1022)).repeat(1024);
    let outcome = parse(&plan, format!("{comments}a,b\n1,2\n").as_bytes(), 1 << 16, 1 << 14, 2);
    assert_eq!((outcome.skipped, outcome.rejects.len()), (1024, 2));
    let outcome = parse(&plan, format!("{}a,b\n1,2\n", &comments[1024..]).as_bytes(), 1 << 16, 1 << 14, 2);
    assert_eq!((outcome.skipped, outcome.rows.len()), (1024, 1), "{:?}", outcome.rejects);
}

/// Beyond the beginning that blocks carry along, the columns count.
#[test]
fn a_first_record_that_is_too_long_says_nothing_about_the_others() {
    let plan = plan("{csv: {columns: [a, b]}}", &["a", "b"]);
    for (len, rows) in [(1 << 19, 3), (1 << 21, 1)] {
        let input = format!("{},y,z\n1,2,3\n1,2\n4,5,6\n", "x".repeat(len));
        let outcome = parse(&plan, input.as_bytes(), 1 << 16, 1 << 14, 2);
        assert_eq!((outcome.rows.len(), outcome.rejects.len()), (rows, 4 - rows), "{len} bytes");
    }
}

#[test]
fn a_line_of_delimiters_takes_no_memory_of_its_own() {
    let plan = plan("{csv: {columns: [a]}}", &["a"]);
    let input = ",".repeat(5 << 20);
    let outcome = parse(&plan, input.as_bytes(), 1 << 20, usize::MAX, 1);
    assert_eq!(outcome.rejects, [("no_match", 1, 0)]);
}
