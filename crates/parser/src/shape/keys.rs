//! Finding the member of an object that a key names.
//!
//! Keys may come in any order, and then whatever has to be guessed is guessed wrong: how long a key is, or
//! with which of the declared ones to compare it first. So nothing is guessed. The first and the last bytes
//! of a key and its length are mixed to a place in a table, and the member that stands there is nearly always
//! the one, or there is none.

use sawlog_schema::NodeId;

/// Bytes that are compared in one go, and mixed.
type Piece = u128;
const PIECE: usize = size_of::<Piece>();
/// Bytes at the end of a longer key that are compared with them.
const LAST: usize = size_of::<u64>();
/// Factors that are tried to give each key a place of its own.
const FACTORS: u32 = 64;
/// Places behind the one that it wants at most in which a key stands.
const MAX_STEPS: usize = 32;
/// No member.
const NONE: u32 = u32::MAX;

/// The keys of an object, in a table.
#[derive(Debug, Default)]
pub(super) struct Keys {
    entries: Vec<Entry>,
    /// For each entry its whole key, which is looked at only where it has more than an entry tells.
    whole: Vec<Box<[u8]>>,
    /// Numbers of entries; a key that does not find its place free has the next one that is.
    places: Vec<u32>,
    factor: u64,
    shift: u32,
}

/// A key, as far as it is compared in one go.
#[derive(Debug)]
struct Entry {
    /// The first bytes; zeros stand for those that are missing.
    start: Piece,
    /// The last bytes, where these are not all.
    end: u64,
    len: u32,
    member: NodeId,
}

impl Keys {
    /// A table of keys, each with the node of its member. No two are equal. None where so many look alike
    /// that to look for one would take long.
    pub(super) fn new<'k>(keys: impl Iterator<Item = (&'k [u8], NodeId)>) -> Option<Self> {
        let entry = |(key, member): (&[u8], NodeId)| Entry {
            start: start(key, key.len()),
            end: end(key, key.len()),
            len: key.len() as u32,
            member,
        };
        let both = |(key, member): (&'k [u8], NodeId)| (entry((key, member)), Box::from(key));
        let (entries, whole): (Vec<Entry>, Vec<Box<[u8]>>) = keys.map(both).unzip();
        let bits = (4 * entries.len()).max(2).next_power_of_two().trailing_zeros();
        let mut table = Self { entries, whole, places: Vec::new(), factor: 0, shift: u64::BITS - bits };
        // An odd number whose bits are everywhere, and its powers.
        let mut factor = 0x9e37_79b9_7f4a_7c15u64;
        for _ in 0..FACTORS {
            table.factor = factor;
            if table.fill(1) {
                return Some(table);
            }
            factor = factor.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        table.fill(MAX_STEPS).then_some(table)
    }

    /// Gives entries their places; whether each finds one in so many steps.
    fn fill(&mut self, steps: usize) -> bool {
        self.places.clear();
        self.places.resize(1 << (u64::BITS - self.shift), NONE);
        for (number, entry) in (0..).zip(&self.entries) {
            let first = self.place(entry.start, entry.end, entry.len as usize);
            let mut places = (0..steps).map(|step| (first + step) % self.places.len());
            let Some(place) = places.find(|&place| self.places[place] == NONE) else { return false };
            self.places[place] = number;
        }
        true
    }

    #[inline]
    fn place(&self, start: Piece, end: u64, len: usize) -> usize {
        let mixed = start as u64 ^ ((start >> u64::BITS) as u64).rotate_left(23) ^ (len as u64) << 59;
        let mixed = mixed ^ end.rotate_left(41);
        (mixed.wrapping_mul(self.factor) >> self.shift) as usize
    }

    /// The member whose key is the first `len` bytes of `text`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is all that there is to do for a key")]
    pub(super) fn find(&self, text: &[u8], len: usize) -> Option<NodeId> {
        let (start, end) = (start(text, len), end(text, len));
        let mut place = self.place(start, end, len);
        loop {
            let number = *self.places.get(place)? as usize;
            let entry = self.entries.get(number)?;
            let ends = entry.end ^ end | u64::from(entry.len) ^ len as u64;
            let is_alike = entry.start ^ start | Piece::from(ends) == 0;
            if is_alike
                && (len <= PIECE + LAST || text.get(..len) == self.whole.get(number).map(|key| &**key))
            {
                return Some(entry.member);
            }
            place = (place + 1) % self.places.len();
        }
    }
}

/// The first piece of a key that has `len` bytes, which `text` begins with.
#[inline]
fn start(text: &[u8], len: usize) -> Piece {
    let bytes = text.first_chunk().copied().unwrap_or_else(|| short(text));
    Piece::from_le_bytes(bytes) & MASKS[len.min(PIECE)]
}

/// The bits of so many bytes.
static MASKS: [Piece; PIECE + 1] = {
    let mut masks = [Piece::MAX; PIECE + 1];
    let mut len = 0;
    while len < PIECE {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

/// The last bytes of a key that has `len` bytes, which `text` begins with, if its first piece is not all.
#[inline]
fn end(text: &[u8], len: usize) -> u64 {
    if len <= PIECE {
        return 0;
    }
    text.get(..len).and_then(<[u8]>::last_chunk).map_or(0, |end| u64::from_le_bytes(*end))
}

/// The end of a record.
#[cold]
fn short(text: &[u8]) -> [u8; PIECE] {
    let mut bytes = [0; PIECE];
    bytes[..text.len()].copy_from_slice(text);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_are_found_and_no_others(
            keys in prop::collection::hash_set("[ab]{0,3}|[a-z]{1,12}|aaaaaaaaaaaaaaaa[ab]{0,5}", 0..60),
            others in prop::collection::vec("[ab]{0,3}|[a-z]{1,12}|aaaaaaaaaaaaaaaa[ab]{0,5}", 0..60),
            behind in "[a\"]{0,20}",
        ) {
            let keys: Vec<String> = keys.into_iter().collect();
            let table = Keys::new(keys.iter().map(String::as_bytes).zip(0..)).unwrap();
            for key in keys.iter().chain(&others) {
                let expected = (0..).zip(&keys).find(|(_, known)| *known == key).map(|(number, _)| number);
                let text = format!("{key}{behind}");
                prop_assert_eq!(table.find(text.as_bytes(), key.len()), expected);
            }
        }
    }

    #[test]
    fn keys_that_look_alike_are_found_or_none_are() {
        // What differs lies between the first bytes and the last ones.
        let alike = |count: usize| (0..count).map(|n| format!("a name that goes on {n:05} and on and on"));
        let none: Vec<String> = alike(9000).collect();
        assert!(Keys::new(none.iter().map(String::as_bytes).zip(0..)).is_none());
        let keys: Vec<String> =
            alike(20).chain((0..300).map(|n| format!("a name that goes on {n:03}"))).collect();
        let table = Keys::new(keys.iter().map(String::as_bytes).zip(0..)).unwrap();
        for (number, key) in (0..).zip(&keys) {
            assert_eq!(table.find(key.as_bytes(), key.len()), Some(number));
        }
        assert_eq!(table.find(b"a name that goes on 300", 23), None);
        assert_eq!(Keys::new([].into_iter()).unwrap().find(b"a", 1), None);
    }
}
