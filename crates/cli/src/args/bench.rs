//! The flags of `sawlog bench`.

use clap::{Args, value_parser};
use sawlog_engine::Stream;

use super::streams;

/// Measure how fast this machine converts a log, as a whole and stage by stage.
///
/// The whole is a conversion like any other, into a lake that is removed afterwards. The stages are the same
/// work on one thread, one after the other, on the beginning of the inputs. Medians are shown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sawlog bench
  sawlog bench audit.ndjson --schema Atlassian.Audit
  sawlog bench dumps/ --schema my.yml --threads 8 --rounds 3 --json
  sawlog generate --log-type AWS.CloudTrail --events 500000 | sawlog bench - --schema AWS.CloudTrail

What is written goes to the folder for temporary files; TMPDIR names another. The lake needs about
a tenth of the inputs' size; a generated dump and a copy of standard input lie there too, whole.
All of it is removed in the end; what an interrupted run leaves is called sawlog-bench-…
The machine should do nothing else meanwhile.")]
pub(crate) struct Bench {
    /// Files, folders, globs, or `-` for standard input; gzip and zstd are found by content [default: a
    /// generated dump]
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// Size of the generated dump of Atlassian.Audit, about 1,250 bytes an event
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = value_parser!(u64).range(1..))]
    #[arg(conflicts_with = "inputs")]
    pub(crate) events: u64,
    /// Name of a built-in log type, a YAML file that defines one, or a folder of such files; with several,
    /// each record goes to the one that fits it best [default: all built-in ones; Atlassian.Audit for a
    /// generated dump]
    #[arg(long = "schema", value_name = "NAME|FILE|DIR")]
    pub(crate) schemas: Vec<String>,
    /// Worker threads of the whole conversion [default: one per core]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// How often each measurement is repeated
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = value_parser!(u16).range(1..))]
    pub(crate) rounds: u16,
    /// Beginning of the inputs that the stages are measured on, in MiB after decompression
    #[arg(long, value_name = "MIB", default_value_t = 128, value_parser = value_parser!(u32).range(1..))]
    pub(crate) sample: u32,
    /// What the records come in, where content and log types do not tell
    #[arg(long, value_name = "KIND", default_value = "auto", value_parser = streams())]
    pub(crate) stream: Stream,
    /// Dotted path to the records within each document, or `none` to leave pages whole [default: well-known
    /// names are found]
    #[arg(long, value_name = "PATH")]
    pub(crate) records_path: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
