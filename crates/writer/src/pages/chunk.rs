//! The pages of a column, and what a file says about them.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use parquet::basic::{Encoding, PageType, Type, ZstdLevel};
use parquet::bloom_filter::Sbbf;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder, PageEncodingStats,
};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescPtr;

use super::bounds::{Bounds, boundary_order, statistics};
use super::compression::{Compression, LEVEL};
use super::header::{DataPage, dictionary_page};

/// An encoded column, ready to be appended to a row group.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) bytes: Bytes,
    pub(crate) close: ColumnCloseResult,
    /// The time that compression took.
    pub(crate) compressing: Duration,
}

/// Pages of the column at hand, with the memory for those of the next.
#[derive(Default)]
pub(super) struct Pages {
    /// Data pages, one behind the other.
    bytes: Vec<u8>,
    added: Vec<Added>,
}

/// A page that has been added.
struct Added {
    size: usize,
    rows: usize,
    values: usize,
    nulls: usize,
    uncompressed_size: usize,
    encoding: Encoding,
    bounds: Option<Bounds>,
}

impl Pages {
    /// Begins a column.
    pub(super) fn begin(&mut self) {
        self.bytes.clear();
        self.added.clear();
    }

    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Adds a page with `values` as its number of values.
    pub(super) fn add(
        &mut self,
        page: DataPage,
        body: &[u8],
        (rows, values): (usize, usize),
        bounds: Option<Bounds>,
        compression: &mut Compression,
    ) -> io::Result<()> {
        let compressed = compression.compress(body)?;
        let start = self.bytes.len();
        page.write(body.len(), compressed.len(), &mut self.bytes);
        let header = self.bytes.len() - start;
        self.bytes.extend_from_slice(compressed);
        self.added.push(Added {
            size: self.bytes.len() - start,
            rows,
            values: page.places,
            nulls: page.places - values,
            uncompressed_size: header + body.len(),
            encoding: page.encoding,
            bounds,
        });
        Ok(())
    }

    /// Puts the column together: the dictionary, if a page uses it, and the pages behind it.
    pub(super) fn finish(
        &mut self,
        leaf: &ColumnDescPtr,
        (dictionary, entries): (&[u8], usize),
        rows: usize,
        bloom_filter: Option<Sbbf>,
        compression: &mut Compression,
    ) -> Result<Chunk, ParquetError> {
        let has_dictionary = self.added.iter().any(|page| page.encoding == Encoding::RLE_DICTIONARY);
        let mut bytes = Vec::new();
        let mut uncompressed_size: usize = self.added.iter().map(|page| page.uncompressed_size).sum();
        if has_dictionary {
            let compressed = compression.compress_dictionary(dictionary)?;
            bytes.reserve_exact(compressed.len() + self.bytes.len() + 32);
            dictionary_page(dictionary.len(), compressed.len(), entries, &mut bytes);
            uncompressed_size += bytes.len() + dictionary.len();
            bytes.extend_from_slice(compressed);
        }
        let first_page = bytes.len();
        bytes.extend_from_slice(&self.bytes);
        let metadata = ColumnChunkMetaData::builder(leaf.clone())
            .set_compression(parquet::basic::Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
            .set_encodings(self.encodings(leaf, has_dictionary))
            .set_page_encoding_stats(self.encoding_stats(has_dictionary))
            .set_total_compressed_size(bytes.len() as i64)
            .set_total_uncompressed_size(uncompressed_size as i64)
            .set_num_values(self.added.iter().map(|page| page.values as i64).sum())
            .set_data_page_offset(first_page as i64)
            .set_dictionary_page_offset(has_dictionary.then_some(0))
            .set_statistics(self.statistics(leaf.physical_type()))
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: rows as u64,
            metadata,
            bloom_filter,
            column_index: self.column_index(leaf.physical_type())?,
            offset_index: Some(self.offset_index(first_page)?),
        };
        Ok(Chunk { bytes: bytes.into(), close, compressing: compression.take_time() })
    }

    fn encodings(&self, leaf: &ColumnDescPtr, has_dictionary: bool) -> Vec<Encoding> {
        let mut encodings: Vec<Encoding> = self.added.iter().map(|page| page.encoding).collect();
        if has_dictionary {
            encodings.push(Encoding::PLAIN);
        }
        if leaf.max_def_level() > 0 {
            encodings.push(Encoding::RLE);
        }
        encodings
    }

    /// How many pages have which encoding.
    fn encoding_stats(&self, has_dictionary: bool) -> Vec<PageEncodingStats> {
        let page = |page_type, encoding, count| PageEncodingStats { page_type, encoding, count };
        let mut stats = Vec::new();
        if has_dictionary {
            stats.push(page(PageType::DICTIONARY_PAGE, Encoding::PLAIN, 1));
        }
        for pages in self.added.chunk_by(|a, b| a.encoding == b.encoding) {
            stats.push(page(PageType::DATA_PAGE, pages[0].encoding, pages.len() as i32));
        }
        stats
    }

    fn statistics(&self, column_type: Type) -> Statistics {
        let all = self.added.iter().filter_map(|page| page.bounds.as_ref());
        let bounds = all.cloned().reduce(|mut bounds, other| {
            bounds.widen(&other);
            bounds
        });
        let nulls = self.added.iter().map(|page| page.nulls as u64).sum();
        statistics(column_type, bounds.as_ref(), nulls)
    }

    /// The bounds of each page; None where a page has values and no short bounds: nothing but NaN, or a
    /// largest text that cannot be cut.
    fn column_index(&self, column_type: Type) -> Result<Option<ColumnIndexMetaData>, ParquetError> {
        let mut index = ColumnIndexBuilder::new(column_type);
        let mut bounds = Vec::new();
        for page in &self.added {
            let is_null = page.nulls == page.values;
            let cut = page.bounds.as_ref().and_then(Bounds::cut);
            if cut.is_none() && !is_null {
                return Ok(None);
            }
            let (min, max) = cut.as_ref().map(|cut| cut.plain(column_type)).unwrap_or_default();
            index.append(is_null, min, max, page.nulls as i64);
            bounds.extend(cut);
        }
        index.set_boundary_order(boundary_order(&bounds));
        index.build().map(Some)
    }

    fn offset_index(&self, first_page: usize) -> Result<OffsetIndexMetaData, ParquetError> {
        let mut index = OffsetIndexBuilder::new();
        let mut offset = first_page;
        for page in &self.added {
            // Headers have no room for larger ones either.
            let size = i32::try_from(page.size.max(page.uncompressed_size))
                .map(|_| page.size as i32)
                .map_err(|_| ParquetError::General("a page would take more than 2 GiB".to_owned()))?;
            index.append_row_count(page.rows as i64);
            index.append_offset_and_size(offset as i64, size);
            offset += page.size;
        }
        Ok(index.build())
    }
}
