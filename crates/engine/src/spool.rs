//! Inputs that are read more than once.
//!
//! A stream can be read only once, so it is copied to a temporary file first, as it comes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use tempfile::{NamedTempFile, TempPath};

use crate::error::{Error, Result};
use crate::inputs::{Input, expand, unopened};
use crate::source::Source;

/// Inputs, each of which can be opened as often as need be.
pub(crate) struct Spooled {
    /// What is read: copies in the place of streams.
    inputs: Vec<Input>,
    /// How they were called.
    names: Vec<String>,
    /// Copies of streams; they go away with this.
    _copies: Vec<TempPath>,
}

impl Spooled {
    pub(crate) fn new(words: &[String]) -> Result<Self> {
        let (mut inputs, mut names, mut copies) = (Vec::new(), Vec::new(), Vec::new());
        for input in expand(words)?.all {
            names.push(input.name());
            let stream: Box<dyn Read> = match &input {
                Input::Stdin => Box::new(io::stdin().lock()),
                Input::File(path) if is_stream(path) => {
                    Box::new(File::open(path).map_err(|e| unopened(path, e))?)
                }
                Input::File(_) => {
                    inputs.push(input);
                    continue;
                }
            };
            let copy = copied(stream).map_err(|e| Error::input(Path::new(&input.name()), e))?;
            inputs.push(Input::File(copy.to_path_buf()));
            copies.push(copy);
        }
        Ok(Self { inputs, names, _copies: copies })
    }

    /// The inputs as words of a command line would name them, one by one.
    pub(crate) fn words(&self) -> Vec<String> {
        self.inputs.iter().map(Input::name).collect()
    }

    /// The inputs, ready to be read from their beginnings.
    pub(crate) fn sources(&self) -> impl Iterator<Item = Result<Source>> {
        self.inputs.iter().cloned().map(Source::look)
    }

    /// The same, each with the name that people know it by.
    pub(crate) fn named_sources(&self) -> impl Iterator<Item = (&str, Result<Source>)> {
        self.names.iter().map(String::as_str).zip(self.sources())
    }
}

/// Whether a path names what is neither a file nor a folder, such as a FIFO.
pub(crate) fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn copied(mut stream: Box<dyn Read>) -> io::Result<TempPath> {
    let mut file = NamedTempFile::new()?;
    io::copy(&mut stream, &mut file)?;
    Ok(file.into_temp_path())
}
