//! The typed buffers behind each node of a plan.
//!
//! A value is pushed *at* an index. Indexes that were passed over are filled with nulls when the next value
//! arrives, and the tail is never filled at all: reading past the end yields null. A field that an event
//! lacks therefore costs nothing, which matters because most events lack most fields.

use std::ops::Range;

/// Text values back to back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl Texts {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    fn last_end(&self) -> u32 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Appends empty values up to `len`.
    pub(crate) fn pad(&mut self, len: usize) {
        let end = self.last_end();
        self.ends.resize(len, end);
    }

    #[inline]
    pub(crate) fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.ends.push(self.bytes.len() as u32);
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.bytes.truncate(self.last_end() as usize);
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        self.bytes(index..index + 1)
    }

    /// Offset at which value `index`, or the one that would come after the last, begins.
    #[inline]
    pub(crate) fn start(&self, index: usize) -> u32 {
        if index == 0 { 0 } else { self.ends[index - 1] }
    }

    /// Offsets at which values end.
    pub(crate) fn ends(&self, range: Range<usize>) -> &[u32] {
        &self.ends[range]
    }

    /// The bytes of consecutive values. Those between, which are null, have none.
    pub(crate) fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[self.start(range.start) as usize..self.start(range.end) as usize]
    }

    /// The bytes of all values, into which the offsets point.
    pub(crate) fn all_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn clear(&mut self) {
        self.ends.clear();
        self.bytes.clear();
    }

    fn reserve_as(&mut self, other: &Self) {
        self.ends.reserve_exact(with_margin(other.ends.len()));
        self.bytes.reserve_exact(with_margin(other.bytes.len()));
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

/// Blocks are alike, but not equal: room for a sixteenth more spares most buffers from doubling.
fn with_margin(len: usize) -> usize {
    len + len / 16
}

/// The values of one node, and which of them are there.
#[derive(Debug, Clone)]
pub(crate) struct Buffer {
    valid: Vec<bool>,
    pub(crate) data: Data,
}

/// The values by type.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    /// Text, and JSON text.
    Text(Texts),
    /// Integers of every width; the walk has checked the range.
    Int(Vec<i64>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
    /// Microseconds UTC, and JSON in the format of the source where it is asked for.
    Time(Vec<i64>, Option<Texts>),
    /// Only validity; the members have buffers of their own.
    Object,
    /// For each list the index one past its last element.
    List(Vec<u32>),
}

impl Buffer {
    pub(crate) fn new(data: Data) -> Self {
        Self { valid: Vec::new(), data }
    }

    /// Number of values, not counting the nulls at the tail.
    pub(crate) fn len(&self) -> usize {
        self.valid.len()
    }

    /// Which values are there.
    pub(crate) fn valid(&self) -> &[bool] {
        &self.valid
    }

    #[inline]
    pub(crate) fn is_valid(&self, index: usize) -> bool {
        self.valid.get(index).copied().unwrap_or(false)
    }

    /// Fills with nulls up to `at` and marks `at` as there. The caller then pushes the value itself.
    #[inline]
    pub(crate) fn mark(&mut self, at: u32) {
        let at = at as usize;
        debug_assert!(self.valid.len() <= at, "a value is pushed once; the walk drops repeated keys");
        if self.valid.len() < at {
            self.fill(at);
        }
        self.valid.push(true);
    }

    #[cold]
    fn fill(&mut self, at: usize) {
        self.valid.resize(at, false);
        match &mut self.data {
            Data::Text(texts) => texts.pad(at),
            Data::Int(values) => values.resize(at, 0),
            Data::Float(values) => values.resize(at, 0.0),
            Data::Bool(values) => values.resize(at, false),
            Data::Time(values, texts) => {
                values.resize(at, 0);
                if let Some(texts) = texts {
                    texts.pad(at);
                }
            }
            Data::Object => {}
            Data::List(ends) => {
                let end = ends.last().copied().unwrap_or(0);
                ends.resize(at, end);
            }
        }
    }

    /// Drops every value at or beyond `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        if self.valid.len() <= len {
            return;
        }
        self.valid.truncate(len);
        match &mut self.data {
            Data::Text(texts) => texts.truncate(len),
            Data::Int(values) => values.truncate(len),
            Data::Float(values) => values.truncate(len),
            Data::Bool(values) => values.truncate(len),
            Data::Time(values, texts) => {
                values.truncate(len);
                if let Some(texts) = texts {
                    texts.truncate(len);
                }
            }
            Data::Object => {}
            Data::List(ends) => ends.truncate(len),
        }
    }

    /// Makes room for about as much as `other` holds, which is of the same node.
    pub(crate) fn reserve_as(&mut self, other: &Self) {
        let len = with_margin(other.valid.len());
        self.valid.reserve_exact(len);
        match (&mut self.data, &other.data) {
            (Data::Text(texts), Data::Text(others)) => texts.reserve_as(others),
            (Data::Int(values) | Data::Time(values, _), _) => values.reserve_exact(len),
            (Data::Float(values), _) => values.reserve_exact(len),
            (Data::Bool(values), _) => values.reserve_exact(len),
            (Data::List(ends), _) => ends.reserve_exact(len),
            (Data::Text(_) | Data::Object, _) => {}
        }
    }

    /// Empties the buffer and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.truncate(0);
        if let Data::Text(texts) = &mut self.data {
            texts.clear();
        }
    }

    /// Start and end of the elements of list `index`; an empty range for a null list.
    #[inline]
    pub(crate) fn list_range(&self, index: usize) -> Range<u32> {
        let Data::List(ends) = &self.data else { return 0..0 };
        match ends.get(index) {
            Some(&end) if self.is_valid(index) => {
                if index == 0 {
                    0..end
                } else {
                    ends[index - 1]..end
                }
            }
            _ => 0..0,
        }
    }

    /// Where the elements of the first of some lists begin, and where those of each end.
    pub(crate) fn lists(&self, range: Range<usize>) -> (u32, &[u32]) {
        let Data::List(ends) = &self.data else { return (0, &[]) };
        let start = if range.start == 0 { 0 } else { ends[range.start - 1] };
        (start, &ends[range])
    }

    /// Index that the next element of a list buffer gets.
    #[inline]
    pub(crate) fn list_end(&self) -> u32 {
        match &self.data {
            Data::List(ends) => ends.last().copied().unwrap_or(0),
            _ => 0,
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.valid.capacity()
            + match &self.data {
                Data::Text(texts) => texts.heap_bytes(),
                Data::Int(values) => values.capacity() * 8,
                Data::Float(values) => values.capacity() * 8,
                Data::Bool(values) => values.capacity(),
                Data::Time(values, texts) => {
                    values.capacity() * 8 + texts.as_ref().map_or(0, Texts::heap_bytes)
                }
                Data::Object => 0,
                Data::List(ends) => ends.capacity() * 4,
            }
    }
}

/// Lists of text, one list a row; an empty list stands for null. As with [`Buffer`], rows without values cost
/// nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextLists {
    /// Where the values of a row end. The last row that has any, and those behind it, end with the texts.
    row_ends: Vec<u32>,
    texts: Texts,
}

impl TextLists {
    /// Adds a value to the list of `row`, which is the last one that has any or comes after it.
    #[inline]
    pub(crate) fn push(&mut self, row: usize, value: &[u8]) {
        while self.row_ends.len() < row {
            self.row_ends.push(self.texts.len() as u32);
        }
        self.texts.push(value);
    }

    pub(crate) fn row(&self, row: usize) -> impl ExactSizeIterator<Item = &[u8]> {
        (self.start(row)..self.start(row + 1)).map(|i| self.texts.get(i))
    }

    /// Number of values in the lists of consecutive rows.
    pub(crate) fn values(&self, rows: Range<usize>) -> usize {
        self.start(rows.end) - self.start(rows.start)
    }

    /// Where the values of a row begin, which is where those of the row before end.
    fn start(&self, row: usize) -> usize {
        match row.checked_sub(1) {
            None => 0,
            Some(before) => self.row_ends.get(before).map_or(self.texts.len(), |&end| end as usize),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.row_ends.clear();
        self.texts.clear();
    }

    pub(crate) fn reserve_as(&mut self, other: &Self) {
        self.row_ends.reserve_exact(with_margin(other.row_ends.len()));
        self.texts.reserve_as(&other.texts);
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.row_ends.capacity() * 4 + self.texts.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_have_the_texts_that_were_pushed(
            rows in prop::collection::vec(prop::option::of(prop::collection::vec("[a-z]{0,3}", 0..3)), 0..20),
        ) {
            let rows: Vec<Vec<String>> = rows.into_iter().map(Option::unwrap_or_default).collect();
            let mut lists = TextLists::default();
            for (row, texts) in rows.iter().enumerate() {
                for text in texts {
                    lists.push(row, text.as_bytes());
                }
            }
            for (row, texts) in rows.iter().enumerate() {
                let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
                prop_assert_eq!(lists.row(row).collect::<Vec<_>>(), texts);
                for end in row..=rows.len() {
                    let expected: usize = rows[row..end].iter().map(Vec::len).sum();
                    prop_assert_eq!(lists.values(row..end), expected);
                }
            }
        }
    }
}
