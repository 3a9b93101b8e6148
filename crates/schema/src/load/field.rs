//! Fields and the values they declare.

use std::collections::HashMap;

use super::{
    Loader,
    keys::{self, TYPES},
    read::Mapping,
};
use crate::{
    Field, Value, ValueKind,
    diagnostic::{Code, Place, quote},
    limits,
    yaml::{Entry, NodeId},
};

/// A field together with the place of its name.
pub(super) struct Member {
    pub(super) field: Field,
    pub(super) at: Place,
}

const FIELDS_HELP: &str = "list the members, each as `- name: …` with its `type`";

impl<'a> Loader<'a> {
    /// Reads the members of an object. `path` is the object's own, empty for the event; its members stand on
    /// `level`.
    pub(super) fn fields(&mut self, entry: &'a Entry, path: &str, level: usize) -> Vec<Member> {
        if !self.within_levels(entry, level) {
            return Vec::new();
        }
        let mut members = Vec::new();
        for &item in self.list(entry, FIELDS_HELP) {
            if !self.count_value(self.tree.node(item).place) {
                break;
            }
            members.extend(self.field(item, path, level));
        }
        self.check_names(&members);
        self.check_keys_read(&members);
        if !self.has_unknown_parts() {
            self.check_masks(&members);
        }
        members
    }

    fn within_levels(&mut self, entry: &Entry, level: usize) -> bool {
        self.deepest = self.deepest.max(level);
        if level > limits::LEVELS {
            let message = format!("objects and arrays are nested more than {} levels deep", limits::LEVELS);
            self.problems.advise(Code::TooDeep, entry.place, message, "declare the value as `json`");
        }
        level <= limits::LEVELS
    }

    /// Counts one more field or element; reports the first one beyond the limit and stops there.
    fn count_value(&mut self, at: Place) -> bool {
        self.values += 1;
        if self.values == limits::FIELDS + 1 {
            let message = format!("the log type has more than {} fields", limits::FIELDS);
            self.problems.advise(
                Code::TooManyFields,
                at,
                message,
                "declare objects with many members as `json`",
            );
        }
        self.values <= limits::FIELDS
    }

    fn field(&mut self, item: NodeId, path: &str, level: usize) -> Option<Member> {
        let mapping = self.mapping(item, "a field", "such as `{name: user, type: string}`")?;
        let named = mapping.get("name");
        if named.is_none() {
            self.missing(&mapping, "name", "a field", "add the JSON key under which the value stands");
        }
        let at = named.map_or(mapping.place(), |entry| self.tree.node(entry.value).place);
        let name = named.and_then(|entry| self.field_name(entry));
        let dot = if path.is_empty() { "" } else { "." };
        let path = format!("{path}{dot}{}", name.unwrap_or("?"));
        if path.len() > limits::PATH_BYTES {
            let message = format!("the path of this field has more than {} bytes", limits::PATH_BYTES);
            self.problems.advise(Code::NameTooLong, at, message, "declare an object above it as `json`");
            return None;
        }
        let owner = format!("the field {}", quote(&path));
        self.check_keys(&mapping, keys::FIELD, &owner);
        let required = mapping.get("required").is_some_and(|entry| self.flag(entry));
        let description = mapping.get("description").and_then(|entry| self.description(entry));
        let description = description.or_else(|| self.description_of_target(&mapping));
        let transform = self.transform(&mapping, name);
        let value = self.value(&mapping, &path, &owner, level);
        let field = Field {
            name: name?.to_owned(),
            required,
            description: description.unwrap_or_default(),
            value,
            transform,
            span: mapping.place().span,
        };
        Some(Member { field, at })
    }

    fn field_name(&mut self, entry: &'a Entry) -> Option<&'a str> {
        let name = self.text(entry)?;
        let fault = if name.is_empty() {
            "is empty"
        } else if name.contains(char::is_control) {
            "contains a control character"
        } else {
            return Some(name);
        };
        let at = self.tree.node(entry.value).place;
        self.problems.report(Code::BadName, at, format!("the name of the field {fault}"));
        None
    }

    /// Reports members of one object that cannot be told apart, by readers that ignore case at least.
    fn check_names(&mut self, members: &[Member]) {
        let mut seen: HashMap<String, &Member> = HashMap::with_capacity(members.len());
        for member in members {
            let name = &member.field.name;
            let Some(first) = seen.get(&name.to_lowercase()) else {
                seen.insert(name.to_lowercase(), member);
                continue;
            };
            let line = first.at.span.line;
            if first.field.name == *name {
                let message = format!("the field {} is declared twice", quote(name));
                let help = format!("it is declared on line {line} already: keep one of the two");
                self.problems.advise(Code::DuplicateField, member.at, message, help);
            } else {
                let first = quote(&first.field.name);
                let message = format!("the fields {first} and {} differ in case only", quote(name));
                let help = format!(
                    "the other one is on line {line}; many query engines ignore case, so declare one of them \
                     and find the other in `p_extra`"
                );
                self.problems.advise(Code::NameCollision, member.at, message, help);
            }
        }
    }

    /// Reads the type of a field, an element or a definition, and what hangs on it. `owner` names it in
    /// messages.
    pub(super) fn value(&mut self, mapping: &Mapping<'a>, path: &str, owner: &str, level: usize) -> Value {
        if self.is_reference(mapping) {
            return self.reference(mapping, path, owner, level);
        }
        let type_name = self.type_name(mapping, owner);
        let kind = self.kind(mapping, type_name, path, owner, level);
        let indicators = mapping.get("indicators").map_or_else(Vec::new, |entry| self.indicators(entry));
        let time_formats = self.time_formats(mapping);
        let event_time = mapping.get("isEventTime").is_some_and(|entry| self.flag(entry));
        self.has_event_time |= event_time;
        let mut value =
            Value { indicators, event_time, time_formats, ..Value::of(kind, mapping.place().span) };
        // Without a known type, what follows would only repeat that mistake.
        if type_name.is_some() {
            self.check_indicators(mapping, &value, owner);
            self.check_time(mapping, &mut value, owner);
            value.expiration = self.expiration(mapping, &value.kind, owner);
            value.embedded_json = self.embedded_json(mapping, &value.kind, owner);
            value.validate = self.validate(mapping, &value.kind, owner);
            value.mask = self.mask(mapping, Some(&value.kind), owner);
            if let Some(entry) = mapping.get("target") {
                self.ignored(entry, owner, type_name, "only a `ref` has a target");
            }
        }
        value
    }

    fn expiration(&mut self, mapping: &Mapping<'a>, kind: &ValueKind, owner: &str) -> bool {
        let Some(entry) = mapping.get("isExpiration") else { return false };
        let is_set = self.flag(entry);
        if is_set && *kind != ValueKind::Timestamp {
            self.ignored(entry, owner, Some(kind.name()), "times are of the type `timestamp`");
        } else if is_set {
            let message = format!("the `isExpiration` of {owner} does nothing here");
            let help = "it concerns the rows of lookup tables; every event of a log is kept";
            self.problems.advise(Code::NoEffect, entry.place, message, help);
        }
        is_set
    }

    fn embedded_json(&mut self, mapping: &Mapping<'a>, kind: &ValueKind, owner: &str) -> bool {
        let Some(entry) = mapping.get("isEmbeddedJSON") else { return false };
        let is_set = self.flag(entry);
        if is_set && !matches!(kind, ValueKind::Object(_) | ValueKind::Array(_) | ValueKind::Json) {
            let help = "declare the value as what the JSON inside is: an `object`, an `array`, or `json`";
            self.ignored(entry, owner, Some(kind.name()), help);
            return false;
        }
        is_set
    }

    fn type_name(&mut self, mapping: &Mapping<'a>, owner: &str) -> Option<&'static str> {
        let Some(entry) = mapping.get("type") else {
            self.missing(mapping, "type", owner, format!("the types are {}", TYPES.join(", ")));
            return None;
        };
        let help = format!("a field has one type, and may be null; the types are {}", TYPES.join(", "));
        let name = self.word(entry, &help)?;
        if let Some(known) = TYPES.into_iter().find(|known| *known == name) {
            return Some(known);
        }
        let at = self.tree.node(entry.value).place;
        let help = match keys::foreign_type(name) {
            Some(ours) => format!("did you mean `{ours}`?"),
            None => self.suggestion(name, TYPES, "types", &TYPES),
        };
        self.problems.advise(Code::BadType, at, format!("there is no type {}", quote(name)), help);
        None
    }

    /// Builds the type with its members or element. Text stands in for a type that is not known, so that what
    /// lies below is checked all the same.
    fn kind(
        &mut self,
        mapping: &Mapping<'a>,
        type_name: Option<&'static str>,
        path: &str,
        owner: &str,
        level: usize,
    ) -> ValueKind {
        let is = |name| type_name.is_none_or(|declared| declared == name);
        let mut fields = Vec::new();
        if let Some(entry) = mapping.get("fields") {
            fields = self.fields(entry, path, level + 1).into_iter().map(|member| member.field).collect();
            if !is("object") {
                self.ignored(entry, owner, type_name, "only an `object` has members");
            }
        }
        let mut element = None;
        if let Some(entry) = mapping.get("element") {
            element = self.element(entry, path, level + 1);
            if !is("array") {
                self.ignored(entry, owner, type_name, "only an `array` has elements");
            }
        }
        match type_name {
            Some("object") => {
                if mapping.get("fields").is_none() {
                    let help = "list its members, or declare it as `json` to keep it as it comes";
                    self.missing(mapping, "fields", &format!("{owner} is an object and"), help);
                }
                ValueKind::Object(fields)
            }
            Some("array") => {
                if mapping.get("element").is_none() {
                    let help = "write `element: {type: …}` for what the array holds";
                    self.missing(mapping, "element", &format!("{owner} is an array and"), help);
                }
                element.map_or(ValueKind::Json, |element| ValueKind::Array(Box::new(element)))
            }
            Some("int") => ValueKind::Int,
            Some("smallint") => ValueKind::SmallInt,
            Some("bigint") => ValueKind::BigInt,
            Some("float") => ValueKind::Float,
            Some("boolean") => ValueKind::Boolean,
            Some("timestamp") => ValueKind::Timestamp,
            Some("json") => ValueKind::Json,
            _ => ValueKind::String,
        }
    }

    fn element(&mut self, entry: &'a Entry, path: &str, level: usize) -> Option<Value> {
        if !self.within_levels(entry, level) || !self.count_value(entry.place) {
            return None;
        }
        let mapping = self.mapping(entry.value, "`element`", "such as `element: {type: string}`")?;
        let path = format!("{path}[]");
        let owner = format!("the element {}", quote(&path));
        self.check_keys(&mapping, keys::ELEMENT, &owner);
        Some(self.value(&mapping, &path, &owner, level))
    }

    /// Reports a key that means nothing with this type. Schemas that others have published have such keys,
    /// and are read all the same.
    pub(super) fn ignored(&mut self, entry: &Entry, owner: &str, type_name: Option<&str>, help: &str) {
        let message = format!(
            "{owner} is of the type {}, where `{}` does nothing",
            quote(type_name.unwrap_or_default()),
            entry.key
        );
        self.problems.advise(Code::NoEffect, entry.place, message, help);
    }

    pub(super) fn misplaced(&mut self, entry: &Entry, owner: &str, type_name: Option<&str>, help: &str) {
        let type_name = type_name.unwrap_or_default();
        let article = if type_name.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
        let message = format!("{owner} is {article} {type_name} and cannot have `{}`", entry.key);
        self.problems.advise(Code::MisplacedKey, entry.place, message, help);
    }
}
