//! What the workspace promises about its own shape: which crate may know which, and files of readable size.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The crates of the workspace and what each of them may build upon. Anything else is an edge that bends the
/// arrows: talk about it in ARCHITECTURE.md before adding it here.
const ARROWS: [(&str, &[&str]); 8] = [
    ("sawlog-script", &[]),
    ("sawlog-schema", &["sawlog-script"]),
    ("sawlog-columns", &["sawlog-schema"]),
    ("sawlog-parser", &["sawlog-columns", "sawlog-schema", "sawlog-script"]),
    ("sawlog-writer", &["sawlog-columns", "sawlog-schema"]),
    ("sawlog-engine", &["sawlog-columns", "sawlog-parser", "sawlog-schema", "sawlog-writer"]),
    ("sawlog-generator", &[]),
    ("sawlog", &["sawlog-engine", "sawlog-generator"]),
];

/// Measures everything, so it may know everything.
const BENCHES: &str = "sawlog-benches";

/// Lines of a source file.
const MAX_LINES: usize = 800;

/// Characters of a line.
const MAX_COLUMNS: usize = 110;

/// Files that may be longer or wider, each with its reason.
const EXCEPTED: [(&str, &str); 0] = [];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// The crates of the workspace, as cargo sees them.
fn packages() -> Vec<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Names of the workspace's crates that a crate depends on in some way. Tests of the command line may use
/// any of them.
fn edges(package: &Value, members: &BTreeSet<String>) -> BTreeSet<String> {
    let name = package["name"].as_str().unwrap();
    let is_counted = |d: &&Value| !(name == "sawlog" && d["kind"] == "dev");
    let dependencies = package["dependencies"].as_array().unwrap().iter().filter(is_counted);
    dependencies.map(|d| d["name"].as_str().unwrap().to_owned()).filter(|d| members.contains(d)).collect()
}

#[test]
fn arrows_between_crates_run_one_way() {
    let packages = packages();
    let names: BTreeSet<String> = packages.iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect();
    let allowed = BTreeMap::from(ARROWS);
    let mut known: BTreeSet<String> = allowed.keys().map(|name| (*name).to_owned()).collect();
    known.insert(BENCHES.to_owned());
    assert_eq!(names, known, "a crate came or went: say here what it may build upon");
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let Some(allowed) = allowed.get(name) else { continue };
        for edge in edges(package, &names) {
            assert!(allowed.contains(&edge.as_str()), "{name} must not depend on {edge}");
        }
    }
}

/// The parts that are bytes in, columns out: what they must not even be able to reach.
#[test]
fn the_core_does_no_input_and_no_threads() {
    let packages = packages();
    for name in ["sawlog-script", "sawlog-schema", "sawlog-columns", "sawlog-parser"] {
        let package = packages.iter().find(|p| p["name"] == name).unwrap();
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().join("src");
        for path in sources(&folder, &["rs"]) {
            let text = fs::read_to_string(&path).unwrap();
            for word in [
                "std::fs",
                "TcpStream",
                "UdpSocket",
                "std::thread",
                "std::process",
                "SystemTime",
                "Utc::now",
                "rayon",
            ] {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

/// Files with one of the extensions, below a folder; what is built or fetched is left out.
fn sources(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if entry.file_type().unwrap().is_dir() {
                if !(name.starts_with('.')
                    || ["target", "venv", "corpus", "artifacts"].contains(&name.as_str()))
                {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| extensions.iter().any(|known| e == *known)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn source_files_stay_readable() {
    let root = root();
    let mut seen = 0;
    for path in sources(&root, &["rs", "py", "sh"]) {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        if EXCEPTED.iter().any(|(excepted, _)| *excepted == name) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.lines().count() <= MAX_LINES, "{name} has more than {MAX_LINES} lines");
        for (number, line) in (1..).zip(text.lines()) {
            assert!(
                line.chars().count() <= MAX_COLUMNS,
                "{name}:{number} is wider than {MAX_COLUMNS} columns"
            );
        }
        seen += 1;
    }
    assert!(seen > 100, "only {seen} files were found: is this the workspace?");
}
