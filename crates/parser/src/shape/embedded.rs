//! JSON that a text holds, in records that are followed.
//!
//! The text is freed of its escapes and read as a document of its own, token by token, into the row at hand.
//! No literal is looked for in it. One may reach across the end of an object into what is around it, and
//! where the object is all that the text holds, nothing is.

use std::ops::Range;

use sawlog_columns::Sink;
use sawlog_schema::{Kind, NodeId};

use super::follow::Run;
use super::skip::{has_controls, json_at};
use crate::index::Index;
use crate::lines::Indexed;
use crate::reference::string;

/// Memory for a document, reused from record to record.
pub(super) struct Inner {
    text: Vec<u8>,
    index: Index,
}

impl Default for Inner {
    fn default() -> Self {
        Self { text: Vec::new(), index: Index::new() }
    }
}

impl<S: Sink> Run<'_, S> {
    /// JSON in a string whose first byte behind the quote is next, up to behind the closing one. Returns
    /// whether it counts as present.
    #[cold]
    pub(super) fn embedded(&mut self, node: NodeId) -> Option<bool> {
        let start = self.place;
        let (end, _) = self.index.string_from(self.record, start)?;
        self.place = end + 1;
        let mut inner = self.inner.pop().unwrap_or_default();
        let is_present = self.within(start..end, node, &mut inner);
        self.inner.push(inner);
        is_present
    }

    fn within(&mut self, escaped: Range<usize>, node: NodeId, inner: &mut Inner) -> Option<bool> {
        let escaped = self.record.get(escaped).filter(|text| !has_controls(text))?;
        let Inner { text, index } = inner;
        text.clear();
        text.extend_from_slice(escaped);
        let text = string::decode(text, true).ok()?;
        if text.is_empty() {
            return Some(false);
        }
        let text = text.trim_matches([' ', '\t', '\n', '\r']);
        let is_json = self.plan.nodes[node as usize].kind == Kind::Json;
        if text == "null" {
            // Of a `json` field a null counts as present; elsewhere it is absent.
            return Some(is_json);
        }
        let Indexed { index, text, .. } = index.build_record(text.as_bytes())?;
        if is_json {
            // Text in it is not JSON once more.
            let value = json_at(text, 0, index, 0, self.unescaped).filter(|value| value.end == text.len())?;
            self.sink.text(node, self.at, value.json);
            return Some(true);
        }
        let mut run = Run {
            plan: self.plan,
            plain: self.plain,
            depths: self.depths,
            known: &mut *self.known,
            root: node,
            record: text.as_bytes(),
            text,
            index,
            frames: &mut *self.frames,
            notes: &mut *self.notes,
            unescaped: &mut *self.unescaped,
            inner: &mut *self.inner,
            steps: &mut *self.steps,
            walk: &mut *self.walk,
            sink: &mut *self.sink,
            found: 0,
            unknown: 0,
            at: self.at,
            place: 0,
            timed_by: self.timed_by,
            taken_back: 0,
        };
        run.document()?;
        self.timed_by = run.timed_by;
        Some(true)
    }
}
