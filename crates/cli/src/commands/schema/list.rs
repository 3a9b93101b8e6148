//! `sawlog schema list`: the log types that ship.

use std::process::ExitCode;

use sawlog_engine::schema::{Builtin, builtin, load};
use serde::Serialize;

use crate::commands::Failure;
use crate::output::print;

/// What the list says of a log type.
#[derive(Serialize)]
struct Shown {
    name: &'static str,
    description: String,
    /// Where the vendor documents the log.
    source: Option<String>,
}

impl From<&'static Builtin> for Shown {
    fn from(found: &'static Builtin) -> Self {
        let (description, source) = load(found.text, found.path)
            .log_type
            .map(|log_type| (log_type.description, log_type.reference_url))
            .unwrap_or_default();
        Self { name: found.name, description, source }
    }
}

pub(super) fn run(is_json: bool) -> Result<ExitCode, Failure> {
    let list: Vec<Shown> = builtin().iter().map(Shown::from).collect();
    let width = list.iter().map(|shown| shown.name.len()).max().unwrap_or(0);
    print(|out| {
        if is_json {
            serde_json::to_writer(&mut *out, &list)?;
            return writeln!(out);
        }
        for Shown { name, description, source } in &list {
            writeln!(out, "{name:width$}  {description}")?;
            if let Some(source) = source {
                writeln!(out, "{:width$}  {source}", "")?;
            }
        }
        Ok(())
    })
}
