//! JSON as text: values cut out of a record without their insignificant white space.

use memchr::{memchr, memchr2};

/// Appends `json`, a valid JSON value, without the white space between its tokens. Spelling of numbers,
/// escapes and order of keys stay.
pub(crate) fn minify(json: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(quote) = memchr(b'"', &json[at..]) {
        let start = at + quote;
        push_without_blanks(&json[at..start], out);
        let end = string_end(json, start);
        out.extend_from_slice(&json[start..end]);
        at = end;
    }
    push_without_blanks(&json[at..], out);
}

fn push_without_blanks(between: &[u8], out: &mut Vec<u8>) {
    out.extend(between.iter().filter(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r')));
}

/// Offset one past the closing quote of the string that opens at `start`.
pub(crate) fn string_end(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = json.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if json[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    json.len()
}

/// Appends `text` as the inside of a JSON string.
pub(crate) fn escape(text: &str, out: &mut Vec<u8>) {
    for &byte in text.as_bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0..=0x1f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
}

/// Appends one reference token of a JSON Pointer (RFC 6901), escaped for the JSON string it stands in.
pub(crate) fn pointer_token(name: &str, out: &mut Vec<u8>) {
    if name.contains(['~', '/']) {
        escape(&name.replace('~', "~0").replace('/', "~1"), out);
    } else {
        escape(name, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blanks_between_tokens_go() {
        for (given, kept) in [
            ("{ \"a b\" : [ 1.0 , -0, 1e400 ] }", "{\"a b\":[1.0,-0,1e400]}"),
            ("\"\\\" \\\\\"", "\"\\\" \\\\\""),
            ("{\n\t\"k\\u0041 \": null\r\n}", "{\"k\\u0041 \":null}"),
            ("  7 ", "7"),
        ] {
            let mut out = Vec::new();
            minify(given.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), kept);
        }
    }
}
