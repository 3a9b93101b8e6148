//! Rows for tests: JSON objects into columns, the plain way.

#![allow(dead_code, reason = "each user of this module needs a part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop here")]

use std::path::Path;
use std::sync::Arc;

use chrono::DateTime;
use sawlog_columns::{Columns, Instant, Row, Run, Sink, Source, Table};
use sawlog_schema::{Indicator, Kind, NodeId, Plan, Scanner, load};
use sawlog_writer::{
    Batch, Encoder, FileLimits, PartitionBy, TableFormat, TablesWriter, WrittenFile, encode_with, split,
};
use serde_json::Value;

/// A log type with every type of the language, also below objects and arrays.
pub(crate) const EVERYTHING: &str = "
schema: Test.Everything
version: 3
fields:
  - {name: at, type: timestamp, timeFormat: rfc3339, isEventTime: true}
  - {name: id, type: string, description: Who is who}
  - {name: small, type: smallint}
  - {name: int, type: int}
  - {name: big, type: bigint}
  - {name: float, type: float}
  - {name: flag, type: boolean}
  - {name: any, type: json}
  - {name: email, type: string, indicators: [email]}
  - name: object
    type: object
    fields:
      - {name: text, type: string}
      - name: inner
        type: object
        fields:
          - {name: text, type: string}
          - {name: any, type: json}
  - {name: texts, type: array, element: {type: string}}
  - {name: anys, type: array, element: {type: json}}
  - {name: grid, type: array, element: {type: array, element: {type: int}}}
  - name: items
    type: array
    element:
      type: object
      fields:
        - {name: name, type: string}
        - {name: size, type: bigint}
        - {name: tags, type: array, element: {type: string}}
";

pub(crate) fn plan(yaml: &str) -> Plan {
    Plan::new(load(yaml, "test.yml").log_type.unwrap())
}

pub(crate) fn run() -> Run {
    let source = |path: &str, identity| Source { path: path.to_owned(), identity };
    Run {
        parse_time: 1_700_000_000_000_000,
        source_id: None,
        source_label: Some("test".to_owned()),
        sources: vec![source("b.json", 2), source("a.json", 1)],
    }
}

/// Cuts rows into batches of so many, the last size repeated. They are sealed now and then, in every third
/// batch only at the end.
pub(crate) fn batches(plan: &Plan, rows: &[Value], sizes: &[usize]) -> Vec<Columns> {
    let mut columns = Vec::new();
    let mut sizes = sizes.iter().copied().chain(std::iter::repeat(sizes.last().copied().unwrap_or(1000)));
    let mut left = 0;
    for (number, row) in rows.iter().enumerate() {
        while left == 0 {
            left = sizes.next().unwrap();
            columns.push(Columns::new(plan, false));
        }
        left -= 1;
        let is_sealed = columns.len() % 3 > 0 && (number % 1000 == 999 || (number < 100 && number % 5 == 4));
        let last = columns.last_mut().unwrap();
        fill(last, plan, number as u64, row);
        if is_sealed {
            last.seal(&[], scan);
        }
    }
    for last in &mut columns {
        last.seal(&[], scan);
    }
    columns
}

/// Takes every text of a marked field for what it is marked as.
fn scan(scanner: Scanner, text: &str, found: &mut dyn FnMut(Indicator, &str)) {
    found(scanner.columns()[0], text);
}

/// Adds an event. Timestamps are RFC 3339 text; the first one of the event is its time.
pub(crate) fn fill(columns: &mut Columns, plan: &Plan, number: u64, event: &Value) {
    let at = columns.row();
    for &member in plan.members(0).nodes() {
        value(columns, plan, member, at, &event[&plan.nodes[member as usize].name]);
    }
    let time = event["at"].as_str().or_else(|| event["attributes"]["time"].as_str());
    let event_time = time.map(|t| Instant { micros: micros(t), nanos: 0 });
    let source = u32::from(number.is_multiple_of(3));
    let extra = number.is_multiple_of(4).then(|| format!("{{\"/x\":{number}}}"));
    let flag = time.is_none().then_some("event_time_missing");
    columns.commit(Row { event_time, source, byte_offset: number * 1000 }, extra.as_deref(), flag);
}

pub(crate) fn micros(time: &str) -> i64 {
    DateTime::parse_from_rfc3339(time).unwrap().timestamp_micros()
}

fn value(columns: &mut Columns, plan: &Plan, node: NodeId, at: u32, json: &Value) {
    if json.is_null() {
        return;
    }
    match &plan.nodes[node as usize].kind {
        Kind::String => columns.text(node, at, json.as_str().unwrap()),
        Kind::Json => columns.text(node, at, &json.to_string()),
        Kind::Int(_) => columns.integer(node, at, json.as_i64().unwrap()),
        Kind::Float => columns.float(node, at, json.as_f64().unwrap()),
        Kind::Boolean => columns.boolean(node, at, json.as_bool().unwrap()),
        Kind::Timestamp => {
            columns.timestamp(node, at, micros(json.as_str().unwrap()), json.as_str().unwrap().as_bytes());
        }
        Kind::Object(members) => {
            columns.object(node, at);
            for &member in members.nodes() {
                value(columns, plan, member, at, &json[&plan.nodes[member as usize].name]);
            }
        }
        Kind::Array => {
            let start = columns.list(node);
            let elements = json.as_array().unwrap();
            for (i, element) in (0u32..).zip(elements) {
                value(columns, plan, node + 1, start + i, element);
            }
            columns.list_end(node, at, start + elements.len() as u32);
        }
    }
}

/// Writes chunks of rows as the engine does. Each chunk is a list of batches.
pub(crate) fn write(
    root: &Path,
    plan: &Plan,
    chunks: &[Vec<Columns>],
    by: PartitionBy,
    limits: FileLimits,
) -> Vec<WrittenFile> {
    write_with(Encoder::Pages, root, plan, chunks, by, limits)
}

/// The same with a certain encoder.
pub(crate) fn write_with(
    encoder: Encoder,
    root: &Path,
    plan: &Plan,
    chunks: &[Vec<Columns>],
    by: PartitionBy,
    limits: FileLimits,
) -> Vec<WrittenFile> {
    let format = Arc::new(TableFormat::new(plan).unwrap());
    let run = run();
    let mut writer = TablesWriter::new(root, vec![Arc::clone(&format)], Batch(0xf00d), limits);
    for chunk in chunks {
        let table = Table::new(plan, &run, chunk);
        for group in split(&table, &run, by) {
            writer.append(0, encode_with(encoder, &format, &table, &group).unwrap()).unwrap();
        }
    }
    writer.finish().unwrap().remove(0)
}
