//! Whatever a dump holds: every record becomes a row or a reject, what becomes a row is valid JSON, and the
//! rows can be gathered into Arrow arrays and printed as JSON.
//!
//! The first byte of an input chooses the log type and what becomes of missing fields.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use sawlog_columns::{Columns, Pick, Run, Source, Table, print_row};
use sawlog_parser::{Batch, Block, Envelope, Framer, FramerOptions, Parser, Records, RecordsPath};
use sawlog_schema::{Plan, find_builtin, load};
use serde_json::value::RawValue;

/// Every type, alone, nested and in arrays.
const EVERY_TYPE: &str = "
schema: Custom.EveryType
fields:
  - {name: s, type: string, required: true, indicators: [hostname, url, email, net_addr]}
  - {name: i, type: int}
  - {name: h, type: smallint}
  - {name: b, type: bigint}
  - {name: f, type: float}
  - {name: t, type: boolean}
  - {name: w, type: timestamp, isEventTime: true}
  - {name: j, type: json}
  - name: o
    type: object
    fields:
      - {name: s, type: string, required: true}
      - {name: w, type: timestamp, isEventTime: true}
      - {name: a, type: array, element: {type: array, element: {type: int}}}
  - name: a
    type: array
    element:
      type: object
      fields:
        - {name: s, type: string, indicators: [ip, username, domain]}
        - {name: w, type: timestamp, isEventTime: true}
        - {name: j, type: json}
";

static PLANS: LazyLock<[Arc<Plan>; 2]> = LazyLock::new(|| {
    let plan = |text: &str| Arc::new(Plan::new(load(text, "fuzz.yml").log_type.expect("a sound schema")));
    let audit = find_builtin("Atlassian.Audit").expect("the log type ships with sawlog");
    [plan(EVERY_TYPE), plan(audit.text)]
});

fuzz_target!(|data: &[u8]| {
    let Some((&choice, input)) = data.split_first() else { return };
    let plan = &PLANS[usize::from(choice % 2)];
    let envelope = Arc::new(Envelope::new(std::slice::from_ref(plan), RecordsPath::Detect));
    let mut parser = Parser::new(std::slice::from_ref(plan), Arc::clone(&envelope), choice & 2 != 0);

    let mut parts = Vec::new();
    for block in frame(&envelope, input) {
        let mut batch = Batch::new(0, vec![Columns::new(plan, true)]);
        parser.parse(&block, &mut batch);
        assert_eq!(batch.records, batch.rows() + batch.rejects.len() as u64);
        if block.records == Records::Lines && batch.rejects.is_empty() {
            check_lines(&block);
        }
        for reject in &batch.rejects {
            let start = (reject.byte_offset - block.offset) as usize;
            assert_eq!(block.data[start..start + reject.raw.len()], reject.raw);
        }
        parts.append(&mut batch.columns);
    }
    check_rows(plan, &parts);
});

fn frame(envelope: &Arc<Envelope>, input: &[u8]) -> Vec<Block> {
    let mut framer = Framer::new(Arc::clone(envelope), FramerOptions::default());
    let mut rest = input;
    while !rest.is_empty() {
        let space = framer.space();
        let taken = space.len().min(rest.len());
        space[..taken].copy_from_slice(&rest[..taken]);
        framer.advance(taken);
        rest = &rest[taken..];
    }
    framer.finish();
    std::iter::from_fn(|| framer.next_block()).collect()
}

/// A block of lines without a reject holds nothing but valid JSON.
fn check_lines(block: &Block) {
    for line in block.data.split(|&byte| byte == b'\n') {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
        if !line.is_empty() {
            serde_json::from_slice::<&RawValue>(line).expect("an accepted line is valid JSON");
        }
    }
}

fn check_rows(plan: &Plan, parts: &[Columns]) {
    let source = Source { path: "fuzz".to_owned(), identity: 1 };
    let run = Run { sources: vec![source], ..Run::default() };
    let mut picks = Vec::new();
    let mut line = Vec::new();
    for (part, columns) in (0u32..).zip(parts) {
        for row in 0..columns.rows().len() {
            picks.push(Pick { part, row: row as u32 });
            line.clear();
            print_row(plan, &run, columns, row, &mut line);
            serde_json::from_slice::<&RawValue>(&line).expect("a printed row is valid JSON");
        }
    }
    picks.reverse();
    let table = Table::new(plan, &run, parts);
    for field in table.schema().fields() {
        let array = table.column(field, &picks).expect("every column can be gathered");
        assert_eq!(array.len(), picks.len());
        assert!(field.is_nullable() || array.null_count() == 0, "{} holds a null", field.name());
    }
}
