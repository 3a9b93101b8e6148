//! The script parser: Starlark source in, one JSON event per record out, within limits.
//!
//! Some logs follow no pattern that a schema language could name. For them a schema may carry a script in
//! Starlark, a small dialect of Python made for configuration: no files, no clock, no network, no way to loop
//! without end. It defines `parse(log)`, which takes the text of one record and returns a dict, the event.
//! This crate is the only one that knows the interpreter, and gives the event as JSON text, so that it goes
//! through the same reader, the same coercions and the same checks as any other.
//!
//! A [`Script`] is compiled once. What it defines is frozen then, and every record gets a heap of its own, so
//! that no record can tell what came before it: the outcome depends on the source and the record alone. A
//! record that would take too long or too much memory is an error like any other; see [`limits`].
//!
//! Beside the language's own functions there are `json.encode`, `json.decode`, `base64.encode` and
//! `base64.decode`. Nothing can be loaded or printed.
//!
//! ```
//! use sawlog_script::Script;
//!
//! let script = Script::compile(
//!     "
//! def parse(log):
//!     door, badge = log.split(' ')
//!     return {'door': int(door), 'badge': badge}
//! ",
//! )?;
//! let mut event = String::new();
//! script.run("7 A113", &mut event)?;
//! assert_eq!(event, r#"{"door":7,"badge":"A113"}"#);
//!
//! let error = script.run("7", &mut event).unwrap_err();
//! assert_eq!(error.line, 3);
//! # Ok::<(), sawlog_script::ScriptError>(())
//! ```

mod comparison;
mod compile;
mod cost;
mod decode;
mod error;
mod guard;
mod json;
mod library;
pub mod limits;
mod scan;
mod tokens;
mod work;

use std::fmt;
use std::sync::Arc;

pub use error::ScriptError;
use serde::de::IgnoredAny;
use starlark::environment::Module;
use starlark::eval::Evaluator;
use starlark::values::dict::DictRef;

use crate::compile::Compiled;

/// A compiled script. Cheap to clone, and may run on several threads at once.
#[derive(Clone)]
pub struct Script(Arc<Inner>);

struct Inner {
    source: String,
    compiled: Compiled,
}

impl Script {
    /// Compiles the source and runs its top level.
    pub fn compile(source: &str) -> Result<Self, ScriptError> {
        let compiled = compile::compile(source)?;
        Ok(Self(Arc::new(Inner { source: source.to_owned(), compiled })))
    }

    /// The source.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Whether `parse` fails on this record for certain, because it begins by decoding as JSON what is none.
    /// To find that out takes far less time than to run it.
    pub fn is_bound_to_fail(&self, record: &[u8]) -> bool {
        self.0.compiled.decodes_first && serde_json::from_slice::<IgnoredAny>(record).is_err()
    }

    /// Calls `parse` with the text of one record, and puts the event into `out`, in place of what is there.
    pub fn run(&self, log: &str, out: &mut String) -> Result<(), ScriptError> {
        out.clear();
        let Inner { source, compiled: Compiled { guarded, parse, .. } } = &*self.0;
        if log.len() > limits::RECORD_BYTES {
            let limit = limits::RECORD_BYTES >> 20;
            return Err(ScriptError::whole(&format!("the record is longer than {limit} MiB")));
        }
        cost::start_over();
        work::start_over();
        Module::with_temp_heap(|module| {
            let mut eval = Evaluator::new(&module);
            let limited = compile::limit(&mut eval);
            limited.map_err(|error| ScriptError::whole(&error.to_string()))?;
            let parse = module.heap().access_owned_frozen_value(parse);
            let log = module.heap().alloc(log);
            let event = eval
                .eval_function(parse, &[log], &[])
                .map_err(|error| ScriptError::of_run(&error, &eval, source, guarded))?;
            let members = DictRef::from_value(event).map(|dict| dict.len());
            match members {
                None => {
                    let found = event.get_type();
                    let message = format!("`parse` must return a dict, but returned a value of type {found}");
                    Err(ScriptError::whole(&message))
                }
                Some(0) => Err(ScriptError::whole("`parse` returned an empty dict")),
                Some(_) => json::write(event, out)
                    .map_err(|why| ScriptError::whole(&format!("what `parse` returned is no event: {why}"))),
            }
        })
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Script").field(&self.0.source).finish()
    }
}

/// Scripts are equal if their sources are.
impl PartialEq for Script {
    fn eq(&self, other: &Self) -> bool {
        self.0.source == other.0.source
    }
}

impl Eq for Script {}
