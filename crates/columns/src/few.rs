//! The texts of a column that has only a few, and short ones: levels, actions, countries.
//!
//! Such columns are half of what logs say. Their texts lie in the nearest cache, so that nothing is to be
//! waited for, but which of them comes next cannot be guessed, and neither can its length: whatever branches
//! on either goes wrong again and again. Here all texts are taken as equally long, with zeros behind their
//! ends, and the one question is whether a text is known, which it nearly always is.

use std::mem::take;

use crate::dictionary::Dictionary;
use crate::open::{Open, Place};

/// Bytes of the longest text that is known.
const BYTES: usize = WORDS * size_of::<u64>();
const WORDS: usize = 4;
/// Texts that are known at most: a byte tells them, and that there is none.
const MAX_TEXTS: usize = u8::MAX as usize;
/// Places that they are found at: so many more that hardly two have the same.
const PLACES: usize = 4096;
/// Values after which it is judged whether texts are few, and of how many one may be another.
const JUDGED: usize = 1024;
const OTHERS: usize = 8;
/// An odd number without a pattern.
const NUMBER: u64 = 0x9e37_79b9_7f4a_7c15;

/// For each length which bits of the words are those of a text.
const MASKS: [[u64; WORDS]; BYTES + 1] = {
    let mut masks = [[0; WORDS]; BYTES + 1];
    let mut byte = 0;
    while byte < BYTES {
        let mut len = byte + 1;
        while len <= BYTES {
            masks[len][byte / 8] |= 0xff << (byte % 8 * 8);
            len += 1;
        }
        byte += 1;
    }
    masks
};

/// The bytes from a text's start on, of which all but its own are left out.
pub(crate) type Window = [u8; BYTES];

/// The first texts of a column, by their codes.
#[derive(Debug, Clone)]
pub(crate) struct Few {
    /// Which text may be at a place, by its code plus one.
    places: [u8; PLACES],
    /// The texts, behind one that no text equals.
    texts: Vec<Text>,
    /// Memory for which of the values at hand are not known.
    others: Vec<u32>,
    /// Values since it was last judged whether the texts are few, and those that were looked up.
    values: usize,
    looked_up: usize,
}

/// A text, or one that no other equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Text {
    words: [u64; WORDS],
    len: usize,
}

const NO_TEXT: Text = Text { words: [0; WORDS], len: usize::MAX };

impl Few {
    /// Those of `dictionary`, if there are not too many, and they are not too long.
    pub(crate) fn of(dictionary: &Dictionary) -> Option<Self> {
        let is_short = |text: &[u8]| text.len() <= BYTES;
        (dictionary.len() <= MAX_TEXTS && dictionary.entries().any(is_short)).then(|| {
            let (places, texts, others) = ([0; PLACES], vec![NO_TEXT], Vec::new());
            let mut few = Self { places, texts, others, values: 0, looked_up: 0 };
            few.add_new(dictionary);
            few
        })
    }

    /// Appends the codes of the texts in `open`, of which much may be pieces of `block`, where each is found
    /// or added to `dictionary`.
    pub(crate) fn seal(
        &mut self,
        open: &Open,
        block: &[u8],
        dictionary: &mut Dictionary,
        codes: &mut Vec<u32>,
    ) {
        let (places, pieces) = (open.places(), Open::with_windows(block));
        let mut others = take(&mut self.others);
        others.clear();
        let first = codes.len();
        codes.extend((0..).zip(places).map(|(at, place)| {
            self.find(*place, pieces).unwrap_or_else(|| {
                others.push(at);
                0
            })
        }));
        let texts = others.iter().map(|at| open.text(places[*at as usize], block));
        let mut at = others.iter();
        dictionary.intern(texts, |code| {
            if let Some(at) = at.next() {
                codes[first + *at as usize] = code;
            }
        });
        self.values += places.len();
        self.looked_up += others.len();
        self.add_new(dictionary);
        self.others = others;
    }

    /// Whether it turns out that the texts are not few.
    pub(crate) fn are_many(&mut self) -> bool {
        if self.values < JUDGED {
            return false;
        }
        let are_many = self.looked_up * OTHERS > self.values;
        (self.values, self.looked_up) = (0, 0);
        are_many
    }

    /// The code of a text, if it is known.
    #[inline]
    fn find(&self, place: Place, block: &[u8]) -> Option<u32> {
        let (window, len) = Open::window(place, block)?;
        let text = Text::read(window, len)?;
        let number = self.places[text.place()];
        let known = self.texts.get(usize::from(number))?;
        known.equals(&text).then(|| u32::from(number) - 1)
    }

    /// Adds the entries of the dictionary that are new.
    fn add_new(&mut self, dictionary: &Dictionary) {
        let known = self.texts.len() - 1;
        for entry in known..dictionary.len().min(MAX_TEXTS) {
            self.add(dictionary.entry(entry as u32));
        }
    }

    /// Adds a text. It is not known if it is too long, or where another one has its place.
    fn add(&mut self, text: &[u8]) {
        let mut window = [0; BYTES];
        let start = window.get_mut(..text.len()).map(|start| start.copy_from_slice(text));
        let text = start.and_then(|()| Text::read(&window, text.len()));
        if let Some(text) = text {
            let place = &mut self.places[text.place()];
            if *place == 0 {
                *place = self.texts.len() as u8;
            }
        }
        self.texts.push(text.unwrap_or(NO_TEXT));
    }

    /// Memory held, in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        let others = self.others.capacity() * size_of::<u32>();
        size_of::<Self>() + self.texts.capacity() * size_of::<Text>() + others
    }
}

impl Text {
    #[inline]
    fn read(window: &Window, len: usize) -> Option<Self> {
        let (bytes, masks) = (window.as_chunks().0, MASKS.get(len)?);
        let words = std::array::from_fn(|at| u64::from_le_bytes(bytes[at]) & masks[at]);
        Some(Self { words, len })
    }

    /// Whether the texts are equal, by a number alone.
    #[inline]
    fn equals(&self, other: &Self) -> bool {
        let words = self.words.iter().zip(&other.words);
        words.fold((self.len ^ other.len) as u64, |all, (a, b)| all | (a ^ b)) == 0
    }

    #[inline]
    fn place(&self) -> usize {
        let [a, b, c, d] = self.words;
        let all = a ^ b.rotate_left(13) ^ c.rotate_left(29) ^ d.rotate_left(43) ^ self.len as u64;
        (all.wrapping_mul(NUMBER) >> (u64::BITS - PLACES.ilog2())) as usize % PLACES
    }
}

#[cfg(test)]
mod tests {
    use crate::open::Home;

    use super::*;

    /// The codes that a column gives to texts, which are pieces of a block where it says so.
    fn seal(
        few: &mut Few,
        dictionary: &mut Dictionary,
        texts: &[&str],
        are_pieces: bool,
    ) -> (Vec<u32>, usize) {
        let block = texts.concat().into_bytes();
        let (mut open, mut start) = (Open::default(), 0);
        for text in texts {
            open.push(
                &block[start..start + text.len()],
                if are_pieces { Home::of(&block) } else { Home::default() },
            );
            start += text.len();
        }
        let mut codes = vec![7];
        few.looked_up = 0;
        few.seal(&open, &block, dictionary, &mut codes);
        assert_eq!(codes.len(), 1 + texts.len());
        (codes.split_off(1), few.looked_up)
    }

    fn dictionary(texts: &[String]) -> Dictionary {
        let mut dictionary = Dictionary::default();
        dictionary.intern(texts.iter().map(String::as_bytes), |_| {});
        dictionary
    }

    #[test]
    fn each_text_has_the_code_that_its_dictionary_gives() {
        let mut texts: Vec<String> = (0..BYTES + 3).map(|len| "a".repeat(len)).collect();
        texts.extend((0..300).map(|number| format!("text {number}")));
        for known in [1, 20, 255, 256, 300] {
            let mut dictionary = dictionary(&texts[..known]);
            let few = Few::of(&dictionary);
            assert_eq!(few.is_some(), known <= MAX_TEXTS);
            let Some(mut few) = few else { continue };
            for are_pieces in [true, false, true] {
                let texts: Vec<&str> =
                    texts.iter().rev().map(String::as_str).chain(["", "a\0", "text"]).collect();
                let (codes, looked_up) = seal(&mut few, &mut dictionary, &texts, are_pieces);
                for (code, text) in codes.iter().zip(&texts) {
                    assert_eq!(dictionary.entry(*code), text.as_bytes());
                }
                assert!(dictionary.is_distinct() && dictionary.len() == texts.len() - 1);
                assert!(known == 1 || looked_up < texts.len() || !are_pieces, "none was known");
            }
            // By now as many are known as can be, which leaves out what is long, and some that share a place.
            let first: Vec<_> = dictionary.entries().take(MAX_TEXTS).map(<[u8]>::to_vec).collect();
            let short = first.iter().filter(|text| text.len() <= BYTES);
            let short: Vec<&str> = short.map(|text| str::from_utf8(text).unwrap()).collect();
            let again = [&short[..], &["behind"; 9]].concat();
            let (_, looked_up) = seal(&mut few, &mut dictionary, &again, true);
            assert!(looked_up < 9 + 20, "{looked_up}");
        }
    }

    #[test]
    fn short_texts_are_not_looked_up_again() {
        let texts: Vec<String> = ["", "a", "b"]
            .into_iter()
            .map(String::from)
            .chain((0..60).map(|at| format!("country {at}")))
            .collect();
        let mut dictionary = dictionary(&texts);
        let mut few = Few::of(&dictionary).unwrap();
        let again: Vec<&str> = texts.iter().map(String::as_str).collect();
        let room = "what stands behind the last one, so that it has a window";
        let (codes, looked_up) = seal(&mut few, &mut dictionary, &[&again[..], &[room]].concat(), true);
        assert!(codes.into_iter().eq(0..64));
        // That what is too long, and what has the place of another.
        assert!((1..6).contains(&looked_up), "{looked_up}");
    }
}
