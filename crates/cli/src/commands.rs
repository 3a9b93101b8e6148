//! One module per command.

mod bench;
mod convert;
mod explain;
mod generate;
mod log_types;
mod parse;
mod quarantine;
mod schema;

use std::process::ExitCode;

use sawlog_engine::{RecordsPath, Stream};

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
        Command::Explain(args) => explain::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Generate(args) => generate::run(&args),
    }
}

/// What the flags about reading amount to.
struct ReadingOptions {
    stream: Stream,
    records_path: RecordsPath,
    keep_missing: bool,
    parse_time: Option<i64>,
}

impl Reading {
    fn options(&self) -> Result<ReadingOptions, Failure> {
        let records_path = self.records_path.as_deref().map_or(Ok(RecordsPath::Detect), records_path)?;
        let parse_time = self.parse_time.as_deref().map(micros).transpose()?;
        Ok(ReadingOptions {
            stream: self.stream,
            records_path,
            keep_missing: self.missing_required == MissingRequired::Keep,
            parse_time,
        })
    }
}

/// A place of records as it was given.
fn records_path(path: &str) -> Result<RecordsPath, Failure> {
    path.parse().map_err(|e| Failure::usage(format!("--records-path {path}: {e}")))
}

fn micros(text: &str) -> Result<i64, Failure> {
    chrono::DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_micros()).map_err(|_| {
        Failure::usage(format!(
            "--parse-time {text}: this is no time; give one as in RFC 3339, such as 2026-01-31T12:00:00Z"
        ))
    })
}
