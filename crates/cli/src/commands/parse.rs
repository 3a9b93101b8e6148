//! `sawlog parse`: normalized events on standard output, rejects on standard error.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use sawlog_engine::{Error, ParseOptions, Reject, parse};

use super::{Failure, log_types};
use crate::args::Parse;
use crate::output::{harmless, print, tell};

pub(super) fn run(args: &Parse) -> Result<ExitCode, Failure> {
    let reading = args.reading.options()?;
    let options = ParseOptions {
        inputs: if args.inputs.is_empty() { vec!["-".to_owned()] } else { args.inputs.clone() },
        plans: log_types::load(&args.schemas, false)?,
        stream: reading.stream,
        records_path: reading.records_path,
        keep_missing: reading.keep_missing,
        parse_time: reading.parse_time.unwrap_or_else(|| chrono::Utc::now().timestamp_micros()),
        source_id: args.reading.source_id.clone(),
        source_label: args.reading.source_label.clone(),
    };
    if args.inputs.is_empty() && io::stdin().is_terminal() {
        tell("reading events from the terminal, up to Ctrl-D");
    }
    let (mut failure, mut notes) = (None, BTreeMap::new());
    let mut rejected = |reject: &Reject, input: &str| {
        tell(&harmless(&told(reject, input)));
        Ok(())
    };
    let printed = print(|out| match parse(&options, out, &mut rejected) {
        Ok(all) => {
            notes = all;
            Ok(())
        }
        Err(Error::Print { source }) => Err(source),
        Err(error) => {
            failure = Some(error);
            Ok(())
        }
    });
    if let Some((first, _)) = notes.first_key_value() {
        let all: Vec<_> = notes.iter().map(|(note, count)| format!("{count} {}", note.as_str())).collect();
        tell(&format!("noted: {} (sawlog explain {})", all.join(", "), first.as_str()));
    }
    match failure {
        Some(error) => Err(error.into()),
        None => printed,
    }
}

/// One line for a person: where, why, and what breaks which rule.
fn told(reject: &Reject, input: &str) -> String {
    let mut line = format!("{input}:{}: {}: {}", reject.line, reject.code.as_str(), reject.message);
    let _ = write!(line, " [record {}, byte {}", reject.record, reject.byte_offset);
    if !reject.json_path.is_empty() {
        let _ = write!(line, ", at {}", reject.json_path);
    }
    if let Some(rule) = reject.schema_line {
        let _ = write!(line, ", schema line {rule}");
    }
    line + "]"
}
