//! Any dumps, followed and not.

use proptest::prelude::*;

use super::{EVENT, MADE, OTHER, check, plans};

/// A member of the event, now and then of another type or without meaning.
fn member() -> impl Strategy<Value = String> {
    let values = |name: &'static str, values: &'static [&'static str]| {
        prop::sample::select(values).prop_map(move |value| format!("\"{name}\":{value}"))
    };
    prop_oneof![
        4 => values("at", &["\"2026-01-02T00:00:00Z\"", "\"\"", "null", "\"1\"", "7"]),
        4 => values("small", &["1", "-1", "\"12\"", "null", "32768", "1.5", "\"\""]),
        2 => values("kind", &["\"a\"", "\"b\"", "\"c\"", "1"]),
        2 => values("token", &["\"secret\"", "\"\"", "5", "null"]),
        4 => values("big", &["1", "9223372036854775807", "9223372036854775808", "-0", "1e3"]),
        4 => values("ratio", &["1", "1.5e-3", "\"0x1p3\"", "\"nan\"", "1e999", "null", "true"]),
        4 => values("yes", &["true", "false", "\"true\"", "1", "0", "null", "\"maybe\""]),
        4 => values("ip", &["\"10.0.0.1\"", "\"::1\"", "\"no\"", "\"\"", "7", "true", "\"1\\u002e1.1.1\""]),
        2 => values("body", &["null", "{}"]),
        4 => values("body", &["[1,{\"a\":\"\\u00e9\"}]", "\"text\"", "{\"a\": 1}", "1.0", "[}"]),
        2 => values("tags", &["[]", "[\"a\"]"]),
        4 => values("tags", &["[\"a\",\"b\",\"a\"]", "[null,\"é\"]", "null", "\"a\"", "[1]"]),
        4 => values("grid", &["[]", "[[]]", "[[1],[],[2,3]]", "[[1,2],null,[3]]", "[1]", "null"]),
        2 => values("strange", &["1", "{\"a\":[1]}", "null", "{\"a\":{\"b~/\":1},\"d\":\"}\"}"]),
        1 => values("strange", &["{\"a\":{\"b\":1,\"\\u0063\":2}}"]),
        1 => values("od/d~", &["\"x\"", "{}", "[{\"a\":1}]", "{ \"a\": {} }"]),
        1 => values("od\\u0064", &["1"]),
        1 => values("odd", &["true", "[}", "{\"a\":tru}"]),
        1 => values("data", &["7"]),
        1 => values("id", &["\"b\"", "null"]),
    ]
}

fn event() -> impl Strategy<Value = String> {
    let who = prop::sample::select(vec![
        r#""who":{"name":"ann"}"#,
        r#""who":{"name":"ann","mail":"a@b.org"}"#,
        r#""who":{"mail":"a@b.org","name":"\u0061nn"}"#,
        r#""who":{"name":"ann","roles":[]}"#,
        r#""who":{"name":"ann","roles":[{"role":"a"},{"since":3,"role":"b","raw":{"x":1}}]}"#,
        r#""who":{"name":"ann","roles":[{"since":3}]}"#,
        r#""who":{"new":{"a":1,"b":[2]},"name":"ann"}"#,
        r#""who":{"name":"ann","roles":[{"role":"a"},{"role":"b","n":7},{"n":8,"role":"c"}]}"#,
        r#""who":{"name":"ann","roles":[{"role":"a","n":7,"n":8}]}"#,
        r#""who":{"name":"ann","roles":{"role":"alone"}}"#,
        r#""who":{}"#,
        r#""who":null"#,
    ]);
    let time = prop::sample::select(vec![
        r#""time":"2026-01-02T03:04:05Z""#,
        r#""time":"2026-01-02T03:04:05.123456+02:00""#,
        r#""time":1767323045000"#,
        r#""time":"1767323045000""#,
        r#""time":"never""#,
    ]);
    let id = prop::sample::select(vec![r#""id":"a""#, r#""id":"\n""#, r#""id":"""#, r#""id":5"#]);
    let members = prop::collection::vec(member(), 0..4);
    let again = prop::collection::vec(prop_oneof![id.clone(), time.clone(), who.clone()], 0..8);
    let turn = any::<prop::sample::Index>();
    (id, time, who, members, again, turn, 0..20usize).prop_map(
        |(id, time, who, members, again, turn, blank)| {
            let mut all = vec![id.to_owned(), time.to_owned(), who.to_owned()];
            all.extend(members);
            // One event in four repeats keys.
            all.extend(again.into_iter().skip(5).map(str::to_owned));
            let turn = turn.index(all.len());
            if turn > 2 {
                all.rotate_left(turn);
            }
            match blank {
                0 => format!("{{{}}}", all.join(" ,\t")),
                // Many tools write a blank behind each comma and colon.
                1..=6 => format!("{{{}}}", all.join(", ")).replace("\":", "\": "),
                _ => format!("{{{}}}", all.join(",")),
            }
        },
    )
}

/// An event with members that others are made from, in any order.
fn source() -> impl Strategy<Value = String> {
    let text =
        || prop::sample::select(vec!["\"a@x\"", "\"\"", "\"q\\u0040\\\"y\"", "7", "true", "null", "{}"]);
    let inner = prop::collection::vec(
        (prop::sample::select(vec!["mail", "mail", "mail", "user", "new", "a", "b", "ab"]), text())
            .prop_map(|(name, text)| format!("\"{name}\":{text}")),
        0..3,
    )
    .prop_map(|members| format!("{{{}}}", members.join(",")));
    let names =
        || prop::sample::select(vec!["first", "first", "last", "full", "host", "again", "in.mail", "in"]);
    let member = prop_oneof![
        3 => (names(), text()).prop_map(|(name, text)| format!("\"{name}\":{text}")),
        4 => inner.clone().prop_map(|inner| format!("\"in\":{inner}")),
        2 => prop::collection::vec(inner, 0..3).prop_map(|all| format!("\"pairs\":[{}]", all.join(","))),
    ];
    prop::collection::vec(member, 1..5).prop_map(|members| format!("{{{}}}", members.join(",")))
}

proptest! {
    #[test]
    fn what_is_made_is_the_same_with_and_without_shapes(
        events in prop::collection::vec(source(), 1..8),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
        keep_missing in any::<bool>(),
    ) {
        let usual = r#"{"first":"a","in":{"mail":"b@c"}}"#.to_owned();
        let mut dump = format!("{usual}\n");
        for pick in order {
            let event = events.get(pick.index(events.len() + 1)).unwrap_or(&usual);
            dump += event;
            dump.push('\n');
        }
        check(&plans(&[MADE]), keep_missing, &dump);
    }

    #[test]
    fn dumps_are_read_alike_with_and_without_shapes(
        events in prop::collection::vec(event(), 1..12),
        order in prop::collection::vec((any::<prop::sample::Index>(), 0..60usize, any::<char>()), 1..80),
        keep_missing in any::<bool>(),
        several in any::<bool>(),
    ) {
        let plans = if several { plans(&[OTHER, EVENT]) } else { plans(&[EVENT]) };
        let mut dump = String::new();
        for (pick, fault, by) in order {
            let event = &events[pick.index(events.len())];
            // One record in twenty has a character that does not belong there, or ends early.
            match fault {
                0 => dump.extend(event.chars().enumerate().map(|(at, c)| if at == 30 { by } else { c })),
                1 => dump.extend(event.chars().take(40)),
                2 => dump.extend(event.chars().enumerate().filter(|(at, _)| *at != 17).map(|(_, c)| c)),
                _ => dump += event,
            }
            dump.push('\n');
        }
        check(&plans, keep_missing, &dump);
    }
}
