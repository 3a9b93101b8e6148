//! The values of a column of text, on their way into pages.
//!
//! Every column begins with a dictionary. After the first values it shows whether they repeat; if they hardly
//! do, what there is moves over to an encoding of the texts themselves, as if there had been no dictionary.
//! One that proves too large later is left to the pages that use it.

use parquet::basic::Encoding;

use super::bounds::{Bounds, TextBounds};
use super::dictionary::Dictionary;
use super::{MAX_DICTIONARY_BYTES, SAMPLE_VALUES, delta, hardly_repeat, hybrid};

/// Bytes that neighbours must share, on average, for front coding to pay.
const SHARED_PREFIX_BYTES: usize = 8;

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
    /// How texts are told where there is no dictionary.
    direct: Option<Direct>,
    /// Memory of the last column that had none.
    spare: Direct,
    bounds: TextBounds,
    /// Entries that the page uses.
    seen: Vec<bool>,
}

/// Texts that stand for themselves.
#[derive(Debug, Default)]
struct Direct {
    /// Whether each leaves out what it shares with the one before.
    is_front_coded: bool,
    shared: Vec<i64>,
    lengths: Vec<i64>,
    bytes: Vec<u8>,
    previous: Vec<u8>,
}

impl Texts {
    /// Begins a column.
    pub(super) fn begin(&mut self) {
        self.dictionary.clear();
        self.codes.clear();
        self.entries_before = 0;
        self.is_settled = false;
        if let Some(mut direct) = self.direct.take() {
            direct.clear();
            self.spare = direct;
        }
        self.bounds.take();
    }

    /// Adds values to the page, and calls `each` for those that will be in no dictionary.
    pub(super) fn push(&mut self, values: &[&[u8]], each: &mut impl FnMut(&[u8])) {
        let mut rest = values;
        if !self.is_settled {
            // Exactly so many, however they come, as the choice must not depend on it.
            let (first, others) = rest.split_at(rest.len().min(SAMPLE_VALUES - self.codes.len()));
            self.dictionary.intern(first, &mut self.codes);
            rest = others;
            if self.codes.len() == SAMPLE_VALUES {
                self.settle(each);
            }
        }
        match &mut self.direct {
            None => self.dictionary.intern(rest, &mut self.codes),
            Some(direct) => {
                for value in rest {
                    self.bounds.add(value);
                    direct.push(value);
                    each(value);
                }
            }
        }
    }

    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        let direct = self.direct.as_ref().map_or(0, Direct::heap_bytes) + self.spare.heap_bytes();
        self.dictionary.heap_bytes() + self.codes.capacity() * 4 + direct + self.seen.capacity()
    }

    /// Number of values in the page.
    pub(super) fn len(&self) -> usize {
        self.direct.as_ref().map_or(self.codes.len(), |direct| direct.lengths.len())
    }

    /// About how many bytes the page has, uncompressed.
    pub(super) fn page_bytes(&self) -> usize {
        match &self.direct {
            Some(direct) => direct.bytes.len() + 2 * direct.lengths.len(),
            None => self.codes.len() * self.width() as usize / 8,
        }
    }

    /// Whether the pages to come must do without the dictionary. Called between two reads.
    pub(super) fn has_outgrown(&mut self, each: &mut impl FnMut(&[u8])) -> bool {
        let is_large = self.direct.is_none() && self.dictionary.page().len() >= MAX_DICTIONARY_BYTES;
        if is_large {
            self.settle(each);
        }
        is_large && self.direct.is_none()
    }

    /// Leaves the dictionary to the pages before this one, which has no values yet.
    pub(super) fn leave_dictionary(&mut self) {
        let entries = self.dictionary.entries().take(SAMPLE_VALUES);
        self.direct = Some(self.spare.start(entries));
    }

    /// Looks at the first values. Only where all of them are in the page at hand can they still move.
    pub(super) fn settle(&mut self, each: &mut impl FnMut(&[u8])) {
        if std::mem::replace(&mut self.is_settled, true) {
            return;
        }
        if !hardly_repeat(self.codes.len(), self.dictionary.len()) {
            return;
        }
        let mut direct = self.spare.start(self.dictionary.entries().take(SAMPLE_VALUES));
        for &code in &self.codes {
            let value = self.dictionary.entry(code);
            self.bounds.add(value);
            direct.push(value);
            each(value);
        }
        self.direct = Some(direct);
        self.codes.clear();
        self.dictionary.clear();
    }

    fn width(&self) -> u32 {
        hybrid::bit_width(self.dictionary.len().saturating_sub(1) as u32)
    }

    /// Appends the page's values and forgets them.
    pub(super) fn finish_page(&mut self, out: &mut Vec<u8>) -> (Encoding, Option<Bounds>) {
        let encoding = if let Some(direct) = &mut self.direct {
            direct.finish_page(out)
        } else {
            self.add_bounds_of_codes();
            let width = self.width();
            out.push(width as u8);
            hybrid::encode(&self.codes, width, out);
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

impl Direct {
    /// Takes this memory for texts like those of the sample.
    fn start<'a>(&mut self, sample: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut direct = std::mem::take(self);
        direct.is_front_coded = share_prefixes(sample);
        direct
    }

    fn heap_bytes(&self) -> usize {
        let lengths = self.shared.capacity() + self.lengths.capacity();
        lengths * 8 + self.bytes.capacity() + self.previous.capacity()
    }

    fn clear(&mut self) {
        self.shared.clear();
        self.lengths.clear();
        self.bytes.clear();
        self.previous.clear();
    }

    fn push(&mut self, value: &[u8]) {
        if !self.is_front_coded {
            self.lengths.push(value.len() as i64);
            self.bytes.extend_from_slice(value);
            return;
        }
        let shared = shared_prefix(&self.previous, value);
        self.shared.push(shared as i64);
        self.lengths.push((value.len() - shared) as i64);
        self.bytes.extend_from_slice(&value[shared..]);
        self.previous.truncate(shared);
        self.previous.extend_from_slice(&value[shared..]);
    }

    fn finish_page(&mut self, out: &mut Vec<u8>) -> Encoding {
        if self.is_front_coded {
            delta::encode(&self.shared, out);
        }
        delta::encode(&self.lengths, out);
        out.extend_from_slice(&self.bytes);
        self.clear();
        if self.is_front_coded { Encoding::DELTA_BYTE_ARRAY } else { Encoding::DELTA_LENGTH_BYTE_ARRAY }
    }
}

/// Whether neighbours begin alike.
fn share_prefixes<'a>(mut sample: impl Iterator<Item = &'a [u8]>) -> bool {
    let Some(mut previous) = sample.next() else { return false };
    let (mut total, mut pairs) = (0, 0);
    for value in sample {
        total += shared_prefix(previous, value);
        pairs += 1;
        previous = value;
    }
    pairs > 0 && total >= SHARED_PREFIX_BYTES * pairs
}

fn shared_prefix(a: &[u8], b: &[u8]) -> usize {
    let (words, _) = a.as_chunks::<8>();
    let (others, _) = b.as_chunks::<8>();
    let mut shared = 0;
    for (word, other) in words.iter().zip(others) {
        let difference = u64::from_le_bytes(*word) ^ u64::from_le_bytes(*other);
        if difference != 0 {
            return shared + difference.trailing_zeros() as usize / 8;
        }
        shared += 8;
    }
    shared + a[shared..].iter().zip(&b[shared..]).take_while(|(a, b)| a == b).count()
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
    fn ids_do_without() {
        let scattered = |i: u64| format!("{:x}", i.wrapping_mul(0x9e37_79b9_7f4a_7c15).reverse_bits());
        assert_eq!(encoding((1..9001).map(scattered)), (Encoding::DELTA_LENGTH_BYTE_ARRAY, 9000));
        let in_order = |i: u64| format!("8a0f3c5577aa0012{i:016x}");
        assert_eq!(encoding((0..1000).map(in_order)), (Encoding::DELTA_BYTE_ARRAY, 1000));
    }

    #[test]
    fn prefixes_are_counted_to_the_byte() {
        for len in 0..20 {
            let mut a = vec![b'a'; 20];
            let b = a.clone();
            a[len] = b'x';
            assert_eq!(shared_prefix(&a, &b), len);
            assert_eq!(shared_prefix(&a[..len], &b), len);
        }
    }
}
