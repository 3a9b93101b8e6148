//! Passing over a JSON value that is kept as it stands, and making sure that it is one.

use crate::index::Index;
use crate::json_text::minify;
use crate::limits::MAX_DEPTH;
use crate::reference::{number, string};

/// A JSON value without blanks, and the offset behind it in the record.
pub(super) struct Value<'t> {
    pub(super) json: &'t str,
    pub(super) end: usize,
}

/// The JSON value at `at` of `record`, where [`skip`] finds one; in `memory`, if it has blanks.
#[inline]
pub(super) fn json_at<'t>(
    record: &'t str,
    at: usize,
    index: &Index,
    outer: usize,
    memory: &'t mut Vec<u8>,
) -> Option<Value<'t>> {
    let Skipped { end, has_blanks } = skip(record.as_bytes(), at, index, outer, memory)?;
    let mut json = record.get(at..end)?;
    if has_blanks {
        memory.clear();
        minify(json.as_bytes(), memory);
        json = str::from_utf8(memory).ok()?;
    }
    Some(Value { json, end })
}

/// A value that was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Skipped {
    /// Offset behind it.
    end: usize,
    /// Whether blanks stand between its tokens.
    has_blanks: bool,
}

/// Passes over the JSON value at `at` of `record`; None where there is none, or where nesting or escapes need
/// a closer look. `outer` is how deep the value stands, `scratch` memory for escapes.
fn skip(record: &[u8], at: usize, index: &Index, outer: usize, scratch: &mut Vec<u8>) -> Option<Skipped> {
    let mut tokens = Tokens { record, index, scratch, has_blanks: false };
    // One bit for each open container, the innermost lowest: whether it is an object.
    let (mut objects, mut depth) = (0u128, 0);
    let (mut first, mut at) = (*record.get(at)?, at);
    loop {
        match first {
            b'"' => at = tokens.behind_string(at)?,
            b'{' | b'[' => {
                depth += 1;
                if outer + depth > MAX_DEPTH {
                    return None;
                }
                let is_object = first == b'{';
                objects = objects << 1 | u128::from(is_object);
                (first, at) = tokens.next(at + 1)?;
                if first != if is_object { b'}' } else { b']' } {
                    if is_object {
                        (first, at) = tokens.behind_key(first, at)?;
                    }
                    continue;
                }
            }
            b't' if record[at..].starts_with(b"true") => at += 4,
            b'f' if record[at..].starts_with(b"false") => at += 5,
            b'n' if record[at..].starts_with(b"null") => at += 4,
            b'-' | b'0'..=b'9' => {
                let (len, fault) = number::scan(&record[at..]);
                if fault.is_some() {
                    return None;
                }
                at += len;
            }
            _ => return None,
        }
        // Behind a value, or at the end of an empty container.
        loop {
            if depth == 0 {
                return Some(Skipped { end: at, has_blanks: tokens.has_blanks });
            }
            (first, at) = tokens.next(at)?;
            let is_object = objects & 1 == 1;
            match first {
                b'}' if is_object => {}
                b']' if !is_object => {}
                b',' => {
                    (first, at) = tokens.next(at + 1)?;
                    if is_object {
                        (first, at) = tokens.behind_key(first, at)?;
                    }
                    break;
                }
                _ => return None,
            }
            at += 1;
            objects >>= 1;
            depth -= 1;
        }
    }
}

/// The tokens of a value. Of each the first byte is handed out, and its offset.
struct Tokens<'r> {
    record: &'r [u8],
    index: &'r Index,
    scratch: &'r mut Vec<u8>,
    /// Whether blanks stood between them.
    has_blanks: bool,
}

impl Tokens<'_> {
    /// The first one at `at` or behind it.
    #[inline]
    fn next(&mut self, at: usize) -> Option<(u8, usize)> {
        let first = *self.record.get(at)?;
        if first > b' ' { Some((first, at)) } else { self.behind_blanks(at) }
    }

    #[cold]
    fn behind_blanks(&mut self, at: usize) -> Option<(u8, usize)> {
        self.has_blanks = true;
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let blanks = self.record[at..].iter().position(|byte| !is_blank(byte))?;
        Some((self.record[at + blanks], at + blanks))
    }

    /// The one behind a key and its colon.
    #[inline]
    fn behind_key(&mut self, first: u8, at: usize) -> Option<(u8, usize)> {
        if first != b'"' {
            return None;
        }
        let end = self.behind_string(at)?;
        let (colon, at) = self.next(end)?;
        if colon == b':' { self.next(at + 1) } else { None }
    }

    /// Offset behind the string at `at`.
    #[inline]
    fn behind_string(&mut self, at: usize) -> Option<usize> {
        let (end, has_escapes) = self.index.string_from(self.record, at + 1)?;
        if has_escapes {
            self.unescape(at + 1, end)?;
        }
        Some(end + 1)
    }

    /// Looks whether escapes are right.
    #[cold]
    fn unescape(&mut self, start: usize, end: usize) -> Option<()> {
        let escaped = self.record.get(start..end).filter(|text| !has_controls(text))?;
        self.scratch.clear();
        self.scratch.extend_from_slice(escaped);
        string::decode(self.scratch, true).ok().map(|_| ())
    }
}

/// Whether a text has what no string may hold.
pub(super) fn has_controls(text: &[u8]) -> bool {
    text.iter().any(|byte| *byte < b' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) {
        let mut index = Index::new();
        index.build_record(text.as_bytes());
        let skipped = skip(text.as_bytes(), 0, &index, 0, &mut Vec::new());
        let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
        match skipped {
            Some(Skipped { end, has_blanks }) => {
                let value = &text[..end];
                assert!(is_json(value) && value.trim_end() == value, "{text}");
                let mut minified = Vec::new();
                minify(value.as_bytes(), &mut minified);
                assert_eq!(has_blanks, minified != value.as_bytes(), "{text}");
            }
            // A value begins at once.
            None => assert!(!is_json(text) || text.starts_with([' ', '\n']), "{text}"),
        }
    }

    #[test]
    fn a_value_ends_where_it_ends() {
        for text in [
            "{}",
            "[]",
            "[[],{}]",
            "{\"a\":[1,-2.5e3,true,false,null,\"x\\n\\u00e9\"],\"b\":{}}",
            "1",
            "\"\\\\\"",
            "",
            "{",
            "[",
            "]",
            "[1,]",
            "[,]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "[1 2]",
            "[}",
            "{]",
            "tru",
            "\"\\x\"",
            "\"\\ud800\"",
            "01",
            "-",
            "[1]]",
            "{} ",
            "[ 1]",
            " 1",
            "{\n\t\"a\":\r\n1 }",
            "\"a\tb\"",
            "[ ]",
            "{ }",
            "{ \"a b\" : { } , \"c\":[ 1 ,2] }",
            "{\"a\" \"b\"}",
            "[1 , ]",
            "\"",
            "[\"a\"\"b\"]",
        ] {
            check(text);
        }
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        let skipped = |text: &str, outer| {
            let mut index = Index::new();
            index.build(text.as_bytes());
            skip(text.as_bytes(), 0, &index, outer, &mut Vec::new()).map(|skipped| skipped.end)
        };
        assert_eq!(skipped(&deep(MAX_DEPTH - 3), 3), Some(2 * (MAX_DEPTH - 3)));
        assert_eq!(skipped(&deep(MAX_DEPTH - 2), 3), None);
    }

    proptest! {
        #[test]
        fn soups_of_tokens_are_skipped_as_serde_json_does(
            soup in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "[", "]", ",", ":", "\"\"", "\"a\"", "\"a\":", "1", "-0", ".5", "true",
                    "\\\"", "é", " ", "\n\t",
                    "null",
                ]),
                1..30,
            ),
        ) {
            check(&soup.concat());
        }
    }
}
