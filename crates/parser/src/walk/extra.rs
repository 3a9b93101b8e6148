//! What the schema does not declare: kept as text in `p_extra`, counted by path for the report.

use std::collections::HashMap;

use sawlog_schema::{NodeId, Plan};

use super::{Document, Step, after};
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
        if self.counts.len() < limit || self.index.contains_key(path) {
            let place = self.place(path);
            self.counts[place].1 += count;
        } else {
            self.others += count;
        }
    }

    /// Counts a path once, and yields where: likely at `guess`.
    fn add_one(&mut self, path: &str, guess: usize) -> usize {
        let is_there = self.counts.get(guess).is_some_and(|(known, _)| known == path);
        let place = if is_there { guess } else { self.place(path) };
        self.counts[place].1 += 1;
        place
    }

    /// Where a path is counted.
    fn place(&mut self, path: &str) -> usize {
        if let Some(&place) = self.index.get(path) {
            return place;
        }
        let place = self.counts.len();
        self.index.insert(path.to_owned(), place);
        self.counts.push((path.to_owned(), 0));
        place
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
    /// The path that is being looked at, and the objects on the way that it goes through: how long their
    /// paths are, and where they end.
    path: String,
    open: Vec<(usize, usize)>,
    /// Where the last path was counted, of this record or an earlier one; and by such places, where the path
    /// was that came next. Records that look alike have their paths in one order, so that few of them need
    /// be looked up.
    last: usize,
    next: Vec<usize>,
}

impl Extra {
    pub(crate) fn clear(&mut self) {
        self.json.clear();
        self.paths.clear();
        self.path_ends.clear();
        self.others = 0;
    }

    /// Bytes of the JSON.
    pub(crate) fn len(&self) -> usize {
        self.json.len()
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
        self.path.clear();
        self.path.push_str(path);
        self.note_path();
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

    /// Notes the paths of the value at token `value`, which `name` below `prefix` leads to.
    fn count(&mut self, prefix: &str, name: &str, doc: Document<'_>, value: usize) {
        let tokens = doc.tokens;
        let end_of_members = |value: usize| match tokens[value].kind {
            TokenKind::Object(extent) if extent.len > 0 => Some(extent.next as usize),
            _ => None,
        };
        self.path.clear();
        self.path.push_str(prefix);
        self.open.clear();
        let mut end = end_of_members(value);
        if !self.enter(name, end) {
            return;
        }
        let mut key = value + 1;
        while let Some(&(_, end_of_object)) = self.open.last() {
            if key >= end_of_object {
                self.open.pop();
                continue;
            }
            let TokenKind::String(name) = tokens[key].kind else { return };
            end = end_of_members(key + 1);
            key = if self.enter(name, end) { key + 2 } else { after(tokens, key + 1) };
        }
    }

    /// The same for the text of an object that is not empty, without blanks, which `path` leads to. None
    /// where there are many paths, or a key has escapes.
    fn count_text(&mut self, path: &str, json: &str) -> Option<()> {
        let bytes = json.as_bytes();
        self.path.clear();
        self.open.clear();
        // Where texts of objects end shows in them.
        if !self.enter(path, Some(0)) {
            return Some(());
        }
        // The offset of the next key, and how many there were.
        let (mut at, mut keys) = (1, 0);
        while !self.open.is_empty() {
            let end = string_end(bytes, at);
            let name = json.get(at + 1..end - 1).filter(|name| !name.contains('\\'))?;
            keys += 1;
            if keys > FEW_PATHS {
                return None;
            }
            at = end + 1;
            let is_filled = bytes[at..].starts_with(b"{") && !bytes[at..].starts_with(b"{}");
            if self.enter(name, is_filled.then_some(0)) {
                at += 1;
                continue;
            }
            at = value_end(bytes, at);
            while !self.open.is_empty() && bytes.get(at)? == &b'}' {
                self.open.pop();
                at += 1;
            }
            // A comma.
            at += 1;
        }
        Some(())
    }

    /// Comes to a member of the innermost object that is open. One that is an object with members, which
    /// `end` then is the end of, is opened, and true returned: its members have paths of their own. Anything
    /// else, arrays with all that is in them too, is one path, which is noted.
    fn enter(&mut self, name: &str, end: Option<usize>) -> bool {
        if let Some(&(len, _)) = self.open.last() {
            self.path.truncate(len);
            self.path.push('.');
        } else if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(name);
        if let Some(end) = end.filter(|_| self.path.len() < MAX_PATH) {
            self.open.push((self.path.len(), end));
            return true;
        }
        self.note_path();
        false
    }

    fn note_path(&mut self) {
        if self.path_ends.len() >= MAX_PATHS_OF_RECORD {
            self.others += 1;
            return;
        }
        let fits = (0..=MAX_PATH.min(self.path.len())).rev().find(|&end| self.path.is_char_boundary(end));
        self.paths.push_str(&self.path[..fits.unwrap_or(0)]);
        self.path_ends.push(self.paths.len());
    }

    /// The record became a row: its paths are counted, and the JSON is complete.
    pub(crate) fn finish(&mut self, unknown: &mut UnknownFields) -> Option<&str> {
        if self.json.is_empty() {
            return None;
        }
        let mut start = 0;
        for &end in &self.path_ends {
            let guess = self.next.get(self.last).copied().unwrap_or_default();
            let place = unknown.add_one(&self.paths[start..end], guess);
            if place != guess {
                self.next.resize(self.next.len().max(self.last + 1), 0);
                self.next[self.last] = place;
            }
            (self.last, start) = (place, end);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;
    use crate::limits::{MAX_DEPTH, MAX_KEYS};
    use crate::reference::read;

    /// The paths below a value, by recursion.
    fn expected(path: &str, value: &Value, paths: &mut Vec<String>) {
        let is_opened = |members: &&Map<_, _>| !members.is_empty() && path.len() < MAX_PATH;
        if let Some(members) = value.as_object().filter(is_opened) {
            members.iter().for_each(|(name, value)| expected(&format!("{path}.{name}"), value, paths));
            return;
        }
        let mut path = path.to_owned();
        while path.len() > MAX_PATH {
            path.pop();
        }
        paths.push(path);
    }

    fn noted(extra: &Extra) -> Vec<String> {
        let starts = std::iter::once(0).chain(extra.path_ends.iter().copied());
        starts.zip(&extra.path_ends).map(|(start, &end)| extra.paths[start..end].to_owned()).collect()
    }

    /// The paths that are noted of member `b` of the field `a`, from its tokens, and the number of others.
    fn of_tokens(value: &Value) -> (Vec<String>, u64) {
        let (raw, mut tokens, mut extra) = (value.to_string(), Vec::new(), Extra::default());
        let mut copy = raw.clone().into_bytes();
        read(&mut copy, MAX_DEPTH, MAX_KEYS, &mut tokens).unwrap();
        extra.count("a", "b", Document { raw: raw.as_bytes(), tokens: &tokens, compact: true }, 0);
        (noted(&extra), extra.others)
    }

    /// The same from its text, if that is enough.
    fn of_text(value: &Value) -> Option<Vec<String>> {
        let mut extra = Extra::default();
        extra.add_text(|_| (), "a.b", &value.to_string())?;
        Some(noted(&extra))
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            "[a\"{}\\[,é]{0,4}".prop_map(Value::from)
        ];
        leaf.prop_recursive(5, 60, 5, |inner| {
            let name = prop_oneof![Just(String::new()), "[a-c.é]{1,3}", Just("n".repeat(600))];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name, inner), 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn tokens_and_text_give_the_paths_of_a_plain_recursion(value in value()) {
            let mut paths = Vec::new();
            expected("a.b", &value, &mut paths);
            prop_assert_eq!(of_text(&value), Some(paths.clone()));
            prop_assert_eq!(of_tokens(&value), (paths, 0));
        }
    }

    #[test]
    fn paths_beyond_the_limit_are_counted_together() {
        let member = |n: usize| (format!("k{n:04}"), serde_json::json!({"x": 1, "y": [{}], "z": {}}));
        let wide = |members: usize| Value::Object((0..members).map(member).collect::<Map<_, _>>());
        let (paths, others) = of_tokens(&wide(500));
        assert_eq!((paths.len(), others), (MAX_PATHS_OF_RECORD, 3 * 500 - MAX_PATHS_OF_RECORD as u64));
        assert_eq!((&*paths[0], &*paths[1023]), ("a.b.k0000.x", "a.b.k0341.x"));
        // Too many to be worth following, or a key that has to be read first.
        assert_eq!(of_text(&wide(100)), None);
        assert_eq!(of_text(&serde_json::json!({"\"": 1})), None);
        assert_eq!(of_tokens(&serde_json::json!({"\"": 1})), (vec!["a.b.\"".to_owned()], 0));
    }
}
