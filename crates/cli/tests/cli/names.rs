//! How columns are called.

use crate::support::{Scratch, published};

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
fn a_table_keeps_the_names_it_has() {
    let scratch = Scratch::new();
    scratch.write("schema.yml", SCHEMA);
    scratch.write("plain.yml", "schema: Test.Plain\nfields:\n  - {name: id, type: string}\n");
    scratch.write("first", EVENT);
    scratch.write("second", EVENT.replace('x', "y"));
    scratch.convert(&["first"]).ok();
    let before = published(&scratch.path("lake"));
    let told = ["its column `@id` would be called `at_sign_id`", "--column-names original"];
    scratch.convert(&["second", "--column-names", "normalized"]).fails(2, &told);
    assert_eq!(published(&scratch.path("lake")), before);
    assert!(!scratch.path("lake/_tmp").exists());
    // Replacing all that the table holds gives it other names, and leaves nothing of the old ones.
    scratch.convert(&["first", "second", "--column-names", "normalized", "--force"]).ok();
    assert_eq!(scratch.column("at_sign_id"), ["\"x\"", "\"y\""]);
    scratch.write("third", EVENT.replace('x', "z"));
    scratch.convert(&["third"]).fails(2, &["its column `at_sign_id` would be called `@id`"]);
    // Where both ways give the same names, either may be asked for.
    for (input, names) in [("second", "original"), ("third", "normalized")] {
        let words = ["convert", input, "--schema", "plain.yml", "--out", "plain", "--column-names", names];
        assert!(scratch.run(words).status.success());
    }
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
