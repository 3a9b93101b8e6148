//! The `parser` key: how the text of a record becomes an event.

use super::{Loader, keys, produced::Produced, read::Mapping};
use crate::{
    LogParser,
    diagnostic::{Code, quote},
    log_parser::{Csv, FastPattern, Fastmatch},
    spelling::closest,
    yaml::Entry,
};

const HELP: &str = "such as `parser: {csv: {hasHeader: true}}`; leave it out for JSON";

const MATCH_HELP: &str = "list the patterns: `match: ['%{host} %{message}']`";

impl<'a> Loader<'a> {
    /// Reads the `parser` key: the parser, and the names of the values that it gives.
    pub(super) fn parser(&mut self, entry: &'a Entry) -> (LogParser, Produced) {
        let mut parsers = Vec::new();
        let mut kinds = 0;
        let Some(parser) = self.mapping(entry.value, "`parser`", HELP) else { return Default::default() };
        for kind in parser.entries {
            kinds += 1;
            match kind.key.as_str() {
                "native" => parsers.extend(self.native(kind)),
                "fastmatch" => parsers.extend(self.fastmatch(kind)),
                "regex" => parsers.extend(self.regex(kind)),
                "csv" => parsers.extend(self.csv(kind)),
                "script" | "starlark" => parsers.extend(self.script(kind)),
                _ => {
                    kinds -= 1;
                    self.no_parser(kind);
                }
            }
        }
        if kinds > 1 {
            let message = "`parser` names more than one parser".to_owned();
            self.problems.advise(Code::BadParser, entry.place, message, "keep the one that reads this log");
        } else if parser.entries.is_empty() {
            let message = "`parser` names no parser".to_owned();
            self.problems.advise(Code::BadParser, entry.place, message, "leave `parser` out for JSON");
        }
        parsers.into_iter().next().unwrap_or_default()
    }

    fn no_parser(&mut self, kind: &Entry) {
        let message = format!("there is no parser {}", quote(&kind.key));
        let help = match closest(&kind.key, keys::PARSER.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "leave `parser` out for JSON; text is read by `fastmatch`, `regex`, `csv` and `script`"
                .to_owned(),
        };
        self.problems.advise(Code::BadParser, kind.place, message, help);
    }

    /// `native` asks for what happens without it: each event is one JSON object, read as the schema says.
    fn native(&mut self, kind: &'a Entry) -> Option<(LogParser, Produced)> {
        let native = self.mapping(kind.value, "`native`", "such as `native: {name: Custom.MyService}`")?;
        self.check_keys(&native, keys::NATIVE, "`native`");
        match native.get("name") {
            Some(name) => drop(self.text(name)),
            None => self.missing(&native, "name", "`native`", "add the name of the log type"),
        }
        Some((LogParser::Json, Produced::default()))
    }

    fn fastmatch(&mut self, kind: &'a Entry) -> Option<(LogParser, Produced)> {
        let mapping = self.mapping(kind.value, "`fastmatch`", MATCH_HELP)?;
        self.check_keys(&mapping, keys::FASTMATCH, "`fastmatch`");
        let mut produced = Produced::known();
        let mut patterns = Vec::new();
        for &item in self.patterns(&mapping, "`fastmatch`") {
            let at = self.tree.node(item).place;
            let Some(text) = self.node_text(item, "a pattern", at) else { continue };
            match FastPattern::compile(text, at.span.line) {
                Ok(pattern) => {
                    let names = pattern.steps.iter().filter_map(|step| step.name.as_deref());
                    names.for_each(|name| produced.add(name, at));
                    patterns.push(pattern);
                }
                Err(fault) => {
                    self.problems.advise(Code::BadPattern, at, fault.message.to_owned(), fault.help);
                }
            }
        }
        let options = self.text_options(&mapping, &mut produced);
        Some((LogParser::Fastmatch(Fastmatch { options, patterns }), produced))
    }

    /// The items under `match`, of which there must be at least one.
    pub(super) fn patterns(&mut self, mapping: &Mapping<'a>, owner: &str) -> &'a [crate::yaml::NodeId] {
        let Some(entry) = mapping.get("match") else {
            self.missing(mapping, "match", owner, MATCH_HELP);
            return &[];
        };
        self.list(entry, MATCH_HELP)
    }

    fn csv(&mut self, kind: &'a Entry) -> Option<(LogParser, Produced)> {
        let mapping = self.mapping(kind.value, "`csv`", "such as `csv: {hasHeader: true}`")?;
        self.check_keys(&mapping, keys::CSV, "`csv`");
        let has_header = mapping.get("hasHeader").is_some_and(|entry| self.flag(entry));
        let delimiter = mapping.get("delimiter").map_or(',', |entry| self.delimiter(entry));
        let named = mapping.get("columns").filter(|entry| !self.is_empty_list(entry));
        let mut produced = if named.is_some() { Produced::known() } else { Produced::default() };
        let mut columns = Vec::new();
        if let Some(entry) = named {
            for &item in self.list(entry, "name the columns in their order") {
                let at = self.tree.node(item).place;
                let name = self.node_text(item, "the name of a column", at).unwrap_or_default();
                produced.add(name, at);
                columns.push(name.to_owned());
            }
        } else if !has_header {
            let help = "list the names of the columns, or set `hasHeader: true` if the first line has them";
            self.missing(&mapping, "columns", "`csv` without a header", help);
        }
        let options = self.text_options(&mapping, &mut produced);
        let line = kind.place.span.line;
        Some((LogParser::Csv(Csv { options, delimiter, has_header, columns, line }), produced))
    }

    fn delimiter(&mut self, entry: &'a Entry) -> char {
        let Some(text) = self.text(entry) else { return ',' };
        let at = self.tree.node(entry.value).place;
        let mut chars = text.chars();
        let delimiter = chars.next();
        if let Some(first) = delimiter
            && chars.next().is_some()
        {
            let message = format!("of the delimiter {} only the first character counts", quote(text));
            let help =
                format!("write `delimiter: {first:?}`, or use `fastmatch`, whose delimiters may be longer");
            self.problems.advise(Code::NoEffect, at, message, help);
        }
        match delimiter {
            Some('"' | '\r' | '\n' | '\0' | char::REPLACEMENT_CHARACTER) => {
                let message = format!("{} cannot be a delimiter", quote(text));
                let help = "quotes and line breaks have a meaning of their own; write one other character";
                self.problems.advise(Code::BadDelimiter, at, message, help);
            }
            Some(_) => {}
            // The language says so: an empty delimiter is the default one.
            None => return ',',
        }
        delimiter.unwrap_or(',')
    }
}
