//! The places of rejected records: lines, offsets and numbers.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use memchr::memchr_iter;
use sawlog_columns::{Code, Reject};

use crate::batch::Batch;
use crate::block::{Block, Fault};
use crate::reference::JsonError;
use crate::text::Mismatch;
use crate::walk::Broken;

/// The reason for a reject, before its place is known.
pub(crate) struct Verdict {
    pub(crate) code: Code,
    pub(crate) message: Cow<'static, str>,
    pub(crate) json_path: String,
    pub(crate) schema_line: Option<u32>,
}

impl Verdict {
    pub(crate) fn whole(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), json_path: String::new(), schema_line: None }
    }

    /// The text of `what` is no JSON.
    pub(crate) fn unreadable(error: &JsonError, what: &str) -> Self {
        let advice = match error.code {
            Code::TooManyKeys => "; if it maps names to events, write them as a list first",
            Code::TooManyValues => "; if it holds many events, name their place with --records-path",
            _ => "",
        };
        Self::whole(error.code, format!("{}, at byte {} of the {what}{advice}", error.message, error.at))
    }

    /// Framing has found something wrong.
    pub(crate) fn of_framing(fault: &Fault) -> Self {
        let message = match fault.code {
            Code::InvalidJson => format!("{}, at byte {} of the record", fault.message, fault.at),
            _ => fault.message.clone(),
        };
        Self::whole(fault.code, message)
    }
}

impl From<Broken> for Verdict {
    fn from(broken: Broken) -> Self {
        let Broken { code, message, json_path, schema_line } = broken;
        Self { code, message: message.into(), json_path, schema_line: Some(schema_line) }
    }
}

impl From<Mismatch> for Verdict {
    fn from(mismatch: Mismatch) -> Self {
        let Mismatch { code, message, schema_line } = mismatch;
        Self { code, message: message.into(), json_path: String::new(), schema_line }
    }
}

/// Where in its source the parser is.
pub(crate) struct Place<'a> {
    pub(crate) block: &'a Block,
    pub(crate) source: u32,
    /// Offset in the block up to which newlines are counted, and the line there.
    counted_to: usize,
    line: u64,
    /// The messages so far, of which most come again.
    messages: HashSet<Arc<str>>,
}

impl<'a> Place<'a> {
    pub(crate) fn new(block: &'a Block, source: u32) -> Self {
        Self { block, source, counted_to: 0, line: block.line, messages: HashSet::new() }
    }

    /// The line on which the byte at `start` of the block lies.
    pub(crate) fn line_at(&mut self, start: usize) -> u64 {
        if start < self.counted_to {
            (self.counted_to, self.line) = (0, self.block.line);
        }
        self.line += memchr_iter(b'\n', &self.block.data[self.counted_to..start]).count() as u64;
        self.counted_to = start;
        self.line
    }

    pub(crate) fn reject_fault(&mut self, fault: &Fault, bytes: &[u8], start: usize, batch: &mut Batch) {
        self.reject(Verdict::of_framing(fault), bytes, start, batch);
        if let Some(reject) = batch.rejects.last_mut() {
            reject.raw_len = fault.len;
        }
    }

    /// The one copy of a message.
    fn shared(&mut self, message: &str) -> Arc<str> {
        if let Some(known) = self.messages.get(message) {
            return Arc::clone(known);
        }
        let message = Arc::from(message);
        self.messages.insert(Arc::clone(&message));
        message
    }

    pub(crate) fn reject(&mut self, verdict: Verdict, bytes: &[u8], start: usize, batch: &mut Batch) {
        batch.records += 1;
        batch.rejects.push(Reject {
            code: verdict.code,
            message: self.shared(&verdict.message),
            source: self.source,
            record: batch.records,
            line: self.line_at(start),
            byte_offset: self.block.offset + start as u64,
            json_path: verdict.json_path,
            schema_line: verdict.schema_line,
            raw: bytes.to_vec(),
            raw_len: bytes.len() as u64,
        });
    }
}
