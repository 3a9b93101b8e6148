//! Random events for a schema: mostly what it asks for, with all that real dumps do instead.

use proptest::prelude::*;

use crate::schemas::{Field, NAMES, Type};

/// An event as text, spelled in some way.
pub(crate) fn event(schema: &Type) -> BoxedStrategy<String> {
    value(schema, 0)
}

fn value(declared: &Type, level: u32) -> BoxedStrategy<String> {
    let fitting = match declared {
        Type::String { .. } => text().boxed(),
        Type::Int(_) => integer().boxed(),
        Type::Float => {
            prop_oneof![number(), spelled(&["inf", "-Inf", "nan", "0x1p4", "1e5", "1e400"])].boxed()
        }
        Type::Boolean => {
            prop_oneof![select(&["true", "false", "1", "0"]), spelled(&["t", "F", "True", "yes"])].boxed()
        }
        Type::Timestamp { .. } => time().boxed(),
        Type::Json => any_value().boxed(),
        Type::Object(fields) => object(fields, level).boxed(),
        Type::Array(element) => {
            let elements = prop::collection::vec(value(element, level + 1), 0..4);
            let list = (elements, blank())
                .prop_map(|(elements, blank)| format!("[{blank}{}]", elements.join(&format!(",{blank}"))));
            prop_oneof![6 => list, 1 => value(element, level + 1)].boxed()
        }
    };
    if level == 0 {
        return fitting;
    }
    prop_oneof![40 => fitting, 2 => Just("null".to_owned()), 1 => Just("\"\"".to_owned()), 1 => any_value()]
        .boxed()
}

/// Members in any order, some of them absent, repeated or undeclared.
fn object(fields: &[Field], level: u32) -> impl Strategy<Value = String> + use<> {
    let declared: Vec<_> = fields
        .iter()
        .map(|field| {
            let value = value(&field.value, level + 1);
            let name = field.name.clone();
            // Nearly always once.
            prop_oneof![1 => Just(0), 18 => Just(1), 1 => Just(2)]
                .prop_flat_map(move |count: usize| prop::collection::vec(value.clone(), count))
                .prop_map(move |values| {
                    values.into_iter().map(|value| (name.clone(), value)).collect::<Vec<_>>()
                })
        })
        .collect();
    let undeclared = prop::collection::vec((prop::sample::select(&NAMES[..]), any_value()), 0..2);
    (declared, undeclared, any::<prop::sample::Index>(), blank(), any::<bool>()).prop_map(
        |(declared, undeclared, turn, blank, escaped)| {
            let mut members: Vec<(String, String)> = declared.into_iter().flatten().collect();
            members.extend(undeclared.into_iter().map(|(name, value)| (name.to_owned(), value)));
            if !members.is_empty() {
                let turn = turn.index(members.len());
                members.rotate_left(turn);
            }
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}{blank}:{value}", string(name, escaped)))
                .collect();
            format!("{{{}{blank}}}", members.join(","))
        },
    )
}

/// A JSON string, its first character as an escape if so wanted.
fn string(text: &str, escaped: bool) -> String {
    let plain = serde_json::Value::from(text).to_string();
    match text.chars().next() {
        Some(first) if escaped && (first as u32) < 0x1_0000 => {
            let rest = serde_json::Value::from(&text[first.len_utf8()..]).to_string();
            format!("\"\\u{:04X}{}", first as u32, &rest[1..])
        }
        _ => plain,
    }
}

fn blank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["", "", "", " ", "\t", "  "][..])
}

fn select(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(texts).prop_map(str::to_owned)
}

fn spelled(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    (prop::sample::select(texts), prop::bool::weighted(0.1)).prop_map(|(text, escaped)| string(text, escaped))
}

fn text() -> impl Strategy<Value = String> {
    const TEXTS: &[&str] = &[
        "",
        " ",
        "x",
        "10.0.0.1",
        " ::1 ",
        "mia@example.com",
        "a@b@c",
        "Mia K",
        "host-1",
        "<b>&\"\\/\n\u{1}é😀\u{7f}",
        "2024-10-03T10:44:26Z",
        "010.0.0.1",
    ];
    prop_oneof![4 => spelled(TEXTS), 1 => number(), 1 => time(), 1 => select(&["true", "false"])]
}

fn number() -> impl Strategy<Value = String> {
    r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,3})?"
}

fn integer() -> impl Strategy<Value = String> {
    const EDGES: &[&str] = &[
        "0",
        "-0",
        "32767",
        "32768",
        "-32768",
        "-32769",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "18446744073709551616",
    ];
    prop_oneof![
        4 => any::<i16>().prop_map(|value| value.to_string()),
        2 => select(EDGES),
        1 => number(),
        1 => r#""[+-]?0{0,2}[0-9]{1,5}""#,
        1 => spelled(&["1.0", " 1", "1e2", "+", "x"]),
    ]
}

fn time() -> impl Strategy<Value = String> {
    let zone = prop::sample::select(&["Z", "z", "+00:00", "-05:30", "+0130", "", "+5"][..]);
    let second = prop_oneof![9 => 0_u32..60, 1 => Just(60)];
    let fraction = r"(\.[0-9]{1,11})?";
    (1969_i32..2030, 1_u32..13, 1_u32..32, 0_u32..24, second, fraction, zone, any::<bool>()).prop_map(
        |(year, month, day, hour, second, fraction, zone, upper)| {
            let t = if upper { 'T' } else { 't' };
            format!("\"{year:04}-{month:02}-{day:02}{t}{hour:02}:30:{second:02}{fraction}{zone}\"")
        },
    )
}

fn any_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        number(),
        select(&[
            "null",
            "true",
            "false",
            "{}",
            "[]",
            "\"\"",
            "1e400",
            "-0",
            r#""\/\u00e9""#,
            r#"{"a":1,"a":2}"#
        ]),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..3), blank())
                .prop_map(|(e, blank)| format!("[{}{blank}]", e.join(","))),
            (inner, blank(), prop::sample::select(&NAMES[..]))
                .prop_map(|(value, blank, name)| format!("{{{}:{blank}{value}}}", string(name, false))),
        ]
    })
}
