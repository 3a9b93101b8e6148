//! The executable form of a log type: flat, indexed by small integers, ready for a hot loop.

use crate::{Indicator, LogType, Scanner, TimeFormat, Value, ValueKind, log_type::Field};

/// Index of a node in [`Plan::nodes`], and of its column in a column set.
pub type NodeId = u32;

/// A compiled log type.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The log type it was compiled from.
    pub log_type: LogType,
    /// Hex digest of everything in the log type that changes output.
    pub fingerprint: String,
    /// All nodes in preorder; node 0 is the event itself, an object.
    pub nodes: Vec<Node>,
    /// The `p_any_*` columns that some scanner of this log type may fill, in table order.
    pub indicators: Vec<Indicator>,
}

/// One value of the tree: the event, a field, or the element of an array.
#[derive(Debug, Clone)]
pub struct Node {
    /// The key under which it stands in its object; empty for the event and for elements.
    pub name: String,
    /// Dotted path from the event, `context[].id`; empty for the event.
    pub path: String,
    /// Type and structure.
    pub kind: Kind,
    /// Whether it must be present.
    pub required: bool,
    /// Line of its definition, counted from 1.
    pub line: u32,
    /// Scanners that apply, those inherited from objects and arrays above included.
    pub scanners: Vec<Scanner>,
    /// Whether it is a candidate for the event time.
    pub event_time: bool,
    /// Time formats to try, in order.
    pub time_formats: Vec<TimeFormat>,
    /// One past the last node below this one.
    pub end: NodeId,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text.
    String,
    /// Integer of so many bits: 16, 32 or 64.
    Int(u8),
    /// 64-bit floating point.
    Float,
    /// Boolean.
    Boolean,
    /// Microseconds UTC.
    Timestamp,
    /// JSON text.
    Json,
    /// An object with members.
    Object(Members),
    /// An array; its element is the next node.
    Array,
}

/// The members of an object, found by key.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Members {
    nodes: Vec<NodeId>,
    names: Vec<Box<[u8]>>,
    /// Member numbers ordered by (length, name), for the search after a wrong guess.
    sorted: Vec<u32>,
    required: Vec<u32>,
}

impl Members {
    fn new(members: Vec<(NodeId, &Field)>) -> Self {
        let names: Vec<Box<[u8]>> = members.iter().map(|(_, f)| f.name.as_bytes().into()).collect();
        let mut sorted: Vec<u32> = (0..names.len() as u32).collect();
        sorted.sort_by_key(|&i| (names[i as usize].len(), names[i as usize].clone()));
        let required = (0u32..).zip(&members).filter(|(_, (_, f))| f.required).map(|(i, _)| i).collect();
        Self { nodes: members.iter().map(|(n, _)| *n).collect(), names, sorted, required }
    }

    /// How many members are declared.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether none is declared; never so for a checked log type.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node of member number `member`.
    pub fn node(&self, member: usize) -> NodeId {
        self.nodes[member]
    }

    /// The nodes of all members, in schema order.
    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    /// Numbers of the required members, ascending.
    pub fn required(&self) -> &[u32] {
        &self.required
    }

    /// Finds the member called `key`. Events repeat the order of their keys, so the caller passes the
    /// member it expects next and one comparison usually settles it.
    #[inline]
    pub fn find(&self, key: &[u8], expected: usize) -> Option<usize> {
        if let Some(name) = self.names.get(expected)
            && **name == *key
        {
            return Some(expected);
        }
        self.search(key)
    }

    fn search(&self, key: &[u8]) -> Option<usize> {
        let found = self.sorted.binary_search_by(|&i| {
            let name = &*self.names[i as usize];
            (name.len(), name).cmp(&(key.len(), key))
        });
        found.ok().map(|at| self.sorted[at] as usize)
    }
}

impl Plan {
    /// Compiles a checked log type.
    pub fn new(log_type: LogType) -> Self {
        let mut nodes = vec![Node {
            name: String::new(),
            path: String::new(),
            kind: Kind::Object(Members::default()),
            required: true,
            line: 1,
            scanners: Vec::new(),
            event_time: false,
            time_formats: Vec::new(),
            end: 0,
        }];
        add_members(&mut nodes, 0, &log_type.fields, &[]);
        let indicators = Indicator::ALL
            .into_iter()
            .filter(|i| nodes.iter().flat_map(|n| &n.scanners).any(|s| s.columns().contains(i)))
            .collect();
        let fingerprint = fingerprint(&log_type, &nodes);
        Self { log_type, fingerprint, nodes, indicators }
    }

    /// The members of an object node.
    ///
    /// # Panics
    /// Never for a node whose kind is an object; callers match on the kind first.
    pub fn members(&self, node: NodeId) -> &Members {
        match &self.nodes[node as usize].kind {
            Kind::Object(members) => members,
            _ => {
                const {
                    &Members {
                        nodes: Vec::new(),
                        names: Vec::new(),
                        sorted: Vec::new(),
                        required: Vec::new(),
                    }
                }
            }
        }
    }
}

fn add_members(nodes: &mut Vec<Node>, object: usize, fields: &[Field], scanners: &[Scanner]) {
    let prefix = nodes[object].path.clone();
    let mut members = Vec::with_capacity(fields.len());
    for field in fields {
        let path = if prefix.is_empty() { field.name.clone() } else { format!("{prefix}.{}", field.name) };
        members.push((nodes.len() as NodeId, field));
        add_value(nodes, &field.name, path, field.required, &field.value, scanners, field.span.line);
    }
    nodes[object].kind = Kind::Object(Members::new(members));
    nodes[object].end = nodes.len() as NodeId;
}

fn add_value(
    nodes: &mut Vec<Node>,
    name: &str,
    path: String,
    required: bool,
    value: &Value,
    inherited: &[Scanner],
    line: u32,
) {
    let mut scanners = inherited.to_vec();
    for scanner in &value.indicators {
        if !scanners.contains(scanner) {
            scanners.push(*scanner);
        }
    }
    let is_text = !matches!(value.kind, ValueKind::Object(_) | ValueKind::Array(_) | ValueKind::Json);
    let this = nodes.len();
    nodes.push(Node {
        name: name.to_owned(),
        path: path.clone(),
        kind: match &value.kind {
            ValueKind::String => Kind::String,
            ValueKind::Int => Kind::Int(32),
            ValueKind::SmallInt => Kind::Int(16),
            ValueKind::BigInt => Kind::Int(64),
            ValueKind::Float => Kind::Float,
            ValueKind::Boolean => Kind::Boolean,
            ValueKind::Timestamp => Kind::Timestamp,
            ValueKind::Json => Kind::Json,
            ValueKind::Object(_) => Kind::Object(Members::default()),
            ValueKind::Array(_) => Kind::Array,
        },
        required,
        line,
        scanners: if is_text { scanners.clone() } else { Vec::new() },
        event_time: value.event_time,
        time_formats: value.time_formats.clone(),
        end: this as NodeId + 1,
    });
    match &value.kind {
        ValueKind::Object(fields) => add_members(nodes, this, fields, &scanners),
        ValueKind::Array(element) => {
            let path = format!("{path}[]");
            add_value(nodes, "", path, false, element, &scanners, element.span.line);
            nodes[this].end = nodes.len() as NodeId;
        }
        _ => {}
    }
}

/// Hashes what decides the output: names, types, and what the parser does with each value.
/// Descriptions travel in the file's metadata, so they count too.
fn fingerprint(log_type: &LogType, nodes: &[Node]) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(log_type.name.as_bytes());
    hash.update(&log_type.version.to_le_bytes());
    hash_fields(&mut hash, &log_type.fields);
    for node in nodes {
        hash.update(format!("{}\0{:?}\0{:?}\0", node.path, node.scanners, node.time_formats).as_bytes());
    }
    hash.finalize().to_hex()[..32].to_owned()
}

fn hash_fields(hash: &mut blake3::Hasher, fields: &[Field]) {
    for field in fields {
        let head = format!("{}\0{}\0{}\0", field.name, field.required, field.description);
        hash.update(head.as_bytes());
        hash_value(hash, &field.value);
    }
    hash.update(b"\x01");
}

fn hash_value(hash: &mut blake3::Hasher, value: &Value) {
    let (tag, inner) = match &value.kind {
        ValueKind::Object(fields) => ("object", Some(fields)),
        ValueKind::Array(element) => {
            hash.update(b"array\0");
            return hash_value(hash, element);
        }
        ValueKind::String => ("string", None),
        ValueKind::Int => ("int", None),
        ValueKind::SmallInt => ("smallint", None),
        ValueKind::BigInt => ("bigint", None),
        ValueKind::Float => ("float", None),
        ValueKind::Boolean => ("boolean", None),
        ValueKind::Timestamp => ("timestamp", None),
        ValueKind::Json => ("json", None),
    };
    hash.update(format!("{tag}\0{}\0", value.event_time).as_bytes());
    if let Some(fields) = inner {
        hash_fields(hash, fields);
    }
}
