//! The Arrow schema of a log type: what the columns of its table are.

use std::{collections::HashMap, sync::Arc};

use arrow_schema::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit, extension};

use crate::{Field, NodeId, Plan, Value, ValueKind, standard};

/// Name of the item field of every list.
const ITEM: &str = "element";

/// Key of the field metadata that holds a description.
pub(crate) const DESCRIPTION: &str = "description";

/// Derives the Arrow schema of a plan's table: the fields of the log type in schema order, then the standard
/// columns. Everything declared is nullable, what is required too, since the operator may choose to keep
/// events that lack it. Times are microseconds UTC; descriptions travel as field metadata under
/// `description`.
pub fn arrow_schema(plan: &Plan) -> SchemaRef {
    let mut columns = fields(plan, 0, &plan.log_type.fields);
    columns.extend([
        ArrowField::new(standard::LOG_TYPE, DataType::Utf8, false),
        ArrowField::new(standard::ROW_ID, DataType::Utf8, false),
        ArrowField::new(standard::EVENT_TIME, timestamp(), false),
        ArrowField::new(standard::PARSE_TIME, timestamp(), false),
        ArrowField::new(standard::SCHEMA_VERSION, DataType::Int32, false),
        ArrowField::new(standard::SOURCE_ID, DataType::Utf8, true),
        ArrowField::new(standard::SOURCE_LABEL, DataType::Utf8, true),
        ArrowField::new(standard::SOURCE_FILE, DataType::Utf8, true),
    ]);
    if plan.header {
        columns.push(json(ArrowField::new(standard::HEADER, DataType::Utf8, true)));
    }
    columns.extend(plan.indicators.iter().map(|indicator| texts(indicator.column())));
    columns.extend([json(ArrowField::new(standard::EXTRA, DataType::Utf8, true)), texts(standard::FLAGS)]);
    Arc::new(Schema::new(columns))
}

fn timestamp() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// A nullable list of nullable texts.
fn texts(name: &str) -> ArrowField {
    ArrowField::new(name, DataType::List(Arc::new(ArrowField::new(ITEM, DataType::Utf8, true))), true)
}

/// The columns of an object's members. `fields` and the plan's nodes are the same tree.
fn fields(plan: &Plan, object: NodeId, fields: &[Field]) -> Vec<ArrowField> {
    let members = fields.iter().zip(plan.members(object).nodes());
    members.map(|(member, &node)| field(plan, node, member)).collect()
}

fn field(plan: &Plan, node: NodeId, field: &Field) -> ArrowField {
    let mut metadata = HashMap::new();
    if !field.description.is_empty() {
        metadata.insert(DESCRIPTION.to_owned(), field.description.clone());
    }
    value(plan, node, &plan.nodes[node as usize].column, &field.value, metadata)
}

fn value(
    plan: &Plan,
    node: NodeId,
    name: &str,
    value: &Value,
    metadata: HashMap<String, String>,
) -> ArrowField {
    let column = ArrowField::new(name, data_type(plan, node, &value.kind), true).with_metadata(metadata);
    if value.kind == ValueKind::Json { json(column) } else { column }
}

/// Marks a column of text as JSON.
fn json(column: ArrowField) -> ArrowField {
    column.with_extension_type(extension::Json::default())
}

fn data_type(plan: &Plan, node: NodeId, kind: &ValueKind) -> DataType {
    match kind {
        ValueKind::String | ValueKind::Json => DataType::Utf8,
        ValueKind::Int => DataType::Int32,
        ValueKind::SmallInt => DataType::Int16,
        ValueKind::BigInt => DataType::Int64,
        ValueKind::Float => DataType::Float64,
        ValueKind::Boolean => DataType::Boolean,
        ValueKind::Timestamp => timestamp(),
        ValueKind::Object(members) => DataType::Struct(fields(plan, node, members).into()),
        ValueKind::Array(element) => {
            DataType::List(Arc::new(value(plan, node + 1, ITEM, element, HashMap::new())))
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow_schema::Fields;

    use super::*;
    use crate::load;

    fn table(fields: &str) -> SchemaRef {
        let yaml = format!("schema: Custom.Table\nfields:\n{fields}");
        arrow_schema(&Plan::new(load(&yaml, "table.yml").log_type.unwrap()))
    }

    #[test]
    fn types_map_to_columns() {
        let schema = table(
            "
  - {name: string, type: string}
  - {name: int, type: int}
  - {name: smallint, type: smallint}
  - {name: bigint, type: bigint}
  - {name: float, type: float}
  - {name: boolean, type: boolean}
  - {name: timestamp, type: timestamp, required: true}
  - {name: json, type: json}
  - {name: array, type: array, element: {type: smallint}}
  - {name: object, type: object, fields: [{name: in, type: float, required: true}]}
",
        );
        let list = |item| DataType::List(Arc::new(ArrowField::new("element", item, true)));
        let expected = [
            DataType::Utf8,
            DataType::Int32,
            DataType::Int16,
            DataType::Int64,
            DataType::Float64,
            DataType::Boolean,
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            DataType::Utf8,
            list(DataType::Int16),
            DataType::Struct(Fields::from(vec![ArrowField::new("in", DataType::Float64, true)])),
        ];
        for (field, expected) in schema.fields().iter().zip(&expected) {
            assert_eq!(field.data_type(), expected, "{}", field.name());
            assert!(field.is_nullable(), "{}", field.name());
        }
        let names: Vec<&str> = schema.fields()[expected.len()..].iter().map(|f| f.name().as_str()).collect();
        assert_eq!(names, standard::ALWAYS);
        let flags = schema.field_with_name(standard::FLAGS).unwrap();
        assert_eq!(flags.data_type(), &list(DataType::Utf8));
    }

    #[test]
    fn json_is_marked_wherever_it_stands() {
        let schema = table("  - {name: a, type: array, element: {type: json}}\n  - {name: j, type: json}\n");
        let DataType::List(item) = schema.field(0).data_type() else { panic!("{:?}", schema.field(0)) };
        for field in [&**item, schema.field(1), schema.field_with_name(standard::EXTRA).unwrap()] {
            assert!(field.try_extension_type::<extension::Json>().is_ok(), "{field:?}");
        }
        assert!(schema.field(0).metadata().is_empty());
    }

    #[test]
    fn descriptions_travel_with_their_field() {
        let schema = table("  - {name: j, type: json, description: Anything}\n  - {name: s, type: string}\n");
        assert_eq!(schema.field(0).metadata().get(DESCRIPTION).map(String::as_str), Some("Anything"));
        assert!(schema.field(0).try_extension_type::<extension::Json>().is_ok());
        assert!(schema.field(1).metadata().is_empty());
    }
}
