//! Leaf columns into Parquet pages, without a detour through Arrow arrays.
//!
//! Reading a [`Leaf`] yields levels and values in small portions, straight from the buffers that parsers
//! filled. [`Column`] takes them in and cuts pages; per type of value there is a module that knows how to
//! lay values out ([`texts`], [`numbers`], booleans), each beginning with a dictionary (that of the columns,
//! [`words`]) and leaving it where values hardly repeat. The codes of Parquet's format are in [`hybrid`],
//! [`delta`] and [`header`]; [`bounds`] are the statistics that let readers skip pages, [`filter`] lets them
//! skip row groups, and [`chunk`] puts together what the Parquet crate wants to know of a finished column.
//!
//! All decisions hang on the rows and their order alone: on counts of values and rows, never on how many came
//! at a time. Memory is that of one column per thread, and is used again for the next.

mod bounds;
mod chunk;
mod column;
mod compression;
mod delta;
mod direct;
mod filter;
mod frequency;
mod header;
mod hybrid;
mod numbers;
mod texts;
mod words;

use std::cell::RefCell;

use parquet::errors::ParquetError;
use parquet::file::properties::DEFAULT_PAGE_SIZE;
use sawlog_columns::{Leaf, Selection, Table};

use crate::encoding::PAGE_ROWS;
use crate::format::ColumnFormat;

pub(crate) use chunk::Chunk;
use column::{Column, Scratch};
use filter::Filter;

/// Bytes of values in a page, about. Pages are what the page index can skip.
const PAGE_BYTES: usize = DEFAULT_PAGE_SIZE;
/// Bytes of a dictionary beyond which a column does without one.
const MAX_DICTIONARY_BYTES: usize = 4 * 1024 * 1024;
/// Memory that a thread keeps from one column to the next.
const MAX_SCRATCH_BYTES: usize = 40 * 1024 * 1024;

thread_local! {
    /// The memory in which this thread encodes one column after the other.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Encodes a leaf column of the selected rows of `table`.
pub(crate) fn encode(
    format: &ColumnFormat,
    table: &Table<'_>,
    selection: &Selection,
) -> Result<Chunk, ParquetError> {
    let leaf = Leaf::new(table, &format.field)?;
    SCRATCH.with_borrow_mut(|scratch| {
        let max_values = || leaf.max_values(selection);
        let filter = format.sought.then(|| Filter::new(&max_values));
        let mut column = Column::new(format, (selection.rows(), table.parts().len()), filter, scratch);
        leaf.read(selection, &mut column, Column::after_read)?;
        let chunk = column.finish();
        if scratch.heap_bytes() > MAX_SCRATCH_BYTES {
            *scratch = Scratch::default();
        }
        chunk
    })
}
