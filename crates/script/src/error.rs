//! What went wrong with a script, and where in its source.

use std::fmt;

use starlark::ErrorKind;
use starlark::eval::Evaluator;

use crate::guard::Guarded;
use crate::limits::{CALL_DEPTH, HEAP_BYTES, MESSAGE_CHARS, TICKS};

/// A problem of a script, or of a record with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// Line of the source, from 1; 0 where the script as a whole is meant.
    pub line: u32,
    /// Column in characters, from 1; 0 where the script as a whole is meant.
    pub column: u32,
    /// What is wrong, on one line.
    pub message: String,
}

impl ScriptError {
    pub(crate) fn whole(message: &str) -> Self {
        Self { line: 0, column: 0, message: one_line(message) }
    }

    /// An error at an offset of the source.
    pub(crate) fn at(source: &str, offset: usize, message: &str) -> Self {
        // What is missing at the end is missing behind the last word, not lines below it.
        let before = source.get(..offset.min(source.trim_end().len())).unwrap_or(source);
        let line = before.matches('\n').count() as u32 + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[start..].chars().count() as u32 + 1;
        Self { line, column, message: one_line(message) }
    }

    /// An error of the parser, which read the source itself.
    pub(crate) fn of_syntax(error: &starlark::Error, source: &str) -> Self {
        let message = error.without_diagnostic().to_string();
        match error.span() {
            Some(span) => Self::at(source, span.span.begin().get() as usize, &message),
            None => Self::whole(&message),
        }
    }

    /// An error of the interpreter, which read the guarded source.
    pub(crate) fn of_guarded(error: &starlark::Error, source: &str, guarded: &Guarded) -> Self {
        let message = message(error);
        match error.span() {
            Some(place) => Self::at(source, guarded.original(place.span.begin().get() as usize), &message),
            None => Self::whole(&message),
        }
    }

    /// An error of an evaluation, which may have met its limits.
    pub(crate) fn of_run(
        error: &starlark::Error,
        eval: &Evaluator<'_, '_, '_>,
        source: &str,
        guarded: &Guarded,
    ) -> Self {
        let mut found = Self::of_guarded(error, source, guarded);
        if eval.get_total_tick_count() >= TICKS {
            found.message = format!("the script needs more than {TICKS} calls and rounds");
        } else if eval.heap().allocated_bytes() > HEAP_BYTES {
            found.message = format!("the script needs more than {} MiB of memory", HEAP_BYTES >> 20);
        }
        found
    }
}

fn message(error: &starlark::Error) -> String {
    if let ErrorKind::StackOverflow(_) = error.kind() {
        return format!("calls are nested more than {CALL_DEPTH} levels deep");
    }
    let message = error.without_diagnostic().to_string();
    // The interpreter says no more than that.
    if message == "Immutable" {
        return "what is made outside of `parse` cannot be changed".to_owned();
    }
    message
}

/// A message on one line and of bounded length: it may quote the record.
fn one_line(message: &str) -> String {
    let mut line = String::new();
    for (at, c) in message.trim().chars().enumerate() {
        if at == MESSAGE_CHARS {
            line.push('…');
            break;
        }
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {} of the script: ", self.line)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ScriptError {}
