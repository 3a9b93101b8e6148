//! Exports, as text files: beside each definition in `tests/export` stands what it is in every language.
//!
//! `SAWLOG_BLESS=1` writes the results of the current code into the files; read the difference before
//! committing it. What other programs know better is asked of them: Arrow's own reader, and a validator of
//! JSON Schema. The golden cases of the engine are validated too, in `crates/engine/tests/json_schema.rs`;
//! DuckDB reads its table in `fixtures/interop`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking, in its helpers too")]

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use sawlog_schema::{Export, Plan, arrow_schema, builtin, export, load};
use serde_json::{Value, json};

fn plan(yaml: &str) -> Plan {
    let loaded = load(yaml, "schema.yml");
    Plan::new(loaded.log_type.unwrap_or_else(|| panic!("{yaml}\n{:?}", loaded.diagnostics)))
}

/// The definitions of `tests/export`, each with its path.
fn definitions() -> Vec<(PathBuf, Plan)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), plan(&fs::read_to_string(path).unwrap()))).collect()
}

/// Every definition at hand.
fn plans() -> Vec<Plan> {
    let shipped = builtin().iter().map(|builtin| plan(builtin.text));
    definitions().into_iter().map(|(_, plan)| plan).chain(shipped).collect()
}

fn parsed(plan: &Plan, language: Export) -> Value {
    serde_json::from_str(&export(plan, language)).unwrap()
}

#[test]
fn exports_are_as_recorded() {
    let mut failures = String::new();
    for (path, plan) in definitions() {
        for language in Export::ALL {
            let extension = match language {
                Export::DuckDb => "duckdb.sql".to_owned(),
                other => format!("{}.json", other.name()),
            };
            let (file, actual) = (path.with_extension(extension), export(&plan, language));
            if std::env::var_os("SAWLOG_BLESS").is_some() {
                fs::write(&file, actual).unwrap();
            } else if fs::read_to_string(&file).ok().as_ref() != Some(&actual) {
                writeln!(failures, "{}\n--- actual\n{actual}", file.display()).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn arrow_reads_its_schema_back() {
    for plan in plans() {
        let read = arrow_integration_test::schema_from_json(&parsed(&plan, Export::Arrow)).unwrap();
        assert_eq!(read, *arrow_schema(&plan));
    }
}

#[test]
fn the_schema_of_events_is_a_schema() {
    for plan in plans() {
        jsonschema::draft202012::meta::validate(&parsed(&plan, Export::JsonSchema)).unwrap();
    }
}

/// Whether an event of one field `v`, declared by these keys, is valid with this value.
fn is_valid(declared: &str, value: &Value) -> bool {
    let plan = plan(&format!("schema: Custom.One\nfields:\n  - {{name: v, {declared}}}\n"));
    let schema = parsed(&plan, Export::JsonSchema);
    jsonschema::validator_for(&schema).unwrap().is_valid(&json!({ "v": value }))
}

#[test]
fn values_are_valid_as_they_are_accepted() {
    let cases = [
        ("type: string", json!(["", "x", 1, 1.5, true, null]), json!([[], {}])),
        ("type: string, required: true", json!(["", "x", 1, true]), json!([null, [], {}])),
        (
            "type: smallint",
            json!([-32768, 32767, "+007", "", null]),
            json!([32768, 1.5, "x", " 1", true, []]),
        ),
        ("type: int, required: true", json!([1, "-1"]), json!(["", null, 2_147_483_648_i64, "1.0"])),
        ("type: bigint", json!([i64::MAX, i64::MIN, "9"]), json!(["1e3", "0x1", {}])),
        (
            "type: float",
            json!([1, 1.5, "1e-3", ".5", "5.", "inf", "-Infinity", "NaN", "0x1.8p3", "", null]),
            json!(["x", "0x1", ".", "1e", true, []]),
        ),
        ("type: boolean", json!([true, false, 0, 1, "t", "TRUE", "", null]), json!([2, "yes", "tRUE", []])),
        ("type: boolean, required: true", json!([false, "f"]), json!(["", null])),
        (
            "type: timestamp",
            json!(["2026-01-02T03:04:05Z", "2026-01-02t03:04:05.123+0100", "", null]),
            json!(["2026-01-02", "2026-01-02 03:04:05Z", 1, true]),
        ),
        ("type: timestamp, required: true", json!(["2026-01-02T03:04:05Z"]), json!(["", null])),
        ("type: timestamp, timeFormat: unix", json!([1, 1.5, "1.5", "-1", "", null]), json!(["x", true, {}])),
        (
            "type: timestamp, timeFormat: unix_ms, required: true",
            json!([1, "-1"]),
            json!(["", null, 1.5, "1.5"]),
        ),
        (
            "type: timestamp, timeFormats: [unix_ns, \"%Y-%m-%d\"]",
            json!([1, "2026-01-02"]),
            json!([true, 1.5]),
        ),
        ("type: json, required: true", json!([null, 1, "x", [], {}]), json!([])),
        (
            "type: object, fields: [{name: a, type: int, required: true}]",
            json!([{"a": 1}, {"a": 1, "b": []}, null]),
            json!([{}, {"a": null}, {"a": "x"}, [], "{}"]),
        ),
        (
            "type: array, element: {type: int}",
            json!([[], [1, "2", null, ""], null]),
            json!([1, "[]", [1.5], {}]),
        ),
        ("type: array, required: true, element: {type: string}", json!([[], ["a"]]), json!([null, "a"])),
        (
            "type: array, element: {type: object, fields: [{name: a, type: int, required: true}]}",
            json!([[{"a": 1}, null], {"a": 1}, [], null]),
            json!([[{}], {}, [1], {"a": "x"}]),
        ),
        (
            "type: array, required: true, element: {type: object, fields: [{name: a, type: int}]}",
            json!([[{"a": 1}], {"a": 1}, []]),
            json!([null, 1]),
        ),
    ];
    for (declared, valid, invalid) in cases {
        for (values, expected) in [(valid, true), (invalid, false)] {
            for value in values.as_array().unwrap() {
                assert_eq!(is_valid(declared, value), expected, "{value} as {declared}");
            }
        }
    }
}

#[test]
fn a_required_field_must_be_there() {
    for (required, is_valid) in [(true, false), (false, true)] {
        let yaml =
            format!("schema: Custom.One\nfields:\n  - {{name: v, type: json, required: {required}}}\n");
        let schema = parsed(&plan(&yaml), Export::JsonSchema);
        assert_eq!(jsonschema::validator_for(&schema).unwrap().is_valid(&json!({"w": 1})), is_valid);
    }
}

#[test]
fn nested_arrays_of_objects_grow_by_one_definition_each() {
    let mut yaml = "type: string".to_owned();
    for _ in 0..30 {
        yaml = format!("type: array, element: {{type: object, fields: [{{name: v, {yaml}}}]}}");
    }
    let plan = plan(&format!("schema: Custom.Deep\nfields:\n  - {{name: v, {yaml}}}\n"));
    let schema = parsed(&plan, Export::JsonSchema);
    assert_eq!(schema["$defs"].as_object().unwrap().len(), 30);
}

#[test]
fn spark_and_glue_name_the_columns_of_the_table() {
    for plan in plans() {
        let table = arrow_schema(&plan);
        let columns: Vec<&str> = table.fields().iter().map(|field| field.name().as_str()).collect();
        let (spark, glue) = (parsed(&plan, Export::Spark), parsed(&plan, Export::Glue));
        let names = |list: &Value, key: &str| -> Vec<String> {
            list.as_array().unwrap().iter().map(|column| column[key].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&spark["fields"], "name"), columns);
        assert_eq!(names(&glue["StorageDescriptor"]["Columns"], "Name"), columns);
    }
}

#[test]
fn comments_for_glue_are_cut_between_characters() {
    let yaml = format!(
        "schema: Custom.Long\nfields:\n  - {{name: v, type: string, description: {}}}\n",
        "é".repeat(300)
    );
    let glue = parsed(&plan(&yaml), Export::Glue);
    assert_eq!(glue["StorageDescriptor"]["Columns"][0]["Comment"], "é".repeat(255));
}
