//! Spark's `StructType`, in the JSON that `StructType.fromJson` and `DataType.fromJson` read.

use arrow_schema::{DataType, Field, Fields, Schema};

use super::description;
use crate::json::Json;

pub(super) fn struct_type(schema: &Schema) -> Json {
    structure(schema.fields())
}

fn structure(members: &Fields) -> Json {
    let fields = members.iter().map(|member| field(member)).collect();
    Json::object([("type", Some("struct".into())), ("fields", Some(Json::List(fields)))])
}

fn field(column: &Field) -> Json {
    Json::object([
        ("name", Some(column.name().as_str().into())),
        ("type", Some(type_json(column.data_type()))),
        ("nullable", Some(column.is_nullable().into())),
        ("metadata", Some(Json::object([("comment", description(column).map(Json::from))]))),
    ])
}

fn type_json(data_type: &DataType) -> Json {
    match data_type {
        DataType::Int16 => "short".into(),
        DataType::Int32 => "integer".into(),
        DataType::Int64 => "long".into(),
        DataType::Float64 => "double".into(),
        DataType::Boolean => "boolean".into(),
        DataType::Timestamp(..) => "timestamp".into(),
        DataType::Struct(members) => structure(members),
        DataType::List(element) => Json::object([
            ("type", Some("array".into())),
            ("elementType", Some(type_json(element.data_type()))),
            ("containsNull", Some(element.is_nullable().into())),
        ]),
        // The table of a log type has no other type than text.
        _ => "string".into(),
    }
}
