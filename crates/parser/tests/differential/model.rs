//! What should become of an event, worked out from the rules of the schema language, one value at a time.

use std::collections::{BTreeMap, BTreeSet};

use crate::json::{Json, Kind, read};
use crate::output::Out;
use crate::scalars::{Time, boolean, float, indicators, integer, time};
use crate::schemas::{Field, Type};

/// What should become of a record.
#[derive(Debug)]
pub(crate) enum Expected {
    /// The members of the printed row, without those that every row of a run shares.
    Row(Vec<(String, Out)>),
    /// A reject for one of these reasons: which of them is met first is the parser's affair.
    Rejected(Vec<&'static str>),
}

pub(crate) struct Model<'a> {
    pub(crate) schema: &'a Type,
    pub(crate) keep_missing: bool,
    /// Printed in place of an event time.
    pub(crate) parse_time: &'static str,
}

/// What has been found out about one record.
#[derive(Default)]
struct Found {
    event_time: Option<Time>,
    indicators: BTreeMap<&'static str, BTreeSet<String>>,
    extra: BTreeMap<String, String>,
    missing: BTreeSet<String>,
    wrong: Vec<&'static str>,
}

/// What stands before the comma at the end of a line. Behind an object it is none of the record.
fn before_comma(line: &[u8]) -> Option<&[u8]> {
    line.trim_ascii_end().strip_suffix(b",").filter(|rest| rest.trim_ascii_start().starts_with(b"{"))
}

impl Model<'_> {
    pub(crate) fn record(&self, line: &[u8]) -> Expected {
        let event = read(line).or_else(|| read(before_comma(line)?));
        let Some(event) = event else { return Expected::Rejected(vec!["invalid_json"]) };
        let (Kind::Object(members), Type::Object(fields)) = (&event.kind, self.schema) else {
            return Expected::Rejected(vec!["not_an_object"]);
        };
        let mut found = Found::default();
        let mut row = object(fields, members, "", "", &mut found);
        if !self.keep_missing && !found.missing.is_empty() {
            found.wrong.push("missing_required");
        }
        if !found.wrong.is_empty() {
            return Expected::Rejected(found.wrong);
        }
        let mut paths = Vec::new();
        required(fields, "", &mut paths);
        paths.retain(|path| found.missing.contains(path));
        let mut flags: Vec<String> = paths.iter().map(|path| format!("missing_required:{path}")).collect();
        let time = found.event_time.as_ref().map_or_else(
            || {
                flags.insert(0, "event_time_missing".to_owned());
                self.parse_time.to_owned()
            },
            Time::utc,
        );
        row.push(("p_event_time".to_owned(), Out::Text(time)));
        for column in ["p_any_ip_addresses", "p_any_domain_names", "p_any_emails", "p_any_usernames"] {
            if let Some(values) = found.indicators.remove(column) {
                row.push((column.to_owned(), Out::List(values.into_iter().map(Out::Text).collect())));
            }
        }
        if !found.extra.is_empty() {
            row.push(("p_extra".to_owned(), Out::Extra(found.extra)));
        }
        if !flags.is_empty() {
            row.push(("p_flags".to_owned(), Out::List(flags.into_iter().map(Out::Text).collect())));
        }
        Expected::Row(row)
    }
}

/// The paths of all fields that are required, in schema order.
fn required(fields: &[Field], path: &str, paths: &mut Vec<String>) {
    for field in fields {
        let mut path = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        if field.required {
            paths.push(path.clone());
        }
        let mut value = &field.value;
        while let Type::Array(element) = value {
            path.push_str("[]");
            value = element;
        }
        if let Type::Object(fields) = value {
            required(fields, &path, paths);
        }
    }
}

/// The members of a declared object, in schema order. `path` is dotted, `pointer` a JSON Pointer.
fn object(
    fields: &[Field],
    members: &[(String, Json)],
    path: &str,
    pointer: &str,
    found: &mut Found,
) -> Vec<(String, Out)> {
    // The last one wins.
    let members: BTreeMap<&str, &Json> = members.iter().map(|(key, value)| (key.as_str(), value)).collect();
    let mut row = Vec::new();
    for field in fields {
        let path = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        let given = members.get(field.name.as_str());
        let out = given.and_then(|json| {
            value(&field.value, json, &path, &format!("{pointer}/{}", token(&field.name)), found)
        });
        let json_null = field.value == Type::Json && given.is_some();
        if out.is_none() && field.required && !json_null {
            found.missing.insert(path);
        }
        // An empty array is left out.
        row.extend(out.filter(|out| *out != Out::List(Vec::new())).map(|out| (field.name.clone(), out)));
    }
    for (name, json) in members {
        if fields.iter().all(|field| field.name != name) {
            found.extra.insert(format!("{pointer}/{}", token(name)), json.text.clone());
        }
    }
    row
}

fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A declared value; none if it is absent. A wrong one is noted, and absent.
fn value(declared: &Type, json: &Json, path: &str, pointer: &str, found: &mut Found) -> Option<Out> {
    if json.kind == Kind::Null {
        return None;
    }
    let outcome = match declared {
        Type::Json => Ok(Some(Out::Raw(json.text.clone()))),
        Type::String { indicators: scanners, event_time } => {
            let text = match &json.kind {
                Kind::String(text) => Some(text.clone()),
                Kind::Number | Kind::Bool(_) => Some(json.text.clone()),
                _ => None,
            };
            if let Some(text) = &text {
                indicators(scanners, text, &mut |column, value| {
                    found.indicators.entry(column).or_default().insert(value.to_owned());
                });
                if *event_time && found.event_time.is_none() {
                    found.event_time = time(text);
                }
            }
            text.map(|text| Some(Out::Text(text))).ok_or("type_mismatch")
        }
        Type::Int(bits) => integer(json, *bits).map(|value| value.map(Out::Int)),
        Type::Float => float(json).map(|value| value.map(Out::Float)),
        Type::Boolean => boolean(json).map(|value| value.map(Out::Bool)),
        Type::Timestamp { event_time } => match &json.kind {
            Kind::String(text) if text.is_empty() => Ok(None),
            Kind::String(text) => time(text).ok_or("invalid_timestamp").map(|time| {
                let own = time.own_format();
                if *event_time && found.event_time.is_none() {
                    found.event_time = Some(time);
                }
                Some(Out::Text(own))
            }),
            _ => Err("type_mismatch"),
        },
        Type::Object(fields) => match &json.kind {
            Kind::Object(members) => Ok(Some(Out::Object(object(fields, members, path, pointer, found)))),
            _ => Err("type_mismatch"),
        },
        Type::Array(element) => array(element, json, path, pointer, found),
    };
    outcome.unwrap_or_else(|code| {
        found.wrong.push(code);
        None
    })
}

fn array(
    element: &Type,
    json: &Json,
    path: &str,
    pointer: &str,
    found: &mut Found,
) -> Result<Option<Out>, &'static str> {
    let path = format!("{path}[]");
    match (&json.kind, element) {
        (Kind::Array(elements), _) => {
            let mut list = Vec::new();
            for (index, json) in elements.iter().enumerate() {
                let out = value(element, json, &path, &format!("{pointer}/{index}"), found);
                list.push(out.unwrap_or(Out::Null));
            }
            Ok(Some(Out::List(list)))
        }
        // One object for an array of objects.
        (Kind::Object(_), Type::Object(_)) => {
            Ok(value(element, json, &path, pointer, found).map(|out| Out::List(vec![out])))
        }
        _ => Err("type_mismatch"),
    }
}
