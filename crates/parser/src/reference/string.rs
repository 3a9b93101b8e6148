//! Strings: where they end, and what their escapes stand for.

use std::str;

/// What is wrong with a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: &'static str,
    /// Offset from the first byte after the opening quote.
    pub(crate) at: usize,
}

/// The reach of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw {
    /// Bytes between the quotes.
    pub(crate) len: usize,
    /// Whether there are escapes among them.
    pub(crate) escaped: bool,
}

/// Finds the closing quote of a string; `bytes` begins after its opening one.
pub(crate) fn scan(bytes: &[u8]) -> Result<Raw, Fault> {
    let mut at = 0;
    let mut escaped = false;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let found = memchr::memchr2(b'"', b'\\', rest);
        let plain = &rest[..found.unwrap_or(rest.len())];
        if let Some(control) = plain.iter().position(|byte| *byte < b' ') {
            let message = "a string holds a control character that is not escaped";
            return Err(Fault { message, at: at + control });
        }
        let Some(found) = found else {
            return Err(Fault { message: "a string has no closing quote", at: bytes.len() });
        };
        at += found;
        if bytes[at] == b'"' {
            return Ok(Raw { len: at, escaped });
        }
        escaped = true;
        // The character after the backslash, whatever it is, cannot end the string.
        at += 2;
    }
}

/// Resolves the escapes of what stands between two quotes, in place, and checks its UTF-8.
pub(crate) fn decode(raw: &mut [u8], escaped: bool) -> Result<&str, Fault> {
    let not_utf8 = |at| Fault { message: "a string is not valid UTF-8", at };
    if !escaped {
        let raw: &[u8] = raw;
        return simdutf8::compat::from_utf8(raw).map_err(|error| not_utf8(error.valid_up_to()));
    }
    // Before unescaping, so that the offset is that of the document.
    simdutf8::compat::from_utf8(raw).map_err(|error| not_utf8(error.valid_up_to()))?;
    let len = unescape(raw)?;
    let raw: &[u8] = raw;
    str::from_utf8(&raw[..len]).map_err(|_| not_utf8(0))
}

/// Moves the text together over its escapes and returns its new length. An escape is never shorter than what
/// it stands for.
fn unescape(raw: &mut [u8]) -> Result<usize, Fault> {
    let (mut from, mut to) = (0, 0);
    while let Some(plain) = memchr::memchr(b'\\', &raw[from..]) {
        raw.copy_within(from..from + plain, to);
        from += plain;
        to += plain;
        let (character, len) = escape(&raw[from..]).map_err(|message| Fault { message, at: from })?;
        to += character.encode_utf8(&mut raw[to..to + len]).len();
        from += len;
    }
    let rest = raw.len() - from;
    raw.copy_within(from.., to);
    Ok(to + rest)
}

/// The character that the escape at the start of `bytes` stands for, and the escape's length.
fn escape(bytes: &[u8]) -> Result<(char, usize), &'static str> {
    let short = match bytes.get(1) {
        Some(b'u') => return unicode_escape(bytes),
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        _ => return Err("a backslash is followed by a character that makes no escape"),
    };
    Ok((short, 2))
}

/// Reads `\uXXXX`, or a pair of them where the first is a high surrogate.
fn unicode_escape(bytes: &[u8]) -> Result<(char, usize), &'static str> {
    let unit = code_unit(bytes).ok_or("`\\u` is not followed by four hexadecimal digits")?;
    if let Some(character) = char::from_u32(unit) {
        return Ok((character, 6));
    }
    let low = if unit < 0xDC00 { code_unit(&bytes[6..]) } else { None };
    low.filter(|low| (0xDC00..0xE000).contains(low))
        .and_then(|low| char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00)))
        .map(|character| (character, 12))
        .ok_or("a surrogate stands alone; an escape above U+FFFF needs both halves")
}

/// The number in a `\uXXXX` at the start of `bytes`, if there is one.
fn code_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(raw: &str) -> Result<String, usize> {
        let mut bytes = raw.as_bytes().to_vec();
        decode(&mut bytes, true).map(str::to_owned).map_err(|fault| fault.at)
    }

    #[test]
    fn the_closing_quote_is_the_first_one_that_is_not_escaped() {
        assert_eq!(scan(b"\" rest"), Ok(Raw { len: 0, escaped: false }));
        assert_eq!(scan(b"ab\","), Ok(Raw { len: 2, escaped: false }));
        assert_eq!(scan(br#"a\"b\\","#), Ok(Raw { len: 6, escaped: true }));
        for open in [&b""[..], b"abc", b"abc\\", b"abc\\\""] {
            assert_eq!(scan(open).unwrap_err().at, open.len());
        }
        assert_eq!(scan(b"ab\x1fc\"").unwrap_err().at, 2);
    }

    #[test]
    fn escapes_become_characters() {
        let all = r#"\"\\\/\b\f\n\r\t"#;
        assert_eq!(decoded(all).as_deref(), Ok("\"\\/\u{8}\u{c}\n\r\t"));
        assert_eq!(decoded(r"x\u0041y\u00E9\u20acz\u0000").as_deref(), Ok("xAyé€z\0"));
        assert_eq!(decoded(r"\ud83d\uDE00\uFFFF\ud7ff\ue000").as_deref(), Ok("😀\u{ffff}\u{d7ff}\u{e000}"));
        assert_eq!(decoded("ohne").as_deref(), Ok("ohne"));
    }

    #[test]
    fn what_is_no_escape_is_refused_where_it_stands() {
        let cases = [
            (r"ab\x", 2),
            (r"\", 0),
            (r"\é", 0),
            (r"\u", 0),
            (r"\u12", 0),
            (r"\u12g4", 0),
            (r"\u+123", 0),
            (r"a\U0041", 1),
            (r"a\ud800", 1),
            (r"a\udc00", 1),
            (r"a\ud800b", 1),
            (r"a\ud800\n", 1),
            (r"a\ud800\u0041", 1),
            (r"a\ud800\ud800\udc00", 1),
            (r"a\udc00\ud800", 1),
        ];
        for (raw, at) in cases {
            assert_eq!(decoded(raw), Err(at), "{raw}");
        }
    }
}
