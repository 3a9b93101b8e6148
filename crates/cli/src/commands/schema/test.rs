//! `sawlog schema test`: the tests of log types, and where they fail.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use sawlog_engine::{Difference, TestOutcome, TestReport, run_tests};

use crate::commands::Failure;
use crate::output::{harmless, print};

/// Colours of a report, or none.
struct Paint {
    is_coloured: bool,
}

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        let text = harmless(text);
        if self.is_coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text.into_owned() }
    }
}

pub(super) fn run(paths: &[PathBuf], json: bool) -> Result<ExitCode, Failure> {
    let report = run_tests(paths)?;
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let paint = Paint { is_coloured: !is_refused && io::stdout().is_terminal() };
    let code = print(|out| {
        if json {
            serde_json::to_writer(&mut *out, &report)?;
            return writeln!(out);
        }
        tell(&report, &paint, out)
    })?;
    Ok(if report.failed > 0 { ExitCode::from(1) } else { code })
}

fn tell(report: &TestReport, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    for test in report.tests.iter().filter(|test| !test.passed) {
        failure(test, paint, out)?;
    }
    let failed = format!("{} failed", report.failed);
    let failed = if report.failed > 0 { paint.with("1;31", &failed) } else { failed };
    writeln!(out, "{} passed, {failed}", report.passed)
}

fn failure(test: &TestOutcome, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let place = format!("{}:{}", test.file.display(), test.line);
    let about = match (test.name.as_str(), test.log_type.as_str()) {
        ("", log_type) => log_type.to_owned(),
        (name, log_type) => format!("{name} ({log_type})"),
    };
    writeln!(out, "{} {} {}", paint.with("1;31", "FAIL"), paint.with("1", &place), harmless(&about))?;
    for message in &test.messages {
        writeln!(out, "  {}", harmless(message))?;
    }
    for Difference { path, expected, found } in &test.differences {
        writeln!(out, "  {}", harmless(path))?;
        if let Some(expected) = expected {
            writeln!(out, "    {}", paint.with("31", &format!("- {expected}")))?;
        }
        if let Some(found) = found {
            writeln!(out, "    {}", paint.with("32", &format!("+ {found}")))?;
        }
    }
    writeln!(out)
}
