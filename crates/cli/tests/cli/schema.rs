//! `sawlog schema`: comparing, listing and exporting definitions.

use serde_json::Value;

use crate::support::Scratch;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The usual schema of the tests with one line exchanged.
fn changed(scratch: &Scratch, from: &str, to: &str) -> String {
    let schema = std::fs::read_to_string(scratch.path("schema.yml")).unwrap();
    assert!(schema.contains(from));
    schema.replace(from, to)
}

#[test]
fn diff_tells_compatible_from_breaking() {
    let scratch = Scratch::new();
    scratch.write("wider.yml", changed(&scratch, "type: bigint", "type: float"));
    scratch.write("told.yml", changed(&scratch, "A number", "A count"));
    let same = scratch.run(["schema", "diff", "schema.yml", "schema.yml"]);
    assert_eq!((same.status.code(), text(&same.stdout).as_str()), (Some(0), "no changes\n"));
    let told = scratch.run(["schema", "diff", "schema.yml", "told.yml"]);
    assert_eq!(told.status.code(), Some(0));
    assert!(text(&told.stdout).contains("n description  A number → A count  line 6\n"), "{told:?}");
    let wider = scratch.run(["schema", "diff", "schema.yml", "wider.yml"]);
    assert_eq!(wider.status.code(), Some(1));
    assert!(text(&wider.stdout).starts_with("breaking    retype  n  bigint → float  line 6\n"), "{wider:?}");
    assert!(wider.stderr.is_empty(), "{wider:?}");
}

#[test]
fn diff_prints_one_object() {
    let scratch = Scratch::new();
    scratch.write("new.yml", changed(&scratch, "name: n,", "name: number,"));
    let output = scratch.run(["schema", "diff", "schema.yml", "new.yml", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["compatible"], false);
    let [gone, came] = found["changes"].as_array().unwrap().as_slice() else { panic!("{found}") };
    let expected = serde_json::json!({
        "kind": "delete", "path": "n", "attribute": null, "old": {"line": 6, "value": "bigint"}, "new": null,
        "compatible": false, "note": gone["note"], "renamed": "number",
    });
    assert_eq!(*gone, expected);
    assert!(gone["note"].as_str().unwrap().contains("looks renamed to `number`"));
    assert_eq!(
        (&came["kind"], &came["renamed"], &came["new"]["line"]),
        (&"add".into(), &"n".into(), &6.into())
    );
}

#[test]
fn diff_of_what_is_no_definition_is_wrong_usage() {
    let scratch = Scratch::new();
    scratch.write("broken.yml", "schema: Test.Event\nfields:\n  - {name: id, type: strin}\n");
    for (new, words) in [("broken.yml", "did you mean `string`"), ("none.yml", "neither a built-in log type")]
    {
        let output = scratch.run(["schema", "diff", "schema.yml", new]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output.stdout.is_empty() && text(&output.stderr).contains(words), "{output:?}");
    }
    let builtin = scratch.run(["schema", "diff", "Atlassian.Audit", "atlassian.audit"]);
    assert_eq!(text(&builtin.stdout), "no changes\n");
}

#[test]
fn list_names_the_source() {
    let scratch = Scratch::new();
    let people = text(&scratch.run(["schema", "list"]).stdout);
    let output = scratch.run(["schema", "list", "--json"]);
    let list: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(list.iter().any(|found| found["name"] == "Atlassian.Audit"), "{list:?}");
    for found in list {
        for key in ["name", "description", "source"] {
            assert!(people.contains(found[key].as_str().unwrap()), "{found} in {people}");
        }
    }
}

#[test]
fn export_speaks_every_language() {
    let scratch = Scratch::new();
    for (language, words) in [
        ("json-schema", "\"required\": [\"id\"]"),
        ("arrow", "\"timezone\": \"UTC\""),
        ("spark", "\"type\": \"long\""),
        ("duckdb", "CREATE TABLE \"test_event\""),
        ("glue", "\"Comment\": \"A number\""),
    ] {
        let output = scratch.run(["schema", "export", "schema.yml", "--as", language]);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        assert!(text(&output.stdout).contains(words), "{language}: {output:?}");
    }
    scratch.write("odd.yml", "schema: Test.Odd\nfields:\n  - {name: '@id', type: string}\n");
    let odd = ["schema", "export", "odd.yml", "--as", "glue", "--column-names", "normalized"];
    assert!(text(&scratch.run(odd).stdout).contains("\"Name\": \"at_sign_id\""));
    let wrong = scratch.run(["schema", "export", "schema.yml", "--as", "avro"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("json-schema, arrow, spark, duckdb, glue"), "{wrong:?}");
}

#[test]
fn the_partition_keys_of_glue_are_the_folders_of_the_lake() {
    let scratch = Scratch::new();
    scratch.write("dump", r#"{"id":"x"}"#);
    let run = scratch.convert(&["dump", "--parse-time", "2026-03-05T07:00:00Z"]).ok();
    let path = run.json["files"][0]["path"].as_str().unwrap();
    let folders: Vec<&str> =
        path.split('/').filter_map(|part| part.split_once('=')).map(|(key, _)| key).collect();
    let glue = scratch.run(["schema", "export", "schema.yml", "--as", "glue"]);
    let glue: Value = serde_json::from_slice(&glue.stdout).unwrap();
    let keys = glue["PartitionKeys"].as_array().unwrap();
    assert_eq!(keys.iter().map(|key| key["Name"].as_str().unwrap()).collect::<Vec<_>>(), folders);
    // The text of a folder, `03`, is what the catalogue looks partitions up by.
    assert!(keys.iter().all(|key| key["Type"] == "string"), "{keys:?}");
}

#[test]
fn show_prints_pages_of_what_ships_and_of_files() {
    let scratch = Scratch::new();
    let shipped = text(&scratch.run(["schema", "show", "Atlassian.Audit", "--page"]).stdout);
    assert!(shipped.starts_with("# Atlassian.Audit\n"), "{shipped}");
    let own = text(&scratch.run(["schema", "show", "schema.yml", "--page"]).stdout);
    assert!(own.contains("\n| `id` | string | yes |  | Name of the event |\n"), "{own}");
    assert_eq!(scratch.run(["schema", "show", "schema.yml"]).status.code(), Some(2));
}

#[test]
fn editor_prints_the_committed_schema() {
    let scratch = Scratch::new();
    let output = scratch.run(["schema", "editor"]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/log-type.schema.json");
    assert_eq!(output.stdout, std::fs::read(path).unwrap());
}

#[test]
fn check_leaves_tests_to_schema_test() {
    let scratch = Scratch::new();
    scratch.write("door_tests.yml", "logType: Custom.Door\ninput: x\n");
    let output = scratch.run(["schema", "check", "schema.yml", "door_tests.yml"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = text(&output.stderr);
    assert!(told.contains("door_tests.yml holds tests"), "{told}");
    assert!(told.contains("1 definition checked: 0 errors"), "{told}");
}
