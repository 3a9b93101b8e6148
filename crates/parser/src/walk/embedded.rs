//! Documents within the document: JSON that a text holds, and values that are made while a record is walked.
//!
//! Either is walked by a pass of its own over tokens of its own, into the same row. Passes nest as deep as
//! the schema declares such values within each other, which its limit on levels bounds.

use sawlog_columns::{Code, Sink};
use sawlog_schema::NodeId;

use super::{Document, Fail, Inside, Mode, Pass, overridden_keys};
use crate::json::recycle;
use crate::limits::{MAX_DEPTH, MAX_KEYS};
use crate::reference::{self, JsonError};
use crate::token::{Token, TokenKind};

/// Memory for reading one text, reused from record to record.
#[derive(Default)]
pub(super) struct Scratch {
    copy: Vec<u8>,
    tokens: Vec<Token<'static>>,
}

/// Reads `text` as JSON and hands the document to `then`.
pub(super) fn read<R>(
    text: &[u8],
    scratch: &mut Scratch,
    then: impl FnOnce(Document<'_>) -> R,
) -> Result<R, JsonError> {
    let Scratch { copy, tokens } = scratch;
    copy.clear();
    copy.extend_from_slice(text);
    let mut list = recycle(std::mem::take(tokens));
    let read = reference::read(copy, MAX_DEPTH, MAX_KEYS, &mut list);
    let result = read.map(|()| then(Document { raw: text, tokens: &list, compact: false }));
    *tokens = recycle(list);
    result
}

impl<S: Sink> Pass<'_, '_, '_, '_, S> {
    /// Reads text as JSON and walks that into `node`, index `at`. Empty text is an absent value.
    pub(super) fn embedded(&mut self, node: NodeId, text: &str, at: u32) -> Result<bool, Fail> {
        if text.is_empty() {
            return Ok(false);
        }
        self.json_text(node, text.as_bytes(), at, true)
    }

    /// Walks JSON text into `node`. With `is_embedded`, text at its root is not taken for JSON once more.
    pub(super) fn json_text(
        &mut self,
        node: NodeId,
        text: &[u8],
        at: u32,
        is_embedded: bool,
    ) -> Result<bool, Fail> {
        let mut scratch = self.walk.scratch.pop().unwrap_or_default();
        let walked = read(text, &mut scratch, |doc| self.nested(node, doc, at, is_embedded));
        self.walk.scratch.push(scratch);
        walked.unwrap_or_else(|error| Err(self.no_json(node, error)))
    }

    /// Walks a text that no document holds.
    pub(super) fn made_text(&mut self, node: NodeId, text: &str, at: u32) -> Result<bool, Fail> {
        let tokens = [Token { at: 0, kind: TokenKind::String(text) }];
        self.nested(node, Document { raw: &[], tokens: &tokens, compact: false }, at, false)
    }

    fn nested(&mut self, node: NodeId, doc: Document<'_>, at: u32, is_embedded: bool) -> Result<bool, Fail> {
        let overridden = self.mode.overridden.map(|_| overridden_keys(doc.tokens));
        let mode = Mode { pages: None, overridden: overridden.as_deref(), ..self.mode };
        let inside = Inside { is_embedded, ..self.inside };
        let (walk, sink) = (&mut *self.walk, &mut *self.sink);
        let walked = Pass { walk, plan: self.plan, mode, inside, doc, sink }.value(node, 0, at);
        // A rule may have been broken by a value that a later key overrides.
        let is_first_walk = overridden.is_none();
        match walked {
            Err(Fail::Rejected(_)) if is_first_walk && overridden_keys(doc.tokens).contains(&true) => {
                Err(Fail::RepeatedKey)
            }
            walked => walked,
        }
    }

    fn no_json(&self, node: NodeId, error: JsonError) -> Fail {
        let code = match error.code {
            Code::InvalidJson => Code::InvalidEmbeddedJson,
            limit => limit,
        };
        let JsonError { message, at, .. } = error;
        let message =
            format!("{} must hold JSON as text: {message}, at byte {at} of the text", self.name(node));
        self.broken(node, code, message)
    }
}
