//! A record as a flat list of tokens: what every JSON reader yields and the walk takes.

/// One value, or one key, of a JSON document. Tokens stand in document order; the keys of an object are
/// `String` tokens that alternate with their values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Token<'a> {
    /// Offset of its first byte in the record: the opening quote, brace or bracket, or the first character.
    pub at: u32,
    /// What it is.
    pub kind: TokenKind<'a>,
}

/// The kinds of token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TokenKind<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number; its spelling is the record's bytes from `at` to `end`.
    Number {
        /// Offset one past its last byte.
        end: u32,
    },
    /// A string, or a key, with its escapes resolved.
    String(&'a str),
    /// An object.
    Object(Extent),
    /// An array.
    Array(Extent),
}

/// The reach of an object or array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Members or elements.
    pub len: u32,
    /// Index of the first token after it.
    pub next: u32,
    /// Offset one past its closing bracket.
    pub end: u32,
}
