//! Rows of values: no panic, as many values as the header has, and every line is accounted for whatever the
//! header, the delimiter and the options.
//!
//! The first byte of an input chooses delimiter and options, the rest is a stream.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sawlog_columns::Columns;
use sawlog_parser::{Batch, Envelope, Framer, FramerOptions, Parser, RecordsPath};
use sawlog_schema::{Plan, load};

fuzz_target!(|data: &[u8]| {
    let Some((&choice, input)) = data.split_first() else { return };
    let delimiter = ["','", "\"\\t\"", "' '", "'→'"][usize::from(choice % 4)];
    let columns = if choice & 4 == 0 { "" } else { ", columns: [a, b, '', a]" };
    let header = choice & 8 != 0 || columns.is_empty();
    let options = if choice & 16 == 0 { "" } else { ", trimSpace: true, emptyValues: ['-'], skipLines: 1" };
    let prefix = if choice & 32 == 0 { "" } else { ", skipPrefix: '#', expandFields: {b: 'x%{a}'}" };
    let csv = format!("{{delimiter: {delimiter}, hasHeader: {header}{columns}{options}{prefix}}}");
    let fields = "[{name: a, type: string}, {name: b, type: int}, {name: c, type: json}]";
    let yaml = format!("schema: Custom.Fuzz\nparser:\n  csv: {csv}\nfields: {fields}\n");
    let plan = Arc::new(Plan::new(load(&yaml, "fuzz.yml").log_type.expect("a sound schema")));
    let plans = [plan];
    let envelope = Arc::new(Envelope::new(&plans, RecordsPath::Detect));
    let mut framer =
        Framer::new(Arc::clone(&envelope), FramerOptions { block_bytes: 64, ..FramerOptions::default() });
    let mut parser = Parser::new(&plans, envelope, choice & 64 != 0);
    let (mut rest, mut records) = (input, 0);
    let mut parse = |framer: &mut Framer| {
        while let Some(block) = framer.next_block() {
            let mut batch = Batch::new(0, vec![Columns::new(&plans[0], true)]);
            parser.parse(&block, &mut batch);
            assert_eq!(batch.records, batch.rows() + batch.rejects.len() as u64 + batch.skipped);
            records += batch.records;
        }
    };
    while !rest.is_empty() {
        let space = framer.space();
        let taken = space.len().min(rest.len());
        space[..taken].copy_from_slice(&rest[..taken]);
        framer.advance(taken);
        rest = &rest[taken..];
        parse(&mut framer);
    }
    framer.finish();
    parse(&mut framer);
    let is_blank = |line: &[u8]| line.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r'));
    let without_mark = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    let lines = without_mark
        .split(|&byte| byte == b'\n')
        .filter(|line| !is_blank(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)));
    assert_eq!(records, lines.count() as u64);
});
