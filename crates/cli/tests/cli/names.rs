//! How columns are called.

use crate::support::Scratch;

const SCHEMA: &str = "\
schema: Test.Event
fields:
  - {name: '@id', type: string, required: true}
  - {name: time, type: timestamp, isEventTime: true}
  - {name: 'a.b', type: json}
";

const EVENT: &str = r#"{"@id":"x","time":"2026-01-02T03:04:05Z","a.b":{"c.d":1}}"#;

#[test]
fn columns_are_called_as_asked() {
    let scratch = Scratch::new();
    scratch.write("schema.yml", SCHEMA);
    scratch.write("dump", EVENT);
    scratch.convert(&["dump"]).ok();
    assert_eq!(scratch.column("@id"), ["\"x\""]);

    let other = Scratch::new();
    other.write("schema.yml", SCHEMA);
    other.write("dump", EVENT);
    other.convert(&["dump", "--column-names", "normalized"]).ok();
    assert_eq!(other.column("at_sign_id"), ["\"x\""]);
    // What stands inside JSON keeps its keys.
    assert!(other.column("a_b")[0].contains("c.d"), "{:?}", other.column("a_b"));
    // It belongs to the recipe: the same input with other names is not the same run.
    assert_eq!(other.convert(&["dump", "--column-names", "normalized"]).ok().count("inputs_skipped"), 1);
    assert_eq!(other.convert(&["dump"]).code, 2);
}

#[test]
fn names_that_would_become_the_same_are_refused() {
    let scratch = Scratch::new();
    scratch.write("schema.yml", SCHEMA.replace("time, type", "a_b, type"));
    scratch.write("dump", EVENT);
    let run = scratch.convert(&["dump", "--column-names", "normalized"]);
    assert_eq!(run.code, 2);
    let told = "the columns of `a_b` and `a.b` would both be called `a_b`";
    assert!(run.stderr.contains(told), "{}", run.stderr);
}
