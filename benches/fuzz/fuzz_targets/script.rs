//! Any text as a script, or as the body of its function, and any text as a record: compiling and running must
//! end without a panic, and what comes out must be a JSON object.
#![no_main]

use sawlog_script::Script;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (source, log) = text.split_once('\0').unwrap_or((text, "a b"));
    let body: String = source.lines().map(|line| format!("    {line}\n")).collect();
    for source in [source, &format!("def parse(log):\n{body}")] {
        let Ok(script) = Script::compile(source) else { continue };
        let mut event = String::new();
        let ended = script.run(log, &mut event);
        assert_eq!(script.run(log, &mut String::new()), ended);
        if ended.is_ok() {
            let event: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&event).unwrap();
            assert!(!event.is_empty());
        }
    }
});
