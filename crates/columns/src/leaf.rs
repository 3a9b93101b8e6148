//! One leaf column of picked rows, as Parquet wants it: levels and values, straight from the buffers.
//!
//! Parquet stores of a nested table only its leaves. Beside the values of a leaf stand two small numbers for
//! each place where there could be one: how much of the path down to it is there (the definition level), and
//! at which list on that path a new element begins (the repetition level). A [`Leaf`] hands both out, a fixed
//! number of rows at a time, to a [`LeafSink`]; values are passed as they lie in the buffers, which for texts
//! of fields means as entries of a dictionary.
//!
//! Nothing is copied but numbers and codes, and the levels of whole stretches are made from their validity at
//! once.

mod levels;
mod standard;

use std::ops::Range;

use arrow::error::ArrowError;
use arrow_schema::{DataType, Field};
use sawlog_schema::NodeId;

use crate::batch::Columns;
use crate::buffer::Data;
use crate::dictionary::Dictionary;
use crate::gather::Table;
use crate::selection::{Selection, Stretch};

use levels::{BLOCK, Levels, count};
use standard::Standard;

/// Values handed to a sink at a time.
const VALUES: usize = 1024;

/// Takes a leaf column in. For each read the levels come first, then all values that they say are there.
pub trait LeafSink {
    /// The levels of the next `rows` rows. Those that can only be 0 are left out: `definition` is empty for a
    /// column that is never null, `repetition` for one that lies in no list.
    fn levels(&mut self, rows: usize, definition: &[u8], repetition: &[u8]);
    /// Values of a column of text.
    fn texts(&mut self, values: &[&[u8]]);
    /// A value of a column of text, so many times.
    fn same_text(&mut self, value: &[u8], times: usize);
    /// Values of a column of text as entries of `dictionary`, which belongs to batch number `part`.
    fn codes(&mut self, part: usize, dictionary: &Dictionary, values: &[u32]);
    /// Values of a column of integers or times.
    fn integers(&mut self, values: &[i64]);
    /// A value of a column of integers or times, so many times.
    fn same_integer(&mut self, value: i64, times: usize);
    /// Values of a column of floats.
    fn floats(&mut self, values: &[f64]);
    /// Values of a column of booleans.
    fn booleans(&mut self, values: &[bool]);
}

/// A leaf column of a table.
#[derive(Debug)]
pub struct Leaf<'a> {
    table: &'a Table<'a>,
    source: Source<'a>,
}

#[derive(Debug)]
enum Source<'a> {
    /// The nodes from a field of the event down to the leaf.
    Nodes(Vec<NodeId>),
    Standard(Standard<'a>),
}

/// Values on their way to a sink. Those of one type are used.
#[derive(Debug, Default)]
struct Values<'a> {
    codes: Vec<u32>,
    /// The batch that codes are from, and its dictionary.
    sealed_in: Option<(usize, &'a Dictionary)>,
    integers: Vec<i64>,
    floats: Vec<f64>,
    booleans: Vec<bool>,
}

impl<'a> Leaf<'a> {
    /// The leaf at the end of `field`, a column of the table in which every object has but one member.
    ///
    /// # Errors
    /// Fails where the table has no such column.
    pub fn new(table: &'a Table<'a>, field: &Field) -> Result<Self, ArrowError> {
        let source = match table.plan().members(0).column(field.name().as_bytes(), 0) {
            Some(member) => {
                Source::Nodes(path(table, table.plan().members(0).node(member), field.data_type())?)
            }
            None => Source::Standard(Standard::new(table, field.name())?),
        };
        Ok(Self { table, source })
    }

    /// How many values the selected rows have at most: exactly so many in fields of the event and in lists.
    pub fn max_values(&self, selection: &Selection) -> usize {
        let mut levels = Levels::default();
        let count = |stretches: &[Stretch]| match &self.source {
            Source::Nodes(path) => {
                levels.compute(self.table.parts(), path, stretches);
                let (there, present) = levels.present();
                there.iter().map(|&level| usize::from(level == present)).sum::<usize>()
            }
            Source::Standard(standard) => standard.max_values(self.table, stretches),
        };
        selection.reads().map(count).sum()
    }

    /// Hands the column's part of the selected rows to `sink`, and asks after each read whether to go on.
    ///
    /// # Errors
    /// Fails as `after_read` does.
    ///
    /// # Panics
    /// Panics where the columns are not sealed.
    pub fn read<S: LeafSink, E>(
        &self,
        selection: &Selection,
        sink: &mut S,
        mut after_read: impl FnMut(&mut S) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut levels = Levels::default();
        let mut values = Values::default();
        for stretches in selection.reads() {
            match &self.source {
                Source::Nodes(path) => {
                    levels.compute(self.table.parts(), path, stretches);
                    let rows = stretches.iter().map(|s| s.len()).sum();
                    sink.levels(rows, levels.definition(), levels.repetition());
                    if let Some(&leaf) = path.last() {
                        values.hand_over(self.table.parts(), leaf, &levels, sink);
                    }
                }
                Source::Standard(standard) => standard.read(self.table, stretches, sink),
            }
            after_read(sink)?;
        }
        Ok(())
    }
}

/// The nodes from `node` to the only leaf that `data_type` has.
fn path(table: &Table<'_>, node: NodeId, data_type: &DataType) -> Result<Vec<NodeId>, ArrowError> {
    let mut path = vec![node];
    let (mut node, mut data_type) = (node, data_type);
    loop {
        (node, data_type) = match data_type {
            DataType::Struct(fields) => {
                let found = fields.first().and_then(|field| {
                    let members = table.plan().members(node);
                    let member = members.column(field.name().as_bytes(), 0)?;
                    Some((members.node(member), field.data_type()))
                });
                let missing = || ArrowError::SchemaError("no member is called so".to_owned());
                found.ok_or_else(missing)?
            }
            DataType::List(element) => (node + 1, element.data_type()),
            _ => return Ok(path),
        };
        path.push(node);
    }
}

impl<'a> Values<'a> {
    /// Hands over the values of `leaf` that `levels` found to be there.
    fn hand_over(&mut self, parts: &'a [Columns], leaf: NodeId, levels: &Levels, sink: &mut impl LeafSink) {
        let (mask, present) = levels.present();
        let mut done = 0;
        for stretch in levels.live() {
            let buffer = &parts[stretch.part()].nodes[leaf as usize];
            let range = stretch.within(buffer.len());
            let mask = &mask[done..done + range.len()];
            if let Data::Text(texts) = &buffer.data {
                let (codes, dictionary) = texts.sealed();
                if self.sealed_in.is_some_and(|(part, _)| part != stretch.part()) {
                    self.flush(sink);
                }
                self.sealed_in = Some((stretch.part(), dictionary));
                compact(&mut self.codes, &codes[range], mask, present);
            } else {
                self.take(&buffer.data, range, mask, present);
            }
            if self.len() >= VALUES {
                self.flush(sink);
            }
            done += stretch.len();
        }
        self.flush(sink);
    }

    /// Takes numbers where `mask` is `present`.
    fn take(&mut self, data: &Data, range: Range<usize>, mask: &[u8], present: u8) {
        match data {
            Data::Int(values) | Data::Time(values, _) => {
                compact(&mut self.integers, &values[range], mask, present);
            }
            Data::Float(values) => compact(&mut self.floats, &values[range], mask, present),
            Data::Bool(values) => compact(&mut self.booleans, &values[range], mask, present),
            Data::Text(_) | Data::Object | Data::List(_) => {}
        }
    }

    fn len(&self) -> usize {
        self.codes.len() + self.integers.len() + self.floats.len() + self.booleans.len()
    }

    fn flush(&mut self, sink: &mut impl LeafSink) {
        if let Some((part, dictionary)) = self.sealed_in.take().filter(|_| !self.codes.is_empty()) {
            sink.codes(part, dictionary, &self.codes);
            self.codes.clear();
        }
        if !self.integers.is_empty() {
            sink.integers(&self.integers);
            self.integers.clear();
        }
        if !self.floats.is_empty() {
            sink.floats(&self.floats);
            self.floats.clear();
        }
        if !self.booleans.is_empty() {
            sink.booleans(&self.booleans);
            self.booleans.clear();
        }
    }
}

/// Appends the values whose level is `present`.
fn compact<T: Copy + Default>(out: &mut Vec<T>, values: &[T], mask: &[u8], present: u8) {
    for (values, mask) in values.chunks(BLOCK).zip(mask.chunks(BLOCK)) {
        let there = count(mask, present);
        if there == 0 {
            continue;
        }
        if there == values.len() {
            out.extend_from_slice(values);
            continue;
        }
        // Each value is put behind the last one that counts, and stays there if it does too.
        let (mut kept, mut next) = ([T::default(); BLOCK], 0);
        for (&value, &level) in values.iter().zip(mask) {
            kept[next % BLOCK] = value;
            next += usize::from(level == present);
        }
        out.extend_from_slice(&kept[..there]);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use arrow_schema::Field;
    use sawlog_schema::{Plan, load};

    use crate::{Pick, Row, Run, Sink, Source};

    use super::*;

    /// What a sink was told.
    #[derive(Debug, Default, PartialEq)]
    struct Seen {
        rows: usize,
        definition: Vec<u8>,
        repetition: Vec<u8>,
        integers: Vec<i64>,
    }

    impl LeafSink for Seen {
        fn levels(&mut self, rows: usize, definition: &[u8], repetition: &[u8]) {
            self.rows += rows;
            self.definition.extend_from_slice(definition);
            self.repetition.extend_from_slice(repetition);
        }

        fn integers(&mut self, values: &[i64]) {
            self.integers.extend_from_slice(values);
        }

        fn same_integer(&mut self, value: i64, times: usize) {
            self.integers.extend(std::iter::repeat_n(value, times));
        }

        fn texts(&mut self, _: &[&[u8]]) {}
        fn same_text(&mut self, _: &[u8], _: usize) {}
        fn codes(&mut self, _: usize, _: &Dictionary, _: &[u32]) {}
        fn floats(&mut self, _: &[f64]) {}
        fn booleans(&mut self, _: &[bool]) {}
    }

    const YAML: &str = "
schema: Custom.Nested
fields:
  - name: a
    type: array
    element:
      type: object
      fields: [{name: b, type: array, element: {type: bigint}}]
";

    /// Three events: without `a`, with an empty one, and `[{b: [7, null]}, null, {b: []}, {}]`.
    fn nested(plan: &Plan) -> Columns {
        let [a, object, b, number] = [1, 2, 3, 4];
        let mut columns = Columns::new(plan, false);
        for row in 0..3 {
            if row == 1 {
                let start = columns.list(a);
                columns.list_end(a, row, start);
            }
            if row == 2 {
                let start = columns.list(a);
                columns.object(object, start);
                let first = columns.list(b);
                columns.integer(number, first, 7);
                columns.list_end(b, start, first + 2);
                columns.object(object, start + 2);
                columns.list_end(b, start + 2, first + 2);
                columns.object(object, start + 3);
                columns.list_end(a, row, start + 4);
            }
            let row = Row { event_time: None, source: 0, byte_offset: row.into() };
            columns.commit(row, None, []);
        }
        columns.seal(&[], |_, _, _| {});
        columns
    }

    fn seen(table: &Table<'_>, field: &Field, rows: &[u32]) -> Seen {
        let picks: Vec<Pick> = rows.iter().map(|&row| Pick { part: 0, row }).collect();
        let selection = Selection::new(&picks);
        let mut seen = Seen::default();
        let leaf = Leaf::new(table, field).unwrap();
        let Ok(()) = leaf.read(&selection, &mut seen, |_| Ok::<(), Infallible>(()));
        assert_eq!(leaf.max_values(&selection), seen.integers.len());
        seen
    }

    #[test]
    fn levels_tell_null_empty_and_missing_apart() {
        let plan = Plan::new(load(YAML, "nested.yml").log_type.unwrap());
        let run = Run { sources: vec![Source { path: "a".into(), identity: 1 }], ..Run::default() };
        let parts = [nested(&plan)];
        let table = Table::new(&plan, &run, &parts);
        let found = seen(&table, table.schema().field(0), &[0, 1, 2]);
        let expected = Seen {
            rows: 3,
            definition: vec![0, 1, 6, 5, 2, 4, 3],
            repetition: vec![0, 0, 0, 2, 1, 1, 1],
            integers: vec![7],
        };
        assert_eq!(found, expected);
        let turned = seen(&table, table.schema().field(0), &[2, 1, 0]);
        assert_eq!(turned.definition, [6, 5, 2, 4, 3, 1, 0]);
        let time = table.schema().field_with_name("p_event_time").unwrap();
        let times = Seen { rows: 2, integers: vec![0, 0], ..Seen::default() };
        assert_eq!(seen(&table, time, &[1, 0]), times);
    }
}
