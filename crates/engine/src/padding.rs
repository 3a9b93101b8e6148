//! What may lie between the parts of a compressed file, and behind the last one.
//!
//! Tapes and block devices deliver whole blocks, so that zeros may follow; they are no data, and gzip(1)
//! passes over them too. Anything else there is damage: it may have been a part.

use std::io::{self, BufRead};

const GARBAGE: &str = "what follows the compressed data is neither another part of it nor padding";

/// Goes to the next part, which begins with a byte that `begins` knows; false where there is none.
pub(crate) fn next_part(reader: &mut impl BufRead, begins: impl Fn(u8) -> bool) -> io::Result<bool> {
    loop {
        let bytes = reader.fill_buf()?;
        let padding = bytes.iter().take_while(|byte| **byte == 0).count();
        match bytes.get(padding) {
            None if bytes.is_empty() => return Ok(false),
            None => reader.consume(padding),
            Some(&first) if begins(first) => {
                reader.consume(padding);
                return Ok(true);
            }
            Some(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, GARBAGE)),
        }
    }
}

/// What tests of the parts have in common.
#[cfg(test)]
pub(crate) mod tests {
    use std::io::{BufReader, Cursor, Read};
    use std::sync::Arc;

    use super::GARBAGE;
    use crate::source::Raw;

    /// What is decoded of the parts, read with buffers of several sizes, and what is said in the end.
    #[track_caller]
    fn decoded<R: Read>(open: impl Fn(BufReader<Raw>) -> R, parts: &[&[u8]]) -> (String, String) {
        let bytes = parts.concat();
        let by = |room: usize| {
            let mut text = Vec::new();
            let raw = Raw::new(Vec::new(), Box::new(Cursor::new(bytes.clone())), Arc::default());
            let ended = open(BufReader::with_capacity(room, raw)).read_to_end(&mut text);
            let error = ended.err().map_or_else(String::new, |e| e.to_string());
            (String::from_utf8(text).unwrap(), error)
        };
        let whole = by(1 << 16);
        assert_eq!(by(1), whole);
        assert_eq!(by(7), whole);
        whole
    }

    /// Asserts what every format of several parts does with them; `part` makes one.
    pub(crate) fn parts_follow_each_other<R: Read>(
        open: impl Fn(BufReader<Raw>) -> R,
        part: impl Fn(&[u8]) -> Vec<u8>,
    ) {
        let (a, b, none) = (part(b"one "), part(b"two"), part(b""));
        let decoded = |parts: &[&[u8]]| decoded(&open, parts);
        let both = || ("one two".to_owned(), String::new());
        assert_eq!(decoded(&[&a, &none, &b, &none]), both());
        assert_eq!(decoded(&[&none]), (String::new(), String::new()));
        for zeros in [1, 512, 100_000] {
            let padding = vec![0; zeros];
            assert_eq!(decoded(&[&a, &b, &padding]), both());
            assert_eq!(decoded(&[&a, &padding, &b, &padding]), both());
        }
        for rest in [&b"{}\n"[..], b"\0\0x", b"\0 \0"] {
            assert_eq!(decoded(&[&a, rest]), ("one ".into(), GARBAGE.into()));
        }
        let odd = [&a[..1], b"{}"].concat();
        for rest in [&odd, &a[..5], &a[..a.len() - 1], &[0, a[0]]] {
            let (text, error) = decoded(&[&a, rest]);
            assert!(text.starts_with("one ") && !error.is_empty(), "{text} {error}");
        }
    }
}
