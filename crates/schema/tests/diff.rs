//! Golden diffs: each text file holds two definitions of a log type and what changed between them.
//!
//! A file is the old YAML, a line `==== new`, the new YAML, a line `==== changes`, and the rendered changes.
//! `SAWLOG_BLESS=1` writes the results of the current code into the files; read the difference before
//! committing it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking, in its helpers too")]

use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use sawlog_schema::{ChangeKind, Diff, LogType, builtin, diff, load};

const NEW: &str = "==== new\n";
const CHANGES: &str = "==== changes\n";

struct Case {
    path: PathBuf,
    old: String,
    new: String,
    expected: String,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    paths.into_iter().map(read).collect()
}

fn read(path: PathBuf) -> Case {
    let text = fs::read_to_string(&path).unwrap();
    let split = |text: &str, at: &str| {
        let (head, tail) =
            text.split_once(at).unwrap_or_else(|| panic!("{}: no line {at:?}", path.display()));
        (head.to_owned(), tail.to_owned())
    };
    let (old, rest) = split(&text, NEW);
    let (new, expected) = split(&rest, CHANGES);
    Case { path, old, new, expected }
}

fn log_type(yaml: &str) -> LogType {
    let loaded = load(yaml, "schema.yml");
    loaded.log_type.unwrap_or_else(|| panic!("{yaml}\n{:?}", loaded.diagnostics))
}

#[test]
fn changes_are_as_recorded() {
    let bless = std::env::var_os("SAWLOG_BLESS").is_some();
    let mut failures = String::new();
    let mut kinds = BTreeSet::new();
    for Case { path, old, new, expected } in cases() {
        let found = diff(&log_type(&old), &log_type(&new));
        kinds.extend(found.changes.iter().map(|change| change.kind.name()));
        let actual = found.render(false);
        if bless {
            fs::write(&path, format!("{old}{NEW}{new}{CHANGES}{actual}")).unwrap();
        } else if actual != expected {
            writeln!(failures, "{}\n--- expected\n{expected}--- actual\n{actual}", path.display()).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["add", "delete", "meta", "retype"]);
}

#[test]
fn the_way_back_undoes_the_way_there() {
    for Case { path, old, new, .. } in cases() {
        let (old, new) = (log_type(&old), log_type(&new));
        let turned = |kind| match kind {
            ChangeKind::Add => ChangeKind::Delete,
            ChangeKind::Delete => ChangeKind::Add,
            same => same,
        };
        let list = |found: Diff, turn: bool| -> BTreeSet<String> {
            let line = |change: sawlog_schema::Change| {
                let kind = if turn { turned(change.kind) } else { change.kind };
                let (old, new) = if turn { (change.new, change.old) } else { (change.old, change.new) };
                format!(
                    "{kind:?} {} {:?} {old:?} {new:?} {:?}",
                    change.path, change.attribute, change.renamed
                )
            };
            found.changes.into_iter().map(line).collect()
        };
        assert_eq!(list(diff(&old, &new), false), list(diff(&new, &old), true), "{}", path.display());
    }
}

#[test]
fn nothing_changes_from_a_definition_to_itself() {
    let golden = cases().into_iter().flat_map(|case| [case.old, case.new]);
    for yaml in golden.chain(builtin().iter().map(|builtin| builtin.text.to_owned())) {
        let (one, moved) = (log_type(&yaml), log_type(&format!("\n\n{yaml}")));
        assert_eq!(diff(&one, &one), Diff::default());
        assert_eq!(diff(&one, &moved), Diff::default(), "lines alone are no change");
        assert_eq!(diff(&one, &moved).render(true), "no changes\n");
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    for Case { old, new, .. } in cases() {
        let found = diff(&log_type(&old), &log_type(&new));
        let mut coloured = found.render(true);
        for escape in ["\x1b[1;31m", "\x1b[32m", "\x1b[2m", "\x1b[0m"] {
            coloured = coloured.replace(escape, "");
        }
        assert_eq!(coloured, found.render(false));
    }
}

fn definition() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(vec!["string", "int", "bigint", "json", "boolean"]);
    let field = ("[a-d]{1,2}", scalar.clone(), any::<bool>(), prop::option::of(("[a-c]", scalar)));
    prop::collection::vec(field, 1..6).prop_map(|fields| {
        let mut seen = BTreeSet::new();
        let mut yaml = "schema: Custom.Any\nfields:\n".to_owned();
        for (name, kind, required, member) in fields {
            if !seen.insert(name.clone()) {
                continue;
            }
            match member {
                None => writeln!(yaml, "  - {{name: {name}, type: {kind}, required: {required}}}"),
                Some((member, of)) => writeln!(
                    yaml,
                    "  - {{name: {name}, type: object, fields: [{{name: {member}, type: {of}}}]}}"
                ),
            }
            .unwrap();
        }
        yaml
    })
}

proptest! {
    /// Every path of either definition is kept with its type, or named by a change at it or above it; and a
    /// diff is compatible exactly if everything old is still there with its type.
    #[test]
    fn breaking_means_that_something_old_is_gone(old in definition(), new in definition()) {
        let (old, new) = (log_type(&old), log_type(&new));
        let paths = |log_type: &LogType| -> BTreeSet<(String, &'static str)> {
            let plan = sawlog_schema::Plan::new(log_type.clone());
            let kind = |node: &sawlog_schema::Node| match node.kind {
                sawlog_schema::Kind::String => "text",
                sawlog_schema::Kind::Int(32) => "int",
                sawlog_schema::Kind::Int(_) => "bigint",
                sawlog_schema::Kind::Json => "json",
                sawlog_schema::Kind::Boolean => "boolean",
                _ => "object",
            };
            plan.nodes.iter().map(|node| (node.path.clone(), kind(node))).collect()
        };
        let found = diff(&old, &new);
        prop_assert_eq!(found.is_compatible(), paths(&old).is_subset(&paths(&new)));
        for (path, _) in paths(&old).symmetric_difference(&paths(&new)) {
            let is_told = |change: &sawlog_schema::Change| {
                *path == change.path || path.starts_with(&format!("{}.", change.path))
            };
            prop_assert!(found.changes.iter().any(is_told), "{path} in {found:?}");
        }
    }
}
