//! JSON out of scripts is JSON for any reader, and sources and records of any kind end in a result.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use std::sync::LazyLock;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use sawlog_script::Script;
use serde_json::{Number, Value};

static SAME: LazyLock<Script> =
    LazyLock::new(|| Script::compile("def parse(log):\n    return {'v': json.decode(log)}\n").unwrap());

static TWICE: LazyLock<Script> = LazyLock::new(|| {
    let source = "def parse(log):\n    return {'v': json.decode(json.encode(json.decode(log)))}\n";
    Script::compile(source).unwrap()
});

/// JSON whose numbers a script can hold.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| Value::Number(n.into())),
        any::<u64>().prop_map(|n| Value::Number(n.into())),
        "-?[1-9][0-9]{0,60}".prop_map(|digits| serde_json::from_str(&digits).unwrap()),
        any::<f64>().prop_filter_map("a number", |n| Number::from_f64(n).map(Value::Number)),
        any::<String>().prop_map(Value::String),
        "[\\x00-\\x1f\"\\\\a]{0,8}".prop_map(Value::String),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            btree_map(any::<String>(), inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn run(script: &Script, log: &str) -> Value {
    let mut event = String::new();
    script.run(log, &mut event).unwrap();
    let Value::Object(mut members) = serde_json::from_str(&event).unwrap() else { return Value::Null };
    members.remove("v").unwrap()
}

/// Numbers by their value: `1e2` comes out as `100.0`.
fn normal(value: Value) -> Value {
    match value {
        Value::Number(n) if n.to_string().contains(['.', 'e', 'E']) => {
            Value::String(format!("{:?}", n.as_f64()))
        }
        Value::Array(items) => Value::Array(items.into_iter().map(normal).collect()),
        Value::Object(members) => members.into_iter().map(|(key, value)| (key, normal(value))).collect(),
        other => other,
    }
}

/// Words that make something of a program when put together at random.
const WORDS: [&str; 38] = [
    "def ", "parse", "(log)", ":", "\n", "    ", "return ", "{", "}", "[", "]", "(", ")", "'a'", "log", "x",
    "=", "+=", "+", "*", "%", "|", "<<", ".join", ".replace", ".format", ".update", "for ", " in ", "if ",
    "else ", "lambda ", "1", "99999999", ",", "é", "\t", "\"\"\"",
];

proptest! {
    #[test]
    fn values_survive(value in json()) {
        let text = value.to_string();
        let expected = normal(value);
        prop_assert_eq!(normal(run(&SAME, &text)), expected.clone());
        prop_assert_eq!(normal(run(&TWICE, &text)), expected);
    }

    #[test]
    fn any_source_ends_in_a_result(words in vec(prop::sample::select(WORDS.to_vec()), 0..40), log: String) {
        let source = words.concat();
        for source in [source.clone(), format!("def parse(log):\n    x = [log]\n    return {source}\n")] {
            if let Ok(script) = Script::compile(&source) {
                let mut event = String::new();
                if script.run(&log, &mut event).is_ok() {
                    prop_assert!(serde_json::from_str::<serde_json::Map<_, _>>(&event).is_ok(), "{}", event);
                }
            }
        }
    }

    #[test]
    fn any_record_ends_in_a_result(log: String) {
        let mut event = String::new();
        for script in [&*SAME, &*TWICE] {
            let is_json = serde_json::from_str::<Value>(&log).is_ok();
            prop_assert!(is_json || script.run(&log, &mut event).is_err());
        }
    }
}
