//! Finding tests and the definitions they are about.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sawlog_schema::{Plan, find_builtin, is_test_file, limits, load, log_type_of_file, yaml_stem};

use crate::error::{Error, Result};
use crate::inputs::look;

/// The definitions and test files that some paths lead to.
#[derive(Debug, Default)]
pub(super) struct Found {
    definitions: Vec<Definition>,
    pub(super) test_files: Vec<PathBuf>,
}

/// A definition, sound or not.
#[derive(Debug)]
struct Definition {
    name: String,
    /// The file, as it is shown.
    source: String,
    /// The plan, or the first error with its place.
    plan: std::result::Result<Arc<Plan>, String>,
}

/// Follows `paths`: a folder is searched with all that lies below it; of a file of tests the definitions are
/// searched beside it, and of a definition the tests.
pub(super) fn find(paths: &[PathBuf]) -> Result<Found> {
    let mut found = Found::default();
    let mut yaml = Vec::new();
    for path in paths {
        if look(path)?.is_dir() {
            list(path, true, &mut yaml)?;
            continue;
        }
        let mut beside = Vec::new();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        list(folder, false, &mut beside)?;
        if is_test(path) {
            beside.retain(|other| !is_test(other));
        } else {
            let own = Definition::read(path).name;
            beside.retain(|other| is_test(other) && mentions(other, &own));
        }
        yaml.push(path.clone());
        yaml.extend(beside);
    }
    let mut seen = std::collections::HashSet::new();
    yaml.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    for path in yaml {
        if is_test(&path) {
            found.test_files.push(path);
        } else {
            found.definitions.push(Definition::read(&path));
        }
    }
    Ok(found)
}

fn is_test(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(is_test_file)
}

/// Whether a test file has a test of this log type. One that cannot be read is left to whoever runs it.
fn mentions(path: &Path, log_type: &str) -> bool {
    let Ok(text) = read(path) else { return true };
    sawlog_schema::load_tests(&text).iter().flatten().any(|test| test.log_type == log_type)
}

/// Adds the YAML files of a folder, in the order of their paths. Hidden files and folders are passed over.
fn list(folder: &Path, below: bool, into: &mut Vec<PathBuf>) -> Result<()> {
    let mut open = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| Error::input(&folder, e))? {
            let entry = entry.map_err(|e| Error::input(&folder, e))?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            // A link to a folder is not followed, as it may lead back up. What is no file is passed over: a
            // pipe would wait for somebody to write.
            let kind = entry.file_type().map_err(|e| Error::input(&path, e))?;
            if kind.is_dir() && below {
                open.push(path);
            } else if path.is_file() && yaml_stem(&name).is_some() {
                files.push(path);
            }
        }
    }
    files.sort_unstable();
    into.append(&mut files);
    Ok(())
}

/// The text of a YAML file, which may not be larger than a definition.
pub(super) fn read(path: &Path) -> Result<String> {
    let limit = limits::FILE_BYTES as u64;
    let mut text = String::new();
    let file = File::open(path).map_err(|e| Error::input(path, e))?;
    file.take(limit + 1).read_to_string(&mut text).map_err(|e| Error::input(path, e))?;
    if text.len() as u64 > limit {
        let message = format!("it has more than {limit} bytes; split it into several files");
        return Err(Error::input(path, std::io::Error::other(message)));
    }
    Ok(text)
}

impl Definition {
    /// Reads a definition; one that cannot be read has no name, and fails nobody's tests.
    fn read(path: &Path) -> Self {
        let shown = path.display().to_string();
        let text = match read(path) {
            Ok(text) => text,
            Err(error) => return Self { name: String::new(), source: shown, plan: Err(error.to_string()) },
        };
        let loaded = load(&text, &shown);
        let plan = loaded.log_type.map(|log_type| Arc::new(Plan::new(log_type))).ok_or_else(|| {
            let error = loaded.diagnostics.iter().find(|d| d.severity == sawlog_schema::Severity::Error);
            error.map_or_else(String::new, |error| format!("{shown}:{}: {}", error.span.line, error.message))
        });
        let name = match &plan {
            Ok(plan) => plan.log_type.name.clone(),
            Err(_) => declared_name(&text)
                .map(str::to_owned)
                .or_else(|| log_type_of_file(&shown))
                .unwrap_or_default(),
        };
        Self { name, source: shown, plan }
    }
}

/// The name that a definition gives itself, even if nothing else of it can be read.
fn declared_name(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.strip_prefix("schema:"))?;
    Some(line.split(" #").next()?.trim().trim_matches(['"', '\'']))
}

impl Found {
    /// The log type called `name`: of the definitions found, or else a built-in one. Of two with that name
    /// nobody could tell which one was tested, so that they count as none.
    pub(super) fn plan(&self, name: &str) -> std::result::Result<Arc<Plan>, String> {
        let mut own = self.definitions.iter().filter(|definition| definition.name == name);
        if let Some(definition) = own.next() {
            if let Some(other) = own.next() {
                let (first, second) = (&definition.source, &other.source);
                return Err(format!(
                    "the log type {name} is defined twice, in {first} and in {second}; rename or remove one, \
                     or test one at a time by giving its file"
                ));
            }
            let fail = |error: &String| format!("the log type {name} has errors: {error}");
            return definition.plan.as_ref().map(Arc::clone).map_err(fail);
        }
        let builtin = find_builtin(name).filter(|builtin| builtin.name == name);
        let plan = builtin.and_then(|builtin| load(builtin.text, builtin.path).log_type);
        plan.map(|log_type| Arc::new(Plan::new(log_type))).ok_or_else(|| {
            let own = self.definitions.iter().map(|definition| definition.name.as_str());
            let near = sawlog_schema::suggest_log_type(name, own);
            let help = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("nobody defines the log type {name}{help}")
        })
    }
}
