//! Why a walk ended without a row.

use std::fmt::Write as _;

use sawlog_columns::{Code, Sink};
use sawlog_schema::{Kind, NodeId, Plan, TimeFormat};

use super::{Pass, Step, keys};
use crate::envelope::Envelope;
use crate::token::TokenKind;

/// The end of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fail {
    /// The record's root may be a page: take it apart, or walk it again without looking for pages.
    MaybePage,
    /// A key stands twice in an object: walk it again, knowing which ones are overridden.
    RepeatedKey,
    /// The record breaks a rule of the schema.
    Rejected(Box<Broken>),
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) json_path: String,
    pub(crate) schema_line: u32,
}

/// The type of a node, as it is written in YAML.
fn type_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::String => "string",
        Kind::Int(16) => "smallint",
        Kind::Int(32) => "int",
        Kind::Int(_) => "bigint",
        Kind::Float => "float",
        Kind::Boolean => "boolean",
        Kind::Timestamp => "timestamp",
        Kind::Json => "json",
        Kind::Object(_) => "object",
        Kind::Array => "array",
    }
}

/// Members of a page at most, where a message takes a record for one: events of other logs have more.
const PAGE_MEMBERS: u32 = 6;

/// How much of a value a message shows, in characters.
const SHOWN: usize = 60;

/// The beginning of a text.
fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// The beginning of a text, in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", cut(text))
}

impl<S: Sink> Pass<'_, '_, '_, '_, S> {
    pub(super) fn broken(&self, node: NodeId, code: Code, message: String) -> Fail {
        Fail::Rejected(Box::new(Broken {
            code,
            message,
            json_path: json_path(self.plan, &self.walk.path),
            schema_line: self.plan.nodes[node as usize].line,
        }))
    }

    /// What the value at `token` is, for a message.
    pub(super) fn shown(&self, token: usize) -> String {
        match self.doc.tokens[token].kind {
            TokenKind::Null => "null".to_owned(),
            TokenKind::Bool(value) => format!("the boolean {value}"),
            TokenKind::Number { .. } => {
                format!("the number {}", cut(&String::from_utf8_lossy(self.doc.source(token))))
            }
            TokenKind::String(text) => format!("the string {}", quoted(text)),
            TokenKind::Object(_) => "an object".to_owned(),
            TokenKind::Array(_) => "an array".to_owned(),
        }
    }

    pub(super) fn mismatch(&self, node: NodeId, token: usize) -> Fail {
        let declared = &self.plan.nodes[node as usize];
        let message = format!(
            "{} is declared as {}, but the event has {}",
            self.name(node),
            type_name(&declared.kind),
            self.shown(token)
        );
        self.broken(node, Code::TypeMismatch, message)
    }

    pub(super) fn out_of_range(&self, node: NodeId, token: usize) -> Fail {
        let declared = &self.plan.nodes[node as usize];
        let message = format!(
            "{} is declared as {}, which cannot hold {}",
            self.name(node),
            type_name(&declared.kind),
            self.shown(token)
        );
        self.broken(node, Code::OutOfRange, message)
    }

    pub(super) fn no_time(&self, node: NodeId, token: usize) -> Fail {
        let what = match &*self.plan.nodes[node as usize].time_formats {
            [TimeFormat::Rfc3339] => "an RFC 3339 time".to_owned(),
            formats => {
                let formats: Vec<_> = formats.iter().map(|format| format!("`{}`", format.as_str())).collect();
                format!("a time in the format {}", formats.join(" or "))
            }
        };
        let message = format!("{} must be {what}, but is {}", self.name(node), self.shown(token));
        self.broken(node, Code::InvalidTimestamp, message)
    }

    pub(super) fn missing(&self, node: NodeId) -> Fail {
        let message = match self.list_of_objects() {
            Some(key) => format!(
                "{} is required, but missing; if the events are in `{key}`: --records-path {key}",
                self.name(node)
            ),
            None => missing(self.plan, node),
        };
        self.broken(node, Code::MissingRequired, message)
    }

    /// A member of the event that holds a list of objects, if the event may be a page, has as few members as
    /// one, and none of them is a field of the log type: its records may be there.
    fn list_of_objects(&self) -> Option<&str> {
        let tokens = self.doc.tokens;
        let is_small = matches!(tokens[0].kind, TokenKind::Object(extent) if extent.len <= PAGE_MEMBERS);
        let may_be_page = is_small && self.mode.pages.is_some_and(Envelope::takes_pages);
        if !may_be_page || self.walk.has_pushed {
            return None;
        }
        let is_list = |value: usize| match (tokens[value].kind, tokens.get(value + 1)) {
            (TokenKind::Array(extent), Some(first)) if extent.len > 0 => {
                matches!(first.kind, TokenKind::Object(_))
            }
            _ => false,
        };
        let is_plain = |key: &str| key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let is_name = |key: &str| !matches!(key, "" | "none") && is_plain(key);
        keys(tokens, 0).find(|(key, name)| is_name(name) && is_list(key + 1)).map(|(_, name)| name)
    }

    pub(super) fn name(&self, node: NodeId) -> String {
        name(self.plan, node)
    }
}

fn name(plan: &Plan, node: NodeId) -> String {
    match plan.nodes[node as usize].path.as_str() {
        "" => "the event".to_owned(),
        path => format!("`{path}`"),
    }
}

fn missing(plan: &Plan, node: NodeId) -> String {
    format!("{} is required, but missing; keep such events with --missing-required keep", name(plan, node))
}

/// Why the log type refuses an event that has none of its fields, if that takes no walk to tell: its first
/// required field is missing, and none is made from what stands elsewhere.
pub(crate) fn missing_first(plan: &Plan) -> Option<String> {
    let members = plan.members(0);
    let first = *members.required().first().filter(|_| members.derived().is_empty())?;
    Some(missing(plan, members.node(first as usize)))
}

/// A JSONPath from the event to the value that the steps lead to.
pub(crate) fn json_path(plan: &Plan, path: &[Step]) -> String {
    let mut text = "$".to_owned();
    for step in path {
        match step {
            Step::Member(node) => push_member(&plan.nodes[*node as usize].key, &mut text),
            Step::Element(index) => {
                let _ = write!(text, "[{index}]");
            }
        }
    }
    text
}

/// The same from the event to its member of that name.
pub(crate) fn member_path(name: &str) -> String {
    let mut text = "$".to_owned();
    push_member(name, &mut text);
    text
}

fn push_member(name: &str, text: &mut String) {
    let begins_plain = name.bytes().next().is_some_and(|b| !b.is_ascii_digit());
    let is_plain = begins_plain && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_plain {
        text.push('.');
        text.push_str(name);
    } else {
        let quoted = name.replace('\\', "\\\\").replace('\'', "\\'");
        let _ = write!(text, "['{quoted}']");
    }
}
