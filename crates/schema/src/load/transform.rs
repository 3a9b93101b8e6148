//! Transformations of fields: `rename`, `copy`, `concat`, `split` and `mask`.

use std::collections::HashMap;

use super::{Loader, field::Member, keys, read::Mapping};
use crate::{
    Concat, Field, Mask, Split, Transform, ValueKind,
    diagnostic::{Code, Place, quote},
    yaml::{Entry, Kind},
};

impl<'a> Loader<'a> {
    /// Reads where the value of a field comes from.
    pub(super) fn transform(&mut self, mapping: &Mapping<'a>, name: Option<&str>) -> Transform {
        Transform {
            rename: mapping.get("rename").and_then(|entry| self.rename(entry, name)),
            copy: mapping.get("copy").and_then(|entry| {
                let copy =
                    self.of(entry, keys::COPY, "name the path of the value: `copy: {from: user.name}`")?;
                self.path(&copy, "`copy`")
            }),
            concat: mapping.get("concat").and_then(|entry| self.concat(entry)),
            split: mapping.get("split").and_then(|entry| self.split(entry)),
        }
    }

    /// The mapping below a transformation's key.
    fn of(&mut self, entry: &'a Entry, vocabulary: keys::Vocabulary, help: &str) -> Option<Mapping<'a>> {
        let what = format!("`{}`", entry.key);
        let mapping = self.mapping(entry.value, &what, help)?;
        self.check_keys(&mapping, vocabulary, &what);
        Some(mapping)
    }

    fn rename(&mut self, entry: &'a Entry, name: Option<&str>) -> Option<String> {
        let rename =
            self.of(entry, keys::RENAME, "name the key that the event has: `rename: {from: user-name}`")?;
        let Some(from) = rename.get("from") else {
            self.missing(&rename, "from", "`rename`", "add the key under which the event has the value");
            return None;
        };
        let key = self.text(from)?;
        if name == Some(key) {
            let message = format!("the field is called {} already", quote(key));
            let help = "remove `rename`, or name the key that the event has";
            self.problems.advise(Code::NoEffect, self.tree.node(from.value).place, message, help);
        }
        Some(key.to_owned())
    }

    /// The path under `from`.
    fn path(&mut self, mapping: &Mapping<'a>, owner: &str) -> Option<String> {
        let Some(from) = mapping.get("from") else {
            self.missing(mapping, "from", owner, "add the path of the value, such as `from: user.name`");
            return None;
        };
        let path = self.text(from)?;
        self.check_path(path, self.tree.node(from.value).place);
        Some(path.to_owned())
    }

    fn check_path(&mut self, path: &str, at: Place) {
        if path.is_empty() {
            let help = "name a key of the object in which the field stands, or a path below one: `user.name`";
            self.problems.advise(Code::BadTransformation, at, "the path is empty".to_owned(), help);
        }
    }

    fn concat(&mut self, entry: &'a Entry) -> Option<Concat> {
        let concat =
            self.of(entry, keys::CONCAT, "such as `concat: {paths: [first, last], separator: ' '}`")?;
        let separator = concat.get("separator").and_then(|entry| self.text(entry)).unwrap_or_default();
        let Some(list) = concat.get("paths") else {
            let help = "list the paths of the values to join, such as `paths: [first, last]`";
            self.missing(&concat, "paths", "`concat`", help);
            return None;
        };
        let mut paths = Vec::new();
        for &item in self.list(list, "list the paths of the values to join, such as `paths: [first, last]`") {
            let at = self.tree.node(item).place;
            if let Some(path) = self.node_text(item, "a path", at) {
                self.check_path(path, at);
                paths.push(path.to_owned());
            }
        }
        Some(Concat { separator: separator.to_owned(), paths })
    }

    fn split(&mut self, entry: &'a Entry) -> Option<Split> {
        let split =
            self.of(entry, keys::SPLIT, "such as `split: {from: address, separator: ':', index: 0}`")?;
        let from = self.path(&split, "`split`");
        let separator = self.separator(&split);
        let Some(index) = split.get("index") else {
            let help = "say which part is meant: `index: 0` is the first one";
            self.missing(&split, "index", "`split`", help);
            return None;
        };
        let index = self.index(index);
        Some(Split { from: from?, separator: separator?.to_owned(), index: index? })
    }

    /// The text at which a text is cut.
    fn separator(&mut self, split: &Mapping<'a>) -> Option<&'a str> {
        let help = "name the text between the parts, such as `separator: \":\"`";
        let Some(entry) = split.get("separator") else {
            self.missing(split, "separator", "`split`", help);
            return None;
        };
        let separator = self.text(entry)?;
        if separator.is_empty() {
            let at = self.tree.node(entry.value).place;
            self.problems.advise(Code::BadTransformation, at, "the separator is empty".to_owned(), help);
        }
        Some(separator)
    }

    fn index(&mut self, entry: &'a Entry) -> Option<u32> {
        let node = self.tree.node(entry.value);
        let index = match node.kind {
            Kind::Int(index) => u32::try_from(index).ok(),
            _ => None,
        };
        if index.is_none() {
            let message = "`index` must be a whole number, 0 or more".to_owned();
            let help = "parts are counted from the front: `index: 0` is the first one";
            self.problems.advise(Code::BadTransformation, node.place, message, help);
        }
        index
    }

    /// Reads how the text of a field or element is hidden. Without `kind` its type is not known.
    pub(super) fn mask(
        &mut self,
        mapping: &Mapping<'a>,
        kind: Option<&ValueKind>,
        owner: &str,
    ) -> Option<Mask> {
        let entry = mapping.get("mask")?;
        if let Some(kind) = kind.filter(|kind| **kind != ValueKind::String) {
            let help = "only a `string` is masked; put it on each string below";
            self.misplaced(entry, owner, Some(kind.name()), help);
        }
        let mask = self.of(entry, keys::MASK, "such as `mask: {type: redact}`")?;
        let Some(type_entry) = mask.get("type") else {
            self.missing(&mask, "type", "`mask`", "the types are redact, obfuscate");
            return None;
        };
        let (to, salt) = (mask.get("to"), mask.get("salt"));
        match self.text(type_entry)? {
            "redact" => {
                self.pointless(salt, "redact");
                let to = to.and_then(|entry| self.text(entry)).unwrap_or("REDACTED");
                Some(Mask::Redact { to: to.to_owned() })
            }
            "obfuscate" => {
                self.pointless(to, "obfuscate");
                // A salt that is no text is told as such, and not as missing.
                let text = salt.map_or(Some(""), |entry| self.text(entry))?;
                if text.is_empty() {
                    let message = format!("the mask of {owner} has no salt");
                    let help = "add `salt` with a long random text that others do not know: without one a \
                                hash can be looked up";
                    self.problems.advise(Code::UnsaltedMask, entry.place, message, help);
                }
                Some(Mask::Obfuscate { salt: text.to_owned() })
            }
            other => {
                let at = self.tree.node(type_entry.value).place;
                let known = ["redact", "obfuscate"];
                let help = self.suggestion(other, known, "types", &known);
                let message = format!("there is no mask of the type {}", quote(other));
                self.problems.advise(Code::BadTransformation, at, message, help);
                None
            }
        }
    }

    fn pointless(&mut self, entry: Option<&'a Entry>, mask: &str) {
        if let Some(entry) = entry {
            let message = format!("`{}` means nothing to the mask `{mask}`", entry.key);
            self.problems.report(Code::NoEffect, entry.place, message);
        }
    }

    /// Reports members of one object that read the same key of the event.
    pub(super) fn check_keys_read(&mut self, members: &[Member]) {
        if members.iter().all(|member| member.field.transform.rename.is_none()) {
            return;
        }
        let mut readers: HashMap<&str, &Member> = HashMap::with_capacity(members.len());
        for member in members {
            let Some(key) = key_read(&member.field) else { continue };
            let Some(first) = readers.insert(key, member) else { continue };
            if first.field.name == member.field.name {
                continue;
            }
            let (one, other) = (quote(&first.field.name), quote(&member.field.name));
            let message = format!("the fields {one} and {other} both read the key {}", quote(key));
            let help = format!(
                "the first one is on line {}; use `copy: {{from: …}}` in one of the two, which leaves the \
                 key to the other",
                first.at.span.line
            );
            self.problems.advise(Code::SharedKey, member.at, message, help);
        }
    }

    /// Warns where a masked text can still be read: in the place that it was taken from, or in a copy of it.
    pub(super) fn check_masks(&mut self, members: &[Member]) {
        for member in members {
            let Field { name, transform, value, .. } = &member.field;
            let Transform { copy, concat, split, .. } = transform;
            let joined = concat.iter().flat_map(|concat| &concat.paths);
            let paths = copy.iter().chain(joined).chain(split.iter().map(|split| &split.from));
            for path in paths {
                let (is_masked, is_own) = (is_masked(members, path), path == name);
                let (name, path) = (quote(name), quote(path));
                let (message, help) = match (value.mask.is_some(), is_masked) {
                    (true, _) if is_own => (
                        format!("the field {name} is masked, but the text from which it is made is kept"),
                        "declare the whole text as a masked field of another name with `rename`, and make \
                         this one from that",
                    ),
                    (true, false) => (
                        format!("the field {name} is masked, but not {path}, from which it comes"),
                        "declare that as a field with a mask of its own: what is not declared is kept as it \
                         comes",
                    ),
                    (false, true) => (
                        format!("the field {name} shows {path}, which is masked"),
                        "masks come last, so that this field gets the text itself: mask it too",
                    ),
                    _ => continue,
                };
                self.problems.advise(Code::ReadableMask, member.at, message, help);
                break;
            }
        }
    }
}

/// The key of the event that a field takes for itself.
fn key_read(field: &Field) -> Option<&str> {
    match &field.transform.rename {
        Some(key) => Some(key),
        None => (!field.transform.is_derived()).then_some(field.name.as_str()),
    }
}

/// Whether the path leads to a declared text with a mask.
fn is_masked(members: &[Member], path: &str) -> bool {
    let mut rest = path;
    let mut fields: Vec<&Field> = members.iter().map(|member| &member.field).collect();
    loop {
        let named = fields.iter().filter(|field| begins_with(rest, &field.name));
        let Some(field) = named.max_by_key(|field| field.name.len()) else { return false };
        if field.name.len() == rest.len() {
            return field.value.mask.is_some();
        }
        let ValueKind::Object(inner) = &field.value.kind else { return false };
        rest = &rest[field.name.len() + 1..];
        fields = inner.iter().collect();
    }
}

/// Whether `key` is the whole path, or a step of it.
fn begins_with(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
