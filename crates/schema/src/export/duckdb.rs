//! `CREATE TABLE` for DuckDB, with the descriptions as comments on table and columns.

use std::fmt::Write as _;

use arrow_schema::{DataType, Field, Schema};

use super::{columns, is_json, table_name};
use crate::Plan;

pub(super) fn create_table(plan: &Plan, schema: &Schema) -> String {
    let table = identifier(&table_name(&plan.log_type.name));
    let mut sql = format!("CREATE TABLE {table} (");
    for (at, (column, _)) in columns(schema).enumerate() {
        let not_null = if column.is_nullable() { "" } else { " NOT NULL" };
        let comma = if at == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(sql, "{comma}\n  {} {}{not_null}", identifier(column.name()), type_name(column));
    }
    sql.push_str("\n);\n");
    let _ = write!(sql, "COMMENT ON TABLE {table} IS {};", text(&plan.log_type.description));
    for (column, description) in columns(schema) {
        if let Some(description) = description {
            let name = identifier(column.name());
            let _ = write!(sql, "\nCOMMENT ON COLUMN {table}.{name} IS {};", text(description));
        }
    }
    sql
}

fn type_name(column: &Field) -> String {
    match column.data_type() {
        DataType::Int16 => "SMALLINT".to_owned(),
        DataType::Int32 => "INTEGER".to_owned(),
        DataType::Int64 => "BIGINT".to_owned(),
        DataType::Float64 => "DOUBLE".to_owned(),
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Timestamp(..) => "TIMESTAMP WITH TIME ZONE".to_owned(),
        DataType::Struct(members) => {
            let member = |member: &Field| format!("{} {}", identifier(member.name()), type_name(member));
            let members: Vec<String> = members.iter().map(|field| member(field)).collect();
            format!("STRUCT({})", members.join(", "))
        }
        DataType::List(element) => format!("{}[]", type_name(element)),
        _ if is_json(column) => "JSON".to_owned(),
        // The table of a log type has no other type than text.
        _ => "VARCHAR".to_owned(),
    }
}

/// A name, always quoted: those of fields may be key words or hold any character.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
