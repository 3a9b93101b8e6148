//! A query that shows how the table of a log type is asked: by an indicator, where there is one.

use crate::{Field, Indicator, LogType, Value, ValueKind, export::table_name, log_type};

/// How many fields are selected besides the time.
const FIELDS: usize = 4;

/// The query, in the SQL of DuckDB; it ends with a line break.
pub(super) fn sql(log_type: &LogType) -> String {
    let fields = [vec!["p_event_time".to_owned()], chosen(&log_type.fields)].concat().join(", ");
    let indicators = log_type::indicators(log_type.fields.iter().map(|field| &field.value));
    let condition = match indicators.first() {
        Some(indicator) => format!("list_contains({}, '{}')", indicator.column(), example(*indicator)),
        None => "p_event_time >= now() - INTERVAL 7 DAY".to_owned(),
    };
    format!(
        "SELECT {fields}\n\
         FROM read_parquet('lake/{}/**/*.parquet') AS e\n\
         WHERE {condition}\n\
         ORDER BY p_event_time DESC\n\
         LIMIT 100;\n",
        table_name(&log_type.name)
    )
}

/// Paths of the fields to show, in schema order: those with indicators, then the first others. What lies in
/// arrays has no single value, and is left out.
fn chosen(fields: &[Field]) -> Vec<String> {
    let mut leaves: Vec<(String, &Value)> = Vec::new();
    add(fields, "", &mut leaves);
    let mut picked: Vec<usize> = (0..leaves.len()).collect();
    picked.sort_by_key(|&at| leaves[at].1.indicators.is_empty());
    picked.truncate(FIELDS);
    picked.sort_unstable();
    picked.into_iter().map(|at| format!("e.{}", leaves[at].0)).collect()
}

/// Recurses over levels of the schema, of which there are at most [`crate::limits::LEVELS`].
fn add<'a>(fields: &'a [Field], parent: &str, leaves: &mut Vec<(String, &'a Value)>) {
    let dot = if parent.is_empty() { "" } else { "." };
    for field in fields {
        let path = format!("{parent}{dot}{}", identifier(&field.name));
        match &field.value.kind {
            ValueKind::Object(members) => add(members, &path, leaves),
            ValueKind::Array(_) | ValueKind::Json => {}
            _ => leaves.push((path, &field.value)),
        }
    }
}

/// A name behind a dot: there even key words stand for themselves.
fn identifier(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A value that the column may hold; names and addresses are those reserved for documentation.
const fn example(indicator: Indicator) -> &'static str {
    match indicator {
        Indicator::IpAddresses => "203.0.113.7",
        Indicator::DomainNames => "www.example.com",
        Indicator::Emails => "mara@example.com",
        Indicator::Usernames => "mara",
        Indicator::ActorIds => "557058:0e7c",
        Indicator::TraceIds => "4bf92f3577b34da6",
        Indicator::Md5Hashes => "d41d8cd98f00b204e9800998ecf8427e",
        Indicator::Sha1Hashes => "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        Indicator::Sha256Hashes => "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        Indicator::MacAddresses => "00:00:5e:00:53:01",
        Indicator::SerialNumbers => "C02XK0AAJG5H",
        Indicator::AwsAccountIds => "123456789012",
        Indicator::AwsInstanceIds => "i-0123456789abcdef0",
        Indicator::AwsArns => "arn:aws:iam::123456789012:user/mara",
        Indicator::AwsTags => "stage:test",
    }
}
