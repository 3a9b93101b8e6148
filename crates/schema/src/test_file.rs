//! Tests of log types as files: YAML documents, each with an input and what must come of it.
//!
//! ```yaml
//! name: a door opens
//! logType: Custom.Door
//! input: |
//!   {"badge": "A7", "at": "2026-03-01T12:00:00Z"}
//! result: |
//!   {"badge": "A7", "at": "2026-03-01T12:00:00Z", "p_log_type": "{{.LogType}}"}
//! ```
//!
//! `result` is one event, `results` a list of them, and `error` the code of the reject that must come
//! instead. A test without any of them expects that the input is passed over. One file holds any number of
//! tests, one to a YAML document; a test that cannot be read does not keep the others from running.

use crate::{
    diagnostic::{Problems, quote},
    file_name::yaml_stem,
    spelling::closest,
    yaml::{self, Entry, Kind, Tree},
};

/// A test as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    /// What it is called; empty where the author gave no name.
    pub name: String,
    /// Line of the file on which it begins, counted from 1.
    pub line: u32,
    /// Name of the log type that reads the input.
    pub log_type: String,
    /// What is read.
    pub input: String,
    /// What must come of it.
    pub expected: Expected,
}

/// What must come of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// These events, as JSON text. None at all: the log type passes the input over.
    Events(Vec<String>),
    /// A reject with this code.
    Reject(String),
}

/// A test that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenTest {
    /// Line of the file, counted from 1.
    pub line: u32,
    /// What is wrong, and what to do.
    pub message: String,
}

const KEYS: [&str; 6] = ["name", "logType", "input", "result", "results", "error"];

/// Whether a file of this name holds tests rather than a definition.
pub fn is_test_file(name: &str) -> bool {
    yaml_stem(name).is_some_and(|stem| stem.ends_with("_tests"))
}

/// Reads the tests of a file, in their order. Documents that hold nothing are passed over.
pub fn load_tests(text: &str) -> Vec<Result<TestCase, BrokenTest>> {
    let mut tests = Vec::new();
    for (first_line, document) in documents(text.trim_start_matches('\u{feff}')) {
        tests.extend(test(&document).map(|test| {
            let move_down = |line: u32| line + first_line - 1;
            test.map(|test| TestCase { line: move_down(test.line), ..test })
                .map_err(|broken| BrokenTest { line: move_down(broken.line), ..broken })
        }));
    }
    tests
}

/// Cuts a stream of YAML into its documents, each with the line on which it begins. A document marker at the
/// start of a line is one wherever it stands, within a block of text too.
fn documents(text: &str) -> Vec<(u32, String)> {
    let mut documents = vec![(1, String::new())];
    for (number, line) in (1u32..).zip(text.split_inclusive('\n')) {
        let marker = |marker: &str| {
            line.strip_prefix(marker)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
        };
        if marker("---") || marker("...") {
            documents.push((number, String::new()));
        }
        if let Some((_, document)) = documents.last_mut() {
            document.push_str(line);
        }
    }
    documents
}

/// The one test of a document; none where there is nothing but comments.
fn test(document: &str) -> Option<Result<TestCase, BrokenTest>> {
    let is_text =
        |line: &str| !matches!(line.trim(), "" | "---" | "...") && !line.trim_start().starts_with('#');
    document.lines().find(|line| is_text(line))?;
    let mut problems = Problems::default();
    let tree = yaml::parse(document, &mut problems);
    let (problems, _) = problems.finish();
    if let Some(problem) = problems.first() {
        let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let message = format!("{}{help}", problem.message);
        return Some(Err(BrokenTest { line: problem.span.line, message }));
    }
    let tree = tree?;
    let root = tree.node(tree.root());
    Some(match &root.kind {
        Kind::Mapping(entries) => Reader { tree: &tree, entries }.test(),
        other => {
            let message = format!("a test is a mapping of keys to values, but this is {}", other.noun());
            Err(BrokenTest { line: root.place.span.line, message })
        }
    })
}

struct Reader<'a> {
    tree: &'a Tree,
    entries: &'a [Entry],
}

impl<'a> Reader<'a> {
    fn test(&self) -> Result<TestCase, BrokenTest> {
        for entry in self.entries {
            if !KEYS.iter().any(|key| key.eq_ignore_ascii_case(&entry.key)) {
                let near = closest(&entry.key, KEYS);
                let help = near.map_or_else(
                    || format!("the keys are {}", KEYS.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(broken(entry, format!("a test has no key {}; {help}", quote(&entry.key))));
            }
        }
        let name = self.text("name")?.unwrap_or_default().trim().to_owned();
        let first = self.entries.first().map_or(1, |entry| entry.place.span.line);
        Ok(TestCase {
            name,
            line: first,
            log_type: self.required("logType", "the name of the log type that reads the input")?,
            input: self.required("input", "the log to be read, as text")?,
            expected: self.expected()?,
        })
    }

    fn expected(&self) -> Result<Expected, BrokenTest> {
        let error = self.text("error")?;
        // Tools that write both keys leave the one they do not need empty.
        let result = self.text("result")?.filter(|text| !text.trim().is_empty());
        let mut events: Vec<String> = result.map(str::to_owned).into_iter().collect();
        if let Some(entry) = self.entry("results") {
            match &self.tree.node(entry.value).kind {
                Kind::Sequence(items) => {
                    for &item in items {
                        match &self.tree.node(item).kind {
                            Kind::Text(text) => events.push(text.clone()),
                            other => return Err(not_text(entry, "each of `results`", other)),
                        }
                    }
                }
                Kind::Null => {}
                other => {
                    return Err(broken(entry, format!("`results` must be a list, but is {}", other.noun())));
                }
            }
        }
        match (error, self.entry("error")) {
            (Some(_), Some(entry)) if !events.is_empty() => {
                Err(broken(entry, "a test expects either events or an error, not both".to_owned()))
            }
            (Some(code), _) => Ok(Expected::Reject(code.trim().to_owned())),
            (None, _) => Ok(Expected::Events(events)),
        }
    }

    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key))
    }

    /// The text under a key; none where the key is missing or empty.
    fn text(&self, key: &str) -> Result<Option<&'a str>, BrokenTest> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        match &self.tree.node(entry.value).kind {
            Kind::Null => Ok(None),
            Kind::Text(text) => Ok(Some(text)),
            other => Err(not_text(entry, &format!("`{key}`"), other)),
        }
    }

    fn required(&self, key: &str, what: &str) -> Result<String, BrokenTest> {
        let line = self.entries.first().map_or(1, |entry| entry.place.span.line);
        match self.text(key)? {
            Some(text) => Ok(text.to_owned()),
            None => Err(BrokenTest { line, message: format!("the test lacks `{key}`: {what}") }),
        }
    }
}

fn not_text(entry: &Entry, what: &str, kind: &Kind) -> BrokenTest {
    let help = "write it as a block of text, with `|` after the key";
    broken(entry, format!("{what} must be text, but is {}; {help}", kind.noun()))
}

fn broken(entry: &Entry, message: String) -> BrokenTest {
    BrokenTest { line: entry.place.span.line, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_is_a_test_with_its_line() {
        let text = "\
# Doors
name: opens
logType: Custom.Door
input: |
  {\"a\": 1}
result: |
  {\"a\": 1}
---
logtype: Custom.Door
input: '#'
---
# nothing
--- # the last one
logType: Custom.Door
input: x
error: no_match
";
        let tests: Vec<TestCase> = load_tests(text).into_iter().map(Result::unwrap).collect();
        let lines: Vec<(&str, u32)> = tests.iter().map(|t| (t.name.as_str(), t.line)).collect();
        assert_eq!(lines, [("opens", 2), ("", 9), ("", 14)]);
        assert_eq!(tests[0].input, "{\"a\": 1}\n");
        assert_eq!(tests[1].expected, Expected::Events(Vec::new()));
        assert_eq!(tests[2].expected, Expected::Reject("no_match".to_owned()));
    }

    #[test]
    fn a_byte_order_mark_is_no_test() {
        let tests = load_tests("\u{feff}# Doors\r\n---\r\nlogType: A\r\ninput: |\r\n  x\r\n");
        let test = tests.into_iter().next().unwrap().unwrap();
        assert_eq!((test.log_type.as_str(), test.input.as_str(), test.line), ("A", "x\n", 3));
    }

    #[test]
    fn a_broken_test_says_where_and_spares_the_others() {
        let text = "input: x\n---\nlogType: A\ninput: x\nresutl: y\n---\nlogType: B\ninput: x\n---\n- 1\n\
                    ---\na: [\n";
        let tests = load_tests(text);
        let message = |at: usize| tests[at].as_ref().unwrap_err();
        assert_eq!(message(0).line, 1);
        assert!(message(0).message.contains("lacks `logType`"));
        assert_eq!((message(1).line, message(1).message.contains("did you mean `result`?")), (5, true));
        assert_eq!(tests[2].as_ref().unwrap().log_type, "B");
        assert_eq!(message(3).line, 10);
        assert!(message(4).line >= 12);
    }

    #[test]
    fn results_and_error_exclude_each_other() {
        let test = |rest: &str| load_tests(&format!("logType: A\ninput: x\n{rest}")).remove(0);
        let results = test("result: '{}'\nresults: ['1', '2']\n").unwrap();
        assert_eq!(results.expected, Expected::Events(vec!["{}".into(), "1".into(), "2".into()]));
        let list = test("result: ''\nresults: ['1']\n").unwrap();
        assert_eq!(list.expected, Expected::Events(vec!["1".into()]));
        assert_eq!(test("result: ''\nresults: []\n").unwrap().expected, Expected::Events(Vec::new()));
        assert!(test("result: '{}'\nerror: cut_off\n").is_err());
        assert!(test("results: {}\n").unwrap_err().message.contains("must be a list"));
        assert!(test("result: {a: 1}\n").unwrap_err().message.contains("block of text"));
        assert!(test("results: [{a: 1}]\n").unwrap_err().message.contains("block of text"));
    }
}
