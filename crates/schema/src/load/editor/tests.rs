//! The JSON Schema for editors against the loader: what loads is valid, and typical mistakes are not.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jsonschema::Validator;
use serde_json::Value;

use super::*;
use crate::{
    Code, Severity, builtin,
    diagnostic::Problems,
    load,
    yaml::{self, Kind, NodeId, Tree},
};

const FILE: &str = "schemas/log-type.schema.json";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn validator() -> Validator {
    jsonschema::draft7::new(&serde_json::from_str(&editor_schema()).unwrap()).unwrap()
}

/// YAML as an editor sees it.
fn value(text: &str) -> Value {
    let tree = yaml::parse(text, &mut Problems::default()).unwrap();
    json(&tree, tree.root())
}

fn json(tree: &Tree, id: NodeId) -> Value {
    match &tree.node(id).kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => (*value).into(),
        Kind::Int(value) => (*value).into(),
        Kind::Number => 0.5.into(),
        Kind::Text(text) => text.as_str().into(),
        Kind::Sequence(items) => items.iter().map(|item| json(tree, *item)).collect(),
        Kind::Mapping(entries) => {
            entries.iter().map(|entry| (entry.key.clone(), json(tree, entry.value))).collect()
        }
    }
}

fn errors(validator: &Validator, yaml: &str) -> Vec<String> {
    validator.iter_errors(&value(yaml)).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// All files below `folder` with this extension.
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

/// The schemas of all golden cases, each with the path of its file.
fn golden() -> Vec<(PathBuf, String)> {
    let diagnostics = files(&root().join("crates/schema/tests/diagnostics"), "txt").into_iter().map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let yaml = text.split_once("==== diagnostics\n").unwrap().0.to_owned();
        (path, yaml)
    });
    let cases = files(&root().join("crates/engine/tests/golden"), "case").into_iter().map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let (_, after) = text.split_once("==== schema\n").unwrap();
        let yaml = after.split_once("==== ").unwrap().0.to_owned();
        (path, yaml)
    });
    // A case may name a built-in log type instead.
    diagnostics.chain(cases).filter(|(_, yaml)| yaml.contains('\n') && yaml.contains("schema:")).collect()
}

#[test]
fn the_committed_file_is_what_the_code_makes() {
    let path = root().join(FILE);
    if std::env::var_os("SAWLOG_BLESS").is_some() {
        fs::write(&path, editor_schema()).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), editor_schema(), "SAWLOG_BLESS=1 writes {FILE}");
}

#[test]
fn it_is_a_schema() {
    jsonschema::draft7::meta::validate(&serde_json::from_str(&editor_schema()).unwrap()).unwrap();
}

#[test]
fn every_word_has_a_meaning() {
    let schema: Value = serde_json::from_str(&editor_schema()).unwrap();
    let mappings = schema["definitions"].as_object().unwrap().values().chain([&schema]);
    for mapping in mappings {
        for (key, meaning) in mapping["properties"].as_object().into_iter().flatten() {
            assert!(meaning["description"].is_string(), "{key}: {meaning}");
        }
    }
    for (_, definition) in definitions() {
        let text = definition.to_string();
        for (_, name) in
            text.match_indices("\"#/definitions/").map(|(at, found)| (at, &text[at + found.len()..]))
        {
            let name = name.split_once('"').unwrap().0;
            assert!(schema["definitions"][name].is_object(), "{name}");
        }
    }
}

#[test]
fn what_ships_is_valid_and_names_the_schema() {
    let validator = validator();
    for builtin in builtin() {
        assert_eq!(errors(&validator, builtin.text), [""; 0], "{}", builtin.path);
        let schema = "../".repeat(builtin.path.matches('/').count() - 1) + "log-type.schema.json";
        let line = format!("# yaml-language-server: $schema={schema}");
        assert!(builtin.text.lines().any(|found| found == line), "{}: {line}", builtin.path);
    }
}

/// Golden cases that load and are marked all the same: a reference that is no address is left out.
const MARKED: [&str; 1] = ["bad_url"];

#[test]
fn what_loads_is_valid() {
    let validator = validator();
    let (mut seen, mut wrong) = (0, Vec::new());
    for (path, yaml) in golden() {
        let loaded = load(&yaml, "schema.yml");
        // Misspelt keys, and those that do nothing, are warnings of the loader; editors may mark them.
        let is_told = |code| loaded.diagnostics.iter().any(|problem| problem.code == code);
        if loaded.log_type.is_some() && !is_told(Code::UnknownKey) && !is_told(Code::NoEffect) {
            let errors = errors(&validator, &yaml);
            let is_marked = MARKED.iter().any(|name| path.file_stem().is_some_and(|stem| stem == *name));
            if errors.is_empty() == is_marked {
                wrong.push((path, errors));
            }
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 60, "only {seen} definitions were found");
}

/// Codes of mistakes that JSON Schema can tell: those of a single key, value or mapping.
const TOLD: [Code; 13] = [
    Code::BadIndicator,
    Code::BadParser,
    Code::BadSchemaName,
    Code::BadTimeFormat,
    Code::BadType,
    Code::BadValidation,
    Code::BadVersion,
    Code::ConflictingKeys,
    Code::Empty,
    Code::MisplacedKey,
    Code::MissingKey,
    Code::UnknownKey,
    Code::WrongKind,
];

/// Golden cases that editors cannot tell: what a merge key names is no part of what they look at.
const UNTOLD: [&str; 1] = ["wrong_kind_merge_key"];

#[test]
fn typical_mistakes_are_not_valid() {
    let validator = validator();
    let mut untold = Vec::new();
    for (path, yaml) in golden() {
        let problems = load(&yaml, "schema.yml").diagnostics;
        let is_told = |code: &Code| {
            problems.iter().any(|problem| {
                problem.code == *code && (problem.severity == Severity::Error || *code == Code::UnknownKey)
            })
        };
        let Some(code) = TOLD.iter().find(|code| is_told(code)) else { continue };
        let may_be_valid = UNTOLD.iter().any(|name| path.file_stem().is_some_and(|stem| stem == *name));
        if validator.is_valid(&value(&yaml)) != may_be_valid {
            untold.push((path, code));
        }
    }
    assert!(untold.is_empty(), "{untold:#?}");
}
