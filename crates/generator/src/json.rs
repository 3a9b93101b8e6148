//! A writer of compact JSON that can deal the members of every object in random order.
//!
//! Producers differ in the order of their keys, and a parser that predicts the next key lives or dies
//! by it; so the order is a property of the writer and not of the events. Members are written one
//! after the other and, where wanted, permuted in place when their object is closed.

use std::fmt::{self, Write as _};

use crate::fault::{Fault, Targets};
use crate::rng::Rng;

/// One JSON document in the making.
#[derive(Debug)]
pub(crate) struct Json {
    out: Vec<u8>,
    /// Where each member of each open object begins in `out`; the innermost object's come last.
    members: Vec<usize>,
    /// Deals the members of an object anew, if there is one.
    order: Option<Rng>,
    /// Reused space: an object's permuted members, and text before it is escaped.
    permuted: Vec<u8>,
    text: String,
}

impl Json {
    /// A writer that keeps the order of members, or permutes them with `order`.
    pub(crate) fn new(order: Option<Rng>) -> Self {
        Self {
            out: Vec::with_capacity(4096),
            members: Vec::new(),
            order,
            permuted: Vec::new(),
            text: String::new(),
        }
    }

    /// Starts a new line with one object in it.
    pub(crate) fn line(&mut self, body: impl FnOnce(&mut Self)) -> &[u8] {
        self.out.clear();
        self.braces(body);
        self.out.push(b'\n');
        &self.out
    }

    /// A line with something wrong in it.
    pub(crate) fn faulty_line(
        &mut self,
        fault: Fault,
        targets: Targets,
        body: impl FnOnce(&mut Self),
    ) -> &[u8] {
        self.line(|json| {
            body(json);
            match fault {
                Fault::Cut => {}
                Fault::Missing => json.replace_member(targets.required, None),
                Fault::Mistyped => json.replace_member(targets.typed, Some(b"\"unreadable\"")),
            }
        });
        if fault == Fault::Cut {
            self.out.truncate(self.out.len() / 2);
            self.out.push(b'\n');
        }
        &self.out
    }

    /// Gives a member of the open object another value, or takes it away. It must not be the only member.
    fn replace_member(&mut self, key: &str, value: Option<&[u8]>) {
        let key = format!("\"{key}\":");
        let has_key = |&start: &usize| self.out[start..].starts_with(key.as_bytes());
        let Some(index) = self.members.iter().position(has_key) else { return };
        let start = self.members[index];
        let end = self.members.get(index + 1).map_or(self.out.len(), |next| next - 1);
        let (from, to, value) = match value {
            Some(value) => (start + key.len(), end, value),
            // With the comma behind it, or before it where it is the last.
            None if end < self.out.len() => (start, end + 1, &b""[..]),
            None => (start - 1, end, &b""[..]),
        };
        self.out.splice(from..to, value.iter().copied());
        for start in &mut self.members[index + 1..] {
            *start = *start + value.len() - (to - from);
        }
        if value.is_empty() {
            self.members.remove(index);
        }
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.string(value);
    }

    /// A text member made of several parts, as in `json.format("id", format_args!("{a}:{b}"))`.
    pub(crate) fn format(&mut self, key: &str, value: fmt::Arguments) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        // Writing to a String cannot fail.
        let _ = text.write_fmt(value);
        self.text(key, &text);
        self.text = text;
    }

    /// A text member with everything beyond ASCII as `\u` escapes, as some producers write it.
    pub(crate) fn ascii_text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.out.push(b'"');
        for unit in value.encode_utf16() {
            match u8::try_from(unit) {
                Ok(byte @ (b'"' | b'\\')) => self.out.extend([b'\\', byte]),
                Ok(byte @ 0x20..0x7f) => self.out.push(byte),
                _ => self.escape(unit),
            }
        }
        self.out.push(b'"');
    }

    /// A member that is no text and no container: a number, a boolean or null.
    pub(crate) fn plain(&mut self, key: &str, value: impl fmt::Display) {
        use std::io::Write as _;
        self.key(key);
        // Writing to a Vec cannot fail.
        let _ = write!(self.out, "{value}");
    }

    pub(crate) fn object(&mut self, key: &str, body: impl FnOnce(&mut Self)) {
        self.key(key);
        self.braces(body);
    }

    /// An array member; `body` adds its elements with [`Json::element`] or [`Json::text_element`].
    pub(crate) fn array(&mut self, key: &str, body: impl FnOnce(&mut Self)) {
        self.key(key);
        self.out.push(b'[');
        body(self);
        self.out.push(b']');
    }

    pub(crate) fn element(&mut self, body: impl FnOnce(&mut Self)) {
        self.separate();
        self.braces(body);
    }

    pub(crate) fn text_element(&mut self, value: &str) {
        self.separate();
        self.string(value);
    }

    fn braces(&mut self, body: impl FnOnce(&mut Self)) {
        let first = self.members.len();
        self.out.push(b'{');
        body(self);
        self.permute(first);
        self.members.truncate(first);
        self.out.push(b'}');
    }

    fn key(&mut self, key: &str) {
        self.separate();
        self.members.push(self.out.len());
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// A comma, unless this is the first thing in its object or array: every value ends in something
    /// other than an opening bracket.
    fn separate(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }

    /// Puts the members from index `first` on, the last bytes of `out`, into random order. Commas stay
    /// between them, so the length does not change.
    fn permute(&mut self, first: usize) {
        let Some(rng) = &mut self.order else { return };
        let Some(&begin) = self.members.get(first) else { return };
        let end = self.out.len();
        let mut spans: Vec<(usize, usize)> = Vec::with_capacity(self.members.len() - first);
        for (index, &start) in self.members.iter().enumerate().skip(first) {
            spans.push((start, self.members.get(index + 1).map_or(end, |next| next - 1)));
        }
        for last in (1..spans.len()).rev() {
            spans.swap(last, rng.below(last as u64 + 1) as usize);
        }
        self.permuted.clear();
        for (start, stop) in spans {
            self.permuted.extend_from_slice(&self.out[start..stop]);
            self.permuted.push(b',');
        }
        self.out[begin..].copy_from_slice(&self.permuted[..end - begin]);
    }

    fn string(&mut self, value: &str) {
        self.out.push(b'"');
        let bytes = value.as_bytes();
        let mut done = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.out.extend_from_slice(&bytes[done..at]);
            done = at + 1;
            match byte {
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                b'"' | b'\\' => self.out.extend([b'\\', byte]),
                _ => self.escape(u16::from(byte)),
            }
        }
        self.out.extend_from_slice(&bytes[done..]);
        self.out.push(b'"');
    }

    fn escape(&mut self, unit: u16) {
        use std::io::Write as _;
        let _ = write!(self.out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(json: &mut Json) -> String {
        let line = json.line(|json| {
            json.text("quote", "a \"b\" \\ \n\t\u{1} ü");
            json.ascii_text("ascii", "Zoë \"𝄞\"");
            json.plain("number", 7);
            json.object("empty", |_| {});
            json.array("list", |json| {
                json.text_element("x");
                json.element(|json| json.format("id", format_args!("{}:{}", 1, "z")));
                json.element(|json| json.plain("none", "null"));
            });
        });
        String::from_utf8(line.to_vec()).unwrap()
    }

    #[test]
    fn writes_compact_escaped_json() {
        let expected = concat!(
            r#"{"quote":"a \"b\" \\ \n\t\u0001 ü","ascii":"Zo\u00eb \"\ud834\udd1e\"","number":7,"#,
            r#""empty":{},"list":["x",{"id":"1:z"},{"none":null}]}"#,
            "\n"
        );
        assert_eq!(sample(&mut Json::new(None)), expected);
    }

    #[test]
    fn faults_spoil_one_member_or_the_end() {
        let targets = Targets { required: "last", typed: "first" };
        let line = |fault, order| {
            let mut json = Json::new(order);
            let line = json.faulty_line(fault, targets, |json| {
                json.object("first", |json| json.text("last", "inner"));
                json.text("middle", "m");
                json.text("last", "l");
            });
            String::from_utf8(line.to_vec()).unwrap()
        };
        assert_eq!(line(Fault::Missing, None), "{\"first\":{\"last\":\"inner\"},\"middle\":\"m\"}\n");
        let mistyped = line(Fault::Mistyped, None);
        assert_eq!(mistyped, "{\"first\":\"unreadable\",\"middle\":\"m\",\"last\":\"l\"}\n");
        assert!(line(Fault::Cut, None).ends_with("\"inner\"}\n"));
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text);
        for seed in 0..20 {
            let order = || Some(Rng::new(seed));
            assert_eq!(parse(&line(Fault::Mistyped, order())).unwrap(), parse(&mistyped).unwrap());
            assert!(parse(&line(Fault::Missing, order())).unwrap().get("last").is_none());
            assert!(parse(&line(Fault::Cut, order())).is_err());
        }
    }

    #[test]
    fn permuting_members_changes_their_order_and_nothing_else() {
        let plain = sample(&mut Json::new(None));
        let mut json = Json::new(Some(Rng::new(3)));
        let lines: Vec<String> = (0..20).map(|_| sample(&mut json)).collect();
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        for line in &lines {
            assert_eq!(line.len(), plain.len());
            assert_eq!(parse(line), parse(&plain));
        }
        let distinct: std::collections::BTreeSet<&String> = lines.iter().collect();
        assert!(distinct.len() > 15, "only {} orders of 120", distinct.len());
    }
}
