//! Golden cases: each text file below this folder holds a schema, an input, and all that comes of it. The
//! README beside this file tells how to read one and how to add one.
//!
//! With `SAWLOG_BLESS=1` the results of the current code are written into the files. What stands there then
//! is what the code does, not what it should do: read the difference before committing it. With
//! `SAWLOG_CASES=time/` only cases are run whose path contains that.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking, in its helpers too")]

mod case;
mod codes;
mod dumps;
mod run;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use case::Case;

/// All files below `folder` with this extension, in the order of their paths.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn is_blessing() -> bool {
    std::env::var_os("SAWLOG_BLESS").is_some()
}

#[test]
fn cases_come_out_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut paths = files(&folder, "case");
    assert!(paths.len() >= 300, "only {} cases were found", paths.len());
    if let Ok(part) = std::env::var("SAWLOG_CASES") {
        paths.retain(|path| path.strip_prefix(&folder).unwrap().to_string_lossy().contains(&part));
        assert!(!paths.is_empty(), "no case is called {part}");
    }
    // A case mostly waits for its output to be on the disk, so more of them run than there are cores.
    let parts = paths.chunks(paths.len().div_ceil(16));
    let failures: String = thread::scope(|scope| {
        let parts: Vec<_> = parts.map(|part| scope.spawn(|| failures(&folder, part))).collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{failures}");
}

/// What differs in these cases from what they record. With blessing nothing does.
fn failures(folder: &Path, paths: &[PathBuf]) -> String {
    let mut failures = String::new();
    for path in paths {
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        let text = fs::read_to_string(path).unwrap();
        let case = Case::read(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        let actual = match run::run(&case) {
            Ok(actual) => actual,
            Err(why) => {
                writeln!(failures, "{name}: {why}").unwrap();
                continue;
            }
        };
        if is_blessing() {
            fs::write(path, format!("{}{actual}", case.given)).unwrap();
        } else if actual != case.expected {
            writeln!(failures, "{name}\n--- expected\n{}--- actual\n{actual}", case.expected).unwrap();
        }
    }
    failures
}
