//! Records and the log types whose events a script makes.
//!
//! A script is handed the text of the record, whatever it is, and gives the event as JSON text. From there on
//! the event is read and walked like any other. Scripts try what no log type of JSON accepts, beside those
//! that read text.

use std::sync::Arc;

use sawlog_columns::Code;
use sawlog_schema::{LogParser, Plan, ScriptParser};

use crate::json::JsonReader;
use crate::place::Verdict;
use crate::walk::{Document, keys};

/// The log types that run scripts.
pub(crate) struct ScriptTypes {
    types: Vec<ScriptType>,
    /// Reads what the scripts give.
    json: JsonReader,
}

struct ScriptType {
    /// Number of its plan.
    plan: u32,
    parser: ScriptParser,
    /// The event it made last.
    event: String,
}

impl ScriptTypes {
    pub(crate) fn new(plans: &[Arc<Plan>]) -> Self {
        let types = (0..).zip(plans).filter_map(|(plan, definition)| match &definition.log_type.parser {
            LogParser::Script(parser) => {
                Some(ScriptType { plan, parser: parser.clone(), event: String::new() })
            }
            _ => None,
        });
        Self { types: types.collect(), json: JsonReader::new() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.types.len()
    }

    /// Number of the plan of script number `index`.
    pub(crate) fn plan(&self, index: usize) -> u32 {
        self.types[index].plan
    }

    /// Has script number `index` make an event of a record.
    pub(crate) fn run(&mut self, index: usize, record: &[u8]) -> Result<(), Verdict> {
        let text = simdutf8::compat::from_utf8(record).map_err(|error| {
            let message = format!("the record is not valid UTF-8, at byte {} of it", error.valid_up_to());
            Verdict::whole(Code::InvalidUtf8, message)
        })?;
        let ScriptType { parser, event, .. } = &mut self.types[index];
        parser.script.run(text, event).map_err(|error| {
            let mut verdict = Verdict::whole(Code::ScriptFailed, error.to_string());
            verdict.schema_line = Some(parser.schema_line(error.line));
            verdict
        })
    }

    /// Whether script number `index` fails on this record for certain, which is found out in less time than
    /// it takes to run it.
    pub(crate) fn is_bound_to_fail(&self, index: usize, record: &[u8]) -> bool {
        self.types[index].parser.script.is_bound_to_fail(record)
    }

    /// How many of the keys of the event that script number `index` made are fields.
    pub(crate) fn declared(&mut self, index: usize, is_field: impl Fn(&str) -> bool) -> usize {
        let count = |doc: Document<'_>| keys(doc.tokens, 0).filter(|(_, name)| is_field(name)).count();
        self.read(index, count).unwrap_or(0)
    }

    /// Bytes of the event that script number `index` made.
    pub(crate) fn event_bytes(&self, index: usize) -> usize {
        self.types[index].event.len()
    }

    /// Hands on the event that script number `index` made.
    pub(crate) fn read<R>(
        &mut self,
        index: usize,
        then: impl FnOnce(Document<'_>) -> R,
    ) -> Result<R, Verdict> {
        let event = self.types[index].event.as_bytes();
        self.json.read(event, then).map_err(|error| Verdict::unreadable(&error, "event"))
    }
}
