//! Among several log types a record goes where each of them, asked alone, and the rule say that it goes.

#![expect(clippy::unwrap_used, reason = "a test ends by panicking, in its helpers too")]

use std::sync::Arc;

use proptest::prelude::*;
use sawlog_columns::Columns;
use sawlog_parser::{Batch, Block, Envelope, Parser, Records, RecordsPath};
use sawlog_schema::{LogParser, Plan, load};

/// Keys of records and fields of log types. One of them is a name that pages have, too.
const KEYS: [&str; 5] = ["a", "b", "c", "d", "items"];

const DECODE: &str = "def parse(log):\n    return json.decode(log)\n";
const SPLIT: &str = "def parse(log):\n    a, b = log.split(' ')\n    return {'a': a, 'b': b, 'z': b}\n";

/// A log type: which of the keys it declares, which of these it requires, and how it reads.
fn log_type() -> impl Strategy<Value = (Vec<(bool, bool)>, usize)> {
    (prop::collection::vec(any::<(bool, bool)>(), KEYS.len()), 0..9_usize)
}

fn plan(number: usize, (fields, reads): &(Vec<(bool, bool)>, usize)) -> Arc<Plan> {
    let parser = match reads {
        0 => serde_json::json!({"regex": {"match": ["^(?P<a>[a-z]+) (?P<c>[a-z]+)$"]}}),
        1 => serde_json::json!({"fastmatch": {"match": ["%{b} %{a}"]}}),
        2 => serde_json::json!({"script": {"function": DECODE}}),
        3 => serde_json::json!({"script": {"function": SPLIT}}),
        _ => serde_json::Value::Null,
    };
    let declared = KEYS.iter().zip(fields).filter(|(_, (is_declared, _))| *is_declared);
    let mut fields: Vec<_> = declared
        .map(
            |(name, (_, required))| serde_json::json!({"name": name, "type": "string", "required": required}),
        )
        .collect();
    fields.push(serde_json::json!({"name": format!("own{number}"), "type": "string"}));
    let mut yaml = serde_json::json!({"schema": format!("Test.T{number}"), "fields": fields});
    if !parser.is_null() {
        yaml["parser"] = parser;
    }
    Arc::new(Plan::new(load(&yaml.to_string(), "test.yml").log_type.unwrap()))
}

fn record() -> impl Strategy<Value = String> {
    let value = prop_oneof![Just("\"x\""), Just("7"), Just("null"), Just("[1]"), Just("{}")];
    let members = prop::collection::vec((0..KEYS.len() - 1, value), 0..5);
    let object = members.prop_map(|members| {
        let members: Vec<_> =
            members.iter().map(|(key, value)| format!("\"{}\":{value}", KEYS[*key])).collect();
        format!("{{{}}}", members.join(","))
    });
    let text = prop_oneof!["[a-c]{1,2} [a-c]{1,2}", "[a-c7]{1,3}", "<[a-c ]{2,5}", "\\{[a-c\": ]{0,5}"];
    prop_oneof![3 => object, 2 => text]
}

/// The number of the log type that makes a row of the line; the reasons if none does.
fn winner(plans: &[Arc<Plan>], line: &str, keep_missing: bool) -> Result<usize, String> {
    let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
    let mut batch = Batch::new(0, plans.iter().map(|plan| Columns::new(plan, false)).collect());
    let data = line.as_bytes().to_vec();
    let block = Block::new(data, Records::Lines);
    Parser::new(plans, envelope, keep_missing).parse(&block, &mut batch);
    assert_eq!(batch.records, 1, "{line}");
    match batch.rejects.as_slice() {
        [] => Ok(batch.columns.iter().position(|columns| !columns.rows().is_empty()).unwrap_or(usize::MAX)),
        rejects => Err(rejects[0].message.to_string()),
    }
}

/// How many of the names of what a log type makes of the line it declares.
fn declared(plan: &Plan, line: &str) -> usize {
    let event: Option<serde_json::Map<_, _>> = serde_json::from_str(line).ok();
    let names: Vec<String> = match (&plan.log_type.parser, event) {
        (LogParser::Json | LogParser::Script(_), Some(event)) => event.keys().cloned().collect(),
        (LogParser::Regex(_), _) => vec!["a".to_owned(), "c".to_owned()],
        _ => vec!["a".to_owned(), "b".to_owned()],
    };
    names.iter().filter(|name| plan.members(0).keys().any(|key| key == name.as_bytes())).count()
}

proptest! {
    #[test]
    fn the_rule_decides(
        types in prop::collection::vec(log_type(), 2..6),
        line in record(),
        keep_missing: bool,
    ) {
        let plans: Vec<Arc<Plan>> = types.iter().enumerate().map(|(n, fields)| plan(n, fields)).collect();
        let alone: Vec<Result<usize, String>> = plans
            .iter()
            .map(|plan| winner(std::slice::from_ref(plan), &line, keep_missing))
            .collect();
        let is_json = |n: &usize| plans[*n].log_type.parser == LogParser::Json;
        let accepting = (0..plans.len()).filter(|n| alone[*n].is_ok());
        // JSON goes first; then most declared names, and the first given.
        let best = accepting.min_by_key(|n| {
            (!is_json(n), std::cmp::Reverse(declared(&plans[*n], &line)), *n)
        });
        let found = winner(&plans, &line, keep_missing);
        if let Some(best) = best {
            prop_assert_eq!(found, Ok(best));
        } else {
            let message = found.unwrap_err();
            for n in (0..plans.len()).filter(|n| !is_json(n)) {
                prop_assert!(message.contains(&format!("Test.T{n}: ")), "{message}");
            }
        }
    }
}
