//! A column on its way into pages: takes levels and values in, and decides where pages end.

use parquet::basic::{Encoding, Type};
use parquet::bloom_filter::Sbbf;
use parquet::errors::ParquetError;
use sawlog_columns::LeafSink;

use crate::encoding::BLOOM_FALSE_POSITIVES;
use crate::format::ColumnFormat;

use super::bounds::Bounds;
use super::chunk::{Chunk, Pages};
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
}

impl Scratch {
    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        let levels = self.definition.capacity() + self.repetition.capacity();
        let values = self.texts.heap_bytes() + self.numbers.heap_bytes() + self.booleans.capacity();
        levels + values + self.body.capacity() + self.pages.heap_bytes()
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
    rows_read: usize,
    /// The values of these rows; counted for a filter only.
    values_read: usize,
    page_rows: usize,
    filter: Option<Filter>,
    scratch: &'a mut Scratch,
}

/// A bloom filter of the values that are in no dictionary, made when the first of them comes.
struct Filter(Option<Sbbf>);

impl<'a> Column<'a> {
    pub(super) fn new(
        format: &'a ColumnFormat,
        rows: usize,
        scratch: &'a mut Scratch,
    ) -> Result<Self, ParquetError> {
        let leaf = format.parquet.column(0);
        let value_type = leaf.physical_type();
        scratch.texts.begin();
        scratch.numbers.begin(value_type);
        scratch.booleans.clear();
        scratch.definition.clear();
        scratch.repetition.clear();
        scratch.pages.begin()?;
        Ok(Self {
            format,
            value_type,
            max_definition: leaf.max_def_level() as u8,
            max_repetition: leaf.max_rep_level() as u8,
            rows,
            rows_read: 0,
            values_read: 0,
            page_rows: 0,
            filter: format.sought.then_some(Filter(None)),
            scratch,
        })
    }

    /// Cuts a page where it is large enough. Called after each read, which is after a fixed number of rows.
    pub(super) fn after_read(&mut self) -> Result<(), ParquetError> {
        if self.outgrown() {
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

    fn outgrown(&mut self) -> bool {
        match self.value_type {
            Type::BYTE_ARRAY => {
                let expected = self.values_expected();
                self.scratch.texts.has_outgrown(&mut |value| Filter::add(&mut self.filter, expected, value))
            }
            Type::BOOLEAN => false,
            _ => self.scratch.numbers.has_outgrown(),
        }
    }

    /// An upper bound of the distinct values to come. Filters are folded to what they really hold in the end,
    /// so that a generous bound costs only memory.
    fn values_expected(&self) -> usize {
        if self.rows_read >= self.rows {
            return self.values_read;
        }
        let per_row = self.values_read.div_ceil(self.rows_read.max(1)).max(1);
        self.rows * per_row * 2
    }

    fn finish_page(&mut self) -> Result<(), ParquetError> {
        self.settle();
        let Scratch { texts, numbers, booleans, definition, repetition, body, pages } = self.scratch;
        if self.page_rows == 0 {
            return Ok(());
        }
        body.clear();
        let (values, (encoding, bounds)) = match self.value_type {
            Type::BYTE_ARRAY => (texts.len(), texts.finish_page(body)),
            Type::BOOLEAN => (booleans.len(), finish_booleans(booleans, body)),
            _ => (numbers.len(), numbers.finish_page(body)),
        };
        let levels = pages.levels();
        levels.clear();
        if self.max_repetition > 0 {
            hybrid::encode(repetition, hybrid::bit_width(self.max_repetition.into()), levels);
        }
        let repetition_len = levels.len();
        if self.max_definition > 0 {
            hybrid::encode(definition, hybrid::bit_width(self.max_definition.into()), levels);
        }
        let places = if self.max_definition > 0 { definition.len() } else { self.page_rows };
        let page = DataPage {
            uncompressed_size: levels.len() + body.len(),
            compressed_size: 0,
            num_values: places,
            num_nulls: places - values,
            num_rows: self.page_rows,
            encoding,
            definition_len: levels.len() - repetition_len,
            repetition_len,
            is_compressed: false,
        };
        pages.add(page, body, bounds)?;
        definition.clear();
        repetition.clear();
        self.page_rows = 0;
        Ok(())
    }

    fn settle(&mut self) {
        match self.value_type {
            Type::BYTE_ARRAY => {
                let expected = self.values_expected();
                self.scratch.texts.settle(&mut |value| Filter::add(&mut self.filter, expected, value));
            }
            Type::BOOLEAN => {}
            _ => self.scratch.numbers.settle(),
        }
    }

    /// Ends the column.
    pub(super) fn finish(mut self) -> Result<Chunk, ParquetError> {
        self.finish_page()?;
        let Scratch { texts, numbers, body, pages, .. } = self.scratch;
        body.clear();
        let entries = match self.value_type {
            Type::BYTE_ARRAY => {
                body.extend_from_slice(texts.dictionary.page());
                texts.dictionary.len()
            }
            Type::BOOLEAN => 0,
            _ => numbers.dictionary_page(body),
        };
        let filter = self.filter.map(|filter| filter.finish(texts)).transpose()?;
        let leaf = self.format.parquet.column(0);
        pages.finish(&leaf, (body, entries), self.rows, filter)
    }
}

impl LeafSink for Column<'_> {
    fn levels(&mut self, rows: usize, definition: &[u8], repetition: &[u8]) {
        self.page_rows += rows;
        self.rows_read += rows;
        if self.filter.is_some() {
            let is_value = |level: &&u8| **level == self.max_definition;
            self.values_read += definition.iter().filter(is_value).count();
        }
        self.scratch.definition.extend_from_slice(definition);
        self.scratch.repetition.extend_from_slice(repetition);
    }

    fn texts(&mut self, values: &[&[u8]]) {
        let expected = self.values_expected();
        self.scratch.texts.push(values, &mut |value| Filter::add(&mut self.filter, expected, value));
    }

    fn integers(&mut self, values: &[i64]) {
        self.scratch.numbers.push(values.iter().copied());
    }

    fn floats(&mut self, values: &[f64]) {
        self.scratch.numbers.push(values.iter().map(|value| value.to_bits() as i64));
    }

    fn booleans(&mut self, values: &[bool]) {
        self.scratch.booleans.extend_from_slice(values);
    }
}

/// Appends a page of booleans as runs of bits, behind their length, and forgets them.
fn finish_booleans(values: &mut Vec<bool>, out: &mut Vec<u8>) -> (Encoding, Option<Bounds>) {
    out.extend_from_slice(&[0; size_of::<u32>()]);
    hybrid::encode(values, 1, out);
    let len = out.len() - size_of::<u32>();
    out[..size_of::<u32>()].copy_from_slice(&(len as u32).to_le_bytes());
    let (any_true, any_false) = (values.contains(&true), values.contains(&false));
    values.clear();
    let bounds = (any_true || any_false).then_some(Bounds::Booleans(!any_false, any_true));
    (Encoding::RLE, bounds)
}

impl Filter {
    /// Adds a value that is in no dictionary to the filter of a column that has one.
    fn add(filter: &mut Option<Self>, expected: usize, value: &[u8]) {
        let Some(Self(filter)) = filter else { return };
        if filter.is_none() {
            *filter = Sbbf::new_with_ndv_fpp(expected.max(1) as u64, BLOOM_FALSE_POSITIVES).ok();
        }
        if let Some(filter) = filter {
            filter.insert(value);
        }
    }

    /// Adds the entries of the dictionary, and makes the filter as small as it can be.
    fn finish(self, texts: &Texts) -> Result<Sbbf, ParquetError> {
        let mut filter = match self.0 {
            Some(filter) => filter,
            None => Sbbf::new_with_ndv_fpp(texts.dictionary.len().max(1) as u64, BLOOM_FALSE_POSITIVES)?,
        };
        texts.dictionary.entries().for_each(|entry| filter.insert(entry));
        filter.fold_to_target_fpp(BLOOM_FALSE_POSITIVES);
        Ok(filter)
    }
}
