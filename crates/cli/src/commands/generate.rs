//! `sawlog generate`: a synthetic dump.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::ExitCode;

use sawlog_generator::{Generator, Options};

use super::Failure;
use crate::args::Generate;
use crate::output::print;

pub(super) fn run(args: &Generate) -> Result<ExitCode, Failure> {
    let mut generator = Generator::new(Options::new(args.events, args.seed));
    let Some(path) = &args.out else {
        return print(|mut out| generator.write_to(&mut out).map(drop));
    };
    let fail = |e: std::io::Error| Failure::io(&format!("cannot write {}", path.display()), &e);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path).map_err(fail)?);
    generator.write_to(&mut out).and_then(|_| out.flush()).map_err(fail)?;
    Ok(ExitCode::SUCCESS)
}
