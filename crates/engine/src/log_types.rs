//! The log types of a run, looked at together before it begins.

use std::collections::HashMap;
use std::sync::Arc;

use sawlog_schema::{ColumnNames, LogType, Plan};
use sawlog_writer::{PartitionBy, table_folder};

use crate::error::{Error, Result};

/// Refuses log types that cannot be told apart afterwards: two of the same name, or of names that share a
/// table's folder.
pub(crate) fn refuse_clashes(plans: &[Arc<Plan>]) -> Result<()> {
    if plans.is_empty() {
        return Err(Error::Usage("no log type is given; name at least one".to_owned()));
    }
    let mut folders: HashMap<String, &Plan> = HashMap::new();
    for plan in plans {
        let folder = table_folder(&plan.log_type.name);
        let Some(other) = folders.insert(folder.clone(), plan) else { continue };
        let (first, second) = (&other.log_type, &plan.log_type);
        return Err(Error::Usage(if first.name == second.name {
            format!(
                "the log type {} is given twice, in {} and in {}; leave one of them out",
                first.name, first.source, second.source
            )
        } else {
            format!(
                "the log types {} ({}) and {} ({}) would share the table {folder}; rename one of them, or \
                 convert them into different folders",
                first.name, first.source, second.name, second.source
            )
        }));
    }
    Ok(())
}

/// Refuses a log type with a field that is called like a partition: readers take the value from the folder's
/// name and never show the field.
pub(crate) fn refuse_partition_names(plans: &[Arc<Plan>], partition: PartitionBy) -> Result<()> {
    let folders: &[&str] = match partition {
        PartitionBy::None => &[],
        PartitionBy::Day => &["year", "month", "day"],
        PartitionBy::Hour => &["year", "month", "day", "hour"],
    };
    let clashes = |name: &str| folders.iter().any(|folder| folder.eq_ignore_ascii_case(name));
    for plan in plans {
        let mut columns = plan.members(0).nodes().iter().map(|&node| &plan.nodes[node as usize]);
        if let Some(node) = columns.find(|node| clashes(&node.column)) {
            return Err(Error::Usage(format!(
                "the log type {} has a field `{}` (line {} of {}), which readers confuse with the partition \
                 of that name; use --partition none",
                plan.log_type.name, node.name, node.line, plan.log_type.source
            )));
        }
    }
    Ok(())
}

/// The log types with columns called as asked.
pub(crate) fn with_column_names(plans: Vec<Arc<Plan>>, names: ColumnNames) -> Result<Vec<Arc<Plan>>> {
    if names == ColumnNames::Original {
        return Ok(plans);
    }
    let renamed = plans.iter().map(|plan| {
        Plan::clone(plan).with_column_names(names).map(Arc::new).map_err(|clash| {
            let LogType { name, source, .. } = &plan.log_type;
            let message = format!(
                "the log type {name} ({source}) cannot have --column-names {}: {clash}; call one of \
                 them otherwise with `rename`",
                names.name()
            );
            Error::Usage(message)
        })
    });
    renamed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: &str, source: &str) -> Arc<Plan> {
        let yaml = format!("{{schema: {name}, fields: [{{name: day, type: int}}]}}");
        Arc::new(Plan::new(sawlog_schema::load(&yaml, source).log_type.unwrap()))
    }

    #[test]
    fn log_types_that_would_mix_are_refused_by_name() {
        assert!(refuse_clashes(&[]).is_err());
        assert!(refuse_clashes(&[plan("Custom.One", "a.yml"), plan("Custom.Two", "b.yml")]).is_ok());
        let same = refuse_clashes(&[plan("Custom.One", "a.yml"), plan("Custom.One", "b.yml")]);
        let told = same.unwrap_err().to_string();
        assert!(told.contains("Custom.One is given twice, in a.yml and in b.yml"), "{told}");
        let folder = refuse_clashes(&[plan("Custom.DoorLog", "a.yml"), plan("Custom.Doorlog", "b.yml")]);
        let told = folder.unwrap_err().to_string();
        assert!(told.contains("Custom.DoorLog (a.yml) and Custom.Doorlog (b.yml)"), "{told}");
        assert!(told.contains("the table custom_doorlog"), "{told}");
    }

    #[test]
    fn every_log_type_is_held_against_the_partitions() {
        let plans = [plan("Custom.One", "a.yml"), plan("Custom.Two", "b.yml")];
        let told = refuse_partition_names(&plans[1..], PartitionBy::Day).unwrap_err().to_string();
        assert!(told.contains("Custom.Two has a field `day` (line 1 of b.yml)"), "{told}");
        assert!(refuse_partition_names(&plans, PartitionBy::None).is_ok());
    }

    #[test]
    fn columns_that_would_have_one_name_are_refused() {
        let yaml = "{schema: Custom.One, fields: [{name: a.b, type: int}, {name: a_b, type: int}]}";
        let plans = vec![Arc::new(Plan::new(sawlog_schema::load(yaml, "a.yml").log_type.unwrap()))];
        assert!(with_column_names(plans.clone(), ColumnNames::Original).is_ok());
        let told = with_column_names(plans, ColumnNames::Normalized).unwrap_err().to_string();
        assert!(told.contains("the columns of `a.b` and `a_b` would both be called `a_b`"), "{told}");
    }
}
