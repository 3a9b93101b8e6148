//! The shape of a table's files: schemas and what every file says about itself.

use std::sync::Arc;

use arrow_schema::{DataType, FieldRef, Schema, SchemaRef};
use parquet::arrow::{ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{BloomFilterPosition, WriterProperties, WriterPropertiesPtr};
use parquet::schema::types::{SchemaDescPtr, SchemaDescriptor};
use sawlog_schema::{Plan, arrow_schema, standard};

use crate::encoding::base_properties;
use crate::error::{Error, Result};
use crate::names::table_folder;

/// Everything about a table's files that is known before the first row: derived once from the plan, shared by
/// those who encode row groups and those who append them.
#[derive(Debug, Clone)]
pub struct TableFormat {
    folder: String,
    pub(crate) schema: SchemaRef,
    pub(crate) parquet: SchemaDescPtr,
    pub(crate) columns: Vec<ColumnFormat>,
    pub(crate) file_properties: WriterPropertiesPtr,
}

/// A leaf column as a schema of its own, with nothing but the leaf and what it lies in, so that each can be
/// encoded apart from the others: on any thread, with the memory of one.
#[derive(Debug, Clone)]
pub(crate) struct ColumnFormat {
    pub(crate) field: FieldRef,
    pub(crate) arrow: SchemaRef,
    pub(crate) parquet: SchemaDescPtr,
    /// Whether readers look for single values here, so that a bloom filter pays.
    pub(crate) sought: bool,
}

impl TableFormat {
    /// Derives the format of the log type's table.
    ///
    /// # Errors
    /// Fails where Parquet has no type for a column, which no checked log type brings about.
    pub fn new(plan: &Plan) -> Result<Self> {
        let schema = arrow_schema(plan);
        let parquet = convert(&schema).map_err(|e| encode_error("(schema)", e))?;
        let leaves = schema.fields().iter().flat_map(leaves);
        let columns = leaves.map(|leaf| column_format(&leaf)).collect::<Result<_>>()?;
        let file_properties = Arc::new(file_properties(plan, &schema, &parquet));
        Ok(Self { folder: table_folder(&plan.log_type.name), schema, parquet, columns, file_properties })
    }

    /// Name of the table's folder.
    pub fn folder(&self) -> &str {
        &self.folder
    }
}

fn encode_error(column: &str, source: ParquetError) -> Error {
    Error::Encode { column: column.to_owned(), source }
}

fn convert(schema: &Schema) -> std::result::Result<SchemaDescPtr, ParquetError> {
    let converted: SchemaDescriptor = ArrowSchemaConverter::new().schema_root("schema").convert(schema)?;
    Ok(Arc::new(converted))
}

/// The field once for each leaf below it, each time with the other leaves left out. The depth is that of the
/// schema, which is bounded.
fn leaves(field: &FieldRef) -> Vec<FieldRef> {
    let within = |inner: FieldRef, wrap: fn(FieldRef) -> DataType| -> FieldRef {
        Arc::new(field.as_ref().clone().with_data_type(wrap(inner)))
    };
    match field.data_type() {
        DataType::Struct(members) => {
            let all = members.iter().flat_map(leaves);
            all.map(|leaf| within(leaf, |leaf| DataType::Struct(vec![leaf].into()))).collect()
        }
        DataType::List(element) => {
            leaves(element).into_iter().map(|leaf| within(leaf, DataType::List)).collect()
        }
        _ => vec![Arc::clone(field)],
    }
}

fn column_format(field: &FieldRef) -> Result<ColumnFormat> {
    let arrow = Arc::new(Schema::new(vec![Arc::clone(field)]));
    let parquet = convert(&arrow).map_err(|e| encode_error(field.name(), e))?;
    let sought = match field.data_type() {
        DataType::Utf8 => field.name() == "id",
        DataType::List(_) => field.name().starts_with("p_any_"),
        _ => false,
    };
    Ok(ColumnFormat { field: Arc::clone(field), arrow, parquet, sought })
}

/// What stands in the footer of every file. Nothing in it depends on the run, the time or the machine.
fn file_properties(plan: &Plan, schema: &Schema, parquet: &SchemaDescriptor) -> WriterProperties {
    let version = env!("CARGO_PKG_VERSION");
    let pair = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let metadata = vec![
        pair("sawlog.log_type", &plan.log_type.name),
        pair("sawlog.schema_fingerprint", &plan.fingerprint),
        pair("sawlog.schema_version", &plan.log_type.version.to_string()),
        pair("sawlog.version", version),
    ];
    let sorted_by = [standard::EVENT_TIME, standard::ROW_ID];
    let sorting = sorted_by.into_iter().filter_map(|name| {
        let leaf = parquet.columns().iter().position(|c| c.path().parts() == [name])?;
        Some(SortingColumn { column_idx: leaf as i32, descending: false, nulls_first: false })
    });
    let mut properties = base_properties()
        .set_key_value_metadata(Some(metadata))
        .set_sorting_columns(Some(sorting.collect()))
        // At the end of the file they would all have to be held until then.
        .set_bloom_filter_position(BloomFilterPosition::AfterRowGroup)
        .build();
    // Carries what Parquet has no place for: descriptions of columns, and JSON as an Arrow extension type.
    add_encoded_arrow_schema_to_metadata(schema, &mut properties);
    properties
}
