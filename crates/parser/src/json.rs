//! Reading one record as JSON, by whichever reader is fit for it.
//!
//! simd-json reads nearly everything. What it refuses, and what is too long for its tape, goes to the
//! reference reader, which accepts all that JSON allows and words the errors.

use crate::limits::{MAX_DEPTH, MAX_KEYS, MAX_TAPE_BYTES};
use crate::reference::{self, JsonError};
use crate::tape::{Outcome, TapeReader};
use crate::token::{Token, TokenKind};
use crate::walk::Document;

/// Both readers with their buffers, reused from record to record.
pub(crate) struct JsonReader {
    tape: TapeReader,
    copy: Vec<u8>,
    /// Memory of the token list, lent out anew for each record.
    tokens: Vec<Token<'static>>,
}

impl JsonReader {
    pub(crate) fn new() -> Self {
        Self { tape: TapeReader::new(), copy: Vec::new(), tokens: Vec::new() }
    }

    /// Reads `bytes` and hands the document to `then`; fails with the reason where it is no JSON, or beyond
    /// a limit.
    pub(crate) fn read<R>(
        &mut self,
        bytes: &[u8],
        then: impl FnOnce(Document<'_>) -> R,
    ) -> Result<R, JsonError> {
        if bytes.len() <= MAX_TAPE_BYTES {
            let mut tokens = recycle(std::mem::take(&mut self.tokens));
            let outcome = self.tape.read(bytes, &mut self.copy, &mut tokens);
            if let Outcome::Read { compact } = outcome {
                let result = then(Document { raw: bytes, tokens: &tokens, compact });
                self.tokens = recycle(tokens);
                return Ok(result);
            }
            self.tokens = recycle(tokens);
        }
        read_by_reference(bytes, then)
    }
}

fn read_by_reference<R>(bytes: &[u8], then: impl FnOnce(Document<'_>) -> R) -> Result<R, JsonError> {
    let mut copy = bytes.to_vec();
    let mut tokens = Vec::new();
    reference::read(&mut copy, MAX_DEPTH, MAX_KEYS, &mut tokens)?;
    Ok(then(Document { raw: bytes, tokens: &tokens, compact: false }))
}

/// Empties a token list and gives its memory to the next record, whose strings live elsewhere.
pub(crate) fn recycle<'b>(mut tokens: Vec<Token<'_>>) -> Vec<Token<'b>> {
    tokens.clear();
    tokens.into_iter().map(|token| Token { at: token.at, kind: TokenKind::Null }).collect()
}
