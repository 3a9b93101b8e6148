//! How the text of a record becomes an event: the `parser` key, checked and compiled.
//!
//! Most logs are JSON and need no parser. The others come as lines of text, which a pattern or a delimiter
//! takes apart into names and values; from there on they are events like any other. What can be found out
//! once is found out here: patterns are cut into literals and placeholders, grok names are replaced by what
//! they stand for, and regular expressions are compiled.

pub(crate) mod fastmatch;
mod script;
pub(crate) mod template;

use regex::Regex;

pub use fastmatch::{FastPattern, Step};
pub use script::ScriptParser;
pub use template::{Expansion, Piece};

/// What reads the records of a log type.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum LogParser {
    /// Each record is a JSON object.
    #[default]
    Json,
    /// Each line is cut at literal delimiters.
    Fastmatch(Fastmatch),
    /// Each line is matched by a regular expression with named groups.
    Regex(RegexMatch),
    /// Each line is a row of values between delimiters.
    Csv(Csv),
    /// Each record, JSON or text, is handed to a program.
    Script(ScriptParser),
}

/// What all text parsers can be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// So many lines at the start of a stream are no records of the log.
    pub skip_lines: u64,
    /// Lines that begin with this text are left out; none are where it is empty.
    pub skip_prefix: String,
    /// Cut white space off both ends of each value.
    pub trim_space: bool,
    /// Values that stand for no value.
    pub empty_values: Vec<String>,
    /// Values made of others, in the order written.
    pub expansions: Vec<Expansion>,
}

/// Patterns of literal text and placeholders, of which the first that matches a line is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fastmatch {
    /// What all text parsers can be told.
    pub options: TextOptions,
    /// The patterns in the order to try them. Never empty.
    pub patterns: Vec<FastPattern>,
}

/// A regular expression, searched anywhere in a line.
#[derive(Debug, Clone)]
pub struct RegexMatch {
    /// What all text parsers can be told.
    pub options: TextOptions,
    /// The expression, with grok names replaced; its named groups are the values.
    pub regex: Regex,
    /// Line of the schema on which the expression begins, counted from 1.
    pub line: u32,
}

impl PartialEq for RegexMatch {
    fn eq(&self, other: &Self) -> bool {
        let text = |this: &Self| (this.line, this.regex.as_str().to_owned());
        self.options == other.options && text(self) == text(other)
    }
}

/// Values between delimiters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csv {
    /// What all text parsers can be told.
    pub options: TextOptions,
    /// What stands between values.
    pub delimiter: char,
    /// Whether the first line of a stream is a header.
    pub has_header: bool,
    /// Names of the columns, of which empty ones are passed over. Empty where the header gives the names.
    pub columns: Vec<String>,
    /// Line of the schema on which the parser stands, counted from 1.
    pub line: u32,
}

impl LogParser {
    /// The options of a text parser; none for JSON and scripts.
    pub fn text_options(&self) -> Option<&TextOptions> {
        match self {
            Self::Json | Self::Script(_) => None,
            Self::Fastmatch(fastmatch) => Some(&fastmatch.options),
            Self::Regex(regex) => Some(&regex.options),
            Self::Csv(csv) => Some(&csv.options),
        }
    }

    /// Whether records may be lines of text.
    pub fn reads_text(&self) -> bool {
        self.text_options().is_some() || matches!(self, Self::Script(_))
    }

    /// Whether records may be JSON documents.
    pub fn reads_json(&self) -> bool {
        matches!(self, Self::Json | Self::Script(_))
    }

    /// Whether so many lines of a stream are left out, wherever they end.
    pub fn skips_lines(&self) -> bool {
        self.text_options().is_some_and(|options| options.skip_lines > 0)
    }

    /// Whether what a line means depends on the first lines of its stream.
    pub fn needs_head(&self) -> bool {
        matches!(self, Self::Csv(_))
    }

    /// All that decides what a record says, as text: equal for parsers that read alike.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Self::Json => "json".to_owned(),
            Self::Fastmatch(Fastmatch { options, patterns }) => {
                let texts: Vec<&str> = patterns.iter().map(|pattern| pattern.text.as_str()).collect();
                format!("fastmatch {options:?} {texts:?}")
            }
            Self::Regex(RegexMatch { options, regex, line: _ }) => {
                format!("regex {options:?} {:?}", regex.as_str())
            }
            Self::Csv(Csv { options, delimiter, has_header, columns, line: _ }) => {
                format!("csv {options:?} {delimiter:?} {has_header} {columns:?}")
            }
            Self::Script(ScriptParser { script, line: _, is_block: _ }) => {
                format!("script {:?}", script.source())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Plan, load};

    fn plan(parser: &str) -> Plan {
        let yaml = format!("schema: Custom.Text\nparser: {parser}\nfields:\n  - {{name: a, type: string}}\n");
        Plan::new(load(&yaml, "text.yml").log_type.unwrap())
    }

    #[test]
    fn the_fingerprint_changes_with_whatever_changes_what_a_line_says() {
        let parsers = [
            "{native: {name: X}}",
            "{fastmatch: {match: ['%{a} %{b}']}}",
            "{fastmatch: {match: ['%{a}  %{b}']}}",
            "{fastmatch: {match: ['%{a} %{b}', '%{a}']}}",
            "{fastmatch: {match: ['%{a} %{b}'], skipLines: 1}}",
            "{fastmatch: {match: ['%{a} %{b}'], skipPrefix: '1'}}",
            "{fastmatch: {match: ['%{a} %{b}'], trimSpace: true}}",
            "{fastmatch: {match: ['%{a} %{b}'], emptyValues: ['1']}}",
            "{fastmatch: {match: ['%{a} %{b}'], expandFields: {a: '1'}}}",
            "{fastmatch: {match: ['%{a} %{b}'], expandFields: {a: '%{b}'}}}",
            "{regex: {match: ['%{INT:a}']}}",
            "{regex: {match: ['%{INT:a}'], patternDefinitions: {INT: '1'}}}",
            "{regex: {match: ['(?P<a>2)']}}",
            r#"{script: {function: "def parse(log): return {'a': log}"}}"#,
            r#"{script: {function: "def parse(log): return {'a': log + '1'}"}}"#,
            "{csv: {columns: [a]}}",
            "{csv: {columns: [a, b]}}",
            "{csv: {columns: [a], hasHeader: true}}",
            "{csv: {hasHeader: true}}",
            "{csv: {columns: [a], delimiter: ';'}}",
        ];
        let mut prints: Vec<String> = parsers.iter().map(|parser| plan(parser).fingerprint).collect();
        prints.sort_unstable();
        prints.dedup();
        assert_eq!(prints.len(), parsers.len());
    }

    #[test]
    fn the_fingerprint_does_not_change_with_how_the_parser_is_written() {
        let same = [
            ("{csv: {columns: [a]}}", "\n  csv:\n    # A comment.\n    delimiter: ','\n    columns: [a]"),
            (
                "{regex: {match: ['%{INT:a}']}}",
                "{regex: {match: ['%{INT', ':a}'], patternDefinitions: {X: x}}}",
            ),
            (
                "{fastmatch: {match: ['%{a} %{b}']}}",
                "{fastmatch: {match: [\"%{a} %{b}\\n\"], emptyValues: []}}",
            ),
        ];
        for (one, other) in same {
            assert_eq!(plan(one).fingerprint, plan(other).fingerprint, "{one}");
        }
    }
}
