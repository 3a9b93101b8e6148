//! An input as a stream of decoded bytes: opened, told apart, digested and decompressed.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use crate::digest::PIECE_BYTES;
use crate::error::{Error, Result};
use crate::foreign::{
    COMPRESSED_HEAD, HEAD, MARKUP_HEAD, describe, describe_behind_zeros, describe_zeros, is_markup,
};
use crate::gzip::Gzip;
use crate::inputs::{Input, unopened};
use crate::limits::{IDENTITY_BYTES, MAX_RATIO, RATIO_FREE_BYTES};
use crate::zstandard::{Zstandard, is_frame};

/// What is known of an input before it is read.
pub(crate) struct Source {
    pub(crate) input: Input,
    /// Size in bytes of a regular file.
    pub(crate) bytes: Option<u64>,
    /// Time of the last change of a regular file, in nanoseconds since 1970.
    pub(crate) modified: Option<i64>,
    /// Hash of size, first and last bytes; of the first bytes for a stream. Hex.
    pub(crate) identity: String,
    /// What was read of a stream to learn its identity.
    opened: Option<(Box<dyn Read + Send>, Vec<u8>)>,
}

impl Source {
    /// Looks at an input. A stream is opened here, and its first bytes are taken out of it.
    pub(crate) fn look(input: Input) -> Result<Self> {
        match &input {
            Input::Stdin => Self::stream(input, Box::new(io::stdin())),
            Input::File(path) => {
                let mut file = File::open(path).map_err(|e| unopened(path, e))?;
                let metadata = file.metadata().map_err(|e| Error::input(path, e))?;
                if metadata.is_file() {
                    let identity =
                        identity_of_file(&mut file, metadata.len()).map_err(|e| Error::input(path, e))?;
                    let modified = metadata.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
                    return Ok(Self {
                        bytes: Some(metadata.len()),
                        modified: modified.map(|t| t.as_nanos() as i64),
                        identity,
                        opened: None,
                        input,
                    });
                }
                if metadata.is_dir() {
                    return Err(Error::input(path, io::Error::from(io::ErrorKind::IsADirectory)));
                }
                Self::stream(input, Box::new(file))
            }
        }
    }

    fn stream(input: Input, mut reader: Box<dyn Read + Send>) -> Result<Self> {
        let mut head = Vec::new();
        reader
            .by_ref()
            .take(IDENTITY_BYTES)
            .read_to_end(&mut head)
            .map_err(|e| Error::input(Path::new(&input.name()), e))?;
        let identity = hex(blake3::Hasher::new().update(b"stream\0").update(&head));
        Ok(Self { input, bytes: None, modified: None, identity, opened: Some((reader, head)) })
    }

    /// The source as rows know it.
    pub(crate) fn of_run(&self) -> sawlog_columns::Source {
        sawlog_columns::Source { path: self.input.name(), identity: self.row_identity() }
    }

    /// The upper half of the ids of all rows from this source.
    pub(crate) fn row_identity(&self) -> u64 {
        u64::from_str_radix(&self.identity[..16], 16).unwrap_or_default()
    }

    /// Digest of the raw bytes of a regular file, read in full; None for a stream, which can be read only
    /// once.
    pub(crate) fn digest(&self) -> Result<Option<String>> {
        let (Input::File(path), Some(_)) = (&self.input, self.bytes) else { return Ok(None) };
        let mut hash = blake3::Hasher::new();
        let read = File::open(path).and_then(|file| hash.update_reader(file).map(|_| ()));
        read.map_err(|e| Error::input(path, e))?;
        Ok(Some(hash.finalize().to_hex().to_string()))
    }

    /// Opens the source for reading its decoded bytes, which cannot be text where `is_json_only`. `progress`
    /// is advanced by the raw bytes read.
    pub(crate) fn open(&mut self, is_json_only: bool, progress: Arc<AtomicU64>) -> Result<Decoder> {
        let name = self.input.name();
        let fail = |e| Error::input(Path::new(&name), e);
        let mut opened = None;
        let (head, rest): (Vec<u8>, Box<dyn Read + Send>) = match (self.opened.take(), &self.input) {
            (Some((reader, head)), _) => (head, reader),
            (None, Input::File(path)) => {
                let file = File::open(path).map_err(|e| unopened(path, e))?;
                opened = Some(file.try_clone().map_err(fail)?);
                (Vec::new(), Box::new(file))
            }
            (None, Input::Stdin) => (Vec::new(), Box::new(io::stdin())),
        };
        let raw = Raw::new(head, rest, progress);
        let mut decoder = Decoder::new(raw, is_json_only).map_err(fail)?;
        decoder.file = opened.filter(|_| matches!(decoder.codec, Codec::Plain(_)));
        Ok(decoder)
    }

    /// What the source is, if it is no log. What is read of a stream for that is lost.
    pub(crate) fn foreign(mut self, is_json_only: bool) -> Result<Option<String>> {
        let read = self.open(is_json_only, Arc::default())?.read(&mut vec![0; 64 << 10]);
        match read.map_err(|e| Error::input(Path::new(&self.input.name()), e))? {
            Decoded::Foreign(message) => Ok(Some(message)),
            Decoded::Bytes(_) | Decoded::Damaged(_) => Ok(None),
        }
    }
}

fn hex(hash: &blake3::Hasher) -> String {
    hash.finalize().to_hex()[..32].to_owned()
}

fn identity_of_file(file: &mut File, len: u64) -> io::Result<String> {
    let mut hash = blake3::Hasher::new();
    hash.update(b"file\0").update(&len.to_le_bytes());
    io::copy(&mut file.take(IDENTITY_BYTES), &mut hash)?;
    if len > IDENTITY_BYTES {
        file.seek(SeekFrom::Start(len.saturating_sub(IDENTITY_BYTES)))?;
        io::copy(&mut file.take(IDENTITY_BYTES), &mut hash)?;
    }
    Ok(hex(&hash))
}

/// Raw bytes on their way to the decoder, counted and digested.
pub(crate) struct Raw {
    reader: Box<dyn Read + Send>,
    tally: Tally,
    /// Bytes that were read, and counted, to tell the format; they are delivered once more.
    magic: io::Cursor<Vec<u8>>,
}

struct Tally {
    hash: blake3::Hasher,
    bytes: Arc<AtomicU64>,
    progress: Arc<AtomicU64>,
    /// Set when the system, not the decoder, failed to deliver.
    failed: bool,
}

impl Tally {
    fn new(progress: Arc<AtomicU64>) -> Self {
        Self { hash: blake3::Hasher::new(), bytes: Arc::default(), progress, failed: false }
    }
}

impl Raw {
    /// `head` has been read from `rest` before.
    pub(crate) fn new(head: Vec<u8>, rest: Box<dyn Read + Send>, progress: Arc<AtomicU64>) -> Self {
        let reader = Box::new(io::Cursor::new(head).chain(rest));
        Self { reader, tally: Tally::new(progress), magic: io::Cursor::default() }
    }

    /// No bytes at all, in the place of others.
    pub(crate) fn nothing() -> Self {
        Self::new(Vec::new(), Box::new(io::empty()), Arc::default())
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.magic.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        let left = PIECE_BYTES - self.tally.bytes.load(Ordering::Relaxed) % PIECE_BYTES;
        let end = buffer.len().min(left as usize);
        let read = self.reader.read(&mut buffer[..end]).inspect_err(|e| {
            self.tally.failed |= e.kind() != io::ErrorKind::Interrupted;
        })?;
        self.tally.hash.update(&buffer[..read]);
        self.tally.bytes.fetch_add(read as u64, Ordering::Relaxed);
        self.tally.progress.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

fn leading_zeros(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == 0).count()
}

/// Decoded bytes of one source.
pub(crate) struct Decoder {
    codec: Codec,
    decoded: u64,
    /// Whether what is decoded cannot be text.
    is_json_only: bool,
    /// Zeros that were read to see whether anything else comes, and what did; they are handed out first.
    held: Option<Held>,
    /// Damage behind the bytes that were handed out last.
    damage: Option<String>,
    /// Raw bytes read so far.
    raw_bytes: Arc<AtomicU64>,
    /// The file, if what is decoded are its very bytes.
    file: Option<File>,
}

/// Zeros, and the bytes behind them.
type Held = io::Chain<io::Take<io::Repeat>, io::Cursor<Vec<u8>>>;

enum Codec {
    Plain(Box<Raw>),
    Gzip(Box<Gzip>),
    Zstd(Box<Zstandard>),
}

/// What a read of decoded bytes gave.
#[derive(Debug)]
pub(crate) enum Decoded {
    /// So many bytes; 0 at the end.
    Bytes(usize),
    /// The compressed stream is damaged, or a bomb; nothing more can be decoded.
    Damaged(String),
    /// The input is no log but something else, and nothing of it is handed out.
    Foreign(String),
}

/// What is known of a source once it has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finished {
    /// Digest of the raw bytes, hex.
    pub(crate) digest: String,
    /// Raw bytes.
    pub(crate) bytes: u64,
}

impl Decoder {
    /// Decodes whatever `reader` yields.
    pub(crate) fn over(reader: Box<dyn Read + Send>, is_json_only: bool) -> io::Result<Self> {
        Self::new(Raw::new(Vec::new(), reader, Arc::default()), is_json_only)
    }

    fn new(mut raw: Raw, is_json_only: bool) -> io::Result<Self> {
        let mut magic = Vec::with_capacity(4);
        raw.by_ref().take(4).read_to_end(&mut magic)?;
        let raw_bytes = Arc::clone(&raw.tally.bytes);
        let buffered = |raw| BufReader::with_capacity(256 << 10, raw);
        let (is_gzip, is_zstd) = (magic.starts_with(&[0x1f, 0x8b]), is_frame(&magic));
        raw.magic = io::Cursor::new(magic);
        let codec = if is_gzip {
            Codec::Gzip(Box::new(Gzip::new(buffered(raw))))
        } else if is_zstd {
            Codec::Zstd(Box::new(Zstandard::new(buffered(raw))?))
        } else {
            Codec::Plain(Box::new(raw))
        };
        Ok(Self { codec, decoded: 0, is_json_only, held: None, damage: None, raw_bytes, file: None })
    }

    /// Reads decoded bytes.
    ///
    /// # Errors
    /// Fails where the system cannot read the source; damage to the data is a value.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Decoded> {
        if let Some(held) = &mut self.held {
            let read = held.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(Decoded::Bytes(read));
            }
            self.held = None;
        }
        if let Some(message) = self.damage.take() {
            return Ok(Decoded::Damaged(message));
        }
        if self.decoded == 0 { self.read_first(buffer) } else { self.read_on(buffer) }
    }

    /// The first bytes, as many as it takes to tell what the input is.
    fn read_first(&mut self, buffer: &mut [u8]) -> io::Result<Decoded> {
        let mut filled = self.fill(buffer, 0, HEAD)?;
        if self.is_json_only && is_markup(&buffer[..filled]) {
            filled = self.fill(buffer, filled, MARKUP_HEAD)?;
        }
        let head = &buffer[..filled];
        if filled == 0
            && let Some(message) = self.damage.take()
        {
            return Ok(Decoded::Damaged(message));
        }
        if let Some(message) = describe(head, self.is_json_only) {
            return Ok(Decoded::Foreign(message));
        }
        match leading_zeros(head) {
            0 => Ok(Decoded::Bytes(filled)),
            zeros => self.read_zeros(zeros as u64, head[zeros..].to_vec(), buffer),
        }
    }

    /// Reads on behind the first `filled` bytes until there are `enough`, or no more come. Yields how many
    /// there are.
    fn fill(&mut self, buffer: &mut [u8], mut filled: usize, enough: usize) -> io::Result<usize> {
        while filled < enough.min(buffer.len()) && self.damage.is_none() {
            match self.read_on(&mut buffer[filled..])? {
                Decoded::Bytes(0) => break,
                Decoded::Bytes(read) => filled += read,
                Decoded::Damaged(message) | Decoded::Foreign(message) => self.damage = Some(message),
            }
        }
        Ok(filled)
    }

    /// Reads on behind so many zeros and the bytes that came with them. A log that was emptied while it was
    /// written begins so too.
    fn read_zeros(&mut self, mut zeros: u64, mut rest: Vec<u8>, buffer: &mut [u8]) -> io::Result<Decoded> {
        while self.damage.is_none() && rest.len() < COMPRESSED_HEAD {
            match self.read_on(buffer)? {
                Decoded::Bytes(0) if rest.is_empty() => return Ok(Decoded::Foreign(describe_zeros())),
                Decoded::Bytes(0) => break,
                Decoded::Bytes(read) => {
                    let more = if rest.is_empty() { leading_zeros(&buffer[..read]) } else { 0 };
                    zeros += more as u64;
                    rest.extend_from_slice(&buffer[more..read]);
                }
                Decoded::Damaged(message) | Decoded::Foreign(message) => self.damage = Some(message),
            }
        }
        // Within compressed data it would take more than to cut off its beginning.
        if matches!(self.codec, Codec::Plain(_))
            && let Some(message) = describe_behind_zeros(zeros, &rest)
        {
            return Ok(Decoded::Foreign(message));
        }
        self.held = Some(io::repeat(0).take(zeros).chain(io::Cursor::new(rest)));
        self.read(buffer)
    }

    fn read_on(&mut self, buffer: &mut [u8]) -> io::Result<Decoded> {
        let raw_bytes = self.raw_bytes.load(Ordering::Relaxed);
        if self.decoded > RATIO_FREE_BYTES && self.decoded / MAX_RATIO > raw_bytes {
            return Ok(Decoded::Damaged(format!(
                "the input expands to more than {MAX_RATIO} times its size, beyond what is trusted; the rest \
                 of it was not read. Decompress it yourself if it is genuine"
            )));
        }
        loop {
            let read = match &mut self.codec {
                Codec::Plain(reader) => reader.read(buffer),
                Codec::Gzip(reader) => reader.read(buffer),
                Codec::Zstd(reader) => reader.read(buffer),
            };
            match read {
                Ok(read) => {
                    self.decoded += read as u64;
                    return Ok(Decoded::Bytes(read));
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if self.raw().tally.failed || matches!(self.codec, Codec::Plain(_)) => return Err(e),
                Err(e) => {
                    return Ok(Decoded::Damaged(format!(
                        "the compressed data is damaged or cut off: {e}; what came before was kept"
                    )));
                }
            }
        }
    }

    /// The file that is read, if what is decoded are its very bytes.
    pub(crate) fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    /// Raw bytes read so far.
    pub(crate) fn raw_bytes(&self) -> u64 {
        self.raw_bytes.load(Ordering::Relaxed)
    }

    fn raw(&mut self) -> &mut Raw {
        match &mut self.codec {
            Codec::Plain(raw) => raw,
            Codec::Gzip(reader) => reader.raw(),
            Codec::Zstd(reader) => reader.raw(),
        }
    }

    /// Reads what the decoder left, so that the digest covers every byte.
    pub(crate) fn finish(mut self) -> io::Result<Finished> {
        let raw = self.raw();
        io::copy(raw, &mut io::sink())?;
        let digest = raw.tally.hash.finalize().to_hex().to_string();
        Ok(Finished { digest, bytes: self.raw_bytes.load(Ordering::Relaxed) })
    }
}

#[cfg(test)]
mod tests;
