//! A column on its way into pages: takes levels and values in, and decides where pages end.

use parquet::basic::{Encoding, Type};
use parquet::errors::ParquetError;
use sawlog_columns::{Dictionary, LeafSink};

use crate::format::ColumnFormat;

use super::bounds::Bounds;
use super::chunk::{Chunk, Pages};
use super::compression::Compression;
use super::filter::Filter;
use super::header::DataPage;
use super::numbers::Numbers;
use super::texts::Texts;
use super::{PAGE_BYTES, PAGE_ROWS, hybrid};

/// The memory of a thread that encodes columns.
#[derive(Default)]
pub(super) struct Scratch {
    texts: Texts,
    numbers: Numbers,
    booleans: Vec<bool>,
    definition: Vec<u8>,
    repetition: Vec<u8>,
    /// The values of a page before compression.
    body: Vec<u8>,
    pages: Pages,
    compression: Compression,
}

impl Scratch {
    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        let levels = self.definition.capacity() + self.repetition.capacity();
        let values = self.texts.heap_bytes() + self.numbers.heap_bytes() + self.booleans.capacity();
        let pages = self.body.capacity() + self.pages.heap_bytes() + self.compression.heap_bytes();
        levels + values + pages
    }
}

/// One column.
pub(super) struct Column<'a> {
    format: &'a ColumnFormat,
    value_type: Type,
    max_definition: u8,
    max_repetition: u8,
    /// Rows that the column will have.
    rows: usize,
    page_rows: usize,
    /// Holds the values that are in no dictionary so far, if readers look for single values here.
    filter: Option<Filter<'a>>,
    scratch: &'a mut Scratch,
}

impl<'a> Column<'a> {
    pub(super) fn new(
        format: &'a ColumnFormat,
        (rows, parts): (usize, usize),
        filter: Option<Filter<'a>>,
        scratch: &'a mut Scratch,
    ) -> Self {
        let leaf = format.parquet.column(0);
        let value_type = leaf.physical_type();
        scratch.texts.begin(rows, parts);
        scratch.numbers.begin(value_type);
        scratch.booleans.clear();
        scratch.definition.clear();
        scratch.repetition.clear();
        scratch.pages.begin();
        Self {
            format,
            value_type,
            max_definition: leaf.max_def_level() as u8,
            max_repetition: leaf.max_rep_level() as u8,
            rows,
            page_rows: 0,
            filter,
            scratch,
        }
    }

    /// Cuts a page where it is large enough. Called after each read, which is after a fixed number of rows.
    pub(super) fn after_read(&mut self) -> Result<(), ParquetError> {
        if self.has_outgrown() {
            self.finish_page()?;
            match self.value_type {
                Type::BYTE_ARRAY => self.scratch.texts.leave_dictionary(),
                _ => self.scratch.numbers.leave_dictionary(),
            }
        }
        let page_bytes = match self.value_type {
            Type::BYTE_ARRAY => self.scratch.texts.page_bytes(),
            Type::BOOLEAN => self.scratch.booleans.len() / 8,
            _ => self.scratch.numbers.page_bytes(),
        };
        let levels = self.scratch.repetition.len();
        if self.page_rows >= PAGE_ROWS || page_bytes >= PAGE_BYTES || levels >= PAGE_BYTES {
            self.finish_page()?;
        }
        Ok(())
    }

    fn has_outgrown(&mut self) -> bool {
        match self.value_type {
            Type::BYTE_ARRAY => self.scratch.texts.has_outgrown(&mut into(&mut self.filter)),
            Type::BOOLEAN => false,
            _ => self.scratch.numbers.has_outgrown(),
        }
    }

    fn finish_page(&mut self) -> Result<(), ParquetError> {
        self.settle();
        let Scratch { texts, numbers, booleans, definition, repetition, body, pages, compression } =
            self.scratch;
        let rows = std::mem::take(&mut self.page_rows);
        if rows == 0 {
            return Ok(());
        }
        let places = if self.max_definition > 0 { definition.len() } else { rows };
        body.clear();
        finish_levels(repetition, self.max_repetition, body);
        finish_levels(definition, self.max_definition, body);
        let (values, (encoding, bounds)) = match self.value_type {
            Type::BYTE_ARRAY => (texts.len(), texts.finish_page(body)),
            Type::BOOLEAN => (booleans.len(), finish_booleans(booleans, body)),
            _ => (numbers.len(), numbers.finish_page(body)),
        };
        pages.add(DataPage { places, encoding }, body, (rows, values), bounds, compression)?;
        Ok(())
    }

    fn settle(&mut self) {
        match self.value_type {
            Type::BYTE_ARRAY => self.scratch.texts.settle(&mut into(&mut self.filter)),
            Type::BOOLEAN => {}
            _ => self.scratch.numbers.settle(),
        }
    }

    /// Ends the column.
    pub(super) fn finish(mut self) -> Result<Chunk, ParquetError> {
        self.finish_page()?;
        let Scratch { texts, numbers, body, pages, compression, .. } = self.scratch;
        body.clear();
        let dictionary = match self.value_type {
            Type::BYTE_ARRAY => (texts.dictionary.page(), texts.dictionary.len()),
            Type::BOOLEAN => (&[][..], 0),
            _ => {
                let entries = numbers.dictionary_page(body);
                (&body[..], entries)
            }
        };
        let filter = self.filter.map(|filter| filter.finish(&texts.dictionary));
        let leaf = self.format.parquet.column(0);
        pages.finish(&leaf, dictionary, self.rows, filter, compression)
    }
}

impl LeafSink for Column<'_> {
    fn levels(&mut self, rows: usize, definition: &[u8], repetition: &[u8]) {
        self.page_rows += rows;
        self.scratch.definition.extend_from_slice(definition);
        self.scratch.repetition.extend_from_slice(repetition);
    }

    fn texts(&mut self, values: &[&[u8]]) {
        self.scratch.texts.push(values, &mut into(&mut self.filter));
    }

    fn same_text(&mut self, value: &[u8], times: usize) {
        self.scratch.texts.push_same(value, times, &mut into(&mut self.filter));
    }

    fn codes(&mut self, part: usize, dictionary: &Dictionary, values: &[u32]) {
        self.scratch.texts.push_codes((part, dictionary), values, &mut into(&mut self.filter));
    }

    fn integers(&mut self, values: &[i64]) {
        self.scratch.numbers.push(values.iter().copied());
    }

    fn same_integer(&mut self, value: i64, times: usize) {
        self.scratch.numbers.push_same(value, times);
    }

    fn floats(&mut self, values: &[f64]) {
        self.scratch.numbers.push(values.iter().map(|value| value.to_bits() as i64));
    }

    fn booleans(&mut self, values: &[bool]) {
        self.scratch.booleans.extend_from_slice(values);
    }
}

/// Adds a value that is in no dictionary to the filter, if the column has one.
fn into(filter: &mut Option<Filter<'_>>) -> impl FnMut(&[u8]) {
    move |value| {
        if let Some(filter) = filter {
            filter.insert(value);
        }
    }
}

/// Appends levels behind their length, if they can be anything but 0, and forgets them.
fn finish_levels(levels: &mut Vec<u8>, max: u8, out: &mut Vec<u8>) {
    if max > 0 {
        let start = out.len();
        out.extend_from_slice(&[0; size_of::<u32>()]);
        hybrid::encode(levels, hybrid::bit_width(max.into()), out);
        let len = (out.len() - start - size_of::<u32>()) as u32;
        out[start..start + size_of::<u32>()].copy_from_slice(&len.to_le_bytes());
    }
    levels.clear();
}

/// Appends booleans, a bit each, and forgets them.
fn finish_booleans(values: &mut Vec<bool>, out: &mut Vec<u8>) -> (Encoding, Option<Bounds>) {
    hybrid::bits(values, 1, out);
    let (any_true, any_false) = (values.contains(&true), values.contains(&false));
    values.clear();
    let bounds = (any_true || any_false).then_some(Bounds::Booleans(!any_false, any_true));
    (Encoding::PLAIN, bounds)
}
