//! Tests of log types: inputs, and the events or the reject that must come of them.
//!
//! A test goes the way of any other input, through framing, parsing and printing, so that what it shows is
//! what a conversion does.

mod compare;
mod search;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use sawlog_columns::Code as RejectCode;
use sawlog_parser::{RecordsPath, Stream};
use sawlog_schema::{BrokenTest, Expected, Plan, TestCase, load_tests};
use serde::Serialize;
use serde_json::Value;

pub use compare::Difference;
use search::Found;

use crate::error::{Error, Result};
use crate::parse::{ParseOptions, parse};

/// What came of all tests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TestReport {
    /// Tests that hold.
    pub passed: u64,
    /// Tests that do not.
    pub failed: u64,
    /// Each test, in the order of the files.
    pub tests: Vec<TestOutcome>,
}

/// What came of one test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestOutcome {
    /// The file it stands in.
    pub file: PathBuf,
    /// Line on which it begins, counted from 1.
    pub line: u32,
    /// Its name; empty where it has none.
    pub name: String,
    /// The log type.
    pub log_type: String,
    /// Whether it holds.
    pub passed: bool,
    /// Why it does not: what cannot be shown as differences of an event.
    pub messages: Vec<String>,
    /// Where events are not as expected.
    pub differences: Vec<Difference>,
}

/// Runs every test that `paths` lead to: files of tests, definitions with the tests beside them, and folders
/// with all of both.
///
/// # Errors
/// Fails where a path cannot be read, or where there is no test at all.
pub fn run_tests(paths: &[PathBuf]) -> Result<TestReport> {
    let found = search::find(paths)?;
    let mut report = TestReport::default();
    for file in &found.test_files {
        let tests = match search::read(file) {
            Ok(text) => load_tests(&text),
            Err(error) => vec![Err(BrokenTest { line: 1, message: error.to_string() })],
        };
        for test in tests {
            let outcome = match test {
                Ok(test) => outcome(file, &test, &found)?,
                Err(broken) => unreadable(file, broken),
            };
            if outcome.passed {
                report.passed += 1;
            } else {
                report.failed += 1;
            }
            report.tests.push(outcome);
        }
    }
    if report.tests.is_empty() {
        let given: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Error::Usage(format!(
            "there are no tests in {}; they are looked for in files named like my_log_tests.yml",
            given.join(", ")
        )));
    }
    Ok(report)
}

fn unreadable(file: &Path, broken: BrokenTest) -> TestOutcome {
    TestOutcome {
        file: file.to_owned(),
        line: broken.line,
        name: String::new(),
        log_type: String::new(),
        passed: false,
        messages: vec![broken.message],
        differences: Vec::new(),
    }
}

fn outcome(file: &Path, test: &TestCase, found: &Found) -> Result<TestOutcome> {
    let mut outcome = TestOutcome {
        file: file.to_owned(),
        line: test.line,
        name: test.name.clone(),
        log_type: test.log_type.clone(),
        passed: false,
        messages: Vec::new(),
        differences: Vec::new(),
    };
    match found.plan(&test.log_type) {
        Ok(plan) => {
            let parsed = Parsed::new(&plan, test.input.as_bytes())?;
            match &test.expected {
                Expected::Events(events) => expect_events(events, &parsed, &test.log_type, &mut outcome),
                Expected::Reject(code) => expect_reject(code, &parsed, &mut outcome),
            }
        }
        Err(message) => outcome.messages.push(message),
    }
    outcome.passed = outcome.messages.is_empty() && outcome.differences.is_empty();
    Ok(outcome)
}

/// What a log type makes of an input.
struct Parsed {
    events: Vec<Value>,
    /// Code and message of each reject.
    rejects: Vec<(&'static str, String)>,
}

impl Parsed {
    /// Parses an input the way any file is parsed.
    fn new(plan: &Arc<Plan>, input: &[u8]) -> Result<Self> {
        let unwritten = |e| Error::input(Path::new("(the test's input)"), e);
        let mut file = tempfile::NamedTempFile::new().map_err(unwritten)?;
        file.write_all(input).and_then(|()| file.flush()).map_err(unwritten)?;
        let options = ParseOptions {
            inputs: vec![file.path().to_string_lossy().into_owned()],
            plans: vec![Arc::clone(plan)],
            stream: Stream::Auto,
            records_path: RecordsPath::Detect,
            keep_missing: false,
            parse_time: Utc::now().timestamp_micros(),
            source_id: None,
            source_label: None,
        };
        let mut printed = Vec::new();
        let mut rejects = Vec::new();
        parse(&options, &mut printed, &mut |reject, _| {
            rejects.push((reject.code.as_str(), reject.message.to_string()));
            Ok(())
        })?;
        let events = printed.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        let events = events.map(|line| serde_json::from_slice(line).unwrap_or_default()).collect();
        Ok(Self { events, rejects })
    }
}

fn expect_events(expected: &[String], parsed: &Parsed, log_type: &str, outcome: &mut TestOutcome) {
    for (code, message) in &parsed.rejects {
        outcome.messages.push(format!("the input was rejected, {code}: {message}"));
    }
    if parsed.rejects.is_empty() && expected.len() != parsed.events.len() {
        outcome.messages.push(format!(
            "the test expects {}, and {} came of the input",
            count(expected.len()),
            count(parsed.events.len())
        ));
    }
    for (number, text) in expected.iter().enumerate() {
        let event: Value = match serde_json::from_str(&fill_in(text, log_type)) {
            Ok(event) => event,
            Err(error) => {
                let which = if expected.len() > 1 { format!(" {}", number + 1) } else { String::new() };
                outcome.messages.push(format!("the expected event{which} is no JSON: {error}"));
                continue;
            }
        };
        let Some(found) = parsed.events.get(number) else { continue };
        let mut differences = compare::compare(&event, found);
        if expected.len() > 1 {
            for difference in &mut differences {
                difference.path = format!("event {}: {}", number + 1, difference.path);
            }
        }
        outcome.differences.append(&mut differences);
    }
    if expected.len() < parsed.events.len() {
        for event in &parsed.events[expected.len()..] {
            outcome.messages.push(format!("not expected: {event}"));
        }
    }
}

fn expect_reject(code: &str, parsed: &Parsed, outcome: &mut TestOutcome) {
    if parsed.rejects.iter().any(|(found, _)| *found == code) && parsed.events.is_empty() {
        return;
    }
    if !RejectCode::ALL.iter().any(|known| known.as_str() == code) {
        outcome.messages.push(format!("there is no reject {code}; `sawlog explain` lists them"));
        return;
    }
    let mut message = format!("the test expects the reject {code}");
    for (code, reason) in &parsed.rejects {
        message = format!("{message}, but the reject was {code}: {reason}");
    }
    if !parsed.events.is_empty() {
        message = format!("{message}, but {} came of the input", count(parsed.events.len()));
    } else if parsed.rejects.is_empty() {
        message.push_str(", but the input was passed over");
    }
    outcome.messages.push(message);
}

fn count(events: usize) -> String {
    match events {
        0 => "no event".to_owned(),
        1 => "one event".to_owned(),
        n => format!("{n} events"),
    }
}

/// Puts the log type's name where the author left its place open.
fn fill_in(text: &str, log_type: &str) -> String {
    text.replace("{{.LogType}}", log_type).replace("{{ .LogType }}", log_type)
}
