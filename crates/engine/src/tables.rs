//! Whether new files would make one table with those that are there.
//!
//! Readers take a table as one: its folders are all days or all hours, a column is called the same in every
//! file and has the same type. A run that would break this is refused, before it reads anything if it has but
//! one table to fill. Files that it replaces do not count. Columns may come and go, which readers know how to
//! deal with.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use sawlog_schema::{ColumnNames, Plan, normalize};
use sawlog_writer::{Entry, Lake, State, TableFormat, TableOutput, table_folder};

use crate::error::{Error, Result};
use crate::options::ConvertOptions;

/// A table that a run may add to, as one earlier run left it.
struct Held<'e> {
    entry: &'e Entry,
    output: &'e TableOutput,
    /// Number of its log type in the run.
    number: usize,
}

/// Refuses to add files to a table that would not be one afterwards, among those that `is_filled` names by
/// their folders.
///
/// # Errors
/// Fails with a usage error where a run that is not among `replaces` wrote rows of one of the log types in
/// another way, and with another one where a file of such a run cannot be read.
pub(crate) fn refuse_mixtures(
    lake: &Lake,
    replaces: &[String],
    options: &ConvertOptions,
    formats: &[Arc<TableFormat>],
    is_filled: impl Fn(&str) -> bool,
) -> Result<()> {
    let replaces: HashSet<&String> = replaces.iter().collect();
    let numbers: HashMap<&str, usize> =
        formats.iter().enumerate().map(|(number, format)| (format.folder(), number)).collect();
    let kept = lake.entries().iter().filter(|e| e.state != State::Replaced && !replaces.contains(&e.name()));
    let held: Vec<Held> = kept
        .flat_map(|entry| entry.tables.iter().map(move |output| (entry, output)))
        .filter(|(_, output)| output.rows > 0 && is_filled(&output.table))
        .filter_map(|(entry, output)| {
            let number = *numbers.get(output.table.as_str())?;
            Some(Held { entry, output, number })
        })
        .collect();
    refuse_other_folders(&held, options)?;
    refuse_other_names(&held, &options.plans, options.column_names)?;
    refuse_other_types(&held, lake.root(), options, formats)
}

/// What there is to do about a table that is cut or called otherwise.
const SAME_AGAIN: &str =
    "give the same as then, use --force with all inputs that the table was made of, or use another --out";

/// Days beside hours, or either beside files in no folder.
fn refuse_other_folders(held: &[Held<'_>], options: &ConvertOptions) -> Result<()> {
    let now = options.partition.to_string();
    for Held { entry, output, .. } in held {
        if let Some(then) = entry.options.get("partition").filter(|then| **then != now) {
            return Err(Error::Usage(format!(
                "the table {} was written with --partition {then}, and readers refuse folders of another \
                 kind beside those, such as --partition {now} would make; {SAME_AGAIN}",
                output.table
            )));
        }
    }
    Ok(())
}

/// Columns that are called otherwise.
fn refuse_other_names(held: &[Held<'_>], plans: &[Arc<Plan>], names: ColumnNames) -> Result<()> {
    let option = "column-names";
    let is_other = |held: &&Held<'_>| {
        let then = held.entry.options.get(option);
        then.map_or(ColumnNames::Original.name(), String::as_str) != names.name()
    };
    let others: HashSet<usize> = held.iter().filter(is_other).map(|held| held.number).collect();
    for (_, plan) in plans.iter().enumerate().filter(|(number, _)| others.contains(number)) {
        // Elements and the event itself have no name.
        let mut fields = plan.nodes.iter().filter(|node| !node.name.is_empty());
        let Some(node) = fields.find(|node| normalize(&node.name) != node.name) else { continue };
        let (original, normalized) = (&node.name, &normalize(&node.name));
        let (then, old, new) = match names {
            ColumnNames::Original => (ColumnNames::Normalized, normalized, original),
            ColumnNames::Normalized => (ColumnNames::Original, original, normalized),
        };
        return Err(Error::Usage(format!(
            "the table {} was written with --{option} {}, and its column `{old}` would be called `{new}` in \
             new files; {SAME_AGAIN}",
            table_folder(&plan.log_type.name),
            then.name()
        )));
    }
    Ok(())
}

/// Columns of another type. What a definition made of its columns is read from one file of each that the
/// table was written by, and from none where that is the definition of now.
fn refuse_other_types(
    held: &[Held<'_>],
    root: &Path,
    options: &ConvertOptions,
    formats: &[Arc<TableFormat>],
) -> Result<()> {
    let mut compared = HashSet::new();
    for Held { entry, output, number } in held {
        let plan = &options.plans[*number];
        let is_of_now =
            output.schema.fingerprint == plan.fingerprint && entry.sawlog == env!("CARGO_PKG_VERSION");
        let definition = (number, &output.schema.fingerprint, &entry.sawlog);
        if is_of_now || compared.contains(&definition) {
            continue;
        }
        // Days that are no longer wanted may have been removed.
        let Some(file) = output.files.iter().find(|file| root.join(&file.path).exists()) else { continue };
        compared.insert(definition);
        if let Some(clash) = formats[*number].clash_with(&root.join(&file.path))? {
            return Err(Error::Usage(format!(
                "the table {} has the column `{}` as {} since the run {} ({}), and {} ({}) declares it as \
                 {}: readers would refuse old and new files together; declare it under another name or as \
                 {} again, call the log type otherwise, use another --out, or use --force with all inputs \
                 that the table was made of",
                output.table,
                clash.column,
                clash.held,
                entry.name(),
                file.path,
                plan.log_type.name,
                plan.log_type.source,
                clash.now,
                clash.held,
            )));
        }
    }
    Ok(())
}
