//! What each key of the language means and takes.

use super::{object, reference};
use crate::{
    IpFamily, Scanner, TimeFormat,
    json::Json,
    limits,
    load::keys::{REF, TYPES},
};

/// Keys at the top of a schema.
pub(super) fn top(key: &str) -> Option<Json> {
    Some(match key {
        "schema" => with(
            text("Name of the log type, such as Custom.MyService; without it, the file gives one"),
            [
                ("pattern", r"^[A-Z][A-Za-z0-9]+(\.[A-Z][A-Za-z0-9]+)*$".into()),
                ("maxLength", (limits::SCHEMA_NAME_CHARS as i64).into()),
            ],
        ),
        "version" => with(
            described("Version of the definition; it stands in the column p_schema_version", "integer"),
            [("minimum", 0.into()), ("maximum", i64::from(i32::MAX).into()), ("default", 0.into())],
        ),
        "referenceURL" => with(
            text("Where the vendor documents the log: a web address, or - for none"),
            [("pattern", "^(-|https?://\\S+)$".into())],
        ),
        "description" => description(),
        "parser" => refers("What reads a record; without it, each is a JSON object", "parser"),
        "fields" => refers("The fields of an event, in the order of the table's columns", "fields"),
        "definitions" => object([
            ("description", "Types that fields refer to, by name".into()),
            ("type", "object".into()),
            ("patternProperties", object([("^[A-Z][A-Za-z0-9]+$", reference("value"))])),
            ("additionalProperties", false.into()),
        ]),
        "fieldDiscoveryEnabled" => flag("Accepted and without effect: fields that are not declared are kept"),
        _ => return None,
    })
}

/// Keys of a field: those of its value, and those that need a name.
pub(super) fn field(key: &str) -> Option<Json> {
    Some(match key {
        "name" => with(text("Name of the column, and the JSON key of the value"), [("minLength", 1.into())]),
        "required" => flag("Whether events without the field are rejected"),
        "rename" => refers("Read the value from another key", "rename"),
        "copy" => refers("Take the value from another place of the event", "copy"),
        "concat" => refers("Join several values to a text", "concat"),
        "split" => refers("Take a part of another text", "split"),
        value_key => return value(value_key),
    })
}

/// Keys of a field, an element or a definition.
pub(super) fn value(key: &str) -> Option<Json> {
    Some(match key {
        "type" => {
            choice("What the value is", TYPES.into_iter().map(|name| (name, type_meaning(name).to_owned())))
        }
        "description" => description(),
        "fields" => refers("The members of the object", "fields"),
        "element" => refers("What the array holds", "value"),
        "target" => text("Name of the definition that stands here"),
        "indicators" => object([
            ("description", "What to look for in the text; what is found goes into the p_any columns".into()),
            ("type", "array".into()),
            ("minItems", 1.into()),
            ("items", choice("A scanner", Scanner::ALL.into_iter().map(scanner_meaning))),
        ]),
        "timeFormat" => with(time_format(), [("description", "How the time is spelled".into())]),
        "timeFormats" => object([
            ("description", "How the time may be spelled; the formats are tried in this order".into()),
            ("type", "array".into()),
            ("minItems", 1.into()),
            ("items", time_format()),
        ]),
        "isEventTime" => flag("Whether it tells when the event happened; the first field that does is taken"),
        "isExpiration" => flag("For lookup tables only: when a row ceases to count"),
        "isEmbeddedJSON" => flag("Whether text here is JSON, to be read as the declared type"),
        "validate" => refers("What the text must be", "validate"),
        "mask" => refers("How the text is hidden wherever it would be written", "mask"),
        _ => return None,
    })
}

/// Parsers.
pub(super) fn parser(key: &str) -> Option<Json> {
    Some(match key {
        "native" => refers("JSON, as without a parser", key),
        "fastmatch" => refers("Lines of text, cut at literal delimiters", key),
        "regex" => refers("Lines of text, matched by a regular expression with named groups", key),
        "csv" => refers("Lines of values between delimiters", key),
        "script" | "starlark" => refers("Records of any kind, made to events by a program", "script"),
        _ => return None,
    })
}

/// Keys below a parser.
pub(super) fn parser_option(key: &str) -> Option<Json> {
    Some(match key {
        "name" => text("Name of the log type"),
        "match" => texts("The patterns; fastmatch tries one after the other, regex joins them to one", 1),
        "patternDefinitions" | "patternDefintions" => texts_by_name("Patterns that %{NAME} stands for"),
        "skipLines" => with(
            described("So many lines at the start of a stream are left out", "integer"),
            [("minimum", 0.into())],
        ),
        "skipPrefix" => text("Lines that begin with this text are left out"),
        "trimSpace" => flag("Cut white space off both ends of each value"),
        "emptyValues" => or_nothing(texts("Values that stand for no value, such as -", 0)),
        "expandFields" => or_nothing(texts_by_name("Values made of others: %{name} stands for one")),
        "delimiter" => text("The character between values; a comma if nothing else is said"),
        "hasHeader" => {
            flag("Whether the first line names the columns, or is to be left out if `columns` does")
        }
        "columns" => or_nothing(texts("Names of the columns in their order; an empty one leaves one out", 0)),
        "function" => text("Starlark that defines parse(log), which makes an event of the text of a record"),
        _ => return None,
    })
}

/// Keys below `validate`.
pub(super) fn rule(key: &str) -> Option<Json> {
    let families = |description| {
        choice(description, IpFamily::ALL.map(|family| (family.name(), String::new())).into_iter())
    };
    Some(match key {
        "allow" => texts("The text is one of these", 1),
        "deny" => texts("The text is none of these", 1),
        "ip" => families("The text is an IP address of this family"),
        "cidr" => families("The text is a network: an address of this family, a slash, and a prefix length"),
        _ => return None,
    })
}

/// Keys below transformations.
pub(super) fn transformation(key: &str) -> Option<Json> {
    Some(match key {
        "from" => text("The key, or the dotted path, of the value in the object in which the field stands"),
        "paths" => texts("Dotted paths of the values to join", 1),
        "separator" => text("What stands between the parts"),
        "index" => with(
            described("Number of the part, counted from 0", "integer"),
            [("minimum", 0.into()), ("maximum", i64::from(u32::MAX).into())],
        ),
        "type" => choice(
            "How the text is hidden",
            [
                ("redact", "Another text takes its place".to_owned()),
                ("obfuscate", "A hash takes its place, the same one for the same text".to_owned()),
            ]
            .into_iter(),
        ),
        "to" => text("What takes the place of the text; REDACTED if nothing else is said"),
        "salt" => text("What is put before the text that is hashed"),
        _ => return None,
    })
}

fn type_meaning(name: &str) -> &'static str {
    match name {
        "string" => "Text; numbers and booleans as they are spelled",
        "smallint" => "Integer of 16 bits",
        "int" => "Integer of 32 bits",
        "bigint" => "Integer of 64 bits",
        "float" => "Floating point of 64 bits",
        "boolean" => "True or false",
        "timestamp" => "An instant, in microseconds UTC",
        "object" => "An object with the members under `fields`",
        "array" => "An array of what stands under `element`",
        "json" => "Any JSON, kept as text",
        REF => "The definition that `target` names",
        _ => "",
    }
}

fn scanner_meaning(scanner: Scanner) -> (&'static str, String) {
    let columns: Vec<&str> = scanner.columns().iter().map(|column| column.column()).collect();
    (scanner.name(), format!("Fills {}", columns.join(" and ")))
}

fn time_format() -> Json {
    let directives: String = TimeFormat::directives().collect();
    // A flag that says how a number is filled up may stand before the letter.
    let directive = format!("%[-_0:]?[{directives}]");
    let most = limits::TIME_FORMAT_BYTES as i64;
    let pattern = |description: &str, pattern: String| {
        with(text(description), [("pattern", pattern.into()), ("maxLength", most.into())])
    };
    let choices = vec![
        object([("enum", Json::texts(TimeFormat::names()))]),
        pattern("A strftime pattern", format!("^([^%]|{directive})*{directive}([^%]|{directive})*$")),
        pattern("A layout of Go: 2006-01-02 15:04:05 in the spelling of the log", "^layout=.".to_owned()),
    ];
    object([("anyOf", Json::List(choices))])
}

fn description() -> Json {
    object([("description", "What it is, for people".into()), ("type", Json::texts(["string", "null"]))])
}

fn described(description: &str, kind: &str) -> Json {
    object([("description", description.into()), ("type", kind.into())])
}

fn text(description: &str) -> Json {
    described(description, "string")
}

fn flag(description: &str) -> Json {
    described(description, "boolean")
}

fn texts(description: &str, least: i64) -> Json {
    let items = object([("type", "string".into())]);
    with(described(description, "array"), [("minItems", least.into()), ("items", items)])
}

fn texts_by_name(description: &str) -> Json {
    let values = object([("type", "string".into())]);
    with(described(description, "object"), [("additionalProperties", values)])
}

/// The same, or a key without a value.
fn or_nothing(schema: Json) -> Json {
    let Json::Object(mut members) = schema else { return schema };
    for (name, value) in &mut members {
        if name == "type"
            && let Json::Text(kind) = value
        {
            *value = Json::texts([kind.as_str(), "null"]);
        }
    }
    Json::Object(members)
}

/// Words of which one is to be chosen, each with its meaning.
fn choice<'a>(description: &str, words: impl Iterator<Item = (&'a str, String)>) -> Json {
    let (words, meanings): (Vec<&str>, Vec<String>) = words.unzip();
    let has_meanings = meanings.iter().any(|meaning| !meaning.is_empty());
    Json::object([
        ("description", Some(description.into())),
        ("enum", Some(Json::texts(words))),
        ("enumDescriptions", has_meanings.then(|| Json::texts(meanings))),
    ])
}

/// In this draft whatever stands beside a `$ref` is ignored, so that it stands one level below.
fn refers(description: &str, name: &str) -> Json {
    object([("description", description.into()), ("allOf", Json::List(vec![reference(name)]))])
}

fn with<const N: usize>(schema: Json, more: [(&str, Json); N]) -> Json {
    let Json::Object(mut members) = schema else { return schema };
    members.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Json::Object(members)
}
