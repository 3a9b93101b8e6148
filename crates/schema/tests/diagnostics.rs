//! Golden diagnostics: each text file holds a schema and what the loader says about it.
//!
//! A file is the YAML, a line `==== diagnostics`, and the rendered problems; nothing after that line means a
//! schema without any. Run with `SAWLOG_BLESS=1` to write the results of the current code into the files, and
//! read the difference before committing it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking, in its helpers too")]

use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use sawlog_schema::{Code, Severity, load, render};

const SEPARATOR: &str = "==== diagnostics\n";

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    paths
}

fn read(path: &Path) -> (String, String) {
    let text = fs::read_to_string(path).unwrap();
    let (yaml, expected) =
        text.split_once(SEPARATOR).unwrap_or_else(|| panic!("{}: no line {SEPARATOR:?}", path.display()));
    (yaml.to_owned(), expected.to_owned())
}

#[test]
fn diagnostics_are_as_recorded() {
    let bless = std::env::var_os("SAWLOG_BLESS").is_some();
    let mut failures = String::new();
    for path in cases() {
        let (yaml, expected) = read(&path);
        let actual = render(&load(&yaml, "schema.yml").diagnostics, &yaml, "schema.yml", false);
        if bless {
            // The other tests read these files at the same time: they must never see half of one.
            let new = path.with_extension("new");
            fs::write(&new, format!("{yaml}{SEPARATOR}{actual}")).unwrap();
            fs::rename(new, &path).unwrap();
        } else if actual != expected {
            let name = path.file_name().unwrap().to_string_lossy();
            writeln!(failures, "{name}\n--- expected\n{expected}--- actual\n{actual}").unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn a_log_type_comes_out_exactly_where_nothing_is_an_error() {
    for path in cases() {
        let (yaml, _) = read(&path);
        let loaded = load(&yaml, "schema.yml");
        let failed = loaded.diagnostics.iter().any(|problem| problem.severity == Severity::Error);
        assert_eq!(loaded.log_type.is_none(), failed, "{}", path.display());
    }
}

#[test]
fn places_lie_within_the_text() {
    for path in cases() {
        let (yaml, _) = read(&path);
        for problem in load(&yaml, "schema.yml").diagnostics {
            // The end of the text is a place too: one line and one column beyond the last.
            let lines: Vec<&str> = yaml.split('\n').collect();
            let line = lines.get(problem.span.line as usize - 1);
            let line = line.unwrap_or_else(|| panic!("{}: {problem:?}", path.display()));
            let chars = line.trim_end_matches('\r').chars().count();
            assert!(problem.span.column as usize <= chars + 1, "{}: {problem:?}", path.display());
            assert!(problem.width >= 1, "{}: {problem:?}", path.display());
        }
    }
}

#[test]
fn every_code_has_a_case() {
    // These need files too large to be read by people; tests/limits.rs has them.
    let elsewhere = [
        Code::FileTooLarge,
        Code::TooManyFields,
        Code::TooManyNodes,
        Code::NameTooLong,
        Code::TooDeep,
        Code::TooManyErrors,
        Code::TooManyWarnings,
    ];
    let mut seen: BTreeSet<Code> = elsewhere.into();
    for path in cases() {
        let (yaml, _) = read(&path);
        seen.extend(load(&yaml, "schema.yml").diagnostics.iter().map(|problem| problem.code));
    }
    let missing: Vec<&Code> = Code::ALL.iter().filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}
