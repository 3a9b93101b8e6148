//! The smallest and the largest value of a page, and of a column chunk.
//!
//! Readers skip what cannot hold what they look for. Texts are ordered by their bytes, and long ones cut: the
//! smallest becomes a prefix of itself, the largest a prefix with its last character raised. NaN has no place
//! in an order and is left out; zeros get the sign that includes the other one.

use std::cmp::Ordering;

use parquet::basic::{BoundaryOrder, Type};
use parquet::data_type::ByteArray;
use parquet::file::statistics::{Statistics, ValueStatistics};

use super::direct::shared_prefix;

/// Bytes of a text that are kept at most.
const MAX_TEXT: usize = 64;

/// The bounds of values of one type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bounds {
    Texts(Vec<u8>, Vec<u8>),
    Integers(i64, i64),
    Floats(f64, f64),
    Booleans(bool, bool),
}

impl Bounds {
    /// The bounds of integers.
    pub(super) fn of_integers(values: impl Iterator<Item = i64>) -> Option<Self> {
        let widen = |(min, max): (i64, i64), value: i64| (min.min(value), max.max(value));
        let (min, max) = values.fold((i64::MAX, i64::MIN), widen);
        (min <= max).then_some(Self::Integers(min, max))
    }

    /// The bounds of floats; none where there are but NaNs.
    pub(super) fn of_floats(values: impl Iterator<Item = f64>) -> Option<Self> {
        let numbers = values.filter(|value| !value.is_nan());
        let bounds = numbers.fold(None, |bounds: Option<(f64, f64)>, value| {
            let (min, max) = bounds.unwrap_or((value, value));
            Some((if value < min { value } else { min }, if value > max { value } else { max }))
        });
        bounds.map(|(min, max)| {
            Self::Floats(if min == 0.0 { -0.0 } else { min }, if max == 0.0 { 0.0 } else { max })
        })
    }

    /// Takes the bounds of another page in.
    pub(super) fn widen(&mut self, other: &Self) {
        match (self, other) {
            (Self::Texts(min, max), Self::Texts(other_min, other_max)) => {
                if other_min < min {
                    min.clone_from(other_min);
                }
                if other_max > max {
                    max.clone_from(other_max);
                }
            }
            (Self::Integers(min, max), Self::Integers(other_min, other_max)) => {
                (*min, *max) = ((*min).min(*other_min), (*max).max(*other_max));
            }
            (Self::Floats(min, max), Self::Floats(other_min, other_max)) => {
                (*min, *max) = (min.min(*other_min), max.max(*other_max));
            }
            (Self::Booleans(min, max), Self::Booleans(other_min, other_max)) => {
                (*min, *max) = (*min & other_min, *max | other_max);
            }
            _ => debug_assert!(false, "the pages of a column have values of one type"),
        }
    }

    /// The bounds as the column index has them, texts cut; none where the largest cannot be.
    pub(super) fn cut(&self) -> Option<Self> {
        match self {
            Self::Texts(min, max) => Some(Self::Texts(prefix(min).to_vec(), raised_prefix(max)?)),
            other => Some(other.clone()),
        }
    }

    /// Cut bounds in bytes.
    pub(super) fn plain(&self, column_type: Type) -> (Vec<u8>, Vec<u8>) {
        match self {
            Self::Texts(min, max) => (min.clone(), max.clone()),
            Self::Integers(min, max) if column_type == Type::INT32 => {
                ((*min as i32).to_le_bytes().to_vec(), (*max as i32).to_le_bytes().to_vec())
            }
            Self::Integers(min, max) => (min.to_le_bytes().to_vec(), max.to_le_bytes().to_vec()),
            Self::Floats(min, max) => (min.to_le_bytes().to_vec(), max.to_le_bytes().to_vec()),
            Self::Booleans(min, max) => (vec![u8::from(*min)], vec![u8::from(*max)]),
        }
    }

    fn compare(&self, other: &Self) -> (Option<Ordering>, Option<Ordering>) {
        match (self, other) {
            (Self::Texts(a, b), Self::Texts(c, d)) => (a.partial_cmp(c), b.partial_cmp(d)),
            (Self::Integers(a, b), Self::Integers(c, d)) => (a.partial_cmp(c), b.partial_cmp(d)),
            (Self::Floats(a, b), Self::Floats(c, d)) => (a.partial_cmp(c), b.partial_cmp(d)),
            (Self::Booleans(a, b), Self::Booleans(c, d)) => (a.partial_cmp(c), b.partial_cmp(d)),
            _ => (None, None),
        }
    }
}

/// How the bounds of pages follow each other. Texts have to be cut already: that may change their order.
pub(super) fn boundary_order(pages: &[Bounds]) -> BoundaryOrder {
    let follows = |wrong: Ordering| {
        pages.windows(2).all(|pages| {
            let (min, max) = pages[0].compare(&pages[1]);
            min.is_some_and(|order| order != wrong) && max.is_some_and(|order| order != wrong)
        })
    };
    if follows(Ordering::Greater) {
        BoundaryOrder::ASCENDING
    } else if follows(Ordering::Less) {
        BoundaryOrder::DESCENDING
    } else {
        BoundaryOrder::UNORDERED
    }
}

/// What the footer says of a column chunk.
pub(super) fn statistics(column_type: Type, bounds: Option<&Bounds>, nulls: u64) -> Statistics {
    let nulls = Some(nulls);
    match (column_type, bounds) {
        (Type::INT32, Some(&Bounds::Integers(min, max))) => {
            Statistics::int32(Some(min as i32), Some(max as i32), None, nulls, false)
        }
        (Type::INT32, _) => Statistics::int32(None, None, None, nulls, false),
        (Type::INT64, Some(&Bounds::Integers(min, max))) => {
            Statistics::int64(Some(min), Some(max), None, nulls, false)
        }
        (Type::INT64, _) => Statistics::int64(None, None, None, nulls, false),
        (Type::DOUBLE, Some(&Bounds::Floats(min, max))) => {
            Statistics::double(Some(min), Some(max), None, nulls, false)
        }
        (Type::DOUBLE, _) => Statistics::double(None, None, None, nulls, false),
        (Type::BOOLEAN, Some(&Bounds::Booleans(min, max))) => {
            Statistics::boolean(Some(min), Some(max), None, nulls, false)
        }
        (Type::BOOLEAN, _) => Statistics::boolean(None, None, None, nulls, false),
        (_, Some(Bounds::Texts(min, max))) => {
            let (short_min, short_max) = (prefix(min), raised_prefix(max));
            let (min_is_exact, max_is_exact) = (short_min == min, short_max.as_ref() == Some(max));
            let (short_min, short_max) =
                (ByteArray::from(short_min.to_vec()), short_max.map(ByteArray::from));
            ValueStatistics::new(Some(short_min), short_max, None, nulls, false)
                .with_min_is_exact(min_is_exact)
                .with_max_is_exact(max_is_exact)
                .into()
        }
        _ => Statistics::byte_array(None, None, None, nulls, false),
    }
}

/// As much of the start as may be kept, cut between characters.
fn prefix(text: &[u8]) -> &[u8] {
    let is_inside = |at: usize| text[at] & 0xc0 == 0x80;
    let mut end = text.len().min(MAX_TEXT);
    while end < text.len() && end > 0 && is_inside(end) {
        end -= 1;
    }
    &text[..end]
}

/// A short text that is not smaller than any with the same start. None where no character can be raised: only
/// the text itself would do, and that may be megabytes.
fn raised_prefix(text: &[u8]) -> Option<Vec<u8>> {
    let short = prefix(text);
    if short.len() == text.len() {
        return Some(text.to_vec());
    }
    let characters = std::str::from_utf8(short).ok()?;
    for (at, character) in characters.char_indices().rev() {
        let next = char::from_u32(character as u32 + 1).filter(|c| c.len_utf8() == character.len_utf8());
        if let Some(next) = next {
            let mut raised = short[..at].to_vec();
            raised.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(raised);
        }
    }
    None
}

/// The bounds of texts that are seen one by one.
#[derive(Debug, Default)]
pub(super) struct TextBounds {
    is_set: bool,
    /// Number of bytes with which both bounds begin, and so does whatever lies between.
    common: usize,
    min: Bound,
    max: Bound,
}

/// A text, with the first bytes that it need not have in common with the other bound.
#[derive(Debug, Default)]
struct Bound {
    key: u64,
    text: Vec<u8>,
}

impl TextBounds {
    /// Takes texts in.
    pub(super) fn add<'t>(&mut self, texts: impl Iterator<Item = &'t [u8]>) {
        for text in texts {
            match text.split_at_checked(self.common) {
                Some((common, rest)) if self.is_set && *common == self.min.text[..self.common] => {
                    let key = start(rest);
                    // Nearly always these bytes decide.
                    if key < self.min.key {
                        self.min.set(key, text);
                    } else if key > self.max.key {
                        self.max.set(key, text);
                    } else if key == self.min.key || key == self.max.key {
                        self.widen(text);
                    }
                }
                _ => self.widen(text),
            }
        }
    }

    /// Takes in a text of which no more is known.
    #[inline(never)]
    fn widen(&mut self, text: &[u8]) {
        let Self { is_set, common, min, max } = self;
        let is_first = !std::mem::replace(is_set, true);
        let (is_less, is_more) = (is_first || *text < *min.text, is_first || *text > *max.text);
        if is_less {
            min.set(0, text);
        }
        if is_more {
            max.set(0, text);
        }
        if is_less || is_more {
            *common = shared_prefix(&min.text, &max.text);
            min.key = start(&min.text[*common..]);
            max.key = start(&max.text[*common..]);
        }
    }

    /// The bounds found since this was asked last.
    pub(super) fn take(&mut self) -> Option<Bounds> {
        let is_set = std::mem::take(&mut self.is_set);
        is_set.then(|| Bounds::Texts(self.min.text.clone(), self.max.text.clone()))
    }
}

impl Bound {
    /// Kept out of the loop over texts, which nearly always does without.
    #[inline(never)]
    fn set(&mut self, key: u64, text: &[u8]) {
        self.key = key;
        self.text.clear();
        self.text.extend_from_slice(text);
    }
}

/// The first bytes, as a number that compares as they do.
#[inline]
fn start(text: &[u8]) -> u64 {
    text.first_chunk().map_or_else(|| short_start(text), |&start| u64::from_be_bytes(start))
}

/// The same of a text that has fewer.
#[inline(never)]
fn short_start(text: &[u8]) -> u64 {
    let mut bytes = [0; size_of::<u64>()];
    bytes[..text.len()].copy_from_slice(text);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_bounds_hold_all_texts(
            prefix in "[ab]{0,20}",
            texts in prop::collection::vec("[ab\u{0}é\u{7f}\u{10ffff}]{0,70}", 1..20),
            odd_one in prop::option::of("[ab\u{0}]{0,12}"),
        ) {
            let alike = texts.into_iter().map(|text| format!("{prefix}{text}"));
            let texts: Vec<String> = alike.chain(odd_one).collect();
            let mut bounds = TextBounds::default();
            bounds.add(texts.iter().map(String::as_bytes));
            let bounds = bounds.take().unwrap();
            let (least, most) = (texts.iter().min().unwrap(), texts.iter().max().unwrap());
            prop_assert_eq!(&bounds, &Bounds::Texts(least.clone().into(), most.clone().into()));
            let Some(bounds) = bounds.cut() else { return Ok(()) };
            let (min, max) = bounds.plain(Type::BYTE_ARRAY);
            prop_assert!(min.len() <= MAX_TEXT && min <= least.clone().into_bytes());
            prop_assert!(max.len() <= MAX_TEXT && max >= most.clone().into_bytes());
            prop_assert!(String::from_utf8(min).is_ok() && String::from_utf8(max).is_ok());
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let text = format!("{}éx", "a".repeat(63));
        let bounds = Bounds::Texts(text.clone().into(), text.into());
        let (min, max) = bounds.cut().unwrap().plain(Type::BYTE_ARRAY);
        assert_eq!(min, "a".repeat(63).into_bytes());
        assert_eq!(max, format!("{}b", "a".repeat(62)).into_bytes());
    }

    #[test]
    fn texts_that_cannot_be_raised_are_no_bounds() {
        for highest in ["\u{10ffff}".repeat(20), "\u{7f}".repeat(1 << 20)] {
            let bounds = Bounds::Texts(b"a".into(), highest.into());
            assert_eq!(bounds.cut(), None);
            let statistics = statistics(Type::BYTE_ARRAY, Some(&bounds), 0);
            assert_eq!((statistics.min_bytes_opt(), statistics.max_bytes_opt()), (Some(&b"a"[..]), None));
            assert!(!statistics.max_is_exact());
        }
    }

    #[test]
    fn the_order_is_that_of_cut_texts() {
        let page = |end: &str| {
            let text = "x".repeat(63) + end;
            Bounds::Texts(text.clone().into(), text.into()).cut().unwrap()
        };
        let pages = [page("a"), page("é and more")];
        assert_eq!(boundary_order(&pages), BoundaryOrder::UNORDERED);
        assert_eq!(boundary_order(&[page("a"), page("b")]), BoundaryOrder::ASCENDING);
    }

    #[test]
    fn nan_is_left_out_and_zeros_include_each_other() {
        assert_eq!(Bounds::of_floats([f64::NAN].into_iter()), None);
        let Some(Bounds::Floats(min, max)) = Bounds::of_floats([0.0, f64::NAN].into_iter()) else { panic!() };
        assert!(min.is_sign_negative() && max.is_sign_positive());
        let infinite = Bounds::of_floats([f64::INFINITY, f64::NEG_INFINITY].into_iter());
        assert_eq!(infinite, Some(Bounds::Floats(f64::NEG_INFINITY, f64::INFINITY)));
    }

    #[test]
    fn pages_in_order_are_known_as_such() {
        let page = |(min, max)| Bounds::Integers(min, max);
        assert_eq!(boundary_order(&[(1, 2), (2, 2), (2, 9)].map(page)), BoundaryOrder::ASCENDING);
        assert_eq!(boundary_order(&[(2, 9), (2, 2), (1, 2)].map(page)), BoundaryOrder::DESCENDING);
        assert_eq!(boundary_order(&[(1, 2), (2, 9), (1, 2)].map(page)), BoundaryOrder::UNORDERED);
    }
}
