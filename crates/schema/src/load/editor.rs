//! The schema language as a JSON Schema, for editors: they complete keys and mark mistakes as the author
//! types.
//!
//! It is made of the vocabulary that the loader reads with, so that a word the loader learns is a word that
//! editors know; `editor/meaning.rs` adds what each word means. Where JSON Schema can say it, a mistake for
//! the loader is one here; keys that the loader only warns of are marked too, since they are mostly
//! misspelt. The draft is 7, the newest one that editors agree on.

mod meaning;

use super::keys::{self, Vocabulary};
use crate::json::Json;

/// The schema language as a JSON Schema (draft 7), for editors. The text ends with a line break.
///
/// Each shipped definition names the file that holds it: `# yaml-language-server: $schema=…`.
pub fn editor_schema() -> String {
    let mut schema = vec![
        member("$schema", "http://json-schema.org/draft-07/schema#"),
        member("title", "sawlog log type"),
        member("description", "A log type: what the events of one log are, and the table that they make"),
    ];
    schema.extend(mapping(keys::TOP, &["fields"], meaning::top));
    schema.push(member("definitions", Json::Object(definitions())));
    format!("{}\n", Json::Object(schema))
}

/// Members of a schema under construction.
type Members = Vec<(String, Json)>;

fn member(name: &str, value: impl Into<Json>) -> (String, Json) {
    (name.to_owned(), value.into())
}

fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A mapping with the keys of a vocabulary.
fn mapping(vocabulary: Vocabulary, required: &[&str], meaning: fn(&str) -> Option<Json>) -> Members {
    // A word without a meaning is taken with any value; a test sees to it that there is none.
    let property = |key: &&str| (String::from(*key), meaning(key).unwrap_or(Json::Bool(true)));
    let mut members = vec![
        member("type", "object"),
        member("properties", Json::Object(vocabulary.iter().map(property).collect())),
        member("additionalProperties", false),
    ];
    if !required.is_empty() {
        members.push(member("required", Json::texts(required.iter().copied())));
    }
    members
}

/// What is referred to by name, since it may stand within itself or in several places.
fn definitions() -> Members {
    let mut field = mapping(keys::FIELD, &["name", "type"], meaning::field);
    field.push(member("allOf", Json::List(type_rules())));
    let mut element = mapping(keys::ELEMENT, &["type"], meaning::value);
    element.push(member("allOf", Json::List(type_rules())));
    let fields = object([("type", "array".into()), ("minItems", 1.into()), ("items", reference("field"))]);
    let mut parser = mapping(keys::PARSER, &[], meaning::parser);
    parser.extend([member("minProperties", 1), member("maxProperties", 1)]);
    let mut definitions = vec![
        member("field", Json::Object(field)),
        member("fields", fields),
        member("value", Json::Object(element)),
        member("parser", Json::Object(parser)),
        member("validate", Json::Object(validate())),
        member("mask", Json::Object(mapping(keys::MASK, &["type"], meaning::transformation))),
    ];
    definitions.extend(parsers());
    definitions.extend(transformations());
    definitions
}

fn parsers() -> Members {
    let named = |name: &str, vocabulary: Vocabulary, required: &[&str]| {
        member(name, Json::Object(mapping(vocabulary, required, meaning::parser_option)))
    };
    let mut csv = mapping(keys::CSV, &[], meaning::parser_option);
    let has_header = object([
        ("properties", object([("hasHeader", object([("const", true.into())]))])),
        ("required", Json::texts(["hasHeader"])),
    ]);
    let some = object([("type", "array".into()), ("minItems", 1.into())]);
    let has_columns =
        object([("properties", object([("columns", some)])), ("required", Json::texts(["columns"]))]);
    csv.push(member("anyOf", Json::List(vec![has_header, has_columns])));
    vec![
        named("native", keys::NATIVE, &["name"]),
        named("fastmatch", keys::FASTMATCH, &["match"]),
        named("regex", keys::REGEX, &["match"]),
        member("csv", Json::Object(csv)),
        named("script", keys::SCRIPT, &["function"]),
    ]
}

fn transformations() -> Members {
    let named = |name: &str, vocabulary: Vocabulary, required: &[&str]| {
        member(name, Json::Object(mapping(vocabulary, required, meaning::transformation)))
    };
    vec![
        named("rename", keys::RENAME, &["from"]),
        named("copy", keys::COPY, &["from"]),
        named("concat", keys::CONCAT, &["paths"]),
        named("split", keys::SPLIT, &["from", "separator", "index"]),
    ]
}

fn validate() -> Members {
    let excluded =
        |one: &str, other: &str| object([("not", object([("required", Json::texts([one, other]))]))]);
    let mut members = mapping(keys::VALIDATE, &[], meaning::rule);
    members.push(member("minProperties", 1));
    members.push(member("allOf", Json::List(vec![excluded("allow", "deny"), excluded("ip", "cidr")])));
    members
}

/// Which keys need which type. What stands beside a `ref` is overruled by the definition, and so may stay.
fn type_rules() -> Vec<Json> {
    let forbidden = |names: &[&str], value: &Json| {
        object([(
            "properties",
            Json::Object(names.iter().map(|name| (String::from(*name), value.clone())).collect()),
        )])
    };
    let never = Json::Bool(false);
    let off = object([("const", false.into())]);
    let needs = |key: &str| object([("required", Json::texts([key]))]);
    let rule = |types: &[&str], then: Option<Json>, otherwise: Json| {
        let is_type = object([
            ("properties", object([("type", object([("enum", Json::texts(types.iter().copied()))]))])),
            ("required", Json::texts(["type"])),
        ]);
        Json::object([("if", Some(is_type)), ("then", then), ("else", Some(otherwise))])
    };
    let with_ref = |types: &[&'static str]| [types, &[keys::REF]].concat();
    vec![
        rule(&["object"], Some(needs("fields")), Json::Bool(true)),
        rule(&["array"], Some(needs("element")), Json::Bool(true)),
        rule(&[keys::REF], Some(needs("target")), forbidden(&["target"], &never)),
        rule(&with_ref(&["object"]), None, forbidden(&["fields"], &never)),
        rule(&with_ref(&["array"]), None, forbidden(&["element"], &never)),
        rule(&with_ref(&["timestamp", "string"]), None, forbidden(&["timeFormat", "timeFormats"], &never)),
        rule(&with_ref(&["timestamp", "string"]), None, forbidden(&["isEventTime"], &off)),
        rule(&with_ref(&["timestamp"]), None, forbidden(&["isExpiration"], &off)),
        rule(&with_ref(&["object", "array", "json"]), None, forbidden(&["isEmbeddedJSON"], &off)),
        rule(&with_ref(&["string"]), None, forbidden(&["validate", "mask"], &never)),
    ]
}

/// A schema that is defined elsewhere in this one.
fn reference(name: &str) -> Json {
    object([("$ref", format!("#/definitions/{name}").into())])
}

#[cfg(test)]
mod tests;
