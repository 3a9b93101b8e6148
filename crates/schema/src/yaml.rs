//! YAML text as a tree of nodes that know their place.
//!
//! A loader that reports every problem where it stands needs more than a deserializer gives: the place of each
//! key and value, keys that stand twice, and a way on after the first surprise. serde-saphyr's `Spanned<T>`
//! tells the place of values whose type is known in advance, but not of keys or of a value of any kind, and its
//! duplicate check ends the reading. So this module, the only one that knows a YAML crate, builds the tree from
//! the events of granit-parser, the parser beneath serde-saphyr.
//!
//! Nodes lie in one vector and refer to each other by number. An alias is one more reference to a node that
//! exists, never a copy, and each node carries the size of what it stands for, so that a document that would
//! expand without bound is refused at the alias that goes too far. Nothing here recurses.

use std::{borrow::Cow, collections::HashMap};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Tag};

use crate::{
    Span,
    diagnostic::{Code, Place, Problems, quote},
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
#[derive(Debug, PartialEq)]
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

/// Reads one YAML document. Returns `None` if the text is no single document within the limits; every problem,
/// also one that leaves the tree usable, goes to `problems`.
pub(crate) fn parse(text: &str, problems: &mut Problems) -> Option<Tree> {
    if text.len() > limits::FILE_BYTES {
        problems.advise(
            Code::FileTooLarge,
            START,
            format!("the file has {} bytes, more than the {} allowed", text.len(), limits::FILE_BYTES),
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
            Err(error) => Err(scan_problem(&error)),
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

fn scan_problem(error: &ScanError) -> Refusal {
    let at = Place { span: position(error.marker()), width: 1 };
    let (code, message, help) = match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => {
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
    Refusal { code, at, message, help }
}

enum Next {
    More,
    Done,
}

/// A collection whose end has not come yet.
struct Open {
    node: NodeId,
    anchor: usize,
    size: usize,
    items: Items,
}

enum Items {
    Sequence(Vec<NodeId>),
    Mapping {
        entries: Vec<Entry>,
        /// Line of each key, to name the first one when it comes again.
        lines: HashMap<String, u32>,
        /// The key whose value comes next.
        key: Option<(String, Place)>,
    },
}

#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    open: Vec<Open>,
    /// Nodes by anchor; `None` while the node is still open.
    anchors: HashMap<usize, Option<NodeId>>,
    root: Option<NodeId>,
    documents: usize,
    /// Size of everything so far with aliases expanded.
    expanded: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Place, problems: &mut Problems) -> Result<Next, Refusal> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    problems.advise(
                        Code::MultipleDocuments,
                        at,
                        "a second YAML document begins here".to_owned(),
                        "a file holds one schema: move the rest to files of its own",
                    );
                    return Ok(Next::Done);
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let size = 1 + text.len();
                self.grow(size, at)?;
                if let Some(key) = self.key_slot() {
                    *key = Some((text.into_owned(), at));
                    return Ok(Next::More);
                }
                let kind = scalar(text, style, tag.as_deref(), at)?;
                let id = self.push(Node { place: at, kind, size });
                if anchor != 0 {
                    self.anchors.insert(anchor, Some(id));
                }
                self.attach(id, size, problems);
            }
            Event::SequenceStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), "seq", at)?;
                self.start(anchor, at, Items::Sequence(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), "map", at)?;
                let items = Items::Mapping { entries: Vec::new(), lines: HashMap::new(), key: None };
                self.start(anchor, at, items)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(problems),
            Event::Alias(anchor) => self.alias(anchor, at, problems)?,
            _ => {}
        }
        Ok(Next::More)
    }

    /// The place of the next key, if a key is what comes next.
    fn key_slot(&mut self) -> Option<&mut Option<(String, Place)>> {
        match self.open.last_mut() {
            Some(Open { items: Items::Mapping { key, .. }, .. }) if key.is_none() => Some(key),
            _ => None,
        }
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn grow(&mut self, size: usize, at: Place) -> Result<(), Refusal> {
        self.expanded = self.expanded.saturating_add(size);
        if self.expanded <= limits::EXPANDED_SIZE {
            return Ok(());
        }
        Err(Refusal {
            code: Code::AliasBomb,
            at,
            message: "the aliases up to here stand for more text than a schema may hold".to_owned(),
            help: "replace aliases of aliases by what they mean, or split the schema",
        })
    }

    fn start(&mut self, anchor: usize, at: Place, items: Items) -> Result<(), Refusal> {
        if self.key_slot().is_some() {
            return Err(complex_key(at));
        }
        self.grow(1, at)?;
        let node = self.push(Node { place: at, kind: Kind::Null, size: 1 });
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open { node, anchor, size: 1, items });
        Ok(())
    }

    fn end(&mut self, problems: &mut Problems) {
        let Some(open) = self.open.pop() else { return };
        self.nodes[open.node].size = open.size;
        self.nodes[open.node].kind = match open.items {
            Items::Sequence(items) => Kind::Sequence(items),
            Items::Mapping { entries, .. } => Kind::Mapping(entries),
        };
        if open.anchor != 0 {
            self.anchors.insert(open.anchor, Some(open.node));
        }
        self.attach(open.node, open.size, problems);
    }

    fn alias(&mut self, anchor: usize, at: Place, problems: &mut Problems) -> Result<(), Refusal> {
        if self.key_slot().is_some() {
            return Err(complex_key(at));
        }
        let target = match self.anchors.get(&anchor) {
            Some(&Some(target)) => target,
            Some(None) => {
                return Err(Refusal {
                    code: Code::RecursiveAlias,
                    at,
                    message: "the alias stands inside the value that it names".to_owned(),
                    help: "a schema cannot contain itself; use the type `json` for data that nests freely",
                });
            }
            // Only values are remembered: the anchor must be that of a key.
            None => return Err(complex_key(at)),
        };
        let size = self.nodes[target].size;
        self.grow(size, at)?;
        self.attach(target, size, problems);
        Ok(())
    }

    /// Hands a finished node to the collection it stands in.
    fn attach(&mut self, id: NodeId, size: usize, problems: &mut Problems) {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(id);
            return;
        };
        open.size = open.size.saturating_add(size);
        match &mut open.items {
            Items::Sequence(items) => items.push(id),
            Items::Mapping { entries, lines, key } => {
                let Some((key, place)) = key.take() else { return };
                if let Some(line) = lines.get(&key) {
                    problems.advise(
                        Code::DuplicateKey,
                        place,
                        format!("the key {} stands twice in one mapping", quote(&key)),
                        format!("it stands on line {line} already: keep one of the two"),
                    );
                    return;
                }
                lines.insert(key.clone(), place.span.line);
                entries.push(Entry { key, place, value: id });
            }
        }
    }
}

fn complex_key(at: Place) -> Refusal {
    Refusal {
        code: Code::ComplexKey,
        at,
        message: "a list, a mapping or an alias is used as a key".to_owned(),
        help: "keys are words; text that begins with `[`, `{`, `?` or `*` needs quotes",
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>, at: Place) -> Result<Kind, Refusal> {
    match tag {
        Some(_) => check_tag(tag, "str", at).map(|()| Kind::Text(text.into_owned())),
        None if style == ScalarStyle::Plain => Ok(Kind::plain(text)),
        None => Ok(Kind::Text(text.into_owned())),
    }
}

/// Accepts no tag, or the core schema's one for `suffix`.
fn check_tag(tag: Option<&Tag>, suffix: &str, at: Place) -> Result<(), Refusal> {
    if tag.is_none_or(|tag| tag.is_yaml_core_schema_tag(suffix)) {
        return Ok(());
    }
    Err(Refusal {
        code: Code::Unsupported,
        at,
        message: "this value carries a YAML tag, which has no meaning in a schema".to_owned(),
        help: "remove the tag; text that begins with `!` needs quotes",
    })
}
