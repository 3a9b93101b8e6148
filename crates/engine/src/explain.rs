//! Every code that sawlog reports, with its text: what a shell shows when asked what one means.

use sawlog_columns::{Code as RejectCode, Note};
use sawlog_schema::{Code as SchemaCode, Explanation, Severity, closest};

use crate::foreign::kinds;

/// Where a code is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TopicKind {
    /// A problem that makes a schema unusable.
    SchemaError,
    /// A problem that a schema can be used with.
    SchemaWarning,
    /// Why a record is rejected.
    Reject,
    /// An oddity of a row: a note in the report, and for some a flag in `p_flags`.
    Note,
}

impl TopicKind {
    /// The kind in a few words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SchemaError => "error in a schema",
            Self::SchemaWarning => "warning about a schema",
            Self::Reject => "reason for a rejected record",
            Self::Note => "note or flag of a row",
        }
    }
}

/// One code with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// The code as reports spell it.
    pub code: &'static str,
    /// Where it is met. A reject and a note may share their code.
    pub kind: TopicKind,
    /// What it means.
    pub explanation: Explanation,
    /// What all it is told of, each in a few words; empty where the meaning says it.
    pub instances: Vec<String>,
}

impl Topic {
    fn new(code: &'static str, kind: TopicKind, explanation: Explanation) -> Self {
        Self { code, kind, explanation, instances: Vec::new() }
    }

    fn of_reject(code: RejectCode) -> Self {
        let instances = if code == RejectCode::ForeignInput { kinds() } else { Vec::new() };
        Self { instances, ..Self::new(code.as_str(), TopicKind::Reject, code.explain()) }
    }
}

/// Every code, by kind, in the order of its declaration.
pub fn topics() -> Vec<Topic> {
    let schema = SchemaCode::ALL.iter().map(|code| {
        let kind = match code.severity() {
            Severity::Error => TopicKind::SchemaError,
            Severity::Warning => TopicKind::SchemaWarning,
        };
        Topic::new(code.as_str(), kind, code.explain())
    });
    let rejects = RejectCode::ALL.iter().map(|&code| Topic::of_reject(code));
    let notes = Note::ALL.iter().map(|note| Topic::new(note.as_str(), TopicKind::Note, note.explain()));
    let mut topics: Vec<Topic> = schema.chain(rejects).chain(notes).collect();
    topics.sort_by_key(|topic| topic.kind);
    topics
}

/// The texts for a code as it stands in a report, in `p_flags` (there a path may follow it) or in a message.
/// Case does not matter. An unknown code is answered with the one that it comes closest to, if any is close.
pub fn explain(code: &str) -> Result<Vec<Topic>, Option<&'static str>> {
    let name = code.split_once(':').map_or(code, |(name, _)| name);
    let mut found = topics();
    let close = closest(name, found.iter().map(|topic| topic.code));
    found.retain(|topic| topic.code.eq_ignore_ascii_case(name));
    if found.is_empty() { Err(close) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_as_they_are_spelt_and_misspelt() {
        assert_eq!(explain("Bad-Type").unwrap()[0].kind, TopicKind::SchemaError);
        assert_eq!(explain("no-event-time").unwrap()[0].kind, TopicKind::SchemaWarning);
        let both: Vec<TopicKind> =
            explain("missing_required:actor.id").unwrap().iter().map(|t| t.kind).collect();
        assert_eq!(both, [TopicKind::Reject, TopicKind::Note]);
        assert_eq!(explain("bad_type"), Err(Some("bad-type")));
        assert_eq!(explain("frobnicate"), Err(None));
    }
}
