//! Parts of parsing by themselves, for those who measure them.

use crate::block::{Block, Records};
use crate::index::Index;

pub use crate::index::simd_level;

/// Builds the index of each record of `block`, and does nothing with it. Returns how many are valid UTF-8.
pub fn index_records(block: &Block) -> usize {
    let mut index = Index::new();
    let mut is_text = |record: &[u8]| index.build(record).is_some();
    match &block.records {
        Records::Lines => block.data.split(|byte| *byte == b'\n').filter(|line| is_text(line)).count(),
        Records::Spans(spans) => {
            let bytes = |start: u32, len: u32| &block.data[start as usize..][..len as usize];
            spans.iter().filter(|span| is_text(bytes(span.start, span.len))).count()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Span;

    #[test]
    fn records_are_found_as_parsers_find_them() {
        let data = b"{\"a\":1}\n\"\xff\"\n[]".to_vec();
        let mut block = Block { data, offset: 0, line: 1, chunk: 0, records: Records::Lines, head: None };
        assert_eq!(index_records(&block), 2);
        let span = |start, len| Span { start, len, unwrapped: false, fault: None };
        block.records = Records::Spans(vec![span(8, 3), span(12, 2)]);
        assert_eq!(index_records(&block), 1);
        assert!(["avx512", "avx2", "portable"].contains(&simd_level()));
    }
}
