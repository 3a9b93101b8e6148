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
    known: &[
        "schema",
        "version",
        "description",
        "referenceURL",
        "parser",
        "fields",
        "definitions",
        "fieldDiscoveryEnabled",
    ],
    missing: &[],
};

pub(super) const PARSER: Vocabulary = Vocabulary {
    known: &["native", "fastmatch", "regex", "csv", "script", "starlark"],
    missing: &[],
};

pub(super) const SCRIPT: Vocabulary = Vocabulary { known: &["function"], missing: &[] };

pub(super) const NATIVE: Vocabulary = Vocabulary { known: &["name"], missing: &[] };

pub(super) const FASTMATCH: Vocabulary = Vocabulary {
    known: &["match", "skipLines", "skipPrefix", "trimSpace", "emptyValues", "expandFields"],
    missing: &[],
};

pub(super) const REGEX: Vocabulary = Vocabulary {
    known: &[
        "match",
        "patternDefinitions",
        "patternDefintions",
        "skipLines",
        "skipPrefix",
        "trimSpace",
        "emptyValues",
        "expandFields",
    ],
    missing: &[],
};

pub(super) const CSV: Vocabulary = Vocabulary {
    known: &[
        "delimiter",
        "hasHeader",
        "columns",
        "skipLines",
        "skipPrefix",
        "trimSpace",
        "emptyValues",
        "expandFields",
    ],
    missing: &[],
};

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
        "isExpiration",
        "isEmbeddedJSON",
        "validate",
        "target",
        "rename",
        "copy",
        "concat",
        "split",
        "mask",
    ],
    missing: &[],
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
        "isExpiration",
        "isEmbeddedJSON",
        "validate",
        "target",
        "mask",
    ],
    missing: &[],
};

/// Keys that only fields have, since they say where a named value comes from.
pub(super) const FIELDS_ONLY: [&str; 4] = ["rename", "copy", "concat", "split"];

pub(super) const VALIDATE: Vocabulary = Vocabulary { known: &["allow", "deny", "ip", "cidr"], missing: &[] };

pub(super) const RENAME: Vocabulary = Vocabulary { known: &["from"], missing: &[] };

pub(super) const COPY: Vocabulary = Vocabulary { known: &["from"], missing: &[] };

pub(super) const CONCAT: Vocabulary = Vocabulary { known: &["separator", "paths"], missing: &[] };

pub(super) const SPLIT: Vocabulary = Vocabulary { known: &["from", "separator", "index"], missing: &[] };

pub(super) const MASK: Vocabulary = Vocabulary { known: &["type", "to", "salt"], missing: &[] };

/// The type that stands for a definition.
pub(super) const REF: &str = "ref";

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
