//! The log-type definitions of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use sawlog_schema::{is_test_file, yaml_stem};

use crate::error::{Error, Result};
use crate::spool::is_stream;

/// The YAML files at any depth of a folder, in byte order of their paths; hidden ones and files of tests are
/// left out, and links to folders are not followed.
///
/// # Errors
/// Fails where the folder, or one below it, cannot be listed, and where it holds no definition.
pub fn definition_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| Error::input(&folder, e))? {
            let entry = entry.map_err(|e| Error::input(&folder, e))?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if entry.file_type().map_err(|e| Error::input(&path, e))?.is_dir() {
                open.push(path);
            } else if yaml_stem(&name).is_some() && !is_test_file(&name) && !is_stream(&path) {
                files.push(path);
            }
        }
    }
    if files.is_empty() {
        return Err(Error::Usage(format!("the folder {} holds no log types", folder.display())));
    }
    files.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_found_in_byte_order_and_tests_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let definitions = ["D.YML", "a.yml", "a/y.Yaml", "a/z.yaml", "b.yml"];
        let others = ["a_tests.yml", "a/z_tests.yaml", "b_tests.YML", ".hidden.yml", "notes.txt"];
        for name in definitions.iter().rev().chain(&others) {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = definition_files(folder.path()).unwrap();
        let below = found.iter().map(|path| path.strip_prefix(folder.path()).unwrap());
        assert_eq!(below.collect::<Vec<_>>(), definitions.map(Path::new));
        // A FIFO would never end.
        #[cfg(unix)]
        {
            let fifo = folder.path().join("fifo.yml");
            assert!(std::process::Command::new("mkfifo").arg(fifo).status().unwrap().success());
            assert_eq!(definition_files(folder.path()).unwrap().len(), definitions.len());
        }
        fs::create_dir(folder.path().join("none")).unwrap();
        let none = definition_files(&folder.path().join("none")).unwrap_err();
        assert!(none.to_string().contains("holds no log types"), "{none}");
    }
}
