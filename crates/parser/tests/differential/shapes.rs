//! Following learned shapes against the walk over the tokens of every record: what comes of a block is equal,
//! whatever the records before it have taught.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use sawlog_columns::{Columns, Run, Source, print_row};
use sawlog_parser::{Batch, Block, Envelope, Parser, Reader, Records, RecordsPath};
use sawlog_schema::{LogParser, Plan, builtin, load};

use crate::{case, changes, json, mutate, schemas};

/// All that a batch holds, as text.
fn shown(plan: &Plan, batch: &Batch) -> String {
    let run = Run { sources: vec![Source { path: "x".to_owned(), identity: 7 }], ..Run::default() };
    let mut text = Vec::new();
    for row in 0..batch.columns[0].rows().len() {
        print_row(plan, &run, &batch.columns[0], row, &mut text);
        text.push(b'\n');
    }
    let mut shown = String::from_utf8(text).unwrap();
    let Batch { records, skipped, rejects, notes, .. } = batch;
    let unknown: Vec<_> = batch.unknown.iter().collect();
    write!(shown, "{records} {skipped} {:?}\n{rejects:#?}\n{notes:?}\n{unknown:?}", batch.columns[0].rows())
        .unwrap();
    shown
}

/// Parses the lines with shapes and without.
fn compare(plan: &Arc<Plan>, lines: &[u8], keep_missing: bool) {
    let plans = std::slice::from_ref(plan);
    let (data, records) = (lines.to_vec(), Records::Lines);
    let block = Block::new(data, records);
    let [shapes, keys, tokens] = [Reader::Shapes, Reader::Keys, Reader::Tokens].map(|reader| {
        let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
        let mut parser = Parser::new(plans, envelope, keep_missing).read_by(reader);
        let mut batch = Batch::new(0, vec![Columns::new(plan, true)]);
        // The second time everything has been learned.
        parser.parse(&block, &mut batch);
        parser.parse(&block, &mut batch);
        shown(plan, &batch)
    });
    assert_eq!(shapes, tokens, "{}", String::from_utf8_lossy(lines));
    assert_eq!(keys, tokens, "{}", String::from_utf8_lossy(lines));
}

fn plan(yaml: &str) -> Option<Arc<Plan>> {
    load(yaml, "test.yml").log_type.map(|log_type| Arc::new(Plan::new(log_type)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_has_been_learned_changes_nothing(
        (schema, events) in case(),
        changes in prop::collection::vec(changes(), 1..6),
        keep in any::<bool>(),
    ) {
        let plan = plan(&schemas::yaml(&schema)).unwrap();
        let mut lines = Vec::new();
        for change in &changes {
            for event in &events {
                let compact = json::read(event.as_bytes()).map_or(event.clone(), |json| json.text);
                let changed = mutate(compact.clone().into_bytes(), change);
                for line in [event.as_bytes(), compact.as_bytes(), &changed, compact.as_bytes()] {
                    lines.extend_from_slice(line);
                    lines.push(b'\n');
                }
            }
        }
        compare(&plan, &lines, keep);
    }
}

/// Every kind of value, and everything that a literal may do. Rules are left out: they keep a log type
/// from being followed.
const EVERY_KIND: &str = r"
schema: Custom.EveryKind
fields:
  - {name: s, type: string, required: true, indicators: [username]}
  - {name: i, type: int}
  - {name: f, type: float}
  - {name: b, type: boolean, required: true}
  - {name: t, type: timestamp, isEventTime: true}
  - {name: j, type: json, required: true}
  - {name: e, type: json, isEmbeddedJSON: true}
  - {name: eo, type: object, isEmbeddedJSON: true, fields: [
      {name: s, type: string, required: true}, {name: e, type: json, isEmbeddedJSON: true}]}
  - {name: ea, type: array, isEmbeddedJSON: true, element: {type: int}}
  - {name: from, type: string, rename: {from: to}}
  - name: o
    type: object
    required: true
    fields: [{name: s, type: string, required: true}, {name: t, type: string, isEventTime: true}]
  - name: a
    type: array
    element:
      type: object
      fields: [{name: s, type: string}, {name: n, type: array, element: {type: bigint}}]
";

/// An event with one part of it left to the caller.
fn event(more: &str) -> String {
    format!(r#"{{"s":"x","b":true,"j":{{"k":[1,"\u00e9",null]}},"o":{{"s":"é"}}{more}}}"#)
}

fn repeated(events: &[String]) -> Vec<u8> {
    let once = events.join("\n") + "\n";
    once.repeat(4).into_bytes()
}

#[test]
fn ordinary_records_are_read_alike() {
    let plan = plan(EVERY_KIND).unwrap();
    let parts = [
        "",
        r#","i":-7,"f":1.5e3,"i2":0"#,
        r#","i":"+007","f":"nan","v":"yes""#,
        r#","v":"no""#,
        r#","t":"2024-10-03T10:44:26Z""#,
        r#","a":[],"x":{"y":{"z":1},"u":[{}]},"to":"\"\\""#,
        r#","a":[{},{"s":"\n","n":[1,2]},null,{"n":[]},{"n":null},{"s":"","x":1}],"e":"{\"k\":1}","i":null"#,
        r#","e":{"k":1},"x":"\ud83d\ude00","y":null"#,
        r#","e":null,"y":true,"z":-0,"f":-0"#,
        r#","e":"","eo":" {\"s\":\"\\u00e9\", \"x\":[1],\"e\":\"\\\"7\\\"\"}\n","ea":"[1,null, 2]""#,
        r#","eo":"null","ea":"","e":"null""#,
        r#","ea":[1],"eo":{"s":true,"e":"[]"},"from":false"#,
    ];
    let events: Vec<String> = parts.iter().map(|part| event(part)).collect();
    compare(&plan, &repeated(&events), false);
}

#[test]
fn whatever_is_out_of_the_ordinary_is_judged_alike() {
    let plan = plan(EVERY_KIND).unwrap();
    for part in [
        r#","s":"y""#,
        r#","o":{"s":"y"}"#,
        r#","x":1,"x":2"#,
        r#","i":1.5"#,
        r#","i":01"#,
        r#","i":1"s""#,
        r#","a":[{"s":1,}]"#,
        r#","a":[1]"#,
        r#","a":{"s":"one"}"#,
        r#","i": 1"#,
        r#","v":true"#,
        r#","x":[1,]"#,
        r#","x":{"y":01}"#,
        r#","x":"\x""#,
        r#","x":"\ud800""#,
        r#","x":[}"#,
        r#","x":tru"#,
        r#","e":"{""#,
        r#","e":"{}}""#,
        r#","e":" ""#,
        r#","eo":"{\"s\":1}}""#,
        r#","eo":"{\"s\":1},\"x\":{}""#,
        r#","eo":"{\"s\":1}","eo":"{\"s\":1}""#,
        r#","eo":"{\"s\":1,\"s\":2}""#,
        r#","eo":"{}""#,
        r#","eo":"[]""#,
        r#","eo":"\"{}\"""#,
        r#","ea":"[1,\"x\"]""#,
        r#","ea":"[1] 2""#,
        r#","ea":" ","i":true"#,
        r#","t":"never""#,
        "}",
        ",",
        r#","data":[{"a":1}]"#,
    ] {
        compare(&plan, &repeated(&[event(""), event(part)]), false);
    }
    for whole in
        [r#"{"s":"x","b":true,"j":1}"#, "{}", "[]", "7", r#"{"s":"x","b":true,"o":{"s":null},"j":1}"#]
    {
        for keep in [false, true] {
            compare(&plan, &repeated(&[event(""), whole.to_owned()]), keep);
        }
    }
}

/// Events whose parts follow each other in every way: once each in any order, and then some of them twice and
/// others not at all, which no single literal tells.
#[test]
fn repeated_and_missing_members_are_found() {
    let plan = plan(EVERY_KIND).unwrap();
    let members = [r#""s":"x""#, r#""b":true,"i":1"#, r#""j":7"#, r#""o":{"s":"y"}"#];
    let sequences = |len: u32| {
        (0..4_usize.pow(len)).map(move |n| (0..len).map(|at| n >> (2 * at) & 3).collect::<Vec<_>>())
    };
    let event = |order: &Vec<usize>| {
        let members: Vec<&str> = order.iter().map(|member| members[*member]).collect();
        format!("{{{}}}", members.join(","))
    };
    let is_whole = |order: &Vec<usize>| (0..4).all(|member| order.contains(&member));
    let whole: Vec<String> = sequences(4).filter(is_whole).map(|order| event(&order)).collect();
    let any: Vec<String> = (1..=5).flat_map(sequences).map(|order| event(&order)).collect();
    compare(&plan, &repeated(&[whole, any].concat()), false);
}

#[test]
fn deep_values_and_many_keys_are_read_either_way() {
    let plan = plan(EVERY_KIND).unwrap();
    for depth in [1, 47, 48, 49, 127, 128, 129, 5000] {
        let deep = format!(r#","x":{}{}"#, "[".repeat(depth), "]".repeat(depth));
        let deep_json = format!(r#","e":{}1{}"#, r#"{"a":"#.repeat(depth), "}".repeat(depth));
        compare(&plan, &repeated(&[event(&deep), event(&deep_json), event("")]), false);
    }
    // More names than are told apart in one object, each met again; and records beyond the limit on bytes.
    let named = |n: u32| event(&format!(r#","n{}":{n},"m{}":{n}"#, n % 90, n % 70));
    let mut events: Vec<String> = (0..300).map(named).collect();
    events.push(event(&format!(r#","v":"{}""#, "v".repeat(70 << 10))));
    compare(&plan, &repeated(&events), false);
}

#[test]
fn keys_in_any_order_are_read_either_way() {
    let plan = plan(EVERY_KIND).unwrap();
    let members = [
        r#""s":"x""#,
        r#""b":true"#,
        r#""j":{}"#,
        r#""o":{"t":"2024-10-03T10:44:26Z","s":""}"#,
        r#""i":1"#,
        r#""a":[{"n":[1],"s":"y"}]"#,
        r#""u":1"#,
        r#""t":null"#,
    ];
    let turned = |n: usize| {
        let mut members = members.to_vec();
        members.rotate_left(n % 8);
        members.swap(n % 7, n % 5);
        format!("{{{}}}", members.join(","))
    };
    let events: Vec<String> = (0..300).map(turned).collect();
    compare(&plan, &repeated(&events), false);
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// The lines of a file that may be documents, each of them more than once.
fn documents(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| line.contains(&b'{'));
    let once: Vec<u8> = lines.flat_map(|line| [line, b"\n"].concat()).collect();
    once.repeat(3)
}

#[test]
fn recorded_cases_are_read_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/tests/golden");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let mut cases = 0;
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "case")) {
        let text = fs::read_to_string(path).unwrap();
        let sections = || text.split("\n==== ").filter_map(|section| section.split_once('\n'));
        let input = sections().find(|(name, _)| *name == "input").map_or("", |(_, input)| input);
        for (_, yaml) in sections().filter(|(name, _)| *name == "schema") {
            let Some(plan) = plan(yaml).filter(|plan| plan.log_type.parser == LogParser::Json) else {
                continue;
            };
            cases += 1;
            for keep_missing in [false, true] {
                compare(&plan, &documents(input.as_bytes()), keep_missing);
            }
        }
    }
    assert!(cases >= 200, "only {cases} cases");
}

#[test]
fn fixtures_are_read_alike_by_every_log_type() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let plans: Vec<Arc<Plan>> = builtin()
        .iter()
        .filter_map(|found| plan(found.text))
        .filter(|plan| plan.log_type.parser == LogParser::Json)
        .collect();
    assert!(plans.len() >= 5, "only {} log types", plans.len());
    for path in paths.iter().filter(|path| path.to_string_lossy().contains("json")) {
        let mut lines = documents(&fs::read(path).unwrap());
        lines.truncate(200_000);
        for plan in &plans {
            compare(plan, &lines, false);
        }
    }
}
