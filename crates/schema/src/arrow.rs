//! The Arrow schema of a log type's table.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::extension::Json;
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};

use crate::{Kind, NodeId, Plan, standard};

/// Key of the field metadata that carries a column's description.
const DESCRIPTION: &str = "description";

/// Derives the table's schema: the log type's fields in the order written, all nullable, then the standard
/// columns.
pub fn arrow_schema(plan: &Plan) -> SchemaRef {
    let mut fields = members(plan, 0, &plan.log_type.fields);
    fields.extend(standard_fields(plan));
    Arc::new(Schema::new(fields))
}

fn members(plan: &Plan, object: NodeId, declared: &[crate::Field]) -> Vec<Field> {
    plan.members(object)
        .nodes()
        .iter()
        .zip(declared)
        .map(|(&node, field)| {
            let metadata = match field.description.as_str() {
                "" => HashMap::new(),
                text => HashMap::from([(DESCRIPTION.to_owned(), text.to_owned())]),
            };
            let is_json = plan.nodes[node as usize].kind == Kind::Json;
            let column =
                Field::new(&field.name, data_type(plan, node, &field.value), true).with_metadata(metadata);
            if is_json { column.with_extension_type(Json::default()) } else { column }
        })
        .collect()
}

fn data_type(plan: &Plan, node: NodeId, value: &crate::Value) -> DataType {
    match (&plan.nodes[node as usize].kind, &value.kind) {
        (Kind::String | Kind::Json, _) => DataType::Utf8,
        (Kind::Int(16), _) => DataType::Int16,
        (Kind::Int(32), _) => DataType::Int32,
        (Kind::Int(_), _) => DataType::Int64,
        (Kind::Float, _) => DataType::Float64,
        (Kind::Boolean, _) => DataType::Boolean,
        (Kind::Object(_), crate::ValueKind::Object(fields)) => {
            DataType::Struct(Fields::from(members(plan, node, fields)))
        }
        (Kind::Array, crate::ValueKind::Array(element)) => {
            let inner = Field::new(ELEMENT, data_type(plan, node + 1, element), true);
            let is_json = plan.nodes[node as usize + 1].kind == Kind::Json;
            let inner = if is_json { inner.with_extension_type(Json::default()) } else { inner };
            DataType::List(Arc::new(inner))
        }
        (Kind::Timestamp | Kind::Object(_) | Kind::Array, _) => utc_micros(),
    }
}

/// Name of the item field of lists, as the Parquet format spells it.
const ELEMENT: &str = "element";

fn utc_micros() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn standard_fields(plan: &Plan) -> Vec<Field> {
    let list = || DataType::List(Arc::new(Field::new(ELEMENT, DataType::Utf8, true)));
    let mut fields = vec![
        Field::new(standard::LOG_TYPE, DataType::Utf8, false),
        Field::new(standard::ROW_ID, DataType::Utf8, false),
        Field::new(standard::EVENT_TIME, utc_micros(), false),
        Field::new(standard::PARSE_TIME, utc_micros(), false),
        Field::new(standard::SCHEMA_VERSION, DataType::Int32, false),
        Field::new(standard::SOURCE_ID, DataType::Utf8, true),
        Field::new(standard::SOURCE_LABEL, DataType::Utf8, true),
        Field::new(standard::SOURCE_FILE, DataType::Utf8, true),
    ];
    fields.extend(plan.indicators.iter().map(|i| Field::new(i.column(), list(), true)));
    fields.push(Field::new(standard::EXTRA, DataType::Utf8, true).with_extension_type(Json::default()));
    fields.push(Field::new(standard::FLAGS, list(), true));
    fields
}
