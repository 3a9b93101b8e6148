//! What is said where the lake holds an input in another form.

use sawlog_writer::{Entry, Input, SchemaId};

use crate::error::Error;
use crate::history::Recipe;

/// Names of log types that a message lists, before it only counts them.
const LISTED: usize = 5;

/// The input called `name` is held by `entry`, which followed another recipe.
pub(crate) fn refusal(name: &str, entry: &Entry, recipe: &Recipe) -> Error {
    let mut differences = of_schemas(&entry.tables.iter().map(|t| &t.schema).collect::<Vec<_>>(), recipe);
    if entry.sawlog != env!("CARGO_PKG_VERSION") {
        differences.push(format!("by sawlog {}", entry.sawlog));
    }
    let keys = entry.options.keys().chain(recipe.options.keys().filter(|k| !entry.options.contains_key(*k)));
    for key in keys {
        let (then, now) = (entry.options.get(key), recipe.options.get(key));
        if then != now {
            let shown = |value: Option<&String>| value.map_or_else(|| "unset".to_owned(), String::clone);
            differences.push(format!("with --{key} {}, now {}", shown(then), shown(now)));
        }
    }
    Error::Usage(format!(
        "{name} was converted before {}; give the same options to skip it, --force to replace what it gave \
         then, or another --out",
        differences.join(", ")
    ))
}

/// How the log types of then differ from those of now.
fn of_schemas(then: &[&SchemaId], recipe: &Recipe) -> Vec<String> {
    let now = &recipe.schemas;
    let gone: Vec<&SchemaId> =
        then.iter().copied().filter(|old| now.iter().all(|new| new.name != old.name)).collect();
    let new: Vec<&SchemaId> = now.iter().filter(|new| then.iter().all(|old| new.name != old.name)).collect();
    let changed: Vec<&SchemaId> = now
        .iter()
        .filter(|new| then.iter().any(|old| old.name == new.name && old.fingerprint != new.fingerprint))
        .collect();
    let mut differences = Vec::new();
    if !gone.is_empty() {
        differences.push(format!("with {}, not given now", listed(&gone)));
    }
    if !new.is_empty() {
        differences.push(format!("without {}", listed(&new)));
    }
    if !changed.is_empty() {
        differences.push(format!("by another definition of {}", listed(&changed)));
    }
    if differences.is_empty() && !then.iter().copied().eq(now) {
        differences.push("with the log types in another order".to_owned());
    }
    differences
}

fn listed(schemas: &[&SchemaId]) -> String {
    let names: Vec<&str> = schemas.iter().take(LISTED).map(|schema| schema.name.as_str()).collect();
    let more =
        if schemas.len() > LISTED { format!(" and {} more", schemas.len() - LISTED) } else { String::new() };
    format!("the log type{} {}{more}", if schemas.len() == 1 { "" } else { "s" }, names.join(", "))
}

/// Replacing an earlier run would take along what it made of an input that is not given now.
pub(crate) fn would_lose(input: &Input) -> Error {
    Error::Usage(format!(
        "--force would replace an earlier run that also held {}; give that input too, or use another --out",
        input.path
    ))
}

#[cfg(test)]
mod tests {
    use sawlog_writer::TableOutput;

    use super::*;

    fn schemas(names: &[&str]) -> Vec<SchemaId> {
        let schema = |name: &&str| {
            let (name, fingerprint) = name.split_once(':').unwrap_or((name, "a"));
            SchemaId { name: name.to_owned(), version: 0, fingerprint: fingerprint.to_owned() }
        };
        names.iter().map(schema).collect()
    }

    fn told(then: &[&str], now: &[&str]) -> String {
        let tables = schemas(then).into_iter().map(|schema| TableOutput { schema, ..TableOutput::default() });
        let entry = Entry { tables: tables.collect(), ..Entry::default() };
        let recipe = Recipe { schemas: schemas(now), options: entry.options.clone() };
        let text = refusal("dump", &entry, &recipe).to_string();
        let (_, differences) = text.split_once("dump was converted before ").unwrap();
        differences.split_once("; give the same options").unwrap().0.to_owned()
    }

    #[test]
    fn the_difference_between_log_types_is_named() {
        assert_eq!(told(&["A", "B"], &["A"]), "with the log type B, not given now");
        assert_eq!(told(&["A"], &["A", "B", "C"]), "without the log types B, C");
        assert_eq!(told(&["A"], &["B"]), "with the log type A, not given now, without the log type B");
        assert_eq!(told(&["A", "B:b"], &["A", "B:c"]), "by another definition of the log type B");
        assert_eq!(told(&["A", "B"], &["B", "A"]), "with the log types in another order");
        let many = ["A", "B", "C", "D", "E", "F", "G"];
        assert_eq!(told(&many, &["A"]), "with the log types B, C, D, E, F and 1 more, not given now");
    }
}
