//! Expressions and lines for the regex parser: no panic, and values that stand in the line.
//!
//! The first line of an input is the expression, with grok names or without, the rest is read with it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sawlog_parser::{Line, TextReader};
use sawlog_schema::load;

fuzz_target!(|data: &[u8]| {
    let Some(end) = data.iter().position(|&byte| byte == b'\n') else { return };
    let (expression, lines) = (&data[..end], &data[end + 1..]);
    let Ok(expression) = std::str::from_utf8(expression) else { return };
    let expression = serde_json::to_string(&format!("(?P<a>{expression})")).expect("text is JSON");
    let definitions = r#"patternDefinitions: {TWO: "%{WORD}-%{INT:n}"}"#;
    let fields = "fields: [{name: a, type: string}]";
    let parser = format!("{{regex: {{match: [{expression}], {definitions}}}}}");
    let yaml = format!("{{schema: Custom.Fuzz, parser: {parser}, {fields}}}");
    let Some(log_type) = load(&yaml, "fuzz.yml").log_type else { return };
    let mut reader = TextReader::new(&log_type.parser).expect("it reads text");
    for line in lines.split(|&byte| byte == b'\n').take(16) {
        let Ok(Line::Record(text)) = reader.read(line) else { continue };
        for (name, value) in reader.pairs(text) {
            assert!(text.contains(value), "{name} is {value:?}");
        }
    }
});
