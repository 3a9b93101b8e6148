//! From the words on a command line to a list of inputs.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// One input, before it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input, given as `-`.
    Stdin,
    /// A file, or anything that reads like one, such as a FIFO.
    File(PathBuf),
}

impl Input {
    /// How rows and messages name it.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::File(path) => path.to_string_lossy().into_owned(),
        }
    }
}

/// What the words on a command line stand for.
#[derive(Debug, Default)]
pub struct Inputs {
    /// What is read, in order.
    pub all: Vec<Input>,
    /// The folders that were named, or found by a glob.
    pub folders: Vec<PathBuf>,
    /// What they hold and is not read: all that is hidden or whose name begins with `_`, and what is
    /// neither a file nor a folder, such as FIFOs and links to folders.
    pub passed_over: Vec<PathBuf>,
}

/// Expands words to inputs, in the order given: `-` is standard input, a folder stands for its regular files
/// at any depth (hidden ones and those whose name begins with `_` left out) in byte order of their paths, and
/// a word with `*`, `?` or `[` that names no file is a glob.
///
/// # Errors
/// Fails where a word names nothing, a folder holds no file or cannot be listed, or `-` is given twice.
pub fn expand(words: &[String]) -> Result<Inputs> {
    let mut inputs = Inputs::default();
    for word in words {
        if word == "-" {
            if inputs.all.contains(&Input::Stdin) {
                return Err(Error::Usage("standard input (`-`) can be given only once".to_owned()));
            }
            inputs.all.push(Input::Stdin);
            continue;
        }
        let path = Path::new(word);
        let is_glob = word.contains(['*', '?', '[']) && fs::symlink_metadata(path).is_err();
        let paths = if is_glob { matches(word)? } else { vec![path.to_owned()] };
        for path in paths {
            add(&path, &mut inputs)?;
        }
    }
    Ok(inputs)
}

fn matches(pattern: &str) -> Result<Vec<PathBuf>> {
    let paths = glob::glob(without_stars(pattern))
        .map_err(|e| Error::Usage(format!("`{pattern}` is no valid glob: {e}")))?;
    let mut found = Vec::new();
    for path in paths {
        found.push(path.map_err(unlisted)?);
    }
    if found.is_empty() {
        return Err(Error::Usage(format!("`{pattern}` matches no file")));
    }
    // A folder stands for all that is below it, which may have been found as well.
    let all: HashSet<PathBuf> = found.iter().cloned().collect();
    found.retain(|path| !path.ancestors().skip(1).any(|above| all.contains(above)));
    in_byte_order(&mut found);
    Ok(found)
}

/// A glob without stars for folders at its end, which match nothing else: what is before them stands for all
/// that is below it.
fn without_stars(pattern: &str) -> &str {
    match pattern.trim_end_matches('/') {
        "**" => ".",
        "/**" => "/",
        trimmed => trimmed.strip_suffix("/**").unwrap_or(pattern),
    }
}

fn in_byte_order(paths: &mut [PathBuf]) {
    paths.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
}

fn unlisted(error: glob::GlobError) -> Error {
    let path = error.path().to_owned();
    Error::input(&path, error.into())
}

fn add(path: &Path, inputs: &mut Inputs) -> Result<()> {
    let metadata = look(path)?;
    if !metadata.is_dir() {
        inputs.all.push(Input::File(path.to_owned()));
        return Ok(());
    }
    inputs.folders.push(path.to_owned());
    let (mut files, mut others) = (Vec::new(), Vec::new());
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|e| unopened(&folder, e))?;
        for entry in entries {
            let entry = entry.map_err(|e| Error::input(&folder, e))?;
            let path = entry.path();
            if is_hidden(&entry.file_name()) {
                others.push(path);
                continue;
            }
            let metadata = look(&path)?;
            // A link to a folder is not followed: it may lead back to where it stands.
            let is_link = entry.file_type().is_ok_and(|t| t.is_symlink());
            if metadata.is_dir() && !is_link {
                folders.push(path);
            } else if metadata.is_file() {
                files.push(path);
            } else {
                others.push(path);
            }
        }
    }
    if files.is_empty() {
        return Err(Error::Usage(format!("the folder {} holds no files to read", path.display())));
    }
    in_byte_order(&mut files);
    in_byte_order(&mut others);
    inputs.all.extend(files.into_iter().map(Input::File));
    inputs.passed_over.extend(others);
    Ok(())
}

/// Looks at what is to be read.
///
/// # Errors
/// Says in words why it cannot be read, such as that it is not there.
pub fn look(path: &Path) -> Result<Metadata> {
    fs::metadata(path).map_err(|error| unseen(path, fs::read_link(path).ok().as_deref(), error))
}

/// Says why an input cannot be looked at; `target` is what it is a link to, if it is one.
fn unseen(path: &Path, target: Option<&Path>, error: io::Error) -> Error {
    let told = match (target.map(Path::display), error.kind()) {
        (Some(target), ErrorKind::NotFound) => {
            format!("it is a link to {target}, which is not there; {RESTORE}")
        }
        (Some(target), ErrorKind::PermissionDenied) => {
            format!("it is a link to {target}, which is out of reach: {error}; {ASK}")
        }
        (Some(target), _) => {
            format!("it is a link to {target}, which cannot be followed: {error}; {RESTORE}")
        }
        (None, ErrorKind::NotFound) if is_remote(path) => {
            "only local files are read, by their paths; fetch it first".into()
        }
        (None, ErrorKind::NotFound) if path == Path::new("-") => {
            "standard input is not taken here; give a file or a folder".into()
        }
        (None, ErrorKind::NotFound) => "there is no such file or folder; look for a slip in its name".into(),
        (None, ErrorKind::NotADirectory) => {
            "what stands before the last `/` is a file, no folder; look for a slip in its name".into()
        }
        (None, ErrorKind::PermissionDenied) => format!("{error}; {ASK}"),
        _ => return Error::input(path, error),
    };
    Error::input(path, io::Error::new(error.kind(), told))
}

const RESTORE: &str = "remove the link, or restore what it leads to";
const ASK: &str = "check the permissions of the folders on the way";

/// Says why an input that is there cannot be opened.
pub(crate) fn unopened(path: &Path, error: io::Error) -> Error {
    if error.kind() != ErrorKind::PermissionDenied {
        return Error::input(path, error);
    }
    let target = fs::read_link(path).ok();
    let link = target.map_or_else(String::new, |target| format!("it is a link to {}: ", target.display()));
    let told = format!("{link}{error}; let this user read it, or run sawlog as one who may");
    Error::input(path, io::Error::new(error.kind(), told))
}

/// Whether a path looks like an address.
fn is_remote(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.contains("://"))
}

fn is_hidden(name: &OsStr) -> bool {
    matches!(name.as_encoded_bytes().first(), Some(b'.' | b'_'))
}

/// Refuses an output folder that is none of this machine.
pub(crate) fn refuse_remote_output(out: &Path) -> Result<()> {
    if is_remote(out) && !out.exists() {
        return Err(Error::Usage(format!(
            "{} is no folder of this machine; write to a local one, and copy it from there",
            out.display()
        )));
    }
    Ok(())
}

/// Refuses an output folder that lies inside an input folder, or is one: the next run would read its own
/// results.
pub(crate) fn refuse_output_within(folders: &[PathBuf], out: &Path) -> Result<()> {
    let out = resolve(out);
    for input in folders {
        if out.starts_with(resolve(input)) {
            return Err(Error::Usage(format!(
                "the output folder {} lies inside the input {}; choose a folder outside of it",
                out.display(),
                input.display()
            )));
        }
    }
    Ok(())
}

/// An absolute path, with links resolved as far as the path exists.
fn resolve(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = Vec::new();
    let mut known = absolute.as_path();
    loop {
        if let Ok(mut found) = known.canonicalize() {
            found.extend(missing.iter().rev());
            return found;
        }
        match (known.parent(), known.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name);
                known = parent;
            }
            _ => return absolute,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_list_visible_files_in_byte_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.json", "a/z.json", "a.json", ".hidden", "_tmp/x.json", "_part"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        let word = folder.path().to_string_lossy().into_owned();
        let found = expand(std::slice::from_ref(&word)).unwrap();
        let names: Vec<String> = found.all.iter().map(|i| i.name()[word.len() + 1..].to_owned()).collect();
        assert_eq!(names, ["a.json", "a/z.json", "b.json"]);
        let passed: Vec<_> = found.passed_over.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(passed, [".hidden", "_part", "_tmp"]);
        let globbed = expand(&[format!("{word}/*.json")]).unwrap();
        assert_eq!(globbed.all.len(), 2);
        assert!(expand(&[format!("{word}/*.gz")]).is_err());
        assert!(expand(&["-".to_owned(), "-".to_owned()]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_there_is_told_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        fs::write(path("file"), "{}").unwrap();
        std::os::unix::fs::symlink("nowhere", path("dangling")).unwrap();
        let told = |word: String| expand(&[word]).unwrap_err().to_string();
        let dangling =
            format!("cannot read {}: it is a link to nowhere, which is not there", path("dangling"));
        for word in [path("dangling"), path("d*"), path("")] {
            assert!(told(word).starts_with(&dangling));
        }
        fs::remove_file(path("dangling")).unwrap();
        std::os::unix::fs::symlink("loop", path("loop")).unwrap();
        assert!(told(path("")).contains("it is a link to loop, which cannot be followed: "));
        assert!(told(path("none")).ends_with("there is no such file or folder; look for a slip in its name"));
        assert!(told(path("file/x")).contains("is a file, no folder"));
        let stdin = look(Path::new("-")).unwrap_err().to_string();
        assert!(stdin.starts_with("cannot read -: standard input is not taken here"), "{stdin}");
    }

    #[cfg(unix)]
    #[test]
    fn what_this_user_may_not_read_is_told_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let denied = || io::Error::from(ErrorKind::PermissionDenied);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("vault/log", &link).unwrap();
        let target = fs::read_link(&link).unwrap();
        let told = unseen(&link, Some(&target), denied()).to_string();
        assert!(told.contains("it is a link to vault/log, which is out of reach: "), "{told}");
        assert!(told.ends_with("check the permissions of the folders on the way"), "{told}");
        let told = unopened(&link, denied()).to_string();
        assert!(
            told.contains("it is a link to vault/log: ") && told.contains("let this user read it"),
            "{told}"
        );
        let told = unopened(&folder.path().join("log"), denied()).to_string();
        assert!(!told.contains("link") && told.contains("let this user read it"), "{told}");
    }

    #[test]
    fn an_output_inside_an_input_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        assert!(refuse_output_within(&folders, &folder.path().join("lake/x")).is_err());
        assert!(refuse_output_within(&folders, folder.path()).is_err());
        assert!(refuse_output_within(&folders, &folder.path().with_extension("lake")).is_ok());
    }

    #[test]
    fn stars_at_the_end_of_a_glob_stand_for_files_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        for name in ["a/one", "a/deep/er/two", "b/three"] {
            fs::create_dir_all(Path::new(&path(name)).parent().unwrap()).unwrap();
            fs::write(path(name), "{}").unwrap();
        }
        let count = |glob: &str| expand(&[path(glob)]).unwrap().all.len();
        let globs = ["a/**", "a/**/", "**", "*/**", "**/t*", "**/*", "a/deep/**"];
        assert_eq!(globs.map(count), [2, 2, 3, 3, 2, 3, 1]);
        assert_eq!(["**", "**/", "/**", "x/**/y"].map(without_stars), [".", ".", "/", "x/**/y"]);
        let told = expand(&[path("none/**")]).unwrap_err().to_string();
        assert!(told.contains("none/**` matches no file"), "{told}");
        assert_eq!(expand(&[path("*/*")]).unwrap().folders, [path("a/deep")].map(PathBuf::from));
    }

    #[test]
    fn addresses_are_no_paths() {
        let told = |word: &str| expand(&[word.to_owned()]).unwrap_err().to_string();
        for address in ["s3://bucket/logs", "https://example.org/log.gz"] {
            assert!(told(address).contains("only local files are read, by their paths"), "{}", told(address));
        }
        let out = refuse_remote_output(Path::new("s3://bucket/lake")).unwrap_err();
        assert!(out.exit_code() == 2 && out.to_string().contains("is no folder of this machine"), "{out}");
        assert!(refuse_remote_output(Path::new("lake")).is_ok());
    }
}
