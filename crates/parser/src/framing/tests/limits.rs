//! Limits: records that outgrow theirs, chunks, blocks, depth, and memory.

use std::sync::Arc;

use super::{Feed, FramerOptions, RecordsPath, blocks, envelope, frame};
use crate::block::{Fault, Records};
use crate::framing::Framer;

fn feed(max_record_bytes: usize, block_bytes: usize, reads: Vec<usize>) -> Feed {
    let options = FramerOptions { max_record_bytes, block_bytes, ..FramerOptions::default() };
    Feed { options, reads, ..Feed::default() }
}

/// So many small documents, one a line.
fn numbered(count: usize) -> String {
    let lines: Vec<_> = (0..count).map(|i| format!("{{\"line\":{i}}}\n")).collect();
    lines.concat()
}

#[test]
fn records_beyond_the_limit_are_told_by_place_and_length() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(100));
    let list = [
        format!("{{}}\n{long}\n{{}}\n"),
        format!("[{{}},\n{long},{{}}]"),
        format!("{{\n}}\n{long}{{}}"),
        format!("{{\"data\":[{{}},\n{long},{{}}]}}"),
        format!("{{}}\n{long}\n{{}}"),
    ];
    for input in list {
        for reads in [vec![1], vec![usize::MAX], vec![10, 3]] {
            let all = blocks(&envelope(RecordsPath::Detect), input.as_bytes(), &feed(50, 1000, reads));
            let big: Vec<_> = all.iter().filter(|b| b.data.is_empty()).collect();
            assert_eq!(big.len(), 1, "{input}");
            let Records::Spans(spans) = &big[0].records else { panic!("no spans") };
            let Some(Fault { code, len, .. }) = &spans[0].fault else { panic!("no fault") };
            assert_eq!((code.as_str(), *len, spans[0].len), ("record_too_large", long.len() as u64, 0));
            let at = input.find(&long).unwrap();
            assert_eq!(
                (big[0].offset, big[0].line),
                (at as u64, 1 + input[..at].matches('\n').count() as u64)
            );
            let found = frame(&envelope(RecordsPath::Detect), input.as_bytes(), &feed(50, 1000, vec![7]));
            assert_eq!(found.len(), 3, "{input}");
        }
    }
}

/// Once a field has shown that a document is an event, its length is judged when it ends.
#[test]
fn an_event_is_one_record_even_if_its_first_line_is_beyond_the_limit() {
    for event in ["{\"message\":\"xxxxxxxx\"\n,\"links\":[{}]}", "{\"message\":\"xxxxxxxx\"}"] {
        for reads in [vec![1], vec![usize::MAX], vec![10, 3]] {
            let input = format!("{event}\n{{}}\n");
            let feed = feed(15, 1000, reads);
            let all = blocks(&envelope(RecordsPath::Detect), input.as_bytes(), &feed);
            let Records::Spans(spans) = &all[0].records else { panic!("no spans") };
            let Some(Fault { code, len, .. }) = &spans[0].fault else { panic!("no fault") };
            assert_eq!((code.as_str(), *len), ("record_too_large", event.len() as u64));
            assert_eq!(frame(&envelope(RecordsPath::Detect), input.as_bytes(), &feed).len(), 2);
        }
    }
}

#[test]
fn blocks_of_lines_behind_a_giant_are_no_larger_than_others() {
    // There is then room for as much as the giant has.
    let input = format!("{{\"a\":\"{}\"}}\n{}", "x".repeat(1 << 20), numbered(200_000));
    let all =
        blocks(&envelope(RecordsPath::Detect), input.as_bytes(), &feed(4 << 20, 5000, vec![usize::MAX]));
    let longest = all.iter().filter(|block| block.offset > 0).map(|block| block.data.len()).max();
    assert!(longest.is_some_and(|len| len <= 5000 + 2 * super::super::LONG_LINE), "{longest:?}");
}

#[test]
fn a_small_scalar_survives_a_long_gap() {
    let input = format!("[{{}},{}\"abcdef\",{{}}]", " \n".repeat(50));
    for reads in [vec![1], vec![112], vec![usize::MAX]] {
        let found = frame(&envelope(RecordsPath::Detect), input.as_bytes(), &feed(20, 10, reads));
        assert_eq!(found.iter().map(super::Found::text).collect::<Vec<_>>(), ["{}", "\"abcdef\"", "{}"]);
    }
}

#[test]
fn a_page_may_be_longer_than_a_record() {
    let page = format!("{{\"data\":[{}],\"meta\":{{}}}}", ["{\"a\":1}"; 100].join(","));
    for input in [format!("{page}\n"), format!("{{}}\n{page}\n"), page.replace(',', ",\n")] {
        let found = frame(&envelope(RecordsPath::Detect), input.as_bytes(), &feed(40, 10, vec![11]));
        assert!(found.len() >= 100 && found.iter().all(|f| f.code.is_empty()), "{found:?}");
    }
}

#[test]
fn a_page_that_shows_itself_late_is_a_record() {
    let input = format!("{{\"x\":\"{}\",\"data\":[{{}}]}}", "x".repeat(100));
    let found = frame(&envelope(RecordsPath::Detect), input.as_bytes(), &feed(40, 10, vec![11]));
    assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), ["record_too_large"]);
}

#[test]
fn chunks_follow_offsets_alone() {
    let lines = numbered(100);
    let array = format!("[{}]", lines.trim_end().replace('\n', ",\n"));
    for input in [lines, array] {
        let mut expected = None;
        for (block_bytes, reads) in
            [(1, vec![1]), (100, vec![33]), (1 << 20, vec![usize::MAX]), (64, vec![500])]
        {
            let mut feed = feed(1000, block_bytes, reads);
            (feed.options.chunk_bytes, feed.options.chunk_base) = (256, 77);
            let found = frame(&envelope(RecordsPath::Detect), input.as_bytes(), &feed);
            assert_eq!(found.len(), 100);
            assert_eq!(expected.get_or_insert_with(|| found.clone()), &found);
        }
    }
}

#[test]
fn blocks_are_cut_near_their_size() {
    let lines = numbered(2000);
    let array = format!("[{}]", lines.trim_end().replace('\n', ",\n"));
    for input in [lines, array] {
        let all = blocks(&envelope(RecordsPath::Detect), input.as_bytes(), &feed(1000, 1000, vec![500]));
        assert!(all.len() > 10 && all.iter().all(|b| b.data.len() < 2000), "{} blocks", all.len());
    }
}

#[test]
fn deep_nesting_neither_overflows_nor_grows() {
    let envelope = envelope(RecordsPath::Detect);
    for opener in ["[", "{\"a\":", "[{\"a\":"] {
        let input = opener.repeat(300_000 / opener.len());
        let found = frame(&envelope, input.as_bytes(), &feed(64 << 20, 1 << 16, vec![4096]));
        assert_eq!(found.len(), 1, "{opener}");
        let found = frame(&envelope, input.as_bytes(), &feed(1000, 1 << 10, vec![4096]));
        assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), ["record_too_large"], "{opener}");
    }
}

/// Feeds `pieces` one after the other and returns the most bytes the framer held, and the records.
fn flood<'a>(pieces: impl Iterator<Item = &'a [u8]>, limit: usize) -> (usize, usize) {
    let options = FramerOptions { max_record_bytes: limit, block_bytes: 4096, ..FramerOptions::default() };
    let mut framer = Framer::new(Arc::clone(&envelope(RecordsPath::Detect)), options);
    let (mut held, mut records) = (0, 0);
    let mut count = |framer: &mut Framer| {
        while let Some(block) = framer.next_block() {
            if let Records::Spans(spans) = block.records {
                records += spans.len();
            }
        }
    };
    for piece in pieces {
        let mut rest = piece;
        while !rest.is_empty() {
            let space = framer.space();
            let n = rest.len().min(space.len());
            space[..n].copy_from_slice(&rest[..n]);
            framer.advance(n);
            rest = &rest[n..];
            count(&mut framer);
            held = held.max(framer.buffer.len());
        }
    }
    framer.finish();
    count(&mut framer);
    (held, records)
}

#[test]
fn endless_input_is_not_held() {
    let piece = vec![b'x'; 60_000];
    let blank = vec![b' '; 60_000];
    let element = b"{\"a\":1},".repeat(5000);
    let limit = 500_000;
    for (head, body, records) in [
        (&b"{\"a\":\""[..], &piece, 1),
        (b"{}\n", &piece, 1),
        (b"[{}", &blank, 2),
        (b"{\n}", &blank, 1),
        (b"", &blank, 0),
        (b"{\"data\":[{\"a\":1}],\"meta\":\"", &piece, 2),
        (b"{\n\"data\":[", &element, 200 * 5000 + 1),
        (b"{\n}nonsense", &piece, 2),
        (b"[{\"a\" ", &piece, 1),
    ] {
        let body = std::iter::repeat_n(body.as_slice(), 200);
        let (held, found) = flood(std::iter::once(head).chain(body), limit);
        assert!(held < 2 * limit, "{held} bytes held after {:?}", String::from_utf8_lossy(head));
        assert_eq!(found, records, "{:?}", String::from_utf8_lossy(head));
    }
}
