//! JSON read by serde_json, slowly: a tree that knows how each value is spelled.

use std::fmt;

use serde_json::value::RawValue;

/// A value with its text, white space between tokens taken out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Json {
    pub(crate) text: String,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number,
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// A whole document; none if serde_json refuses any part of it.
pub(crate) fn read(document: &[u8]) -> Option<Json> {
    let raw: &RawValue = serde_json::from_slice(document).ok()?;
    value(raw.get())
}

fn value(text: &str) -> Option<Json> {
    let kind = match text.as_bytes()[0] {
        b'n' => Kind::Null,
        b't' => Kind::Bool(true),
        b'f' => Kind::Bool(false),
        b'"' => Kind::String(serde_json::from_str(text).ok()?),
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            Kind::Array(elements.iter().map(|raw| value(raw.get())).collect::<Option<_>>()?)
        }
        b'{' => Kind::Object(
            members(text)?
                .iter()
                .map(|(key, raw)| Some((key.clone(), value(raw)?)))
                .collect::<Option<_>>()?,
        ),
        _ => Kind::Number,
    };
    Some(Json { text: without_blanks(text), kind })
}

/// The members of an object in their order, with the text of their values.
pub(crate) fn members(object: &str) -> Option<Vec<(String, String)>> {
    let Members(members) = serde_json::from_str(object).ok()?;
    Some(members.into_iter().map(|(key, raw)| (key, raw.get().to_owned())).collect())
}

pub(crate) fn elements(array: &str) -> Option<Vec<String>> {
    let elements: Vec<&RawValue> = serde_json::from_str(array).ok()?;
    Some(elements.iter().map(|raw| raw.get().to_owned()).collect())
}

fn without_blanks(text: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    text.chars()
        .filter(|&c| {
            let keep = in_string || !matches!(c, ' ' | '\t' | '\r' | '\n');
            in_string = in_string != (c == '"' && !escaped);
            escaped = in_string && c == '\\' && !escaped;
            keep
        })
        .collect()
}

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}
