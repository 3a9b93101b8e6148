//! The inferred log type as YAML: what its author would have written, with the doubts as comments.

use std::fmt::Write as _;

use super::tree::{Field, Kind, Value};

/// Columns of a comment's line, and how many it has at least, however deep it stands.
const WIDTH: usize = 100;
const WIDTH_LEAST: usize = 60;

/// The definition. `head` are the lines of the comment above it.
pub(crate) fn schema(name: &str, head: &[String], fields: &[Field]) -> String {
    let mut out = String::new();
    for line in head {
        comment(line, 0, &mut out);
    }
    out.push_str("schema: ");
    out.push_str(&scalar(name));
    out.push_str("\nfields:\n");
    list(fields, 2, &mut out);
    out
}

/// Fields as items of a list whose dashes stand in column `indent`. Goes as deep as the fields do.
pub(crate) fn list(fields: &[Field], indent: usize, out: &mut String) {
    for field in fields {
        for note in &field.value.notes {
            comment(&note.text, indent, out);
        }
        line(indent, &format!("- name: {}", scalar(&field.name)), out);
        let within = indent + 2;
        if let Some(from) = &field.from {
            line(within, &format!("rename: {{from: {}}}", scalar(from)), out);
        }
        line(within, &format!("type: {}", field.value.kind.name()), out);
        if field.required {
            line(within, "required: true", out);
        }
        value(&field.value, within, out);
    }
}

/// What hangs on a type, and what lies below it.
fn value(value_of: &Value, indent: usize, out: &mut String) {
    if !value_of.indicators.is_empty() {
        let names: Vec<&str> = value_of.indicators.iter().map(|scanner| scanner.name()).collect();
        line(indent, &format!("indicators: [{}]", names.join(", ")), out);
    }
    match &value_of.kind {
        Kind::Timestamp(formats) => {
            let formats: Vec<String> = formats.iter().map(|format| scalar(format)).collect();
            line(indent, &format!("timeFormats: [{}]", formats.join(", ")), out);
        }
        Kind::Json { is_embedded: true } => line(indent, "isEmbeddedJSON: true", out),
        _ => {}
    }
    if value_of.is_event_time {
        line(indent, "isEventTime: true", out);
    }
    match &value_of.kind {
        Kind::Object(fields) => {
            line(indent, "fields:", out);
            list(fields, indent + 2, out);
        }
        Kind::Array(element) => {
            line(indent, "element:", out);
            for note in &element.notes {
                comment(&note.text, indent + 2, out);
            }
            line(indent + 2, &format!("type: {}", element.kind.name()), out);
            value(element, indent + 2, out);
        }
        _ => {}
    }
}

/// One field in a line, for lists that are written in brackets.
pub(crate) fn flow(field: &Field) -> String {
    let mut out = format!("{{name: {}", scalar(&field.name));
    if let Some(from) = &field.from {
        let _ = write!(out, ", rename: {{from: {}}}", scalar(from));
    }
    flow_value(&field.value, &mut out);
    if field.required {
        out.push_str(", required: true");
    }
    out.push('}');
    out
}

fn flow_value(value: &Value, out: &mut String) {
    let _ = write!(out, ", type: {}", value.kind.name());
    if !value.indicators.is_empty() {
        let names: Vec<&str> = value.indicators.iter().map(|scanner| scanner.name()).collect();
        let _ = write!(out, ", indicators: [{}]", names.join(", "));
    }
    match &value.kind {
        Kind::Timestamp(formats) => {
            let formats: Vec<String> = formats.iter().map(|format| scalar(format)).collect();
            let _ = write!(out, ", timeFormats: [{}]", formats.join(", "));
        }
        Kind::Json { is_embedded: true } => out.push_str(", isEmbeddedJSON: true"),
        Kind::Object(fields) => {
            let fields: Vec<String> = fields.iter().map(flow).collect();
            let _ = write!(out, ", fields: [{}]", fields.join(", "));
        }
        Kind::Array(element) => {
            let mut inner = String::new();
            flow_value(element, &mut inner);
            let _ = write!(out, ", element: {{{}}}", inner.trim_start_matches(", "));
        }
        _ => {}
    }
}

fn line(indent: usize, text: &str, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
    out.push_str(text);
    out.push('\n');
}

/// A comment, broken at blanks into lines of [`WIDTH`] columns.
fn comment(text: &str, indent: usize, out: &mut String) {
    let text: String = text.chars().map(|c| if is_plain(c) { c } else { '\u{fffd}' }).collect();
    let width = WIDTH.saturating_sub(indent + 2).max(WIDTH_LEAST);
    let mut row = String::new();
    for word in text.split(' ') {
        if !row.is_empty() && row.chars().count() + 1 + word.chars().count() > width {
            line(indent, &format!("# {row}"), out);
            row.clear();
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
    }
    line(indent, &format!("# {row}"), out);
}

/// Whether a character may stand in YAML as it is.
fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Words that YAML takes for something else than text.
const WORDS: [&str; 12] =
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"];

/// A text as a YAML scalar: bare where it is a plain word, in double quotes otherwise.
pub(crate) fn scalar(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_word {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if is_plain(c) => out.push(c),
            c => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_name_comes_back(
            name in "\\PC{1,20}|[a-z\"'\\\\#:,\\[\\]{}&*!|>%@` -]{1,12}|[\u{2028}\u{feff}a]{1,3}",
        ) {
            prop_assume!(!name.contains(char::is_control));
            let field = Field {
                name: name.clone(), from: None, required: true, filled: 1,
                value: Value::of(Kind::Timestamp(vec!["%Y-%m-%d"])).doubt(format!("a note on {name}")),
            };
            for yaml in [
                schema("Custom.Any", std::slice::from_ref(&name), std::slice::from_ref(&field)),
                format!("schema: Custom.Any\nfields: [{}]\n", flow(&field)),
            ] {
                let loaded = sawlog_schema::load(&yaml, "any.yml");
                let log_type = loaded.log_type.unwrap_or_else(|| panic!("{yaml} {:?}", loaded.diagnostics));
                prop_assert_eq!(&log_type.fields[0].name, &name);
                prop_assert!(log_type.fields[0].required);
            }
        }
    }

    #[test]
    fn words_of_yaml_are_quoted() {
        for word in ["true", "No", "null", "1", "a b", "-a", "", "a:", "#a"] {
            assert!(scalar(word).starts_with('"'), "{word}");
        }
        for word in ["id", "user_name", "x-y", "a.b"] {
            assert_eq!(scalar(word), word);
        }
    }

    #[test]
    fn long_comments_are_broken() {
        let mut out = String::new();
        comment(&"word ".repeat(60), 4, &mut out);
        assert!(out.lines().all(|line| line.len() <= WIDTH && line.starts_with("    # ")), "{out}");
        assert!(out.lines().count() > 2);
    }
}
