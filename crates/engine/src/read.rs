//! One source, read to its end: decoded, framed, and handed on block by block.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sawlog_columns::Code;
use sawlog_parser::limits::MAX_RECORD_BYTES;
use sawlog_parser::{Block, Envelope, Fault, Framer, FramerOptions, Records, Span};

use crate::error::{Error, Result};
use crate::limits::{BLOCK_BYTES, CHUNK_BYTES};
use crate::sections::{CHANGED, Sections};
use crate::source::{Decoded, Finished, Source};

/// How far a conversion has come; shared with whoever shows it.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Raw bytes read so far.
    pub read: Arc<AtomicU64>,
    /// Raw bytes of all inputs, as far as they are known; 0 until the inputs were looked at.
    pub total: Arc<AtomicU64>,
}

/// What became of a source that was begun.
pub(crate) enum Begun {
    /// It was read to its end.
    Read(Read),
    /// What was not read are lines.
    Lines(Sections),
    /// Whoever took its blocks wants no more.
    Broken,
}

/// What reading a source gave.
pub(crate) struct Read {
    pub(crate) finished: Finished,
    pub(crate) decoded_bytes: u64,
}

/// What became of a block: memory that may be used for another one, or the end of reading.
pub(crate) type Fed = ControlFlow<(), Vec<u8>>;

/// Reads, decodes and frames one source; hands its blocks to `feed` until that breaks off. None if it did.
pub(crate) fn read_source(
    source: &mut Source,
    envelope: &Arc<Envelope>,
    chunk_base: u64,
    progress: &Progress,
    feed: &mut dyn FnMut(Block) -> Fed,
) -> Result<Option<Read>> {
    let options = framer_options(chunk_base);
    match begin_source(source, envelope, options, progress, u64::MAX, feed)? {
        Begun::Read(read) => Ok(Some(read)),
        Begun::Broken => Ok(None),
        Begun::Lines(_) => Err(Error::Worker("lines were left that nobody reads".to_owned())),
    }
}

/// Reads a source like [`read_source`], but leaves the rest of a file once that is known to consist of lines,
/// if it has so many bytes.
pub(crate) fn begin_source(
    source: &mut Source,
    envelope: &Arc<Envelope>,
    options: FramerOptions,
    progress: &Progress,
    leave_from: u64,
    feed: &mut dyn FnMut(Block) -> Fed,
) -> Result<Begun> {
    let name = source.input.name();
    let fail = |e| Error::input(Path::new(&name), e);
    let FramerOptions { chunk_base, chunk_bytes, .. } = options;
    let mut decoder = source.open(envelope.is_json_only(), Arc::clone(&progress.read))?;
    let mut framer = Framer::new(Arc::clone(envelope), options.clone());
    let mut ended = None;
    while ended.is_none() {
        match decoder.read(framer.space()).map_err(fail)? {
            Decoded::Bytes(0) => ended = Some(None),
            Decoded::Bytes(read) => framer.advance(read),
            Decoded::Damaged(message) => ended = Some(Some((Code::DamagedInput, message))),
            Decoded::Foreign(message) => ended = Some(Some((Code::ForeignInput, message))),
        }
        if ended.is_some() {
            framer.finish();
        }
        while let Some(block) = framer.next_block() {
            match feed(block) {
                Fed::Continue(memory) => framer.reuse(memory),
                Fed::Break(()) => return Ok(Begun::Broken),
            }
        }
        if let (Some(file), Some(bytes), Some(from)) = (decoder.file(), source.bytes, framer.lines_from())
            && ended.is_none()
            && bytes.saturating_sub(from.offset) >= leave_from
        {
            // What was read ahead is read again.
            progress.read.fetch_sub(decoder.raw_bytes() - from.offset, Ordering::Relaxed);
            let file = (file.try_clone().map_err(fail)?, Path::new(&name));
            let framing = (Arc::clone(envelope), options);
            return Ok(Begun::Lines(Sections::new(file, bytes, from, framing, Arc::clone(&progress.read))));
        }
    }
    let decoded_bytes = framer.decoded_bytes();
    if let Some(Some((code, message))) = ended {
        let chunk = (chunk_base + decoded_bytes) / chunk_bytes;
        if feed(not_decoded(code, message, decoded_bytes, framer.line(), chunk)).is_break() {
            return Ok(Begun::Broken);
        }
    }
    let finished = decoder.finish().map_err(fail)?;
    // Rows and ledger know the file by the size it had before: with another, it would be converted twice.
    if source.bytes.is_some_and(|bytes| bytes != finished.bytes) {
        return Err(fail(io::Error::other(CHANGED)));
    }
    Ok(Begun::Read(Read { finished, decoded_bytes }))
}

/// How sources are framed, of which `chunk_base` bytes came before.
pub(crate) fn framer_options(chunk_base: u64) -> FramerOptions {
    FramerOptions {
        max_record_bytes: MAX_RECORD_BYTES,
        block_bytes: BLOCK_BYTES,
        chunk_bytes: CHUNK_BYTES,
        chunk_base,
    }
}

/// Stands for the part of an input that could not be decoded.
fn not_decoded(code: Code, message: String, offset: u64, line: u64, chunk: u64) -> Block {
    let fault = Fault { code, message, at: 0, len: 0 };
    let span = Span { start: 0, len: 0, unwrapped: false, fault: Some(fault) };
    Block { offset, line, chunk, ..Block::new(Vec::new(), Records::Spans(vec![span])) }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use sawlog_parser::RecordsPath;
    use sawlog_schema::{Plan, find_builtin, load};

    use super::*;
    use crate::inputs::Input;

    #[test]
    fn a_file_that_grows_meanwhile_is_not_converted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dump");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"{}\n").unwrap();
        let audit = find_builtin("Atlassian.Audit").unwrap();
        let plan = Arc::new(Plan::new(load(audit.text, audit.path).log_type.unwrap()));
        let envelope = Arc::new(Envelope::new(&[plan], RecordsPath::Detect));
        let read = |mut source| {
            let feed = &mut |block: Block| Fed::Continue(block.data);
            read_source(&mut source, &envelope, 0, &Progress::default(), feed)
        };
        let look = || Source::look(Input::File(path.clone())).unwrap();
        assert!(read(look()).unwrap().is_some());
        let source = look();
        file.write_all(b"{}\n").unwrap();
        let Err(error) = read(source) else { panic!("a changed file was read") };
        assert!(error.to_string().contains("its size changed while it was read"), "{error}");
    }
}
