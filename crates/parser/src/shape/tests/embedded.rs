//! Records with JSON in texts.

use std::sync::Arc;

use proptest::prelude::*;
use sawlog_schema::Plan;
use serde_json::{Value, json};

use super::{check, plans};

/// Texts of JSON within each other and beside plain values, one of which tells the time.
const EMBEDDED: &str = "\
schema: Custom.Embedded
fields:
  - {name: id, type: string, required: true}
  - {name: on, type: string, indicators: [username]}
  - name: o
    type: object
    isEmbeddedJSON: true
    fields:
      - {name: s, type: string, required: true, indicators: [username]}
      - {name: n, type: int}
      - {name: b, type: boolean}
      - {name: at, type: timestamp, timeFormats: [unix], isEventTime: true}
      - {name: made, type: string, copy: {from: s}}
      - {name: j, type: json, isEmbeddedJSON: true}
      - name: l
        type: array
        isEmbeddedJSON: true
        element: {type: object, isEmbeddedJSON: true, fields: [{name: n, type: int, required: true}]}
  - {name: j, type: json, isEmbeddedJSON: true}
  - {name: l, type: array, isEmbeddedJSON: true, element: {type: int}, required: true}
";

fn embedded() -> Vec<Arc<Plan>> {
    plans(&[EMBEDDED])
}

/// How many of some events are followed, of which each comes three times.
fn followed(events: &[Value]) -> u32 {
    let lines = |_| events.iter().map(|event| event.to_string() + "\n").collect::<String>();
    check(&embedded(), false, &(0..3).map(lines).collect::<String>())
}

#[test]
fn texts_of_json_are_followed() {
    let inner = json!([{"n": 1}, json!({"n": 2, "new": "é\n"}).to_string()]).to_string();
    let object = json!({"s": "a\"b", "n": -1, "b": true, "at": 7, "j": "[\"x\"]", "l": inner, "new": {}});
    let event = |object: &str| json!({"id": "a", "o": object, "j": "{\"k\": 1}", "l": "[1, null]"});
    assert_eq!(followed(&[event(&object.to_string())]), 2);
    let pretty = serde_json::to_string_pretty(&object).unwrap();
    assert_eq!(followed(&[event(&format!(" {pretty}\n"))]), 2);
    let plain = json!({"id": "a", "o": object, "l": [1]});
    assert_eq!(followed(&[event(&object.to_string()), plain]), 5);
    // Nothing in a text, and a null.
    assert_eq!(followed(&[json!({"id": "a", "o": "", "j": "", "l": "[]"})]), 2);
    assert_eq!(followed(&[json!({"id": "a", "o": "null", "j": "null", "l": "[ ]"})]), 2);
    // Text in it is not JSON once more.
    assert_eq!(followed(&[json!({"id": "a", "j": "\"{}\"", "l": "[]"})]), 2);
}

/// In texts, too, the last one of a key that stands twice counts, unless others are made from what it gives.
#[test]
fn keys_that_stand_twice_in_texts_are_followed() {
    let plain = EMBEDDED.lines().filter(|line| !line.contains("copy:")).collect::<Vec<_>>().join("\n");
    let twice = [
        r#"{"s":"a","n":1,"s":"b","b":true,"n":2,"b":null}"#,
        r#"{"s":"a","at":7,"l":[{"n":1}],"at":8,"l":"[{\"n\":2}]","j":"{}","j":1}"#,
    ];
    let event = |object: &str| json!({"id": "a", "o": object, "l": "[1]"}).to_string();
    let whole = |object: &str| event(object).replacen("\"id\"", "\"o\":\"{\\\"s\\\":\\\"c\\\"}\",\"id\"", 1);
    for object in twice {
        for (yaml, is_followed) in [(plain.as_str(), true), (EMBEDDED, false)] {
            let lines = [event(r#"{"s":"x"}"#), event(object), event(object), event(object)].join("\n");
            assert_eq!(check(&plans(&[yaml]), false, &lines), if is_followed { 3 } else { 0 }, "{object}");
        }
        // The text is one of two of its key; keys that stand twice in the one that gave way do not count.
        let lines = [whole(r#"{"s":"x"}"#), whole(r#"{"s":"x"}"#), whole(object)].join("\n");
        assert_eq!(check(&plans(&[&plain]), false, &lines), 2, "{object}");
        let gone = format!("{},\"o\":null}}", event(object).trim_end_matches('}'));
        let lines = [event(r#"{"s":"x"}"#), event(object), gone].join("\n");
        assert_eq!(check(&plans(&[&plain]), false, &lines), 1, "{object}");
    }
}

#[test]
fn texts_that_hold_no_such_json_are_not() {
    let usual = json!({"id": "a", "o": "{\"s\":\"b\"}", "l": "[1]"});
    for (key, text) in [
        ("o", "{\"s\":\"b\"}}"),
        ("o", "{\"s\":\"b\"},\"l\":[1]"),
        ("o", "{\"s\":\"b\""),
        ("o", "{\"s\":\"b\",\"s\":\"c\"}"),
        ("o", "{}"),
        ("o", "[]"),
        ("o", "\"{}\""),
        ("o", " "),
        ("o", "{\"s\":\"\u{1}\"}"),
        ("j", "{"),
        ("j", "1 2"),
        ("j", " "),
        ("l", "[1,]"),
        ("l", "[1]]"),
        ("l", "{}"),
        ("l", "[\"x\"]"),
        ("l", ""),
        ("l", "null"),
    ] {
        let mut event = usual.clone();
        event[key] = text.into();
        assert_eq!(followed(&[usual.clone(), event]), 2, "{text}");
    }
}

#[test]
fn a_control_character_in_a_text_is_none_of_json_wherever_it_stands() {
    let usual = r#"{"id":"a","o":"{\"s\":\"b\"}","l":"[1]"}"#;
    for odd in [
        usual.replace("}\",\"l", "}\t\",\"l"),
        usual.replace(":\"{", ":\"\t{"),
        usual.replace("b\\\"", "b\t\\\""),
        usual.replace("[1]", "[1\t]"),
    ] {
        assert_ne!(odd, usual);
        assert_eq!(check(&embedded(), false, &[usual, &odd, usual, &odd].join("\n")), 1, "{odd}");
    }
}

#[test]
fn times_in_texts_and_around_them_are_told_by_their_nodes() {
    // The time of the first node counts, wherever it stands in the record.
    let times = "\
schema: Custom.Times
fields:
  - {name: early, type: timestamp, timeFormats: [unix], isEventTime: true}
  - {name: o, type: object, isEmbeddedJSON: true, fields: [
      {name: at, type: timestamp, timeFormats: [unix], isEventTime: true}, {name: s, type: string}]}
  - {name: late, type: timestamp, timeFormats: [unix], isEventTime: true}
";
    let plans = plans(&[times]);
    for event in [
        r#"{"early":1,"o":"{\"at\":2}"}"#,
        r#"{"o":"{\"at\":2}","late":3}"#,
        r#"{"late":3,"o":"{\"at\":2}"}"#,
        r#"{"o":"{\"at\":2}","early":1,"late":3}"#,
        r#"{"late":3,"o":"{\"s\":\"x\"}"}"#,
    ] {
        assert_eq!(check(&plans, false, &[event; 3].join("\n")), 2, "{event}");
    }
}

#[test]
fn booleans_that_become_texts_are_followed() {
    let event = |on: bool| json!({"id": on, "on": on, "o": {"s": on}, "l": []});
    assert_eq!(followed(&[event(true), event(false)]), 5);
}

/// A value, as it stands or in a text.
fn written(value: Value) -> impl Strategy<Value = Value> {
    (0..8).prop_map(move |how| match how {
        0..3 => value.clone(),
        3..6 => value.to_string().into(),
        6 => format!(" {}\t", serde_json::to_string_pretty(&value).unwrap()).into(),
        _ => value.to_string().chars().skip(1).collect::<String>().into(),
    })
}

fn json_value() -> impl Strategy<Value = Value> {
    let values = [json!(null), json!(1), json!(""), json!({"k": [1, "\n"], "é": {}}), json!([[], 2.5, true])];
    prop::sample::select(values.to_vec()).prop_flat_map(written)
}

fn list(element: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop::collection::vec(element, 0..3).prop_flat_map(|values| written(values.into()))
}

fn event() -> impl Strategy<Value = Value> {
    let number =
        || prop_oneof![4 => (0..9).prop_map(Value::from), 1 => Just(json!(null)), 1 => Just(json!("x"))];
    let text =
        || prop::sample::select(vec![json!("a"), json!("b\\\"\u{e9}\n"), json!(true), json!(5), json!([])]);
    let element = number().prop_flat_map(|n| written(json!({"n": n})));
    let object = (
        text(),
        number(),
        json_value(),
        list(element),
        prop::sample::subsequence(vec!["s", "n", "b", "at", "j", "l", "new"], 0..8),
    );
    let object = object.prop_flat_map(|(s, n, j, l, keys)| {
        let all = json!({"s": s, "n": n, "b": false, "at": n, "j": j, "l": l, "new": l});
        let mut object = json!({"s": "usual"});
        for key in keys {
            object[key] = all[key].clone();
        }
        written(object)
    });
    (text(), object, json_value(), list(number()), any::<bool>()).prop_map(|(on, o, j, l, is_short)| {
        if is_short {
            json!({"id": "a", "o": o, "l": l})
        } else {
            json!({"id": "a", "on": on, "o": o, "j": j, "l": l})
        }
    })
}

proptest! {
    #[test]
    fn texts_of_json_are_read_alike_with_and_without_shapes(
        events in prop::collection::vec(event(), 1..8),
        order in prop::collection::vec((any::<prop::sample::Index>(), 0..40usize), 1..60),
        keep_missing in any::<bool>(),
    ) {
        let mut dump = String::new();
        for (pick, fault) in order {
            let event = events[pick.index(events.len())].to_string();
            match fault {
                0 => dump.extend(event.chars().enumerate().filter(|(at, _)| *at != 30).map(|(_, c)| c)),
                1 => dump += &event.replacen("\\\"", "\"", 1),
                _ => dump += &event,
            }
            dump.push('\n');
        }
        check(&embedded(), keep_missing, &dump);
    }
}
