//! Values: what each declared type makes of each kind of token.

use sawlog_columns::{Instant, Sink};
use sawlog_schema::{Kind, Node, NodeId, TimeFormat};

use super::{Document, Fail, Making, Pass, Walk};
use crate::json_text::{escape, minify};
use crate::scalar::{self, Mismatch};
use crate::time::{self, Spelling};
use crate::token::TokenKind;

impl<'a> Document<'a> {
    /// The bytes of the value at `token`, as they stand in the record.
    pub(crate) fn source(&self, token: usize) -> &'a [u8] {
        let start = self.tokens[token].at as usize;
        let end = match self.tokens[token].kind {
            TokenKind::Object(extent) | TokenKind::Array(extent) => extent.end as usize,
            TokenKind::Number { end } => end as usize,
            TokenKind::Null | TokenKind::Bool(true) => start + 4,
            TokenKind::Bool(false) => start + 5,
            TokenKind::String(_) => crate::json_text::string_end(self.raw, start),
        };
        &self.raw[start..end]
    }

    /// Appends the value at `token` as JSON without white space.
    pub(super) fn append_json(&self, token: usize, out: &mut Vec<u8>) {
        if let (TokenKind::String(text), true) = (self.tokens[token].kind, self.raw.is_empty()) {
            out.push(b'"');
            escape(text, out);
            out.push(b'"');
        } else {
            minify(self.source(token), out);
        }
    }

    /// The spelling of a number.
    pub(super) fn literal(&self, token: usize) -> &'a str {
        str::from_utf8(self.source(token)).unwrap_or_default()
    }
}

impl Walk {
    /// Writes a time that `value` is in one of the `formats`.
    pub(crate) fn push_time<S: Sink>(
        &mut self,
        formats: &[TimeFormat],
        value: Spelling<'_>,
        time: Instant,
        (node, at): (NodeId, u32),
        sink: &mut S,
    ) {
        self.text.clear();
        if sink.keeps_time_formats() {
            time::print(formats, value, &mut self.text);
        }
        sink.timestamp(node, at, time.micros, &self.text);
    }
}

/// Writes `value` as the integer, float or boolean that `kind` is. Returns whether there is one: an empty
/// text is none.
pub(crate) fn push_scalar<S: Sink>(
    kind: &Kind,
    value: Spelling<'_>,
    (node, at): (NodeId, u32),
    sink: &mut S,
) -> Result<bool, Mismatch> {
    Ok(match kind {
        Kind::Int(bits) => {
            let value = match value {
                Spelling::Text(text) => scalar::integer_text(text, *bits)?,
                Spelling::Number(literal) => scalar::integer_literal(literal, *bits)?,
            };
            value.map(|value| sink.integer(node, at, value)).is_some()
        }
        Kind::Float => {
            let value = match value {
                Spelling::Text(text) => scalar::float_text(text)?,
                Spelling::Number(literal) => scalar::float_literal(literal)?,
            };
            value.map(|value| sink.float(node, at, value)).is_some()
        }
        Kind::Boolean => {
            let value = match value {
                Spelling::Text(text) => scalar::boolean_text(text)?,
                Spelling::Number(literal) => scalar::boolean_literal(literal)?,
            };
            value.map(|value| sink.boolean(node, at, value)).is_some()
        }
        _ => return Err(Mismatch::Type),
    })
}

impl<'d, S: Sink> Pass<'_, '_, 'd, '_, S> {
    /// Walks the value at `token` into `node`, index `at`. Returns whether it counts as present.
    pub(super) fn value(&mut self, node: NodeId, token: usize, at: u32) -> Result<bool, Fail> {
        let declared = &self.plan.nodes[node as usize];
        let kind = self.doc.tokens[token].kind;
        if kind == TokenKind::Null {
            // A null in a `json` field leaves the column null and satisfies `required`; elsewhere it is
            // absent. Where it is derived nothing is made, which counts nothing.
            return Ok(declared.kind == Kind::Json);
        }
        if self.inside.is_derived && !self.walk.derives() {
            return Err(self.too_much(node, Making::Derived));
        }
        match &declared.kind {
            Kind::String => self.string(declared, node, token, at),
            Kind::Json => {
                if let Some(text) = self.json_at(node, token) {
                    return self.embedded(node, text, at);
                }
                self.json(node, token, at)?;
                Ok(true)
            }
            Kind::Object(_) => {
                if !matches!(kind, TokenKind::Object(_)) {
                    let text = self.json_at(node, token).ok_or_else(|| self.mismatch(node, token))?;
                    return self.embedded(node, text, at);
                }
                self.sink.object(node, at);
                self.object(node, token, at)?;
                Ok(true)
            }
            Kind::Array => self.array(node, token, at),
            Kind::Timestamp => self.timestamp(declared, node, token, at),
            Kind::Int(_) | Kind::Float | Kind::Boolean => {
                let value = match kind {
                    TokenKind::Number { .. } => Spelling::Number(self.doc.literal(token)),
                    TokenKind::String(text) => Spelling::Text(text),
                    TokenKind::Bool(value) if declared.kind == Kind::Boolean => {
                        self.sink.boolean(node, at, value);
                        return Ok(true);
                    }
                    _ => return Err(self.mismatch(node, token)),
                };
                push_scalar(&declared.kind, value, (node, at), self.sink)
                    .map_err(|mismatch| self.scalar_fail(mismatch, node, token))
            }
        }
    }

    /// The text at `token`, if it is JSON that `node` is to be read from.
    pub(super) fn json_at(&self, node: NodeId, token: usize) -> Option<&'d str> {
        let is_root = self.inside.is_embedded && token == 0;
        match self.doc.tokens[token].kind {
            TokenKind::String(text) if self.plan.nodes[node as usize].embedded && !is_root => Some(text),
            _ => None,
        }
    }

    fn scalar_fail(&self, mismatch: Mismatch, node: NodeId, token: usize) -> Fail {
        match mismatch {
            Mismatch::Type => self.mismatch(node, token),
            Mismatch::Range => self.out_of_range(node, token),
        }
    }

    fn string(&mut self, declared: &Node, node: NodeId, token: usize, at: u32) -> Result<bool, Fail> {
        let doc = self.doc;
        let text = match doc.tokens[token].kind {
            TokenKind::String(text) => text,
            TokenKind::Number { .. } => doc.literal(token),
            TokenKind::Bool(true) => "true",
            TokenKind::Bool(false) => "false",
            _ => return Err(self.mismatch(node, token)),
        };
        match &declared.rules {
            Some(rules) => self.ruled_text(rules, declared, (node, token, at), text),
            None => self.text(declared, node, text, at),
        }
    }

    /// Writes a text, which may tell the event time. It always counts as present.
    pub(super) fn text(&mut self, declared: &Node, node: NodeId, text: &str, at: u32) -> Result<bool, Fail> {
        if self.inside.is_derived {
            self.makes(node, text.len(), Making::Derived)?;
        }
        self.sink.text(node, at, text);
        if declared.event_time
            && let Some(time) = time::read(&declared.time_formats, Spelling::Text(text))
        {
            self.walk.offer_event_time(time);
        }
        Ok(true)
    }

    fn timestamp(&mut self, declared: &Node, node: NodeId, token: usize, at: u32) -> Result<bool, Fail> {
        let doc = self.doc;
        let formats = &declared.time_formats;
        let value = match doc.tokens[token].kind {
            TokenKind::String("") => return Ok(false),
            TokenKind::String(text) => Spelling::Text(text),
            TokenKind::Number { .. } if formats.iter().any(TimeFormat::takes_numbers) => {
                Spelling::Number(doc.literal(token))
            }
            _ => return Err(self.mismatch(node, token)),
        };
        let Some(time) = time::read(formats, value) else { return Err(self.no_time(node, token)) };
        self.walk.push_time(formats, value, time, (node, at), self.sink);
        if declared.event_time {
            self.walk.offer_event_time(time);
        }
        Ok(true)
    }

    fn json(&mut self, node: NodeId, token: usize, at: u32) -> Result<(), Fail> {
        let text = if self.doc.compact {
            self.doc.source(token)
        } else {
            self.walk.text.clear();
            self.doc.append_json(token, &mut self.walk.text);
            &self.walk.text
        };
        // Readers have checked the record's UTF-8, so the text is never refused here.
        self.sink.text(node, at, str::from_utf8(text).unwrap_or_default());
        let len = text.len();
        if self.inside.is_derived { self.makes(node, len, Making::Derived) } else { Ok(()) }
    }
}
