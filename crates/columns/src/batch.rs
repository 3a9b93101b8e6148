//! A batch of rows, held as one buffer per node of the plan.

use std::ops::Range;

use sawlog_schema::{Kind, NodeId, Plan};

use crate::buffer::{Buffer, Data, Texts};
use crate::coded::Coded;
use crate::headers::Headers;
use crate::indicators::{Indicators, Scan};
use crate::open::Home;
use crate::sink::{Row, Sink};
use crate::text_lists::TextLists;

/// The rows that a parser has filled.
#[derive(Debug, Clone)]
pub struct Columns {
    pub(crate) nodes: Vec<Buffer>,
    /// Parent of each node; the event is its own.
    parents: Vec<NodeId>,
    /// How many values each node keeps of which some are taken back: as its parent, or as the lists that
    /// remain hold.
    keep: Vec<usize>,
    /// Whether times are kept in the format that they were read in.
    time_formats: bool,
    pub(crate) rows: Vec<Row>,
    pub(crate) indicators: Indicators,
    pub(crate) extra: Texts,
    pub(crate) flags: TextLists,
    pub(crate) headers: Headers,
    /// The block that rows are being read from.
    home: Home,
}

impl Columns {
    /// An empty batch for the plan. With `time_formats` timestamps are kept in the format that they were read
    /// in too, which printing events needs and Parquet does not.
    pub fn new(plan: &Plan, time_formats: bool) -> Self {
        let mut parents = vec![0; plan.nodes.len()];
        let mut open: Vec<NodeId> = Vec::new();
        for (id, node) in (0u32..).zip(&plan.nodes) {
            while open.last().is_some_and(|&top| plan.nodes[top as usize].end <= id) {
                open.pop();
            }
            parents[id as usize] = open.last().copied().unwrap_or(0);
            if node.end > id + 1 {
                open.push(id);
            }
        }
        let buffer = |kind: &Kind| {
            Buffer::new(match kind {
                Kind::String | Kind::Json => Data::Text(Coded::default()),
                Kind::Int(_) => Data::Int(Vec::new()),
                Kind::Float => Data::Float(Vec::new()),
                Kind::Boolean => Data::Bool(Vec::new()),
                Kind::Timestamp => Data::Time(Vec::new(), time_formats.then(Texts::default)),
                Kind::Object(_) => Data::Object,
                Kind::Array => Data::List(Vec::new()),
            })
        };
        Self {
            nodes: plan.nodes.iter().map(|n| buffer(&n.kind)).collect(),
            indicators: Indicators::new(plan, &parents),
            parents,
            keep: Vec::new(),
            time_formats,
            rows: Vec::new(),
            extra: Texts::default(),
            flags: TextLists::default(),
            headers: Headers::default(),
            home: Home::default(),
        }
    }

    /// Says that the rows to come are read from `block`: until it is sealed, texts that are pieces of it are
    /// not copied.
    pub fn begin(&mut self, block: &[u8]) {
        self.home = Home::of(block);
    }

    /// Moves values that were pushed since the last time to the indexes of their rows. Texts go into the
    /// dictionaries of their columns, which takes less memory and makes encoding them cheap, and the
    /// indicators that they tell are found by `scan`. `block` is that of [`Self::begin`], or empty if there
    /// was none. Every row must be committed or rolled back.
    pub fn seal(&mut self, block: &[u8], scan: Scan) {
        self.home = Home::default();
        self.nodes.iter_mut().for_each(|buffer| buffer.seal(block));
        self.indicators.seal(&self.nodes, self.rows.len(), scan);
        self.flags.seal();
    }

    /// The rows committed so far.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Heap memory held, in bytes.
    pub fn heap_bytes(&self) -> usize {
        let nodes: usize = self.nodes.iter().map(Buffer::heap_bytes).sum();
        let lists = self.indicators.heap_bytes();
        let rows = self.rows.capacity() * size_of::<Row>() + self.extra.heap_bytes();
        nodes + lists + self.flags.heap_bytes() + self.headers.heap_bytes() + rows
    }

    /// Empties the batch and keeps its memory for the next one.
    pub fn clear(&mut self) {
        self.home = Home::default();
        self.nodes.iter_mut().for_each(Buffer::clear);
        self.rows.clear();
        self.indicators.clear();
        self.extra.truncate(0);
        self.flags.clear();
        self.headers.clear();
    }
}

impl Sink for Columns {
    #[inline]
    fn row(&self) -> u32 {
        self.rows.len() as u32
    }

    #[inline]
    fn text(&mut self, node: NodeId, at: u32, value: &str) {
        let buffer = &mut self.nodes[node as usize];
        buffer.mark(at);
        if let Data::Text(texts) = &mut buffer.data {
            texts.push(value.as_bytes(), self.home);
        }
    }

    #[inline]
    fn integer(&mut self, node: NodeId, at: u32, value: i64) {
        let buffer = &mut self.nodes[node as usize];
        buffer.mark(at);
        if let Data::Int(values) = &mut buffer.data {
            values.push(value);
        }
    }

    fn float(&mut self, node: NodeId, at: u32, value: f64) {
        let buffer = &mut self.nodes[node as usize];
        buffer.mark(at);
        if let Data::Float(values) = &mut buffer.data {
            values.push(value);
        }
    }

    fn boolean(&mut self, node: NodeId, at: u32, value: bool) {
        let buffer = &mut self.nodes[node as usize];
        buffer.mark(at);
        if let Data::Bool(values) = &mut buffer.data {
            values.push(value);
        }
    }

    fn timestamp(&mut self, node: NodeId, at: u32, micros: i64, json: &[u8]) {
        let buffer = &mut self.nodes[node as usize];
        buffer.mark(at);
        if let Data::Time(values, texts) = &mut buffer.data {
            values.push(micros);
            if let Some(texts) = texts {
                texts.pad(at as usize);
                texts.push(json);
            }
        }
    }

    #[inline]
    fn keeps_time_formats(&self) -> bool {
        self.time_formats
    }

    #[inline]
    fn object(&mut self, node: NodeId, at: u32) {
        self.nodes[node as usize].mark(at);
    }

    #[inline]
    fn list(&mut self, node: NodeId) -> u32 {
        self.nodes[node as usize].list_end()
    }

    #[inline]
    fn list_end(&mut self, node: NodeId, at: u32, end: u32) {
        let buffer = &mut self.nodes[node as usize];
        buffer.mark(at);
        if let Data::List(ends) = &mut buffer.data {
            ends.push(end);
        }
    }

    fn commit<'f>(&mut self, row: Row, extra: Option<&str>, flags: impl IntoIterator<Item = &'f str>) {
        let at = self.rows.len();
        if let Some(extra) = extra {
            self.extra.pad(at);
            self.extra.push(extra.as_bytes());
        }
        for flag in flags {
            self.flags.push(at, flag.as_bytes());
        }
        self.rows.push(row);
    }

    fn rollback(&mut self) {
        self.take_back(1..self.nodes.len() as NodeId);
    }

    fn take_back(&mut self, nodes: Range<NodeId>) {
        let (start, end) = (nodes.start as usize, nodes.end as usize);
        self.keep.resize(self.nodes.len(), 0);
        for node in start..end {
            let parent = self.parents[node] as usize;
            self.keep[node] = match &self.nodes[parent].data {
                _ if parent < start => self.rows.len(),
                Data::List(_) => self.nodes[parent].list_end() as usize,
                _ => self.keep[parent],
            };
            self.nodes[node].truncate(self.keep[node]);
        }
    }
}
