//! What stands before each page: its header, in Thrift's compact form.
//!
//! Two kinds of pages are written, so two functions say all there is to say; the Parquet crate keeps its own
//! to itself. Data pages are of version 1: version 2 leaves levels uncompressed, which makes files of nested
//! tables several percent larger, and gives nothing back that the page index does not.

use parquet::basic::Encoding;

use super::hybrid::varint;

/// What a reader has to know of a data page.
#[derive(Debug, Clone, Copy)]
pub(super) struct DataPage {
    /// Places for values, nulls included.
    pub(super) places: usize,
    pub(super) encoding: Encoding,
}

const INTEGER: u8 = 5;
const STRUCT: u8 = 12;
const STOP: u8 = 0;

/// Fields of a struct, each told by how far its number is from that of the one before.
struct Fields<'a> {
    last: u8,
    out: &'a mut Vec<u8>,
}

impl Fields<'_> {
    fn field(&mut self, number: u8, kind: u8) {
        self.out.push((number - self.last) << 4 | kind);
        self.last = number;
    }

    fn integer(&mut self, number: u8, value: usize) {
        self.field(number, INTEGER);
        varint((value as u64) << 1, self.out);
    }

    fn within(&mut self, number: u8) -> Fields<'_> {
        self.field(number, STRUCT);
        Fields { last: 0, out: self.out }
    }
}

impl DataPage {
    /// Appends the header of a data page.
    pub(super) fn write(&self, uncompressed_size: usize, compressed_size: usize, out: &mut Vec<u8>) {
        let mut page = Fields { last: 0, out };
        page.integer(1, 0);
        page.integer(2, uncompressed_size);
        page.integer(3, compressed_size);
        let mut data = page.within(5);
        data.integer(1, self.places);
        data.integer(2, code(self.encoding));
        // The levels.
        data.integer(3, code(Encoding::RLE));
        data.integer(4, code(Encoding::RLE));
        out.extend_from_slice(&[STOP, STOP]);
    }
}

/// Appends the header of a dictionary page of so many entries.
pub(super) fn dictionary_page(
    uncompressed_size: usize,
    compressed_size: usize,
    entries: usize,
    out: &mut Vec<u8>,
) {
    let mut page = Fields { last: 0, out };
    page.integer(1, 2);
    page.integer(2, uncompressed_size);
    page.integer(3, compressed_size);
    let mut dictionary = page.within(7);
    dictionary.integer(1, entries);
    dictionary.integer(2, code(Encoding::PLAIN));
    out.extend_from_slice(&[STOP, STOP]);
}

/// The format's number for an encoding.
fn code(encoding: Encoding) -> usize {
    match encoding {
        Encoding::RLE => 3,
        Encoding::DELTA_BINARY_PACKED => 5,
        Encoding::DELTA_LENGTH_BYTE_ARRAY => 6,
        Encoding::DELTA_BYTE_ARRAY => 7,
        Encoding::RLE_DICTIONARY => 8,
        _ => 0,
    }
}
