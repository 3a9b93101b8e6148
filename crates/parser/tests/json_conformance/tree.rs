//! A JSON value that keeps all that a reader must not lose: the spelling of numbers, the order of keys, and
//! keys that repeat.

use sawlog_parser::{Extent, Token, TokenKind};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    /// As spelled.
    Number(String),
    String(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

/// The value that the tokens of a document make. Checks on the way that their offsets and extents are those
/// of the document.
pub(crate) fn from_tokens(document: &[u8], tokens: &[Token<'_>]) -> Tree {
    let mut next = 0;
    let tree = value(document, tokens, &mut next);
    assert_eq!(next, tokens.len(), "tokens are left over");
    tree
}

fn value(document: &[u8], tokens: &[Token<'_>], next: &mut usize) -> Tree {
    let token = tokens[*next];
    *next += 1;
    let source = &document[token.at as usize..];
    match token.kind {
        TokenKind::Null => {
            assert!(source.starts_with(b"null"));
            Tree::Null
        }
        TokenKind::Bool(value) => {
            assert!(source.starts_with(value.to_string().as_bytes()));
            Tree::Bool(value)
        }
        TokenKind::Number { end } => {
            Tree::Number(String::from_utf8_lossy(&source[..(end - token.at) as usize]).into_owned())
        }
        TokenKind::String(text) => {
            assert_eq!(source[0], b'"');
            Tree::String(text.to_owned())
        }
        TokenKind::Array(extent) => {
            let elements = (0..extent.len).map(|_| value(document, tokens, next)).collect();
            check_extent(source, b'[', extent, b']', token.at, *next);
            Tree::Array(elements)
        }
        TokenKind::Object(extent) => {
            let member = |_| match value(document, tokens, next) {
                Tree::String(key) => (key, value(document, tokens, next)),
                other => panic!("{other:?} is no key"),
            };
            let members = (0..extent.len).map(member).collect();
            check_extent(source, b'{', extent, b'}', token.at, *next);
            Tree::Object(members)
        }
    }
}

fn check_extent(source: &[u8], open: u8, extent: Extent, close: u8, at: u32, next: usize) {
    assert_eq!(source[0], open);
    assert_eq!(source[(extent.end - at) as usize - 1], close);
    assert_eq!(extent.next as usize, next);
}
