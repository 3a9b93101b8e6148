//! Inputs of a kind that holds no log, told by their first bytes.
//!
//! Read as lines they would become thousands of rejects, none of which says what is wrong.

/// Decoded bytes that are enough to tell.
pub(crate) const HEAD: usize = 512;

/// Decoded bytes of what begins like markup, in which no line may begin like JSON. Dumps that are put
/// together from downloads may begin with a server's answer to one that failed.
pub(crate) const MARKUP_HEAD: usize = 64 << 10;

/// A kind of input.
struct Kind {
    what: &'static str,
    /// How to get at what it holds.
    advice: &'static str,
    /// Bytes that no log has in that place; one of them is enough.
    marks: &'static [(usize, &'static [u8])],
}

const ZIP: &[u8] = b"PK\x03\x04";

/// What the first file in a zip archive is called that is a sheet, a text or slides of Office.
const OF_OFFICE: [&[u8]; 6] = [b"[Content_Types].xml", b"docProps/", b"_rels/", b"xl/", b"word/", b"ppt/"];

/// The kinds, in an order in which those whose mark may belong to another one come first.
const KINDS: &[Kind] = &[
    kind("compressed twice, by gzip", "decompress it once, with `gunzip`", &[(0, b"\x1f\x8b\x08")]),
    kind("compressed twice, by zstd", "decompress it once, with `unzstd`", &[(0, b"\x28\xb5\x2f\xfd")]),
    // `BZh` and a digit come before.
    kind("compressed by bzip2", "decompress it first, with `bunzip2`", &[(4, b"1AY&SY")]),
    kind("compressed by xz", "decompress it first, with `unxz`", &[(0, b"\xfd7zXZ\x00")]),
    kind(
        "compressed by lz4",
        "decompress it first, with `unlz4`",
        &[(0, b"\x04\x22\x4d\x18"), (0, b"\x02\x21\x4c\x18")],
    ),
    kind("compressed by snappy", "decompress it first, with `snzip -d`", &[(0, b"\xff\x06\0\0sNaPpY")]),
    kind("compressed by compress", "decompress it first, with `gunzip`", &[(0, b"\x1f\x9d")]),
    kind("an Office document", SHEET, &[(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")]),
    kind("a zip archive", UNPACK, &[(0, ZIP)]),
    kind("an empty zip archive", "look whether it was written whole", &[(0, b"PK\x05\x06")]),
    kind("a 7z archive", UNPACK, &[(0, b"7z\xbc\xaf\x27\x1c")]),
    kind("a rar archive", UNPACK, &[(0, b"Rar!\x1a\x07")]),
    kind("a tar archive", UNPACK, &[(257, b"ustar\0"), (257, b"ustar  \0")]),
    kind("a Parquet file", TABLE, &[(0, b"PAR1\x15")]),
    kind("an Arrow file", TABLE, &[(0, b"ARROW1\0\0")]),
    kind(
        "an encrypted Parquet file",
        "decrypt it where the keys are, and write its rows as lines of JSON",
        &[(0, b"PARE\x15")],
    ),
    kind("an Avro file", "write its records as lines of JSON, e.g. `avro-tools tojson`", &[(0, b"Obj\x01")]),
    kind("a SQLite database", "write its tables as JSON, e.g. `sqlite3 -json`", &[(0, b"SQLite format 3\0")]),
    kind(
        "a Windows event log",
        "write its events as lines of JSON, e.g. `evtx_dump -o jsonl`",
        &[(0, b"ElfFile\0")],
    ),
    kind(
        "a journal of systemd",
        "write it as lines of JSON, with `journalctl -o json --file`",
        &[(0, b"LPKSHHRH")],
    ),
    kind(
        "a capture of packets",
        "write its packets as JSON, e.g. `tshark -T json -r`",
        &[
            (0, b"\xd4\xc3\xb2\xa1"),
            (0, b"\xa1\xb2\xc3\xd4"),
            (0, b"\x4d\x3c\xb2\xa1"),
            (0, b"\xa1\xb2\x3c\x4d"),
            // In pcapng line breaks and a length come before.
            (8, b"\x4d\x3c\x2b\x1a"),
            (8, b"\x1a\x2b\x3c\x4d"),
        ],
    ),
    kind("a PDF document", "ask for the log as text or JSON", &[(0, b"%PDF-")]),
    kind("an image", SLIP, &[(0, b"\x89PNG\r\n\x1a\n"), (0, b"\xff\xd8\xff")]),
    kind("a program", SLIP, &[(0, b"\x7fELF"), (0, b"MZ\x90\0")]),
    // Begins like UTF-16 too, so that it comes first.
    kind(
        "text in UTF-32",
        "convert it to UTF-8, e.g. `iconv -f UTF-32 -t UTF-8`",
        &[(0, b"\xff\xfe\0\0"), (0, b"\0\0\xfe\xff")],
    ),
    kind(
        "text in UTF-16",
        "convert it to UTF-8, e.g. `iconv -f UTF-16 -t UTF-8`",
        &[(0, b"\xff\xfe"), (0, b"\xfe\xff")],
    ),
];

const UNPACK: &str = "unpack it, and convert the files in it";
const SHEET: &str = "save what it holds as CSV";
const TABLE: &str = "query it as it is, or write its rows as lines of JSON first";
const SLIP: &str = "look for a slip in the name of the input";

const OFFICE: Kind = kind("an Office document", SHEET, &[]);
const ORC: Kind = kind("an ORC file", "write its rows as lines of JSON, e.g. `orc-contents`", &[]);
const UTF_16LE: Kind = kind("text in UTF-16", "convert it to UTF-8, e.g. `iconv -f UTF-16LE -t UTF-8`", &[]);
const UTF_16BE: Kind = kind("text in UTF-16", "convert it to UTF-8, e.g. `iconv -f UTF-16BE -t UTF-8`", &[]);

const ZEROS: Kind = kind("nothing but zeros", "look whether what writes it had room on its disk", &[]);

const BEHIND_ZEROS: Kind = kind("compressed data behind zeros", "cut the zeros off first", &[]);

/// The kinds that no mark in one place tells.
const UNMARKED: &[Kind] = &[OFFICE, ORC, UTF_16LE, UTF_16BE, ZEROS, BEHIND_ZEROS];

/// What data begins with that is compressed in a way that is read.
const COMPRESSED: [&[u8]; 2] = [b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"];

/// Bytes behind zeros that are enough to tell.
pub(crate) const COMPRESSED_HEAD: usize = 4;

/// Markup, with the words that it begins with. Lines of text may begin so as well.
const MARKUP: &[(Kind, &[&[u8]])] = &[
    (
        kind("an HTML page", "look whether it is a server's answer to a download that failed", &[]),
        &[b"<!doctype html", b"<html"],
    ),
    (kind("an XML document", "write its events as lines of JSON first", &[]), &[b"<?xml"]),
];

const fn kind(what: &'static str, advice: &'static str, marks: &'static [(usize, &'static [u8])]) -> Kind {
    Kind { what, advice, marks }
}

impl Kind {
    fn told(&self) -> String {
        let Self { what, advice, .. } = self;
        format!("the input is {what}, and was not read; {advice}")
    }
}

/// Says what an input is that begins with these decoded bytes, if it can hold no log; `is_json_only` where it
/// cannot hold text either.
pub(crate) fn describe(head: &[u8], is_json_only: bool) -> Option<String> {
    let has = |&(at, mark): &(usize, &[u8])| head.get(at..).is_some_and(|head| head.starts_with(mark));
    let marked = || KINDS.iter().find(|kind| kind.marks.iter().any(has));
    let markup = || markup(head).filter(|_| is_json_only && !has_line_of_json(head));
    unmarked(head).or_else(marked).or_else(markup).map(Kind::told)
}

/// Says what an input is all of whose bytes are zeros.
pub(crate) fn describe_zeros() -> String {
    ZEROS.told()
}

/// Says what an input is that has so many zeros before these bytes, if they are compressed.
pub(crate) fn describe_behind_zeros(zeros: u64, rest: &[u8]) -> Option<String> {
    let is_compressed = zeros > 0 && COMPRESSED.iter().any(|magic| rest.starts_with(magic));
    is_compressed.then(|| format!("{}, with `tail -c +{}`", BEHIND_ZEROS.told(), zeros + 1))
}

/// What inputs are told to be, each kind once.
pub(crate) fn kinds() -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for Kind { what, .. } in KINDS.iter().chain(UNMARKED) {
        if kinds.iter().all(|known| known != what) {
            kinds.push((*what).to_owned());
        }
    }
    let of_json = MARKUP.iter().map(|(kind, _)| format!("{}, where every log type reads JSON", kind.what));
    kinds.extend(of_json);
    kinds
}

/// The kind of markup that the first word shows, whatever its case.
fn markup(head: &[u8]) -> Option<&'static Kind> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |word: &&[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    MARKUP.iter().find_map(|(kind, words)| words.iter().any(begins).then_some(kind))
}

/// Whether it takes as many bytes as [`MARKUP_HEAD`] to tell what begins so.
pub(crate) fn is_markup(head: &[u8]) -> bool {
    markup(head).is_some()
}

/// Whether a line behind the first one begins like JSON.
fn has_line_of_json(head: &[u8]) -> bool {
    let head = &head[..head.len().min(MARKUP_HEAD)];
    head.windows(2).any(|pair| matches!(pair, b"\n{" | b"\n["))
}

/// Kinds that it takes more than one mark to tell.
fn unmarked(head: &[u8]) -> Option<&'static Kind> {
    /// Characters of UTF-16 that are enough to tell.
    const CHARS: usize = 8;
    if head.starts_with(ZIP) {
        let name = head.get(30..).unwrap_or_default();
        return OF_OFFICE.iter().any(|of_office| name.starts_with(of_office)).then_some(&OFFICE);
    }
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 14..=26 | 28..=31);
    if head.starts_with(b"ORC") && head.iter().any(is_control) {
        return Some(&ORC);
    }
    // What is ASCII has a zero in each character.
    let (pairs, _) = head.as_chunks::<2>();
    let chars = pairs.get(..CHARS)?;
    let zeros_at = |at: usize| chars.iter().all(|pair| pair[at] == 0 && pair[1 - at] != 0);
    match (zeros_at(0), zeros_at(1)) {
        (_, true) => Some(&UTF_16LE),
        (true, _) => Some(&UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(head: &[u8], what: &str) {
        let told = describe(head, true).unwrap_or_default();
        assert!(told.starts_with(&format!("the input is {what}, and was not read; ")), "{told:?}");
    }

    #[test]
    fn tells_kinds_by_their_bytes() {
        is(b"PK\x03\x04\x14", "a zip archive");
        let first = |name: &str| [b"PK\x03\x04".as_slice(), &[0; 26], name.as_bytes()].concat();
        is(&first("xl/workbook.xml"), "an Office document");
        is(&first("events.json"), "a zip archive");
        is(b"BZh91AY&SY\0", "compressed by bzip2");
        is(&[&[b'x'; 257][..], b"ustar  \0"].concat(), "a tar archive");
        is(b"Obj\x01\x04\x14avro.codec", "an Avro file");
        is(b"ORC\x2c\0\0\x0a\x06", "an ORC file");
        is(b"SQLite format 3\0\x10", "a SQLite database");
        is(b"ElfFile\0\0\0", "a Windows event log");
        is(b"\x7fELF\x02", "a program");
        is(b"\xd4\xc3\xb2\xa1\x02\0", "a capture of packets");
        is(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", "an image");
        is(b"\xff\xd8\xff\xe0\0\x10JFIF", "an image");
        is(b"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a", "a capture of packets");
    }

    #[test]
    fn tells_encodings_with_and_without_a_byte_order_mark() {
        is(b"\xff\xfe{\x00", "text in UTF-16");
        is(b"\xfe\xff\x00{", "text in UTF-16");
        is(b"\xff\xfe\x00\x00{\x00\x00\x00", "text in UTF-32");
        is(b"\0\0\xfe\xff\0\0\0{", "text in UTF-32");
        let text = "id,name,when\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(describe(&little, false).unwrap().ends_with("`iconv -f UTF-16LE -t UTF-8`"));
        assert!(describe(&big, false).unwrap().ends_with("`iconv -f UTF-16BE -t UTF-8`"));
    }

    #[test]
    fn tells_markup_where_no_text_is_read() {
        for head in ["<!DOCTYPE html>", "<html lang='en'>", "\u{feff}\r\n <HTML>", "<!doctype HTML PUBLIC"] {
            is(head.as_bytes(), "an HTML page");
            assert_eq!(describe(head.as_bytes(), false), None, "{head}");
        }
        is(b"\xef\xbb\xbf<?XML version=\"1.0\"?>", "an XML document");
        for head in
            ["<134>1 2026-01-02T03:04:05Z host app - - -", "<", "<htm", "<Event/>", "{\"a\":\"<html>\"}"]
        {
            assert_eq!(describe(head.as_bytes(), true), None, "{head}");
        }
    }

    #[test]
    fn markup_with_json_behind_it_is_no_kind() {
        let page = "<html>\r\n<body>502 [1]{2}</body>\r\n</html>\r\n";
        is(page.as_bytes(), "an HTML page");
        for json in ["{\"id\":1}\n", "[\n"] {
            assert_eq!(describe(format!("{page}{json}").as_bytes(), true), None, "{json}");
            assert_eq!(describe(format!("<?xml?>\n{json}").as_bytes(), true), None, "{json}");
        }
        // However much was read.
        let long = format!("<html>{}\n{{", " ".repeat(MARKUP_HEAD));
        is(long.as_bytes(), "an HTML page");
    }

    #[test]
    fn kinds_are_listed_once() {
        let kinds = kinds();
        for kind in
            ["text in UTF-16", "nothing but zeros", "an XML document, where every log type reads JSON"]
        {
            assert_eq!(kinds.iter().filter(|known| *known == kind).count(), 1, "{kind} in {kinds:?}");
        }
        let distinct: std::collections::HashSet<_> = kinds.iter().collect();
        assert_eq!(distinct.len(), kinds.len());
    }

    #[test]
    fn every_kind_has_marks_and_one_sentence_of_advice() {
        let markup = MARKUP.iter().map(|(kind, _)| kind);
        for Kind { what, advice, marks } in KINDS.iter().chain(UNMARKED).chain(markup) {
            assert!(!advice.is_empty() && !advice.ends_with('.') && !advice.contains("; "), "{what}");
            assert!(marks.iter().all(|(at, mark)| mark.len() > 1 && at + mark.len() <= HEAD), "{what}");
        }
    }

    #[test]
    fn takes_no_text_for_another_kind() {
        for text in [
            "",
            "{}",
            "PAR1,2",
            "PK,1",
            "7z",
            "BZh",
            "ORC",
            "ORC 7 of 12\n\x1b[1mbold\x1b[0m\t\r\n",
            "Object,1",
            "MZ",
            "ElfFile",
            "SQLite format 3",
            "ARROW1",
            "\n\r\r\n{}",
            "{\0}\0",
            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0{}",
            "\u{feff}{}",
            "a line of 30 bytes before that/xl/docProps/",
            &"x".repeat(257),
            &"ustar ".repeat(99),
        ] {
            assert_eq!(describe(text.as_bytes(), true), None, "{text:?}");
        }
    }
}
