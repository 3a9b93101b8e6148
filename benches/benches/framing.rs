//! Finding the records of a stream, by layout: one a line, an array, and a page of an API.
//!
//! Lines are cheap here, because the framer looks only for the last line break at hand and the parsers do the
//! rest; arrays and pages are scanned byte by byte.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use sawlog_benches::{audit_plan, dump, scaled};
use sawlog_generator::Options;
use sawlog_parser::{Envelope, Framer, FramerOptions, RecordsPath};

fn main() {
    let lines = dump(Options::new(scaled(20_000), 1));
    let array = between(b"[", &lines, b"]");
    let page = between(br#"{"meta":{"page_size":500},"data":["#, &lines, br#"],"links":{"next":null}}"#);
    let envelope = Arc::new(Envelope::new(&[Arc::new(audit_plan())], RecordsPath::Detect));

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("framing");
    for (layout, input) in [("lines", &lines), ("array", &array), ("page", &page)] {
        group.throughput(Throughput::Bytes(input.len() as u64));
        group.bench_function(layout, |bencher| bencher.iter(|| frame(&envelope, black_box(input))));
    }
    group.finish();
    criterion.final_summary();
}

/// The lines as elements, with text around them.
fn between(open: &[u8], lines: &[u8], close: &[u8]) -> Vec<u8> {
    let mut text = open.to_vec();
    for (index, line) in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).enumerate() {
        if index > 0 {
            text.extend_from_slice(b",\n");
        }
        text.extend_from_slice(line);
    }
    text.extend_from_slice(close);
    text
}

/// Frames `rest` as if it were read from a file.
fn frame(envelope: &Arc<Envelope>, mut rest: &[u8]) {
    let mut framer = Framer::new(Arc::clone(envelope), FramerOptions::default());
    while !rest.is_empty() {
        let space = framer.space();
        let (read, unread) = rest.split_at(space.len().min(rest.len()));
        space[..read.len()].copy_from_slice(read);
        rest = unread;
        framer.advance(read.len());
        while let Some(block) = framer.next_block() {
            black_box(block);
        }
    }
    framer.finish();
    while let Some(block) = framer.next_block() {
        black_box(block);
    }
}
