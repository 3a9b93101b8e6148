//! Texts that stand for themselves, where no dictionary pays.
//!
//! Parquet knows three ways to lay them out. What neighbours share need not be told twice; ids and short
//! texts compress better apart from their lengths; other text is best left as it is, its length in front.
//! Which way is the smallest in the end depends on what the compression finds in them, but trying them all
//! takes longer than writing the page, and a look at the first texts is nearly always right.

use parquet::basic::Encoding;

use super::delta;

/// Texts that are looked at to choose a layout.
const SAMPLE_TEXTS: usize = 512;
/// Bytes of a short text.
const SHORT: usize = 16;

/// How texts are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Layout {
    /// Each behind its length.
    #[default]
    Plain,
    /// All lengths, then all texts.
    Lengths,
    /// As the last, but of each text only what differs from the one before, with the length of the rest.
    FrontCoded,
}

impl Layout {
    /// The layout in which `texts` will be smallest, or nearly so, by the look of the first ones.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Self {
        let texts: Vec<&[u8]> = texts.take(SAMPLE_TEXTS).collect();
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let neighbours = || texts.iter().zip(texts.iter().skip(1));
        let shared: usize = neighbours().map(|(one, next)| shared_prefix(one, next)).sum();
        // Times, counters and ids that begin with them. What they share stands just before, too near for
        // anything else to be found there that is as long.
        let ascends = 4 * neighbours().filter(|(one, next)| one <= next).count() >= 3 * texts.len();
        if 3 * shared >= 2 * bytes || ascends && 6 * shared >= bytes {
            Self::FrontCoded
        } else if bytes < SHORT * texts.len() || neighbours().all(|(one, next)| one.len() == next.len()) {
            Self::Lengths
        } else {
            Self::Plain
        }
    }
}

/// Texts of a page.
#[derive(Debug, Default)]
pub(super) struct Direct {
    layout: Layout,
    shared: Vec<i64>,
    lengths: Vec<i64>,
    bytes: Vec<u8>,
    previous: Vec<u8>,
}

impl Direct {
    /// Begins anew, with another layout.
    pub(super) fn begin(&mut self, layout: Layout) {
        self.clear();
        self.layout = layout;
    }

    /// Forgets all texts.
    pub(super) fn clear(&mut self) {
        self.shared.clear();
        self.lengths.clear();
        self.bytes.clear();
        self.previous.clear();
    }

    /// Memory held, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        let lengths = self.shared.capacity() + self.lengths.capacity();
        lengths * size_of::<i64>() + self.bytes.capacity() + self.previous.capacity()
    }

    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    /// About how many bytes the page has, uncompressed.
    pub(super) fn page_bytes(&self) -> usize {
        self.bytes.len() + 2 * self.lengths.len()
    }

    pub(super) fn push(&mut self, texts: &[&[u8]]) {
        if self.layout == Layout::FrontCoded {
            return self.push_differences(texts);
        }
        for text in texts {
            if self.layout == Layout::Plain {
                self.bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
            }
            self.bytes.extend_from_slice(text);
        }
        self.lengths.extend(texts.iter().map(|text| text.len() as i64));
    }

    fn push_differences(&mut self, texts: &[&[u8]]) {
        let mut previous = &self.previous[..];
        for text in texts {
            let shared = shared_prefix(previous, text);
            let rest = &text[shared..];
            self.shared.push(shared as i64);
            self.lengths.push(rest.len() as i64);
            self.bytes.extend_from_slice(rest);
            previous = text;
        }
        if let Some(last) = texts.last() {
            self.previous.clear();
            self.previous.extend_from_slice(last);
        }
    }

    /// Appends the texts as a page has them, and forgets them.
    pub(super) fn finish_page(&mut self, out: &mut Vec<u8>) -> Encoding {
        let encoding = match self.layout {
            Layout::Plain => Encoding::PLAIN,
            Layout::Lengths => {
                delta::encode32(&self.lengths, out);
                Encoding::DELTA_LENGTH_BYTE_ARRAY
            }
            Layout::FrontCoded => {
                delta::encode32(&self.shared, out);
                delta::encode32(&self.lengths, out);
                Encoding::DELTA_BYTE_ARRAY
            }
        };
        out.extend_from_slice(&self.bytes);
        self.clear();
        encoding
    }
}

/// With how many equal bytes two texts begin.
pub(super) fn shared_prefix(a: &[u8], b: &[u8]) -> usize {
    let (blocks, others) = (a.as_chunks::<16>().0, b.as_chunks::<16>().0);
    let mut shared = 0;
    for (block, other) in blocks.iter().zip(others) {
        let difference = u128::from_le_bytes(*block) ^ u128::from_le_bytes(*other);
        if difference != 0 {
            return shared + difference.trailing_zeros() as usize / 8;
        }
        shared += 16;
    }
    shared + a[shared..].iter().zip(&b[shared..]).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: impl Fn(u64) -> String) -> Layout {
        let texts: Vec<String> = (0..4000).map(text).collect();
        Layout::of(texts.iter().map(String::as_bytes))
    }

    #[test]
    fn the_layout_follows_the_texts() {
        let mix = |i: u64| (i ^ i >> 31).wrapping_mul(0x94d0_49bb_1331_11eb);
        let id = |i: u64| format!("{:016x}", mix(mix(mix(i + 1))));
        assert_eq!(chosen(id), Layout::Lengths);
        assert_eq!(chosen(|i| format!("8a0f3c5577aa0012{i:016x}")), Layout::FrontCoded);
        let time = |i: u64| 1_767_225_600_000 + 211 * i + mix(i) % 200;
        let snowflake = |i: u64| format!("{}", time(i) << 22 | mix(i) >> 42);
        let uuid7 = |i: u64| format!("{:012x}-7{:03x}-{:016x}", time(i), mix(i) >> 52, mix(mix(i) + 1));
        assert_eq!(chosen(snowflake), Layout::FrontCoded);
        assert_eq!(chosen(uuid7), Layout::FrontCoded);
        let seconds = |i: u64| format!("{}.{:03}{:03}", time(i) / 1000, time(i) % 1000, mix(i) % 1000);
        assert_eq!(chosen(seconds), Layout::FrontCoded);
        assert_eq!(chosen(|i| i.to_string()), Layout::FrontCoded);
        assert_eq!(chosen(|i| format!("{i:x}")), Layout::FrontCoded);
        let things = ["issue", "page", "repository"];
        let sentence = |i: u64| format!("Viewed the {} {}", things[i as usize % 3], i * 7919 % 10_007);
        assert_eq!(chosen(sentence), Layout::Plain);
    }

    #[test]
    fn prefixes_are_counted_to_the_byte() {
        for len in 0..40 {
            let mut a = vec![b'a'; 40];
            let b = a.clone();
            a[len] = b'x';
            assert_eq!(shared_prefix(&a, &b), len);
            assert_eq!(shared_prefix(&a[..len], &b), len);
        }
    }
}
