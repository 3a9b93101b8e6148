//! JSON to be written for others: a tree that keeps the order of its members, printed over several lines.
//!
//! What is exported is read by people too, and compared with files that are committed: members stand in the
//! order in which they say something, not in that of the alphabet. Nothing is ever read into this tree.

use std::fmt::{self, Display, Formatter, Write};

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// Columns that a list of scalars may take on one line.
const LINE: usize = 120;

impl Json {
    /// An object with these members; those whose value is `None` are left out.
    pub(crate) fn object<const N: usize>(members: [(&str, Option<Self>); N]) -> Self {
        let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Self::Object(present.collect())
    }

    /// A list of texts.
    pub(crate) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::Text(text.into())).collect())
    }

    /// One text as it is, several as a list.
    pub(crate) fn text_or_texts(texts: &[&str]) -> Self {
        match texts {
            [one] => (*one).into(),
            several => Self::texts(several.iter().copied()),
        }
    }

    /// Prints the value, whose own lines begin `indent` columns from the left.
    fn print(&self, out: &mut Formatter<'_>, indent: usize) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Bool(value) => write!(out, "{value}"),
            Self::Int(value) => write!(out, "{value}"),
            Self::Text(text) => quote(out, text),
            Self::List(items) if items.is_empty() => out.write_str("[]"),
            Self::List(items) if self.fits() => {
                for (at, item) in items.iter().enumerate() {
                    out.write_str(if at == 0 { "[" } else { ", " })?;
                    item.print(out, indent)?;
                }
                out.write_char(']')
            }
            Self::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    line(out, if at == 0 { "[" } else { "," }, indent + 2)?;
                    item.print(out, indent + 2)?;
                }
                line(out, "", indent)?;
                out.write_char(']')
            }
            Self::Object(members) if members.is_empty() => out.write_str("{}"),
            Self::Object(members) => {
                for (at, (name, value)) in members.iter().enumerate() {
                    line(out, if at == 0 { "{" } else { "," }, indent + 2)?;
                    quote(out, name)?;
                    out.write_str(": ")?;
                    value.print(out, indent + 2)?;
                }
                line(out, "", indent)?;
                out.write_char('}')
            }
        }
    }

    /// Whether a list is short and flat enough for one line.
    fn fits(&self) -> bool {
        let Self::List(items) = self else { return false };
        let width = |item: &Self| match item {
            Self::Null | Self::Bool(_) => Some(7),
            Self::Int(value) => Some(value.to_string().len() + 2),
            Self::Text(text) => Some(text.len() + 4),
            Self::List(_) | Self::Object(_) => None,
        };
        items.iter().try_fold(0, |sum, item| Some(sum + width(item)?)).is_some_and(|sum| sum <= LINE)
    }
}

impl Display for Json {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        self.print(out, 0)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

fn line(out: &mut Formatter<'_>, end: &str, indent: usize) -> fmt::Result {
    write!(out, "{end}\n{:indent$}", "")
}

fn quote(out: &mut Formatter<'_>, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\t' => out.write_str("\\t")?,
            // A terminal may take C1 controls for commands, too.
            c if c.is_control() => write!(out, "\\u{:04x}", c as u32)?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lists_of_scalars_stand_on_one_line() {
        let object = Json::object([
            ("type", Some(Json::texts(["string", "null"]))),
            ("none", None),
            ("empty", Some(Json::Object(Vec::new()))),
            ("nested", Some(Json::List(vec![Json::List(Vec::new()), Json::Null]))),
        ]);
        let expected = "\
{
  \"type\": [\"string\", \"null\"],
  \"empty\": {},
  \"nested\": [
    [],
    null
  ]
}";
        assert_eq!(object.to_string(), expected);
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::Bool),
            any::<i64>().prop_map(Json::Int),
            any::<String>().prop_map(Json::Text),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Json::List),
                prop::collection::vec((any::<String>(), inner), 0..6).prop_map(Json::Object),
            ]
        })
    }

    /// The same value by serde_json.
    fn oracle(json: &Json) -> serde_json::Value {
        match json {
            Json::Null => serde_json::Value::Null,
            Json::Bool(value) => (*value).into(),
            Json::Int(value) => (*value).into(),
            Json::Text(text) => text.as_str().into(),
            Json::List(items) => items.iter().map(oracle).collect(),
            Json::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), oracle(value))).collect()
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(json in any_json()) {
            let read: serde_json::Value = serde_json::from_str(&json.to_string()).unwrap();
            prop_assert_eq!(read, oracle(&json));
        }
    }
}
