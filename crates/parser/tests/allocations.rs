//! Records of known shapes cost no allocation: what a parser needs it keeps, and columns keep their memory.

#![expect(clippy::unwrap_used, reason = "a test ends by panicking, in its helpers too")]
#![expect(unsafe_code, reason = "an allocator that counts cannot be had without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::Arc;

use sawlog_columns::Columns;
use sawlog_parser::{Batch, Block, Envelope, Parser, Reader, Records, RecordsPath};
use sawlog_schema::{Plan, find_builtin, load};

/// The system's allocator, which counts.
struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // A thread that ends has no counter any more, and nobody who asks.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is handed on to the system's allocator as it came; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above; the block came from the same allocator.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Records of a block.
const RECORDS: usize = 500;

/// Events of Atlassian's audit log with values of their own, and every third one with an undeclared field.
fn block(extra: &str) -> Block {
    let mut data = String::new();
    for n in 0..RECORDS {
        let (hour, minute, who, net) = (n % 24, n % 60, n % 50, n % 250);
        let time = format!("2025-09-01T{hour:02}:{minute:02}:00.5Z");
        let extra = if n % 3 == 0 { extra } else { "" };
        let mut people = String::new();
        for i in 0..n % 3 {
            let comma = if i > 0 { "," } else { "" };
            let links = format!(r#"{{"self":"https://x.example/{n}"}}"#);
            write!(people, r#"{comma}{{"id":"u{i}","attributes":{{"n":[{n},null]}},"links":{links}}}"#)
                .unwrap();
        }
        write!(data, r#"{{"id":"{n:08}","type":"events","attributes":{{"time":"{time}","action":"added","#)
            .unwrap();
        write!(data, r#""actor":{{"name":"Zo\u00eb {who}","email":"zoe{who}@example.com"}},"#).unwrap();
        write!(data, r#""context":[{people}],"location":{{"ip":"10.0.{net}.1"}}{extra}}},"#).unwrap();
        writeln!(data, r#""relations":null,"links":{{"self":"https://x.example/{n:08}"}}}}"#).unwrap();
    }
    Block::new(data.into_bytes(), Records::Lines)
}

/// Allocations while a block of such events is parsed, once a block like it has been.
fn allocations(reader: Reader, extra: &str) -> u64 {
    let builtin = find_builtin("Atlassian.Audit").unwrap();
    let plan = Plan::new(load(builtin.text, builtin.path).log_type.unwrap());
    allocations_of(plan, &block(extra), reader)
}

/// The same for any block. Records that lack required fields are kept.
fn allocations_of(plan: Plan, block: &Block, reader: Reader) -> u64 {
    let plan = Arc::new(plan);
    let plans = std::slice::from_ref(&plan);
    let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
    let mut parser = Parser::new(plans, envelope, true).read_by(reader);
    let mut batch = Batch::new(0, vec![Columns::new(&plan, false)]);
    for _ in 0..2 {
        parser.parse(block, &mut batch);
        assert_eq!((batch.rows(), batch.rejects.len()), (RECORDS as u64, 0));
        batch.columns[0].clear();
    }
    let before = COUNT.get();
    parser.parse(block, &mut batch);
    COUNT.get() - before
}

#[test]
fn a_record_of_a_known_shape_allocates_nothing() {
    assert_eq!(allocations(Reader::Shapes, ""), 0);
}

#[test]
fn a_record_that_is_taken_apart_allocates_nothing() {
    assert_eq!(allocations(Reader::Tokens, ""), 0);
}

#[test]
fn an_undeclared_field_of_a_known_shape_allocates_nothing_either() {
    assert_eq!(allocations(Reader::Shapes, r#","processedAt":"2025-09-01""#), 0);
    assert_eq!(allocations(Reader::Shapes, r#","processed":{"at":"2025-09-01","by":["x"]}"#), 0);
}

#[test]
fn flags_of_a_record_allocate_nothing() {
    let schema = "schema: Custom.Case\nfields:\n  - {name: id, type: string}\n  \
                  - {name: at, type: timestamp, timeFormat: rfc3339, isEventTime: true}\n  \
                  - {name: n, type: bigint, required: true}\n";
    let mut data = String::new();
    (0..RECORDS).for_each(|n| writeln!(data, r#"{{"id":"{n:08}"}}"#).unwrap());
    let block = Block::new(data.into_bytes(), Records::Lines);
    for reader in [Reader::Shapes, Reader::Tokens] {
        let plan = Plan::new(load(schema, "case.yml").log_type.unwrap());
        assert_eq!(allocations_of(plan, &block, reader), 0, "{reader:?}");
    }
}

/// Its name is put aside, to see whether it is repeated.
#[test]
fn an_undeclared_field_of_a_record_that_is_taken_apart_costs_one_allocation() {
    let fields = RECORDS.div_ceil(3) as u64;
    let per_field = allocations(Reader::Tokens, r#","processedAt":"2025-09-01""#) / fields;
    assert_eq!(per_field, 1);
}
