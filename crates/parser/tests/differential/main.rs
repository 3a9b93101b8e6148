//! Random events for random schemas, against a slow model that shares no code with the parser.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking, in its helpers too")]

mod events;
mod json;
mod model;
mod output;
mod scalars;
mod schemas;
mod shapes;

use std::sync::Arc;

use model::{Expected, Model};
use proptest::prelude::*;
use sawlog_columns::{Columns, Run, Source, print_row};
use sawlog_parser::{Batch, Block, Envelope, Parser, Records, RecordsPath};
use sawlog_schema::{Plan, load};
use schemas::Type;

/// A time that no event has, in microseconds and as text.
const PARSE_TIME: (i64, &str) = (1_767_323_045_678_000, "2026-01-02T03:04:05.678Z");

/// What the parser makes of lines: for each record its row as JSON, or the code of its reject.
fn parse(plan: &Arc<Plan>, lines: &[u8], keep_missing: bool) -> Vec<Result<String, &'static str>> {
    let envelope = Arc::new(Envelope::new(std::slice::from_ref(plan), RecordsPath::Off));
    let mut parser = Parser::new(std::slice::from_ref(plan), envelope, keep_missing);
    let mut batch = Batch::new(0, vec![Columns::new(plan, true)]);
    let (data, records) = (lines.to_vec(), Records::Lines);
    let block = Block::new(data, records);
    parser.parse(&block, &mut batch);
    let source = Source { path: "x".to_owned(), identity: 7 };
    let run = Run { parse_time: PARSE_TIME.0, sources: vec![source], ..Run::default() };
    let rows = batch.columns[0].rows();
    assert_eq!(batch.records, (rows.len() + batch.rejects.len()) as u64);
    let mut found: Vec<(u64, Result<String, &'static str>)> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let mut text = Vec::new();
        print_row(plan, &run, &batch.columns[0], number, &mut text);
        found.push((row.byte_offset, Ok(String::from_utf8(text).unwrap())));
    }
    found.extend(batch.rejects.iter().map(|reject| (reject.byte_offset, Err(reject.code.as_str()))));
    found.sort_by_key(|record| record.0);
    found.into_iter().map(|(_, outcome)| outcome).collect()
}

fn check(schema: &Type, lines: &[Vec<u8>], keep_missing: bool) -> Result<(), TestCaseError> {
    let yaml = schemas::yaml(schema);
    let loaded = load(&yaml, "random.yml");
    let Some(log_type) = loaded.log_type else { panic!("{:?}\n{yaml}", loaded.diagnostics) };
    let plan = Arc::new(Plan::new(log_type));
    let model = Model { schema, keep_missing, parse_time: PARSE_TIME.1 };
    // Blank lines are no records, and arrays of events are taken apart.
    let is_record = |line: &&Vec<u8>| !matches!(line.trim_ascii().first(), None | Some(b'['));
    let lines: Vec<&Vec<u8>> = lines.iter().filter(is_record).collect();
    let input: Vec<u8> = lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect();
    let found = parse(&plan, &input, keep_missing);
    prop_assert_eq!(found.len(), lines.len());
    for (line, found) in lines.iter().zip(found) {
        let text = String::from_utf8_lossy(line);
        match (model.record(line), found) {
            (Expected::Row(expected), Ok(row)) if output::are(&expected, &output::row(&row).unwrap()) => {}
            (Expected::Rejected(codes), Err(code)) if codes.contains(&code) => {}
            (expected, found) => {
                let why = format!("{text}\n{yaml}\nthe model: {expected:?}\nthe parser: {found:?}");
                return Err(TestCaseError::fail(why));
            }
        }
    }
    Ok(())
}

/// The same event with one more field, whose value the fast reader refuses to read, so that the reference
/// reader has to.
fn by_reference(event: &str) -> String {
    let comma = if event.contains(':') { "," } else { "" };
    let open = event.strip_suffix('}').unwrap_or(event);
    format!("{open}{comma}\"zz\":1e999}}")
}

/// Puts a few bytes in the place of others.
fn mutate(mut line: Vec<u8>, changes: &[(prop::sample::Index, usize, Vec<u8>)]) -> Vec<u8> {
    for (at, removed, put_in) in changes {
        let at = at.index(line.len() + 1);
        let end = (at + removed).min(line.len());
        line.splice(at..end, put_in.iter().copied());
    }
    line
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, Vec<u8>)>> {
    let byte = prop::sample::select(&b"{}[]:,\"\\ 0123456789+-.eEtrufalsnd\t\x00\x80\xc3\xff"[..]);
    prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4, prop::collection::vec(byte, 0..3)), 1..3)
}

fn case() -> impl Strategy<Value = (Type, Vec<String>)> {
    schemas::event().prop_flat_map(|schema| {
        let events = prop::collection::vec(events::event(&schema), 1..4);
        (Just(schema), events)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn events_become_the_rows_of_the_model((schema, events) in case(), keep in any::<bool>()) {
        let mut lines = Vec::new();
        for event in events {
            lines.push(by_reference(&event).into_bytes());
            lines.push(event.into_bytes());
        }
        check(&schema, &lines, keep)?;
    }

    #[test]
    fn changed_events_get_the_verdict_of_the_model(
        (schema, events) in case(),
        changes in changes(),
        keep in any::<bool>(),
    ) {
        let lines: Vec<Vec<u8>> =
            events.into_iter().map(|event| mutate(event.into_bytes(), &changes)).collect();
        check(&schema, &lines, keep)?;
    }
}
