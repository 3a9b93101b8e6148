//! The schemas that ship inside the binary.

use crate::spelling::closest;

/// A schema that ships with sawlog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    /// Name of the log type.
    pub name: &'static str,
    /// The YAML.
    pub text: &'static str,
    /// Where the YAML stands in the source tree.
    pub path: &'static str,
}

/// One line per schema: its name, and its path below `schemas/`.
macro_rules! builtins {
    ($($name:literal = $path:literal,)+) => {
        &[$(Builtin {
            name: $name,
            text: include_str!(concat!("../../../schemas/", $path)),
            path: concat!("schemas/", $path),
        },)+]
    };
}

const BUILTIN: &[Builtin] = builtins! {
    "AWS.CloudTrail" = "aws/cloudtrail.yml",
    "AWS.S3ServerAccess" = "aws/s3_server_access.yml",
    "AWS.VPCFlow" = "aws/vpc_flow.yml",
    "Apache.AccessCombined" = "apache/access_combined.yml",
    "Atlassian.Audit" = "atlassian/audit.yml",
    "Atlassian.AuditExtended" = "atlassian/audit_extended.yml",
    "Atlassian.DataCenterAudit" = "atlassian/data_center_audit.yml",
    "Cloudflare.Audit" = "cloudflare/audit.yml",
    "Confluence.Audit" = "confluence/audit.yml",
    "Duo.Authentication" = "duo/authentication.yml",
    "GSuite.Reports" = "gsuite/reports.yml",
    "GitHub.Audit" = "github/audit.yml",
    "Jira.Audit" = "jira/audit.yml",
    "Okta.SystemLog" = "okta/system_log.yml",
    "Slack.AuditLogs" = "slack/audit_logs.yml",
    "Syslog.RFC5424" = "syslog/rfc5424.yml",
};

/// Every built-in schema, ordered by name.
pub fn builtin() -> &'static [Builtin] {
    BUILTIN
}

/// Finds a built-in schema by the name of its log type; case matters only between names that differ in case.
pub fn find_builtin(name: &str) -> Option<&'static Builtin> {
    let exact = BUILTIN.iter().find(|builtin| builtin.name == name);
    exact.or_else(|| BUILTIN.iter().find(|builtin| builtin.name.eq_ignore_ascii_case(name)))
}

/// The built-in names that may be meant by one that is none: those of which it is the vendor or the log,
/// whatever its case, or else the one that it comes closest to, if any is close.
pub fn suggest_builtins(name: &str) -> Vec<&'static str> {
    let is_part = |builtin: &&str| builtin.split('.').any(|part| part.eq_ignore_ascii_case(name));
    let parts: Vec<_> = builtin().iter().map(|builtin| builtin.name).filter(is_part).collect();
    if parts.is_empty() { suggest_log_type(name, []).into_iter().collect() } else { parts }
}

/// The name that a misspelt one comes closest to, if any is close: of `others`, or of a built-in log type.
pub fn suggest_log_type<'a>(name: &str, others: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest(name, others.into_iter().chain(builtin().iter().map(|builtin| builtin.name)))
}
