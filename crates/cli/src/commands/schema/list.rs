//! `sawlog schema list`: the log types that ship.

use std::process::ExitCode;

use sawlog_engine::schema::{builtin, load};

use crate::commands::Failure;
use crate::output::print;

pub(super) fn run() -> Result<ExitCode, Failure> {
    print(|out| {
        for found in builtin() {
            let loaded = load(found.text, found.path);
            let about = loaded.log_type.map(|log_type| log_type.description).unwrap_or_default();
            writeln!(out, "{:24} {}", found.name, about)?;
        }
        Ok(())
    })
}
