//! Records that are followed, and the same records read without shapes.

mod embedded;
mod properties;

use std::fmt::Write as _;
use std::sync::Arc;

use sawlog_columns::{Columns, Run, Source, print_row};
use sawlog_schema::{Plan, load};

use super::repeated::MAX_TAKEN_BACK;
use super::{JUDGED, Pace, SAMPLED, Shapes};
use crate::{Batch, Block, Envelope, Parser, Reader, Records, RecordsPath, Span};

const EVENT: &str = "\
schema: Custom.Event
fields:
  - {name: id, type: string, required: true}
  - {name: time, type: timestamp, timeFormats: [rfc3339, unix_ms], isEventTime: true, required: true}
  - {name: at, type: timestamp, timeFormats: [rfc3339], isEventTime: true}
  - {name: small, type: smallint}
  - {name: kind, type: string, validate: {allow: [a, b]}, indicators: [username]}
  - {name: token, type: string, mask: {type: redact, to: hidden}}
  - {name: big, type: bigint}
  - {name: ratio, type: float}
  - {name: yes, type: boolean}
  - {name: ip, type: string, indicators: [ip]}
  - {name: body, type: json}
  - {name: tags, type: array, element: {type: string, indicators: [username]}}
  - {name: grid, type: array, element: {type: array, element: {type: int}}}
  - name: who
    type: object
    required: true
    fields:
      - {name: name, type: string, required: true, indicators: [username]}
      - {name: mail, type: string, indicators: [email]}
      - {name: roles, type: array, element: {type: object, fields: [
          {name: role, type: string, required: true}, {name: since, type: int}, {name: raw, type: json}]}}
";

/// Shares its first keys with the other one.
const OTHER: &str = "\
schema: Custom.Other
fields:
  - {name: id, type: string, required: true}
  - {name: time, type: timestamp, timeFormats: [rfc3339], isEventTime: true, required: true}
  - {name: who, type: object, fields: [{name: name, type: bigint, required: true}]}
  - {name: what, type: string}
";

/// Has members that are made from others, also from those that are made themselves.
const MADE: &str = "\
schema: Custom.Made
fields:
  - {name: first, type: string}
  - {name: last, type: string, mask: {type: redact, to: hidden}}
  - {name: full, type: string, indicators: [username],
     concat: {separator: ' ', paths: [first, last, in.mail]}}
  - {name: host, type: string, required: true, split: {from: again, separator: '@', index: 1}}
  - {name: again, type: string, copy: {from: in.mail}, validate: {deny: [bad@x]}}
  - name: in
    type: object
    fields:
      - {name: mail, type: string, indicators: [email]}
      - {name: user, type: string, split: {from: mail, separator: '@', index: 0}}
  - {name: pairs, type: array, element: {type: object, fields: [
      {name: a, type: string}, {name: b, type: string},
      {name: ab, type: string, concat: {separator: '', paths: [b, a]}, required: true}]}}
";

fn plans(yamls: &[&str]) -> Vec<Arc<Plan>> {
    let plan = |yaml: &&str| Arc::new(Plan::new(load(yaml, "test.yml").log_type.unwrap()));
    yamls.iter().map(plan).collect()
}

/// Everything that came of a dump, and how many records were followed.
fn parse(plans: &[Arc<Plan>], reader: Reader, keep_missing: bool, dump: &str) -> (String, u32) {
    let data = dump.as_bytes().to_vec();
    let block = Block::new(data, Records::Lines);
    parse_block(plans, reader, keep_missing, &block)
}

fn parse_block(plans: &[Arc<Plan>], reader: Reader, keep_missing: bool, block: &Block) -> (String, u32) {
    let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
    let mut parser = Parser::new(plans, envelope, keep_missing).read_by(reader);
    let mut batch = Batch::new(0, plans.iter().map(|plan| Columns::new(plan, true)).collect());
    parser.parse(block, &mut batch);
    let run = Run { sources: vec![Source { path: "a".into(), identity: 1 }], ..Run::default() };
    let unknown: Vec<_> = batch.unknown.iter().collect();
    let mut told = format!("{} {:?} {:?}\n", batch.records, batch.notes, unknown);
    for (plan, columns) in plans.iter().zip(&batch.columns) {
        for row in 0..columns.rows().len() {
            let mut line = Vec::new();
            print_row(plan, &run, columns, row, &mut line);
            told += &String::from_utf8(line).unwrap();
        }
    }
    for reject in &batch.rejects {
        writeln!(told, "{reject:?}").unwrap();
    }
    (told, parser.shapes.iter().map(|shapes| u32::from(shapes.pace.won)).sum())
}

fn check(plans: &[Arc<Plan>], keep_missing: bool, dump: &str) -> u32 {
    let (told, followed) = parse(plans, Reader::Shapes, keep_missing, dump);
    assert_eq!(told, parse(plans, Reader::Keys, keep_missing, dump).0);
    for reader in [Reader::Tokens, Reader::Tape, Reader::Reference] {
        let (expected, none) = parse(plans, reader, keep_missing, dump);
        assert_eq!((told.as_str(), none), (expected.as_str(), 0), "{reader:?}");
    }
    followed
}

const CLEAN: &str =
    r#"{"id":"a","time":"2026-01-02T03:04:05Z","who":{"name":"ann","roles":[{"role":"r","since":1}]}}"#;

#[test]
fn the_second_record_of_a_shape_is_followed() {
    let plans = plans(&[EVENT]);
    assert_eq!(check(&plans, false, CLEAN), 0);
    let dump = [CLEAN; 10].join("\n");
    assert_eq!(check(&plans, false, &dump), 9);
    // Values differ, and lists are longer or empty.
    let others = [
        CLEAN.replace("ann", "b\\u00f6b \\\"x\\\""),
        CLEAN.replace("2026-01-02T03:04:05Z", "2025-12-31T23:59:59.999+01:00"),
        CLEAN.replace("[{", r#"[{"role":"s","since":2},{"role":"t","since":3},{"#),
        CLEAN.replace("[{", r#"[{"role":"s","since":2},{"#),
        CLEAN.replace(r#"{"role":"r","since":1}"#, ""),
        CLEAN.replace(r#"{"role":"r","since":1}"#, ""),
    ];
    assert_eq!(check(&plans, false, &format!("{dump}\n{}", others.join("\n"))), 9 + 6);
}

/// Numbers that look as if by chance, below `limit`.
fn chance(limit: usize) -> impl FnMut() -> usize {
    let mut state = 1u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    }
}

#[test]
fn keys_may_come_in_any_order() {
    let plans = plans(&[EVENT]);
    let mut next = chance(1 << 20);
    let mut shuffled = |mut members: Vec<String>| {
        (1..members.len()).rev().for_each(|at| members.swap(at, next() % (at + 1)));
        format!("{{{}}}", members.join(","))
    };
    let mut events = Vec::new();
    for number in 0..3000 {
        let role = |shuffled: &mut dyn FnMut(Vec<String>) -> String| {
            shuffled(["\"role\":\"r\"", "\"since\":1", "\"raw\":{\"x\":[]}"].map(str::to_owned).into())
        };
        let roles = (0..number % 3).map(|_| role(&mut shuffled)).collect::<Vec<_>>().join(",");
        let who = ["\"name\":\"ann\"", "\"mail\":\"a@b.de\"", &format!("\"roles\":[{roles}]")];
        let who = shuffled(who.map(str::to_owned).into());
        let mut members = vec![format!("\"id\":\"{number}\""), format!("\"who\":{who}")];
        let others = [
            ("time", "\"2026-01-02T03:04:05Z\""),
            ("yes", "false"),
            ("big", "7"),
            ("ip", "\"::1\""),
            ("tags", "[\"t\",null]"),
            ("grid", "[[1],[]]"),
            ("body", "[1]"),
            ("new", "{\"a\":1}"),
            ("ra\\u0074io", "1.5"),
        ];
        let is_null = |at: usize| at > 0 && at * number % 7 < 3;
        let others = others
            .iter()
            .enumerate()
            .map(|(at, (key, value))| format!("\"{key}\":{}", if is_null(at) { "null" } else { value }));
        members.extend(others);
        events.push(shuffled(members));
    }
    check(&plans, false, &events.join("\n"));
    let parser = parser_of(&plans, &events.join("\n"));
    let Pace { tried, won, is_paused, .. } = parser.shapes[0].pace;
    assert!(tried == won && !is_paused);
    assert!(parser.shapes[0].literals.is_paused, "literals are looked for in vain");
    // Until the keys come in one order again.
    let ordered = vec![events[0].as_str(); 2 * usize::from(SAMPLED) * usize::from(JUDGED)];
    check(&plans, false, &[&events.join("\n"), &*ordered.join("\n")].join("\n"));
    let parser = parser_of(&plans, &[&events.join("\n"), &*ordered.join("\n")].join("\n"));
    assert!(!parser.shapes[0].literals.is_paused);
    assert_counts(&parser.shapes[0]);
    // That a key stands twice, or is missing, is seen without a literal too.
    let twice = events.iter().map(|event| event.replacen('{', "{\"id\":\"x\",\"yes\":true,", 1));
    let lacking = events.iter().map(|event| event.replacen("\"name\"", "\"nam\"", 1));
    let odd = events.iter().cloned().zip(twice).zip(lacking).flat_map(|((a, b), c)| [a, b, c]);
    check(&plans, false, &odd.skip(3000).collect::<Vec<_>>().join("\n"));
}

/// A parser that has read a dump.
fn parser_of(plans: &[Arc<Plan>], dump: &str) -> Parser {
    let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
    let mut parser = Parser::new(plans, envelope, false);
    let block = Block::new(dump.as_bytes().to_vec(), Records::Lines);
    let mut batch = Batch::new(0, plans.iter().map(|plan| Columns::new(plan, false)).collect());
    parser.parse(&block, &mut batch);
    parser
}

#[test]
fn what_is_no_object_is_no_event_however_many_ways_records_begin() {
    let plans = plans(&["{schema: Custom.Few, fields: [{name: id, type: string, required: true}, \
                         {name: time, type: timestamp, timeFormats: [rfc3339]}]}"]);
    let mut lines: Vec<String> = (0..100).map(|n| format!("{{\"k{n}\":1,\"id\":\"x\"}}")).collect();
    let odd =
        ["{\"id\":\"x\"}", "null}", "null,\"time\":\"2026-01-02T03:04:05Z\"}", "null,\"n\":\"q\"}", "null"];
    lines.extend(odd.map(str::to_owned));
    lines.extend(["{\"new\":1,\"id\":\"x\"}", "[null]", "{}", "7", "{\"time\":null}"].map(str::to_owned));
    check(&plans, false, &lines.join("\n"));
    let parser = parser_of(&plans, &lines.join("\n"));
    assert_eq!(parser.shapes[0].starts.len(), super::MAX_STARTS);
}

#[test]
fn names_of_records_that_are_rejected_are_forgotten() {
    let plans = plans(&[EVENT]);
    let new = |name: &str| CLEAN.replace("\"name\"", &format!("\"{name}\":1,\"name\""));
    let lacking = |n: usize| new(&format!("z{n}")).replace("\"name\":\"ann\"", "\"mail\":\"a\"");
    let mut lines = vec![CLEAN.to_owned()];
    lines.extend((0..300).flat_map(|n| [lacking(n), new("new")]));
    check(&plans, false, &lines.join("\n"));
    let parser = parser_of(&plans, &lines.join("\n"));
    let shapes = &parser.shapes[0];
    assert!(shapes.known.undeclared.len() == 1 && !shapes.pace.is_paused);
    assert_counts(shapes);
}

#[test]
fn blanks_between_tokens_are_part_of_a_shape() {
    let plans = plans(&[EVENT]);
    let spaced = CLEAN.replace("\":", "\": ").replace(',', ", ");
    let bodies = ["{}", "{ \"a b\" : [ 1 ,2] }", "null", "[1, {\"b\": \"c d\"}]", "\" \"", "7"];
    let of_body = |body: &&str| spaced.replace("\"who\"", &format!("\"body\": {body}, \"who\""));
    let events: Vec<String> = bodies.iter().map(of_body).collect();
    assert_eq!(check(&plans, false, &vec![events; 3].concat().join("\n")), 17);
    // Records of several lines, with what no string may hold in two of them.
    let pretty = spaced.replace(", ", ",\n\t").replace(": ", ":\t");
    let odd = [pretty.replace("ann", "a\tnn"), pretty.replace("\"a\"", "[\"\t\"]")];
    let (mut data, mut spans) = (String::new(), Vec::new());
    for event in [vec![pretty; 4], odd.to_vec()].concat() {
        let (start, len) = (data.len() as u32, event.len() as u32);
        spans.push(Span { start, len, unwrapped: true, fault: None });
        data += &event;
    }
    let records = Records::Spans(spans);
    let block = Block::new(data.into(), records);
    let (told, followed) = parse_block(&plans, Reader::Shapes, false, &block);
    assert_eq!((told, 0), parse_block(&plans, Reader::Reference, false, &block));
    assert_eq!(followed, 3);
}

#[test]
fn what_is_not_declared_is_kept_on_the_way() {
    let plans = plans(&[EVENT]);
    let news = [
        r#""new":{"a":{"b":[1,{"c":2}],"d":{}},"e~/":"x,y}"},"#,
        r#""new":7,"#,
        r#""new":null,"#,
        r#""new":{"a":1},"newer":"\u00e9","#,
    ];
    let events: Vec<String> =
        news.iter().map(|new| CLEAN.replace("\"who\"", &format!("{new}\"who\""))).collect();
    assert_eq!(check(&plans, false, &vec![events.clone(); 3].concat().join("\n")), 11);
    // One that stands twice is for the general path, and so is one with escapes below it.
    let odd = [r#""new":1,"newer":2,"new":3,"#, r#""new":{"\u0061":1},"#];
    let odd = odd.map(|new| CLEAN.replace("\"who\"", &format!("{new}\"who\"")));
    assert_eq!(check(&plans, false, &[events, vec![odd; 2].concat()].concat().join("\n")), 3);
    // In objects of lists too, whose numbers are told.
    let role = r#"{"role":"s","n":{"x":1}}"#;
    let listed = CLEAN.replace("[{", &format!("[{role},{role},{{"));
    assert_eq!(check(&plans, false, &vec![listed; 4].join("\n")), 3);
}

#[test]
fn of_a_key_that_stands_twice_the_last_one_counts() {
    let plans = plans(&[EVENT]);
    let with = |more: &str| CLEAN.replace("\"who\"", &format!("{more}\"who\""));
    let within = |more: &str| CLEAN.replace("\"name\"", &format!("{more}\"name\""));
    let behind = |more: &str| CLEAN.replace("}]}}", &format!("}}]}}{more}}}"));
    let followed = [
        with(r#""id":"b","ip":"10.0.0.1","ip":"10.0.0.2","ip":"::1","#),
        with(r#""ip":"10.0.0.1","yes":true,"ip":null,"yes":null,"yes":false,"yes":true,"#),
        // Several in one literal.
        with(r#""ip":"10.0.0.1","yes":true,"big":1,"ip":null,"yes":null,"big":null,"#),
        with(r#""yes":null,"ip":null,"yes":null,"big":1,"big":2,"ratio":1.5,"ratio":2,"id":"\u0062","#),
        with(r#""tags":["a","b"],"body":{"a":1,"a":2},"tags":["c"],"body":[1],"tags":[],"tags":["d"],"#),
        with(r#""grid":[[1,2],[]],"grid":[[3]],"token":"secret","token":"other","kind":"a","kind":"b","#),
        within(r#""name":"bob","mail":"a@b.org","mail":"c@d.org","#),
        within(r#""roles":[{"role":"a"},{"role":"b","raw":[]}],"#),
        behind(r#","who":null,"who":{"name":"zed","roles":[]}"#),
        behind(r#","who":{"name":"zed","mail":"x@y.z","roles":[{"role":"s","raw":1}]},"yes":true"#),
    ];
    for event in &followed {
        let lines = [CLEAN, event, CLEAN, event, event].repeat(3).join("\n");
        assert_eq!(check(&plans, false, &lines), 14, "{event}");
        // From the first record on.
        assert_eq!(check(&plans, false, &[event.as_str(); 9].join("\n")), 8, "{event}");
    }
    let all = [&followed[..]; 4].concat();
    assert_eq!(check(&plans, false, &all.join("\n")) as usize, all.len() - 1);
    let odd = [
        // More came of the first value than is in the columns, or it may have hidden something.
        within(r#""new":1,"#).replace("}]}}", r#"}]},"who":{"name":"zed"}}"#),
        within(r#""name":"bob","#).replace("}]}}", r#"}]},"who":{"name":"zed"}}"#),
        within(r#""roles":[{"role":"a","new":1}],"#),
        with(r#""time":"2026-01-02T03:04:06Z","#),
        with(r#""at":"2026-01-01T00:00:00Z","at":"x","at":"2026-01-02T03:04:06Z","#),
        CLEAN.replace(r#""role":"r""#, r#""role":"r","role":"s""#),
        // What counts is missing, or wrong.
        with(r#""id":null,"#),
        behind(r#","who":null"#),
        behind(r#","who":{"mail":"ann"}"#),
        with(r#""big":1,"big":"x","#),
        with(r#""new":1,"new":2,"#),
    ];
    for event in &odd {
        let lines = [CLEAN, event, CLEAN, event, event].repeat(3).join("\n");
        assert_eq!(check(&plans, false, &lines), 5, "{event}");
    }
    // Too many are given up.
    let many = |count: usize| with(&r#""ip":"::1","#.repeat(count + 1));
    for (count, is_followed) in [(MAX_TAKEN_BACK, true), (MAX_TAKEN_BACK + 1, false)] {
        let lines = [CLEAN, &many(count), CLEAN].join("\n");
        assert_eq!(check(&plans, false, &lines), if is_followed { 2 } else { 1 });
    }
    // The only time may be told again.
    let timed = plans_of_one_time();
    let event = r#"{"time":"2026-01-02T03:04:05Z","id":"a","time":"2026-01-02T03:04:06Z"}"#;
    assert_eq!(check(&timed, false, &[event; 5].join("\n")), 4);
    let wrong = event.replace(":06Z", "");
    assert_eq!(check(&timed, false, &[wrong.as_str(); 5].join("\n")), 0);
    let null = event.replace("\"2026-01-02T03:04:06Z\"", "null");
    assert_eq!(check(&timed, false, &[null.as_str(); 5].join("\n")), 4);
}

fn plans_of_one_time() -> Vec<Arc<Plan>> {
    plans(&["{schema: Custom.One, fields: [{name: id, type: string}, \
             {name: time, type: timestamp, timeFormats: [rfc3339], isEventTime: true}]}"])
}

#[test]
fn wide_objects_are_followed_as_far_as_their_members_are_met() {
    let fields = |prefix: &str, count: usize| {
        let field = |n| format!("{{name: {prefix}{n}, type: string}}");
        (0..count).map(field).collect::<Vec<_>>().join(", ")
    };
    let other = format!("{{schema: Custom.Other, fields: [{}]}}", fields("a", 130));
    let inner = format!("{{name: wide, type: object, fields: [{}]}}", fields("b", 200));
    let wide = format!(
        "{{schema: Custom.Wide, fields: [{}, {inner}]}}",
        fields("a", 150).replacen('}', ", required: true}", 1)
    );
    let event = |a: usize, b: usize| {
        format!("{{\"a0\":\"x\",\"a{}\":\"y\",\"wide\":{{\"b{b}\":\"z\",\"b199\":\"z\"}}}}", 149 - a)
    };
    let dump = |count: usize| (0..count).map(|n| event(n % 7, n % 11)).collect::<Vec<_>>().join("\n");
    assert_eq!(check(&plans(&[&wide]), false, &dump(250)), 249);
    // All that the first log type knows of these records the second one does too, and not the other way.
    assert_eq!(check(&plans(&[&other, &wide]), false, &dump(250)), 249);
    let shared = "{\"a0\":\"x\",\"a7\":\"y\"}\n".repeat(9);
    assert_eq!(check(&plans(&[&wide, &other]), false, &shared), 8);
    let all: Vec<String> = (1..150).map(|n| event(n, n)).collect();
    check(&plans(&[&wide]), false, &vec![all; 3].concat().join("\n"));
}

#[test]
fn members_that_are_made_from_others_are_made_on_the_way() {
    let plans = plans(&[MADE]);
    let event =
        r#"{"first":"A\u006e","in":{"mail":"ann@x"},"last":"Lee","pairs":[{"a":"1"},{"b":"2","a":"3"}]}"#;
    let others = [
        event.replace("Lee", "Li"),
        event.replace("ann@x", "b@y@z"),
        event.replace("ann@x", "bad@x"),
        event.replace("ann@x", "nobody"),
        event.replace(r#""a":"1""#, ""),
        event.replace(r#""first""#, r#""again":"raw","first""#),
        event.replace(r#""first""#, r#""in.mail":"raw","first""#),
        event.replace(r#""first""#, r#""other":"raw","first""#),
    ];
    let dump = [vec![event.to_owned(); 4], others.to_vec(), others.to_vec()].concat().join("\n");
    assert_eq!(check(&plans, false, &dump), 3 + 2 + 3);
    assert!(plans[0].members(0).derived().len() == 3);
}

#[test]
fn what_an_element_lacks_is_not_made_up_for_by_the_one_before() {
    let plans = plans(&["{schema: Custom.List, fields: [{name: l, type: array, element: {type: object, \
                         fields: [{name: a, type: boolean, required: true}, {name: b, type: string}]}}]}"]);
    let learned =
        [r#"{"l":[{"a":true,"b":"x"},{"b":"y","a":true}]}"#, r#"{"l":[{"a":true},{"a":true,"b":"y"}]}"#];
    // Every piece of it is known.
    let lacking = r#"{"l":[{"a":true,"b":"x"},{"b":"y"}]}"#;
    assert_eq!(check(&plans, false, &[learned[0], learned[1], lacking, learned[0]].join("\n")), 2);
    let (told, _) = parse(&plans, Reader::Shapes, false, &[learned[0], learned[1], lacking].join("\n"));
    assert!(told.contains("required"), "{told}");
}

#[test]
fn texts_too_long_for_a_record_are_not_made_on_the_way_either() {
    let paths = vec!["a"; 2000].join(", ");
    let yaml = format!(
        "{{schema: Custom.Long, fields: [{{name: a, type: string}}, \
         {{name: b, type: string, concat: {{separator: '', paths: [{paths}]}}}}]}}"
    );
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(40 << 10));
    let dump = ["{\"a\":\"x\"}", "{\"a\":\"x\"}", &long].join("\n");
    let few = yaml.replace(&paths, &vec!["a"; 900].join(", "));
    assert_eq!(check(&plans(&[&yaml]), false, &dump), 0);
    assert_eq!(check(&plans(&[&few]), false, &dump), 1);
}

#[test]
fn records_with_and_without_blanks_are_followed_side_by_side() {
    let plans = plans(&["{schema: Custom.Two, fields: [{name: j, type: json}, {name: a, type: string}]}"]);
    for key in ["j", "new"] {
        let compact = format!("{{\"{key}\":{{\"b\":1}},\"a\":\"x\"}}");
        let spaced = compact.replace(':', ": ").replace(',', ", ");
        assert_eq!(check(&plans, false, &vec![[compact, spaced]; 9].concat().join("\n")), 17, "{key}");
    }
}

#[test]
fn texts_that_keep_their_rules_are_followed() {
    let plans = plans(&[EVENT]);
    let of =
        |kind: &str| CLEAN.replace("\"who\"", &format!("\"kind\":\"{kind}\",\"token\":\"{kind}\",\"who\""));
    let dump = ["a", "b", "c", "a", "b"].map(of).join("\n");
    assert_eq!(check(&plans, false, &dump), 3);
}

#[test]
fn lines_far_into_a_dump_are_read_as_the_first_ones() {
    let plans = plans(&[EVENT]);
    let forms = [
        CLEAN.to_owned(),
        format!("{CLEAN}\r"),
        CLEAN.replace("ann", &"a long name that crosses the words of any index ".repeat(2)),
        CLEAN.replace("ann", "back\\\\"),
        CLEAN.replace("ann", "q\\\"ö"),
        format!("\t{CLEAN} \t"),
        format!("\u{feff}{CLEAN}"),
        CLEAN.replace("ann", "cut\\"),
        CLEAN.replace("\"ann\"", "\"open"),
        CLEAN.replace("ann", "a\tb"),
        String::new(),
        CLEAN.replace("ann", &"x".repeat(17 << 10)),
    ];
    // 40 KiB and more, in an order that differs from turn to turn.
    let lines = (0..400).map(|at: usize| {
        let form = if at % 97 == 50 { 11 } else { at * at / 7 % 11 };
        forms[form].replace("\"a\"", &format!("\"{at}\""))
    });
    let dump: Vec<String> = lines.collect();
    assert!(check(&plans, false, &dump.join("\n")) > 0);
}

#[test]
fn what_a_shape_does_not_prove_is_checked() {
    let plans = plans(&[EVENT]);
    let odd = [
        // A key stands twice, in two ways that were learned apart.
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","who":{"name":"ann"},"id":"b","who":{"name":"bob"}}"#,
        r#"{"id":"a","who":{"name":"ann"},"time":"2026-01-02T03:04:05Z","who":{"name":"bob"}}"#,
        // Members that are required are missing.
        r#"{"time":"2026-01-02T03:04:05Z","who":{"name":"ann"}}"#,
        r#"{"id":"a","time":"","who":{"name":"ann"}}"#,
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","who":{"mail":"ann"}}"#,
        // Values of other types, and what is no JSON.
        r#"{"id":"a","time":"yesterday","who":{"name":"ann"}}"#,
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","big":9223372036854775808,"who":{"name":"ann"}}"#,
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","big":01,"who":{"name":"ann"}}"#,
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","body":{"x":[1,]},"who":{"name":"ann"}}"#,
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","who":{"name":"ann"}}}"#,
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","who":{"name":"a\xnn"}}"#,
        "{\"id\":\"a\",\"time\":\"2026-01-02T03:04:05Z\",\"who\":{\"name\":\"a\tnn\"}}",
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","who":{"name":"ann"}"#,
        // The end of a string behind a number, and the other way round.
        r#"{"id":"a","time":1767323045000","who":{"name":"ann"}}"#,
        r#"{"id":"a","time":"1767323045000,"who":{"name":"ann"}}"#,
    ];
    let clean = [
        r#"{"id":"a","time":1767323045000,"who":{"name":"ann"}}"#,
        r#"{"id":"a","time":"1767323045000","who":{"name":"ann"}}"#,
        CLEAN,
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","big":1,"who":{"name":"ann"}}"#,
        r#"{"id":"a","time":"2026-01-02T03:04:05Z","body":{"x":[1]},"who":{"name":"ann"}}"#,
        r#"{"id":"a","who":{"name":"ann"},"time":"2026-01-02T03:04:05Z"}"#,
        r#"{"who":{"name":"ann"},"id":"a","time":"2026-01-02T03:04:05Z"}"#,
        r#"{"time":"2026-01-02T03:04:05Z","id":"a","who":{"name":"ann","mail":"a"}}"#,
        r#"{"who":{"mail":"a","name":"ann"},"time":"2026-01-02T03:04:05Z","id":"a"}"#,
    ];
    let mut dump = String::new();
    for odd in odd {
        dump += &clean.join("\n");
        dump += "\n";
        dump += odd;
        dump += "\n";
    }
    for keep_missing in [false, true] {
        assert!(check(&plans, keep_missing, &dump) > 80);
    }
}

#[test]
fn records_go_to_the_log_type_that_knows_most_of_their_keys() {
    let other = r#"{"id":"a","time":"2026-01-02T03:04:05Z","what":"x"}"#;
    let both = r#"{"id":"a","time":"2026-01-02T03:04:05Z","who":{"name":7}}"#;
    let unclear = r#"{"id":"a","time":"2026-01-02T03:04:05Z","who":{"name":"ann"}}"#;
    let dump = [CLEAN, other, both, unclear].repeat(8).join("\n");
    for order in [[EVENT, OTHER], [OTHER, EVENT]] {
        assert!(check(&plans(&order), false, &dump) >= 7, "{}", order[0]);
    }
}

#[test]
fn dumps_whose_records_are_all_new_are_not_followed_in_vain() {
    let mut dump = String::new();
    for number in 0..6000 {
        writeln!(dump, r#"{{"id":"a","time":"2026-01-02T03:04:05Z","new{number}":1,"who":{{"name":"a"}}}}"#)
            .unwrap();
    }
    let plans = plans(&[EVENT]);
    let envelope = Arc::new(Envelope::new(&plans, RecordsPath::Detect));
    let mut parser = Parser::new(&plans, envelope, false);
    let data = format!("{CLEAN}\n{dump}").into_bytes();
    let block = Block::new(data, Records::Lines);
    let mut batch = Batch::new(0, vec![Columns::new(&plans[0], false)]);
    parser.parse(&block, &mut batch);
    assert!(parser.shapes[0].pace.is_paused);
    assert_eq!(batch.rows(), 6001);
}

/// Of records that are given up late fewer may be, as reading them twice takes twice as long.
#[test]
fn dumps_are_not_followed_in_vain_for_less_than_it_is_worth() {
    let plans = plans(&[EVENT]);
    let late = CLEAN.replacen(r#""roles""#, r#""new":1,"new":2,"roles""#, 1);
    let early = CLEAN.replacen(r#"{"id":"a""#, r#"{"id":"a","new":1,"new":2"#, 1);
    for (odd, share, is_paused) in
        [(&late, 7, true), (&late, 3, false), (&early, 7, false), (&early, 9, true)]
    {
        let event = |number: usize| if number * 7 % 10 < share { odd } else { CLEAN };
        let lines = (0..3000).map(|number| format!("{}\n", event(number)));
        let block =
            Block::new(format!("{CLEAN}\n{}", lines.collect::<String>()).into_bytes(), Records::Lines);
        let envelope = Arc::new(Envelope::new(&plans, RecordsPath::Detect));
        let mut parser = Parser::new(&plans, envelope, false);
        let mut batch = Batch::new(0, vec![Columns::new(&plans[0], false)]);
        parser.parse(&block, &mut batch);
        assert_eq!((parser.shapes[0].pace.is_paused, batch.rows()), (is_paused, 3001), "{odd}, {share}");
    }
}

#[test]
fn records_of_other_log_types_do_not_count_as_failed_attempts() {
    let yamls: Vec<String> = (0..9)
        .map(|number| {
            format!("{{schema: Custom.T{number}, fields: [{{name: k{number}, type: int, required: true}}]}}")
        })
        .collect();
    let plans = plans(&yamls.iter().map(String::as_str).collect::<Vec<_>>());
    let mut dump = String::new();
    for number in 0..3000 {
        writeln!(dump, "{{\"k{}\":{number}}}", number % 9).unwrap();
    }
    check(&plans, false, &dump);
    let envelope = Arc::new(Envelope::new(&plans, RecordsPath::Detect));
    let mut parser = Parser::new(&plans, envelope, false);
    let data = dump.into_bytes();
    let block = Block::new(data, Records::Lines);
    let mut batch = Batch::new(0, plans.iter().map(|plan| Columns::new(plan, false)).collect());
    parser.parse(&block, &mut batch);
    assert!(parser.shapes.iter().all(|shapes| !shapes.pace.is_paused && shapes.known.literals == 2));
}

#[test]
fn what_is_learned_is_bounded() {
    let name = |object: usize, n: usize| format!("a_long_name_of_a_field_{object}_{n}");
    let fields = |object: usize| {
        let fields: Vec<String> =
            (0..60).map(|n| format!("{{name: {}, type: string}}", name(object, n))).collect();
        format!("{{name: o{object}, type: object, fields: [{}]}}", fields.join(", "))
    };
    let yaml =
        format!("{{schema: Custom.Wide, fields: [{}]}}", (0..8).map(fields).collect::<Vec<_>>().join(", "));
    let plans = plans(&[&yaml]);
    let mut next = chance(1 << 20);
    let mut object = |object: usize| {
        let mut member = |n: usize| {
            let value = if next().is_multiple_of(20) { "\"x\"" } else { "null" };
            format!("\"{}\":{value}", name(object, n))
        };
        format!("\"o{object}\":{{{}}}", (0..60).map(&mut member).collect::<Vec<_>>().join(","))
    };
    // Fewer than after which all would be forgotten, as hardly any two are alike.
    let records = usize::from(JUDGED) - 6;
    let mut record = || format!("{{{}}}", (0..8).map(&mut object).collect::<Vec<_>>().join(","));
    let dump: Vec<String> = (0..records).map(|_| record()).collect();
    let parser = parser_of(&plans, &dump.join("\n"));
    let bytes = parser.shapes[0].known.learned_bytes;
    assert!((super::MAX_LEARNED_BYTES..super::MAX_LEARNED_BYTES + 8192).contains(&bytes), "{bytes}");
    assert_counts(&parser.shapes[0]);
}

/// Literals are counted, and their memory, whatever was forgotten.
fn assert_counts(shapes: &Shapes) {
    let learned = || shapes.states.iter().flat_map(|state| &state.choices);
    let bytes: usize = learned().map(super::literal::Literal::bytes).sum();
    let names: usize = shapes.known.undeclared.iter().map(super::undeclared::Undeclared::bytes).sum();
    assert_eq!((shapes.known.literals, shapes.known.learned_bytes), (learned().count(), bytes + names));
}

#[test]
fn literals_are_looked_for_again_whatever_comes_in_between() {
    let letters: Vec<char> = ('a'..='l').collect();
    let fields: Vec<String> = letters.iter().map(|key| format!("{{name: {key}, type: string}}")).collect();
    let fields = fields.join(", ");
    let first =
        format!("{{schema: Custom.First, fields: [{{name: id, type: string, required: true}}, {fields}]}}");
    let second = "{schema: Custom.Second, fields: [{name: id, type: string, required: true}, \
                  {name: x, type: string, required: true}]}";
    let plans = plans(&[&first, second]);
    let first = |keys: &[char]| {
        let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\":\"1\"")).collect();
        format!("{{\"id\":\"n\",{}}}", members.join(","))
    };
    let mut keys = letters.clone();
    let mut next = chance(1 << 20);
    let mut shuffled: Vec<String> = (0..2 * JUDGED)
        .map(|_| {
            (1..keys.len()).rev().for_each(|at| keys.swap(at, next() % (at + 1)));
            first(&keys)
        })
        .collect();
    for _ in 0..2 {
        let parser = parser_of(&plans, &shuffled.join("\n"));
        assert!(parser.shapes[0].literals.is_paused);
        let turns = [first(&letters), "{\"id\":\"n\",\"x\":\"1\"}".to_owned()];
        let turns = vec![turns.join("\n"); 2 * usize::from(SAMPLED) * usize::from(JUDGED)];
        let parser = parser_of(&plans, &[&shuffled[..], &turns].concat().join("\n"));
        assert!(!parser.shapes[0].literals.is_paused);
        assert_counts(&parser.shapes[0]);
        // Those of the second log type then stand at the other turns.
        shuffled.pop();
    }
}
