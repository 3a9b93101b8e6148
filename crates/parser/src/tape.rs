//! simd-json's tape, with the place of every token put back.
//!
//! simd-json works on a copy, because it resolves escapes in place, and its tape knows no positions. The
//! structural index of its first stage does: skipping commas, colons and closing brackets, it has exactly one
//! entry per tape node, in the same order. One walk over both yields the token list, the depth, and whether
//! the record holds any white space between its tokens.

use simd_json::{Buffers, INPUT_PADDING, Node, StaticNode, Tape};

use crate::json::Outcome;
use crate::limits::{MAX_DEPTH, MAX_KEYS};
use crate::token::{Extent, Token, TokenKind};

/// simd-json with its buffers, reused from record to record.
pub(crate) struct TapeReader {
    buffers: Buffers,
    tape: Tape<'static>,
    open: Vec<u32>,
}

impl TapeReader {
    pub(crate) fn new() -> Self {
        // One level above our own limit: simd-json counts differently, and ours is checked below.
        let buffers = Buffers::with_max_depth(4096, MAX_DEPTH + 1);
        Self { buffers, tape: Tape(Vec::new()), open: Vec::new() }
    }

    /// Reads `raw`. `copy` is overwritten with it and lends the tokens their strings.
    pub(crate) fn read<'a>(
        &mut self,
        raw: &[u8],
        copy: &'a mut Vec<u8>,
        tokens: &mut Vec<Token<'a>>,
    ) -> Outcome {
        copy.clear();
        copy.extend_from_slice(raw);
        copy.resize(raw.len() + INPUT_PADDING, 0);
        let mut tape = std::mem::replace(&mut self.tape, Tape(Vec::new())).reset();
        let filled = simd_json::fill_tape_padded(copy, raw.len(), &mut self.buffers, &mut tape);
        let outcome = match filled {
            Ok(()) => self.tokens(raw, &tape.0, tokens),
            Err(_) => Outcome::Refused,
        };
        self.tape = tape.reset();
        outcome
    }

    fn tokens<'a>(&mut self, raw: &[u8], tape: &[Node<'a>], tokens: &mut Vec<Token<'a>>) -> Outcome {
        self.open.clear();
        let mut nodes = tape.iter();
        let mut gaps = Gaps { compact: true, previous: None };
        for &at in self.buffers.structural_indexes() {
            let Some(&byte) = raw.get(at as usize) else { break };
            gaps.check(raw, at as usize, byte);
            match byte {
                b',' | b':' => {}
                b'}' | b']' => {
                    let Some(open) = self.open.pop() else { return Outcome::Refused };
                    let next = tokens.len() as u32;
                    if let TokenKind::Object(extent) | TokenKind::Array(extent) =
                        &mut tokens[open as usize].kind
                    {
                        extent.next = next;
                        extent.end = at + 1;
                    }
                }
                _ => {
                    let Some(node) = nodes.next() else { return Outcome::Refused };
                    let Some(kind) = kind(raw, at, node) else { return Outcome::Refused };
                    if matches!(kind, TokenKind::Object(_) | TokenKind::Array(_)) {
                        self.open.push(tokens.len() as u32);
                        if self.open.len() > MAX_DEPTH {
                            return Outcome::Refused;
                        }
                    }
                    tokens.push(Token { at, kind });
                }
            }
        }
        let complete = nodes.next().is_none() && self.open.is_empty() && !tokens.is_empty();
        if complete { Outcome::Read { compact: gaps.compact } } else { Outcome::Refused }
    }
}

fn kind<'a>(raw: &[u8], at: u32, node: &Node<'a>) -> Option<TokenKind<'a>> {
    let extent = |len: usize| Extent { len: len as u32, next: 0, end: 0 };
    Some(match *node {
        Node::String(text) => TokenKind::String(text),
        Node::Object { len, .. } if len <= MAX_KEYS => TokenKind::Object(extent(len)),
        Node::Object { .. } => return None,
        Node::Array { len, .. } => TokenKind::Array(extent(len)),
        Node::Static(StaticNode::Null) => TokenKind::Null,
        Node::Static(StaticNode::Bool(value)) => TokenKind::Bool(value),
        Node::Static(_) => {
            let is_part = |b: &u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
            let len = raw[at as usize..].iter().take_while(|b| is_part(b)).count();
            TokenKind::Number { end: at + len as u32 }
        }
    })
}

/// Watches for white space between tokens.
struct Gaps {
    compact: bool,
    /// The structural before, and its byte.
    previous: Option<(usize, u8)>,
}

impl Gaps {
    #[inline]
    fn check(&mut self, raw: &[u8], at: usize, byte: u8) {
        self.compact &= match self.previous {
            None => at == 0,
            // Behind a bracket, comma or colon the next token follows at once; a string or a scalar ends just
            // before it.
            Some((before, b'{' | b'}' | b'[' | b']' | b',' | b':')) => at == before + 1,
            Some(_) => !matches!(raw[at - 1], b' ' | b'\t' | b'\n' | b'\r'),
        };
        self.previous = Some((at, byte));
    }
}
