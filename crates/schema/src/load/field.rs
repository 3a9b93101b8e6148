//! Fields and the values they declare.

use std::collections::HashMap;

use super::{
    Loader,
    keys::{self, TYPES},
    read::Mapping,
};
use crate::{
    Field, Scanner, TimeFormat, Value, ValueKind,
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
        members
    }

    fn within_levels(&mut self, entry: &Entry, level: usize) -> bool {
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
        let mapping = self.mapping(item, "a field")?;
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
        self.check_keys(&mapping, &keys::FIELD, &owner);
        let required = mapping.get("required").is_some_and(|entry| self.flag(entry));
        let description = mapping.get("description").and_then(|entry| self.description(entry));
        let value = self.value(&mapping, &path, &owner, level);
        let field = Field {
            name: name?.to_owned(),
            required,
            description: description.unwrap_or_default(),
            value,
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

    /// Reads the type of a field or element and what hangs on it. `owner` names it in messages.
    fn value(&mut self, mapping: &Mapping<'a>, path: &str, owner: &str, level: usize) -> Value {
        let type_name = self.type_name(mapping, owner);
        let kind = self.kind(mapping, type_name, path, owner, level);
        let indicators = mapping.get("indicators").map_or_else(Vec::new, |entry| self.indicators(entry));
        let time_formats = self.time_formats(mapping);
        let event_time = mapping.get("isEventTime").is_some_and(|entry| self.flag(entry));
        self.has_event_time |= event_time;
        let mut value = Value { kind, indicators, event_time, time_formats, span: mapping.place().span };
        // Without a known type, what follows would only repeat that mistake.
        if type_name.is_some() {
            self.check_indicators(mapping, &value, owner);
            self.check_time(mapping, &mut value, owner);
        }
        value
    }

    fn type_name(&mut self, mapping: &Mapping<'a>, owner: &str) -> Option<&'static str> {
        let Some(entry) = mapping.get("type") else {
            self.missing(mapping, "type", owner, format!("the types are {}", TYPES.join(", ")));
            return None;
        };
        let name = self.text(entry)?;
        if let Some(known) = TYPES.into_iter().find(|known| *known == name) {
            return Some(known);
        }
        let at = self.tree.node(entry.value).place;
        if name == "ref" {
            self.unsupported(at, "the type `ref` (references to definitions)", keys::DEFINITIONS_HELP);
            return None;
        }
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
                self.misplaced(entry, owner, type_name, "only an `object` has members");
            }
        }
        let mut element = None;
        if let Some(entry) = mapping.get("element") {
            element = self.element(entry, path, level + 1);
            if !is("array") {
                self.misplaced(entry, owner, type_name, "only an `array` has elements");
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
        let mapping = self.mapping(entry.value, "`element`")?;
        let path = format!("{path}[]");
        let owner = format!("the element {}", quote(&path));
        self.check_keys(&mapping, &keys::ELEMENT, &owner);
        Some(self.value(&mapping, &path, &owner, level))
    }

    fn misplaced(&mut self, entry: &Entry, owner: &str, type_name: Option<&str>, help: &str) {
        let message =
            format!("{owner} is a {} and cannot have `{}`", type_name.unwrap_or_default(), entry.key);
        self.problems.advise(Code::MisplacedKey, entry.place, message, help);
    }

    fn indicators(&mut self, entry: &'a Entry) -> Vec<Scanner> {
        let mut scanners = Vec::new();
        for &item in self.list(entry, "write the names in brackets, such as `indicators: [ip]`") {
            let at = self.tree.node(item).place;
            let Some(name) = self.node_text(item, "an indicator", at) else { continue };
            if let Some(scanner) = keys::scanner(name) {
                if scanners.contains(&scanner) {
                    let message = format!("the indicator `{name}` is in the list already");
                    self.problems.report(Code::NoEffect, at, message);
                } else {
                    scanners.push(scanner);
                }
            } else if keys::is_missing_indicator(name) {
                let help = "remove it from the list if the others are enough";
                self.unsupported(at, &format!("the indicator `{name}`"), help);
            } else {
                let known = Scanner::ALL.map(Scanner::name);
                let help = self.suggestion(name, known, "indicators", &known);
                let message = format!("there is no indicator {}", quote(name));
                self.problems.advise(Code::BadIndicator, at, message, help);
            }
        }
        scanners
    }

    fn check_indicators(&mut self, mapping: &Mapping<'a>, value: &Value, owner: &str) {
        let Some(entry) = mapping.get("indicators") else { return };
        let kind = value.kind.name();
        match value.kind {
            ValueKind::String => {}
            ValueKind::Object(_) | ValueKind::Array(_) if value.holds_text() => {
                let message = format!("{owner} is an {kind}: its indicators apply to every string below it");
                let help = "put them on the strings that are meant, if not all are";
                self.problems.advise(Code::NestedIndicators, entry.place, message, help);
            }
            _ => {
                let message = format!("the indicators of {owner} find nothing");
                let help = format!("only `string` values are scanned, and this is of type `{kind}`");
                self.problems.advise(Code::NoEffect, entry.place, message, help);
            }
        }
    }

    /// Reads both spellings of the formats; `timeFormat` comes first.
    fn time_formats(&mut self, mapping: &Mapping<'a>) -> Vec<TimeFormat> {
        let mut formats = Vec::new();
        let single = mapping.get("timeFormat");
        if let Some(entry) = single {
            let at = self.tree.node(entry.value).place;
            formats.extend(self.text(entry).and_then(|name| self.time_format(name, at)));
        }
        if let Some(entry) = mapping.get("timeFormats") {
            if single.is_some() {
                let message = "`timeFormat` and `timeFormats` stand together".to_owned();
                let help = "`timeFormat` is tried first; put all formats into `timeFormats`";
                self.problems.advise(Code::BothTimeFormats, entry.place, message, help);
            }
            for &item in self.list(entry, "write the formats in brackets, such as `timeFormats: [rfc3339]`") {
                let at = self.tree.node(item).place;
                let name = self.node_text(item, "a time format", at);
                formats.extend(name.and_then(|name| self.time_format(name, at)));
            }
        }
        formats.dedup();
        formats
    }

    fn time_format(&mut self, name: &str, at: Place) -> Option<TimeFormat> {
        if name == "rfc3339" {
            return Some(TimeFormat::Rfc3339);
        }
        if keys::is_missing_time_format(name) {
            let help = "declare the field as `string` or as a number, which keeps the value as it comes";
            self.unsupported(at, &format!("the time format {}", quote(name)), help);
        } else {
            let message = format!("there is no time format {}", quote(name));
            let help = "write `rfc3339`, for times such as 2026-03-01T12:30:00Z";
            self.problems.advise(Code::BadTimeFormat, at, message, help);
        }
        None
    }

    /// Checks that the keys for times stand where there is a time, and settles the formats that apply.
    fn check_time(&mut self, mapping: &Mapping<'a>, value: &mut Value, owner: &str) {
        let format = mapping.get("timeFormat").or_else(|| mapping.get("timeFormats"));
        let claims = mapping.get("isEventTime").filter(|_| value.event_time);
        match value.kind {
            ValueKind::Timestamp => {}
            ValueKind::String => {
                if let Some(claim) = claims {
                    let message =
                        format!("{owner} is a string: its text is kept, and read for the event time only");
                    let help =
                        "declare it as `timestamp` to have a time in its column, and bad times rejected";
                    self.problems.advise(Code::StringTime, format.unwrap_or(claim).place, message, help);
                } else if let Some(format) = format {
                    let message = format!("the `{}` of {owner} does nothing", format.key);
                    let help =
                        "a string is kept as it is; declare it as `timestamp`, or set `isEventTime: true`";
                    self.problems.advise(Code::NoEffect, format.place, message, help);
                    value.time_formats.clear();
                }
            }
            _ => {
                for entry in format.into_iter().chain(claims) {
                    let help = "times are of the type `timestamp`";
                    self.misplaced(entry, owner, Some(value.kind.name()), help);
                }
                value.time_formats.clear();
            }
        }
        let has_time =
            value.kind == ValueKind::Timestamp || (value.event_time && value.kind == ValueKind::String);
        if has_time && value.time_formats.is_empty() {
            value.time_formats.push(TimeFormat::Rfc3339);
        }
    }
}
