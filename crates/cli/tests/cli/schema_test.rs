//! `sawlog schema test`: tests that hold, every way in which one fails, and what is printed of it.

use serde_json::Value;

use crate::support::Scratch;

/// A log type small enough to be read at a glance, with a time, an indicator, and lines to skip.
const DOOR: &str = "\
schema: Custom.Door
fields:
  - {name: badge, type: string, required: true, indicators: [username]}
  - {name: at, type: timestamp, timeFormat: rfc3339, isEventTime: true}
  - {name: floor, type: int}
";

/// What a run of tests gave.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    /// Asserts the exit code, the last line and further lines of standard output.
    #[track_caller]
    fn says(&self, code: i32, last: &str, lines: &[&str]) {
        assert_eq!(self.code, code, "{} {}", self.stdout, self.stderr);
        assert_eq!(self.stdout.lines().last(), Some(last), "{} {}", self.stdout, self.stderr);
        for line in lines {
            assert!(self.stdout.lines().any(|found| found.trim() == *line), "no {line:?} in {}", self.stdout);
        }
    }
}

fn run(scratch: &Scratch, words: &[&str]) -> Run {
    let output = scratch.run(["schema", "test"].iter().chain(words));
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs the tests of one file about [`DOOR`].
fn tests(text: &str) -> Run {
    let scratch = Scratch::new();
    scratch.write("door.yml", DOOR);
    scratch.write("door_tests.yml", text);
    run(&scratch, &["door_tests.yml"])
}

/// A test of one event that must be `result`.
fn one(result: &str) -> Run {
    tests(&format!(
        "name: opens\nlogType: Custom.Door\ninput: |\n  {{\"badge\": \"mia\", \"at\": \
         \"2026-03-01T12:00:00.5+01:00\"}}\nresult: |\n  {result}\n"
    ))
}

#[test]
fn what_is_expected_and_comes_passes() {
    let full = r#"{"badge":"mia","at":"2026-03-01T12:00:00.5+01:00","p_log_type":"{{.LogType}}",
   "p_event_time":"2026-03-01T11:00:00.5Z","p_any_usernames":["mia"],"p_row_id":"any","p_parse_time":"any"}"#;
    one(full).says(0, "1 passed, 0 failed", &[]);
    let least = r#"{"badge":"mia","at":"2026-03-01T12:00:00.5+01:00",
   "p_event_time":"2026-03-01T12:00:00.5+01:00","p_any_usernames":["mia"]}"#;
    one(least).says(0, "1 passed, 0 failed", &[]);
}

#[test]
fn differences_are_shown_where_they_are() {
    let wrong = r#"{"badge":"leo","at":"2026-03-01T12:00:00.5+01:00","floor":3,
   "p_event_time":"2026-03-01T11:00:00.5Z","p_any_usernames":["leo"],"p_log_type":"Custom.Gate"}"#;
    let failed = one(wrong);
    let lines = [
        "FAIL door_tests.yml:1 opens (Custom.Door)",
        "$.badge",
        "- \"leo\"",
        "+ \"mia\"",
        "$.floor",
        "- 3",
        "$.p_any_usernames",
        "$.p_log_type",
        "- \"Custom.Gate\"",
        "+ \"Custom.Door\"",
    ];
    failed.says(1, "0 passed, 1 failed", &lines);
    assert!(
        !failed.stdout.contains("$.at") && !failed.stdout.contains("$.p_event_time"),
        "{}",
        failed.stdout
    );
}

#[test]
fn indicators_that_are_not_expected_are_a_difference() {
    let without =
        r#"{"badge":"mia","at":"2026-03-01T12:00:00.5+01:00","p_event_time":"2026-03-01T11:00:00.5Z"}"#;
    one(without).says(1, "0 passed, 1 failed", &["$.p_any_usernames", "+ [\"mia\"]"]);
}

#[test]
fn an_event_time_that_is_not_expected_must_be_the_time_of_parsing() {
    let without = r#"{"badge":"mia","at":"2026-03-01T12:00:00.5+01:00","p_any_usernames":["mia"]}"#;
    one(without).says(1, "0 passed, 1 failed", &["$.p_event_time"]);
    let none = "logType: Custom.Door\ninput: '{\"badge\":\"a\"}'\nresult: |\n  {\"badge\":\"a\",\
                \"p_any_usernames\":[\"a\"]}\n";
    tests(none).says(0, "1 passed, 0 failed", &[]);
}

#[test]
fn several_results_in_order() {
    let test = |results: &str| {
        format!(
            "logType: Custom.Door\ninput: |\n  {{\"badge\":\"a\"}}\n  {{\"badge\":\"b\"}}\n\
             results:\n{results}"
        )
    };
    let a = "  - '{\"badge\":\"a\",\"p_any_usernames\":[\"a\"]}'\n";
    let b = "  - '{\"badge\":\"b\",\"p_any_usernames\":[\"b\"]}'\n";
    tests(&test(&format!("{a}{b}"))).says(0, "1 passed, 0 failed", &[]);
    let swapped = tests(&test(&format!("{b}{a}")));
    swapped.says(1, "0 passed, 1 failed", &["event 1: $.badge", "event 2: $.badge"]);
    let few = tests(&test(a));
    few.says(1, "0 passed, 1 failed", &["the test expects one event, and 2 events came of the input"]);
    assert!(few.stdout.contains("not expected: {"), "{}", few.stdout);
    let many = tests(&test(&format!("{a}{b}{a}")));
    many.says(1, "0 passed, 1 failed", &["the test expects 3 events, and 2 events came of the input"]);
}

#[test]
fn rejects_are_expected_by_code() {
    let test = |error: &str, input: &str| format!("logType: Custom.Door\ninput: '{input}'\nerror: {error}\n");
    tests(&test("missing_required", "{}")).says(0, "1 passed, 0 failed", &[]);
    let other = tests(&test("type_mismatch", "{}"));
    assert!(other.stdout.contains("expects the reject type_mismatch, but the reject was missing_required"));
    other.says(1, "0 passed, 1 failed", &[]);
    let accepted = tests(&test("type_mismatch", "{\"badge\":\"a\"}"));
    accepted.says(
        1,
        "0 passed, 1 failed",
        &["the test expects the reject type_mismatch, but one event came of the input"],
    );
    let rejected = tests("logType: Custom.Door\ninput: '{}'\nresult: '{}'\n");
    assert!(rejected.stdout.contains("the input was rejected, missing_required: "), "{}", rejected.stdout);
    rejected.says(1, "0 passed, 1 failed", &[]);
}

#[test]
fn input_that_is_to_be_passed_over() {
    tests("logType: Custom.Door\ninput: ''\n").says(0, "1 passed, 0 failed", &[]);
    let event = tests("logType: Custom.Door\ninput: '{\"badge\":\"a\"}'\n");
    event.says(1, "0 passed, 1 failed", &["the test expects no event, and one event came of the input"]);
}

#[test]
fn tests_that_cannot_be_read_fail_alone() {
    let good = "logType: Custom.Door\ninput: '{}'\nerror: missing_required\n";
    for (bad, words) in [
        ("logTyp: Custom.Door\ninput: '{}'\n", "logType"),
        ("logType: Custom.Door\n", "input"),
        ("logType: Custom.Door\ninput: 'x'\nresult: '{'\n", "no JSON"),
        ("- a\n- b\n", "a test is a mapping"),
        ("logType: [\n", ""),
        ("logType: Custom.Dor\ninput: '{}'\n", "did you mean `Custom.Door`"),
        ("logType: Custom.Door\ninput: '{}'\nerror: no_such_code\n", "no_such_code"),
        ("logType: Custom.Door\ninput: '{}'\nerror: missing_required\nresult: '{}'\n", ""),
    ] {
        let found = tests(&format!("{good}---\n{bad}---\n{good}"));
        found.says(1, "2 passed, 1 failed", &[]);
        assert!(found.stdout.contains(words), "no {words} in {}", found.stdout);
        let place = found.stdout.lines().next().unwrap();
        let line: u32 = place.strip_prefix("FAIL door_tests.yml:").unwrap()[..1].parse().unwrap();
        assert!((4..=8).contains(&line), "{place}");
    }
}

#[test]
fn a_broken_definition_fails_only_its_own_tests() {
    let scratch = Scratch::new();
    scratch.write("types/door.yml", DOOR);
    scratch.write("types/gate.yml", "schema: Custom.Gate\nfields:\n  - {name: id, type: strin}\n");
    let test =
        |name: &str| format!("logType: {name}\ninput: '{{\"badge\":\"a\"}}'\nerror: missing_required\n");
    scratch.write("types/bell.yml", "fields:\n  - {name: id, type: strin}\n");
    scratch.write("types/gate_tests.yml", [test("Custom.Gate"), test("Custom.Bell")].join("---\n"));
    let door = test("Custom.Door").replace("badge", "bagde");
    scratch.write("types/deep/door_tests.yaml", door);
    scratch.write("types/.hidden/door_tests.yml", "logType: [");
    let found = run(&scratch, &["types"]);
    found.says(1, "1 passed, 2 failed", &[]);
    for told in ["Custom.Gate has errors: types/gate.yml:3: ", "Custom.Bell has errors: types/bell.yml:2: "] {
        assert!(found.stdout.contains(told), "{}", found.stdout);
    }
    // The tests beside a definition come with it, and those of others do not.
    run(&scratch, &["types/gate.yml"]).says(1, "0 passed, 2 failed", &[]);
    run(&scratch, &["types/door.yml", "types/deep"]).says(0, "1 passed, 0 failed", &[]);
}

#[test]
fn a_log_type_that_is_defined_twice_fails_its_tests() {
    let scratch = Scratch::new();
    scratch.write("types/a/door.yml", DOOR);
    scratch.write("types/b/door.yml", DOOR.replace("int", "string"));
    scratch.write("types/gate.yml", DOOR.replace("Door", "Gate"));
    let test = |name: &str| format!("logType: Custom.{name}\ninput: '{{}}'\nerror: missing_required\n");
    scratch.write("types/b/door_tests.yml", test("Door"));
    scratch.write("types/gate_tests.yml", test("Gate"));
    let found = run(&scratch, &["types"]);
    found.says(1, "1 passed, 1 failed", &[]);
    let told = "Custom.Door is defined twice, in types/a/door.yml and in types/b/door.yml";
    assert!(found.stdout.contains(told), "{}", found.stdout);
    // A file that is given twice is one definition, and one alone can be tested.
    run(&scratch, &["types/b", "types/b/door.yml"]).says(0, "1 passed, 0 failed", &[]);
}

#[test]
fn built_in_log_types_need_no_definition() {
    let scratch = Scratch::new();
    scratch.write("my_tests.yml", "logType: Atlassian.Audit\ninput: '{}'\nerror: missing_required\n");
    run(&scratch, &["my_tests.yml"]).says(0, "1 passed, 0 failed", &[]);
}

#[test]
fn extensions_in_capital_letters() {
    let scratch = Scratch::new();
    scratch.write("types/door.YML", DOOR);
    let test = "logType: Custom.Door\ninput: '{}'\nerror: missing_required\n";
    scratch.write("types/door_tests.Yaml", test);
    run(&scratch, &["types"]).says(0, "1 passed, 0 failed", &[]);
}

#[test]
fn files_written_on_other_systems() {
    let text = "\u{feff}name: a\nlogType: Custom.Door\ninput: |\n  {\"badge\":\n   \"a\"}\nresult: |\n  \
                {\"badge\":\"a\",\"p_any_usernames\":[\"a\"]}\n---\nlogType: Custom.Door\n\
                input: '{}'\nerror: x\n";
    let scratch = Scratch::new();
    scratch.write("door.yml", DOOR.replace('\n', "\r\n"));
    scratch.write("door_tests.yml", text.replace('\n', "\r\n"));
    let found = run(&scratch, &["door_tests.yml"]);
    found.says(1, "1 passed, 1 failed", &[]);
    assert!(found.stdout.starts_with("FAIL door_tests.yml:9 "), "{}", found.stdout);
}

#[test]
fn one_object_for_programs() {
    let scratch = Scratch::new();
    scratch.write("door.yml", DOOR);
    let tests = "name: a\nlogType: Custom.Door\ninput: '{}'\nerror: missing_required\n---\nname: b\n\
                 logType: Custom.Door\ninput: '{\"badge\":\"a\"}'\nresult: '{\"badge\":\"b\"}'\n";
    scratch.write("door_tests.yml", tests);
    let found = run(&scratch, &["door_tests.yml", "--json"]);
    assert_eq!(found.code, 1, "{}", found.stderr);
    let json: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!((&json["passed"], &json["failed"]), (&1.into(), &1.into()));
    let [passed, failed] = json["tests"].as_array().unwrap().as_slice() else { panic!("{json}") };
    assert_eq!((&passed["passed"], &passed["line"]), (&true.into(), &1.into()));
    assert_eq!((&failed["name"], &failed["log_type"]), (&"b".into(), &"Custom.Door".into()));
    let first = serde_json::json!({"path": "$.badge", "expected": "\"b\"", "found": "\"a\""});
    assert_eq!(failed["differences"][0], first);
}

#[test]
fn wrong_usage() {
    let scratch = Scratch::new();
    scratch.write("types/door.yml", DOOR);
    for (words, code, told) in [
        (&["types"][..], 2, "there are no tests in types"),
        (&[], 2, "PATH"),
        (&["none"], 1, "cannot read none: there is no such file or folder"),
        (&["-"], 1, "standard input is not taken here"),
    ] {
        let found = run(&scratch, words);
        assert_eq!(found.code, code, "{} {}", found.stdout, found.stderr);
        assert!(found.stderr.contains(told), "{}", found.stderr);
    }
}

/// Links that lead nowhere or back up, and pipes, which would wait for somebody to write.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_passed_over() {
    let scratch = Scratch::new();
    scratch.write("types/door.yml", DOOR);
    scratch.write(
        "types/door_tests.yml",
        "name: no door\nlogType: Custom.Door\ninput: x\nerror: invalid_json\n",
    );
    let folder = scratch.path("types");
    std::os::unix::fs::symlink(&folder, folder.join("up_tests.yml")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("lost_tests.yml")).unwrap();
    assert!(
        std::process::Command::new("mkfifo").arg(folder.join("pipe_tests.yml")).status().unwrap().success()
    );
    run(&scratch, &["types"]).says(0, "1 passed, 0 failed", &[]);
}

#[test]
fn a_file_that_cannot_be_read_fails_alone() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("tests")).unwrap();
    scratch.write("tests/broken.yml", [0xFF, 0xFE, b'a']);
    scratch.write("tests/broken_tests.yml", [0xFF, 0xFE, b'a']);
    scratch.write("tests/sound_tests.yml", "logType: Okta.SystemLog\ninput: '{}'\nerror: missing_required\n");
    let output = scratch.run(["schema", "test", "tests"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("broken_tests.yml:1"), "{told}");
    assert!(told.ends_with("1 passed, 1 failed\n"), "{told}");
}
