//! Whatever a dump holds: following learned shapes and walking the tokens of every record come to the same
//! rows, rejects and counts.
//!
//! The first byte of an input chooses what becomes of missing fields, whether lines are records or blank
//! lines part them, and whether the log type makes fields from others: only where it does not, repeated keys
//! are followed. All is parsed twice, so that the second time meets what the first has taught.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use sawlog_columns::{Columns, Run, Source, print_row};
use sawlog_parser::{Batch, Block, Envelope, Parser, Reader, Records, RecordsPath, Span};
use sawlog_schema::{Plan, load};

/// Every type, alone, nested and in arrays, under keys of one letter, which mutations reach.
const EVERY_TYPE: &str = "
schema: Custom.EveryType
fields:
  - {name: s, type: string, required: true, indicators: [hostname, email]}
  - {name: i, type: int}
  - {name: f, type: float}
  - {name: t, type: boolean}
  - {name: w, type: timestamp, isEventTime: true}
  - {name: j, type: json}
  - {name: e, type: json, isEmbeddedJSON: true}
  - {name: d, type: object, isEmbeddedJSON: true, fields: [
      {name: s, type: string, required: true}, {name: e, type: json, isEmbeddedJSON: true}]}
  - {name: l, type: array, isEmbeddedJSON: true, element: {type: int}}
  - {name: v, type: string, validate: {deny: [x]}}
  - {name: m, type: string, mask: {type: redact, to: x}}
  - {name: c, type: string, copy: {from: o.s}}
  - {name: k, type: string, concat: {separator: ',', paths: [s, c, v]}, indicators: [username]}
  - {name: p, type: string, split: {from: s, separator: a, index: 1}}
  - {name: o, type: object, fields: [{name: s, type: string, required: true}, {name: j, type: json}]}
  - name: a
    type: array
    element:
      type: object
      fields: [{name: s, type: string}, {name: n, type: array, element: {type: int}}]
";

/// The log type as it is, and without the fields that are made from others.
static PLANS: LazyLock<[Arc<Plan>; 2]> = LazyLock::new(|| {
    let is_read = |line: &&str| !["copy:", "concat:", "split:"].iter().any(|key| line.contains(key));
    let plain: Vec<&str> = EVERY_TYPE.lines().filter(is_read).collect();
    [EVERY_TYPE, &plain.join("\n")]
        .map(|yaml| Arc::new(Plan::new(load(yaml, "fuzz.yml").log_type.expect("a sound schema"))))
});

fuzz_target!(|data: &[u8]| {
    let Some((&choice, lines)) = data.split_first() else { return };
    let records = if choice & 2 == 0 { Records::Lines } else { Records::Spans(paragraphs(lines)) };
    let block = Block::new(lines.to_vec(), records);
    let plan = &PLANS[usize::from(choice & 4 != 0)];
    let parse = |reader| parse(plan, &block, choice & 1 != 0, reader);
    let shapes = parse(Reader::Shapes);
    assert_eq!(shapes, parse(Reader::Keys));
    assert_eq!(shapes, parse(Reader::Tokens));
});

/// What blank lines part.
fn paragraphs(lines: &[u8]) -> Vec<Span> {
    let (mut spans, mut start) = (Vec::new(), 0);
    while start < lines.len() {
        let len = lines[start..].windows(2).position(|pair| pair == b"\n\n").unwrap_or(lines.len() - start);
        if len > 0 {
            spans.push(Span { start: start as u32, len: len as u32, unwrapped: true, fault: None });
        }
        start += len + 2;
    }
    spans
}

/// All that comes of the records, as text.
fn parse(plan: &Arc<Plan>, block: &Block, keep_missing: bool, reader: Reader) -> String {
    let plans = std::slice::from_ref(plan);
    let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
    let mut parser = Parser::new(plans, envelope, keep_missing).read_by(reader);
    let mut batch = Batch::new(0, vec![Columns::new(plan, true)]);
    parser.parse(block, &mut batch);
    parser.parse(block, &mut batch);
    let source = Source { path: "fuzz".to_owned(), identity: 1 };
    let run = Run { sources: vec![source], ..Run::default() };
    let mut rows = Vec::new();
    for row in 0..batch.columns[0].rows().len() {
        print_row(plan, &run, &batch.columns[0], row, &mut rows);
        rows.push(b'\n');
    }
    let unknown: Vec<_> = batch.unknown.iter().collect();
    let Batch { records, rejects, notes, .. } = &batch;
    format!("{}{records} {rejects:?} {notes:?} {unknown:?}", String::from_utf8_lossy(&rows))
}
