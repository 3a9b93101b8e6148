//! YAML text as a tree of nodes that know their place.
//!
//! A loader that reports every problem where it stands needs more than a deserializer gives: the place of
//! each key and value, keys that stand twice, and a way on after the first surprise. serde-saphyr's
//! `Spanned<T>` tells the place of values whose type is known in advance, but not of keys or of a value of
//! any kind, and its duplicate check ends the reading. So this module, the only one that knows a YAML crate,
//! builds the tree from the events of granit-parser, the parser beneath serde-saphyr.
//!
//! Nodes lie in one vector and refer to each other by number. An alias is one more reference to a node that
//! exists, never a copy, and each node carries the size of what it stands for, so that a document that would
//! expand without bound is refused at the alias that goes too far. Nothing here recurses.

mod builder;

use std::borrow::Cow;

use builder::{Builder, Next};
use granit_parser::{ErrorKind, Parser, ScanError};

use crate::{
    Span,
    diagnostic::{Code, Place, Problems},
    limits,
};

/// Number of a node in its tree.
pub(crate) type NodeId = usize;

/// One YAML document.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    root: NodeId,
}

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    /// Nodes and bytes of text that the value holds, with aliases counted as what they stand for.
    size: usize,
}

/// A value, resolved by the core schema of YAML 1.2.
#[derive(Debug, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Int(i64),
    /// A number that is no `i64` in decimal digits.
    Number,
    Text(String),
    Mapping(Vec<Entry>),
    Sequence(Vec<NodeId>),
}

/// One key of a mapping with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) value: NodeId,
}

impl Tree {
    pub(crate) const fn root(&self) -> NodeId {
        self.root
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }
}

impl Kind {
    /// What the value is, for messages.
    pub(crate) const fn noun(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Number => "a number",
            Self::Text(_) => "text",
            Self::Mapping(_) => "a mapping",
            Self::Sequence(_) => "a list",
        }
    }

    /// Resolves a scalar that stands without quotes.
    fn plain(text: Cow<'_, str>) -> Self {
        match &*text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "true" | "True" | "TRUE" => Self::Bool(true),
            "false" | "False" | "FALSE" => Self::Bool(false),
            number if is_number(number) => number.parse().map_or(Self::Number, Self::Int),
            _ => Self::Text(text.into_owned()),
        }
    }
}

/// Whether YAML's core schema reads `text` as a number.
fn is_number(text: &str) -> bool {
    let digits = |rest: &str, radix| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix));
    if let Some(rest) = text.strip_prefix("0x") {
        return digits(rest, 16);
    }
    if let Some(rest) = text.strip_prefix("0o") {
        return digits(rest, 8);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF")
        || matches!(text, ".nan" | ".NaN" | ".NAN")
        // Rust also reads words such as `inf`, which YAML takes for text.
        || unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok()
}

/// Reads one YAML document. Returns `None` if the text is no single document within the limits; every
/// problem, also one that leaves the tree usable, goes to `problems`.
pub(crate) fn parse(text: &str, problems: &mut Problems) -> Option<Tree> {
    if text.len() > limits::FILE_BYTES {
        problems.advise(
            Code::FileTooLarge,
            START,
            format!("the file has more than {} bytes", limits::FILE_BYTES),
            "a schema is text of a few kilobytes: is this the right file?",
        );
        return None;
    }
    let options = granit_parser::options! {
        flow_nesting_limit: limits::YAML_NESTING,
        block_nesting_limit: limits::YAML_NESTING,
    };
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let taken = match event {
            Ok((event, span)) => builder.take(event, place(&span), problems),
            Err(error) => Err(scan_problem(&error, text)),
        };
        match taken {
            Ok(Next::More) => {}
            Ok(Next::Done) => break,
            Err(Refusal { code, at, message, help }) => {
                problems.advise(code, at, message, help);
                return None;
            }
        }
    }
    let root = builder.root.filter(|&root| builder.nodes[root].kind != Kind::Null);
    if root.is_none() {
        problems.advise(
            Code::EmptyFile,
            START,
            "the file holds no schema".to_owned(),
            "a schema begins with `schema: Vendor.Log` and lists its `fields`",
        );
    }
    root.map(|root| Tree { nodes: builder.nodes, root })
}

const START: Place = Place { span: Span { line: 1, column: 1 }, width: 1 };

fn place(span: &granit_parser::Span) -> Place {
    let width = if span.start.line() == span.end.line() { span.end.col() - span.start.col() } else { 0 };
    Place { span: position(&span.start), width: (width as u32).max(1) }
}

fn position(at: &granit_parser::Marker) -> Span {
    Span { line: at.line() as u32, column: at.col() as u32 + 1 }
}

/// A problem after which the text cannot be read on.
struct Refusal {
    code: Code,
    at: Place,
    message: String,
    help: &'static str,
}

fn scan_problem(error: &ScanError, text: &str) -> Refusal {
    let mut span = position(error.marker());
    let (code, message, help) = match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => {
            // The scanner stops behind the tab.
            let line = text.lines().nth(span.line as usize - 1).unwrap_or_default();
            if let Some(column) = line.chars().position(|c| c == '\t') {
                span.column = column as u32 + 1;
            }
            (Code::Tab, "a tab in the indentation".to_owned(), "YAML is indented with spaces only")
        }
        ErrorKind::RecursionLimitExceeded => (
            Code::TooDeep,
            format!("the YAML is nested more than {} collections deep", limits::YAML_NESTING),
            "a schema may nest 64 levels of objects and arrays",
        ),
        ErrorKind::UnknownAnchor => (
            Code::InvalidYaml,
            "the alias names an anchor that does not exist above it".to_owned(),
            "write `&name` at the value first; text that begins with `*` needs quotes",
        ),
        _ => (
            Code::InvalidYaml,
            format!("this is not valid YAML: {}", error.info()),
            "check the indentation, and put text with special characters in quotes",
        ),
    };
    Refusal { code, at: Place { span, width: 1 }, message, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Tree {
        let mut problems = Problems::default();
        let tree = parse(text, &mut problems);
        assert_eq!(problems.finish().0, []);
        tree.unwrap()
    }

    fn resolved(text: &str) -> Kind {
        let mut tree = tree(&format!("[{text}]"));
        let Kind::Sequence(items) = &tree.nodes[tree.root].kind else { panic!("no list") };
        let item = items[0];
        std::mem::replace(&mut tree.nodes[item].kind, Kind::Null)
    }

    #[test]
    fn plain_scalars_resolve_by_the_core_schema() {
        for text in ["~", "null", "Null", "NULL"] {
            assert_eq!(resolved(text), Kind::Null, "{text}");
        }
        for (text, flag) in [("true", true), ("TRUE", true), ("False", false)] {
            assert_eq!(resolved(text), Kind::Bool(flag), "{text}");
        }
        for (text, number) in [("7", 7), ("-7", -7), ("+7", 7), ("007", 7)] {
            assert_eq!(resolved(text), Kind::Int(number), "{text}");
        }
        for text in ["1.5", ".5", "-1e3", "0x1F", "0o17", ".inf", "-.INF", ".nan", "99999999999999999999"] {
            assert_eq!(resolved(text), Kind::Number, "{text}");
        }
        let texts = [
            "yes",
            "on",
            "No",
            "y",
            "tRUE",
            "inf",
            "nan",
            "1.2.3",
            "0x",
            "0o9",
            "1_000",
            "12:30",
            "2026-01-01",
            "e5",
            ".",
        ];
        for text in texts {
            assert_eq!(resolved(text), Kind::Text(text.to_owned()), "{text}");
        }
        for text in ["'7'", "\"7\"", "!!str 7"] {
            assert_eq!(resolved(text), Kind::Text("7".to_owned()), "{text}");
        }
    }

    #[test]
    fn keys_and_values_know_their_place() {
        let tree = tree("# head\nä: \"öü\"\nlist:\n  - one\n  - |\n    two\n");
        let Kind::Mapping(entries) = &tree.node(tree.root()).kind else { panic!("no mapping") };
        let at = |line, column, width| Place { span: Span { line, column }, width };
        assert_eq!(entries[0].place, at(2, 1, 1));
        assert_eq!(tree.node(entries[0].value).place, at(2, 4, 4));
        assert_eq!(entries[1].place, at(3, 1, 4));
        let Kind::Sequence(items) = &tree.node(entries[1].value).kind else { panic!("no list") };
        assert_eq!(tree.node(items[0]).place, at(4, 5, 3));
        // The place of a block of text is its first line, not the sign before it.
        assert_eq!(tree.node(items[1]).place, at(6, 5, 1));
    }

    #[test]
    fn an_alias_is_the_node_it_names() {
        let tree = tree("a: &x [1, &y 2]\nb: *x\nc: *y\nd: &x 3\ne: *x\n");
        let Kind::Mapping(entries) = &tree.node(tree.root()).kind else { panic!("no mapping") };
        assert_eq!(entries[0].value, entries[1].value);
        assert_eq!(tree.node(entries[2].value).kind, Kind::Int(2));
        assert_eq!(tree.node(entries[4].value).kind, Kind::Int(3));
        assert_eq!(tree.node(entries[0].value).size, 5);
    }
}
