//! The values of a column of text, on their way into pages.
//!
//! Every column begins with a dictionary. After the first values it shows whether they repeat; if they hardly
//! do, what there is moves over to an encoding of the texts themselves, as if there had been no dictionary.
//! One that proves too large later is left to the pages that use it.

use std::mem::{replace, take};

use parquet::basic::Encoding;
use sawlog_columns::Dictionary;

use crate::encoding::{SAMPLE_VALUES, hardly_repeat};

use super::bounds::{Bounds, TextBounds};
use super::direct::{Direct, Layout};
use super::{MAX_DICTIONARY_BYTES, frequency, hybrid};

/// What stands for an entry that has not been met, and for one that is about to be looked up.
const UNKNOWN: u32 = u32::MAX;
const LOOKED_UP: u32 = u32::MAX - 1;
/// So many entries of a batch for each row of the column, and it takes longer to have a place for each entry
/// than to look up the texts of the few that are met.
const MANY_ENTRIES: usize = 128;
/// Values that are handed on at a time where there is no dictionary: a read may have millions of them.
const AT_ONCE: usize = 1024;

/// Values of the page at hand, with the memory for those of the next column.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) dictionary: Dictionary,
    /// Memory for its entries while they move.
    spare: Dictionary,
    /// Places of the page's values in the dictionary.
    codes: Vec<u32>,
    /// Rows that the column will have.
    rows: usize,
    /// For the dictionary of each batch where its entries are in this one, as far as they were met.
    known: Vec<Vec<u32>>,
    /// If not empty, the places that these have moved to since.
    moved: Vec<u32>,
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
        self.dictionary.reserve(SAMPLE_VALUES.min(rows));
        self.codes.clear();
        self.known.iter_mut().for_each(Vec::clear);
        self.moved.clear();
        self.entries_before = 0;
        (self.is_settled, self.is_direct) = (false, false);
        self.direct.clear();
        self.bounds.take();
    }

    /// Adds values to the page, and calls `each` for those that will be in no dictionary.
    pub(super) fn push(&mut self, values: &[&[u8]], each: &mut impl FnMut(&[u8])) {
        let (first, others) = values.split_at(self.unsettled().min(values.len()));
        self.intern(first.iter().copied());
        self.settle_when_due(each);
        if self.is_direct {
            self.push_direct(others, each);
        } else {
            self.intern(others.iter().copied());
        }
    }

    /// Adds a value so many times.
    pub(super) fn push_same(&mut self, value: &[u8], times: usize, each: &mut impl FnMut(&[u8])) {
        let first = times.min(self.unsettled());
        self.intern_same(value, first);
        self.settle_when_due(each);
        if self.is_direct {
            self.push_direct(&vec![value; times - first], each);
        } else {
            self.intern_same(value, times - first);
        }
    }

    /// Adds values that are told as entries of the dictionary of batch number `part`.
    pub(super) fn push_codes(
        &mut self,
        (part, entries): (usize, &Dictionary),
        values: &[u32],
        each: &mut impl FnMut(&[u8]),
    ) {
        let (first, others) = values.split_at(self.unsettled().min(values.len()));
        self.translate(part, entries, first);
        self.settle_when_due(each);
        if self.is_direct {
            for values in others.chunks(AT_ONCE) {
                let texts: Vec<&[u8]> = values.iter().map(|&value| entries.entry(value)).collect();
                self.push_direct(&texts, each);
            }
        } else {
            self.translate(part, entries, others);
        }
    }

    /// How many values are still to come before the first ones are looked at: exactly so many, however they
    /// come, as the choice must not depend on it.
    fn unsettled(&self) -> usize {
        if self.is_settled { 0 } else { SAMPLE_VALUES - self.codes.len() }
    }

    fn settle_when_due(&mut self, each: &mut impl FnMut(&[u8])) {
        if self.unsettled() == 0 {
            self.settle(each);
        }
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

    fn intern_same(&mut self, value: &[u8], times: usize) {
        if times > 0 {
            self.intern(std::iter::once(value));
            let code = self.codes.last().copied().unwrap_or_default();
            self.codes.resize(self.codes.len() + times - 1, code);
        }
    }

    /// Appends the codes of entries of another dictionary. Each entry is looked up but once, unless the other
    /// dictionary is that of a chunk of many partitions, and the column that of a small one.
    fn translate(&mut self, part: usize, entries: &Dictionary, values: &[u32]) {
        if entries.len() / MANY_ENTRIES > self.rows {
            return self.intern(values.iter().map(|&value| entries.entry(value)));
        }
        let Self { dictionary, codes, known, moved, .. } = self;
        if !moved.is_empty() {
            let known = known.iter_mut().flatten().filter(|code| **code != UNKNOWN);
            known.for_each(|code| *code = moved[*code as usize]);
            moved.clear();
        }
        if known.len() <= part {
            known.resize_with(part + 1, Vec::new);
        }
        let known = &mut known[part];
        known.resize(entries.len(), UNKNOWN);
        let start = codes.len();
        codes.extend_from_slice(values);
        let codes = &mut codes[start..];
        if self.has_one_source && entries.is_distinct() {
            take_over(dictionary, entries, known, codes);
        } else {
            look_up(dictionary, entries, known, codes);
        }
    }

    /// Adds values that are in no dictionary.
    fn push_direct(&mut self, values: &[&[u8]], each: &mut impl FnMut(&[u8])) {
        self.bounds.add(values.iter().copied());
        self.direct.push(values);
        for value in values {
            each(value);
        }
    }

    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        let known: usize = self.known.iter().map(Vec::capacity).sum();
        let codes = self.codes.capacity() + known + self.moved.capacity();
        let codes = codes * size_of::<u32>() + self.seen.capacity();
        self.dictionary.heap_bytes() + self.spare.heap_bytes() + codes + self.direct.heap_bytes()
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
    pub(super) fn has_outgrown(&mut self, each: &mut impl FnMut(&[u8])) -> bool {
        let is_large = !self.is_direct && self.dictionary.page().len() >= MAX_DICTIONARY_BYTES;
        if is_large {
            self.settle(each);
        }
        is_large && !self.is_direct
    }

    /// Leaves the dictionary to the pages before this one, which has no values yet.
    pub(super) fn leave_dictionary(&mut self) {
        self.direct.begin(Layout::of(self.dictionary.entries()));
        self.is_direct = true;
    }

    /// Looks at the first values. Only where all of them are in the page at hand can they still move.
    pub(super) fn settle(&mut self, each: &mut impl FnMut(&[u8])) {
        let was_settled = replace(&mut self.is_settled, true);
        if was_settled || !hardly_repeat(self.codes.len(), self.dictionary.len()) {
            return;
        }
        self.leave_dictionary();
        let (codes, dictionary) = (take(&mut self.codes), take(&mut self.dictionary));
        let values: Vec<&[u8]> = codes.iter().map(|&code| dictionary.entry(code)).collect();
        self.push_direct(&values, each);
        (self.codes, self.dictionary) = (codes, dictionary);
        self.codes.clear();
        self.dictionary.clear();
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
                frequency::rank(&self.codes, self.dictionary.len(), &mut self.moved);
                self.dictionary.reorder(&self.moved, &mut self.spare);
                self.codes.iter_mut().for_each(|code| *code = self.moved[*code as usize]);
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
            self.bounds.add(self.dictionary.entries());
            return;
        }
        self.seen.clear();
        self.seen.resize(self.dictionary.len(), false);
        self.codes.iter().for_each(|&code| self.seen[code as usize] = true);
        let entries = self.dictionary.entries().zip(&self.seen);
        self.bounds.add(entries.filter_map(|(entry, seen)| seen.then_some(entry)));
    }
}

/// Turns entries of a batch into those of `dictionary`, which has none that are unknown: whatever is, is new,
/// and mostly comes in the order of the batch's entries.
fn take_over(dictionary: &mut Dictionary, entries: &Dictionary, known: &mut [u32], codes: &mut [u32]) {
    let (mut next, mut new) = (dictionary.len() as u32, 0..0);
    for code in codes {
        let known = &mut known[*code as usize];
        if *known == UNKNOWN {
            *known = next;
            next += 1;
            if *code != new.end {
                dictionary.append_entries(entries, replace(&mut new, *code..*code));
            }
            new.end += 1;
        }
        *code = *known;
    }
    dictionary.append_entries(entries, new);
}

/// Turns entries of a batch into those of `dictionary`, which may have those that are unknown.
fn look_up(dictionary: &mut Dictionary, entries: &Dictionary, known: &mut [u32], codes: &mut [u32]) {
    let mut new = Vec::new();
    for &code in &*codes {
        let known = &mut known[code as usize];
        if *known == UNKNOWN {
            *known = LOOKED_UP;
            new.push(code);
        }
    }
    if !new.is_empty() {
        let texts = new.iter().map(|&code| entries.entry(code));
        let mut codes = new.iter();
        dictionary.intern(texts, |entry| {
            if let Some(&code) = codes.next() {
                known[code as usize] = entry;
            }
        });
    }
    for code in codes {
        *code = known[*code as usize];
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
        texts.push(&values, &mut |_| apart += 1);
        texts.settle(&mut |_| apart += 1);
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
        let mut texts = Texts::default();
        texts.begin(7, 1);
        let mut sealed = Dictionary::default();
        sealed.intern([&b"a"[..], b"b", b"c"].into_iter(), |_| {});
        texts.push_codes((0, &sealed), &[1], &mut |_| {});
        texts.push(&[b"a", b"b"], &mut |_| {});
        texts.push_codes((0, &sealed), &[0, 1, 2, 2], &mut |_| {});
        assert_eq!(texts.codes, [0, 1, 0, 1, 0, 2, 2]);
        assert!(texts.dictionary.entries().eq([b"b", b"a", b"c"]));
    }

    #[test]
    fn a_value_that_is_told_once_is_there_as_often_as_it_says() {
        // Before and beyond the values that are looked at first, with a dictionary and without.
        for (distinct, often) in [(1, 9000), (40, 3), (40, 500), (5000, 1), (4000, 2), (4090, 1)] {
            let (mut once, mut each) = (Texts::default(), Texts::default());
            once.begin(distinct * often, 1);
            each.begin(distinct * often, 1);
            for value in 0..distinct {
                let value = format!("value {value}");
                for times in [often, 0, often / 2] {
                    once.push_same(value.as_bytes(), times, &mut |_| {});
                    each.push(&vec![value.as_bytes(); times], &mut |_| {});
                }
            }
            assert_eq!((once.len(), once.is_direct), (each.len(), each.is_direct));
            let (mut page, mut expected) = (Vec::new(), Vec::new());
            assert_eq!(once.finish_page(&mut page), each.finish_page(&mut expected));
            assert!(page == expected && once.dictionary.page() == each.dictionary.page());
        }
    }

    #[test]
    fn pages_behind_the_first_use_the_places_that_entries_moved_to() {
        let names: Vec<String> = (0..1000).map(|i| format!("name {i}")).collect();
        let mut sealed = Dictionary::default();
        sealed.intern(names.iter().map(String::as_bytes), |_| {});
        let mut texts = Texts::default();
        texts.begin(10_000, 1);
        let first: Vec<u32> = (0..5000).map(|at| at * at % 700).collect();
        let second: Vec<u32> = (0..1000).rev().collect();
        for values in [first, second.clone(), second] {
            texts.push_codes((0, &sealed), &values, &mut |_| {});
            let told: Vec<&[u8]> = texts.codes.iter().map(|&code| texts.dictionary.entry(code)).collect();
            let expected: Vec<&[u8]> = values.iter().map(|&value| sealed.entry(value)).collect();
            assert!(told == expected);
            assert_eq!(texts.finish_page(&mut Vec::new()).0, Encoding::RLE_DICTIONARY);
        }
    }

    #[test]
    fn few_of_many_entries_get_the_codes_they_always_get() {
        let names: Vec<String> = (0..5000).map(|i| format!("name {i}")).collect();
        let mut sealed = Dictionary::default();
        sealed.intern(names.iter().map(String::as_bytes), |_| {});
        let mut other = Dictionary::default();
        other.intern([&b"name 7"[..], b"else"].into_iter(), |_| {});
        let codes = |rows, parts| {
            let mut texts = Texts::default();
            texts.begin(rows, parts);
            for (part, entries, values) in
                [(0, &sealed, &[4000, 7, 4000, 9][..]), (1, &other, &[1, 0]), (0, &sealed, &[9, 8])]
            {
                let part = part.min(parts - 1);
                let entries = if parts == 1 { &sealed } else { entries };
                texts.push_codes((part, entries), values, &mut |_| {});
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
