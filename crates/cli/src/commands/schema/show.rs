//! `sawlog schema show`: a definition that ships, as it stands, or the page about a log type.

use std::process::ExitCode;

use sawlog_engine::schema::{self, find_builtin, suggest_builtin};

use super::load_log_type;
use crate::commands::Failure;
use crate::output::print;

pub(super) fn definition(name: &str) -> Result<ExitCode, Failure> {
    let Some(found) = find_builtin(name) else {
        let hint = suggest_builtin(name).map(|close| format!("; did you mean `{close}`?"));
        return Err(Failure::usage(format!(
            "there is no built-in log type {name}{}",
            hint.unwrap_or_default()
        )));
    };
    print(|out| out.write_all(found.text.as_bytes()))
}

pub(super) fn page(name: &str) -> Result<ExitCode, Failure> {
    let page = schema::page(&load_log_type(name)?);
    print(|out| out.write_all(page.as_bytes()))
}
