//! The typed buffers behind each node of a plan.
//!
//! A value is pushed *at* an index. Indexes that were passed over are filled with nulls when the next value
//! arrives, and the tail is never filled at all: reading past the end yields null. A field that an event
//! lacks therefore costs nothing, which matters because most events lack most fields.

use std::ops::Range;

use crate::coded::Coded;
use crate::open::Home;

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
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start as usize..self.ends[index] as usize]
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

/// The values of one node, and which of them are there.
#[derive(Debug, Clone)]
pub(crate) struct Buffer {
    /// For each value whether it is there. Those at the end that are may be missing until the next seal: to
    /// count them is all that most values take, where each would have to be written to memory of its own.
    valid: Vec<bool>,
    /// Number of values.
    len: usize,
    pub(crate) data: Data,
}

/// The values by type.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    /// Text, and JSON text.
    Text(Coded),
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
        Self { valid: Vec::new(), len: 0, data }
    }

    /// Number of values, not counting the nulls at the tail.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Which values are there; the buffer must be sealed.
    pub(crate) fn valid(&self) -> &[bool] {
        debug_assert_eq!(self.valid.len(), self.len, "the buffer is not sealed");
        &self.valid
    }

    /// Whether a value is there; the buffer must be sealed.
    #[inline]
    pub(crate) fn is_valid(&self, index: usize) -> bool {
        debug_assert_eq!(self.valid.len(), self.len, "the buffer is not sealed");
        self.valid.get(index).copied().unwrap_or(false)
    }

    /// Fills with nulls up to `at` and marks `at` as there. The caller then pushes the value itself.
    #[inline]
    pub(crate) fn mark(&mut self, at: u32) {
        let at = at as usize;
        debug_assert!(self.len <= at, "a value is pushed once; the walk drops repeated keys");
        if self.len < at {
            self.fill(at);
        }
        self.len = at + 1;
    }

    #[cold]
    fn fill(&mut self, at: usize) {
        self.valid.resize(self.len, true);
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
        if self.len <= len {
            return;
        }
        self.valid.truncate(len);
        self.len = len;
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

    /// Seals the values pushed since the last time, of which texts may be pieces of `block`.
    pub(crate) fn seal(&mut self, block: &[u8]) {
        self.valid.resize(self.len, true);
        if let Data::Text(texts) = &mut self.data {
            texts.seal(block);
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

    /// Where the elements of some lists lie; there may be no such lists.
    #[inline]
    pub(crate) fn elements(&self, lists: Range<usize>) -> Range<usize> {
        let Data::List(ends) = &self.data else { return 0..0 };
        let end = |lists: usize| ends[..lists.min(ends.len())].last().map_or(0, |&end| end as usize);
        end(lists.start)..end(lists.end)
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
    texts: Coded,
}

impl TextLists {
    /// Adds a value to the list of `row`, which is the last one that has any or comes after it.
    #[inline]
    pub(crate) fn push(&mut self, row: usize, value: &[u8]) {
        self.end_before(row);
        self.texts.push(value, Home::default());
    }

    /// The same of a value that is in the dictionary.
    #[inline]
    pub(crate) fn push_code(&mut self, row: usize, code: u32) {
        self.end_before(row);
        self.texts.push_code(code);
    }

    /// Ends the lists of the rows before `row`.
    #[inline]
    fn end_before(&mut self, row: usize) {
        while self.row_ends.len() < row {
            self.row_ends.push(self.texts.len() as u32);
        }
    }

    /// The code of a value that lists will have.
    pub(crate) fn intern(&mut self, value: &[u8]) -> u32 {
        self.texts.intern(value)
    }

    /// Decides how the values to come are sealed.
    pub(crate) fn settle(&mut self) {
        self.texts.settle();
    }

    pub(crate) fn row(&self, row: usize) -> impl ExactSizeIterator<Item = &[u8]> {
        self.values(row..row + 1).map(|i| self.texts.get(i))
    }

    /// Where the values in the lists of consecutive rows are.
    pub(crate) fn values(&self, rows: Range<usize>) -> Range<usize> {
        self.start(rows.start)..self.start(rows.end)
    }

    /// All values.
    pub(crate) fn texts(&self) -> &Coded {
        &self.texts
    }

    /// Where the values of a row begin, which is where those of the row before end.
    fn start(&self, row: usize) -> usize {
        match row.checked_sub(1) {
            None => 0,
            Some(before) => self.row_ends.get(before).map_or(self.texts.len(), |&end| end as usize),
        }
    }

    /// Seals the values pushed since the last time.
    pub(crate) fn seal(&mut self) {
        self.texts.seal(&[]);
    }

    pub(crate) fn clear(&mut self) {
        self.row_ends.clear();
        self.texts.clear();
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
                    prop_assert_eq!(lists.values(row..end).len(), expected);
                }
            }
        }
    }
}
