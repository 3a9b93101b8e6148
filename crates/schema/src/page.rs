//! A page about a log type, in Markdown: what it holds, where it comes from, and what can be asked of it.
//!
//! Pages are made from the definition alone, so that they cannot say anything else than the table holds.
//! Those of the built-in log types stand beside their definitions.

mod query;
mod rows;

use std::fmt::Write as _;

use crate::{LogParser, LogType, TimeFormat, export::table_name, log_type};
use rows::Row;

/// Writes the page of a log type.
///
/// ```
/// use sawlog_schema::{find_builtin, load, page};
///
/// let audit = find_builtin("Atlassian.Audit").expect("it is built in");
/// let text = page(&load(audit.text, audit.path).log_type.expect("a sound schema"));
/// assert!(text.starts_with("# Atlassian.Audit\n"));
/// assert!(text.contains("| `attributes.actor.email` | string |"));
/// ```
pub fn page(log_type: &LogType) -> String {
    let LogType { name, description, reference_url, version, parser, fields, .. } = log_type;
    let indicators = log_type::indicators(fields.iter().map(|field| &field.value));
    let columns: Vec<String> = indicators.iter().map(|column| code(column.column())).collect();
    let rows = rows::of(fields);
    let facts = [
        ("Source", reference_url.as_ref().map(|url| format!("<{url}>"))),
        ("Records", Some(records(parser).to_owned())),
        ("Table", Some(code(&table_name(name)))),
        ("Version", Some(version.to_string())),
        ("Event time", Some(event_time(&rows))),
        ("Indicators", (!columns.is_empty()).then(|| columns.join(", "))),
    ];
    let mut out = format!("# {name}\n\n{}\n\n", prose(description));
    for (what, text) in facts {
        if let Some(text) = text {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "- {what}: {text}");
        }
    }
    out.push_str(
        "\n## Fields\n\n| Field | Type | Required | Indicators | Meaning |\n|:--|:--|:--|:--|:--|\n",
    );
    for row in &rows {
        let _ = writeln!(out, "{row}");
    }
    out.push_str("\nAfter them stand the columns that every table has; the indicators are among these.\n");
    let _ =
        write!(out, "\n## A question to begin with\n\nIn DuckDB:\n\n```sql\n{}```\n", query::sql(log_type));
    out
}

const fn records(parser: &LogParser) -> &'static str {
    match parser {
        LogParser::Json => "JSON objects",
        LogParser::Fastmatch(_) => "lines of text, cut at literal delimiters (`fastmatch`)",
        LogParser::Regex(_) => "lines of text, matched by a regular expression (`regex`)",
        LogParser::Csv(_) => "lines of values between delimiters (`csv`)",
        LogParser::Script(_) => "JSON objects or lines of text, made to events by a program (`script`)",
    }
}

fn event_time(rows: &[Row]) -> String {
    let candidates: Vec<String> = rows
        .iter()
        .filter(|row| row.leaf.event_time)
        .map(|row| format!("{} ({})", code(&row.path), formats(&row.leaf.time_formats)))
        .collect();
    if candidates.is_empty() { "that of parsing".to_owned() } else { candidates.join(", then ") }
}

fn formats(formats: &[TimeFormat]) -> String {
    formats.iter().map(|format| code(format.as_str())).collect::<Vec<_>>().join(" or ")
}

/// Text as code that may stand in a table.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Text of one line that may stand in a table.
fn prose(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('|', "\\|").replace('<', "&lt;")
}
