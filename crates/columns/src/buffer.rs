//! The typed buffers behind each node of a plan.
//!
//! A value is pushed *at* an index, and only that is noted: until they are sealed, values lie one behind the
//! other, whatever nulls there are between them. A field that an event lacks therefore costs nothing, which
//! matters because most events lack most fields, and nobody has to guess which ones. Sealing moves the values
//! to their indexes. The tail is never filled at all: reading past the end yields null.

use std::ops::Range;

use crate::coded::Coded;

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
    /// For each sealed value whether it is there.
    valid: Vec<bool>,
    /// The indexes of the values behind them, which lie at the end of `data` without the nulls between them.
    open: Vec<u32>,
    /// Those of the values that were sealed last.
    fresh: Vec<u32>,
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
    /// Microseconds UTC, and JSON in the format of the source where it is asked for; that is at the index of
    /// its row from the start.
    Time(Vec<i64>, Option<Texts>),
    /// Only validity; the members have buffers of their own.
    Object,
    /// For each list the index one past its last element.
    List(Vec<u32>),
}

impl Buffer {
    pub(crate) fn new(data: Data) -> Self {
        Self { valid: Vec::new(), open: Vec::new(), fresh: Vec::new(), data }
    }

    /// Number of values, not counting the nulls at the tail.
    pub(crate) fn len(&self) -> usize {
        self.open.last().map_or(self.valid.len(), |&at| at as usize + 1)
    }

    /// Which values are there; the buffer must be sealed.
    pub(crate) fn valid(&self) -> &[bool] {
        debug_assert!(self.open.is_empty(), "the buffer is not sealed");
        &self.valid
    }

    /// Whether a value is there; the buffer must be sealed.
    #[inline]
    pub(crate) fn is_valid(&self, index: usize) -> bool {
        debug_assert!(self.open.is_empty(), "the buffer is not sealed");
        self.valid.get(index).copied().unwrap_or(false)
    }

    /// The indexes of the values that were sealed last, nulls left out.
    pub(crate) fn fresh(&self) -> &[u32] {
        &self.fresh
    }

    /// Notes that the value at `at` is there, and those before it that were passed over are null. The caller
    /// then pushes the value itself.
    #[inline]
    pub(crate) fn mark(&mut self, at: u32) {
        debug_assert!(
            self.len() <= at as usize,
            "a value is pushed once; those of repeated keys are dropped or taken back"
        );
        self.open.push(at);
    }

    /// Drops every value at or beyond `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        if self.len() <= len {
            return;
        }
        self.open.truncate(self.open.partition_point(|&at| (at as usize) < len));
        self.valid.truncate(len);
        let values = self.valid.len() + self.open.len();
        match &mut self.data {
            Data::Text(texts) => texts.truncate(values),
            Data::Int(numbers) => numbers.truncate(values),
            Data::Float(numbers) => numbers.truncate(values),
            Data::Bool(booleans) => booleans.truncate(values),
            Data::Time(times, texts) => {
                times.truncate(values);
                if let Some(texts) = texts {
                    texts.truncate(len);
                }
            }
            Data::Object => {}
            Data::List(ends) => ends.truncate(values),
        }
    }

    /// Seals the values pushed since the last time, of which texts may be pieces of `block`.
    pub(crate) fn seal(&mut self, block: &[u8]) {
        let (open, sealed) = (&self.open[..], self.valid.len());
        match &mut self.data {
            Data::Text(texts) => {
                texts.seal(block);
                spread(texts.codes_mut(), open);
            }
            Data::Int(values) | Data::Time(values, _) => spread(values, open),
            Data::Float(values) => spread(values, open),
            Data::Bool(values) => spread(values, open),
            Data::Object => {}
            Data::List(ends) => {
                spread(ends, open);
                let mut end = ends[..sealed].last().copied().unwrap_or(0);
                for list in &mut ends[sealed..] {
                    end = end.max(*list);
                    *list = end;
                }
            }
        }
        self.valid.resize(sealed + open.len(), true);
        spread(&mut self.valid, open);
        std::mem::swap(&mut self.open, &mut self.fresh);
        self.open.clear();
    }

    /// Empties the buffer and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.truncate(0);
        self.fresh.clear();
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
        let indexes = (self.open.capacity() + self.fresh.capacity()) * size_of::<u32>();
        let values = match &self.data {
            Data::Text(texts) => texts.heap_bytes(),
            Data::Int(values) => values.capacity() * 8,
            Data::Float(values) => values.capacity() * 8,
            Data::Bool(values) => values.capacity(),
            Data::Time(values, texts) => values.capacity() * 8 + texts.as_ref().map_or(0, Texts::heap_bytes),
            Data::Object => 0,
            Data::List(ends) => ends.capacity() * 4,
        };
        self.valid.capacity() + indexes + values
    }
}

/// Moves the last values to the indexes that `places` has for them, and puts nulls between.
fn spread<T: Copy + Default>(values: &mut Vec<T>, places: &[u32]) {
    let start = values.len() - places.len();
    let end = places.last().map_or(start, |&last| last as usize + 1);
    if end == values.len() {
        return;
    }
    let moved = (start..values.len()).zip(places).rev();
    values.resize(end, T::default());
    // The last one first: none moves to a place before its own, so that no other is overwritten.
    for (from, &at) in moved {
        let value = std::mem::take(&mut values[from]);
        values[at as usize] = value;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::open::Home;

    use super::*;

    /// A buffer of each type.
    fn buffers() -> Vec<Buffer> {
        let data = [
            Data::Text(Coded::default()),
            Data::Int(Vec::new()),
            Data::Float(Vec::new()),
            Data::Bool(Vec::new()),
            Data::Time(Vec::new(), Some(Texts::default())),
            Data::Object,
            Data::List(Vec::new()),
        ];
        data.into_iter().map(Buffer::new).collect()
    }

    /// Pushes a number, as far as the type can hold it, or so many elements.
    fn push(buffer: &mut Buffer, at: u32, number: u8) {
        let end = buffer.list_end() + u32::from(number);
        buffer.mark(at);
        match &mut buffer.data {
            Data::Text(texts) => texts.push(number.to_string().as_bytes(), Home::default()),
            Data::Int(values) => values.push(number.into()),
            Data::Float(values) => values.push(number.into()),
            Data::Bool(values) => values.push(number > 0),
            Data::Time(values, texts) => {
                values.push(number.into());
                let texts = texts.as_mut().unwrap();
                texts.pad(at as usize);
                texts.push(number.to_string().as_bytes());
            }
            Data::Object => {}
            Data::List(ends) => ends.push(end),
        }
    }

    /// Whether a sealed buffer has these values.
    fn check(buffer: &Buffer, values: &[Option<u8>]) {
        let len = values.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        assert_eq!((buffer.len(), buffer.valid().len()), (len, len));
        for (at, value) in values.iter().enumerate() {
            assert_eq!(buffer.is_valid(at), value.is_some());
            let elements = value.map_or(0, usize::from);
            if let Data::List(_) = buffer.data {
                assert_eq!(
                    (buffer.list_range(at).len(), buffer.elements(at..at + 1).len()),
                    (elements, elements)
                );
            }
            let Some(value) = *value else { continue };
            let text = value.to_string();
            match &buffer.data {
                Data::Text(texts) => assert_eq!(texts.get(at), text.as_bytes()),
                Data::Int(values) => assert_eq!(values[at], i64::from(value)),
                Data::Float(values) => assert_eq!(values[at].to_bits(), f64::from(value).to_bits()),
                Data::Bool(values) => assert_eq!(values[at], value > 0),
                Data::Time(values, texts) => {
                    assert_eq!(values[at], i64::from(value));
                    assert_eq!(texts.as_ref().unwrap().get(at), text.as_bytes());
                }
                Data::Object | Data::List(_) => {}
            }
        }
    }

    proptest! {
        #[test]
        fn values_are_at_their_indexes_and_nulls_between(
            blocks in prop::collection::vec(
                prop::collection::vec((0..4usize, prop::option::of(0..5u8), 0..20usize), 0..20),
                1..6,
            ),
        ) {
            for mut buffer in buffers() {
                let mut values: Vec<Option<u8>> = Vec::new();
                for block in &blocks {
                    let first = values.len();
                    for &(passed_over, value, fate) in block {
                        let before = values.len();
                        values.resize(before + passed_over, None);
                        values.push(value);
                        if let Some(value) = value {
                            push(&mut buffer, values.len() as u32 - 1, value);
                        }
                        if fate < 3 {
                            // As a record that is rejected, with all that it has pushed.
                            let before = before.saturating_sub(4 * fate).max(first);
                            values.truncate(before);
                            buffer.truncate(before);
                        }
                    }
                    buffer.seal(&[]);
                    check(&buffer, &values);
                    let fresh = (first..values.len()).filter(|at| values[*at].is_some());
                    prop_assert!(buffer.fresh().iter().map(|at| *at as usize).eq(fresh));
                }
                prop_assert!(buffer.heap_bytes() >= 4 * buffer.fresh().len());
                buffer.clear();
                check(&buffer, &[]);
                prop_assert!(buffer.fresh().is_empty());
            }
        }
    }
}
