//! Random schemas.

use proptest::prelude::*;

/// A type, as the model knows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    String { indicators: Vec<&'static str>, event_time: bool },
    Int(u32),
    Float,
    Boolean,
    Timestamp { event_time: bool },
    Json,
    Object(Vec<Field>),
    Array(Box<Type>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) value: Type,
}

/// Names that need escapes in JSON, in JSON Pointer or in YAML are among them.
pub(crate) const NAMES: [&str; 9] = ["a", "b", "id", "A", "a/b", "~t", "é", "q\"q", "back\\slash"];

fn scalar() -> impl Strategy<Value = Type> {
    let indicators = prop::sample::subsequence(&["ip", "email", "username", "domain", "hostname"][..], 0..3);
    prop_oneof![
        4 => (indicators, any::<bool>())
            .prop_map(|(indicators, event_time)| Type::String { indicators, event_time }),
        3 => prop::sample::select(&[16, 32, 64][..]).prop_map(Type::Int),
        1 => Just(Type::Float),
        1 => Just(Type::Boolean),
        2 => any::<bool>().prop_map(|event_time| Type::Timestamp { event_time }),
        2 => Just(Type::Json),
    ]
}

fn fields(value: impl Strategy<Value = Type>) -> impl Strategy<Value = Vec<Field>> {
    prop::collection::vec((prop::sample::select(&NAMES[..]), prop::bool::weighted(0.2), value), 1..5)
        .prop_map(|fields| {
            let mut distinct: Vec<Field> = Vec::new();
            for (name, required, value) in fields {
                // Names may not differ in case only.
                if distinct.iter().all(|field| !field.name.eq_ignore_ascii_case(name)) {
                    distinct.push(Field { name: name.to_owned(), required, value });
                }
            }
            distinct
        })
}

/// The type of an event: an object.
pub(crate) fn event() -> impl Strategy<Value = Type> {
    let value = scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            fields(inner.clone()).prop_map(Type::Object),
            inner.prop_map(|element| Type::Array(Box::new(element))),
        ]
    });
    fields(value).prop_map(Type::Object)
}

/// The schema in YAML, of which JSON is a part.
pub(crate) fn yaml(event: &Type) -> String {
    let Type::Object(fields) = event else { return String::new() };
    format!("schema: Custom.Random\nfields: {}\n", list(fields))
}

fn list(fields: &[Field]) -> String {
    let field = |field: &Field| {
        let name = serde_json::Value::from(field.name.as_str());
        format!("{{name: {name}, required: {}, {}}}", field.required, keys(&field.value))
    };
    format!("[{}]", fields.iter().map(field).collect::<Vec<_>>().join(", "))
}

fn keys(value: &Type) -> String {
    match value {
        Type::String { indicators, event_time } => {
            let time = if *event_time { ", timeFormat: rfc3339, isEventTime: true" } else { "" };
            let names = indicators.join(", ");
            let indicators = if names.is_empty() { names } else { format!(", indicators: [{names}]") };
            format!("type: string{indicators}{time}")
        }
        Type::Int(16) => "type: smallint".to_owned(),
        Type::Int(32) => "type: int".to_owned(),
        Type::Int(_) => "type: bigint".to_owned(),
        Type::Float => "type: float".to_owned(),
        Type::Boolean => "type: boolean".to_owned(),
        Type::Timestamp { event_time } => format!("type: timestamp, isEventTime: {event_time}"),
        Type::Json => "type: json".to_owned(),
        Type::Object(fields) => format!("type: object, fields: {}", list(fields)),
        Type::Array(element) => format!("type: array, element: {{{}}}", keys(element)),
    }
}
