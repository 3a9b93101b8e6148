//! JSON that a text holds, against the same JSON that stands in the event itself: both must come out alike.

#![expect(clippy::unwrap_used, reason = "a test ends by panicking, in its helpers too")]

use std::sync::Arc;

use proptest::prelude::*;
use sawlog_columns::{Columns, Run, Source, print_row};
use sawlog_parser::{Batch, Block, Envelope, Parser, Records, RecordsPath};
use sawlog_schema::{Plan, load};
use serde_json::{Map, Value, json};

/// A member of each kind, the ones below `inner` in text once more if asked for.
const YAML: &str = "\
schema: Custom.Embedded
fields:
  - name: o
    type: object
    isEmbeddedJSON: true
    fields:
      - {name: n, type: int}
      - {name: s, type: string, indicators: [username], validate: {deny: [x]}}
      - {name: t, type: string, required: true}
      - {name: j, type: json}
      - {name: c, type: json, copy: {from: j.a}}
      - name: inner
        type: array
        isEmbeddedJSON: true
        element:
          type: object
          fields: [{name: n, type: bigint}, {name: j, type: json, isEmbeddedJSON: true}]
";

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..3).prop_map(Value::from),
        "[x0-9]{0,2}".prop_map(Value::from),
        "\\PC{0,3}".prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 16, 4, |inner| {
        let key = prop::sample::select(vec!["n", "s", "t", "j", "a", "inner", "é\"/"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(key.prop_map(str::to_owned), inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// An object whose members mostly are of the types that they are declared as.
fn object() -> impl Strategy<Value = Value> {
    let element = prop_oneof![
        3 => (-3..3).prop_map(|n| json!({"n": n, "more": n})),
        1 => value(),
    ];
    let inner = prop_oneof![3 => prop::collection::vec(element, 0..3).prop_map(Value::from), 1 => value()];
    let number = prop_oneof![6 => (-3..3).prop_map(Value::from), 1 => value()];
    let text = || prop_oneof![6 => "[x0-9]{0,2}".prop_map(Value::from), 1 => value()];
    (number, text(), text(), value(), inner, value()).prop_map(|(n, s, t, j, inner, more)| {
        let mut object = Map::new();
        for (key, value) in [("n", n), ("s", s), ("t", t), ("j", j), ("inner", inner), ("more", more)] {
            object.insert(key.to_owned(), value);
        }
        Value::Object(object)
    })
}

/// The row that comes of an event, without what depends on its bytes; or the code and the place of its
/// reject.
fn parsed(plans: &[Arc<Plan>], event: &Value) -> Result<Value, (&'static str, String)> {
    let envelope = Arc::new(Envelope::new(plans, RecordsPath::Off));
    let mut parser = Parser::new(plans, envelope, false);
    let mut batch = Batch::new(0, vec![Columns::new(&plans[0], true)]);
    let data = serde_json::to_vec(event).unwrap();
    parser.parse(&Block::new(data, Records::Lines), &mut batch);
    if let Some(reject) = batch.rejects.pop() {
        return Err((reject.code.as_str(), reject.json_path));
    }
    let run = Run { sources: vec![Source { path: String::new(), identity: 0 }], ..Run::default() };
    let mut row = Vec::new();
    print_row(&plans[0], &run, &batch.columns[0], 0, &mut row);
    Ok(serde_json::from_slice(&row).unwrap())
}

/// The object with its member `inner`, and what is declared as JSON in text below it, as text.
fn with_text_inside(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(inner) = object.get_mut("inner").filter(|inner| inner.is_array() || inner.is_object()) {
        *inner = Value::from(inner.to_string());
    }
    object
}

proptest! {
    #[test]
    fn text_is_read_as_what_it_holds(object in prop_oneof![5 => object(), 1 => value()]) {
        let plans = [Arc::new(Plan::new(load(YAML, "embedded.yml").log_type.unwrap()))];
        // A text at the root is taken as JSON when it stands in the event, and not when it stands in text.
        prop_assume!(!object.is_string());
        let plain = parsed(&plans, &json!({"o": object}));
        prop_assert_eq!(&parsed(&plans, &json!({"o": object.to_string()})), &plain);
        let twice = with_text_inside(&object).to_string();
        prop_assert_eq!(&parsed(&plans, &json!({"o": twice})), &plain);
    }
}
