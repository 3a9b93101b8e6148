//! What is said about a log type, a field and a value, as short texts that can be compared.
//!
//! Each function takes its structure apart completely, so that the compiler asks for a decision about
//! whatever is added to the tree.

use super::parser;
use crate::{Concat, Field, LogType, Mask, Scanner, Split, TimeFormat, Transform, Validate, Value};

/// One key of the schema language with its value.
pub(super) struct Attribute {
    pub(super) key: &'static str,
    /// `None` where the key is absent or says what holds anyway.
    pub(super) text: Option<String>,
}

/// The key whose change takes rows into another table.
pub(super) const NAME: &str = "schema";

pub(super) fn attribute(key: &'static str, text: Option<String>) -> Attribute {
    Attribute { key, text }
}

pub(super) fn flag(key: &'static str, is_set: bool) -> Attribute {
    attribute(key, is_set.then(|| "true".to_owned()))
}

pub(super) fn text(key: &'static str, text: &str) -> Attribute {
    attribute(key, (!text.is_empty()).then(|| text.to_owned()))
}

/// Words in brackets, as YAML would have them.
pub(super) fn words<'a>(key: &'static str, words: impl Iterator<Item = &'a str>) -> Attribute {
    let words: Vec<&str> = words.collect();
    attribute(key, (!words.is_empty()).then(|| format!("[{}]", words.join(", "))))
}

/// The keys at the top of a schema.
pub(super) fn of_log_type(log_type: &LogType) -> Vec<Attribute> {
    let LogType { name, description, reference_url, version, field_discovery, parser, fields: _, source: _ } =
        log_type;
    let mut attributes = vec![
        text(NAME, name),
        attribute("version", Some(version.to_string())),
        text("description", description),
        attribute("referenceURL", reference_url.clone()),
        flag("fieldDiscoveryEnabled", *field_discovery),
    ];
    attributes.extend(parser::attributes(parser));
    attributes
}

/// The keys that only fields have.
pub(super) fn of_field(field: &Field) -> Vec<Attribute> {
    let Field { name: _, required, description, value: _, transform, span: _ } = field;
    let Transform { rename, copy, concat, split } = transform;
    let concat = concat.as_ref().map(|Concat { separator, paths }| format!("{separator:?}, {paths:?}"));
    let split = split
        .as_ref()
        .map(|Split { from, separator, index }| format!("{from:?}, {separator:?}, part {index}"));
    vec![
        flag("required", *required),
        text("description", description),
        attribute("rename", rename.clone()),
        attribute("copy", copy.clone()),
        attribute("concat", concat),
        attribute("split", split),
    ]
}

/// The keys of a field or element that hang on its type.
pub(super) fn of_value(value: &Value) -> Vec<Attribute> {
    let Value {
        kind: _,
        indicators,
        event_time,
        time_formats,
        expiration,
        embedded_json,
        validate,
        mask,
        span: _,
    } = value;
    let Validate { allow, deny, ip, cidr } = validate.clone().unwrap_or_default();
    let mask = mask.as_ref().map(|mask| match mask {
        Mask::Redact { to } => format!("redact, {to:?}"),
        // A salt is a secret, and what is compared may end up in a log.
        Mask::Obfuscate { salt } => {
            format!("obfuscate #{:.8}", blake3::hash(salt.as_bytes()).to_hex())
        }
    });
    vec![
        flag("isExpiration", *expiration),
        flag("isEmbeddedJSON", *embedded_json),
        words("validate.allow", allow.iter().map(String::as_str)),
        words("validate.deny", deny.iter().map(String::as_str)),
        attribute("validate.ip", ip.map(|family| family.name().to_owned())),
        attribute("validate.cidr", cidr.map(|family| family.name().to_owned())),
        attribute("mask", mask),
        words("indicators", indicators.iter().copied().map(Scanner::name)),
        flag("isEventTime", *event_time),
        words("timeFormats", time_formats.iter().map(TimeFormat::as_str)),
    ]
}

/// What follows from a change of an attribute, for those who have a table already.
pub(super) fn consequence(key: &str, old: Option<&str>, new: Option<&str>) -> Option<&'static str> {
    Some(match key {
        NAME => "tables are named after their log type: rows go into another one from now on",
        "fieldDiscoveryEnabled" => "it changes nothing here: undeclared fields are kept in `p_extra`",
        "version" => "it stands in `p_schema_version` of rows written from now on",
        "order" => "columns stand in another order, and event times are looked for in it",
        "required" if new.is_some() => "events without it are rejected from now on; the table is the same",
        "required" => "events without it are accepted from now on; the table is the same",
        "isEventTime" => "`p_event_time`, and with it the partition, of rows written from now on follows",
        "timeFormats" if old.is_none() || new.is_none() => return None,
        "timeFormats" | "isEmbeddedJSON" => "it decides which values are accepted; the column is the same",
        "validate.allow" | "validate.deny" | "validate.ip" | "validate.cidr" => {
            "it decides which values are accepted, and which events if the field is required"
        }
        "indicators" => "rows written before keep the indicators that they have",
        "mask" => "rows written before keep the text that they have",
        "rename" | "copy" | "concat" | "split" => "the value comes from elsewhere; the column is the same",
        "parser" => "records are read in another way from now on; the table is the same",
        _ => return None,
    })
}
