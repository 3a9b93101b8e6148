//! A log type in the languages of others: what its events look like, and what its table looks like.
//!
//! [`Export::JsonSchema`] describes events before they are read: what a log must send to get into the
//! table. The others describe the table that comes out, standard columns included. They all start from the
//! Arrow schema, which is what is written, so that an export cannot promise what the files do not hold.

mod arrow;
mod duckdb;
mod events;
mod glue;
mod spark;

use arrow_schema::{Field, Schema};

use crate::{Plan, arrow::DESCRIPTION, arrow_schema};

/// A language that log types can be exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// JSON Schema, draft 2020-12, of the events.
    JsonSchema,
    /// Arrow schema, in the JSON notation that Arrow implementations exchange for their integration tests.
    Arrow,
    /// Spark's `StructType`, as JSON.
    Spark,
    /// `CREATE TABLE` for DuckDB.
    DuckDb,
    /// Table definition for the catalogue of AWS Glue, as JSON; types are those of Hive.
    Glue,
}

impl Export {
    /// Every language.
    pub const ALL: [Self; 5] = [Self::JsonSchema, Self::Arrow, Self::Spark, Self::DuckDb, Self::Glue];

    /// The name of the language on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::JsonSchema => "json-schema",
            Self::Arrow => "arrow",
            Self::Spark => "spark",
            Self::DuckDb => "duckdb",
            Self::Glue => "glue",
        }
    }
}

/// Exports a log type. The text ends with a line break.
///
/// ```
/// use sawlog_schema::{Export, Plan, export, find_builtin, load};
///
/// let audit = find_builtin("Atlassian.Audit").expect("it is built in");
/// let plan = Plan::new(load(audit.text, audit.path).log_type.expect("a sound schema"));
/// let table = export(&plan, Export::DuckDb);
/// assert!(table.starts_with("CREATE TABLE \"atlassian_audit\" (\n  \"type\" VARCHAR,\n"));
/// ```
pub fn export(plan: &Plan, language: Export) -> String {
    let columns = arrow_schema(plan);
    let mut text = match language {
        Export::JsonSchema => events::json_schema(&plan.log_type).to_string(),
        Export::Arrow => arrow::json(&columns).to_string(),
        Export::Spark => spark::struct_type(&columns).to_string(),
        Export::DuckDb => duckdb::create_table(plan, &columns),
        Export::Glue => glue::table(plan, &columns).to_string(),
    };
    text.push('\n');
    text
}

/// Name of a log type's table: lower case, dots become underscores.
pub(crate) fn table_name(log_type: &str) -> String {
    log_type.to_lowercase().replace('.', "_")
}

fn description(column: &Field) -> Option<&str> {
    column.metadata().get(DESCRIPTION).map(String::as_str)
}

/// Whether a column of text holds JSON.
fn is_json(column: &Field) -> bool {
    column.extension_type_name() == Some("arrow.json")
}

/// The columns of a table with the description of each.
fn columns(schema: &Schema) -> impl Iterator<Item = (&Field, Option<&str>)> {
    schema.fields().iter().map(|column| (&**column, description(column)))
}
