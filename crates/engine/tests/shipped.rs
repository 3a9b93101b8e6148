//! The log types that ship: their tests hold, and each knows its own dump among all others.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sawlog_engine::schema::{Plan, builtin, load};
use sawlog_engine::{ParseOptions, RecordsPath, Stream, parse, run_tests};
use serde_json::Value;

/// Dumps below `fixtures/` with their log type, and how many of their records are events and rejects.
const DUMPS: [(&str, &str, usize, usize); 20] = [
    ("AWS.CloudTrail", "aws/cloudtrail.json", 13, 0),
    ("AWS.CloudTrail", "aws/cloudtrail-lake.ndjson", 4, 0),
    ("AWS.S3ServerAccess", "aws/s3_server_access.log", 12, 1),
    ("AWS.VPCFlow", "aws/vpc_flow.log", 10, 2),
    ("AWS.VPCFlow", "aws/vpc_flow_custom.log", 2, 0),
    ("Apache.AccessCombined", "apache/access_combined.log", 12, 1),
    ("Atlassian.Audit", "atlassian/envelope_page_docs.json", 2, 0),
    ("Atlassian.DataCenterAudit", "atlassian-data-center/audit.log", 11, 1),
    ("Cloudflare.Audit", "cloudflare/audit.ndjson", 12, 0),
    ("Confluence.Audit", "confluence/audit.json", 12, 0),
    ("Duo.Authentication", "duo/authentication.ndjson", 12, 0),
    ("Duo.Authentication", "duo/authentication.json", 4, 0),
    ("GSuite.Reports", "gsuite/reports.json", 12, 0),
    ("GitHub.Audit", "github/audit.json", 13, 0),
    ("GitHub.Audit", "github/audit.ndjson", 13, 0),
    ("Jira.Audit", "jira/audit.json", 12, 0),
    ("Okta.SystemLog", "okta/system_log.json", 12, 0),
    ("Okta.SystemLog", "okta/empty-page.json", 0, 1),
    ("Slack.AuditLogs", "slack/audit_logs.json", 12, 0),
    ("Syslog.RFC5424", "syslog/rfc5424.log", 9, 3),
];

fn top(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

#[test]
fn every_test_of_a_shipped_log_type_holds() {
    let report = run_tests(&[top("schemas")]).unwrap();
    let failed: Vec<_> = report.tests.iter().filter(|test| !test.passed).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    for found in builtin() {
        let is_tested = report.tests.iter().any(|test| test.log_type == found.name);
        assert!(is_tested, "{} has no test", found.name);
    }
}

/// The log types of the events of a dump, and the number of its rejects.
fn read(dump: &str, plans: &[Arc<Plan>]) -> (Vec<String>, usize) {
    let options = ParseOptions {
        inputs: vec![top("fixtures").join(dump).to_string_lossy().into_owned()],
        plans: plans.to_vec(),
        stream: Stream::Auto,
        records_path: RecordsPath::Detect,
        keep_missing: false,
        parse_time: 0,
        source_id: None,
        source_label: None,
    };
    let (mut printed, mut rejects) = (Vec::new(), 0);
    parse(&options, &mut printed, &mut |_, _| {
        rejects += 1;
        Ok(())
    })
    .unwrap();
    let lines = printed.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let log_type = |line: &[u8]| {
        let event: Value = serde_json::from_slice(line).unwrap();
        event["p_log_type"].as_str().unwrap().to_owned()
    };
    (lines.map(log_type).collect(), rejects)
}

#[test]
fn each_dump_goes_to_its_log_type_among_all() {
    let plan = |text: &str, path: &str| Arc::new(Plan::new(load(text, path).log_type.unwrap()));
    let all: Vec<Arc<Plan>> = builtin().iter().map(|found| plan(found.text, found.path)).collect();
    for (log_type, dump, events, rejects) in DUMPS {
        let own: Vec<_> = all.iter().filter(|plan| plan.log_type.name == log_type).cloned().collect();
        assert_eq!(own.len(), 1, "{log_type}");
        let expected = (vec![log_type.to_owned(); events], rejects);
        assert_eq!(read(dump, &own), expected, "{dump} with {log_type} alone");
        assert_eq!(read(dump, &all), expected, "{dump} with all log types");
    }
    for found in builtin() {
        let is_shown = DUMPS.iter().any(|(log_type, ..)| *log_type == found.name);
        // Its events are those of the published one, and go there where they have all that it requires.
        assert!(is_shown || found.name == "Atlassian.AuditExtended", "{} has no dump", found.name);
    }
}
