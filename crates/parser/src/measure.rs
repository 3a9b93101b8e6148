//! Parts of parsing by themselves, for those who measure them.

use std::ops::Range;
use std::sync::Arc;

use sawlog_columns::{Row, Sink};
use sawlog_schema::{NodeId, Plan};

use crate::block::{Block, Records};
use crate::index::Index;
use crate::json::JsonReader;
use crate::limits::made_bytes;
use crate::lines::{Indexed, Lines};
use crate::shape::Shapes;
use crate::text::trim;
use crate::walk::{Mode, UnknownFields, Walk};

pub use crate::index::simd_level;

/// Reads events of one log type as a parser does, with all checks, and only looks at their values: no column
/// is filled, and no indicator looked for. That is what readers of JSON do that know nothing of log types.
pub struct Visitor {
    plan: Arc<Plan>,
    shapes: Shapes,
    json: JsonReader,
    walk: Walk,
    seen: Seen,
    index: Index,
}

impl Visitor {
    /// A visitor of events of `plan`, a log type of JSON.
    pub fn new(plan: &Plan) -> Self {
        let plan = Arc::new(plan.clone());
        let shapes = Shapes::new(std::slice::from_ref(&plan), 0, None);
        Self {
            plan,
            shapes,
            json: JsonReader::new(),
            walk: Walk::new(),
            seen: Seen::default(),
            index: Index::new(),
        }
    }

    /// Visits the records of a block that are events, and returns how many values they have.
    pub fn visit(&mut self, block: &Block) -> u64 {
        let before = self.seen.values;
        match &block.records {
            Records::Lines => {
                let mut index = std::mem::replace(&mut self.index, Index::new());
                let mut lines = Lines::new(&block.data, Some(&mut index));
                while let Some(line) = lines.next() {
                    let (blank, record) = trim(line.bytes);
                    let start = line.start + blank;
                    self.record(record, lines.known(&line, start, record), block.offset + start as u64);
                }
                self.index = index;
            }
            Records::Spans(spans) => {
                for span in spans.iter().filter(|span| span.fault.is_none() && span.is_record()) {
                    let record = &block.data[span.start as usize..][..span.len as usize];
                    let mut index = std::mem::replace(&mut self.index, Index::new());
                    self.record(record, index.build_record(record), block.offset + u64::from(span.start));
                    self.index = index;
                }
            }
        }
        self.seen.values - before
    }

    fn record(&mut self, record: &[u8], known: Option<Indexed<'_>>, offset: u64) {
        let Self { plan, shapes, json, walk, seen, .. } = self;
        let mut unknown = UnknownFields::default();
        let origin = (0, offset);
        walk.limit_made(made_bytes(record.len()), 0);
        let known = known.filter(|_| shapes.begins(record));
        let followed = known.and_then(|known| shapes.follow(plan, known, origin, walk, seen, &mut unknown));
        if followed.is_some() {
            return;
        }
        let mode = Mode { keep_missing: false, pages: None, overridden: None };
        let walked = json.read(record, |doc| {
            let noted = walk.record(plan, mode, doc, origin, seen, &mut unknown).ok()?;
            noted.is_plain().then(|| shapes.learn(plan, record))
        });
        // What is no event has no values here; a parser would say why.
        drop(walked);
    }
}

/// Looks at values.
#[derive(Default)]
struct Seen {
    rows: u32,
    values: u64,
    /// Values of the event at hand.
    open: u64,
}

impl Sink for Seen {
    fn row(&self) -> u32 {
        self.rows
    }

    fn text(&mut self, _: NodeId, _: u32, value: &str) {
        std::hint::black_box(value);
        self.open += 1;
    }

    fn integer(&mut self, _: NodeId, _: u32, value: i64) {
        std::hint::black_box(value);
        self.open += 1;
    }

    fn float(&mut self, _: NodeId, _: u32, value: f64) {
        std::hint::black_box(value);
        self.open += 1;
    }

    fn boolean(&mut self, _: NodeId, _: u32, value: bool) {
        std::hint::black_box(value);
        self.open += 1;
    }

    fn timestamp(&mut self, _: NodeId, _: u32, micros: i64, _: &[u8]) {
        std::hint::black_box(micros);
        self.open += 1;
    }

    fn keeps_time_formats(&self) -> bool {
        false
    }

    fn object(&mut self, _: NodeId, _: u32) {}

    fn list(&mut self, _: NodeId) -> u32 {
        0
    }

    fn list_end(&mut self, _: NodeId, _: u32, _: u32) {}

    fn commit<'f>(&mut self, _: Row, _: Option<&str>, _: impl IntoIterator<Item = &'f str>) {
        self.rows = self.rows.wrapping_add(1);
        self.values += std::mem::take(&mut self.open);
    }

    /// They were looked at all the same.
    fn take_back(&mut self, _: Range<NodeId>) {}

    fn rollback(&mut self) {
        self.open = 0;
    }
}

/// Builds the index of the lines or records of `block` as a parser does, and nothing else. Returns how many
/// are text, and for lines: without control characters.
pub fn index_records(block: &Block) -> usize {
    let mut index = Index::new();
    match &block.records {
        Records::Lines => {
            let mut lines = Lines::new(&block.data, Some(&mut index));
            let mut plain = 0;
            while let Some(line) = lines.next() {
                plain += usize::from(lines.known(&line, line.start, line.bytes).is_some());
            }
            plain
        }
        Records::Spans(spans) => {
            let bytes = |start: u32, len: u32| &block.data[start as usize..][..len as usize];
            let records = spans.iter().filter(|span| span.is_record());
            records.filter(|span| index.build_record(bytes(span.start, span.len)).is_some()).count()
        }
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::load;

    use super::*;
    use crate::block::Span;

    #[test]
    fn values_of_events_are_visited_new_shape_or_not() {
        let yaml = "
schema: Custom.Door
fields:
  - {name: id, type: string, required: true, indicators: [username]}
  - {name: floor, type: int}
  - {name: gates, type: array, element: {type: string}}
";
        let plan = Plan::new(load(yaml, "door.yml").log_type.unwrap());
        let mut visitor = Visitor::new(&plan);
        let event = "{\"id\":\"a\",\"floor\":3,\"gates\":[\"n\",\"s\"]}\n";
        let data = (event.repeat(5) + "{\"floor\":1}\nno json\n{\"id\":\"b\",\"floor\":null}\n").into_bytes();
        let block = Block::new(data, Records::Lines);
        assert_eq!((visitor.visit(&block), visitor.visit(&block)), (21, 21));
        let array = format!("[{},{}]", event.trim_end(), event.trim_end());
        let len = event.trim_end().len() as u32;
        let span = |start| Span { start, len, unwrapped: true, fault: None };
        let records = Records::Spans(vec![span(1), span(len + 2)]);
        assert_eq!(visitor.visit(&Block { data: array.into_bytes(), records, ..block }), 8);
    }

    #[test]
    fn records_are_found_as_parsers_find_them() {
        let data = b"{\"a\":1}\n\"\t\"\n[]".to_vec();
        let mut block = Block::new(data, Records::Lines);
        assert_eq!(index_records(&block), 2);
        let span = |start, len| Span { start, len, unwrapped: false, fault: None };
        block.records = Records::Spans(vec![span(8, 3), span(12, 2)]);
        assert_eq!(index_records(&block), 2);
        assert!(["avx512", "avx2", "portable"].contains(&simd_level()));
    }
}
