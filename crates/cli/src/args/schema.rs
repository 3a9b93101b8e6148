//! The flags of `sawlog schema`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use sawlog_engine::schema::ColumnNames;

use super::column_names;

/// Check, list, show and compare log-type definitions.
#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Check definitions; errors exit with 1, warnings with 0
    #[command(after_help = "Examples:\n  sawlog schema check my.yml\n  sawlog schema check schemas/")]
    Check {
        /// YAML files; of a folder all definitions in it and below
        #[arg(required = true, value_name = "PATH")]
        files: Vec<PathBuf>,
    },
    /// List the built-in log types with what they are and where their vendor documents them
    #[command(after_help = "Example:\n  sawlog schema list")]
    List {
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Print the definition of a built-in log type, or a page about any log type
    #[command(after_help = "Examples:
  sawlog schema show Atlassian.Audit > my.yml
  sawlog schema show my.yml --page > my.md")]
    Show {
        /// Name of a built-in log type; with --page also a YAML file that defines one
        name: String,
        /// Print what it holds as a page in Markdown
        #[arg(long)]
        page: bool,
    },
    /// Print the JSON Schema by which editors complete and check definitions
    #[command(after_help = "Example:
  sawlog schema editor > log-type.schema.json

A definition names the file in a comment at its beginning:
  # yaml-language-server: $schema=log-type.schema.json")]
    Editor,
    /// Tell what changed between two definitions, and whether tables of the old one can go on
    ///
    /// Adding fields and changing what is said about them is compatible; deleting, renaming or retyping one
    /// is breaking, and exits with 1.
    #[command(after_help = "Examples:
  sawlog schema diff old.yml new.yml
  sawlog schema diff Atlassian.Audit my.yml --json")]
    Diff {
        /// Name of a built-in log type, or a YAML file that defines one
        old: String,
        /// The definition to compare with it
        new: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Run the tests of log types: files named like my_log_tests.yml, and folders that hold some
    ///
    /// Each YAML document of such a file is a test: `logType`, `input`, and `result`, `results` or `error`.
    /// An event must be as the test expects, with nothing besides; indicators count too, as sets. Row id and
    /// parse time are never compared, and log type, schema version, source, p_extra and p_flags only where
    /// the test mentions them. Exits with 1 if a test fails.
    #[command(after_help = "Examples:
  sawlog schema test schemas
  sawlog schema test my_log_tests.yml --json")]
    Test {
        /// Files of tests, definitions with tests beside them, or folders
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write the definition of a log type that is nowhere defined, from all records of the log
    ///
    /// Reads JSON. A comment stands above each field that someone should look at. The definition is checked
    /// against the same records; exits with 1 if one of them is refused, or a value has no field.
    #[command(after_help = "Examples:
  sawlog schema infer app.ndjson --name Custom.App > app.yml
  zcat dumps/*.gz | sawlog schema infer - > my.yml")]
    Infer {
        /// Files, folders, globs, or `-` for standard input; gzip and zstd are found by content
        #[arg(required = true, value_name = "INPUT")]
        inputs: Vec<String>,
        /// Name of the log type
        #[arg(long, value_name = "NAME", default_value = "Custom.Inferred")]
        name: String,
        /// Dotted path to the records within each document, or `none` to leave pages whole [default: found by
        /// what documents look like]
        #[arg(long, value_name = "PATH")]
        records_path: Option<String>,
    },
    /// Tell what a log has that its definition has not, and print a patch that adds it
    ///
    /// Looks at all records. What was found goes to standard error, and the patch, a unified diff of the
    /// definition, to standard output; with --json both go there as one object. What differs is no error;
    /// inputs without any event are one, and exit with 1.
    #[command(after_help = "Examples:
  sawlog schema drift app.ndjson --schema my.yml
  sawlog schema drift dumps/ --schema my.yml | patch -p1")]
    Drift {
        /// Files, folders, globs, or `-` for standard input; gzip and zstd are found by content
        #[arg(required = true, value_name = "INPUT")]
        inputs: Vec<String>,
        /// Name of a built-in log type, or a YAML file that defines one
        #[arg(long, value_name = "NAME|FILE")]
        schema: String,
        /// Dotted path to the records within each document, or `none` to leave pages whole [default:
        /// well-known names are found]
        #[arg(long, value_name = "PATH")]
        records_path: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print a log type in the language of another tool
    ///
    /// `json-schema` describes the events that the log type accepts. The others describe its table, standard
    /// columns included: a schema for Arrow or Spark as JSON, `CREATE TABLE` for DuckDB, and the table input
    /// of AWS Glue, to which the location of the lake has to be added. Its partition keys are those of
    /// convert's default, `--partition day`: add `hour` or take them out where another one is used. Where
    /// names hold more than letters, digits and `_`, Glue needs `--column-names normalized`, here and with
    /// convert.
    #[command(after_help = "Examples:
  sawlog schema export Atlassian.Audit --as duckdb
  sawlog schema export my.yml --as json-schema > my.schema.json")]
    Export {
        /// Name of a built-in log type, or a YAML file that defines one
        #[arg(value_name = "NAME|FILE")]
        name: String,
        /// The language
        #[arg(long = "as", value_name = "LANGUAGE")]
        language: Language,
        /// How the table's columns are called; the same as for convert
        #[arg(long, value_name = "HOW", default_value = "original", value_parser = column_names())]
        column_names: ColumnNames,
    },
}

/// Languages that a log type is exported to.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Language {
    JsonSchema,
    Arrow,
    Spark,
    Duckdb,
    Glue,
}
