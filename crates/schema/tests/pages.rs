//! The pages of the built-in log types stand beside their definitions, and say what the code says.
//!
//! `SAWLOG_BLESS=1` writes them.

#![expect(clippy::unwrap_used, reason = "a test ends by panicking, in its helpers too")]

use std::{fs, path::Path};

use sawlog_schema::{LogType, Plan, builtin, load, page};

fn log_type(yaml: &str) -> LogType {
    load(yaml, "schema.yml").log_type.unwrap()
}

#[test]
fn every_builtin_has_its_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for builtin in builtin() {
        let path = root.join(builtin.path).with_extension("md");
        let page = page(&log_type(builtin.text));
        if std::env::var_os("SAWLOG_BLESS").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(committed, page, "SAWLOG_BLESS=1 writes {}", path.display());
    }
}

#[test]
fn every_node_has_a_row() {
    for builtin in builtin() {
        let log_type = log_type(builtin.text);
        let page = page(&log_type);
        for node in &Plan::new(log_type).nodes[1..] {
            // Elements stand in the row of their array.
            if !node.path.ends_with("[]") {
                assert!(page.contains(&format!("\n| `{}` | ", node.path)), "{}", node.path);
            }
        }
    }
}

#[test]
fn everything_said_about_a_field_stands_in_its_row() {
    let yaml = r#"
schema: Custom.Page
description: |
  Two lines,
  one <text>
fields:
  - {name: at, type: timestamp, isEventTime: true, timeFormats: [unix_ms, "%Y|%m"], description: "When | how"}
  - name: who
    type: string
    required: true
    rename: {from: actor}
    indicators: [email]
    mask: {type: redact}
  - {name: part, type: string, split: {from: who, separator: "@", index: 1}}
  - {name: how, type: string, validate: {allow: [read, write]}}
  - name: to
    type: array
    indicators: [ip]
    element:
      type: array
      element: {type: object, fields: [{name: "a`b", type: string}, {name: n, type: int}]}
  - {name: raw, type: object, isEmbeddedJSON: true, fields: [{name: x, type: json}]}
"#;
    let expected = "\
# Custom.Page

Two lines, one &lt;text>

- Records: JSON objects
- Table: `custom_page`
- Version: 0
- Event time: `at` (`unix_ms` or `%Y\\|%m`)
- Indicators: `p_any_ip_addresses`, `p_any_emails`

## Fields

| Field | Type | Required | Indicators | Meaning |
|:--|:--|:--|:--|:--|
| `at` | timestamp |  |  | When \\| how; as `unix_ms` or `%Y\\|%m` |
| `who` | string | yes | `email` | read from the key `actor`; hidden by another text |
| `part` | string |  |  | part 2 of `who`, cut at `@` |
| `how` | string |  |  | one of `read`, `write` |
| `to` | array of array of object |  |  |  |
| `to[][].a`b` | string |  | `ip` |  |
| `to[][].n` | int |  |  |  |
| `raw` | object |  |  | may be JSON within text |
| `raw.x` | json |  |  |  |

After them stand the columns that every table has; the indicators are among these.

## A question to begin with

In DuckDB:

```sql
SELECT p_event_time, e.at, e.who, e.part, e.how
FROM read_parquet('lake/custom_page/**/*.parquet') AS e
WHERE list_contains(p_any_ip_addresses, '203.0.113.7')
ORDER BY p_event_time DESC
LIMIT 100;
```
";
    assert_eq!(page(&log_type(yaml)), expected.replace("`to[][].a`b`", "`` to[][].a`b ``"));
}
