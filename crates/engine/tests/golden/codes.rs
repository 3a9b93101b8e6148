//! Every reason for a reject, and every note, is the outcome of some case.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sawlog_engine::{TopicKind, topics};

/// These need an input of many megabytes, or a compressed one; `tests/limits.rs` of this crate has them.
const ELSEWHERE: [&str; 2] = ["too_many_values", "damaged_input"];

/// What the cases lead to: the codes of this kind, each from the beginning of a line that says `mark` and it.
fn outcomes(cases: &[String], mark: &str) -> BTreeSet<String> {
    let results = cases.iter().filter_map(|case| case.split_once("\n==== records\n"));
    let lines = results.flat_map(|(_, results)| results.lines());
    let codes = lines.filter_map(|line| line.strip_prefix(mark));
    codes.filter_map(|line| line.split([' ', ':']).next()).map(str::to_owned).collect()
}

#[test]
fn every_code_of_a_record_has_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let cases = crate::files(&folder, "case").into_iter().map(|path| fs::read_to_string(path).unwrap());
    let cases: Vec<String> = cases.collect();
    for (kind, mark) in [(TopicKind::Reject, "! "), (TopicKind::Note, "note ")] {
        let seen = outcomes(&cases, mark);
        let codes = topics().into_iter().filter(|topic| topic.kind == kind).map(|topic| topic.code);
        let missing: Vec<&str> =
            codes.filter(|code| !seen.contains(*code) && !ELSEWHERE.contains(code)).collect();
        assert!(missing.is_empty(), "no case for {missing:?}");
        let found: Vec<&str> = ELSEWHERE.into_iter().filter(|code| seen.contains(*code)).collect();
        assert!(found.is_empty(), "{found:?} have cases now");
    }
}
