//! Any text as a schema: loading must end without a panic, and what loads must compile to a plan and a table.
#![no_main]

use sawlog_schema::{Plan, Severity, arrow_schema, load, render};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let loaded = load(text, "fuzz.yml");
    let _ = render(&loaded.diagnostics, text, "fuzz.yml", data.len() % 2 == 0);
    let failed = loaded.diagnostics.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(loaded.log_type.is_none(), failed);
    if let Some(log_type) = loaded.log_type {
        let fields = log_type.fields.len();
        assert!(arrow_schema(&Plan::new(log_type)).fields().len() > fields);
    }
});
