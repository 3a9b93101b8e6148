//! `sawlog generate`: a synthetic dump.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use sawlog_generator::{Generator, Options, Written};
use serde_json::json;

use super::Failure;
use crate::args::Generate;
use crate::output::print;

pub(super) fn run(args: &Generate) -> Result<ExitCode, Failure> {
    let mut generator = Generator::new(Options {
        log: args.log_type,
        events: args.events,
        seed: args.seed,
        shuffle_keys: args.shuffle_keys,
        undeclared_percent: args.undeclared,
        rejected_percent: args.rejected,
    });
    let Some(path) = &args.out else {
        return print(|mut out| generator.write_to(&mut out).map(drop));
    };
    let fail = |e: io::Error| Failure::io(&format!("cannot write {}", path.display()), &e);
    let file = File::create(path).map_err(|e| fail(worded(e)))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    generator.write_to(&mut out).and_then(|_| out.flush()).map_err(fail)?;
    if !args.json {
        return Ok(ExitCode::SUCCESS);
    }
    let Written { events, rejected, undeclared } = generator.written();
    let written = json!({"events": events, "rejected": rejected, "undeclared": undeclared});
    print(|out| writeln!(out, "{written}"))
}

/// Why a file cannot be made, with what to do where a folder is missing.
fn worded(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::NotFound => {
            io::Error::other("its folder is not there; make it, or look for a slip in its name")
        }
        _ => error,
    }
}
