//! Inputs of a kind that holds no log, told by their first bytes.
//!
//! Read as lines they would become thousands of rejects, none of which says what is wrong.

/// Decoded bytes that are enough to tell.
pub(crate) const HEAD: usize = 512;

/// Bytes that no log has in that place, what an input is that has them, and what to do with it.
const KINDS: [(usize, &[u8], &str, &str); 14] = [
    (0, b"\x1f\x8b\x08", "compressed twice, by gzip", "decompress it once, with `gunzip`"),
    (0, b"\x28\xb5\x2f\xfd", "compressed twice, by zstd", "decompress it once, with `unzstd`"),
    (0, b"PK\x03\x04", "a zip archive", UNPACK),
    (0, b"PK\x05\x06", "an empty zip archive", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (257, b"ustar\0", "a tar archive", UNPACK),
    (257, b"ustar  \0", "a tar archive", UNPACK),
    // `BZh` and a digit come before.
    (4, b"1AY&SY", "compressed by bzip2", "decompress it first, with `bunzip2`"),
    (0, b"\xfd7zXZ\x00", "compressed by xz", "decompress it first, with `unxz`"),
    (0, b"\x04\x22\x4d\x18", "compressed by lz4", "decompress it first, with `unlz4`"),
    (0, b"PAR1\x15", "a Parquet file", "query it as it is, or write its rows as lines of JSON first"),
    // Begins like UTF-16 too, so that it comes first.
    (0, b"\xff\xfe\0\0", "text in UTF-32", "convert it to UTF-8, e.g. `iconv -f UTF-32 -t UTF-8`"),
    (0, b"\xff\xfe", "text in UTF-16", UTF_16),
    (0, b"\xfe\xff", "text in UTF-16", UTF_16),
];

const UNPACK: &str = "unpack it, and convert the files in it";
const UTF_16: &str = "convert it to UTF-8, e.g. `iconv -f UTF-16 -t UTF-8`";

/// Says what an input is that begins with these decoded bytes, if it can hold no log.
pub(crate) fn describe(head: &[u8]) -> Option<String> {
    let begins = |at: usize, magic: &[u8]| head.get(at..).is_some_and(|head| head.starts_with(magic));
    let (_, _, what, advice) = KINDS.iter().find(|(at, magic, ..)| begins(*at, magic))?;
    Some(format!("the input is {what}, and was not read; {advice}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_kinds_by_their_bytes() {
        let is = |head: &[u8], what: &str| {
            assert!(
                describe(head).unwrap().starts_with(&format!("the input is {what}, and was")),
                "{head:?}"
            );
        };
        is(b"PK\x03\x04\x14", "a zip archive");
        is(b"BZh91AY&SY\0", "compressed by bzip2");
        is(b"\xff\xfe{\x00", "text in UTF-16");
        is(b"\xfe\xff\x00{", "text in UTF-16");
        is(b"\xff\xfe\x00\x00{\x00\x00\x00", "text in UTF-32");
        is(&[&[b'x'; 257][..], b"ustar  \0"].concat(), "a tar archive");
    }

    #[test]
    fn takes_no_text_for_another_kind() {
        for text in
            ["", "{}", "PAR1,2", "PK,1", "7z", "BZh", "\u{feff}{}", &"x".repeat(257), &"ustar ".repeat(99)]
        {
            assert_eq!(describe(text.as_bytes()), None, "{text}");
        }
    }
}
