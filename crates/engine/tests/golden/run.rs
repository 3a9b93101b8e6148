//! Runs a case through both entrances of the engine, and writes down what came of it.
//!
//! `parse` gives the rows and the rejects, `convert` the counts; where both tell the same thing, they must
//! tell the same.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use sawlog_engine::schema::{ColumnNames, Plan, Severity, load, render};
use sawlog_engine::{
    ConvertOptions, ParseOptions, PartitionBy, Progress, Reject, Report, convert, parse, read_quarantine,
};
use serde_json::value::RawValue;

use crate::case::Case;

/// What becomes of a case: the sections that follow its input.
pub(crate) fn run(case: &Case) -> Result<String, String> {
    let mut out = String::new();
    let mut plans = Vec::new();
    for schema in &case.schemas {
        let loaded = load(&schema.yaml, schema.source);
        let failed = loaded.diagnostics.iter().any(|d| d.severity == Severity::Error);
        if case.diagnostics || failed {
            let text = render(&loaded.diagnostics, &schema.yaml, schema.source, false);
            write!(out, "==== diagnostics\n{text}").map_err(|e| e.to_string())?;
            if !text.ends_with('\n') {
                out.push('\n');
            }
        }
        plans.extend(loaded.log_type.map(|log_type| Arc::new(Plan::new(log_type))));
    }
    if plans.len() < case.schemas.len() {
        return Ok(out);
    }
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let input = folder.path().join("input");
    fs::write(&input, &case.input).map_err(|e| e.to_string())?;

    let (rows, rejects) = parsed(case, &plans, &input)?;
    let report = converted(case, &plans, &input, &folder.path().join("lake"), &rejects)?;
    if report.rows != rows.len() as u64 || report.quarantined != rejects.len() as u64 {
        return Err(format!("parse gave {} rows, {} rejects; convert {report:?}", rows.len(), rejects.len()));
    }
    let mut records: Vec<(u64, String)> = rows;
    records.extend(rejects.iter().map(|reject| (reject.byte_offset, describe(reject))));
    records.sort_by_key(|record| record.0);
    out.push_str("==== records\n");
    for (_, text) in records {
        out.push_str(&text);
        out.push('\n');
    }
    out.push_str(&summary(&report));
    Ok(out)
}

type Rows = Vec<(u64, String)>;

/// Rows, each with its offset, and rejects.
fn parsed(case: &Case, plans: &[Arc<Plan>], input: &Path) -> Result<(Rows, Vec<Reject>), String> {
    let options = ParseOptions {
        inputs: vec![input.display().to_string()],
        plans: plans.to_vec(),
        stream: case.stream,
        records_path: case.records_path.clone(),
        keep_missing: case.keep_missing,
        parse_time: case.parse_time,
        source_id: None,
        source_label: None,
    };
    let (mut events, mut rejects) = (Vec::new(), Vec::new());
    let mut tell = |reject: &Reject, _: &str| {
        rejects.push(reject.clone());
        Ok(())
    };
    parse(&options, &mut events, &mut tell).map_err(|e| e.to_string())?;
    let events = String::from_utf8(events).map_err(|e| e.to_string())?;
    let rows = events.lines().map(|line| row(line, plans)).collect::<Result<_, _>>()?;
    Ok((rows, rejects))
}

/// Takes out of a printed row what all rows of a case share, and what depends on where the case runs. The log
/// type is shared where there is only one.
fn row(line: &str, plans: &[Arc<Plan>]) -> Result<(u64, String), String> {
    let Members(members) = serde_json::from_str(line).map_err(|e| format!("{line}: {e}"))?;
    let get = |name: &str| {
        let member = members.iter().rev().find(|(key, _)| key == name);
        member.map(|(_, value)| value.get()).ok_or(format!("no {name} in {line}"))
    };
    let row_id = get("p_row_id")?.trim_matches('"');
    let offset = u64::from_str_radix(row_id.get(16..).unwrap_or_default(), 16).map_err(|e| e.to_string())?;
    let log_type = get("p_log_type")?.trim_matches('"');
    let plan = plans.iter().find(|plan| plan.log_type.name == log_type);
    let plan = plan.ok_or_else(|| format!("another log type: {line}"))?;
    let has_candidate = plan.nodes.iter().any(|node| node.event_time);
    let is_fallback = get("p_event_time")? == get("p_parse_time")?;
    let lone_flag = get("p_flags").unwrap_or_default() == r#"["event_time_missing"]"#;
    if !has_candidate && !is_fallback {
        return Err(format!("an event time from nowhere: {line}"));
    }
    let is_left_out = |key: &str| match key {
        "p_log_type" => plans.len() == 1,
        "p_row_id" | "p_parse_time" | "p_schema_version" | "p_source_file" => true,
        "p_event_time" => !has_candidate,
        "p_flags" => !has_candidate && lone_flag,
        _ => false,
    };
    let kept = members.iter().filter(|(key, _)| !is_left_out(key));
    let kept: Vec<String> = kept.map(|(key, value)| format!("{key:?}:{value}")).collect();
    Ok((offset, format!("{{{}}}", kept.join(","))))
}

fn describe(reject: &Reject) -> String {
    let mut text = format!(
        "! {} [record {}, line {}, byte {}, {} bytes",
        reject.code.as_str(),
        reject.record,
        reject.line,
        reject.byte_offset,
        reject.raw_len
    );
    if !reject.json_path.is_empty() {
        write!(text, ", at {}", reject.json_path).unwrap();
    }
    if let Some(line) = reject.schema_line {
        write!(text, ", schema line {line}").unwrap();
    }
    text + &format!("] {}", reject.message)
}

/// Converts the input, and holds the quarantine against the rejects.
fn converted(
    case: &Case,
    plans: &[Arc<Plan>],
    input: &Path,
    out: &Path,
    rejects: &[Reject],
) -> Result<Report, String> {
    let options = ConvertOptions {
        inputs: vec![input.display().to_string()],
        plans: plans.to_vec(),
        out: out.to_owned(),
        threads: 1,
        partition: PartitionBy::Day,
        column_names: ColumnNames::Original,
        stream: case.stream,
        records_path: case.records_path.clone(),
        keep_missing: case.keep_missing,
        max_quarantined: 1.0,
        parse_time: Some(case.parse_time),
        source_id: None,
        source_label: None,
        force: false,
    };
    let (report, ended) = convert(&options, &Progress::default());
    ended.map_err(|e| e.to_string())?;
    let files: u64 = report.files.iter().map(|file| file.rows).sum();
    let of_log_types = report.log_types.values().sum::<u64>();
    let sum = report.rows + report.quarantined + report.skipped;
    if report.records != sum || [files, of_log_types] != [report.rows; 2] {
        return Err(format!("the counts do not add up: {report:?}"));
    }
    let quarantined = read_quarantine(out).map_err(|e| e.to_string())?;
    let quarantined = quarantined.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    let stored: Vec<_> = quarantined
        .iter()
        .map(|q| {
            (
                q.code.clone(),
                q.message.clone(),
                q.record,
                q.line,
                q.byte_offset,
                q.json_path.clone(),
                q.raw.clone(),
            )
        })
        .collect();
    let printed: Vec<_> = rejects
        .iter()
        .map(|r| {
            let (code, message) = (r.code.as_str().to_owned(), r.message.to_string());
            (
                code,
                message,
                r.record as i64,
                r.line as i64,
                r.byte_offset as i64,
                r.json_path.clone(),
                r.raw.clone(),
            )
        })
        .collect();
    if stored != printed {
        return Err(format!("the quarantine holds {stored:?}\ninstead of {printed:?}"));
    }
    Ok(report)
}

fn summary(report: &Report) -> String {
    let Report { records, rows, quarantined, skipped, .. } = report;
    let mut out = format!("==== report\nrecords {records}, rows {rows}, quarantined {quarantined}");
    if *skipped > 0 {
        write!(out, ", skipped {skipped}").unwrap();
    }
    out.push('\n');
    let mut list = |what: &str, counts: &BTreeMap<String, u64>| {
        for (name, count) in counts {
            writeln!(out, "{what} {name}: {count}").unwrap();
        }
    };
    if report.log_types.len() > 1 {
        list("log type", &report.log_types);
    }
    list("reason", &report.reasons);
    list("note", &report.notes);
    list("unknown", &report.unknown_fields);
    out
}

/// The members of an object in their order, with their values as they are spelled.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}
