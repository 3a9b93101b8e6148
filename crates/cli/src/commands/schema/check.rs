//! `sawlog schema check`: every problem of some definitions.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sawlog_engine::definition_files;
use sawlog_engine::schema::{Code, Severity};

use super::{Definition, count, of_tests, read, tell};
use crate::commands::Failure;
use crate::output::{complain, tell as tell_user};

/// What is wrong with the definitions so far.
#[derive(Default)]
struct Found {
    errors: usize,
    warnings: usize,
    /// Files that cannot be read.
    unread: usize,
    /// The code of the first error, or where there is none of the first warning.
    gravest: Option<Code>,
}

pub(super) fn run(paths: &[PathBuf]) -> Result<ExitCode, Failure> {
    let files = definitions(paths)?;
    let mut found = Found::default();
    for file in &files {
        found.check(file);
    }
    let Found { warnings, gravest, .. } = found;
    let errors = found.errors + found.unread;
    tell_user(&format!(
        "{} checked: {}, {}",
        count(files.len(), "definition"),
        count(errors, "error"),
        count(warnings, "warning")
    ));
    if let Some(code) = gravest {
        tell_user(&format!("what a code means: sawlog explain {code}"));
    }
    Ok(ExitCode::from(u8::from(errors > 0)))
}

impl Found {
    /// Tells what is wrong with a file, set off from what was told of others. One that cannot be read is an
    /// error of its own and does not keep the rest from being checked.
    fn check(&mut self, file: &Path) {
        let definition = read(file);
        let is_sound = definition.as_ref().is_ok_and(|definition| definition.loaded.diagnostics.is_empty());
        if !is_sound && self.errors + self.warnings + self.unread > 0 {
            tell_user("");
        }
        match definition {
            Ok(definition) => {
                tell(&definition);
                self.count(&definition);
            }
            Err(failure) => {
                complain(&failure.message);
                self.unread += 1;
            }
        }
    }

    fn count(&mut self, definition: &Definition) {
        for problem in &definition.loaded.diagnostics {
            let is_error = problem.severity == Severity::Error;
            if self.gravest.is_none() || is_error && self.errors == 0 {
                self.gravest = Some(problem.code);
            }
            if is_error { self.errors += 1 } else { self.warnings += 1 }
        }
    }
}

/// The files that are meant: of a folder those in it and below, without tests.
fn definitions(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(definition_files(path).map_err(|e| Failure::usage(e.to_string()))?);
        } else if let Some(told) = of_tests(path) {
            tell_user(&told);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}
