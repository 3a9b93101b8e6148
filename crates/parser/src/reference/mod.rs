//! The reference JSON reader: RFC 8259 to the letter, one byte after the other.
//!
//! The fast readers are measured against this one, and it takes over where they refuse what the product
//! accepts: integers of twenty digits, `1e400`, and whatever else is valid and unusual. It is written to be
//! read beside the grammar. The open containers lie on a stack of its own, so that nesting costs heap that a
//! limit bounds and never the call stack.
//!
//! Strings are unescaped in place: each one is split off the front of the copy that the caller hands in, so
//! that the tokens may borrow from it while reading goes on behind it. Numbers stay as they are written, and
//! the caller finds their spelling in the bytes that the copy was made from.

pub(crate) mod number;
pub(crate) mod string;

use std::{borrow::Cow, error::Error, fmt, mem};

use sawlog_columns::Code;

use crate::limits::MAX_TOKENS;
use crate::token::{Extent, Token, TokenKind};

/// Why a document is not accepted, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// `InvalidJson`, `TooDeep`, `TooManyKeys`, or `TooLarge` for a document of 4 GiB and more.
    pub code: Code,
    /// What is wrong, in words.
    pub message: Cow<'static, str>,
    /// Offset in the document of the first byte that cannot be accepted; its length where it ends too early.
    pub at: u32,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.message, self.at)
    }
}

impl Error for JsonError {}

/// What is expected behind a document.
pub(crate) const END: &str = "the end of the document";

/// Reads one whole JSON document, white space around it included, into `tokens`, which is emptied first.
///
/// `copy` is a copy of the document; its strings are unescaped in place. Every offset in a token counts in
/// the document as it was. Arrays and objects may stand `max_depth` levels deep (`[[]]` is two), and an
/// object may have `max_keys` members.
///
/// Returns an error for the first place at which the document breaks a rule; what `tokens` then holds is of
/// no use.
pub fn read<'a>(
    copy: &'a mut [u8],
    max_depth: usize,
    max_keys: usize,
    tokens: &mut Vec<Token<'a>>,
) -> Result<(), JsonError> {
    tokens.clear();
    let len = copy.len();
    if u32::try_from(len).is_err() {
        let message = "a document of 4 GiB or more cannot be read as one record".into();
        return Err(JsonError { code: Code::TooLarge, message, at: 0 });
    }
    let mut reader = Reader { rest: copy, len, open: Vec::new(), max_depth, max_keys, tokens };
    reader.skip_blanks();
    reader.value()?;
    while let Some(container) = reader.open.last().copied() {
        reader.step(container)?;
    }
    reader.skip_blanks();
    if reader.rest.is_empty() { Ok(()) } else { Err(reader.expected(END)) }
}

/// An array or object that is not closed yet.
#[derive(Debug, Clone, Copy)]
struct Container {
    /// Index of its token.
    token: usize,
    /// Members or elements read so far.
    len: u32,
    /// `]` or `}`.
    close: u8,
}

impl Container {
    fn is_object(self) -> bool {
        self.close == b'}'
    }
}

struct Reader<'a, 't> {
    /// What is still to be read.
    rest: &'a mut [u8],
    /// Length of the whole document.
    len: usize,
    open: Vec<Container>,
    max_depth: usize,
    max_keys: usize,
    tokens: &'t mut Vec<Token<'a>>,
}

impl<'a> Reader<'a, '_> {
    /// Offset of the next byte.
    fn at(&self) -> u32 {
        (self.len - self.rest.len()) as u32
    }

    /// Takes the next `count` bytes, or all where there are fewer.
    fn take(&mut self, count: usize) -> &'a mut [u8] {
        let rest = mem::take(&mut self.rest);
        let (taken, rest) = rest.split_at_mut(count.min(rest.len()));
        self.rest = rest;
        taken
    }

    fn skip_blanks(&mut self) {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        if self.rest.first().is_some_and(blank) {
            let count = self.rest.iter().position(|byte| !blank(byte)).unwrap_or(self.rest.len());
            self.take(count);
        }
    }

    /// Reads what comes next in the innermost open container: its end, or one more member or element.
    fn step(&mut self, container: Container) -> Result<(), JsonError> {
        self.skip_blanks();
        let next = self.rest.first().copied();
        if next == Some(container.close) {
            self.close(container);
            return Ok(());
        }
        if container.len > 0 {
            if next != Some(b',') {
                return Err(self.expected(if container.is_object() {
                    "`,` or `}` after a member's value"
                } else {
                    "`,` or `]` after an element"
                }));
            }
            self.take(1);
            self.skip_blanks();
        }
        if container.is_object() {
            self.key(container)?;
        }
        if let Some(innermost) = self.open.last_mut() {
            innermost.len += 1;
        }
        self.value()
    }

    /// Reads a key and its colon.
    fn key(&mut self, object: Container) -> Result<(), JsonError> {
        if self.rest.first() != Some(&b'"') {
            return Err(self.expected(if object.len == 0 {
                "a key in double quotes or `}`"
            } else {
                "a key in double quotes after `,`"
            }));
        }
        if object.len as usize >= self.max_keys {
            let message = format!("an object has more than {} members", self.max_keys);
            return Err(self.error(Code::TooManyKeys, message));
        }
        self.string()?;
        self.skip_blanks();
        if self.rest.first() != Some(&b':') {
            return Err(self.expected("`:` after a key"));
        }
        self.take(1);
        self.skip_blanks();
        Ok(())
    }

    /// Reads a scalar, or the opening bracket of a container.
    fn value(&mut self) -> Result<(), JsonError> {
        if self.tokens.len() >= MAX_TOKENS {
            let message = format!("the record has more than {MAX_TOKENS} keys and values");
            return Err(self.error(Code::TooManyValues, message));
        }
        match self.rest.first() {
            Some(b'"') => self.string(),
            Some(b'{') => self.open(b'}'),
            Some(b'[') => self.open(b']'),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", TokenKind::Bool(true)),
            Some(b'f') => self.literal("false", TokenKind::Bool(false)),
            Some(b'n') => self.literal("null", TokenKind::Null),
            _ => Err(self.expected("a value")),
        }
    }

    fn open(&mut self, close: u8) -> Result<(), JsonError> {
        if self.open.len() >= self.max_depth {
            let message = format!("arrays and objects are nested more than {} levels deep", self.max_depth);
            return Err(self.error(Code::TooDeep, message));
        }
        self.open.push(Container { token: self.tokens.len(), len: 0, close });
        // A place that is filled in when the container closes and its extent is known.
        self.tokens.push(Token { at: self.at(), kind: TokenKind::Null });
        self.take(1);
        Ok(())
    }

    fn close(&mut self, container: Container) {
        self.take(1);
        self.open.pop();
        let extent = Extent { len: container.len, next: self.tokens.len() as u32, end: self.at() };
        self.tokens[container.token].kind =
            if container.is_object() { TokenKind::Object(extent) } else { TokenKind::Array(extent) };
    }

    fn literal(&mut self, word: &'static str, kind: TokenKind<'a>) -> Result<(), JsonError> {
        let at = self.at();
        if !self.rest.starts_with(word.as_bytes()) {
            return Err(self.expected("a value (`true`, `false` and `null` are the only words)"));
        }
        self.take(word.len());
        self.tokens.push(Token { at, kind });
        Ok(())
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let at = self.at();
        let (count, fault) = number::scan(self.rest);
        self.take(count);
        if let Some(missing) = fault {
            return Err(self.expected(missing));
        }
        self.tokens.push(Token { at, kind: TokenKind::Number { end: self.at() } });
        Ok(())
    }

    /// Reads a string, or a key, that begins at the next byte.
    fn string(&mut self) -> Result<(), JsonError> {
        let at = self.at();
        self.take(1);
        let fault = |fault: string::Fault| JsonError {
            code: Code::InvalidJson,
            message: fault.message.into(),
            at: at + 1 + fault.at as u32,
        };
        let raw = string::scan(self.rest).map_err(fault)?;
        let text = self.take(raw.len);
        self.take(1);
        let text = string::decode(text, raw.escaped).map_err(fault)?;
        self.tokens.push(Token { at, kind: TokenKind::String(text) });
        Ok(())
    }

    fn expected(&self, what: &str) -> JsonError {
        let message = match self.rest.first() {
            None => format!("expected {what}, but the document ends"),
            Some(byte @ b'!'..=b'~') => format!("expected {what}, found `{}`", char::from(*byte)),
            Some(b' ') => format!("expected {what}, found a blank"),
            Some(byte) => format!("expected {what}, found the byte 0x{byte:02X}"),
        };
        self.error(Code::InvalidJson, message)
    }

    fn error(&self, code: Code, message: String) -> JsonError {
        JsonError { code, message: message.into(), at: self.at() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(u32, String)> {
        let mut copy = text.as_bytes().to_vec();
        let mut tokens = Vec::new();
        read(&mut copy, 128, 100, &mut tokens).unwrap();
        tokens.iter().map(|token| (token.at, format!("{:?}", token.kind))).collect()
    }

    fn error(text: &str) -> (Code, String) {
        let mut copy = text.as_bytes().to_vec();
        let error = read(&mut copy, 3, 3, &mut Vec::new()).unwrap_err();
        (error.code, error.to_string())
    }

    #[test]
    fn offsets_are_those_of_the_document_before_unescaping() {
        let text = r#" {"a\u00e9" :[-1e5,null], "\n":true } "#;
        let expected = [
            (1, "Object(Extent { len: 2, next: 7, end: 37 })"),
            (2, "String(\"aé\")"),
            (13, "Array(Extent { len: 2, next: 5, end: 24 })"),
            (14, "Number { end: 18 }"),
            (19, "Null"),
            (26, "String(\"\\n\")"),
            (31, "Bool(true)"),
        ];
        assert_eq!(tokens(text), expected.map(|(at, kind)| (at, kind.to_owned())));
        assert_eq!(&text[13..24], "[-1e5,null]");
        assert_eq!(&text[14..18], "-1e5");
    }

    #[test]
    fn tokens_of_an_earlier_document_are_dropped() {
        let (mut first, mut second) = (b"[1,2]".to_vec(), b"{}".to_vec());
        let mut tokens = Vec::new();
        read(&mut first, 128, 100, &mut tokens).unwrap();
        read(&mut second, 128, 100, &mut tokens).unwrap();
        assert_eq!(tokens.len(), 1);
        assert_eq!(tokens[0].kind, TokenKind::Object(Extent { len: 0, next: 1, end: 2 }));
    }

    #[test]
    fn errors_say_what_was_expected_and_where() {
        let cases = [
            ("", "expected a value, but the document ends at byte 0"),
            ("[1 2]", "expected `,` or `]` after an element, found `2` at byte 3"),
            ("{\"a\":1;", "expected `,` or `}` after a member's value, found `;` at byte 6"),
            ("{\"a\":1,}", "expected a key in double quotes after `,`, found `}` at byte 7"),
            ("{a:1}", "expected a key in double quotes or `}`, found `a` at byte 1"),
            ("{\"a\" 1}", "expected `:` after a key, found `1` at byte 5"),
            ("[1,]", "expected a value, found `]` at byte 3"),
            ("{} {}", "expected the end of the document, found `{` at byte 3"),
            ("[\u{c}]", "expected a value, found the byte 0x0C at byte 1"),
            ("-", "expected a digit, but the document ends at byte 1"),
            ("1.e5", "expected a digit after the decimal point, found `e` at byte 2"),
            ("1e+", "expected a digit in the exponent, but the document ends at byte 3"),
            ("01", "expected the end of the document, found `1` at byte 1"),
            ("nul", "expected a value (`true`, `false` and `null` are the only words), found `n` at byte 0"),
            ("\"a", "a string has no closing quote at byte 2"),
            ("[\"a\tb\"]", "a string holds a control character that is not escaped at byte 3"),
            ("\"\\x\"", "a backslash is followed by a character that makes no escape at byte 1"),
        ];
        for (text, message) in cases {
            assert_eq!(error(text), (Code::InvalidJson, message.to_owned()), "{text}");
        }
    }

    #[test]
    fn limits_have_codes_of_their_own() {
        let (code, message) = error("[[{\"a\":[]}]]");
        assert_eq!(code, Code::TooDeep);
        assert_eq!(message, "arrays and objects are nested more than 3 levels deep at byte 7");
        let (code, message) = error("{\"a\":1,\"b\":2,\"c\":3,\"a\":4}");
        assert_eq!(code, Code::TooManyKeys);
        assert_eq!(message, "an object has more than 3 members at byte 19");
        assert_eq!(tokens("{\"a\":1,\"b\":2,\"c\":3}").len(), 7);
    }
}
