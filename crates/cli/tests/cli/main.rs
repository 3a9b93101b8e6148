//! The command line as its users meet it: the binary, real files, exit codes and what is printed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of tests fails the test")]

mod again;
mod bench;
mod commands;
mod damage;
mod determinism;
mod drift;
mod explain;
mod full_disk;
mod generate;
mod infer;
mod inputs;
mod kill;
mod log_types;
mod names;
mod open_files;
mod reports;
mod schema;
mod schema_test;
mod streams;
mod support;
mod tables;
