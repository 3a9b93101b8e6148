//! Lists of texts, one list a row: flags and indicators.

use std::ops::Range;

use crate::coded::Coded;
use crate::open::Home;

/// Lists of text, one list a row; an empty list stands for null. Rows without values cost nothing.
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
