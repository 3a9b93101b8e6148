//! One module per command.

mod convert;
mod generate;
mod parse;
mod quarantine;
mod schema;

use std::process::ExitCode;
use std::sync::Arc;

use sawlog_engine::RecordsPath;
use sawlog_engine::schema::Plan;

use crate::args::{Command, MissingRequired, Reading};

/// Why a command failed, and the exit code that stands for it.
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) exit_code: u8,
}

impl Failure {
    fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: 2 }
    }

    fn io(what: &str, error: &std::io::Error) -> Self {
        Self { message: format!("{what}: {error}"), exit_code: 1 }
    }
}

impl From<sawlog_engine::Error> for Failure {
    fn from(error: sawlog_engine::Error) -> Self {
        Self { exit_code: error.exit_code(), message: error.to_string() }
    }
}

pub(crate) fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Convert(args) => convert::run(args),
        Command::Parse(args) => parse::run(&args),
        Command::Schema(args) => schema::run(args),
        Command::Quarantine(args) => quarantine::run(args),
        Command::Generate(args) => generate::run(&args),
    }
}

/// What the flags about reading amount to.
struct ReadingOptions {
    records_path: RecordsPath,
    keep_missing: bool,
    parse_time: Option<i64>,
}

impl Reading {
    fn options(&self) -> Result<ReadingOptions, Failure> {
        let records_path = match &self.records_path {
            None => RecordsPath::Detect,
            Some(path) => path.parse().map_err(|e| Failure::usage(format!("--records-path {path}: {e}")))?,
        };
        let parse_time = self.parse_time.as_deref().map(micros).transpose()?;
        Ok(ReadingOptions {
            records_path,
            keep_missing: self.missing_required == MissingRequired::Keep,
            parse_time,
        })
    }
}

fn micros(text: &str) -> Result<i64, Failure> {
    chrono::DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_micros()).map_err(|e| {
        Failure::usage(format!(
            "--parse-time {text}: {e}; give an RFC 3339 time, such as 2026-01-31T12:00:00Z"
        ))
    })
}

/// Loads the log type called `name`, or defined in the file of that name. Its errors are told, and its
/// warnings unless the user wants quiet; those of the built-in ones are not the user's to mend.
fn load_plan(name: &str, is_quiet: bool) -> Result<Arc<Plan>, Failure> {
    // Without its log type a command cannot even begin, which makes an unreadable definition wrong usage.
    let loaded = schema::load(name).map_err(|failure| Failure::usage(failure.message))?;
    let is_told = loaded.loaded.log_type.is_none() || !(is_quiet || loaded.is_builtin);
    if is_told {
        schema::tell(&loaded);
    }
    match loaded.loaded.log_type {
        Some(log_type) => Ok(Arc::new(Plan::new(log_type))),
        None => Err(Failure::usage(format!("the log type {name} has errors; nothing was read"))),
    }
}
