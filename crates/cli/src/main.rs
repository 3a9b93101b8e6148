//! sawlog: logs in, Parquet out. The command line, and nothing else.

mod args;
mod commands;
mod output;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = args::Cli::parse();
    match commands::run(cli.command) {
        Ok(code) => code,
        Err(failure) => {
            output::complain(&failure.message);
            ExitCode::from(failure.exit_code)
        }
    }
}
