//! The words of the schema language: what is read, what is refused for now, and what is merely near a word.

use crate::Scanner;

/// The keys that may stand in one kind of mapping.
pub(super) struct Vocabulary {
    /// Keys that are read.
    pub(super) known: &'static [&'static str],
    /// Keys of the language whose feature is missing, each with the feature's name.
    pub(super) missing: &'static [(&'static str, &'static str)],
}

pub(super) const TOP: Vocabulary = Vocabulary {
    known: &["schema", "version", "description", "referenceURL", "parser", "fields", "fieldDiscoveryEnabled"],
    missing: &[("definitions", "shared definitions")],
};

pub(super) const PARSER: Vocabulary = Vocabulary {
    known: &["native"],
    missing: &[
        ("fastmatch", "the fastmatch text parser"),
        ("regex", "the regex text parser"),
        ("csv", "the CSV parser"),
        ("script", "the script parser"),
        ("starlark", "the script parser"),
    ],
};

pub(super) const NATIVE: Vocabulary = Vocabulary { known: &["name"], missing: &[] };

const MISSING_IN_VALUES: &[(&str, &str)] = &[
    ("rename", "renaming"),
    ("copy", "copying"),
    ("concat", "concatenation"),
    ("split", "splitting"),
    ("mask", "masking"),
    ("validate", "validation"),
    ("isEmbeddedJSON", "JSON embedded in text"),
    ("isExpiration", "expiration times"),
    ("target", "references to definitions"),
];

pub(super) const FIELD: Vocabulary = Vocabulary {
    known: &[
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
    ],
    missing: MISSING_IN_VALUES,
};

pub(super) const ELEMENT: Vocabulary = Vocabulary {
    known: &[
        "type",
        "description",
        "fields",
        "element",
        "indicators",
        "timeFormat",
        "timeFormats",
        "isEventTime",
    ],
    missing: MISSING_IN_VALUES,
};

/// What to do without the feature of a missing key.
pub(super) fn help(key: &str) -> &'static str {
    match key {
        "definitions" | "target" => DEFINITIONS_HELP,
        "isEmbeddedJSON" => "declare the field as `string`, which keeps the JSON as text",
        _ => "remove it if the events are useful without it",
    }
}

/// What to do without references to definitions.
pub(super) const DEFINITIONS_HELP: &str =
    "write the definition out where it is used, or repeat it with a YAML anchor (`&name`, `*name`)";

/// The types of the language.
pub(super) const TYPES: [&str; 10] =
    ["string", "int", "smallint", "bigint", "float", "boolean", "timestamp", "object", "array", "json"];

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
