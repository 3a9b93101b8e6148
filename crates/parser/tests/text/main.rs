//! The text parsers against others that do the same: the `csv` and `regex` crates, and a fastmatch that is
//! too simple to be wrong. And whatever the text: no panic, and the same rows however the stream was cut.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking, in its helpers too")]

mod csv;
mod fastmatch;
mod regex;
mod stream;

use std::fmt::Write;
use std::sync::Arc;

use sawlog_parser::{Line, TextReader};
use sawlog_schema::{Plan, load};

/// Names and values, in the order of the names' first mention.
type Pairs = Vec<(String, String)>;

/// A log type with this parser, and strings of these names.
fn plan(parser: &str, names: &[&str]) -> Arc<Plan> {
    let mut yaml = format!("schema: Custom.Text\nparser: {parser}\nfields:\n");
    for name in names {
        writeln!(yaml, "  - {{name: {name:?}, type: string}}").unwrap();
    }
    let loaded = load(&yaml, "text.yml");
    Arc::new(Plan::new(loaded.log_type.unwrap_or_else(|| panic!("{yaml}\n{:?}", loaded.diagnostics))))
}

fn reader(parser: &str) -> TextReader {
    TextReader::new(&plan(parser, &["a"]).log_type.parser).unwrap()
}

/// What the reader makes of a line; nothing where it does not match.
fn read(reader: &mut TextReader, line: &[u8]) -> Option<Pairs> {
    let Ok(Line::Record(text)) = reader.read(line) else { return None };
    Some(reader.pairs(text).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// A text as a YAML string in double quotes.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => write!(out, "\\U{:08x}", c as u32).unwrap(),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
