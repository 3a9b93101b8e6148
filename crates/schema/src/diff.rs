//! What changed from one definition of a log type to the next, and whether tables survive it.
//!
//! Rows that were written stay as they are, so a change is judged by one question: do files written before
//! and after it still make one table, with every column that queries may name? Adding a field or changing
//! what is said about one is compatible; deleting, renaming or retyping one is breaking. Changes that
//! decide which events are accepted, or what comes into a column, leave the table alone: they are
//! compatible and carry a note.

mod attributes;
mod parser;
mod rename;
mod render;

use std::collections::HashMap;

use crate::{Field, LogType, Value, ValueKind, log_type};
use attributes::{Attribute, consequence};

/// Every change from one definition to the next, in the order of the old one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// The changes. A field with members counts as one when it comes or goes.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// Dotted path of what changed, `context[].id`; empty for the log type itself.
    pub path: String,
    /// The key that changed, where only what is said about a field did.
    pub attribute: Option<&'static str>,
    /// What stood in the old definition; `None` for what was added.
    pub old: Option<Side>,
    /// What stands in the new definition; `None` for what was deleted.
    pub new: Option<Side>,
    /// Whether files written before and after stop making one table.
    pub is_breaking: bool,
    /// What follows from the change, where that is not obvious.
    pub note: Option<String>,
    /// For a deleted field, the path of the added one that it may have become, and the other way round.
    pub renamed: Option<String>,
}

/// Kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// A field or column came.
    Add,
    /// A field or column went.
    Delete,
    /// A field, or the element of an array, has another type.
    Retype,
    /// Something else is said about a field or the log type.
    Meta,
}

/// One definition's side of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Line of the field in its definition, counted from 1; `None` for the log type itself, and for columns
    /// that no single field stands for.
    pub line: Option<u32>,
    /// The type, or the value of the attribute; `None` where the key is absent, and for an order of fields.
    pub text: Option<String>,
}

impl ChangeKind {
    /// The kind as written in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Delete => "delete",
            Self::Retype => "retype",
            Self::Meta => "meta",
        }
    }
}

impl Diff {
    /// Whether files written before and after the changes make one table.
    pub fn is_compatible(&self) -> bool {
        !self.changes.iter().any(|change| change.is_breaking)
    }
}

/// Compares two definitions of a log type.
///
/// ```
/// use sawlog_schema::{ChangeKind, diff, load};
///
/// let read = |text: &str| load(text, "door.yml").log_type.expect("a sound schema");
/// let old = read("schema: Custom.Door\nfields:\n  - {name: at, type: timestamp, isEventTime: true}\n");
/// let new = read("schema: Custom.Door\nfields:\n  - {name: at, type: string}\n");
/// let found = diff(&old, &new);
/// assert_eq!((found.changes[0].kind, found.changes[0].path.as_str()), (ChangeKind::Retype, "at"));
/// assert!(!found.is_compatible());
/// ```
pub fn diff(old: &LogType, new: &LogType) -> Diff {
    let mut changes = Changes::default();
    changes.attributes("", (None, attributes::of_log_type(old)), (None, attributes::of_log_type(new)));
    changes.fields("", &old.fields, &new.fields);
    changes.columns(old, new);
    Diff { changes: changes.list }
}

#[derive(Default)]
struct Changes {
    list: Vec<Change>,
}

impl Changes {
    /// Compares the members of an object. Recurses over levels of the schema, of which there are at most
    /// [`crate::limits::LEVELS`].
    fn fields(&mut self, parent: &str, old: &[Field], new: &[Field]) {
        let dot = if parent.is_empty() { "" } else { "." };
        let path = |field: &Field| format!("{parent}{dot}{}", field.name);
        let by_name: HashMap<&str, &Field> = new.iter().map(|field| (field.name.as_str(), field)).collect();
        let known: HashMap<&str, usize> =
            old.iter().enumerate().map(|(at, field)| (field.name.as_str(), at)).collect();
        let deleted: Vec<&Field> =
            old.iter().filter(|field| !by_name.contains_key(field.name.as_str())).collect();
        let added: Vec<&Field> =
            new.iter().filter(|field| !known.contains_key(field.name.as_str())).collect();
        let renames = rename::find(&deleted, &added);
        for field in old {
            if let Some(now) = by_name.get(field.name.as_str()) {
                self.field(&path(field), field, now);
            } else {
                let became = renames.iter().find(|(gone, _)| std::ptr::eq(*gone, field));
                self.delete(path(field), field, became.map(|(_, came)| (path(came), *came)));
            }
        }
        for field in &added {
            let was = renames.iter().find(|(_, came)| std::ptr::eq(*came, *field));
            self.add(path(field), field, was.map(|(gone, _)| path(gone)));
        }
        let kept: Vec<usize> =
            new.iter().filter_map(|field| known.get(field.name.as_str()).copied()).collect();
        if !kept.is_sorted() {
            let side =
                |fields: &[Field]| Side { line: fields.first().map(|field| field.span.line), text: None };
            self.meta(parent, "order", side(old), side(new));
        }
    }

    fn field(&mut self, path: &str, old: &Field, new: &Field) {
        let attributes = |field: &Field| (Some(field.span.line), attributes::of_field(field));
        self.attributes(path, attributes(old), attributes(new));
        self.value(path, &old.value, &new.value);
    }

    fn value(&mut self, path: &str, old: &Value, new: &Value) {
        let attributes = |value: &Value| (Some(value.span.line), attributes::of_value(value));
        match (&old.kind, &new.kind) {
            (ValueKind::Object(old_fields), ValueKind::Object(new_fields)) => {
                self.attributes(path, attributes(old), attributes(new));
                self.fields(path, old_fields, new_fields);
            }
            (ValueKind::Array(old_element), ValueKind::Array(new_element)) => {
                self.attributes(path, attributes(old), attributes(new));
                self.value(&format!("{path}[]"), old_element, new_element);
            }
            (before, after) if before == after => self.attributes(path, attributes(old), attributes(new)),
            // What is said about a value goes with its type: comparing it across types would only add noise.
            _ => self.retype(path, old, new),
        }
    }

    fn attributes(
        &mut self,
        path: &str,
        old: (Option<u32>, Vec<Attribute>),
        new: (Option<u32>, Vec<Attribute>),
    ) {
        for (before, after) in old.1.into_iter().zip(new.1) {
            if before.text != after.text {
                let side = |line, text| Side { line, text };
                self.meta(path, before.key, side(old.0, before.text), side(new.0, after.text));
            }
        }
    }

    fn meta(&mut self, path: &str, key: &'static str, old: Side, new: Side) {
        let is_breaking = key == attributes::NAME;
        let note = consequence(key, old.text.as_deref(), new.text.as_deref()).map(str::to_owned);
        self.list.push(Change {
            kind: ChangeKind::Meta,
            path: path.to_owned(),
            attribute: Some(key),
            old: Some(old),
            new: Some(new),
            is_breaking,
            note,
            renamed: None,
        });
    }

    fn retype(&mut self, path: &str, old: &Value, new: &Value) {
        let note = if widens(&old.kind, &new.kind) {
            "every old value fits, but engines that read the files as one table want one type; \
             add a field of the wider type instead"
        } else {
            "files written before and after do not make one table; add a field under another name instead"
        };
        let side = |value: &Value| Side { line: Some(value.span.line), text: Some(type_text(value)) };
        self.list.push(Change {
            kind: ChangeKind::Retype,
            path: path.to_owned(),
            attribute: None,
            old: Some(side(old)),
            new: Some(side(new)),
            is_breaking: true,
            note: Some(note.to_owned()),
            renamed: None,
        });
    }

    fn delete(&mut self, path: String, field: &Field, became: Option<(String, &Field)>) {
        let note = match &became {
            Some((path, became)) => format!(
                "looks renamed to `{path}`; to fill the same column from the new key, keep the field and add \
                 `rename: {{from: {}}}`",
                yaml_text(&became.name)
            ),
            None => {
                "files written from now on lack the column; events that have the field keep it in `p_extra`"
                    .to_owned()
            }
        };
        self.list.push(Change {
            kind: ChangeKind::Delete,
            path,
            attribute: None,
            old: Some(Side { line: Some(field.span.line), text: Some(type_text(&field.value)) }),
            new: None,
            is_breaking: true,
            note: Some(note),
            renamed: became.map(|(path, _)| path),
        });
    }

    fn add(&mut self, path: String, field: &Field, renamed: Option<String>) {
        let note =
            field.required.then(|| "it is required: events without it are rejected from now on".to_owned());
        self.list.push(Change {
            kind: ChangeKind::Add,
            path,
            attribute: None,
            old: None,
            new: Some(Side { line: Some(field.span.line), text: Some(type_text(&field.value)) }),
            is_breaking: false,
            note,
            renamed,
        });
    }

    /// Indicator columns come and go with the scanners that fill them.
    fn columns(&mut self, old: &LogType, new: &LogType) {
        let columns =
            |log_type: &LogType| log_type::indicators(log_type.fields.iter().map(|field| &field.value));
        let (before, after) = (columns(old), columns(new));
        let gone = before.iter().filter(|column| !after.contains(column)).map(|column| (column, false));
        let came = after.iter().filter(|column| !before.contains(column)).map(|column| (column, true));
        for (column, is_new) in gone.chain(came) {
            let side = Side { line: None, text: Some("column".to_owned()) };
            let (kind, note) = if is_new {
                (ChangeKind::Add, "indicators fill it from now on; it is null in rows written before")
            } else {
                (
                    ChangeKind::Delete,
                    "no indicator fills it any more: files written from now on lack the column",
                )
            };
            self.list.push(Change {
                kind,
                path: column.column().to_owned(),
                attribute: None,
                old: (!is_new).then(|| side.clone()),
                new: is_new.then_some(side),
                is_breaking: false,
                note: Some(note.to_owned()),
                renamed: None,
            });
        }
    }
}

/// Text as YAML reads it back, in quotes unless it is one plain word.
fn yaml_text(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word { text.to_owned() } else { format!("{text:?}") }
}

/// A type with what it is made of, in a few words.
fn type_text(value: &Value) -> String {
    match &value.kind {
        ValueKind::Array(element) => format!("array of {}", element.kind.name()),
        ValueKind::Object(fields) if fields.len() == 1 => "object of 1 field".to_owned(),
        ValueKind::Object(fields) => format!("object of {} fields", fields.len()),
        scalar => scalar.name().to_owned(),
    }
}

/// Whether each value of the old type is one of the new type.
const fn widens(old: &ValueKind, new: &ValueKind) -> bool {
    use ValueKind::{BigInt, Int, SmallInt};
    matches!((old, new), (SmallInt, Int | BigInt) | (Int, BigInt))
}
