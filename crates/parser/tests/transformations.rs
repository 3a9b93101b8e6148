//! Transformations against a naive model, which carries out one phase after the other on the whole event.
//!
//! The parser follows paths when a value is needed; the model below does literally what the language says:
//! all renames, then all copies, then all joins, then all cuts, each on the event that the phase before left.

#![expect(clippy::unwrap_used, reason = "a test ends by panicking, in its helpers too")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use proptest::prelude::*;
use sawlog_columns::{Columns, Run, Source, print_row};
use sawlog_parser::{Batch, Block, Envelope, Parser, Records, RecordsPath};
use sawlog_schema::{Plan, load};
use serde_json::{Map, Value};

type Event = Map<String, Value>;

/// The transformations of one field, whose type is `json`, so that any value fits.
#[derive(Debug, Clone, Default)]
struct Recipe {
    rename: Option<String>,
    copy: Option<String>,
    concat: Option<Vec<String>>,
    split: Option<(String, usize)>,
}

type Fields = BTreeMap<String, Recipe>;

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c", "d", "a.b", "b.c", "0"]).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(key(), 1..3).prop_map(|keys| keys.join("."))
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let maybe = prop::option::weighted::<BoxedStrategy<String>>;
    (
        maybe(0.3, key().boxed()),
        maybe(0.3, path().boxed()),
        prop::option::weighted(0.3, prop::collection::vec(path(), 1..4)),
        prop::option::weighted(0.3, (path(), 0..3_usize)),
    )
        .prop_map(|(rename, copy, concat, split)| Recipe { rename, copy, concat, split })
}

/// Fields of which no two read the same key.
fn fields() -> impl Strategy<Value = Fields> {
    prop::collection::btree_map(key(), recipe(), 1..6).prop_filter("a key has one reader", |fields| {
        let mut read: Vec<&String> = fields
            .iter()
            .filter_map(|(name, recipe)| {
                let Recipe { rename, copy, concat, split } = recipe;
                let is_derived = copy.is_some() || concat.is_some() || split.is_some();
                rename.as_ref().or((!is_derived).then_some(name))
            })
            .collect();
        read.sort_unstable();
        read.windows(2).all(|pair| pair[0] != pair[1])
    })
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => (0..10).prop_map(Value::from),
        3 => "[x/]{0,4}".prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(key(), inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn event() -> impl Strategy<Value = Event> {
    prop::collection::btree_map(key(), value(), 0..5).prop_map(|members| members.into_iter().collect())
}

/// What a path leads to.
fn follow<'e>(event: &'e Event, path: &str) -> Option<&'e Value> {
    let (key, value) = step(event, path)?;
    let (mut rest, mut value) = (&path[key.len()..], value);
    while let Some(inner) = rest.strip_prefix('.') {
        match value {
            Value::Object(object) => {
                let (key, found) = step(object, inner)?;
                (rest, value) = (&inner[key.len()..], found);
            }
            Value::Array(array) => {
                let number = inner.split('.').next()?;
                (rest, value) = (&inner[number.len()..], array.get(number.parse::<usize>().ok()?)?);
            }
            _ => return None,
        }
    }
    Some(value)
}

/// The longest key of the object that the path begins with.
fn step<'e>(object: &'e Event, path: &str) -> Option<(&'e String, &'e Value)> {
    let is_first = |key: &str| path == key || path.starts_with(&format!("{key}."));
    object.iter().filter(|(key, _)| is_first(key)).max_by_key(|(key, _)| key.len())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Carries out one phase: every field with a recipe for it gets what that yields from the event before.
fn phase(event: &Event, fields: &Fields, made: impl Fn(&Recipe, &Event) -> Option<Option<Value>>) -> Event {
    let mut after = event.clone();
    for (name, recipe) in fields {
        match made(recipe, event) {
            None => {}
            Some(None) => drop(after.remove(name)),
            Some(Some(value)) => drop(after.insert(name.clone(), value)),
        }
    }
    after
}

fn model(event: &Event, fields: &Fields) -> Event {
    let renames = || fields.iter().filter_map(|(name, recipe)| Some((name, recipe.rename.as_ref()?)));
    let mut moved = event.clone();
    for (name, from) in renames() {
        moved.remove(name);
        moved.remove(from);
    }
    for (name, from) in renames() {
        if let Some(value) = event.get(from) {
            moved.insert(name.clone(), value.clone());
        }
    }
    let copied = phase(&moved, fields, |recipe, event| Some(follow(event, recipe.copy.as_ref()?).cloned()));
    let joined = phase(&copied, fields, |recipe, event| {
        let texts: Vec<String> =
            recipe.concat.as_ref()?.iter().filter_map(|path| text(follow(event, path)?)).collect();
        Some((!texts.is_empty()).then(|| Value::from(texts.join("/"))))
    });
    let cut = phase(&joined, fields, |recipe, event| {
        let (path, index) = recipe.split.as_ref()?;
        let part = follow(event, path).and_then(text);
        Some(part.and_then(|text| text.split('/').nth(*index).map(Value::from)))
    });
    let declared = cut.into_iter().filter(|(key, value)| fields.contains_key(key) && !value.is_null());
    declared.collect()
}

fn yaml(fields: &Fields) -> String {
    let mut yaml = "schema: Custom.Model\nfields:\n".to_owned();
    for (name, Recipe { rename, copy, concat, split }) in fields {
        write!(yaml, "  - {{name: '{name}', type: json").unwrap();
        if let Some(from) = rename {
            write!(yaml, ", rename: {{from: '{from}'}}").unwrap();
        }
        if let Some(from) = copy {
            write!(yaml, ", copy: {{from: '{from}'}}").unwrap();
        }
        if let Some(paths) = concat {
            let paths: Vec<String> = paths.iter().map(|path| format!("'{path}'")).collect();
            write!(yaml, ", concat: {{separator: /, paths: [{}]}}", paths.join(", ")).unwrap();
        }
        if let Some((from, index)) = split {
            write!(yaml, ", split: {{from: '{from}', separator: /, index: {index}}}").unwrap();
        }
        yaml.push_str("}\n");
    }
    yaml
}

/// The declared fields of the row that the event becomes, and what is kept beside them.
fn parsed(event: &Event, plan: Plan) -> (Event, Event) {
    let plans = [Arc::new(plan)];
    let envelope = Arc::new(Envelope::new(&plans, RecordsPath::Off));
    let mut parser = Parser::new(&plans, envelope, false);
    let mut batch = Batch::new(0, vec![Columns::new(&plans[0], true)]);
    let line = serde_json::to_vec(event).unwrap();
    let block = Block::new(line, Records::Lines);
    parser.parse(&block, &mut batch);
    assert_eq!(batch.rows(), 1, "{:?}", batch.rejects);
    let run = Run { sources: vec![Source { path: String::new(), identity: 0 }], ..Run::default() };
    let mut row = Vec::new();
    print_row(&plans[0], &run, &batch.columns[0], 0, &mut row);
    let mut row: Event = serde_json::from_slice(&row).unwrap();
    let extra = row.remove("p_extra").map_or_else(Event::new, |extra| extra.as_object().unwrap().clone());
    row.retain(|key, _| !key.starts_with("p_"));
    (row, extra)
}

proptest! {
    #[test]
    fn derived_values_are_those_of_the_model(event in event(), fields in fields()) {
        let yaml = yaml(&fields);
        let loaded = load(&yaml, "model.yml");
        let Some(log_type) = loaded.log_type else {
            panic!("{yaml}\n{:?}", loaded.diagnostics);
        };
        let (row, extra) = parsed(&event, Plan::new(log_type));
        prop_assert_eq!(row, model(&event, &fields), "{} {}", serde_json::to_string(&event).unwrap(), yaml);
        // Nothing is lost: what no field reads is kept as it came.
        for (key, value) in &event {
            let is_read = fields.iter().any(|(name, recipe)| {
                let is_derived = recipe.copy.is_some() || recipe.concat.is_some() || recipe.split.is_some();
                !is_derived && recipe.rename.as_ref().unwrap_or(name) == key
            });
            let kept = extra.get(&format!("/{key}"));
            prop_assert_eq!(kept, (!is_read).then_some(value), "{}", yaml);
        }
    }
}
