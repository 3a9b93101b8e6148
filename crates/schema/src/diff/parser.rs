//! What is said about the parser of a log type, key by key.

use super::attributes::{Attribute, attribute, flag, text, words};
use crate::{
    LogParser,
    log_parser::{Csv, Expansion, Fastmatch, Piece, RegexMatch, ScriptParser, TextOptions},
};

/// The parser and each of its options, whichever parser has it.
pub(super) fn attributes(parser: &LogParser) -> Vec<Attribute> {
    let json = TextOptions::default();
    let (kind, options, patterns, csv) = match parser {
        LogParser::Json => ("", &json, Vec::new(), None),
        LogParser::Script(ScriptParser { script: _, line: _, is_block: _ }) => {
            ("script", &json, Vec::new(), None)
        }
        LogParser::Fastmatch(Fastmatch { options, patterns }) => {
            ("fastmatch", options, patterns.iter().map(|pattern| pattern.text.as_str()).collect(), None)
        }
        LogParser::Regex(RegexMatch { options, regex, line: _ }) => {
            ("regex", options, vec![regex.as_str()], None)
        }
        LogParser::Csv(csv) => ("csv", &csv.options, Vec::new(), Some(csv)),
    };
    let mut attributes = vec![text("parser", kind), words("parser.match", patterns.into_iter())];
    attributes.extend(of_text(options));
    attributes.extend(of_csv(csv));
    let source = if let LogParser::Script(parser) = parser { parser.script.source() } else { "" };
    attributes.push(text("parser.function", source));
    attributes
}

fn of_text(options: &TextOptions) -> [Attribute; 5] {
    let TextOptions { skip_lines, skip_prefix, trim_space, empty_values, expansions } = options;
    let expansions: Vec<String> = expansions.iter().map(expansion).collect();
    [
        attribute("parser.skipLines", (*skip_lines > 0).then(|| skip_lines.to_string())),
        text("parser.skipPrefix", skip_prefix),
        flag("parser.trimSpace", *trim_space),
        words("parser.emptyValues", empty_values.iter().map(String::as_str)),
        words("parser.expandFields", expansions.iter().map(String::as_str)),
    ]
}

/// A value made of others, as it stands in YAML.
fn expansion(Expansion { name, pieces }: &Expansion) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Value(name) => format!("%{{{name}}}"),
    };
    format!("{name}: {}", pieces.iter().map(piece).collect::<String>())
}

fn of_csv(csv: Option<&Csv>) -> [Attribute; 3] {
    let columns =
        csv.map_or(&[][..], |Csv { options: _, delimiter: _, has_header: _, columns, line: _ }| columns);
    [
        attribute("parser.delimiter", csv.map(|csv| csv.delimiter.to_string())),
        flag("parser.hasHeader", csv.is_some_and(|csv| csv.has_header)),
        words("parser.columns", columns.iter().map(String::as_str)),
    ]
}
