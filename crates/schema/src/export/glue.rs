//! A table definition for the catalogue of AWS Glue, which Athena, Redshift and others look tables up in: the
//! `TableInput` that `aws glue create-table` takes. Where the lake lies, only its owner knows, so
//! `Location` is left to be filled in. The partition keys are those of folders by day, which is how tables
//! are written unless something else is asked for.

use arrow_schema::{DataType, Field, Schema};

use super::{columns, table_name};
use crate::{Plan, json::Json};

/// Characters of a comment; the catalogue takes no more.
const COMMENT_CHARS: usize = 255;

/// Keys of the folders. As integers they would be found by `month = 3`, but a catalogue keeps the text of
/// each folder, and engines that make `3` of `03` do not find the folder again.
const PARTITION_KEYS: [(&str, &str); 3] = [("year", "string"), ("month", "string"), ("day", "string")];

const INPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
const OUTPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";
const SERDE: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

pub(super) fn table(plan: &Plan, schema: &Schema) -> Json {
    let serde = Json::object([("SerializationLibrary", Some(SERDE.into()))]);
    let storage = Json::object([
        ("Columns", Some(Json::List(columns(schema).map(|(field, about)| column(field, about)).collect()))),
        ("InputFormat", Some(INPUT.into())),
        ("OutputFormat", Some(OUTPUT.into())),
        ("SerdeInfo", Some(serde)),
    ]);
    let key = |(name, type_name): (&str, &str)| {
        Json::object([("Name", Some(name.into())), ("Type", Some(type_name.into()))])
    };
    let parameters = Json::object([("classification", Some("parquet".into()))]);
    Json::object([
        ("Name", Some(table_name(&plan.log_type.name).into())),
        ("Description", Some(plan.log_type.description.as_str().into())),
        ("TableType", Some("EXTERNAL_TABLE".into())),
        ("Parameters", Some(parameters)),
        ("PartitionKeys", Some(Json::List(PARTITION_KEYS.into_iter().map(key).collect()))),
        ("StorageDescriptor", Some(storage)),
    ])
}

fn column(column: &Field, description: Option<&str>) -> Json {
    let comment: Option<String> = description.map(|text| text.chars().take(COMMENT_CHARS).collect());
    Json::object([
        ("Name", Some(column.name().as_str().into())),
        ("Type", Some(type_name(column.data_type()).into())),
        ("Comment", comment.map(Json::from)),
    ])
}

fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Int16 => "smallint".to_owned(),
        DataType::Int32 => "int".to_owned(),
        DataType::Int64 => "bigint".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::Struct(members) => {
            let member = |member: &Field| format!("{}:{}", member.name(), type_name(member.data_type()));
            let members: Vec<String> = members.iter().map(|field| member(field)).collect();
            format!("struct<{}>", members.join(","))
        }
        DataType::List(element) => format!("array<{}>", type_name(element.data_type())),
        // The table of a log type has no other type than text.
        _ => "string".to_owned(),
    }
}
