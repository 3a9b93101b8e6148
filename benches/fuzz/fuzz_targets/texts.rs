//! Texts that come block by block into one set of columns are read again as they were, whatever is learned of
//! a column on the way: that it has a few short texts, or many, or that no two are equal.
//!
//! The first bytes of an input choose what the columns begin with, the rest is the block, and what is pushed.

#![no_main]

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, AsArray};
use libfuzzer_sys::fuzz_target;
use sawlog_columns::{Columns, Pick, Row, Run, Sink, Source, Table};
use sawlog_schema::{Plan, load};

/// A text, and a list of two of which the second is null.
const SCHEMA: &str = "
schema: Custom.Texts
fields:
  - {name: text, type: string}
  - {name: list, type: array, element: {type: string}}
";

static PLAN: LazyLock<Arc<Plan>> =
    LazyLock::new(|| Arc::new(Plan::new(load(SCHEMA, "fuzz.yml").log_type.expect("a sound schema"))));

/// Texts before the input decides: as many as it takes to judge a column, and some.
const FIRST: usize = 1100;
const MAX_LEN: usize = 48;
/// Bytes of an input beyond which there is but more of the same: each step copies the block.
const MAX_INPUT: usize = 8 << 10;

/// Columns that are being filled, and what they must hold.
struct Filled {
    columns: Columns,
    expected: Vec<Option<String>>,
    /// What texts are pieces of, at an address of its own.
    block: Box<[u8]>,
}

impl Filled {
    fn new(block: &[u8]) -> Self {
        let mut columns = Columns::new(&PLAN, false);
        let block = Box::from(block);
        columns.begin(&block);
        Self { columns, expected: Vec::new(), block }
    }

    /// Ends a block, and begins another with the same bytes.
    fn next_block(&mut self) {
        self.columns.seal(&self.block, |_, _, _| ());
        self.block = self.block.clone();
        self.columns.begin(&self.block);
    }

    /// Pushes a row of a piece of the block. `kind` says whether it is a copy, null, or taken back.
    fn push(&mut self, kind: u8, start: usize, len: usize) {
        // Spread over all there is, so that texts end at the very end of a block too.
        let start = start % (self.block.len() + 1);
        let piece = &self.block[start..self.block.len().min(start + len)];
        let text = str::from_utf8(piece).expect("ASCII");
        let copy = text.to_owned();
        let given = if kind & 1 == 0 { text } else { &copy };
        let (at, columns) = (self.columns.row(), &mut self.columns);
        let is_null = kind & 6 == 6;
        if !is_null {
            columns.text(node("text"), at, given);
        }
        let first = columns.list(node("list"));
        columns.text(node("list") + 1, first, given);
        columns.list_end(node("list"), at, first + 2);
        if kind & 0x38 == 0x38 {
            return columns.rollback();
        }
        columns.commit(Row { event_time: None, source: 0, byte_offset: at.into() }, None, []);
        self.expected.push((!is_null).then_some(copy));
    }

    fn check(mut self) {
        self.next_block();
        let source = Source { path: "fuzz".to_owned(), identity: 1 };
        let run = Run { sources: vec![source], ..Run::default() };
        let parts = [self.columns];
        assert_eq!(parts[0].rows().len(), self.expected.len());
        let table = Table::new(&PLAN, &run, &parts);
        let picks: Vec<Pick> = (0..self.expected.len() as u32).map(|row| Pick { part: 0, row }).collect();
        let column = |name: &str| {
            let field = table.schema().field_with_name(name).expect("it is declared").clone();
            table.column(&field, &picks).expect("every column can be gathered")
        };
        let (texts, lists) = (column("text"), column("list"));
        let (texts, lists) = (texts.as_string::<i32>(), lists.as_list::<i32>());
        for (row, expected) in self.expected.iter().enumerate() {
            let list = lists.value(row);
            assert_eq!(texts.is_valid(row).then(|| texts.value(row)), expected.as_deref(), "row {row}");
            assert!(list.len() == 2 && list.is_null(1), "row {row}");
            assert!(
                expected.as_deref().is_none_or(|text| list.as_string::<i32>().value(0) == text),
                "row {row}"
            );
        }
    }
}

fn node(path: &str) -> u32 {
    PLAN.nodes.iter().position(|node| node.path == path).expect("it is declared") as u32
}

fuzz_target!(|data: &[u8]| {
    let Some((&[many, more, far, long, len, first], rest)) = data.split_first_chunk::<6>() else { return };
    let rest = &rest[..rest.len().min(MAX_INPUT)];
    let mut filled = Filled::new(&rest.iter().map(|byte| byte & 0x7f).collect::<Vec<u8>>());
    let distinct = usize::from(many) + usize::from(more & 63) + 1;
    let (far, long) = (usize::from(far) + 1, usize::from(long) + 1);
    for row in 0..FIRST + usize::from(first) {
        let text = row % distinct;
        filled.push(row as u8 & 15, text * far, text * long % (usize::from(len) % MAX_LEN + 1));
    }
    filled.next_block();
    for &[kind, low, high, len, times] in rest.as_chunks().0 {
        let (start, len) = (usize::from(u16::from_le_bytes([low, high])), usize::from(len) % MAX_LEN);
        let (apart, longer) = (usize::from(times >> 6), usize::from(times >> 5 & 1));
        for time in 0..=usize::from(times & 31) {
            filled.push(kind, start + time * apart, len + time * longer);
        }
        if kind & 0xc0 != 0 {
            filled.next_block();
        }
    }
    filled.check();
});
