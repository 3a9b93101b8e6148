//! The fields of a log type as the rows of a table.

use std::fmt::{self, Display, Formatter};

use super::{code, formats, prose};
use crate::{Concat, Field, IpFamily, Mask, Scanner, Split, Transform, Validate, Value, ValueKind};

/// Values of `allow` and `deny` that are shown.
const SHOWN: usize = 20;

/// One field.
pub(super) struct Row<'a> {
    /// Dotted path, `context[].id`.
    pub(super) path: String,
    /// The value that is no array: of the field, or of the elements below it.
    pub(super) leaf: &'a Value,
    field: &'a Field,
    arrays: usize,
    scanners: Vec<Scanner>,
}

/// All fields, each before those below it.
pub(super) fn of(fields: &[Field]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    add(fields, "", &[], &mut rows);
    rows
}

/// Recurses over levels of the schema, of which there are at most [`crate::limits::LEVELS`].
fn add<'a>(fields: &'a [Field], parent: &str, inherited: &[Scanner], rows: &mut Vec<Row<'a>>) {
    let dot = if parent.is_empty() { "" } else { "." };
    for field in fields {
        let path = format!("{parent}{dot}{}", field.name);
        let (mut leaf, mut arrays, mut scanners) = (&field.value, 0, field.value.scanners(inherited));
        while let ValueKind::Array(element) = &leaf.kind {
            (leaf, arrays, scanners) = (element, arrays + 1, element.scanners(&scanners));
        }
        let below = format!("{path}{}", "[]".repeat(arrays));
        rows.push(Row { path, leaf, field, arrays, scanners: scanners.clone() });
        if let ValueKind::Object(members) = &leaf.kind {
            add(members, &below, &scanners, rows);
        }
    }
}

impl Display for Row<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let kind = format!("{}{}", "array of ".repeat(self.arrays), self.leaf.kind.name());
        let required = if self.field.required { "yes" } else { "" };
        let is_text = self.leaf.kind == ValueKind::String;
        let scanners = self.scanners.iter().filter(|_| is_text).map(|scanner| code(scanner.name()));
        let scanners = scanners.collect::<Vec<_>>().join(", ");
        write!(out, "| {} | {kind} | {required} | {scanners} | {} |", code(&self.path), self.meaning())
    }
}

impl Row<'_> {
    /// The description, and what else is said about the value.
    fn meaning(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let description = prose(&self.field.description);
        if !description.is_empty() {
            parts.push(description);
        }
        if !self.leaf.time_formats.is_empty() {
            parts.push(format!("as {}", formats(&self.leaf.time_formats)));
        }
        parts.extend(origin(&self.field.transform));
        if self.field.value.embedded_json || self.leaf.embedded_json {
            parts.push("may be JSON within text".to_owned());
        }
        parts.extend(self.leaf.validate.as_ref().map(rules));
        parts.extend(self.leaf.mask.as_ref().map(|mask| match mask {
            Mask::Redact { .. } => "hidden by another text".to_owned(),
            Mask::Obfuscate { .. } => "hidden by a hash".to_owned(),
        }));
        parts.join("; ")
    }
}

fn origin(transform: &Transform) -> Option<String> {
    let Transform { rename, copy, concat, split } = transform;
    let mut parts = Vec::new();
    parts.extend(rename.as_ref().map(|key| format!("read from the key {}", code(key))));
    parts.extend(copy.as_ref().map(|path| format!("copied from {}", code(path))));
    parts
        .extend(concat.as_ref().map(|Concat { paths, separator: _ }| format!("joined from {}", list(paths))));
    parts.extend(split.as_ref().map(|Split { from, separator, index }| {
        format!("part {} of {}, cut at {}", u64::from(*index) + 1, code(from), code(separator))
    }));
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn rules(Validate { allow, deny, ip, cidr }: &Validate) -> String {
    let family = |family: &IpFamily| match family {
        IpFamily::V4 => "IPv4",
        IpFamily::V6 => "IPv6",
        IpFamily::Any => "IP",
    };
    let rules = [
        (!allow.is_empty()).then(|| format!("one of {}", list(allow))),
        (!deny.is_empty()).then(|| format!("none of {}", list(deny))),
        ip.as_ref().map(|ip| format!("an {} address", family(ip))),
        cidr.as_ref().map(|cidr| format!("an {} network", family(cidr))),
    ];
    rules.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn list(words: &[String]) -> String {
    let mut shown: Vec<String> = words.iter().take(SHOWN).map(|word| code(word)).collect();
    if words.len() > SHOWN {
        shown.push(format!("{} more", words.len() - SHOWN));
    }
    shown.join(", ")
}
