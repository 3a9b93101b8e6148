//! The values of a column of text, on their way into pages.
//!
//! Every column begins with a dictionary. After the first values it shows whether they repeat; if they hardly
//! do, what there is moves over to an encoding of the texts themselves, as if there had been no dictionary.
//! One that proves too large later is left to the pages that use it.

use std::io;

use parquet::basic::Encoding;

use super::bounds::{Bounds, TextBounds};
use super::compression::Compression;
use super::dictionary::Dictionary;
use super::direct::{Direct, Layout};
use super::{MAX_DICTIONARY_BYTES, SAMPLE_VALUES, frequency, hardly_repeat, hybrid};

/// Values of the page at hand, with the memory for those of the next column.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) dictionary: Dictionary,
    /// Places of the page's values in the dictionary.
    codes: Vec<u32>,
    /// Number of entries when the page began.
    entries_before: usize,
    /// Whether the first values have been looked at.
    is_settled: bool,
    /// The values where there is no dictionary.
    direct: Direct,
    is_direct: bool,
    bounds: TextBounds,
    /// Entries that the page uses.
    seen: Vec<bool>,
}

impl Texts {
    /// Begins a column.
    pub(super) fn begin(&mut self) {
        self.dictionary.clear();
        self.codes.clear();
        self.entries_before = 0;
        (self.is_settled, self.is_direct) = (false, false);
        self.direct.clear();
        self.bounds.take();
    }

    /// Adds values to the page, and calls `each` for those that will be in no dictionary.
    pub(super) fn push(
        &mut self,
        values: &[&[u8]],
        compression: &mut Compression,
        each: &mut impl FnMut(&[u8]),
    ) -> io::Result<()> {
        let mut rest = values;
        if !self.is_settled {
            // Exactly so many, however they come, as the choice must not depend on it.
            let (first, others) = rest.split_at(rest.len().min(SAMPLE_VALUES - self.codes.len()));
            self.dictionary.intern(first, &mut self.codes);
            rest = others;
            if self.codes.len() == SAMPLE_VALUES {
                self.settle(compression, each)?;
            }
        }
        if self.is_direct {
            for value in rest {
                self.bounds.add(value);
                self.direct.push(value);
                each(value);
            }
        } else {
            self.dictionary.intern(rest, &mut self.codes);
        }
        Ok(())
    }

    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        let codes = self.codes.capacity() * size_of::<u32>() + self.seen.capacity();
        self.dictionary.heap_bytes() + codes + self.direct.heap_bytes()
    }

    /// Number of values in the page.
    pub(super) fn len(&self) -> usize {
        if self.is_direct { self.direct.len() } else { self.codes.len() }
    }

    /// About how many bytes the page has, uncompressed.
    pub(super) fn page_bytes(&self) -> usize {
        if self.is_direct { self.direct.page_bytes() } else { self.codes.len() * self.width() as usize / 8 }
    }

    /// Whether the pages to come must do without the dictionary. Called between two reads.
    pub(super) fn has_outgrown(
        &mut self,
        compression: &mut Compression,
        each: &mut impl FnMut(&[u8]),
    ) -> io::Result<bool> {
        let is_large = !self.is_direct && self.dictionary.page().len() >= MAX_DICTIONARY_BYTES;
        if is_large {
            self.settle(compression, each)?;
        }
        Ok(is_large && !self.is_direct)
    }

    /// Leaves the dictionary to the pages before this one, which has no values yet.
    pub(super) fn leave_dictionary(&mut self, compression: &mut Compression) -> io::Result<()> {
        let layout = Layout::choose(&self.dictionary.entries(), &mut self.direct, compression)?;
        self.direct.begin(layout);
        self.is_direct = true;
        Ok(())
    }

    /// Looks at the first values. Only where all of them are in the page at hand can they still move.
    pub(super) fn settle(
        &mut self,
        compression: &mut Compression,
        each: &mut impl FnMut(&[u8]),
    ) -> io::Result<()> {
        let was_settled = std::mem::replace(&mut self.is_settled, true);
        if was_settled || !hardly_repeat(self.codes.len(), self.dictionary.len()) {
            return Ok(());
        }
        self.leave_dictionary(compression)?;
        for &code in &self.codes {
            let value = self.dictionary.entry(code);
            self.bounds.add(value);
            self.direct.push(value);
            each(value);
        }
        self.codes.clear();
        self.dictionary.clear();
        Ok(())
    }

    fn width(&self) -> u32 {
        hybrid::bit_width(self.dictionary.len().saturating_sub(1) as u32)
    }

    /// Appends the page's values and forgets them.
    pub(super) fn finish_page(&mut self, out: &mut Vec<u8>) -> (Encoding, Option<Bounds>) {
        let encoding = if self.is_direct {
            self.direct.finish_page(out)
        } else {
            self.add_bounds_of_codes();
            if self.entries_before == 0 && self.width() > u8::BITS {
                let ranks = frequency::ranks(&self.codes, self.dictionary.len());
                self.dictionary.reorder(&ranks);
                self.codes.iter_mut().for_each(|code| *code = ranks[*code as usize]);
            }
            hybrid::encode_codes(&self.codes, self.width(), out);
            self.codes.clear();
            self.entries_before = self.dictionary.len();
            Encoding::RLE_DICTIONARY
        };
        (encoding, self.bounds.take())
    }

    /// The bounds of the entries used. A page that is the first to use an entry need not look for it.
    fn add_bounds_of_codes(&mut self) {
        if self.entries_before == 0 {
            self.dictionary.entries().for_each(|entry| self.bounds.add(entry));
            return;
        }
        self.seen.clear();
        self.seen.resize(self.dictionary.len(), false);
        self.codes.iter().for_each(|&code| self.seen[code as usize] = true);
        for (entry, _) in self.dictionary.entries().zip(&self.seen).filter(|(_, seen)| **seen) {
            self.bounds.add(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(values: impl Iterator<Item = String>) -> (Encoding, usize) {
        let mut texts = Texts::default();
        texts.begin();
        let values: Vec<String> = values.collect();
        let values: Vec<&[u8]> = values.iter().map(String::as_bytes).collect();
        let mut apart = 0;
        let mut compression = Compression::default();
        texts.push(&values, &mut compression, &mut |_| apart += 1).unwrap();
        texts.settle(&mut compression, &mut |_| apart += 1).unwrap();
        assert_eq!(texts.len(), values.len());
        (texts.finish_page(&mut Vec::new()).0, apart)
    }

    #[test]
    fn values_that_repeat_keep_their_dictionary() {
        assert_eq!(encoding((0..9000).map(|i| format!("action {}", i % 40))), (Encoding::RLE_DICTIONARY, 0));
        assert_eq!(encoding((0..0).map(|i: u32| i.to_string())), (Encoding::RLE_DICTIONARY, 0));
        assert_eq!(encoding((0..1).map(|i| i.to_string())), (Encoding::RLE_DICTIONARY, 0));
    }

    #[test]
    fn ids_do_without() {
        let mix = |i: u64| (i ^ i >> 31).wrapping_mul(0x94d0_49bb_1331_11eb);
        let scattered = |i: u64| format!("{:016x}", mix(mix(mix(i))));
        assert_eq!(encoding((1..9001).map(scattered)), (Encoding::DELTA_LENGTH_BYTE_ARRAY, 9000));
        let in_order = |i: u64| format!("8a0f3c5577aa0012{i:016x}");
        assert_eq!(encoding((0..1000).map(in_order)), (Encoding::DELTA_BYTE_ARRAY, 1000));
    }
}
