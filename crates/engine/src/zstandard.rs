//! The frames of a zstd file, one after the other.
//!
//! The crate's own reader takes them together as well, but not the padding behind them.

use std::io::{self, BufRead, BufReader, Read};

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use crate::padding::next_part;
use crate::source::Raw;

/// Whether the bytes begin a frame of data, or one to be skipped.
pub(crate) fn is_frame(magic: &[u8]) -> bool {
    magic == [0x28, 0xb5, 0x2f, 0xfd]
        || (magic.len() == 4 && magic[0] & 0xf0 == 0x50 && magic[1..] == [0x2a, 0x4d, 0x18])
}

/// Decodes all frames.
pub(crate) struct Zstandard {
    reader: BufReader<Raw>,
    decoder: Decoder<'static>,
    /// Whether the frame before has ended, and the next one has not begun.
    is_between: bool,
}

impl Zstandard {
    pub(crate) fn new(reader: BufReader<Raw>) -> io::Result<Self> {
        Ok(Self { reader, decoder: Decoder::new()?, is_between: false })
    }

    /// Where the compressed bytes come from.
    pub(crate) fn raw(&mut self) -> &mut Raw {
        self.reader.get_mut()
    }

    /// Goes to the next frame; false where there is none.
    fn next_frame(&mut self) -> io::Result<bool> {
        if !next_part(&mut self.reader, |first| first == 0x28 || first & 0xf0 == 0x50)? {
            return Ok(false);
        }
        self.decoder.reinit()?;
        self.is_between = false;
        Ok(true)
    }
}

impl Read for Zstandard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if self.is_between && !self.next_frame()? {
                return Ok(0);
            }
            let bytes = self.reader.fill_buf()?;
            let (mut input, mut output) = (InBuffer::around(bytes), OutBuffer::around(buffer));
            self.is_between = self.decoder.run(&mut input, &mut output)? == 0;
            let (is_end, taken, given) = (bytes.is_empty(), input.pos(), output.pos());
            self.reader.consume(taken);
            if given > 0 {
                return Ok(given);
            }
            if is_end && !self.is_between {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "incomplete frame"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::padding::tests::parts_follow_each_other;

    #[test]
    fn frames_follow_each_other() {
        let open = |reader| Zstandard::new(reader).unwrap();
        let frame = |text: &[u8]| zstd::encode_all(text, 1).unwrap();
        parts_follow_each_other(open, frame);
        // A frame to be skipped may stand before each.
        let skipped = [&[0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0], &b"any"[..]].concat();
        parts_follow_each_other(open, |text| [&skipped, &frame(text)[..]].concat());
    }

    #[test]
    fn frames_are_told_by_their_first_bytes() {
        for magic in [&b"\x28\xb5\x2f\xfd"[..], b"\x50\x2a\x4d\x18", b"\x5f\x2a\x4d\x18"] {
            assert!(is_frame(magic) && !is_frame(&magic[..3]), "{magic:?}");
        }
        for other in [&b"\x60\x2a\x4d\x18"[..], b"PK\x03\x04", b"{\"a\"", b""] {
            assert!(!is_frame(other), "{other:?}");
        }
    }
}
