//! `sawlog schema check`: every problem of some definitions.

use std::path::PathBuf;
use std::process::ExitCode;

use sawlog_engine::definition_files;
use sawlog_engine::schema::Severity;

use super::{count, of_tests, read, tell};
use crate::commands::Failure;
use crate::output::tell as tell_user;

pub(super) fn run(paths: &[PathBuf]) -> Result<ExitCode, Failure> {
    let (mut errors, mut warnings, mut gravest) = (0, 0, None);
    let files = definitions(paths)?;
    for file in &files {
        let definition = read(file)?;
        tell(&definition);
        for problem in &definition.loaded.diagnostics {
            // The first error, or where there is none the first warning.
            let is_error = problem.severity == Severity::Error;
            if gravest.is_none() || is_error && errors == 0 {
                gravest = Some(problem.code);
            }
            if is_error { errors += 1 } else { warnings += 1 }
        }
    }
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
