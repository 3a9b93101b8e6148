//! Files of tests in the shapes that people give them: each test of `right` passes, each of `wrong` fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};

use sawlog_engine::{TestReport, run_tests};

/// Runs the tests of a folder against the definitions beside it.
fn run(folder: &str) -> TestReport {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/test_files");
    run_tests(&["types", folder].map(|name| PathBuf::from(&top).join(name))).unwrap()
}

#[test]
fn what_is_right_passes() {
    let report = run("right");
    let failed: Vec<_> = report.tests.iter().filter(|test| !test.passed).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!((report.passed, report.failed), (9, 0));
}

#[test]
fn what_is_wrong_fails_in_one_thing() {
    let report = run("wrong");
    let passed: Vec<_> = report.tests.iter().filter(|test| test.passed).map(|test| &test.name).collect();
    assert!(passed.is_empty(), "{passed:#?}");
    assert_eq!((report.passed, report.failed), (0, 16));
    // More than one difference would let a test fail for another reason than its own.
    let unclear: Vec<_> = report.tests.iter().filter(|test| test.differences.len() > 1).collect();
    assert!(unclear.is_empty(), "{unclear:#?}");
}
