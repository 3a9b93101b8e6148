//! The executable form of a log type: flat, indexed by small integers, ready for a hot loop.

use crate::{
    Field, Indicator, LogType, Mask, Members, Scanner, TimeFormat, Transform, Validate, Value, ValueKind,
    log_type, members,
};

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
    /// Whether the table has a column for the fields of the envelopes that events came in. That hangs on the
    /// stream that is read, not on the log type.
    pub header: bool,
}

/// One value of the tree: the event, a field, or the element of an array.
#[derive(Debug, Clone)]
pub struct Node {
    /// The field's name; empty for the event and for elements.
    pub name: String,
    /// The key under which it stands in its object: the name, unless the field is renamed.
    pub key: String,
    /// What its column is called.
    pub column: String,
    /// Dotted path from the event, `context[].id`; empty for the event.
    pub path: String,
    /// Type and structure.
    pub kind: Kind,
    /// Whether it must be present.
    pub required: bool,
    /// Line of its definition, counted from 1.
    pub line: u32,
    /// Scanners that apply, those inherited from objects and arrays above included. Only text has any.
    pub scanners: Vec<Scanner>,
    /// Whether it is a candidate for the event time.
    pub event_time: bool,
    /// Time formats to try, in order.
    pub time_formats: Vec<TimeFormat>,
    /// Whether text here is JSON to be read as the declared type.
    pub embedded: bool,
    /// What becomes of a text before it is written, if anything does. Only text has any.
    pub rules: Option<Box<TextRules>>,
    /// What the value is made from, where it is not read from the key.
    pub derived: Option<Box<Transform>>,
    /// One past the last node below this one.
    pub end: NodeId,
}

/// What becomes of a text before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRules {
    /// What it must be; the lists are sorted.
    pub validate: Option<Validate>,
    /// How it is hidden.
    pub mask: Option<Mask>,
}

impl TextRules {
    fn new(value: &Value) -> Option<Box<Self>> {
        if value.kind != ValueKind::String || (value.validate.is_none() && value.mask.is_none()) {
            return None;
        }
        let mut validate = value.validate.clone();
        if let Some(Validate { allow, deny, .. }) = &mut validate {
            allow.sort_unstable();
            deny.sort_unstable();
        }
        Some(Box::new(Self { validate, mask: value.mask.clone() }))
    }
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

impl Plan {
    /// Compiles a checked log type.
    pub fn new(log_type: LogType) -> Self {
        let mut nodes = vec![Node {
            name: String::new(),
            key: String::new(),
            column: String::new(),
            path: String::new(),
            kind: Kind::Object(Members::default()),
            required: true,
            line: 1,
            scanners: Vec::new(),
            event_time: false,
            time_formats: Vec::new(),
            embedded: false,
            rules: None,
            derived: None,
            end: 0,
        }];
        add_members(&mut nodes, 0, &log_type.fields, &[]);
        let indicators = log_type::indicators(log_type.fields.iter().map(|field| &field.value));
        let fingerprint = fingerprint(&log_type, &nodes);
        Self { log_type, fingerprint, nodes, indicators, header: false }
    }

    /// The same with a column for the fields of envelopes.
    #[must_use]
    pub fn with_header(self) -> Self {
        Self { header: true, ..self }
    }

    /// The members of an object node.
    ///
    /// # Panics
    /// Never for a node whose kind is an object; callers match on the kind first.
    pub fn members(&self, node: NodeId) -> &Members {
        match &self.nodes[node as usize].kind {
            Kind::Object(members) => members,
            _ => &members::NONE,
        }
    }
}

fn add_members(nodes: &mut Vec<Node>, object: usize, fields: &[Field], scanners: &[Scanner]) {
    let prefix = nodes[object].path.clone();
    let mut members = Vec::with_capacity(fields.len());
    for field in fields {
        let path = if prefix.is_empty() { field.name.clone() } else { format!("{prefix}.{}", field.name) };
        let this = nodes.len();
        members.push(this as NodeId);
        add_value(nodes, path, &field.value, scanners, field.span.line);
        let node = &mut nodes[this];
        node.name.clone_from(&field.name);
        node.column.clone_from(&field.name);
        node.key.clone_from(field.transform.rename.as_ref().unwrap_or(&field.name));
        node.required = field.required;
        node.derived = field.transform.is_derived().then(|| Box::new(field.transform.clone()));
    }
    nodes[object].kind = Kind::Object(Members::new(nodes, members));
    nodes[object].end = nodes.len() as NodeId;
}

fn add_value(nodes: &mut Vec<Node>, path: String, value: &Value, inherited: &[Scanner], line: u32) {
    let scanners = value.scanners(inherited);
    let this = nodes.len();
    let element_path = format!("{path}[]");
    nodes.push(Node {
        name: String::new(),
        key: String::new(),
        column: String::new(),
        path,
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
        required: false,
        line,
        scanners: if value.kind == ValueKind::String { scanners.clone() } else { Vec::new() },
        event_time: value.event_time,
        time_formats: value.time_formats.clone(),
        embedded: value.embedded_json,
        rules: TextRules::new(value),
        derived: None,
        end: this as NodeId + 1,
    });
    match &value.kind {
        ValueKind::Object(fields) => add_members(nodes, this, fields, &scanners),
        ValueKind::Array(element) => {
            add_value(nodes, element_path, element, &scanners, element.span.line);
            nodes[this].end = nodes.len() as NodeId;
        }
        _ => {}
    }
}

/// Hashes what decides the output: names, types, and what the parser does with each value. Descriptions
/// travel in the metadata of the files, so they count too; the rest of the head and the places in the YAML do
/// not.
fn fingerprint(log_type: &LogType, nodes: &[Node]) -> String {
    let mut hash = blake3::Hasher::new();
    hash_text(&mut hash, &log_type.name);
    hash.update(&log_type.version.to_le_bytes());
    hash_text(&mut hash, &log_type.parser.canonical());
    hash_fields(&mut hash, &log_type.fields);
    // The nodes hold the scanners and formats that really apply.
    for node in nodes {
        let Node { scanners, event_time, time_formats, key, embedded, rules, derived, .. } = node;
        hash_text(&mut hash, &format!("{scanners:?} {event_time} {time_formats:?}"));
        hash_text(&mut hash, &format!("{key:?} {embedded} {rules:?} {derived:?}"));
    }
    hash.finalize().to_hex()[..32].to_owned()
}

/// Hashes a text with its length, so that no two sequences of texts look alike.
fn hash_text(hash: &mut blake3::Hasher, text: &str) {
    hash.update(&(text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}

fn hash_fields(hash: &mut blake3::Hasher, fields: &[Field]) {
    hash.update(&(fields.len() as u64).to_le_bytes());
    for field in fields {
        hash_text(hash, &field.name);
        hash.update(&[u8::from(field.required)]);
        hash_text(hash, &field.description);
        hash_value(hash, &field.value);
    }
}

fn hash_value(hash: &mut blake3::Hasher, value: &Value) {
    hash_text(hash, value.kind.name());
    match &value.kind {
        ValueKind::Object(fields) => hash_fields(hash, fields),
        ValueKind::Array(element) => hash_value(hash, element),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    const YAML: &str = "\
schema: Custom.Plan
fields:
  - {name: at, type: timestamp, isEventTime: true, required: true}
  - name: who
    type: object
    indicators: [username]
    fields:
      - {name: id, type: bigint, required: true}
      - {name: name, type: string}
      - {name: mail, type: string, indicators: [email, username]}
  - name: hosts
    type: array
    element: {type: array, element: {type: string, indicators: [hostname]}}
  - {name: body, type: json}
";

    fn plan(yaml: &str) -> Plan {
        Plan::new(load(yaml, "plan.yml").log_type.unwrap())
    }

    #[test]
    fn nodes_stand_in_preorder_and_know_their_end() {
        let plan = plan(YAML);
        let nodes: Vec<(&str, NodeId)> = plan.nodes.iter().map(|n| (n.path.as_str(), n.end)).collect();
        let expected = [
            ("", 10),
            ("at", 2),
            ("who", 6),
            ("who.id", 4),
            ("who.name", 5),
            ("who.mail", 6),
            ("hosts", 9),
            ("hosts[]", 9),
            ("hosts[][]", 9),
            ("body", 10),
        ];
        assert_eq!(nodes, expected);
    }

    #[test]
    fn nodes_carry_kind_line_and_scanners() {
        let plan = plan(YAML);
        assert_eq!(plan.nodes[3].kind, Kind::Int(64));
        assert_eq!(plan.nodes[5].line, 10);
        assert_eq!(plan.nodes[2].scanners, []);
        assert_eq!(plan.nodes[3].scanners, []);
        assert_eq!(plan.nodes[4].scanners, [Scanner::Username]);
        assert_eq!(plan.nodes[5].scanners, [Scanner::Username, Scanner::Email]);
        assert_eq!(plan.nodes[8].scanners, [Scanner::Hostname]);
        let filled =
            [Indicator::IpAddresses, Indicator::DomainNames, Indicator::Emails, Indicator::Usernames];
        assert_eq!(plan.indicators, filled);
        assert!(plan.nodes[1].event_time);
        assert_eq!(plan.nodes[1].time_formats, [TimeFormat::Rfc3339]);
    }

    #[test]
    fn members_are_found_whatever_is_expected() {
        let plan = plan(YAML);
        let who = plan.members(2);
        assert_eq!((who.len(), who.is_empty()), (3, false));
        assert_eq!(who.nodes(), [3, 4, 5]);
        assert_eq!(who.required(), [0]);
        for expected in 0..5 {
            assert_eq!(who.find(b"mail", expected), Some(2));
            assert_eq!(who.find(b"Mail", expected), None);
            assert_eq!(who.find(b"", expected), None);
        }
        assert!(plan.members(1).is_empty());
    }

    #[test]
    fn keys_and_names_part_where_fields_are_renamed_or_derived() {
        let plan = plan(
            "{schema: Custom.Plan, fields: [\
             {name: a, type: string, rename: {from: b}, mask: {type: redact}}, \
             {name: c, type: int, required: true, copy: {from: x.y}}, \
             {name: d, type: json, isEmbeddedJSON: true}, \
             {name: e, type: string, validate: {deny: [z, y]}}]}",
        );
        let event = plan.members(0);
        assert_eq!(event.keys().collect::<Vec<_>>(), [&b"b"[..], b"d", b"e"]);
        assert_eq!((event.renamed(), event.derived(), event.required()), (&[0][..], &[1][..], &[1][..]));
        for expected in 0..4 {
            assert_eq!(event.find(b"b", expected), Some(0));
            assert_eq!((event.find(b"a", expected), event.find(b"c", expected)), (None, None));
            assert_eq!((event.column(b"a", expected), event.column(b"b", expected)), (Some(0), None));
            assert_eq!(event.column(b"c", expected), Some(1));
        }
        assert_eq!((plan.nodes[1].key.as_str(), plan.nodes[2].key.as_str()), ("b", "c"));
        assert_eq!(
            plan.nodes.iter().map(|node| node.embedded).collect::<Vec<_>>(),
            [false, false, false, true, false]
        );
        let rules = plan.nodes[4].rules.as_ref().unwrap();
        assert_eq!(rules.validate.as_ref().unwrap().deny, ["y", "z"]);
        assert!(plan.nodes[1].rules.is_some() && plan.nodes[2].rules.is_none());
    }

    #[test]
    fn the_fingerprint_changes_with_what_changes_output() {
        let same =
            YAML.replace("schema: Custom.Plan", "# A comment\nschema: Custom.Plan\ndescription: Other");
        assert_eq!(plan(&same).fingerprint, plan(YAML).fingerprint);
        let changes = [
            ("Custom.Plan", "Custom.Plans"),
            ("schema: Custom.Plan", "schema: Custom.Plan\nversion: 1"),
            ("name: at", "name: time"),
            ("bigint", "int"),
            ("bigint, required: true", "bigint"),
            ("indicators: [username]", "indicators: [ip]"),
            ("indicators: [hostname]", "description: none"),
            ("type: json", "type: json, description: Rest"),
            ("isEventTime: true", "isEventTime: false"),
            ("name: name, type: string", "name: name, type: string, rename: {from: x}"),
            ("name: name, type: string", "name: name, type: string, copy: {from: x}"),
            ("name: name, type: string", "name: name, type: string, concat: {paths: [x]}"),
            (
                "name: name, type: string",
                "name: name, type: string, split: {from: x, separator: y, index: 1}",
            ),
            ("name: name, type: string", "name: name, type: string, mask: {type: redact}"),
            ("name: name, type: string", "name: name, type: string, mask: {type: obfuscate, salt: x}"),
            ("name: name, type: string", "name: name, type: string, validate: {allow: [x]}"),
            ("name: name, type: string", "name: name, type: string, validate: {ip: any}"),
            ("type: json", "type: json, isEmbeddedJSON: true"),
            (
                "{type: array, element: {type: string, indicators: [hostname]}}",
                "{type: string, indicators: [hostname]}",
            ),
        ];
        for (from, to) in changes {
            assert!(YAML.contains(from), "{from}");
            assert_ne!(plan(&YAML.replacen(from, to, 1)).fingerprint, plan(YAML).fingerprint, "{to}");
        }
        // What is read does not hang on how it is written down.
        let field = "- {name: body, type: json}\n";
        let by_reference = "- {name: body, type: ref, target: Body}\ndefinitions:\n  Body: {type: json}\n";
        assert_eq!(plan(&YAML.replace(field, by_reference)).fingerprint, plan(YAML).fingerprint);
        let swapped = YAML
            .replace("name: name", "name: x")
            .replace("name: mail", "name: name")
            .replace("name: x", "name: mail");
        assert_ne!(plan(&swapped).fingerprint, plan(YAML).fingerprint);
    }
}
