//! One file just within each limit of the loader, and one just beyond; and files made to hurt.

#![expect(clippy::unwrap_used, reason = "a test ends by panicking, in its helpers too")]

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use sawlog_schema::{Code, Diagnostic, Plan, arrow_schema, limits, load, render};

const HEAD: &str = "schema: Custom.Limits\nfields:\n  - {name: at, type: timestamp, isEventTime: true}\n";

fn codes(text: &str) -> Vec<Code> {
    load(text, "limits.yml").diagnostics.iter().map(|problem| problem.code).collect()
}

fn single(text: &str) -> Diagnostic {
    let mut problems = load(text, "limits.yml").diagnostics;
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

#[test]
fn file_size() {
    let mut text = format!("{HEAD}# ");
    text.push_str(&"x".repeat(limits::FILE_BYTES - text.len()));
    assert!(load(&text, "limits.yml").log_type.is_some());
    text.push('x');
    assert_eq!(single(&text).code, Code::FileTooLarge);
}

#[test]
fn levels_of_objects() {
    let text = |levels: usize| {
        let objects = "{name: o, type: object, fields: [".repeat(levels - 1);
        let close = "]}".repeat(levels - 1);
        format!("{HEAD}  - {objects}{{name: leaf, type: string}}{close}\n")
    };
    let loaded = load(&text(limits::LEVELS), "limits.yml");
    let plan = Plan::new(loaded.log_type.unwrap());
    assert_eq!(arrow_schema(&plan).field(1).name(), "o");
    assert_eq!(single(&text(limits::LEVELS + 1)).code, Code::TooDeep);
}

#[test]
fn levels_of_arrays() {
    let text = |levels: usize| {
        let inner = "{type: array, element: ".repeat(levels - 2);
        let close = "}".repeat(levels - 2);
        format!("{HEAD}  - {{name: a, type: array, element: {inner}{{type: string}}{close}}}\n")
    };
    let loaded = load(&text(limits::LEVELS), "limits.yml");
    assert_eq!(Plan::new(loaded.log_type.unwrap()).nodes.len(), 2 + limits::LEVELS - 1 + 1);
    assert_eq!(single(&text(limits::LEVELS + 1)).code, Code::TooDeep);
}

fn wide(fields: usize) -> String {
    let mut text = HEAD.to_owned();
    for field in 1..fields {
        writeln!(text, "  - {{name: f{field}, type: string}}").unwrap();
    }
    text
}

#[test]
fn number_of_fields() {
    let plan = Plan::new(load(&wide(limits::FIELDS), "limits.yml").log_type.unwrap());
    assert_eq!(plan.nodes.len(), limits::FIELDS + 1);
    let problem = single(&wide(limits::FIELDS + 1));
    assert_eq!((problem.code, problem.span.line), (Code::TooManyFields, limits::FIELDS as u32 + 3));
}

#[test]
fn number_of_yaml_values() {
    // The head has seven values, the list is one more.
    let text = |items: usize| format!("{HEAD}x: [{}]\n", "a,".repeat(items));
    let rest = limits::NODES - 8;
    assert_eq!(codes(&text(rest)), [Code::UnknownKey]);
    assert_eq!(codes(&text(rest + 1)), [Code::TooManyNodes]);
}

#[test]
fn length_of_a_path() {
    let name = "n".repeat(limits::PATH_BYTES);
    assert_eq!(codes(&format!("{HEAD}  - {{name: {name}, type: string}}\n")), []);
    assert_eq!(codes(&format!("{HEAD}  - {{name: {name}n, type: string}}\n")), [Code::NameTooLong]);
}

#[test]
fn length_of_a_schema_name() {
    let text = |chars: usize| HEAD.replace("Custom.Limits", &"N".repeat(chars));
    assert_eq!(codes(&text(limits::SCHEMA_NAME_CHARS)), []);
    assert_eq!(codes(&text(limits::SCHEMA_NAME_CHARS + 1)), [Code::BadSchemaName]);
}

#[test]
fn number_of_problems() {
    let mut text = HEAD.to_owned();
    for field in 0..limits::PROBLEMS {
        writeln!(text, "  - {{name: f{field}, type: string, x: 1}}").unwrap();
    }
    assert_eq!(codes(&text).len(), limits::PROBLEMS);
    assert!(load(&text, "limits.yml").log_type.is_some());

    let more = format!("{text}  - {{name: more, type: string, x: 1}}\n");
    assert_eq!(codes(&more).last(), Some(&Code::TooManyWarnings));
    assert!(load(&more, "limits.yml").log_type.is_some());

    let wrong = format!("{text}  - {{name: more, type: strange}}\n");
    assert_eq!(codes(&wrong).last(), Some(&Code::TooManyErrors));
    assert!(load(&wrong, "limits.yml").log_type.is_none());
}

#[test]
fn nested_yaml() {
    for open in ["[", "- ", "{a: "] {
        let text = open.repeat(100_000);
        assert_eq!(single(&text).code, Code::TooDeep, "{open:?}");
    }
}

/// Aliases of aliases: each line stands for nine times the one before.
fn bomb(first: &str, lines: usize, last: &str) -> String {
    let mut text = format!("schema: Custom.Bomb\na0: &a0 {first}\n");
    for line in 1..=lines {
        let before = line - 1;
        let aliases = vec![format!("*a{before}"); 9].join(", ");
        writeln!(text, "a{line}: &a{line} [{aliases}]").unwrap();
    }
    text + &last.replace("LAST", &format!("*a{lines}"))
}

#[test]
fn alias_bombs_are_refused_where_they_go_off() {
    for first in ["x", "{name: f, type: object, fields: []}", "''"] {
        for lines in [8, 20, 2_000] {
            let problem = single(&bomb(first, lines, "fields: LAST\n"));
            assert_eq!(problem.code, Code::AliasBomb);
            assert!(problem.span.line <= 10, "{problem:?}");
        }
    }
}

#[test]
fn keys_that_are_taken_over_count_each_time() {
    let text = |merges: usize| {
        let keys = (0..1_000).fold(String::new(), |keys, key| format!("{keys}  {key:01000}: ''\n"));
        let mappings = "- {<<: *base}\n".repeat(merges);
        format!("base: &base\n{keys}list:\n{mappings}fields: []\n")
    };
    assert!(!codes(&text(8)).contains(&Code::AliasBomb));
    assert_eq!(single(&text(100_000)).code, Code::AliasBomb);
}

#[test]
fn objects_of_aliases_end_at_the_number_of_fields() {
    let mut text = "schema: Custom.Bomb\nx0: &x0 [{name: leaf, type: string}]\n".to_owned();
    for line in 1..=5 {
        let before = line - 1;
        let members: Vec<String> =
            (0..9).map(|member| format!("{{name: m{member}, type: object, fields: *x{before}}}")).collect();
        writeln!(text, "x{line}: &x{line} [{}]", members.join(", ")).unwrap();
    }
    text.push_str("fields: *x5\n");
    let loaded = load(&text, "limits.yml");
    assert!(loaded.log_type.is_none());
    assert!(loaded.diagnostics.iter().any(|problem| problem.code == Code::TooManyFields));
}

#[test]
fn definitions_that_double_end_at_the_number_of_fields() {
    let mut text = "schema: Custom.Bomb\ndefinitions:\n  D0: {type: string}\n".to_owned();
    for number in 1..=30 {
        let field = |name| format!("{{name: {name}, type: ref, target: D{}}}", number - 1);
        writeln!(text, "  D{number}: {{type: object, fields: [{}, {}]}}", field("a"), field("b")).unwrap();
    }
    text.push_str("fields:\n  - {name: at, type: timestamp, isEventTime: true}\n");
    let start = Instant::now();
    // 2 + 4 + … + 2^12 fields are within the limit, which holds for all fields together.
    for (last, expected) in
        [("D12", None), ("D13", Some(Code::TooManyFields)), ("D30", Some(Code::TooManyFields))]
    {
        let used = format!("{text}  - {{name: root, type: ref, target: {last}}}\n");
        let found = codes(&used).into_iter().find(|code| *code != Code::UnusedDefinition);
        assert_eq!(found, expected, "{last}");
    }
    let twice =
        format!("{text}  - {{name: a, type: ref, target: D11}}\n  - {{name: b, type: ref, target: D12}}\n");
    assert!(codes(&twice).contains(&Code::TooManyFields));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn levels_of_definitions() {
    let text = |levels: usize| {
        let mut text = "schema: Custom.Deep\ndefinitions:\n  D1: {type: string}\n".to_owned();
        for level in 2..=levels {
            let inner = level - 1;
            let members = format!("{{name: o, type: ref, target: D{inner}}}");
            writeln!(text, "  D{level}: {{type: object, fields: [{members}]}}").unwrap();
        }
        text.push_str("fields:\n  - {name: at, type: timestamp, isEventTime: true}\n");
        writeln!(text, "  - {{name: o, type: ref, target: D{levels}}}").unwrap();
        text
    };
    let plan = Plan::new(load(&text(limits::LEVELS), "limits.yml").log_type.unwrap());
    assert_eq!(plan.nodes.len(), 2 + limits::LEVELS);
    assert_eq!(single(&text(limits::LEVELS + 1)).code, Code::TooDeep);
}

/// Neither a long chain nor a long cycle of definitions, which add no level, may end on the stack.
#[test]
fn long_chains_of_definitions() {
    let mut text = "schema: Custom.Chain\ndefinitions:\n".to_owned();
    for number in 0..50_000 {
        writeln!(text, "  D{number}: {{type: ref, target: D{}}}", number + 1).unwrap();
    }
    let end =
        "fields:\n  - {name: at, type: timestamp, isEventTime: true}\n  - {name: a, type: ref, target: D0}\n";
    let chain = format!("{text}  D50000: {{type: string}}\n{end}");
    assert_eq!(codes(&chain), []);
    let cycle = format!("{text}  D50000: {{type: ref, target: D0}}\n{end}");
    let problem = single(&cycle);
    assert_eq!(problem.code, Code::CyclicReference);
    assert!(problem.message.len() < 200, "{}", problem.message);
}

/// Files that make a careless loader slow: quadratic lookups, long lines, huge names in every message.
#[test]
fn hostile_files_end_quickly() {
    // A quarter of the largest file, to keep unoptimized runs short; what is quadratic shows all the same.
    let most = limits::FILE_BYTES / 4;
    let unit = |unit: &str| unit.repeat(most / unit.len());
    let mut keys = String::from("schema: Custom.Keys\n");
    for key in 0.. {
        if keys.len() > most {
            break;
        }
        writeln!(keys, "k{key}: 1").unwrap();
    }
    let long = "n".repeat(most / 2);
    let files = [
        ("unknown keys", keys),
        (
            "a list of wrong indicators",
            format!("{HEAD}  - {{name: a, type: string, indicators: [{}]}}", unit("i,")),
        ),
        ("empty items", format!("schema: Custom.Items\nfields:\n{}", unit("-\n"))),
        ("a flow list on one line", format!("schema: Custom.Items\nfields: [{}]", unit("a,"))),
        (
            "a huge name",
            format!("{HEAD}  - {{name: &n '{long}', type: *n, timeFormat: *n, indicators: [*n, *n]}}"),
        ),
        ("one long word", unit("x")),
        ("one long quoted text", format!("'{}", unit("x"))),
        ("question marks", unit("?\n")),
        ("colons", unit(": ")),
        ("anchors", unit("- &a x\n")),
        ("comments", unit("#\n")),
        ("line breaks", unit("\n")),
        ("carriage returns", unit("\r")),
        ("documents", unit("---\n")),
        ("directives", unit("%A b\n")),
        ("brackets", unit("[]")),
        ("tags", unit("! ")),
        ("percent escapes", format!("!<{}", unit("%20"))),
        ("a folded text", format!("schema: >\n{}", unit("  a\n\n"))),
    ];
    for (name, text) in files {
        let start = Instant::now();
        let loaded = load(&text, "limits.yml");
        render(&loaded.diagnostics, &text, "limits.yml", true);
        assert!(loaded.log_type.is_none(), "{name}");
        // Seconds at most even on a busy machine; quadratic work on these sizes takes many minutes.
        assert!(start.elapsed() < Duration::from_secs(30), "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn patterns_of_text_parsers() {
    let text = |parser: &str| format!("schema: Custom.Limits\nparser:\n  regex: {parser}\n{}", &HEAD[22..]);
    let definitions = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("N{n}: x")).collect();
        text(&format!("{{match: ['(?P<at>x)'], patternDefinitions: {{{}}}}}", names.join(", ")))
    };
    assert!(load(&definitions(limits::PATTERN_DEFINITIONS), "limits.yml").log_type.is_some());
    assert_eq!(single(&definitions(limits::PATTERN_DEFINITIONS + 1)).code, Code::BadPattern);

    let expression = |bytes: usize| text(&format!("{{match: ['(?P<at>{})']}}", "x".repeat(bytes - 8)));
    assert!(load(&expression(limits::PATTERN_BYTES), "limits.yml").log_type.is_some());
    assert!(single(&expression(limits::PATTERN_BYTES + 1)).message.contains("more than 65536 bytes"));
}
