//! Framing gives the same records in the same order however the input is cut into reads and blocks, each in
//! its place and none over another; and where it is lines from somewhere on, whether these are framed in one
//! go or in sections.
//!
//! The first bytes of an input choose how it is read, the rest is framed.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use sawlog_parser::{Block, Envelope, Framer, FramerOptions, Records, RecordsPath, split};
use sawlog_schema::{Plan, find_builtin, load};

/// Offset, length and code of a record.
type Found = (u64, u64, &'static str);

/// What may be wrong where no byte is left that could be shown. Without a code it is a wrong comma.
const EMPTY: [&str; 4] = ["", "cut_off", "invalid_json", "page_with_fields"];

static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
    let source = find_builtin("Atlassian.Audit").expect("the log type ships with sawlog");
    Arc::new(Plan::new(load(source.text, source.path).log_type.expect("the log type is valid")))
});

fuzz_target!(|data: &[u8]| {
    let Some((&[seed, block, limit, chunk], input)) = data.split_first_chunk::<4>() else { return };
    let path = match seed % 4 {
        0 => RecordsPath::Off,
        1 => RecordsPath::At(vec!["a".into(), "b".into()]),
        _ => RecordsPath::Detect,
    };
    let envelope = Arc::new(Envelope::new(std::slice::from_ref(&PLAN), path));
    let options = FramerOptions {
        max_record_bytes: if limit < 128 { 1 << 20 } else { usize::from(limit - 127) },
        chunk_bytes: 1 + u64::from(chunk),
        ..FramerOptions::default()
    };
    let whole = frame(&envelope, &options, input, || usize::MAX);
    let mut state = u32::from(seed) | 1;
    let pieces = FramerOptions { block_bytes: 1 + usize::from(block), ..options };
    let again = frame(&envelope, &pieces, input, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        1 + (state >> 24) as usize
    });
    assert_eq!(whole, again, "the cut into reads shows");
    // Sections know no shorter limit for a line than the usual one.
    if pieces.max_record_bytes >= Framer::REACH {
        assert_eq!(whole, in_sections(&envelope, &pieces, input), "the cut into sections shows");
    }
});

fn frame(
    envelope: &Arc<Envelope>,
    options: &FramerOptions,
    input: &[u8],
    read: impl FnMut() -> usize,
) -> Vec<Found> {
    let mut framer = Framer::new(Arc::clone(envelope), options.clone());
    let mut found = Vec::new();
    drive(&mut framer, input, read, |_, block| add(envelope, options, input, &block, 0, &mut found));
    let mut end = 0;
    for &(offset, len, code) in &found {
        assert!(offset >= end, "records overlap");
        assert!(len > 0 || EMPTY.contains(&code), "a record has no bytes");
        end = offset + len;
    }
    assert!(end <= input.len() as u64, "a record ends behind the input");
    found
}

/// Hands what is left of the input to the framer, until that has told of all records.
fn drive(
    framer: &mut Framer,
    mut rest: &[u8],
    mut read: impl FnMut() -> usize,
    mut take: impl FnMut(&Framer, Block),
) {
    loop {
        let space = framer.space();
        let n = read().min(rest.len()).min(space.len());
        space[..n].copy_from_slice(&rest[..n]);
        rest = &rest[n..];
        if n == 0 {
            framer.finish();
        } else {
            framer.advance(n);
        }
        while let Some(block) = framer.next_block() {
            take(framer, block);
        }
        if n == 0 {
            return;
        }
    }
}

/// The records, of which those of lines are found in sections that begin with the first line of a chunk.
fn in_sections(envelope: &Arc<Envelope>, options: &FramerOptions, input: &[u8]) -> Vec<Found> {
    let mut framer = Framer::new(Arc::clone(envelope), options.clone());
    let (mut found, mut rest) = (Vec::new(), None);
    drive(
        &mut framer,
        input,
        || 7,
        |framer, block| {
            if rest.is_none() {
                add(envelope, options, input, &block, 0, &mut found);
                rest = framer.lines_from();
            }
        },
    );
    let Some(mut next) = rest else { return found };
    let mut lines = 0;
    while (next.offset as usize) < input.len() {
        let start = next.offset as usize;
        let mut boundary = (next.offset / options.chunk_bytes + 1) * options.chunk_bytes;
        let end = loop {
            let Some((before, behind)) = input.split_at_checked(boundary as usize) else { break input.len() };
            let before = &before[start.max(before.len().saturating_sub(Framer::REACH))..];
            match Framer::first_line(before, &behind[..behind.len().min(Framer::REACH)]) {
                Some(first) => break boundary as usize + first,
                None => boundary += options.chunk_bytes,
            }
        };
        let mut framer = Framer::resume(Arc::clone(envelope), options.clone(), &next);
        drive(
            &mut framer,
            &input[start..end],
            || 5,
            |_, block| {
                add(envelope, options, input, &block, lines, &mut found);
            },
        );
        lines += framer.line() - 1;
        (next.offset, next.line) = (end as u64, 1);
    }
    found
}

/// Adds the records of a block, of which so many lines come before those that it counts.
fn add(
    envelope: &Envelope,
    options: &FramerOptions,
    input: &[u8],
    block: &Block,
    lines_before: u64,
    found: &mut Vec<Found>,
) {
    let place = block.offset as usize;
    let lines = input[..place].iter().filter(|&&b| b == b'\n').count() as u64;
    assert_eq!(block.line + lines_before, lines + 1);
    assert_eq!(block.line_breaks, block.data.iter().filter(|&&byte| byte == b'\n').count());
    assert_eq!(&input[place..place + block.data.len()], block.data);
    match &block.records {
        Records::Spans(spans) => {
            for span in spans {
                let offset = block.offset + u64::from(span.start);
                assert_eq!(block.chunk, offset / options.chunk_bytes);
                let (code, len) =
                    span.fault.as_ref().map_or(("", u64::from(span.len)), |f| (f.code.as_str(), f.len));
                assert!(code == "record_too_large" || len == u64::from(span.len), "bytes are missing");
                found.push((offset, len, code));
            }
        }
        Records::Lines => {
            let mut start = 0;
            for line in block.data.split_inclusive(|&b| b == b'\n') {
                let offset = block.offset + start as u64;
                assert_eq!(block.chunk, offset / options.chunk_bytes);
                add_line(envelope, &line[..line.len() - 1], offset, found);
                start += line.len();
            }
        }
    }
}

/// The records of a line, as a parser finds them.
fn add_line(envelope: &Envelope, line: &[u8], offset: u64, found: &mut Vec<Found>) {
    let is_ink = |b: &u8| !b" \t\r\n".contains(b);
    let (Some(first), Some(last)) = (line.iter().position(is_ink), line.iter().rposition(is_ink)) else {
        return;
    };
    let (line, offset) = (&line[first..=last], offset + first as u64);
    match split(envelope, line) {
        None => found.push((offset, line.len() as u64, "")),
        Some(spans) => found.extend(spans.into_iter().map(|span| {
            let code = span.fault.map_or("", |f| f.code.as_str());
            (offset + u64::from(span.start), u64::from(span.len), code)
        })),
    }
}
