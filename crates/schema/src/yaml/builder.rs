//! From parser events to the tree.

mod merge;

use std::{borrow::Cow, collections::HashMap};

use granit_parser::{Event, ScalarStyle, Tag};

use super::{Entry, Kind, Node, NodeId, Refusal};
use crate::{
    diagnostic::{Code, Place, Problems, quote},
    limits,
};

/// Whether to read on.
pub(super) enum Next {
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

/// The document so far.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) nodes: Vec<Node>,
    open: Vec<Open>,
    /// Nodes by anchor; `None` while the node is still open.
    anchors: HashMap<usize, Option<NodeId>>,
    pub(super) root: Option<NodeId>,
    documents: usize,
    /// Size of everything so far with aliases expanded.
    expanded: usize,
}

impl Builder {
    pub(super) fn take(
        &mut self,
        event: Event<'_>,
        at: Place,
        problems: &mut Problems,
    ) -> Result<Next, Refusal> {
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
                let id = self.push(Node { place: at, kind, size })?;
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
            Event::SequenceEnd | Event::MappingEnd => self.end(problems)?,
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

    fn push(&mut self, node: Node) -> Result<NodeId, Refusal> {
        if self.nodes.len() == limits::NODES {
            return Err(Refusal {
                code: Code::TooManyNodes,
                at: node.place,
                message: format!("the file has more than {} YAML values", limits::NODES),
                help: "a schema is some ten values for each field: is this the right file?",
            });
        }
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
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
        let node = self.push(Node { place: at, kind: Kind::Null, size: 1 })?;
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open { node, anchor, size: 1, items });
        Ok(())
    }

    fn end(&mut self, problems: &mut Problems) -> Result<(), Refusal> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        self.nodes[open.node].size = open.size;
        self.nodes[open.node].kind = match open.items {
            Items::Sequence(items) => Kind::Sequence(items),
            Items::Mapping { entries, .. } => Kind::Mapping(self.merge(entries, problems)?),
        };
        if open.anchor != 0 {
            self.anchors.insert(open.anchor, Some(open.node));
        }
        self.attach(open.node, open.size, problems);
        Ok(())
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
