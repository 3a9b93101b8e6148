//! `sawlog schema`: one module per subcommand, and the reading of definitions that they share.

mod check;
mod diff;
mod drift;
mod export;
mod infer;
mod list;
mod show;
mod test;

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use super::Failure;
use crate::args::Schema;
use crate::output::{is_coloured, print, tell as tell_user};
use sawlog_engine::schema::{
    Loaded, LogType, editor_schema, find_builtin, is_test_file, limits, render, suggest_builtins,
};
use sawlog_engine::{LeftOut, look};

/// A definition as read.
pub(super) struct Definition {
    text: String,
    source: String,
    pub(super) is_builtin: bool,
    pub(super) loaded: Loaded,
}

pub(super) fn run(args: Schema) -> Result<ExitCode, Failure> {
    match args {
        Schema::Check { files } => check::run(&files),
        Schema::List { json } => list::run(json),
        Schema::Diff { old, new, json } => diff::run(&old, &new, json),
        Schema::Export { name, language, column_names } => export::run(&name, language, column_names),
        Schema::Show { name, page: false } => show::definition(&name),
        Schema::Show { name, page: true } => show::page(&name),
        Schema::Editor => print(|out| out.write_all(editor_schema().as_bytes())),
        Schema::Infer { inputs, name, records_path } => infer::run(inputs, name, records_path.as_deref()),
        Schema::Drift { inputs, schema, records_path, json } => {
            drift::run(inputs, &schema, records_path.as_deref(), json)
        }
        Schema::Test { paths, json } => test::run(&paths, json),
    }
}

/// Loads the log type called `name`, or defined in the file of that name. Its errors are told; its warnings
/// are for `schema check`.
fn load_log_type(name: &str) -> Result<LogType, Failure> {
    // Exit code 1 is an answer of some commands, which a definition that cannot be read does not give.
    let definition = load(name).map_err(|failure| Failure::usage(failure.message))?;
    if definition.loaded.log_type.is_none() {
        tell(&definition);
    }
    definition.loaded.log_type.ok_or_else(|| Failure::usage(format!("the log type {name} has errors")))
}

/// Reads a built-in definition by name, or a file. A file of the same name as a built-in one is meant by
/// `./`.
pub(super) fn load(name: &str) -> Result<Definition, Failure> {
    let path = Path::new(name);
    if let Some(found) = find_builtin(name) {
        let definition = definition(found.text.to_owned(), found.path.to_owned());
        return Ok(Definition { is_builtin: true, ..definition });
    }
    if !path.exists() {
        return Err(unknown(name, "a file"));
    }
    if let Some(told) = of_tests(path) {
        return Err(Failure::usage(told));
    }
    read(path)
}

/// Refuses what names no log type, and is not `other` either.
pub(super) fn unknown(name: &str, other: &str) -> Failure {
    let hint = hint(name);
    Failure::usage(format!("`{name}` is neither a built-in log type nor {other}; {hint}"))
}

/// The built-in log types that `name` may mean, or where they are listed.
fn hint(name: &str) -> String {
    let quoted: Vec<String> = suggest_builtins(name).iter().map(|close| format!("`{close}`")).collect();
    match quoted.split_last() {
        None => "`sawlog schema list` shows the built-in ones".to_owned(),
        Some((only, [])) => format!("did you mean {only}?"),
        Some((last, others)) => format!("did you mean {} or {last}?", others.join(", ")),
    }
}

/// What is said of a file of tests where a definition is wanted; nothing of others.
fn of_tests(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let is_of_tests = is_test_file(name) && path.exists();
    is_of_tests.then(|| format!("{} holds tests: sawlog schema test runs them", path.display()))
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Definition, Failure> {
    look(path)?;
    let fail = |e: &std::io::Error| Failure::io(&format!("cannot read {}", path.display()), e);
    let mut bytes = Vec::new();
    // One byte more than a schema may have, for the loader to see that it is too large.
    let limit = limits::FILE_BYTES as u64 + 1;
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(|e| fail(&e))?;
    if bytes.len() as u64 == limit {
        // It is refused for its size, whatever character the cut went through.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        return Ok(definition(text, path.to_string_lossy().into_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|e| Failure {
        message: format!("{} is not UTF-8 from byte {} on", path.display(), e.utf8_error().valid_up_to()),
        exit_code: 1,
    })?;
    Ok(definition(text, path.to_string_lossy().into_owned()))
}

/// A number and its noun.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// What is said of records that no definition can speak of; nothing where there are none.
fn left_out(reasons: &[LeftOut]) -> String {
    let mut told = if reasons.is_empty() { "" } else { "left out:\n" }.to_owned();
    for LeftOut { code, count: records, input, message } in reasons {
        let first = if *records == 1 { "" } else { "the first " };
        let _ =
            writeln!(told, "  {}, {code}, {first}in {input}: {message}", count(*records as usize, "record"));
    }
    told
}

fn definition(text: String, source: String) -> Definition {
    let loaded = sawlog_engine::schema::load(&text, &source);
    Definition { text, source, is_builtin: false, loaded }
}

/// Writes a definition's problems to standard error.
pub(super) fn tell(definition: &Definition) {
    let Definition { text, source, loaded, .. } = definition;
    if !loaded.diagnostics.is_empty() {
        tell_user(render(&loaded.diagnostics, text, source, is_coloured()).trim_end());
    }
}
