//! From the YAML tree to a checked log type.
//!
//! The loader walks the tree once and reports every problem on the way. Where something is wrong it goes on
//! with the likeliest reading, so that one mistake does not hide the next; the log type built that way is
//! handed out only if nothing was an error. It recurses over levels of the schema, of which there are at most
//! [`limits::LEVELS`].

mod definitions;
mod editor;
mod field;
mod indicators;
mod keys;
mod parser;
mod produced;
mod read;
mod regex;
mod script;
mod text;
mod time;
mod transform;
mod validate;

use definitions::Definitions;
pub use editor::editor_schema;
use field::Member;
use read::Mapping;

use crate::{
    Field, LogType,
    diagnostic::{Code, Diagnostic, Problems, quote},
    file_name::{is_name_part, log_type_of_file},
    limits, log_type, standard,
    yaml::{self, Entry, Tree},
};

/// What loading a schema gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The log type; `None` if any diagnostic is an error.
    pub log_type: Option<LogType>,
    /// Every problem found, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads one schema from YAML and checks it. `source` names the text in the result: a path, or the name of a
/// built-in schema; it also names a log type that has no name of its own. Never fails otherwise than by
/// diagnostics, whatever the text; the limits are in [`limits`].
pub fn load(text: &str, source: &str) -> Loaded {
    let mut problems = Problems::default();
    let log_type = yaml::parse(text, &mut problems).and_then(|tree| {
        let mut loader = Loader {
            tree: &tree,
            yaml: text,
            problems: &mut problems,
            source,
            definitions: Definitions::default(),
            values: 0,
            deepest: 0,
            has_event_time: false,
        };
        loader.log_type()
    });
    let (diagnostics, failed) = problems.finish();
    Loaded { log_type: log_type.filter(|_| !failed), diagnostics }
}

struct Loader<'a> {
    tree: &'a Tree,
    /// The file as it is.
    yaml: &'a str,
    problems: &'a mut Problems,
    source: &'a str,
    definitions: Definitions<'a>,
    /// Fields and elements met so far.
    values: usize,
    /// The deepest level met so far.
    deepest: usize,
    /// Whether some field claims to give the event time.
    has_event_time: bool,
}

impl<'a> Loader<'a> {
    fn log_type(&mut self) -> Option<LogType> {
        let root = self.tree.root();
        let top = self.mapping(
            root,
            "a schema",
            "such as `schema: Custom.MyService`, and `fields:` with a list of them",
        )?;
        self.check_keys(&top, keys::TOP, "a schema");
        let name = self.schema_name(&top);
        let version = top.get("version").map_or(0, |entry| self.version(entry));
        let description = top.get("description").and_then(|entry| self.description(entry));
        let reference_url = top.get("referenceURL").and_then(|entry| self.reference_url(entry));
        let (parser, produced) = top.get("parser").map(|entry| self.parser(entry)).unwrap_or_default();
        let discovery = top.get("fieldDiscoveryEnabled").filter(|entry| self.flag(entry));
        if let Some(entry) = discovery {
            let message = "`fieldDiscoveryEnabled` changes nothing here".to_owned();
            let help = "fields that the schema does not declare are always kept, in the column `p_extra`";
            self.problems.advise(Code::NoEffect, entry.place, message, help);
        }
        if let Some(entry) = top.get("definitions") {
            self.definitions(entry);
        }
        let members = top.get("fields").map(|entry| self.event(entry));
        self.check_unused();
        if members.is_none() {
            self.missing(&top, "fields", "a schema", "list the fields of an event under `fields`");
        }
        self.check_produced(&produced, members.as_deref().unwrap_or_default());
        Some(LogType {
            description: description.unwrap_or_else(|| format!("{name} log type")),
            name,
            reference_url,
            version,
            field_discovery: discovery.is_some(),
            parser,
            fields: members.into_iter().flatten().map(|member| member.field).collect(),
            source: self.source.to_owned(),
        })
    }

    /// The fields of the event itself, whose names meet those of the standard columns.
    fn event(&mut self, entry: &'a Entry) -> Vec<Member> {
        let members = self.fields(entry, "", 1);
        let indicators = log_type::indicators(members.iter().map(|member| &member.field.value));
        let columns = || standard::ALWAYS.into_iter().chain(indicators.iter().map(|i| i.column()));
        for Member { field: Field { name, .. }, at } in &members {
            if let Some(column) = columns().find(|column| column.eq_ignore_ascii_case(name)) {
                let message = format!("the field {} has the name of a standard column", quote(name));
                let help = format!(
                    "leave the field out: its value is then kept in `{}`, beside the column `{column}`",
                    standard::EXTRA
                );
                self.problems.advise(Code::ReservedName, *at, message, help);
            }
        }
        if !self.has_event_time && !members.is_empty() {
            let message = "no field gives the time of the event".to_owned();
            let help = "set `isEventTime: true` on one; without it the time of parsing takes its place";
            self.problems.advise(Code::NoEventTime, entry.place, message, help);
        }
        members
    }

    fn schema_name(&mut self, top: &Mapping<'a>) -> String {
        let Some(entry) = top.get("schema") else { return self.name_from_file(top) };
        let Some(name) = self.text(entry) else { return String::new() };
        let at = self.tree.node(entry.value).place;
        if name.chars().count() > limits::SCHEMA_NAME_CHARS {
            let message =
                format!("the name of the log type has more than {} characters", limits::SCHEMA_NAME_CHARS);
            self.problems.report(Code::BadSchemaName, at, message);
        } else if !name.split('.').all(is_name_part) {
            let message = format!("{} is no name for a log type", quote(name));
            let help = "a name is words joined by dots, each a capital letter and then one letter or digit \
                        or more: `Custom.MyService`";
            self.problems.advise(Code::BadSchemaName, at, message, help);
        }
        name.to_owned()
    }

    /// The name that a schema without one has after its file.
    fn name_from_file(&mut self, top: &Mapping<'a>) -> String {
        let Some(name) = log_type_of_file(self.source) else {
            self.missing(top, "schema", "a schema", "name the log type, such as `schema: Custom.MyService`");
            return String::new();
        };
        let message = format!("the schema does not name its log type; after the file it is `{name}`");
        let help = format!("write `schema: {name}`, so that the table stays the same when the file moves");
        self.problems.advise(Code::NameFromFile, top.place(), message, help);
        name
    }

    fn version(&mut self, entry: &'a Entry) -> i32 {
        let node = self.tree.node(entry.value);
        let version = match node.kind {
            yaml::Kind::Int(version) => i32::try_from(version).ok().filter(|version| *version >= 0),
            _ => None,
        };
        version.unwrap_or_else(|| {
            let message = format!("`version` must be a whole number from 0 to {}", i32::MAX);
            self.problems.report(Code::BadVersion, node.place, message);
            0
        })
    }

    fn reference_url(&mut self, entry: &'a Entry) -> Option<String> {
        let url = self.text(entry)?;
        if url == "-" {
            return None;
        }
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let is_url = host.is_some_and(|host| host.starts_with(|c: char| c.is_alphanumeric() || c == '['))
            && !url.contains(|c: char| c.is_whitespace() || c.is_control());
        if is_url {
            return Some(url.to_owned());
        }
        let at = self.tree.node(entry.value).place;
        let message = format!("{} is no web address; it is left out", quote(url));
        self.problems.advise(Code::BadUrl, at, message, "it begins with https:// or http://");
        None
    }
}
