//! serde_json's opinion. Its `RawValue` reads a whole document with the grammar that is wanted, and leaves
//! numbers as they are. What it does not look at, namely depth, surrogates and the number of keys, is looked
//! at while the value is taken apart, one level after the other, by serde_json again.

use std::fmt;

use serde_json::value::RawValue;

use crate::{DEPTH_MAX, KEYS_MAX, tree::Tree};

/// The value of an accepted document.
pub(crate) fn read(document: &[u8]) -> Option<Tree> {
    read_to(document, DEPTH_MAX)
}

/// The same for a document that may nest to another depth.
pub(crate) fn read_to(document: &[u8], depth: usize) -> Option<Tree> {
    let raw: &RawValue = serde_json::from_slice(document).ok()?;
    take_apart(raw.get(), depth)
}

/// `depth` is the number of levels that may still be opened.
fn take_apart(text: &str, depth: usize) -> Option<Tree> {
    let container = matches!(text.as_bytes()[0], b'[' | b'{');
    let depth = if container { depth.checked_sub(1)? } else { depth };
    Some(match text.as_bytes()[0] {
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            Tree::Array(elements.into_iter().map(|raw| take_apart(raw.get(), depth)).collect::<Option<_>>()?)
        }
        b'{' => {
            let Members(members) = serde_json::from_str(text).ok()?;
            if members.len() > KEYS_MAX {
                return None;
            }
            let member = |(key, raw): (String, &RawValue)| Some((key, take_apart(raw.get(), depth)?));
            Tree::Object(members.into_iter().map(member).collect::<Option<_>>()?)
        }
        b'"' => Tree::String(serde_json::from_str(text).ok()?),
        b't' => Tree::Bool(true),
        b'f' => Tree::Bool(false),
        b'n' => Tree::Null,
        _ => Tree::Number(text.to_owned()),
    })
}

/// The members of an object in their order, those with the same key included.
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
