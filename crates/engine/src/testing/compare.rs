//! An expected event held against the one that came.
//!
//! The two are compared as JSON, and what an event has besides is a difference too, indicators included, as
//! the schema language has it. What differs from run to run, or is sawlog's own addition, counts only where
//! the author asks for it; indicators are sets; times of events are instants, however they are spelled.

use chrono::DateTime;
use sawlog_schema::standard;
use serde::Serialize;
use serde_json::{Map, Number, Value};

/// One place at which an event is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where, as a JSONPath; `$` is the event.
    pub path: String,
    /// What the test expects, as JSON; none where it expects nothing.
    pub expected: Option<String>,
    /// What came, as JSON; none where nothing came.
    pub found: Option<String>,
}

/// Columns that are there in any case and say nothing about the log type.
const NEVER_COMPARED: [&str; 2] = [standard::ROW_ID, standard::PARSE_TIME];
/// Columns that count only where the test mentions them.
const COMPARED_IF_EXPECTED: [&str; 7] = [
    standard::LOG_TYPE,
    standard::SCHEMA_VERSION,
    standard::SOURCE_ID,
    standard::SOURCE_LABEL,
    standard::SOURCE_FILE,
    standard::EXTRA,
    standard::FLAGS,
];

/// All differences between an expected event and the one that came.
pub(super) fn compare(expected: &Value, found: &Value) -> Vec<Difference> {
    let mut differences = Vec::new();
    let (Value::Object(expected), Value::Object(found)) = (expected, found) else {
        differences.push(difference("$", Some(expected), Some(found)));
        return differences;
    };
    for key in keys(expected, found) {
        let (want, have) = (expected.get(key), found.get(key));
        let path = member("$", key);
        if NEVER_COMPARED.contains(&key) || (want.is_none() && COMPARED_IF_EXPECTED.contains(&key)) {
            continue;
        }
        if key == standard::EVENT_TIME {
            let fallback = found.get(standard::PARSE_TIME);
            if !same_instant(want.or(fallback), have) {
                differences.push(difference(&path, want, have));
            }
        } else if key.starts_with("p_any_") {
            differences.extend(compare_sets(&path, want, have));
        } else {
            compare_values(&path, want, have, &mut differences);
        }
    }
    differences
}

/// The keys of both objects: those expected, then those that came besides.
fn keys<'a>(
    expected: &'a Map<String, Value>,
    found: &'a Map<String, Value>,
) -> impl Iterator<Item = &'a str> {
    let besides = found.keys().filter(|key| !expected.contains_key(*key));
    expected.keys().chain(besides).map(String::as_str)
}

fn same_instant(expected: Option<&Value>, found: Option<&Value>) -> bool {
    let instant = |value: Option<&Value>| {
        value.and_then(Value::as_str).and_then(|text| DateTime::parse_from_rfc3339(text).ok())
    };
    match (instant(expected), instant(found)) {
        (Some(expected), Some(found)) => expected == found,
        _ => false,
    }
}

/// Compares indicators without regard to order and repetition.
fn compare_sets(path: &str, expected: Option<&Value>, found: Option<&Value>) -> Option<Difference> {
    let set = |value: Option<&Value>| {
        let mut texts: Vec<String> =
            value.and_then(Value::as_array).into_iter().flatten().map(Value::to_string).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    };
    (set(expected) != set(found)).then(|| difference(path, expected, found))
}

/// Whether leaving the value out says the same: a null, or an array without elements.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        _ => false,
    }
}

/// Compares two values, level by level with a list of what is left to do, and reports where they part.
fn compare_values(path: &str, expected: Option<&Value>, found: Option<&Value>, into: &mut Vec<Difference>) {
    let mut open = vec![(path.to_owned(), expected, found)];
    while let Some((path, expected, found)) = open.pop() {
        match (expected, found) {
            (Some(Value::Object(expected)), Some(Value::Object(found))) => {
                let from = open.len();
                let pairs = keys(expected, found);
                open.extend(pairs.map(|key| (member(&path, key), expected.get(key), found.get(key))));
                open[from..].reverse();
            }
            (Some(Value::Array(expected)), Some(Value::Array(found))) => {
                let from = open.len();
                let indexes = 0..expected.len().max(found.len());
                open.extend(indexes.map(|i| (format!("{path}[{i}]"), expected.get(i), found.get(i))));
                open[from..].reverse();
            }
            (Some(Value::Number(a)), Some(Value::Number(b))) if is_equal(a, b) => {}
            (Some(expected), None) if is_nothing(expected) => {}
            (expected, found) if expected == found => {}
            (expected, found) => into.push(difference(&path, expected, found)),
        }
    }
}

/// Whether two numbers have the same value, however they are spelled.
fn is_equal(a: &Number, b: &Number) -> bool {
    // As floating point, large integers that differ may look alike.
    let are_integers = !a.is_f64() && !b.is_f64();
    a == b || (!are_integers && a.as_f64() == b.as_f64())
}

/// The path of a member.
fn member(path: &str, key: &str) -> String {
    let is_plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_plain { format!("{path}.{key}") } else { format!("{path}[{key:?}]") }
}

fn difference(path: &str, expected: Option<&Value>, found: Option<&Value>) -> Difference {
    let text = |value: Option<&Value>| value.map(Value::to_string);
    Difference { path: path.to_owned(), expected: text(expected), found: text(found) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(expected: &Value, found: &Value) -> Vec<String> {
        compare(expected, found).into_iter().map(|difference| difference.path).collect()
    }

    fn row(mut members: Value) -> Value {
        for (key, value) in
            [("p_event_time", "2026-01-01T00:00:00Z"), ("p_parse_time", "2026-01-02T00:00:00Z")]
        {
            members.as_object_mut().unwrap().entry(key).or_insert(json!(value));
        }
        members
    }

    #[test]
    fn what_the_author_does_not_mention_is_ignored_where_it_is_ours() {
        let found =
            row(json!({"a": 1, "p_log_type": "X", "p_row_id": "0", "p_flags": ["f"], "p_extra": {"/b": 2}}));
        let time = "2026-01-01T00:00:00Z";
        assert_eq!(paths(&json!({"a": 1, "p_event_time": time}), &found), [""; 0]);
        let wrong =
            json!({"a": 1, "p_event_time": time, "p_log_type": "Y", "p_row_id": "1", "p_flags": ["g"]});
        assert_eq!(paths(&wrong, &found), ["$.p_flags[0]", "$.p_log_type"]);
    }

    #[test]
    fn event_times_are_instants_and_fall_back_to_the_parse_time() {
        let at = |time: &str| row(json!({"p_event_time": time}));
        let noon = at("2026-01-01T12:00:00Z");
        assert_eq!(paths(&json!({"p_event_time": "2026-01-01T13:00:00+01:00"}), &noon), [""; 0]);
        assert_eq!(paths(&json!({"p_event_time": "2026-01-01T13:00:00Z"}), &noon), ["$.p_event_time"]);
        assert_eq!(paths(&json!({}), &noon), ["$.p_event_time"]);
        assert_eq!(paths(&json!({}), &at("2026-01-02T00:00:00Z")), [""; 0]);
    }

    #[test]
    fn indicators_are_sets() {
        let found = row(json!({"p_any_emails": ["a", "b"]}));
        let time = found["p_event_time"].clone();
        let expect = |emails: Value| paths(&json!({"p_event_time": time, "p_any_emails": emails}), &found);
        assert_eq!(expect(json!(["b", "a", "a"])), [""; 0]);
        assert_eq!(expect(json!(["b"])), ["$.p_any_emails"]);
        assert_eq!(paths(&json!({"p_event_time": time}), &found), ["$.p_any_emails"]);
    }

    #[test]
    fn values_are_compared_deeply() {
        let found = row(json!({"a": {"b": [1, {"c d": "x"}]}, "n": 1.0, "big": 9_007_199_254_740_993_i64}));
        let time = found["p_event_time"].clone();
        let expect = |mut event: Value| {
            event["p_event_time"] = time.clone();
            paths(&event, &found)
        };
        let big = 9_007_199_254_740_993_i64;
        assert_eq!(
            expect(json!({"a": {"b": [1, {"c d": "x"}]}, "n": 1, "big": big, "z": null, "y": []})),
            [""; 0]
        );
        assert_eq!(
            expect(json!({"a": {"b": [2, {"c d": "y"}, 3]}, "n": 1, "big": big - 1})),
            ["$.a.b[0]", "$.a.b[1][\"c d\"]", "$.a.b[2]", "$.big"]
        );
        assert_eq!(expect(json!({"n": 1, "big": big})), ["$.a"]);
        assert_eq!(paths(&json!(1), &found), ["$"]);
    }
}
