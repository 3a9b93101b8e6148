//! Reading one record as JSON, by whichever reader is fit for it.
//!
//! The token reader reads nearly everything. What it refuses, and what is too long for its tokens, goes to
//! the reference reader, which accepts all that JSON allows and words the errors. simd-json's tape reads the
//! same records to the same tokens: it is what our own reader is compared with, in tests and in benches.

use sawlog_columns::Code;

use crate::limits::{MAX_DEPTH, MAX_FAST_BYTES, MAX_KEYS};
use crate::reader::TokenReader;
use crate::reference::{self, END, JsonError};
use crate::tape::TapeReader;
use crate::token::{Token, TokenKind};
use crate::walk::Document;

/// By whom records of JSON are read. Everybody comes to the same result; they differ in speed alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reader {
    /// Records like earlier ones by their shape, the others by the token reader.
    #[default]
    Shapes,
    /// The same, but no literals are learned: keys are looked up one by one.
    Keys,
    /// The token reader.
    Tokens,
    /// simd-json's tape.
    Tape,
    /// The reference reader.
    Reference,
}

/// What a fast reader made of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The tokens are there.
    Read {
        /// No white space stands between tokens, so that JSON text can be taken as it is.
        compact: bool,
    },
    /// The record is no JSON, beyond a limit, or beyond the reader: the reference reader decides, and words
    /// the error.
    Refused,
}

/// The readers with their buffers, reused from record to record.
pub(crate) struct JsonReader {
    by: Reader,
    reader: TokenReader,
    tape: TapeReader,
    copy: Vec<u8>,
    /// Memory of the token list, lent out anew for each record.
    tokens: Vec<Token<'static>>,
}

impl JsonReader {
    pub(crate) fn new() -> Self {
        let (reader, tape) = (TokenReader::new(), TapeReader::new());
        Self { by: Reader::default(), reader, tape, copy: Vec::new(), tokens: Vec::new() }
    }

    pub(crate) fn read_by(&mut self, by: Reader) {
        self.by = by;
    }

    /// Whether shapes are learned and followed.
    pub(crate) fn uses_shapes(&self) -> bool {
        matches!(self.by, Reader::Shapes | Reader::Keys)
    }

    /// Reads `bytes` and hands the document to `then`; fails with the reason where it is no JSON, or beyond
    /// a limit.
    pub(crate) fn read<R>(
        &mut self,
        bytes: &[u8],
        then: impl FnOnce(Document<'_>) -> R,
    ) -> Result<R, JsonError> {
        if bytes.len() <= MAX_FAST_BYTES {
            let mut tokens = recycle(std::mem::take(&mut self.tokens));
            let outcome = match self.by {
                Reader::Shapes | Reader::Keys | Reader::Tokens => {
                    self.reader.read(bytes, &mut self.copy, &mut tokens)
                }
                Reader::Tape => self.tape.read(bytes, &mut self.copy, &mut tokens),
                Reader::Reference => Outcome::Refused,
            };
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
    reference::read(&mut copy, MAX_DEPTH, MAX_KEYS, &mut tokens).map_err(|error| advised(error, bytes))?;
    Ok(then(Document { raw: bytes, tokens: &tokens, compact: false }))
}

/// Adds what to do where one more document follows on the line.
fn advised(mut error: JsonError, record: &[u8]) -> JsonError {
    let is_object = record.trim_ascii_start().starts_with(b"{");
    if error.code == Code::InvalidJson && is_object && record.get(error.at as usize) == Some(&b'{') {
        error.message = error.message.replace(END, &format!("{END} (--stream json reads several)")).into();
    }
    error
}

/// Empties a token list and gives its memory to the next record, whose strings live elsewhere.
pub(crate) fn recycle<'b>(mut tokens: Vec<Token<'_>>) -> Vec<Token<'b>> {
    tokens.clear();
    tokens.into_iter().map(|token| Token { at: token.at, kind: TokenKind::Null }).collect()
}
