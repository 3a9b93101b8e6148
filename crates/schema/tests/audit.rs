//! The built-in Atlassian.Audit: every path with its type, what is required, and where indicators stand; and
//! the table that it makes.

#![expect(clippy::unwrap_used, reason = "a test ends by panicking, in its helpers too")]

use sawlog_schema::{
    Code, Indicator, Kind, Node, Plan, Scanner, TimeFormat, ValueKind, arrow_schema, builtin, find_builtin,
    load, suggest_builtins,
};

fn audit() -> Plan {
    let builtin = find_builtin("Atlassian.Audit").unwrap();
    Plan::new(load(builtin.text, builtin.path).log_type.unwrap())
}

/// One node as a line: path, type, `!` if required, `@` if it tells the time, and its scanners.
fn line(node: &Node) -> String {
    let kind = match node.kind {
        Kind::String => "string",
        Kind::Json => "json",
        Kind::Object(_) => "object",
        Kind::Array => "array",
        _ => "other",
    };
    let scanners: Vec<&str> = node.scanners.iter().copied().map(Scanner::name).collect();
    let marks = [(node.required, "!"), (node.event_time, "@")];
    let marks: String = marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect();
    format!("{} {kind}{marks} {}", node.path, scanners.join(",")).trim_end().to_owned()
}

#[test]
fn the_whole_log_type() {
    let plan = audit();
    let lines: Vec<String> = plan.nodes[1..].iter().map(line).collect();
    let expected = "\
type string!
id string!
attributes object!
attributes.time string@
attributes.action string
attributes.actor object
attributes.actor.id string
attributes.actor.name string username
attributes.actor.email string email
attributes.actor.links object
attributes.actor.links.self string
attributes.actor.links.alt string
attributes.context array
attributes.context[] object
attributes.context[].id string
attributes.context[].type string
attributes.context[].attributes json
attributes.context[].links object
attributes.context[].links.self string url
attributes.context[].links.alt string url
attributes.container array
attributes.container[] object
attributes.container[].id string
attributes.container[].type string
attributes.container[].attributes json
attributes.container[].links object
attributes.container[].links.self string
attributes.container[].links.alt string
attributes.location object
attributes.location.ip string ip
attributes.location.geo string
attributes.location.countryName string
attributes.location.regionName string
attributes.location.city string
message object
message.content string
message.format string
relations json
links object!
links.self string
links.alt string";
    assert_eq!(lines.join("\n"), expected);
    assert_eq!(plan.nodes[4].time_formats, [TimeFormat::Rfc3339]);
    assert_eq!(plan.indicators, Indicator::ALL[..4]);
    assert_eq!((plan.log_type.name.as_str(), plan.log_type.version), ("Atlassian.Audit", 0));
}

#[test]
fn every_field_is_described() {
    let mut open: Vec<_> = audit().log_type.fields;
    while let Some(field) = open.pop() {
        assert!(!field.description.is_empty(), "{}", field.name);
        match field.value.kind {
            ValueKind::Object(fields) => open.extend(fields),
            ValueKind::Array(element) => {
                if let ValueKind::Object(fields) = element.kind {
                    open.extend(fields);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn its_two_oddities_are_warned_of() {
    let builtin = find_builtin("Atlassian.Audit").unwrap();
    let problems = load(builtin.text, builtin.path).diagnostics;
    let codes: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::StringTime, Code::NestedIndicators]);
    for problem in problems {
        let line = builtin.text.lines().nth(problem.span.line as usize - 1).unwrap();
        let key = &line[problem.span.column as usize - 1..][..problem.width as usize];
        assert_eq!(key, if problem.code == Code::StringTime { "timeFormat" } else { "indicators" });
    }
}

#[test]
fn the_table() {
    let schema = arrow_schema(&audit());
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let expected = [
        "type",
        "id",
        "attributes",
        "message",
        "relations",
        "links",
        "p_log_type",
        "p_row_id",
        "p_event_time",
        "p_parse_time",
        "p_schema_version",
        "p_source_id",
        "p_source_label",
        "p_source_file",
        "p_any_ip_addresses",
        "p_any_domain_names",
        "p_any_emails",
        "p_any_usernames",
        "p_extra",
        "p_flags",
    ];
    assert_eq!(names, expected);
    let filled: Vec<&str> = schema
        .fields()
        .iter()
        .filter(|field| !field.is_nullable())
        .map(|field| field.name().as_str())
        .collect();
    assert_eq!(filled, ["p_log_type", "p_row_id", "p_event_time", "p_parse_time", "p_schema_version"]);
}

#[test]
fn builtin_schemas_are_named_after_their_log_type() {
    for builtin in builtin() {
        let log_type = load(builtin.text, builtin.path).log_type.unwrap();
        assert_eq!(log_type.name, builtin.name);
    }
    assert!(builtin().is_sorted_by_key(|builtin| builtin.name));
}

#[test]
fn builtin_schemas_are_found_by_name() {
    assert_eq!(find_builtin("atlassian.AUDIT").map(|builtin| builtin.name), Some("Atlassian.Audit"));
    assert_eq!(find_builtin("Atlassian.Audits"), None);
    assert_eq!(suggest_builtins("Atlasian.Audit"), ["Atlassian.Audit"]);
    assert_eq!(suggest_builtins("aws"), ["AWS.CloudTrail", "AWS.S3ServerAccess", "AWS.VPCFlow"]);
    assert_eq!(suggest_builtins("cloudtrail"), ["AWS.CloudTrail"]);
    assert_eq!(suggest_builtins("Custom.SomethingElse"), [""; 0]);
    assert_eq!(suggest_builtins(""), [""; 0]);
}
