//! The Arrow schema in the JSON notation that Arrow implementations exchange for their integration tests: the
//! only one that is documented, and that several of them read.

use arrow_schema::{DataType, Field, Schema, TimeUnit};

use crate::json::Json;

pub(super) fn json(schema: &Schema) -> Json {
    Json::object([("fields", Some(Json::List(schema.fields().iter().map(|column| field(column)).collect())))])
}

fn field(column: &Field) -> Json {
    let children = match column.data_type() {
        DataType::Struct(members) => members.iter().map(|member| field(member)).collect(),
        DataType::List(element) => vec![field(element)],
        _ => Vec::new(),
    };
    let mut metadata: Vec<_> = column.metadata().iter().collect();
    metadata.sort_unstable();
    let metadata: Vec<Json> = metadata
        .into_iter()
        .map(|(key, value)| {
            Json::object([("key", Some(key.as_str().into())), ("value", Some(value.as_str().into()))])
        })
        .collect();
    Json::object([
        ("name", Some(column.name().as_str().into())),
        ("nullable", Some(column.is_nullable().into())),
        ("type", Some(type_json(column.data_type()))),
        ("children", Some(Json::List(children))),
        ("metadata", (!metadata.is_empty()).then_some(Json::List(metadata))),
    ])
}

fn type_json(data_type: &DataType) -> Json {
    let named = |name: &str| Json::object([("name", Some(name.into()))]);
    let int = |bits: i64| {
        Json::object([
            ("name", Some("int".into())),
            ("bitWidth", Some(bits.into())),
            ("isSigned", Some(true.into())),
        ])
    };
    match data_type {
        DataType::Int16 => int(16),
        DataType::Int32 => int(32),
        DataType::Int64 => int(64),
        DataType::Float64 => {
            Json::object([("name", Some("floatingpoint".into())), ("precision", Some("DOUBLE".into()))])
        }
        DataType::Boolean => named("bool"),
        DataType::Timestamp(unit, zone) => Json::object([
            ("name", Some("timestamp".into())),
            ("unit", Some(unit_name(*unit).into())),
            ("timezone", zone.as_deref().map(Json::from)),
        ]),
        DataType::Struct(_) => named("struct"),
        DataType::List(_) => named("list"),
        // The table of a log type has no other type than text.
        _ => named("utf8"),
    }
}

const fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "SECOND",
        TimeUnit::Millisecond => "MILLISECOND",
        TimeUnit::Microsecond => "MICROSECOND",
        TimeUnit::Nanosecond => "NANOSECOND",
    }
}
