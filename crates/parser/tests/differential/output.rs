//! What a printed row should hold, and whether it does.

use std::collections::BTreeMap;

use crate::json::{elements, members};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Out {
    Null,
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// JSON as it is spelled.
    Raw(String),
    List(Vec<Out>),
    /// In this order.
    Object(Vec<(String, Out)>),
    /// JSON Pointer to JSON as it is spelled, in any order.
    Extra(BTreeMap<String, String>),
}

impl Out {
    /// Whether `json` is this value.
    pub(crate) fn is(&self, json: &str) -> bool {
        match self {
            Self::Null => json == "null",
            Self::Text(text) => serde_json::from_str::<String>(json).is_ok_and(|printed| printed == *text),
            Self::Int(value) => json == value.to_string(),
            Self::Float(value) if value.is_finite() => {
                json.parse::<f64>().is_ok_and(|printed| printed.to_bits() == value.to_bits())
            }
            Self::Float(value) => json == format!("\"{value}\""),
            Self::Bool(value) => json == value.to_string(),
            Self::Raw(text) => json == text,
            Self::List(list) => elements(json).is_some_and(|printed| {
                printed.len() == list.len() && list.iter().zip(&printed).all(|(out, json)| out.is(json))
            }),
            Self::Object(expected) => members(json).is_some_and(|printed| are(expected, &printed)),
            Self::Extra(expected) => members(json).is_some_and(|printed| {
                printed.len() == expected.len()
                    && printed.into_iter().collect::<BTreeMap<_, _>>() == *expected
            }),
        }
    }
}

/// Whether the printed members are the expected ones, in their order.
pub(crate) fn are(expected: &[(String, Out)], printed: &[(String, String)]) -> bool {
    let same = |((name, out), (key, json)): (&(String, Out), &(String, String))| name == key && out.is(json);
    expected.len() == printed.len() && expected.iter().zip(printed).all(same)
}

/// The members of a printed row, without those that every row of a run shares.
pub(crate) fn row(text: &str) -> Option<Vec<(String, String)>> {
    const SHARED: [&str; 5] = ["p_log_type", "p_row_id", "p_parse_time", "p_schema_version", "p_source_file"];
    let mut members = members(text)?;
    members.retain(|(key, _)| !SHARED.contains(&key.as_str()));
    Some(members)
}
