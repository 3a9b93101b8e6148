//! The members of a gzip file, one after the other, and the padding behind them.
//!
//! Tapes and block devices deliver whole blocks, so that what lies behind the last member may be zeros; they
//! are no data, and gzip(1) passes over them too. Anything else there is damage: it may have been a member.

use std::io::{self, BufRead, BufReader, Read};
use std::mem;

use flate2::bufread::GzDecoder;

use crate::source::Raw;

/// What every member begins with.
const MAGIC: u8 = 0x1f;

const GARBAGE: &str = "what follows the compressed data is neither another part of it nor padding";

/// Decodes all members.
pub(crate) struct Gzip(GzDecoder<BufReader<Raw>>);

impl Gzip {
    pub(crate) fn new(reader: BufReader<Raw>) -> Self {
        Self(GzDecoder::new(reader))
    }

    /// Where the compressed bytes come from.
    pub(crate) fn raw(&mut self) -> &mut Raw {
        self.0.get_mut().get_mut()
    }

    /// Goes to the next member; false where there is none.
    fn next_member(&mut self) -> io::Result<bool> {
        let reader = self.0.get_mut();
        loop {
            let bytes = reader.fill_buf()?;
            let padding = bytes.iter().take_while(|byte| **byte == 0).count();
            match bytes.get(padding) {
                None if bytes.is_empty() => return Ok(false),
                None => reader.consume(padding),
                Some(&MAGIC) => {
                    reader.consume(padding);
                    break;
                }
                Some(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, GARBAGE)),
            }
        }
        // The decoder begins anew with a reader that it is given, which is the one that it had.
        let nothing = BufReader::with_capacity(0, Raw::nothing());
        let reader = mem::replace(reader, nothing);
        self.0.reset(reader);
        Ok(true)
    }
}

impl Read for Gzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            if read > 0 || buffer.is_empty() || !self.next_member()? {
                return Ok(read);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};
    use std::sync::Arc;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// What is decoded of the parts, read with buffers of several sizes, and what is said in the end.
    #[track_caller]
    fn decoded(parts: &[&[u8]]) -> (String, String) {
        let bytes = parts.concat();
        let by = |room: usize| {
            let mut text = Vec::new();
            let raw = Raw::new(Vec::new(), Box::new(Cursor::new(bytes.clone())), Arc::default());
            let ended = Gzip::new(BufReader::with_capacity(room, raw)).read_to_end(&mut text);
            let error = ended.err().map_or_else(String::new, |e| e.to_string());
            (String::from_utf8(text).unwrap(), error)
        };
        let whole = by(1 << 16);
        assert_eq!(by(1), whole);
        assert_eq!(by(7), whole);
        whole
    }

    #[test]
    fn members_follow_each_other() {
        let (a, b, none) = (gzip(b"one "), gzip(b"two"), gzip(b""));
        assert_eq!(decoded(&[&a, &none, &b, &none]), ("one two".into(), String::new()));
        assert_eq!(decoded(&[&none]), (String::new(), String::new()));
    }

    #[test]
    fn zeros_behind_a_member_are_padding() {
        let (a, b) = (gzip(b"one "), gzip(b"two"));
        for zeros in [1, 512, 100_000] {
            let padding = vec![0; zeros];
            assert_eq!(decoded(&[&a, &b, &padding]), ("one two".into(), String::new()));
            assert_eq!(decoded(&[&a, &padding, &b, &padding]), ("one two".into(), String::new()));
        }
    }

    #[test]
    fn anything_else_behind_a_member_is_damage() {
        let a = gzip(b"one");
        for rest in [&b"{}\n"[..], b"\0\0x", b"\0 \0"] {
            assert_eq!(decoded(&[&a, rest]), ("one".into(), GARBAGE.into()));
        }
        for rest in [&b"\x1f{}"[..], &a[..5], &a[..a.len() - 1], b"\0\x1f"] {
            let (text, error) = decoded(&[&a, rest]);
            assert!(text.starts_with("one") && !error.is_empty(), "{text} {error}");
        }
    }
}
