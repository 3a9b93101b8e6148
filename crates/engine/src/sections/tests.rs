//! What is read in sections, against what is read from the beginning to the end.

use std::fs;
use std::io::Write;

use proptest::prelude::*;
use sawlog_parser::{Records, RecordsPath};
use sawlog_schema::{Plan, find_builtin, load};

use super::*;
use crate::inputs::Input;
use crate::read::{Begun, Fed, Progress, begin_source};
use crate::source::Source;

/// A line or a span: its chunk, offset and line, and its bytes.
type Record = (u64, u64, u64, Vec<u8>);

fn envelope(log_type: &str) -> Arc<Envelope> {
    let schema = find_builtin(log_type).unwrap();
    let plan = Arc::new(Plan::new(load(schema.text, schema.path).log_type.unwrap()));
    Arc::new(Envelope::new(&[plan], RecordsPath::Detect))
}

/// The records of a block, whose lines are counted as `whole` says.
fn records_of(block: &Block, whole: Option<&Whole>, records: &mut Vec<Record>) {
    let mut add = |line: u64, offset: u64, text: &[u8]| {
        let line = whole.map_or(line, |whole| whole.line(line, offset));
        records.push((block.chunk, offset, line, text.to_vec()));
    };
    let mut line = block.line;
    match &block.records {
        Records::Lines => {
            let mut offset = block.offset;
            for text in block.data.split_inclusive(|byte| *byte == b'\n') {
                add(line, offset, text);
                offset += text.len() as u64;
                line += 1;
            }
        }
        Records::Spans(spans) => {
            let mut counted = 0;
            for span in spans {
                let (start, len) = (span.start as usize, span.len as usize);
                line += block.data[counted..start].split(|byte| *byte == b'\n').count() as u64 - 1;
                counted = start;
                add(line, block.offset + start as u64, &block.data[start..][..len]);
            }
        }
    }
}

/// What was read of a file: its records, how far progress came, its digest and size; and how many sections it
/// was read in.
#[derive(Debug, PartialEq)]
struct Got {
    records: Vec<Record>,
    progress: u64,
    finished: Finished,
    decoded_bytes: u64,
}

/// Reads a file, and leaves the rest from so many bytes on to sections, of which later ones are read first.
fn read(path: &Path, envelope: &Arc<Envelope>, options: &FramerOptions, leave_from: u64) -> (Got, usize) {
    let mut source = Source::look(Input::File(path.to_owned())).unwrap();
    let (mut records, progress) = (Vec::new(), Progress::default());
    let feed = &mut |block: Block| {
        records_of(&block, None, &mut records);
        Fed::Continue(block.data)
    };
    let begun = begin_source(&mut source, envelope, options.clone(), &progress, leave_from, feed).unwrap();
    let (read, sections) = match begun {
        Begun::Read(read) => (read, 0),
        Begun::Lines(mut sections) => {
            let mut all = Vec::new();
            while let Some((section, chunk)) = sections.next().unwrap() {
                all.push((section, chunk, Vec::new()));
            }
            for (section, chunk, blocks) in all.iter_mut().rev() {
                while let Some(block) = section.next_block(Vec::new()).unwrap() {
                    assert!(chunk.is_none_or(|chunk| chunk == block.chunk));
                    blocks.push(block);
                }
            }
            for block in all.iter().flat_map(|(.., blocks)| blocks) {
                records_of(block, Some(sections.whole()), &mut records);
            }
            (sections.whole().finished().unwrap(), all.len())
        }
        Begun::Broken => unreachable!(),
    };
    let progress = progress.read.load(Ordering::Relaxed);
    (Got { records, progress, finished: read.finished, decoded_bytes: read.decoded_bytes }, sections)
}

fn options(chunk_bytes: u64, chunk_base: u64, block_bytes: usize) -> FramerOptions {
    FramerOptions { chunk_bytes, chunk_base, block_bytes, ..FramerOptions::default() }
}

/// A line without its end: an event, a blank, or a page that may be long.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0..400usize).prop_map(|len| format!("{{\"id\":\"{}\"}}", "x".repeat(len))),
        1 => Just(String::new()),
        1 => Just("  {broken".to_owned()),
        1 => (0..4000usize).prop_map(|n| format!("{{\"data\":[{{}}{}]}}", ",{\"id\":\"page\"}".repeat(n))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn sections_hold_what_the_whole_file_does(
        lines in prop::collection::vec((line(), prop_oneof!["\n", "\r\n"]), 2..200),
        is_ended in any::<bool>(),
        chunk_bytes in prop_oneof![100..3000u64, 3000..300_000u64],
        chunk_base in 0..5000u64,
        block_bytes in 100..100_000usize,
    ) {
        let mut text: String = lines.iter().flat_map(|(line, end)| [line.as_str(), end]).collect();
        text.insert_str(0, "{\"id\":\"the first\"}\n");
        if !is_ended {
            text.push_str("{\"id\":\"the last\"}");
        }
        // So long that its digest has more than a piece.
        while text.len() <= PIECE_BYTES as usize {
            text = format!("{text}\n{text}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dump");
        fs::write(&path, &text).unwrap();
        let envelope = envelope("Atlassian.Audit");
        let options = options(chunk_bytes, chunk_base, block_bytes);
        let (expected, none) = read(&path, &envelope, &options, u64::MAX);
        let (got, sections) = read(&path, &envelope, &options, 0);
        prop_assert_eq!(none, 0);
        prop_assert!(sections > 0);
        prop_assert_eq!(&got.finished.digest, &blake3::hash(text.as_bytes()).to_hex().to_string());
        prop_assert!(got == expected);
    }
}

#[test]
fn text_is_read_in_sections_too_and_pages_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump");
    let options = options(64 << 10, 0, 4096);
    fs::write(&path, "a line of text\n".repeat(60_000)).unwrap();
    let text = envelope("Apache.AccessCombined");
    let (got, sections) = read(&path, &text, &options, 0);
    assert!(sections > 10, "{sections}");
    assert!(got == read(&path, &text, &options, u64::MAX).0);
    fs::write(&path, format!("{{\"data\":[\n{}{{}}]}}", "{},\n".repeat(100_000))).unwrap();
    assert_eq!(read(&path, &envelope("Atlassian.Audit"), &options, 0).1, 0);
}

#[test]
fn the_first_lines_are_left_out_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump");
    let rows = format!("id,note\n{}", "a,of a row that is no header\n".repeat(60_000));
    fs::write(&path, &rows).unwrap();
    let envelope = |options: &str| {
        let fields = "fields: [{name: id, type: string}, {name: note, type: string}]";
        let yaml =
            format!("{{schema: Custom.Rows, parser: {{csv: {{delimiter: ',', {options}}}}}, {fields}}}");
        let plan = Arc::new(Plan::new(load(&yaml, "test.yml").log_type.unwrap()));
        Arc::new(Envelope::new(&[plan], RecordsPath::Detect))
    };
    let options = options(64 << 10, 0, 4096);
    // A header lies in the head of the stream, which is not divided, and later lines are not taken for it.
    let header = envelope("hasHeader: true");
    let (got, sections) = read(&path, &header, &options, 0);
    assert!(sections > 5, "{sections}");
    assert!(got == read(&path, &header, &options, u64::MAX).0);
    let mut source = Source::look(Input::File(path.clone())).unwrap();
    let mut blocks = Vec::new();
    let feed = &mut |block: Block| {
        blocks.push(block.line);
        Fed::Continue(block.data)
    };
    let begun = begin_source(&mut source, &header, options.clone(), &Progress::default(), 0, feed).unwrap();
    let Begun::Lines(mut sections) = begun else { panic!("not read in sections") };
    let first = sections.next().unwrap().unwrap();
    assert!(first.0.end >= rows.len().min(1 << 20) as u64 && first.1.is_none());
    let (mut second, _) = sections.next().unwrap().unwrap();
    assert_eq!(second.next_block(Vec::new()).unwrap().unwrap().line, LinesFrom::UNKNOWN);
    // How many lines are left out is not known where sections begin.
    assert_eq!(read(&path, &envelope("columns: [id, note], skipLines: 3"), &options, 0).1, 0);
}

#[test]
fn a_record_that_lacks_its_last_bytes_has_the_last_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump");
    fs::write(&path, format!("{}[{{}},{{}}", "{}\n".repeat(100_000))).unwrap();
    let (envelope, options) = (envelope("Atlassian.Audit"), options(64 << 10, 0, 4096));
    let (got, sections) = read(&path, &envelope, &options, 0);
    assert!(sections > 1);
    let (_, offset, line, _) = got.records.last().unwrap();
    assert_eq!((*offset, *line), (300_006, 100_001));
    assert!(got == read(&path, &envelope, &options, u64::MAX).0);
}

#[test]
fn zeros_before_a_log_are_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump");
    fs::write(&path, [vec![0; 100], b"a line of text\n".repeat(60_000)].concat()).unwrap();
    let (got, sections) = read(&path, &envelope("Apache.AccessCombined"), &options(64 << 10, 0, 4096), 0);
    assert!(sections > 1);
    assert_eq!(got.progress, 900_100);
}

#[test]
fn a_file_of_another_size_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump");
    for change in [-1i64, 1] {
        fs::write(&path, "{}\n".repeat(100_000)).unwrap();
        let mut source = Source::look(Input::File(path.clone())).unwrap();
        let (envelope, options) = (envelope("Atlassian.Audit"), options(1 << 20, 0, 4096));
        let feed = &mut |block: Block| Fed::Continue(block.data);
        let begun = begin_source(&mut source, &envelope, options, &Progress::default(), 0, feed).unwrap();
        let Begun::Lines(mut sections) = begun else { panic!("not read in sections") };
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        if change > 0 {
            file.write_all(b"\n").unwrap();
        } else {
            file.set_len(299_999).unwrap();
        }
        let (mut section, _) = sections.next().unwrap().unwrap();
        let error = loop {
            match section.next_block(Vec::new()) {
                Ok(block) => assert!(block.is_some(), "a changed file was read"),
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("its size changed while it was read"), "{error}");
    }
}
