//! What the criterion benches of the stages share: a dump and a log type. See README.md in this folder.

#![expect(clippy::expect_used, reason = "a bench that cannot start should say so and stop")]

use sawlog_generator::{Generator, Options};
use sawlog_schema::{Plan, find_builtin, load};

/// The plan of the log type that ships with sawlog.
///
/// # Panics
/// Panics if it is broken.
pub fn audit_plan() -> Plan {
    let builtin = find_builtin("Atlassian.Audit").expect("the log type ships with sawlog");
    Plan::new(load(builtin.text, builtin.path).log_type.expect("its definition is valid"))
}

/// Events as NDJSON, about 1,250 bytes each; the same in every run.
///
/// # Panics
/// Panics if memory runs out.
pub fn dump(options: Options) -> Vec<u8> {
    let mut dump = Vec::new();
    Generator::new(options).write_to(&mut dump).expect("memory takes every write");
    dump
}

/// `events`, or a hundredth of them where the benches only show that they work: `cargo test` runs each once,
/// without optimization.
pub fn scaled(events: u64) -> u64 {
    if std::env::args().any(|argument| argument == "--bench") { events } else { events / 100 }
}
