//! The words of the schema language, and what other languages call the same.

use crate::Scanner;

/// The keys that may stand in one kind of mapping.
pub(super) type Vocabulary = &'static [&'static str];

pub(super) const TOP: Vocabulary = &[
    "schema",
    "version",
    "description",
    "referenceURL",
    "parser",
    "fields",
    "definitions",
    "fieldDiscoveryEnabled",
];

pub(super) const PARSER: Vocabulary = &["native", "fastmatch", "regex", "csv", "script", "starlark"];

pub(super) const SCRIPT: Vocabulary = &["function"];

pub(super) const NATIVE: Vocabulary = &["name"];

pub(super) const FASTMATCH: Vocabulary =
    &["match", "skipLines", "skipPrefix", "trimSpace", "emptyValues", "expandFields"];

pub(super) const REGEX: Vocabulary = &[
    "match",
    "patternDefinitions",
    "patternDefintions",
    "skipLines",
    "skipPrefix",
    "trimSpace",
    "emptyValues",
    "expandFields",
];

pub(super) const CSV: Vocabulary = &[
    "delimiter",
    "hasHeader",
    "columns",
    "skipLines",
    "skipPrefix",
    "trimSpace",
    "emptyValues",
    "expandFields",
];

pub(super) const FIELD: Vocabulary = &[
    "name",
    "type",
    "required",
    "description",
    "fields",
    "element",
    "indicators",
    "timeFormat",
    "timeFormats",
    "isEventTime",
    "isExpiration",
    "isEmbeddedJSON",
    "validate",
    "target",
    "rename",
    "copy",
    "concat",
    "split",
    "mask",
];

pub(super) const ELEMENT: Vocabulary = &[
    "type",
    "description",
    "fields",
    "element",
    "indicators",
    "timeFormat",
    "timeFormats",
    "isEventTime",
    "isExpiration",
    "isEmbeddedJSON",
    "validate",
    "target",
    "mask",
];

/// Keys that only fields have, since they say where a named value comes from.
pub(super) const FIELDS_ONLY: [&str; 4] = ["rename", "copy", "concat", "split"];

pub(super) const VALIDATE: Vocabulary = &["allow", "deny", "ip", "cidr"];

pub(super) const RENAME: Vocabulary = &["from"];

pub(super) const COPY: Vocabulary = &["from"];

pub(super) const CONCAT: Vocabulary = &["separator", "paths"];

pub(super) const SPLIT: Vocabulary = &["from", "separator", "index"];

pub(super) const MASK: Vocabulary = &["type", "to", "salt"];

/// The type that stands for a definition.
pub(super) const REF: &str = "ref";

/// The types of the language.
pub(super) const TYPES: [&str; 11] =
    ["string", "int", "smallint", "bigint", "float", "boolean", "timestamp", "object", "array", "json", REF];

/// What other languages call the types.
const FOREIGN_TYPES: &[(&str, &str)] = &[
    ("text", "string"),
    ("str", "string"),
    ("varchar", "string"),
    ("int32", "int"),
    ("integer", "int"),
    ("int16", "smallint"),
    ("short", "smallint"),
    ("int64", "bigint"),
    ("long", "bigint"),
    ("double", "float"),
    ("float64", "float"),
    ("number", "float"),
    ("bool", "boolean"),
    ("date", "timestamp"),
    ("datetime", "timestamp"),
    ("time", "timestamp"),
    ("map", "object"),
    ("record", "object"),
    ("struct", "object"),
    ("list", "array"),
    ("any", "json"),
    ("variant", "json"),
];

/// The type that another language's name for it stands for.
pub(super) fn foreign_type(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    FOREIGN_TYPES.iter().find(|(foreign, _)| *foreign == name).map(|(_, ours)| *ours)
}

/// The scanner with this name.
pub(super) fn scanner(name: &str) -> Option<Scanner> {
    Scanner::ALL.into_iter().find(|scanner| scanner.name() == name)
}
