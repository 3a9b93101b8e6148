//! What the schema does not declare: kept as text in `p_extra`, counted by path for the report.

use std::collections::HashMap;

use sawlog_schema::{NodeId, Plan};

use super::{Document, Step};
use crate::json_text::{pointer_token, string_end};
use crate::token::TokenKind;

/// Counts of undeclared fields by dotted path, in the order in which the paths were first met. That order
/// makes the cut at the limit the same for any size of block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnknownFields {
    index: HashMap<String, usize>,
    counts: Vec<(String, u64)>,
    others: u64,
}

impl UnknownFields {
    /// The name under which paths beyond the limit are counted together.
    pub const OTHERS: &'static str = "…";

    fn add(&mut self, path: &str, count: u64, limit: usize) {
        if let Some(&at) = self.index.get(path) {
            self.counts[at].1 += count;
        } else if self.counts.len() < limit {
            self.index.insert(path.to_owned(), self.counts.len());
            self.counts.push((path.to_owned(), count));
        } else {
            self.others += count;
        }
    }

    /// Adds the counts of a later batch, keeping at most `limit` distinct paths.
    pub fn merge(&mut self, later: &Self, limit: usize) {
        for (path, count) in &later.counts {
            self.add(path, *count, limit);
        }
        self.others += later.others;
    }

    /// The counts, with the paths beyond the limit under [`Self::OTHERS`].
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        let others = (self.others > 0).then_some((Self::OTHERS, self.others));
        self.counts.iter().map(|(path, count)| (path.as_str(), *count)).chain(others)
    }
}

/// The undeclared values of one record.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    /// A JSON object without its closing brace: JSON Pointer to value.
    json: Vec<u8>,
    /// Paths to count, separated by ends in `path_ends`.
    paths: String,
    path_ends: Vec<usize>,
    /// Paths of the record beyond those that are remembered.
    others: u64,
    /// Memory for a path, and for the lengths of those that lead to it.
    path: String,
    open: Vec<usize>,
}

impl Extra {
    pub(crate) fn clear(&mut self) {
        self.json.clear();
        self.paths.clear();
        self.path_ends.clear();
        self.others = 0;
    }

    /// Adds member `name` of the object at `path`, whose node is `object`; its value is token `value`.
    pub(crate) fn add(
        &mut self,
        plan: &Plan,
        path: &[Step],
        object: NodeId,
        name: &str,
        doc: Document<'_>,
        value: usize,
    ) {
        self.pointer(plan, path);
        self.json.push(b'/');
        pointer_token(name, &mut self.json);
        self.json.extend_from_slice(b"\":");
        doc.append_json(value, &mut self.json);
        self.count(&plan.nodes[object as usize].path, name, doc, value);
    }

    /// Adds a member of which everything is known: what writes its JSON Pointer, its dotted path, and its
    /// value, JSON without blanks. None where paths below it need a closer look; the record is then given up.
    pub(crate) fn add_text(
        &mut self,
        pointer: impl FnOnce(&mut Vec<u8>),
        path: &str,
        json: &str,
    ) -> Option<()> {
        self.begin_member();
        pointer(&mut self.json);
        self.json.extend_from_slice(b"\":");
        self.json.extend_from_slice(json.as_bytes());
        if self.path_ends.len() >= FEW_PATHS {
            return None;
        }
        if json.len() > 2 && json.starts_with('{') {
            return self.count_text(path, json);
        }
        self.count_path(path);
        Some(())
    }

    /// Keeps a declared value that is not written to its column. It is not counted: it is known.
    pub(crate) fn keep(&mut self, plan: &Plan, path: &[Step], write: impl FnOnce(&mut Vec<u8>)) {
        self.pointer(plan, path);
        self.json.extend_from_slice(b"\":");
        write(&mut self.json);
    }

    fn begin_member(&mut self) {
        self.json.extend_from_slice(if self.json.is_empty() { b"{\"" } else { b",\"" });
    }

    /// Begins the next member of the JSON object: the JSON Pointer of the value at `path`.
    fn pointer(&mut self, plan: &Plan, path: &[Step]) {
        self.begin_member();
        for step in path {
            self.json.push(b'/');
            match step {
                Step::Member(node) => pointer_token(&plan.nodes[*node as usize].key, &mut self.json),
                Step::Element(index) => self.json.extend_from_slice(index.to_string().as_bytes()),
            }
        }
    }

    /// Notes the paths below an undeclared value: members of objects each under their own path, arrays and
    /// scalars where they stand. Objects within objects are taken from a list of their own, not by recursion.
    fn count(&mut self, prefix: &str, name: &str, doc: Document<'_>, value: usize) {
        let first = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        let mut open = vec![(first, value)];
        while let Some((path, value)) = open.pop() {
            match doc.tokens[value].kind {
                TokenKind::Object(extent) if extent.len > 0 && path.len() < MAX_PATH => {
                    let from = open.len();
                    let mut key = value + 1;
                    while key < extent.next as usize {
                        let TokenKind::String(name) = doc.tokens[key].kind else { break };
                        if open.len() + self.path_ends.len() < MAX_PATHS_OF_RECORD {
                            open.push((format!("{path}.{name}"), key + 1));
                        } else {
                            self.others += 1;
                        }
                        key = match doc.tokens[key + 1].kind {
                            TokenKind::Object(inner) | TokenKind::Array(inner) => inner.next as usize,
                            _ => key + 2,
                        };
                    }
                    open[from..].reverse();
                }
                _ if self.path_ends.len() >= MAX_PATHS_OF_RECORD => self.others += 1,
                _ => self.count_path(&path),
            }
        }
    }

    fn count_path(&mut self, path: &str) {
        let fits = (0..=MAX_PATH.min(path.len())).rev().find(|&end| path.is_char_boundary(end));
        self.paths.push_str(&path[..fits.unwrap_or(0)]);
        self.path_ends.push(self.paths.len());
    }

    /// The same as [`Self::count`] for the text of an object that is not empty, without blanks. None where
    /// there are many paths, or a key has escapes.
    fn count_text(&mut self, path: &str, json: &str) -> Option<()> {
        if path.len() >= MAX_PATH {
            self.count_path(path);
            return Some(());
        }
        let (mut memory, mut open) = (std::mem::take(&mut self.path), std::mem::take(&mut self.open));
        memory.clear();
        memory.push_str(path);
        open.clear();
        open.push(path.len());
        let counted = self.count_members(&mut memory, &mut open, json);
        (self.path, self.open) = (memory, open);
        counted
    }

    /// `open` has the lengths of the paths of the objects that are open.
    fn count_members(&mut self, path: &mut String, open: &mut Vec<usize>, json: &str) -> Option<()> {
        let bytes = json.as_bytes();
        // The offset of the next key, and how many there were.
        let (mut at, mut keys) = (1, 0);
        loop {
            let end = string_end(bytes, at);
            let name = json.get(at + 1..end - 1).filter(|name| !name.contains('\\'))?;
            keys += 1;
            if keys > FEW_PATHS {
                return None;
            }
            path.truncate(*open.last()?);
            path.push('.');
            path.push_str(name);
            at = end + 1;
            let is_filled = bytes[at..].starts_with(b"{") && !bytes[at..].starts_with(b"{}");
            if is_filled && path.len() < MAX_PATH {
                open.push(path.len());
                at += 1;
                continue;
            }
            self.count_path(path);
            at = value_end(bytes, at);
            while bytes.get(at)? == &b'}' {
                open.pop();
                at += 1;
                if open.is_empty() {
                    return Some(());
                }
            }
            // A comma.
            at += 1;
        }
    }

    /// The record became a row: its paths are counted, and the JSON is complete.
    pub(crate) fn finish(&mut self, unknown: &mut UnknownFields) -> Option<&str> {
        if self.json.is_empty() {
            return None;
        }
        let mut start = 0;
        for &end in &self.path_ends {
            unknown.add(&self.paths[start..end], 1, usize::MAX);
            start = end;
        }
        unknown.others += self.others;
        self.json.push(b'}');
        str::from_utf8(&self.json).ok()
    }
}

/// Offset behind the value at `at` of valid JSON without blanks, which is in an object.
fn value_end(json: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                at = string_end(json, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Paths of a value, and of the record before it, up to which a record is followed.
const FEW_PATHS: usize = 256;

/// Undeclared fields of one record that are counted by name. The others are counted together, so that a
/// record cannot make a run remember more than a mebibyte of names.
const MAX_PATHS_OF_RECORD: usize = 1024;

/// Paths longer than this are cut there, and counted without a look at what lies below: 128 levels of long
/// names would otherwise multiply, and a run remembers many paths.
const MAX_PATH: usize = 1024;
