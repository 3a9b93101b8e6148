//! `sawlog schema export`: a log type in the language of another tool.

use std::process::ExitCode;

use sawlog_engine::schema::{ColumnNames, Export, Plan, export};

use super::load_log_type;
use crate::args::Language;
use crate::commands::Failure;
use crate::output::print;

pub(super) fn run(name: &str, language: Language, names: ColumnNames) -> Result<ExitCode, Failure> {
    let plan = Plan::new(load_log_type(name)?).with_column_names(names);
    let plan = plan.map_err(|clash| Failure::usage(format!("{name}: {clash}")))?;
    let language = match language {
        Language::JsonSchema => Export::JsonSchema,
        Language::Arrow => Export::Arrow,
        Language::Spark => Export::Spark,
        Language::Duckdb => Export::DuckDb,
        Language::Glue => Export::Glue,
    };
    print(|out| out.write_all(export(&plan, language).as_bytes()))
}
