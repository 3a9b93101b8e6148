//! Whatever a dump holds: pages made from the buffers and those made by way of Arrow hold equal data.
//!
//! The first byte of an input chooses how the rest is cut into blocks, whose rows are then taken in turn, so
//! that stretches of every length come about.

#![no_main]

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow::record_batch::RecordBatch;
use libfuzzer_sys::fuzz_target;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sawlog_columns::{Columns, Pick, Run, Source, Table};
use sawlog_parser::{Batch, Block, Envelope, Parser, Records, RecordsPath};
use sawlog_schema::{Plan, load};
use sawlog_writer::{
    Batch as RunBatch, Encoder, FileLimits, Group, PartitionBy, TableFormat, TablesWriter, encode_with, split,
};

/// Every type, alone, nested and in arrays.
const EVERY_TYPE: &str = "
schema: Custom.EveryType
fields:
  - {name: s, type: string, indicators: [hostname, url, email, net_addr]}
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
      - {name: s, type: string}
      - {name: a, type: array, element: {type: array, element: {type: int}}}
  - name: a
    type: array
    element:
      type: object
      fields:
        - {name: s, type: string, indicators: [ip, username, domain]}
        - {name: j, type: json}
        - {name: b, type: array, element: {type: object, fields: [{name: f, type: float}]}}
";

static PLAN: LazyLock<Arc<Plan>> =
    LazyLock::new(|| Arc::new(Plan::new(load(EVERY_TYPE, "fuzz.yml").log_type.expect("a sound schema"))));

fuzz_target!(|data: &[u8]| {
    let Some((&cut, input)) = data.split_first() else { return };
    let parts = parse(input, usize::from(cut) + 1);
    let run = Run { sources: vec![Source { path: "fuzz".to_owned(), identity: 1 }], ..Run::default() };
    let table = Table::new(&PLAN, &run, &parts);
    let format = Arc::new(TableFormat::new(&PLAN).expect("every type has a column"));
    let Some(mut group) = split(&table, &run, PartitionBy::None).pop() else { return };
    interleave(&mut group);

    let folder = tempfile::tempdir().expect("the folder for temporary files is writable");
    let written = |encoder, name: &str| {
        let root = folder.path().join(name);
        let formats = vec![Arc::clone(&format)];
        let mut writer = TablesWriter::new(&root, formats, RunBatch(1), FileLimits::default());
        let encoded = encode_with(encoder, &format, &table, &group).expect("rows are sound");
        writer.append(0, encoded).expect("the row group has room");
        let files = writer.finish().expect("the footer has room").remove(0);
        read(&root.join(&files[0].path))
    };
    assert_eq!(written(Encoder::Pages, "pages"), written(Encoder::Arrow, "arrow"));
});

/// Blocks of so many lines, each parsed into columns of its own.
fn parse(input: &[u8], lines: usize) -> Vec<Columns> {
    let envelope = Arc::new(Envelope::new(std::slice::from_ref(&PLAN), RecordsPath::Detect));
    let mut parser = Parser::new(std::slice::from_ref(&PLAN), envelope, false);
    let all: Vec<&[u8]> = input.split_inclusive(|&byte| byte == b'\n').collect();
    let mut parts = Vec::new();
    let mut offset = 0;
    for lines in all.chunks(lines) {
        let data = lines.concat();
        let len = data.len() as u64;
        let block = Block { offset, ..Block::new(data, Records::Lines) };
        let mut batch = Batch::new(0, vec![Columns::new(&PLAN, false)]);
        parser.parse(&block, &mut batch);
        parts.append(&mut batch.columns);
        offset += len;
    }
    parts
}

/// Rows from the front and from the back in turn.
fn interleave(group: &mut Group) {
    let (front, back) = group.picks.split_at(group.picks.len() / 2);
    let back: Vec<Pick> = back.iter().rev().copied().collect();
    let mut picks: Vec<Pick> = front.iter().zip(&back).flat_map(|(&a, &b)| [a, b]).collect();
    picks.extend_from_slice(&back[front.len()..]);
    group.picks = picks;
}

fn read(path: &Path) -> Vec<RecordBatch> {
    let file = File::open(path).expect("the file was written");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a sound footer");
    let reader = reader.build().expect("a sound file");
    reader.collect::<Result<_, _>>().expect("sound pages")
}
