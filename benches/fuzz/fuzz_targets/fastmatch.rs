//! Patterns and lines for fastmatch: no panic, and values that stand in the line where nothing is escaped.
//!
//! The first line of an input is the pattern, the rest is read with it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sawlog_parser::{Line, TextReader};
use sawlog_schema::load;

fuzz_target!(|data: &[u8]| {
    let Some(end) = data.iter().position(|&byte| byte == b'\n') else { return };
    let (pattern, lines) = (&data[..end], &data[end + 1..]);
    let Ok(pattern) = std::str::from_utf8(pattern) else { return };
    let pattern = serde_json::to_string(pattern).expect("text is JSON");
    let fields = "fields: [{name: a, type: string}]";
    let yaml = format!("{{schema: Custom.Fuzz, parser: {{fastmatch: {{match: [{pattern}]}}}}, {fields}}}");
    let Some(log_type) = load(&yaml, "fuzz.yml").log_type else { return };
    let mut reader = TextReader::new(&log_type.parser).expect("it reads text");
    for line in lines.split(|&byte| byte == b'\n') {
        let Ok(Line::Record(text)) = reader.read(line) else { continue };
        for (name, value) in reader.pairs(text) {
            assert!(!name.is_empty());
            assert!(text.contains(value) || text.contains('\\'), "{name} is {value:?}");
        }
    }
});
