//! The values of a column of text, on their way into pages.
//!
//! Every column begins with a dictionary. After the first values it shows whether they repeat; if they hardly
//! do, what there is moves over to an encoding of the texts themselves, as if there had been no dictionary.
//! One that proves too large later is left to the pages that use it.

use std::io;

use parquet::basic::Encoding;
use sawlog_columns::Dictionary;

use crate::encoding::{SAMPLE_VALUES, hardly_repeat};

use super::bounds::{Bounds, TextBounds};
use super::compression::Compression;
use super::direct::{Direct, Layout};
use super::{MAX_DICTIONARY_BYTES, frequency, hybrid};

/// What stands for an entry that has not been met, and for one that is about to be looked up.
const UNKNOWN: u32 = u32::MAX;
const LOOKED_UP: u32 = u32::MAX - 1;
/// So many entries of a batch for each row of the column, and it takes longer to have a place for each entry
/// than to look up the texts of the few that are met.
const MANY_ENTRIES: usize = 128;

/// Values of the page at hand, with the memory for those of the next column.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) dictionary: Dictionary,
    /// Places of the page's values in the dictionary.
    codes: Vec<u32>,
    /// Rows that the column will have.
    rows: usize,
    /// For the dictionary of each batch where its entries are in this one, as far as they were met.
    known: Vec<Vec<u32>>,
    /// Number of entries when the page began.
    entries_before: usize,
    /// Whether the first values have been looked at.
    is_settled: bool,
    /// The values where there is no dictionary.
    direct: Direct,
    is_direct: bool,
    /// Whether all values so far were told as entries of one dictionary.
    has_one_source: bool,
    bounds: TextBounds,
    /// Entries that the page uses.
    seen: Vec<bool>,
}

impl Texts {
    /// Begins a column of so many rows and batches.
    pub(super) fn begin(&mut self, rows: usize, parts: usize) {
        self.rows = rows;
        self.has_one_source = parts == 1;
        self.dictionary.clear();
        self.codes.clear();
        self.known.iter_mut().for_each(Vec::clear);
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
        let (first, others) = values.split_at(self.unsettled().min(values.len()));
        self.intern(first.iter().copied());
        self.settle_when_due(compression, each)?;
        if self.is_direct {
            for value in others {
                self.push_direct(value, each);
            }
        } else {
            self.intern(others.iter().copied());
        }
        Ok(())
    }

    /// Adds values that are told as entries of the dictionary of batch number `part`.
    pub(super) fn push_codes(
        &mut self,
        (part, entries): (usize, &Dictionary),
        values: &[u32],
        compression: &mut Compression,
        each: &mut impl FnMut(&[u8]),
    ) -> io::Result<()> {
        let (first, others) = values.split_at(self.unsettled().min(values.len()));
        self.translate(part, entries, first);
        self.settle_when_due(compression, each)?;
        if self.is_direct {
            for &value in others {
                self.push_direct(entries.entry(value), each);
            }
        } else {
            self.translate(part, entries, others);
        }
        Ok(())
    }

    /// How many values are still to come before the first ones are looked at: exactly so many, however they
    /// come, as the choice must not depend on it.
    fn unsettled(&self) -> usize {
        if self.is_settled { 0 } else { SAMPLE_VALUES - self.codes.len() }
    }

    fn settle_when_due(
        &mut self,
        compression: &mut Compression,
        each: &mut impl FnMut(&[u8]),
    ) -> io::Result<()> {
        if self.unsettled() == 0 { self.settle(compression, each) } else { Ok(()) }
    }

    fn intern<'t>(&mut self, values: impl Iterator<Item = &'t [u8]> + Clone) {
        if values.clone().next().is_none() {
            return;
        }
        // What is told as an entry from now on may be the same text.
        self.has_one_source = false;
        let codes = &mut self.codes;
        self.dictionary.intern(values, |code| codes.push(code));
    }

    /// Appends the codes of entries of another dictionary. Each entry is looked up but once, unless the other
    /// dictionary is that of a chunk of many partitions, and the column that of a small one.
    fn translate(&mut self, part: usize, entries: &Dictionary, values: &[u32]) {
        if entries.len() / MANY_ENTRIES > self.rows {
            return self.intern(values.iter().map(|&value| entries.entry(value)));
        }
        let Self { dictionary, codes, known, .. } = self;
        if known.len() <= part {
            known.resize_with(part + 1, Vec::new);
        }
        let known = &mut known[part];
        known.resize(entries.len(), UNKNOWN);
        if self.has_one_source && entries.is_distinct() {
            // Whatever is unknown is new.
            codes.extend(values.iter().map(|&value| {
                let code = &mut known[value as usize];
                if *code == UNKNOWN {
                    *code = dictionary.append(entries.entry(value));
                }
                *code
            }));
            return;
        }
        let mut new = Vec::new();
        for &value in values {
            let code = &mut known[value as usize];
            if *code == UNKNOWN {
                *code = LOOKED_UP;
                new.push(value);
            }
        }
        if !new.is_empty() {
            let texts = new.iter().map(|&value| entries.entry(value));
            let mut values = new.iter();
            dictionary.intern(texts, |code| {
                if let Some(&value) = values.next() {
                    known[value as usize] = code;
                }
            });
        }
        codes.extend(values.iter().map(|&value| known[value as usize]));
    }

    fn push_direct(&mut self, value: &[u8], each: &mut impl FnMut(&[u8])) {
        self.bounds.add(value);
        self.direct.push(value);
        each(value);
    }

    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        let known: usize = self.known.iter().map(Vec::capacity).sum();
        let codes = (self.codes.capacity() + known) * size_of::<u32>() + self.seen.capacity();
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
        self.direct.begin(Layout::of(self.dictionary.entries()));
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
                let known = self.known.iter_mut().flatten().filter(|code| **code != UNKNOWN);
                self.codes.iter_mut().chain(known).for_each(|code| *code = ranks[*code as usize]);
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
        texts.begin(values.size_hint().0, 1);
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
    fn texts_and_codes_of_one_batch_share_entries() {
        let (mut texts, mut compression) = (Texts::default(), Compression::default());
        texts.begin(7, 1);
        let mut sealed = Dictionary::default();
        sealed.intern([&b"a"[..], b"b", b"c"].into_iter(), |_| {});
        texts.push_codes((0, &sealed), &[1], &mut compression, &mut |_| {}).unwrap();
        texts.push(&[b"a", b"b"], &mut compression, &mut |_| {}).unwrap();
        texts.push_codes((0, &sealed), &[0, 1, 2, 2], &mut compression, &mut |_| {}).unwrap();
        assert_eq!(texts.codes, [0, 1, 0, 1, 0, 2, 2]);
        assert!(texts.dictionary.entries().eq([b"b", b"a", b"c"]));
    }

    #[test]
    fn few_of_many_entries_get_the_codes_they_always_get() {
        let names: Vec<String> = (0..5000).map(|i| format!("name {i}")).collect();
        let mut sealed = Dictionary::default();
        sealed.intern(names.iter().map(String::as_bytes), |_| {});
        let mut other = Dictionary::default();
        other.intern([&b"name 7"[..], b"else"].into_iter(), |_| {});
        let codes = |rows, parts| {
            let (mut texts, mut compression) = (Texts::default(), Compression::default());
            texts.begin(rows, parts);
            for (part, entries, values) in
                [(0, &sealed, &[4000, 7, 4000, 9][..]), (1, &other, &[1, 0]), (0, &sealed, &[9, 8])]
            {
                let part = part.min(parts - 1);
                let entries = if parts == 1 { &sealed } else { entries };
                texts.push_codes((part, entries), values, &mut compression, &mut |_| {}).unwrap();
            }
            let held: usize = texts.known.iter().map(Vec::len).sum();
            (texts.codes.clone(), texts.dictionary.page().to_vec(), held)
        };
        for (parts, expected) in [(1, [0, 1, 0, 2, 3, 4, 2, 5]), (2, [0, 1, 0, 2, 3, 1, 2, 4])] {
            let (few, many) = (codes(8, parts), codes(5000, parts));
            assert_eq!((&few.0[..], &few.0, &few.1), (&expected[..], &many.0, &many.1));
            assert!(few.2 < 10 && many.2 >= 5000, "{} {}", few.2, many.2);
        }
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
