//! Whatever the text, loading ends with a log type or with an error, and never panics; and what loads
//! compiles.

use proptest::prelude::*;
use sawlog_schema::{Plan, Severity, Span, arrow_schema, builtin, limits, load, render};

/// Loads, checks what must hold for any text, and takes the log type through the rest of the crate.
fn check(text: &str) {
    let loaded = load(text, "any.yml");
    let failed = loaded.diagnostics.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(loaded.log_type.is_none(), failed, "{:?}", loaded.diagnostics);
    assert!(loaded.diagnostics.len() <= limits::PROBLEMS + 1);
    let spans: Vec<Span> = loaded.diagnostics.iter().map(|problem| problem.span).collect();
    assert!(spans.iter().all(|span| span.line > 0 && span.column > 0), "{spans:?}");
    assert!(spans.is_sorted_by_key(|span| (span.line, span.column)), "{spans:?}");
    let rendered = render(&loaded.diagnostics, text, "any.yml", false);
    assert!(!rendered.contains('\u{1b}'), "{rendered:?}");
    if let Some(log_type) = loaded.log_type {
        assert!(!log_type.fields.is_empty());
        let columns = log_type.fields.len() + 10;
        let plan = Plan::new(log_type);
        assert_eq!(arrow_schema(&plan).fields().len(), columns + plan.indicators.len());
        check_plan(&plan);
    }
}

/// The invariants that parsers rely on.
fn check_plan(plan: &Plan) {
    for (id, node) in plan.nodes.iter().enumerate() {
        assert!(node.end as usize > id && node.end as usize <= plan.nodes.len());
        let members = plan.members(id as u32);
        for member in 0..members.len() {
            let child = &plan.nodes[members.node(member) as usize];
            for expected in [member, member + 1, usize::MAX] {
                let found = child.derived.is_none().then_some(member);
                let other = members.find(child.key.as_bytes(), expected);
                assert!(other == found || (found.is_none() && other.is_some_and(|other| other != member)));
                assert_eq!(members.column(child.column.as_bytes(), expected), Some(member));
            }
        }
    }
}

/// Pieces that schemas are made of, in no good order.
fn piece() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "schema: ",
        "Custom.A",
        "fields:",
        "fields: ",
        "- ",
        "name: ",
        "type: ",
        "object",
        "array",
        "string",
        "json",
        "timestamp",
        "element:",
        "element: ",
        "indicators: ",
        "[ip]",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\n",
        "\n  ",
        "\n    ",
        "\n      ",
        "&a ",
        "*a",
        "? ",
        ": ",
        "'",
        "\"",
        "|\n",
        ">-\n",
        "# ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "!!str ",
        "\t",
        "\r",
        "\u{feff}",
        "\u{0}",
        "é",
        "required: true",
        "definitions: {",
        "Aa: ",
        "type: ref, ",
        "target: Aa",
        "validate: {allow: [a]}",
        "mask: {type: redact}",
        "rename: {from: b}",
        "copy: {from: b}",
        "isEmbeddedJSON: true",
        "isEventTime: true",
        "timeFormat: rfc3339",
        "<<: ",
        "version: 1",
        "parser:",
        "native:",
    ];
    prop_oneof![
        8 => prop::sample::select(WORDS).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ]
}

/// A change to one place of a text.
#[derive(Debug, Clone)]
enum Change {
    Delete { at: usize, len: usize },
    Insert { at: usize, text: String },
    DeleteLine { line: usize },
    RepeatLine { line: usize, at: usize },
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<usize>(), 1..12_usize).prop_map(|(at, len)| Change::Delete { at, len }),
        (any::<usize>(), piece()).prop_map(|(at, text)| Change::Insert { at, text }),
        any::<usize>().prop_map(|line| Change::DeleteLine { line }),
        (any::<usize>(), any::<usize>()).prop_map(|(line, at)| Change::RepeatLine { line, at }),
    ]
}

fn apply(text: &str, change: Change) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut lines: Vec<&str> = text.split('\n').collect();
    match change {
        Change::Delete { at, len } => {
            let start = at % (chars.len() + 1);
            chars.drain(start..(start + len).min(chars.len()));
            chars.into_iter().collect()
        }
        Change::Insert { at, text } => {
            let start = at % (chars.len() + 1);
            chars.splice(start..start, text.chars());
            chars.into_iter().collect()
        }
        Change::DeleteLine { line } => {
            lines.remove(line % lines.len());
            lines.join("\n")
        }
        Change::RepeatLine { line, at } => {
            let repeated = lines[line % lines.len()];
            lines.insert(at % (lines.len() + 1), repeated);
            lines.join("\n")
        }
    }
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(piece(), 0..60)) {
        check(&pieces.concat());
    }

    #[test]
    fn pieces_below_a_good_head(pieces in prop::collection::vec(piece(), 0..30)) {
        let head = "schema: Custom.A\nfields:\n  - {name: at, type: timestamp, isEventTime: true}\n  - ";
        check(&format!("{head}{}", pieces.concat()));
    }

    #[test]
    fn a_schema_with_changes(changes in prop::collection::vec(change(), 1..6)) {
        let audit = builtin()[0].text;
        let text = changes.into_iter().fold(audit.to_owned(), |text, change| apply(&text, change));
        check(&text);
    }
}

#[test]
fn every_beginning_of_a_schema() {
    let audit = builtin()[0].text;
    for (end, _) in audit.char_indices() {
        check(&audit[..end]);
    }
}
