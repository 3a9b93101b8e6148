//! `sawlog generate`: a synthetic dump.

use std::fs::File;
use std::io::{BufWriter, Write};
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
    let fail = |e: std::io::Error| Failure::io(&format!("cannot write {}", path.display()), &e);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path).map_err(fail)?);
    generator.write_to(&mut out).and_then(|_| out.flush()).map_err(fail)?;
    if !args.json {
        return Ok(ExitCode::SUCCESS);
    }
    let Written { events, rejected, undeclared } = generator.written();
    let written = json!({"events": events, "rejected": rejected, "undeclared": undeclared});
    print(|out| writeln!(out, "{written}"))
}
