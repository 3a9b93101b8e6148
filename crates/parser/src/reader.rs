//! The token reader: a record to its token list, in one pass over what is not within strings.
//!
//! The index knows where strings end, so that the reader only looks at what stands between them, a byte at a
//! time, and jumps over the rest. Strings without escapes are lent out as they stand in the record. What
//! breaks the grammar or a limit is refused without a word: the reference reader decides, and words the
//! error.

use crate::index::Index;
use crate::json::Outcome;
use crate::limits::{MAX_DEPTH, MAX_KEYS};
use crate::reference::{number, string};
use crate::token::{Extent, Token, TokenKind};

/// The reader with its buffers, reused from record to record.
#[derive(Debug)]
pub(crate) struct TokenReader {
    index: Index,
    open: Vec<Container>,
}

/// An array or object that is not closed yet.
#[derive(Debug, Clone, Copy)]
struct Container {
    /// Index of its token.
    token: u32,
    /// Members or elements begun.
    len: u32,
    is_object: bool,
}

impl TokenReader {
    pub(crate) fn new() -> Self {
        Self { index: Index::new(), open: Vec::new() }
    }

    /// Reads `raw` into `tokens`, which is empty. `scratch` is overwritten and lends the tokens those strings
    /// that have escapes.
    pub(crate) fn read<'a>(
        &mut self,
        raw: &'a [u8],
        scratch: &'a mut Vec<u8>,
        tokens: &mut Vec<Token<'a>>,
    ) -> Outcome {
        let Some(text) = self.index.build(raw) else { return Outcome::Refused };
        if scratch.len() < raw.len() && self.index.has_escapes() {
            scratch.resize(raw.len(), 0);
        }
        self.open.clear();
        let (index, open) = (&self.index, &mut self.open);
        let mut reading = Reading { raw, text, index, open, scratch, tokens, at: 0, compact: true };
        match reading.document() {
            Some(()) => Outcome::Read { compact: reading.compact },
            None => Outcome::Refused,
        }
    }
}

/// One record being read. A method that returns None refuses the record.
struct Reading<'a, 'r> {
    raw: &'a [u8],
    text: &'a str,
    index: &'r Index,
    open: &'r mut Vec<Container>,
    /// What is left of the scratch memory; as long as all that is still to be read, where escapes come.
    scratch: &'a mut [u8],
    tokens: &'r mut Vec<Token<'a>>,
    at: usize,
    compact: bool,
}

impl<'a> Reading<'a, '_> {
    fn document(&mut self) -> Option<()> {
        self.next_byte();
        self.value()?;
        while let Some(container) = self.open.last_mut() {
            let (is_object, is_first) = (container.is_object, container.len == 0);
            let close = if is_object { b'}' } else { b']' };
            let mut byte = self.next_byte();
            if byte == close {
                self.close();
                continue;
            }
            if !is_first {
                if byte != b',' {
                    return None;
                }
                self.at += 1;
                byte = self.next_byte();
            }
            self.element()?;
            if is_object {
                if byte != b'"' {
                    return None;
                }
                self.string()?;
                if self.next_byte() != b':' {
                    return None;
                }
                self.at += 1;
                self.next_byte();
            }
            self.value()?;
        }
        self.next_byte();
        (self.at == self.raw.len()).then_some(())
    }

    /// Counts one more member or element of the innermost container.
    fn element(&mut self) -> Option<()> {
        let container = self.open.last_mut()?;
        container.len += 1;
        (!container.is_object || container.len as usize <= MAX_KEYS).then_some(())
    }

    /// The next byte that is no white space; 0 at the end, which no caller expects.
    #[inline]
    fn next_byte(&mut self) -> u8 {
        let byte = self.raw.get(self.at).copied().unwrap_or(0);
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') { self.skip_blanks() } else { byte }
    }

    #[cold]
    fn skip_blanks(&mut self) -> u8 {
        self.compact = false;
        let rest = &self.raw[self.at..];
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += rest.iter().position(|byte| !is_blank(byte)).unwrap_or(rest.len());
        self.raw.get(self.at).copied().unwrap_or(0)
    }

    /// Reads a scalar, or the opening bracket of a container.
    #[inline]
    fn value(&mut self) -> Option<()> {
        match self.raw.get(self.at)? {
            b'"' => self.string(),
            b'{' => self.begin(true),
            b'[' => self.begin(false),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word(b"true", TokenKind::Bool(true)),
            b'f' => self.word(b"false", TokenKind::Bool(false)),
            b'n' => self.word(b"null", TokenKind::Null),
            _ => None,
        }
    }

    fn begin(&mut self, is_object: bool) -> Option<()> {
        if self.open.len() >= MAX_DEPTH {
            return None;
        }
        self.open.push(Container { token: self.tokens.len() as u32, len: 0, is_object });
        // A place that is filled in when the container closes and its extent is known.
        self.tokens.push(Token { at: self.at as u32, kind: TokenKind::Null });
        self.at += 1;
        Some(())
    }

    fn close(&mut self) {
        self.at += 1;
        let Some(Container { token, len, is_object }) = self.open.pop() else { return };
        let extent = Extent { len, next: self.tokens.len() as u32, end: self.at as u32 };
        self.tokens[token as usize].kind =
            if is_object { TokenKind::Object(extent) } else { TokenKind::Array(extent) };
    }

    fn word(&mut self, word: &[u8], kind: TokenKind<'a>) -> Option<()> {
        if !self.raw[self.at..].starts_with(word) {
            return None;
        }
        self.tokens.push(Token { at: self.at as u32, kind });
        self.at += word.len();
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let (len, fault) = number::scan(&self.raw[self.at..]);
        if fault.is_some() {
            return None;
        }
        let at = self.at as u32;
        self.at += len;
        self.tokens.push(Token { at, kind: TokenKind::Number { end: self.at as u32 } });
        Some(())
    }

    /// Reads a string, or a key, that begins at the next byte.
    #[inline]
    fn string(&mut self) -> Option<()> {
        let start = self.at + 1;
        let (end, has_escapes) = self.index.string_from(self.raw, start)?;
        let text = if has_escapes { self.unescaped(start, end)? } else { self.text.get(start..end)? };
        if self.index.has_controls() && self.raw[start..end].iter().any(|&byte| byte < b' ') {
            return None;
        }
        self.tokens.push(Token { at: self.at as u32, kind: TokenKind::String(text) });
        self.at = end + 1;
        Some(())
    }

    #[cold]
    fn unescaped(&mut self, start: usize, end: usize) -> Option<&'a str> {
        let (copy, rest) = std::mem::take(&mut self.scratch).split_at_mut(end - start);
        self.scratch = rest;
        copy.copy_from_slice(&self.raw[start..end]);
        string::decode(copy, true).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reference;
    use crate::tape::TapeReader;

    fn read(text: &str) -> (Outcome, String) {
        let mut tokens = Vec::new();
        let mut scratch = Vec::new();
        let outcome = TokenReader::new().read(text.as_bytes(), &mut scratch, &mut tokens);
        (outcome, format!("{tokens:?}"))
    }

    fn read_by_reference(text: &str) -> Option<String> {
        let mut copy = text.as_bytes().to_vec();
        let mut tokens = Vec::new();
        reference::read(&mut copy, MAX_DEPTH, MAX_KEYS, &mut tokens).ok()?;
        Some(format!("{tokens:?}"))
    }

    fn check(text: &str) {
        let (outcome, tokens) = read(text);
        let expected = read_by_reference(text);
        assert_eq!(outcome != Outcome::Refused, expected.is_some(), "{text}");
        if let Some(expected) = expected {
            assert_eq!(tokens, expected, "{text}");
        }
        // simd-json refuses some of what JSON allows, and never the other way round.
        // Records come without white space behind them, and it does not look for any there.
        let text = text.trim_end_matches([' ', '\t', '\n', '\r']);
        let (mut copy, mut tape_tokens) = (Vec::new(), Vec::new());
        let by_tape = TapeReader::new().read(text.as_bytes(), &mut copy, &mut tape_tokens);
        if by_tape != Outcome::Refused {
            assert_eq!(read(text), (by_tape, format!("{tape_tokens:?}")), "{text}");
        }
    }

    #[test]
    fn tokens_are_those_of_the_reference_reader() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        for text in [
            "",
            " ",
            "{}",
            "[]",
            "{",
            "[",
            "}",
            "]",
            "[1,2,[],{}]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1 ,\"b\" : [ ] }",
            "{a:1}",
            "{\"a\" 1}",
            "{,}",
            "tru",
            "true1",
            "nulll",
            "[true,false,null]",
            "-",
            "01",
            "1.",
            "-0.0e+1",
            "1e400",
            "123456789012345678901234567890",
            "\"\\u00e9\\n\"",
            "\"\\ud800\"",
            "\"\\ud83d\\ude00\"",
            "\"\\x\"",
            "\"a\tb\"",
            "\"é\"",
            "\"",
            "\"\\\"",
            "{\"\\u0061\":\"\\\\\",\"b\":\"\\\"\"}",
            "{} {}",
            "{}x",
            "\u{feff}{}",
            "[\"a\"\u{b}]",
            "\n{}\r\n",
        ] {
            check(text);
        }
        check(&deep(MAX_DEPTH));
        check(&deep(MAX_DEPTH + 1));
        let keys = |count: usize| format!("{{{}}}", vec!["\"k\":0"; count].join(","));
        check(&keys(MAX_KEYS));
        check(&keys(MAX_KEYS + 1));
        assert_eq!(read("{\"a\":1}").0, Outcome::Read { compact: true });
        assert_eq!(read("{\"a\": 1}").0, Outcome::Read { compact: false });
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [&b"\"\xff\""[..], b"\"\xc3\"", b"\"\xed\xa0\x80\"", b"\"\\u00\xc3\xa9\""] {
            let (mut scratch, mut tokens) = (Vec::new(), Vec::new());
            assert_eq!(TokenReader::new().read(bytes, &mut scratch, &mut tokens), Outcome::Refused);
        }
    }

    proptest! {
        #[test]
        fn documents_with_faults_are_read_as_the_reference_reader_does(
            value in json(),
            fault in prop::option::of((any::<prop::sample::Index>(), any::<char>())),
            blanks in any::<bool>(),
        ) {
            let text =
                if blanks { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let mut text: Vec<char> = text.unwrap().chars().collect();
            if let Some((at, by)) = fault {
                let at = at.index(text.len());
                text[at] = by;
            }
            check(&text.into_iter().collect::<String>());
        }

        #[test]
        fn soups_of_tokens_are_read_as_the_reference_reader_does(
            soup in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "1", "-", "0", ".5", "true", " ",
                    "\\", "\\u00", "\\\"", "é", "\t", "null,",
                ]),
                0..40,
            ),
        ) {
            check(&soup.concat());
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1e9..1e9).prop_map(|number: f64| number.into()),
            ".{0,90}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((".{0,70}", inner), 0..6)
                    .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }
}
