//! `sawlog schema show`: a definition that ships, as it stands, or the page about a log type.

use std::path::Path;
use std::process::ExitCode;

use sawlog_engine::schema::{self, find_builtin};

use super::{hint, load_log_type};
use crate::commands::Failure;
use crate::output::print;

pub(super) fn definition(name: &str) -> Result<ExitCode, Failure> {
    let Some(found) = find_builtin(name) else {
        let hint = if Path::new(name).is_file() {
            "a file is shown with `--page`, as a page about its log type".to_owned()
        } else {
            hint(name)
        };
        return Err(Failure::usage(format!("there is no built-in log type `{name}`; {hint}")));
    };
    print(|out| out.write_all(found.text.as_bytes()))
}

pub(super) fn page(name: &str) -> Result<ExitCode, Failure> {
    let page = schema::page(&load_log_type(name)?);
    print(|out| out.write_all(page.as_bytes()))
}
