//! Generated dumps against the log types that describe them.

use serde_json::{Value, json};

use crate::support::{Run, Scratch};

const LOG_TYPES: [&str; 4] = ["Atlassian.Audit", "AWS.CloudTrail", "GitHub.Audit", "Okta.SystemLog"];

/// Writes a dump of the log type; returns what was said about it.
fn generate(scratch: &Scratch, log_type: &str, events: u64, flags: &[&str]) -> Value {
    let events = events.to_string();
    let fixed = ["generate", "--out", "dump.ndjson", "--json", "--log-type", log_type, "--events", &events];
    let output = scratch.run(fixed.iter().chain(flags));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn convert(scratch: &Scratch, log_type: &str) -> Run {
    let flags = ["--schema", log_type, "--partition", "none", "--force"];
    let words = [&["dump.ndjson"], flags.as_slice()].concat();
    scratch.convert(&words).ok()
}

#[test]
fn clean_events_are_accepted_and_hold_nothing_undeclared() {
    for log_type in LOG_TYPES {
        for order in [&[][..], &["--shuffle-keys"]] {
            let scratch = Scratch::new();
            let flags = [order, &["--undeclared", "0"]].concat();
            let told = generate(&scratch, log_type, 3_000, &flags);
            assert_eq!(told, json!({"events": 3_000, "rejected": 0, "undeclared": 0}));
            let run = convert(&scratch, log_type);
            assert_eq!((run.count("rows"), run.count("quarantined")), (3_000, 0), "{}", run.json);
            assert_eq!(run.json["unknown_fields"], json!({}), "{log_type}");
            assert_eq!(run.json["notes"], json!({}), "{log_type}");
            let bytes = run.count("decoded_bytes") / 3_000;
            assert!((1_000..2_200).contains(&bytes), "{log_type}: {bytes} bytes an event");
        }
    }
}

#[test]
fn faults_and_undeclared_fields_are_counted_exactly() {
    for log_type in LOG_TYPES {
        let scratch = Scratch::new();
        let flags = ["--rejected", "8", "--undeclared", "20", "--shuffle-keys", "--seed", "7"];
        let told = generate(&scratch, log_type, 4_000, &flags);
        let (rejected, undeclared) =
            (told["rejected"].as_u64().unwrap(), told["undeclared"].as_u64().unwrap());
        assert!((200..450).contains(&rejected) && (600..900).contains(&undeclared), "{told}");
        let run = convert(&scratch, log_type);
        assert_eq!((run.count("records"), run.count("quarantined")), (4_000, rejected), "{log_type}");
        for reason in ["invalid_json", "missing_required", "type_mismatch"] {
            assert!(run.json["reasons"][reason].as_u64() > Some(20), "{log_type}: {}", run.json["reasons"]);
        }
        let table = log_type.to_lowercase().replace('.', "_");
        let kept = scratch.column_of(&table, "p_extra").into_iter().filter(|value| value != "null");
        assert_eq!(kept.count() as u64, undeclared, "{log_type}");
    }
}

#[test]
fn a_log_that_cannot_be_generated_is_refused_with_those_that_can() {
    let scratch = Scratch::new();
    let run = Run::of(&scratch.run(["generate", "--events", "1", "--log-type", "AWS.VPCFlow"]));
    run.fails(2, &LOG_TYPES);
    Run::of(&scratch.run(["generate", "--events", "1", "--rejected", "101"])).fails(2, &["101"]);
    Run::of(&scratch.run(["generate", "--events", "1e6"])).fails(2, &["whole number", "such as 1000000"]);
}
