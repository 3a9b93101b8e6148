//! JSON Schema of the events of a log type: what a source must send to get whole rows into the table.
//!
//! The types follow the rules of coercion as far as JSON Schema can say them: a `bigint` may be a number or a
//! text of digits, a required one must not be empty. An event that is valid becomes a row in which every
//! declared field that it has is set. What cannot be said is left open: that `1.0` is no integer, which
//! texts a time pattern takes, where copied values come from. Fields that are not declared are allowed, as
//! they are kept.

use crate::{Field, IpFamily, LogParser, LogType, TimeFormat, Validate, Value, ValueKind, json::Json};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

const INTEGER: &str = "[+-]?[0-9]+";
const FLOAT: &str = "[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\
                     |[+-]?0[xX][0-9a-fA-F]*\\.?[0-9a-fA-F]*[pP][+-]?[0-9]+\
                     |[+-]?[iI][nN][fF]([iI][nN][iI][tT][yY])?\
                     |[nN][aA][nN]";
const RFC3339: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?\
                       ([Zz]|[+-][0-9]{2}:?[0-9]{2})";
const NUMBER: &str = "[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?";
const IPV4: &str =
    "((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV6: &str = "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*";
const PREFIX4: &str = "/(3[0-2]|[12]?[0-9])";
const PREFIX6: &str = "/(12[0-8]|1[01][0-9]|[1-9]?[0-9])";

/// The spellings of booleans.
const BOOLEANS: [&str; 12] =
    ["1", "t", "T", "true", "True", "TRUE", "0", "f", "F", "false", "False", "FALSE"];

/// Members of a schema under construction.
type Members = Vec<(String, Json)>;

pub(super) fn json_schema(log_type: &LogType) -> Json {
    let mut events = Events::default();
    let mut schema = vec![
        member("$schema", DRAFT),
        member("title", log_type.name.as_str()),
        member("description", log_type.description.as_str()),
    ];
    if log_type.parser != LogParser::Json {
        schema.push(member("$comment", "an event is what the log type's parser makes of a record"));
    }
    schema.push(member("type", "object"));
    schema.extend(events.object(&log_type.fields, ""));
    if !events.elements.is_empty() {
        schema.push(("$defs".to_owned(), Json::Object(events.elements)));
    }
    Json::Object(schema)
}

#[derive(Default)]
struct Events {
    /// Objects that are elements of arrays. They are needed twice, as one of them may stand for an array of
    /// one.
    elements: Members,
}

impl Events {
    /// The members of an object. Recurses over levels of the schema, of which there are at most
    /// [`crate::limits::LEVELS`].
    fn object(&mut self, fields: &[Field], path: &str) -> Members {
        let dot = if path.is_empty() { "" } else { "." };
        let mut properties = Vec::new();
        let mut required = Vec::new();
        // What is made of other fields is not read from a key of its own.
        for field in fields.iter().filter(|field| !field.transform.is_derived()) {
            let key = field.transform.rename.as_deref().unwrap_or(&field.name);
            let mut schema = Vec::new();
            if !field.description.is_empty() {
                schema.push(member("description", field.description.as_str()));
            }
            schema.extend(self.value(&field.value, field.required, &format!("{path}{dot}{}", field.name)));
            properties.push((key.to_owned(), Json::Object(schema)));
            if field.required {
                required.push(key);
            }
        }
        let mut members = vec![member("properties", Json::Object(properties))];
        if !required.is_empty() {
            members.push(member("required", Json::texts(required)));
        }
        members
    }

    fn value(&mut self, value: &Value, is_required: bool, path: &str) -> Members {
        let types = |types: &[&str]| {
            let null = (!is_required).then_some("null");
            let types: Vec<&str> = types.iter().copied().chain(null).collect();
            member("type", Json::text_or_texts(&types))
        };
        match &value.kind {
            ValueKind::String => string(value.validate.as_ref(), is_required, types),
            ValueKind::SmallInt => integer(i16::MIN.into(), i16::MAX.into(), is_required, types),
            ValueKind::Int => integer(i32::MIN.into(), i32::MAX.into(), is_required, types),
            ValueKind::BigInt => integer(i64::MIN, i64::MAX, is_required, types),
            ValueKind::Float => vec![types(&["number", "string"]), pattern(FLOAT, is_required)],
            ValueKind::Boolean => vec![member("enum", booleans(is_required))],
            ValueKind::Timestamp => timestamp(&value.time_formats, is_required),
            ValueKind::Json if value.embedded_json && is_required => {
                vec![member("not", Json::Object(vec![member("const", "")]))]
            }
            ValueKind::Json => Vec::new(),
            ValueKind::Object(fields) => {
                let mut members = composite("object", value, is_required, types);
                members.extend(self.object(fields, path));
                members
            }
            ValueKind::Array(element) => self.array(value, element, is_required, types, path),
        }
    }

    fn array(
        &mut self,
        value: &Value,
        element: &Value,
        is_required: bool,
        types: impl Fn(&[&str]) -> (String, Json),
        path: &str,
    ) -> Members {
        let path = format!("{path}[]");
        let schema = self.value(element, false, &path);
        let mut array = composite("array", value, is_required, &types);
        let ValueKind::Object(_) = element.kind else {
            array.push(member("items", Json::Object(schema)));
            return array;
        };
        let name = format!("element{}", self.elements.len() + 1);
        let reference = member("$ref", format!("#/$defs/{name}"));
        array.push(member("items", Json::Object(vec![reference.clone()])));
        let titled = std::iter::once(member("title", path)).chain(schema).collect();
        self.elements.push((name, Json::Object(titled)));
        let one = Json::Object(vec![reference, types(&["object"])]);
        vec![member("anyOf", Json::List(vec![Json::Object(array), one]))]
    }
}

fn member(name: &str, value: impl Into<Json>) -> (String, Json) {
    (name.to_owned(), value.into())
}

/// Requires text to be of this form; what is not required may be empty.
fn pattern(form: &str, is_required: bool) -> (String, Json) {
    member("pattern", if is_required { format!("^({form})$") } else { format!("^({form})?$") })
}

/// The type of an object or array, which may come as text if the schema says so.
fn composite(
    name: &str,
    value: &Value,
    is_required: bool,
    types: impl Fn(&[&str]) -> (String, Json),
) -> Members {
    if !value.embedded_json {
        return vec![types(&[name])];
    }
    let mut members = vec![types(&[name, "string"]), member("contentMediaType", "application/json")];
    // Empty text is no value.
    members.extend(is_required.then(|| member("minLength", 1)));
    members
}

fn integer(least: i64, most: i64, is_required: bool, types: impl Fn(&[&str]) -> (String, Json)) -> Members {
    vec![
        types(&["integer", "string"]),
        member("minimum", least),
        member("maximum", most),
        pattern(INTEGER, is_required),
    ]
}

fn booleans(is_required: bool) -> Json {
    let mut values = vec![Json::Bool(true), Json::Bool(false), Json::Int(1), Json::Int(0)];
    values.extend(BOOLEANS.map(Json::from));
    if !is_required {
        values.extend(["".into(), Json::Null]);
    }
    Json::List(values)
}

fn string(
    validate: Option<&Validate>,
    is_required: bool,
    types: impl Fn(&[&str]) -> (String, Json),
) -> Members {
    const TEXTUAL: [&str; 3] = ["string", "number", "boolean"];
    let Some(Validate { allow, deny, ip, cidr }) = validate else { return vec![types(&TEXTUAL)] };
    let mut members = Vec::new();
    if !allow.is_empty() {
        let null = (!is_required).then_some(Json::Null);
        members.push(member("enum", Json::List(spelled(allow).chain(null).collect())));
    } else if ip.is_some() || cidr.is_some() {
        members.push(types(&["string"]));
        members.extend(address(*ip, *cidr));
    } else {
        members.push(types(&TEXTUAL));
    }
    if !deny.is_empty() {
        let none_of = Json::Object(vec![member("enum", Json::List(spelled(deny).collect()))]);
        members.push(member("not", none_of));
    }
    members
}

/// Requires the text of an address or network. Only an IPv6 address is more than a pattern can tell.
fn address(ip: Option<IpFamily>, cidr: Option<IpFamily>) -> Members {
    let (prefix4, prefix6) = if cidr.is_some() { (PREFIX4, PREFIX6) } else { ("", "") };
    let v4 = vec![member("pattern", format!("^{IPV4}{prefix4}$"))];
    let mut v6 = vec![member("pattern", format!("^{IPV6}{prefix6}$"))];
    if ip.is_some() {
        v6.push(member("format", "ipv6"));
    }
    match ip.or(cidr) {
        Some(IpFamily::V4) => v4,
        Some(IpFamily::V6) => v6,
        Some(IpFamily::Any) => {
            vec![member("anyOf", Json::List(vec![Json::Object(v4), Json::Object(v6)]))]
        }
        None => Vec::new(),
    }
}

/// Texts, and the numbers and booleans that become them.
fn spelled(texts: &[String]) -> impl Iterator<Item = Json> {
    texts.iter().flat_map(|text| {
        let other = match text.as_str() {
            "true" => Some(Json::Bool(true)),
            "false" => Some(Json::Bool(false)),
            digits => digits.parse().ok().filter(|n: &i64| n.to_string() == *digits).map(Json::Int),
        };
        std::iter::once(Json::from(text.as_str())).chain(other)
    })
}

fn timestamp(formats: &[TimeFormat], is_required: bool) -> Members {
    let form = |types: &[&str], form: Option<&str>| {
        let mut members = vec![member("type", Json::text_or_texts(types))];
        members.extend(form.map(|form| pattern(form, true)));
        members
    };
    let mut choices: Vec<Members> = formats
        .iter()
        .map(|format| match format {
            TimeFormat::Rfc3339 => form(&["string"], Some(RFC3339)),
            TimeFormat::Unix | TimeFormat::UnixAuto => form(&["number", "string"], Some(NUMBER)),
            TimeFormat::UnixMs | TimeFormat::UnixUs | TimeFormat::UnixNs => {
                form(&["integer", "string"], Some(INTEGER))
            }
            TimeFormat::Cloudflare => form(&["integer", "string"], Some(&format!("{INTEGER}|{RFC3339}"))),
            TimeFormat::Pattern(pattern) => {
                let mut members = form(&["string"], None);
                members.push(member("minLength", 1));
                members.push(member("$comment", format!("a time as in {}", pattern.as_str())));
                members
            }
        })
        .collect();
    if is_required && choices.len() == 1 {
        return choices.swap_remove(0);
    }
    if !is_required {
        choices.push(vec![member("enum", Json::List(vec!["".into(), Json::Null]))]);
    }
    vec![member("anyOf", Json::List(choices.into_iter().map(Json::Object).collect()))]
}
