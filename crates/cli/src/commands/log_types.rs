//! The log types that a command is given by `--schema`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sawlog_engine::definition_files;
use sawlog_engine::schema::{Plan, builtin, find_builtin};

use super::{Failure, schema};

/// A definition yet to be read.
enum Word {
    /// Name of a built-in log type, or a file.
    Given(String),
    /// A file of a folder.
    Listed(PathBuf),
}

/// Loads the log types that `words` stand for, in that order: names of built-in ones, files, and folders of
/// files; all built-in ones where there are no words. Errors are told, and warnings unless the user wants
/// quiet; those of the built-in ones are not the user's to mend.
pub(super) fn load(words: &[String], is_quiet: bool) -> Result<Vec<Arc<Plan>>, Failure> {
    let (mut plans, mut broken) = (Vec::new(), Vec::new());
    for word in expand(words)? {
        let (name, definition) = match word {
            Word::Given(name) => (name.clone(), schema::load(&name)),
            Word::Listed(path) => (path.display().to_string(), schema::read(&path)),
        };
        // Without its log types a command cannot even begin, which makes an unreadable one wrong usage.
        let definition = definition.map_err(|failure| Failure::usage(failure.message))?;
        let is_broken = definition.loaded.log_type.is_none();
        if is_broken || !(is_quiet || definition.is_builtin) {
            schema::tell(&definition);
        }
        match definition.loaded.log_type {
            Some(log_type) => plans.push(Arc::new(Plan::new(log_type))),
            None => broken.push(name),
        }
    }
    match broken.as_slice() {
        [] => Ok(plans),
        [name] => Err(Failure::usage(format!("the log type {name} has errors; nothing was read"))),
        names => {
            let (count, names) = (names.len(), names.join(", "));
            Err(Failure::usage(format!("{count} log types have errors; nothing was read: {names}")))
        }
    }
}

fn expand(words: &[String]) -> Result<Vec<Word>, Failure> {
    if words.is_empty() {
        return Ok(builtin().iter().map(|builtin| Word::Given(builtin.name.to_owned())).collect());
    }
    let mut expanded = Vec::new();
    for word in words {
        let path = Path::new(word);
        let is_builtin = find_builtin(word).is_some();
        if !is_builtin && path.is_dir() {
            let files = definition_files(path).map_err(|e| Failure::usage(e.to_string()))?;
            expanded.extend(files.into_iter().map(Word::Listed));
        } else if is_builtin || path.exists() {
            expanded.push(Word::Given(word.clone()));
        } else {
            return Err(unknown(word));
        }
    }
    Ok(expanded)
}

fn unknown(word: &str) -> Failure {
    if !word.contains(',') {
        return schema::unknown(word, "a file or folder");
    }
    let repeated = word.split(',').map(str::trim).collect::<Vec<_>>().join(" --schema ");
    Failure::usage(format!(
        "`{word}` is no log type; to give several, repeat the option: --schema {repeated}"
    ))
}
