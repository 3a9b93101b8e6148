//! What a log has that its definition has not, over all records, and a patch that adds it.
//!
//! The records are read twice: once with the log type, for what it refuses, and once without, for what there
//! is. Shapes of declared fields are laid out before the second reading, so that whatever else appears is
//! what the definition lacks.

mod compare;
mod diff;
mod place;

use std::collections::HashMap;
use std::sync::Arc;

use sawlog_columns::{Columns, Reject};
use sawlog_parser::limits::MAX_UNKNOWN_PATHS;
use sawlog_parser::{Batch, Envelope, Parser, RecordsPath, UnknownFields};
use sawlog_schema::{LogParser, LogType, Plan, load};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::infer::{Decider, Shapes, Survey};
use crate::left_out::{self, LeftOut};
use crate::read::{Fed, Progress, read_source};
use crate::spool::Spooled;
use compare::Lack;
use diff::Edits;

/// Paths with refused values that are told apart.
const MISMATCHES: usize = 1000;

/// A request to compare a log with its definition.
#[derive(Debug, Clone)]
pub struct DriftOptions {
    /// Files, folders, globs and `-`.
    pub inputs: Vec<String>,
    /// The text of the definition.
    pub definition: String,
    /// Its path, which the patch names.
    pub path: String,
    /// Where records lie within a document.
    pub records_path: RecordsPath,
}

/// How a log differs from its definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Whether there is anything that the definition does not know, or does not accept.
    pub drift: bool,
    /// Records that are events.
    pub records: u64,
    /// Records that are no events.
    pub unreadable: u64,
    /// The same by reasons.
    pub left_out: Vec<LeftOut>,
    /// Events that the log type refuses.
    pub rejected: u64,
    /// Values that no field declares.
    pub undeclared: Vec<Undeclared>,
    /// Paths of declared fields that no record has.
    pub never_seen: Vec<String>,
    /// What events were refused for.
    pub mismatches: Vec<Mismatched>,
    /// Values that `validate` does not allow.
    pub not_allowed: Vec<NotAllowed>,
    /// A unified diff that adds the undeclared fields; none where there is nothing to add, or no place.
    pub patch: Option<String>,
}

/// A key without a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undeclared {
    /// Dotted path.
    pub path: String,
    /// Times that it was seen.
    pub count: u64,
    /// The type that its values have; none where it was seen in places that no field can be declared for.
    #[serde(rename = "type")]
    pub type_name: Option<&'static str>,
    /// Names of the scanners that its values call for.
    pub indicators: Vec<&'static str>,
    /// The beginning of a value, as JSON.
    pub example: Option<String>,
}

/// A reason for which events were refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatched {
    /// Dotted path.
    pub path: String,
    /// The code of the reject.
    pub code: &'static str,
    /// Events.
    pub count: u64,
    /// The reason of the first one, in words.
    pub message: String,
}

/// Values besides those that a field allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotAllowed {
    /// Dotted path.
    pub path: String,
    /// Values, equal ones included.
    pub count: u64,
    /// The first few of them, with their counts.
    pub values: Vec<(String, u64)>,
}

const NOTHING: &str = "there is nothing to compare with the definition: no record is a JSON object";

/// Compares all records of the inputs with a definition.
///
/// # Errors
/// Fails where an input cannot be read, no record is an event, the definition has errors, or it is not one of
/// a JSON log.
pub fn drift(options: &DriftOptions) -> Result<Drift> {
    let log_type = log_type(options)?;
    let inputs = Spooled::new(&options.inputs)?;
    let plans = [Arc::new(Plan::new(log_type))];
    let log_type = &plans[0].log_type;
    let envelope = Arc::new(Envelope::new(&plans, options.records_path.clone()));
    let parsed = Parsed::new(&inputs, &plans, &envelope)?;
    let mut shapes = Shapes::new();
    compare::declare(log_type, &mut shapes);
    let survey = Survey::new(&inputs, &envelope, shapes)?;
    if survey.events == 0 {
        return Err(left_out::nothing(NOTHING, &survey.left_out));
    }
    let lacks = compare::lacks(log_type, &survey.shapes);
    let mut decider = Decider::new(&survey.shapes);
    let mut undeclared: Vec<Undeclared> =
        lacks.iter().map(|lack| described(lack, &survey, &mut decider)).collect();
    undeclared.extend(parsed.left_over(&undeclared));
    let unreadable = left_out::total(&survey.left_out);
    let drift = Drift {
        drift: false,
        records: survey.events,
        unreadable,
        rejected: parsed.rejected.saturating_sub(unreadable),
        never_seen: compare::never_seen(log_type, &survey.shapes),
        not_allowed: compare::not_allowed(log_type, &survey.shapes),
        mismatches: parsed.mismatches,
        patch: patch(options, &survey.shapes, &lacks),
        left_out: survey.left_out,
        undeclared,
    };
    // A log need not have everything that its definition knows.
    let is_same = drift.undeclared.is_empty() && drift.mismatches.is_empty() && drift.not_allowed.is_empty();
    Ok(Drift { drift: !is_same, ..drift })
}

fn log_type(options: &DriftOptions) -> Result<LogType> {
    let DriftOptions { definition, path, .. } = options;
    let Some(log_type) = load(definition, path).log_type else {
        return Err(Error::Usage(format!(
            "the definition {path} has errors; `sawlog schema check` tells them"
        )));
    };
    if log_type.parser != LogParser::Json {
        return Err(Error::Usage(format!(
            "{} reads text, whose values have no names but those of its parser; drift is told of JSON logs",
            log_type.name
        )));
    }
    Ok(log_type)
}

/// What the log type makes of the records.
#[derive(Default)]
struct Parsed {
    rejected: u64,
    mismatches: Vec<Mismatched>,
    unknown: UnknownFields,
}

impl Parsed {
    fn new(inputs: &Spooled, plans: &[Arc<Plan>; 1], envelope: &Arc<Envelope>) -> Result<Self> {
        let mut parsed = Self::default();
        let mut places = HashMap::new();
        let mut parser = Parser::new(plans, Arc::clone(envelope), false);
        let mut columns = vec![Columns::new(&plans[0], false)];
        for source in inputs.sources() {
            read_source(&mut source?, envelope, 0, &Progress::default(), &mut |block| {
                let mut batch = Batch::new(0, std::mem::take(&mut columns));
                parser.parse(&block, &mut batch);
                parsed.unknown.merge(&batch.unknown, MAX_UNKNOWN_PATHS);
                batch.rejects.iter().for_each(|reject| parsed.add(reject, &mut places));
                columns = batch.columns;
                columns.iter_mut().for_each(Columns::clear);
                Fed::Continue(block.data)
            })?;
        }
        Ok(parsed)
    }

    fn add(&mut self, reject: &Reject, places: &mut HashMap<(String, &'static str), usize>) {
        self.rejected += 1;
        if reject.schema_line.is_none() {
            return;
        }
        let place = (dotted(&reject.json_path), reject.code.as_str());
        if let Some(&known) = places.get(&place) {
            self.mismatches[known].count += 1;
        } else if self.mismatches.len() < MISMATCHES {
            let (path, code) = place.clone();
            places.insert(place, self.mismatches.len());
            self.mismatches.push(Mismatched { path, code, count: 1, message: reject.message.to_string() });
        }
    }

    /// Undeclared values that a comparison of shapes does not show: one object where an array of objects is
    /// declared is no array, for instance.
    fn left_over(&self, known: &[Undeclared]) -> Vec<Undeclared> {
        let is_known = |path: &str| {
            let of = |known: &Undeclared| {
                path.strip_prefix(&known.path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
            };
            known.iter().any(of)
        };
        let left = self.unknown.iter().filter(|(path, _)| !is_known(path));
        left.map(|(path, count)| Undeclared {
            path: path.to_owned(),
            count,
            type_name: None,
            indicators: Vec::new(),
            example: None,
        })
        .collect()
    }
}

/// A JSONPath as the dotted path that reports show: `$.a[3].b` becomes `a[].b`.
fn dotted(json_path: &str) -> String {
    let path = json_path.strip_prefix('$').unwrap_or(json_path);
    let path = path.strip_prefix('.').unwrap_or(path);
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        out.push('[');
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        rest = if after[digits..].starts_with(']') { &after[digits..] } else { after };
    }
    out + rest
}

fn described(lack: &Lack<'_>, survey: &Survey, decider: &mut Decider<'_>) -> Undeclared {
    let shape = survey.shapes.get(lack.member.shape);
    let field = decider.member(lack.member, lack.objects, &lack.path);
    let mut indicators = Vec::new();
    if let Some(field) = &field {
        indicators.extend(field.value.indicators.iter().map(|scanner| scanner.name()));
    }
    Undeclared {
        path: lack.full_path(),
        count: shape.count(),
        type_name: field.as_ref().map(|field| field.value.kind.name()),
        indicators,
        example: shape.example.as_deref().map(str::to_owned),
    }
}

/// The patch that declares what is lacking, if there is a place for all of it.
fn patch(options: &DriftOptions, shapes: &Shapes, lacks: &[Lack<'_>]) -> Option<String> {
    if lacks.is_empty() {
        return None;
    }
    let text = place::Text::new(&options.definition);
    let mut decider = Decider::new(shapes);
    let mut edits = Edits::new();
    let additions = compare::additions(lacks, &mut decider).into_iter();
    for (span, fields) in additions.filter(|(_, fields)| !fields.is_empty()) {
        text.add_behind(span, &fields, &mut edits)?;
    }
    if edits.is_empty() {
        return None;
    }
    let path = options.path.trim_start_matches("./").trim_start_matches('/');
    let (patched, diff) = diff::apply(&options.definition, &edits, path);
    // What was written in an unusual way may have been misread; then no patch is better than a wrong one.
    let loaded = load(&patched, &options.path).log_type?;
    // A key whose name no field can have lacks one still.
    let mut rest = compare::lacks(&loaded, shapes).into_iter();
    rest.all(|lack| decider.member(lack.member, lack.objects, &lack.path).is_none()).then_some(diff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_leave_the_path() {
        assert_eq!(dotted("$.a[3].b"), "a[].b");
        assert_eq!(dotted("$.a[3][12]"), "a[][]");
        assert_eq!(dotted("$"), "");
        assert_eq!(dotted("$['x y'].b[0]"), "['x y'].b[]");
    }
}
