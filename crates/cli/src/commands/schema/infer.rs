//! `sawlog schema infer`: the definition of a log type, from its log.

use std::process::ExitCode;

use sawlog_engine::{InferOptions, Inferred, infer};

use super::{count, left_out};
use crate::commands::{Failure, records_path};
use crate::output::{complain, harmless, print, tell};

pub(super) fn run(inputs: Vec<String>, name: String, path: Option<&str>) -> Result<ExitCode, Failure> {
    check_name(&name)?;
    let records_path = path.map(records_path).transpose()?;
    let inferred = infer(&InferOptions { inputs, name, records_path })?;
    let code = print(|out| out.write_all(inferred.yaml.as_bytes()))?;
    Ok(if told(&inferred) { code } else { ExitCode::from(1) })
}

/// Refuses a name that the definition could not have.
fn check_name(name: &str) -> Result<(), Failure> {
    let probe = format!("schema: {name:?}\nfields: [{{name: a, type: json}}]\n");
    let loaded = sawlog_engine::schema::load(&probe, "");
    if loaded.log_type.is_some() {
        return Ok(());
    }
    let problem = loaded.diagnostics.first();
    let told = problem.map(|p| format!("{}; {}", p.message, p.help.as_deref().unwrap_or_default()));
    Err(Failure::usage(format!("--name {name}: {}", told.unwrap_or_default())))
}

/// Says what came of it; returns whether the definition holds.
fn told(inferred: &Inferred) -> bool {
    let Inferred { records, left_out: reasons, doubts, check, .. } = inferred;
    if !reasons.is_empty() {
        tell(harmless(&left_out(reasons)).trim_end());
    }
    if *doubts > 0 {
        tell(&format!("look at the comments in the definition: {}", count(*doubts, "doubt")));
    }
    if check.is_sound() {
        tell(&format!(
            "checked: {}, all accepted, and every value has its field",
            count(*records as usize, "record")
        ));
        return true;
    }
    for reason in &check.reasons {
        tell(&harmless(reason));
    }
    complain(&format!(
        "the definition does not hold for its own input: {} of {records} refused, and {} without a field",
        check.rejected,
        count(check.undeclared as usize, "value")
    ));
    false
}
