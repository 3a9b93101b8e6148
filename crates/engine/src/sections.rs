//! Files of lines in sections that several threads read, each for itself.
//!
//! Once a file is known to consist of lines, any part that begins with one can be framed alone. A section
//! holds the lines that begin in one chunk, so that who parses a chunk reads it too, block by block: what was
//! read is parsed while it is in the processor's cache, and no thread has to keep up with all others. What
//! only the whole file tells is put together here: its digest, and how many lines came before a section.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sawlog_parser::{Block, Envelope, Framer, FramerOptions, LinesFrom};

use crate::digest::{PIECE_BYTES, Pieces, Tree};
use crate::error::{Error, Result};
use crate::read::Read;
use crate::source::Finished;

/// Told where a file is not as long as it was when the run began.
pub(crate) const CHANGED: &str = "its size changed while it was read; convert it once it is complete";

/// A file that is read in sections.
#[derive(Debug)]
pub(crate) struct Sections {
    file: Arc<File>,
    whole: Arc<Whole>,
    envelope: Arc<Envelope>,
    options: FramerOptions,
    /// Where the next section begins.
    next: LinesFrom,
    /// Up to where sections before it digest the file.
    digested: u64,
}

/// What sections tell of their file.
#[derive(Debug)]
pub(crate) struct Whole {
    path: PathBuf,
    /// Size in bytes.
    bytes: u64,
    /// Advanced by the bytes read.
    progress: Arc<AtomicU64>,
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    digest: Tree,
    /// Line breaks of sections, by where they end.
    lines: BTreeMap<u64, u64>,
    /// The first line of the section that was last asked about.
    first_line: u64,
}

/// A section of a file.
#[derive(Debug)]
pub(crate) struct Section {
    file: Arc<File>,
    whole: Arc<Whole>,
    framer: Framer,
    /// Where its first line begins, and where the line behind its last one does.
    start: u64,
    end: u64,
    /// The number that its first line has for its framer.
    first_line: u64,
    /// The next byte to be read. The piece in which the section begins is read whole and digested here; that
    /// in which it ends is digested by the section behind it.
    at: u64,
    digested: u64,
    pieces: Pieces,
}

impl Sections {
    /// A file of so many bytes, of which everything from a place on is lines.
    pub(crate) fn new(
        (file, path): (File, &Path),
        bytes: u64,
        from: LinesFrom,
        (envelope, options): (Arc<Envelope>, FramerOptions),
        progress: Arc<AtomicU64>,
    ) -> Self {
        let told = Mutex::new(Told { first_line: from.line, ..Told::default() });
        let whole = Whole { path: path.to_owned(), bytes, progress, told };
        let (file, whole) = (Arc::new(file), Arc::new(whole));
        Self { file, whole, envelope, options, next: from, digested: 0 }
    }

    /// What is known of the file once sections have been read.
    pub(crate) fn whole(&self) -> &Arc<Whole> {
        &self.whole
    }

    /// The next section, and the chunk that all of its records belong to. There is none such where a line at
    /// the chunk's end is so long that its records may belong to either, or in the head of the stream: the
    /// section then goes on behind it.
    pub(crate) fn next(&mut self) -> Result<Option<(Section, Option<u64>)>> {
        let (start, bytes) = (self.next.offset, self.whole.bytes);
        if start >= bytes {
            return Ok(None);
        }
        let FramerOptions { chunk_base, chunk_bytes, .. } = self.options;
        let chunk = (chunk_base + start) / chunk_bytes;
        let (mut boundary, mut chunks) = ((chunk + 1) * chunk_bytes - chunk_base, 1);
        let end = loop {
            if boundary >= bytes {
                break bytes;
            }
            if boundary >= self.next.known_to()
                && let Some(end) = self.first_line(boundary).map_err(|e| self.whole.failed(e))?
            {
                break end;
            }
            (boundary, chunks) = (boundary + chunk_bytes, chunks + 1);
        };
        let framer = Framer::resume(Arc::clone(&self.envelope), self.options.clone(), &self.next);
        let (file, whole) = (Arc::clone(&self.file), Arc::clone(&self.whole));
        let (at, first_line) = (self.digested, self.next.line);
        let digested = if end == bytes { bytes } else { end - end % PIECE_BYTES };
        let pieces = Pieces::from(at / PIECE_BYTES);
        (self.next.offset, self.next.line, self.digested) = (end, LinesFrom::UNKNOWN, digested);
        let section = Section { file, whole, framer, start, end, first_line, at, digested, pieces };
        Ok(Some((section, (chunks == 1).then_some(chunk))))
    }

    /// Where the first line behind a place begins, unless the one before is long.
    fn first_line(&self, place: u64) -> io::Result<Option<u64>> {
        let begin = place.saturating_sub(Framer::REACH as u64).max(self.next.offset);
        let end = place.saturating_add(Framer::REACH as u64).min(self.whole.bytes);
        let mut around = vec![0; (end - begin) as usize];
        let mut filled = 0;
        while filled < around.len() {
            match read_at(&self.file, &mut around[filled..], begin + filled as u64)? {
                0 => return Err(io::Error::other(CHANGED)),
                read => filled += read,
            }
        }
        let (before, behind) = around.split_at((place - begin) as usize);
        Ok(Framer::first_line(before, behind).map(|n| place + n as u64))
    }
}

impl Section {
    /// The next block, in memory that was used before. `None` at the section's end.
    pub(crate) fn next_block(&mut self, memory: Vec<u8>) -> Result<Option<Block>> {
        self.framer.reuse(memory);
        loop {
            if let Some(block) = self.framer.next_block() {
                return Ok(Some(block));
            }
            if self.at == self.end {
                return Ok(None);
            }
            self.read().map_err(|e| self.whole.failed(e))?;
        }
    }

    fn read(&mut self) -> io::Result<()> {
        let left = PIECE_BYTES - self.at % PIECE_BYTES;
        let is_before = self.at < self.start;
        let (mut before, end) =
            if is_before { (vec![0; left as usize], self.start) } else { (Vec::new(), self.end) };
        let room = if is_before { &mut before } else { self.framer.space() };
        let most = room.len().min(left.min(end - self.at) as usize);
        let read = read_at(&self.file, &mut room[..most], self.at)?;
        if self.at < self.digested {
            self.pieces.update(&room[..read]);
        }
        if !is_before {
            self.framer.advance(read);
            self.whole.progress.fetch_add(read as u64, Ordering::Relaxed);
        }
        self.at += read as u64;
        if read == 0 || self.at == self.whole.bytes && read_at(&self.file, &mut [0], self.at)? > 0 {
            return Err(io::Error::other(CHANGED));
        }
        if self.at == self.end {
            self.framer.finish();
            self.whole.tell(self.end, self.framer.line() - self.first_line, std::mem::take(&mut self.pieces));
        }
        Ok(())
    }
}

impl Whole {
    fn failed(&self, error: io::Error) -> Error {
        Error::input(&self.path, error)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The section that ends there was read.
    fn tell(&self, end: u64, line_breaks: u64, pieces: Pieces) {
        let mut told = self.told();
        told.lines.insert(end, line_breaks);
        told.digest.add(pieces);
    }

    /// The number of a line in the file, of which a record begins at that byte. Those who ask go through the
    /// file from its beginning, and sections before that byte have been read.
    pub(crate) fn line(&self, line: u64, offset: u64) -> u64 {
        let told = &mut *self.told();
        // A record that lacks its last bytes may begin where the file ends, and belongs to the last section.
        let is_passed = |end: u64| end <= offset && end < self.bytes;
        while let Some(section) = told.lines.first_entry().filter(|section| is_passed(*section.key())) {
            told.first_line += section.remove();
        }
        if line < LinesFrom::UNKNOWN { line } else { told.first_line + (line - LinesFrom::UNKNOWN) }
    }

    /// Size of the file in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What is known once all sections have been read.
    pub(crate) fn finished(&self) -> Result<Read> {
        let digest = std::mem::take(&mut self.told().digest).finish();
        let digest = digest.ok_or_else(|| self.failed(io::Error::other(CHANGED)))?;
        let finished = Finished { digest: digest.to_hex().to_string(), bytes: self.bytes };
        Ok(Read { finished, decoded_bytes: self.bytes })
    }
}

/// Reads at an offset, wherever others read in the same file.
fn read_at(file: &File, room: &mut [u8], offset: u64) -> io::Result<usize> {
    #[cfg(unix)]
    let mut read = || std::os::unix::fs::FileExt::read_at(file, room, offset);
    #[cfg(windows)]
    let mut read = || std::os::windows::fs::FileExt::seek_read(file, room, offset);
    loop {
        match read() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(test)]
mod tests;
