//! The command line: every flag is defined here, once.

mod bench;
mod schema;

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::styling::{AnsiColor, Styles};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use sawlog_engine::Stream;
use sawlog_engine::schema::ColumnNames;
use sawlog_generator::Log;

pub(crate) use bench::Bench;
pub(crate) use schema::{Language, Schema};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold());

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  an input or output error; nothing was published
  2  wrong usage, or a conversion that would repeat or contradict an earlier one
  3  more records were rejected than --max-quarantined allows; nothing was published";

/// Logs in, typed Parquet out, and no record lost.
#[derive(Debug, Parser)]
#[command(name = "sawlog", version, styles = STYLES, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Convert(Convert),
    Parse(Parse),
    #[command(subcommand)]
    Schema(Schema),
    #[command(subcommand)]
    Quarantine(Quarantine),
    Explain(Explain),
    Bench(Bench),
    Generate(Generate),
}

/// Convert raw dumps into a lake of Parquet files.
///
/// Every record ends in exactly one place: a row of a table, or a quarantine entry that says what is wrong
/// with it and where it lies. The same command run again does nothing twice. An input that cannot be read,
/// such as a link to nowhere in a folder, ends the run, and nothing of it is published.
///
/// Exits with 0 when done, 1 after an input or output error, 2 where the request makes no sense, and 3 if
/// more records were rejected than --max-quarantined allows. Nothing is published unless it is 0.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sawlog convert audit.ndjson --schema Atlassian.Audit --out lake
  sawlog convert dumps/ 'more/*.json.gz' --schema my.yml --out lake --partition hour
  sawlog convert mixed.ndjson --schema my-types/ --schema Atlassian.Audit --out lake
  zcat audit.gz | sawlog convert - --schema Atlassian.Audit --out lake --json")]
pub(crate) struct Convert {
    /// Files, folders, globs, or `-` for standard input; gzip and zstd are found by content
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// Name of a built-in log type, a YAML file that defines one, or a folder of such files; with several,
    /// each record goes to the one that fits it best [default: all built-in ones]
    #[arg(long = "schema", value_name = "NAME|FILE|DIR")]
    pub(crate) schemas: Vec<String>,
    /// Folder of the lake; made where it does not exist
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Partition tables by event time: none, day or hour, in UTC
    #[arg(long, value_name = "BY", default_value = "day")]
    pub(crate) partition: String,
    /// How columns are called
    #[arg(long, value_name = "HOW", default_value = "original", value_parser = column_names())]
    pub(crate) column_names: ColumnNames,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Share of records that may be rejected, from 0 to 1, before the run fails
    #[arg(long, value_name = "RATIO", default_value_t = 1.0, value_parser = ratio)]
    pub(crate) max_quarantined: f64,
    /// Replace what earlier runs made of the same inputs
    #[arg(long)]
    pub(crate) force: bool,
    /// Print one JSON object with counts, files and reasons to standard output, whatever the exit code,
    /// unless it is 2
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// How records are found and read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// What the records come in, where content and log types do not tell
    #[arg(long, value_name = "KIND", default_value = "auto", value_parser = streams())]
    pub(crate) stream: Stream,
    /// Dotted path to the records within each document, or `none` to leave pages whole [default: well-known
    /// names are found]
    #[arg(long, value_name = "PATH")]
    pub(crate) records_path: Option<String>,
    /// What becomes of events that lack required fields
    #[arg(long, value_name = "WHAT", default_value = "quarantine")]
    pub(crate) missing_required: MissingRequired,
    /// Parse time of the whole run, as an RFC 3339 time [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) parse_time: Option<String>,
    /// Value of the column p_source_id
    #[arg(long, value_name = "ID")]
    pub(crate) source_id: Option<String>,
    /// Value of the column p_source_label
    #[arg(long, value_name = "LABEL")]
    pub(crate) source_label: Option<String>,
}

/// What becomes of events that lack required fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MissingRequired {
    /// They are quarantined.
    Quarantine,
    /// They become rows with nulls, and a flag that names the field.
    Keep,
}

/// Print normalized events as NDJSON; rejected records are named on standard error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sawlog parse audit.ndjson --schema Atlassian.Audit | head
  curl -s … | sawlog parse --schema my.yml")]
pub(crate) struct Parse {
    /// Files, folders, globs, or `-` [default: standard input]
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// Name of a built-in log type, a YAML file that defines one, or a folder of such files; with several,
    /// each record goes to the one that fits it best [default: all built-in ones]
    #[arg(long = "schema", value_name = "NAME|FILE|DIR")]
    pub(crate) schemas: Vec<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// Look at rejected records.
#[derive(Debug, Subcommand)]
pub(crate) enum Quarantine {
    /// Print quarantine entries as NDJSON
    #[command(after_help = "Example:\n  sawlog quarantine show lake --limit 10")]
    Show {
        /// A lake, or a folder below its _quarantine
        dir: PathBuf,
        /// Print at most so many entries
        #[arg(long, value_name = "N", value_parser = whole_number::<usize>)]
        limit: Option<usize>,
    },
}

/// Explain a code that a report, a schema check or the column p_flags shows.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sawlog explain
  sawlog explain missing_required")]
pub(crate) struct Explain {
    /// The code [default: list all with one line each]
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Write a realistic synthetic dump, the same bytes for the same seed everywhere.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sawlog generate --events 100000 --seed 1 --out audit.ndjson
  sawlog generate --log-type Okta.SystemLog --events 1000 --rejected 1 | sawlog parse | head")]
pub(crate) struct Generate {
    /// Log type of the events
    #[arg(long, value_name = "NAME", default_value = Log::Atlassian.log_type(), value_parser = logs())]
    pub(crate) log_type: Log,
    /// Number of events
    #[arg(long, value_name = "N", value_parser = whole_number::<u64>)]
    pub(crate) events: u64,
    /// Seed of the random choices
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = whole_number::<u64>)]
    pub(crate) seed: u64,
    /// Put the keys of every object into random order
    #[arg(long)]
    pub(crate) shuffle_keys: bool,
    /// Events of a hundred that carry fields which the log type does not declare
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = percent())]
    pub(crate) undeclared: u8,
    /// Events of a hundred that are spoiled so that they will be rejected
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = percent())]
    pub(crate) rejected: u8,
    /// Print one JSON object with the number of events, of those to be rejected, and of those that will be
    /// accepted with undeclared fields
    #[arg(long, requires = "out")]
    pub(crate) json: bool,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// The ways to call columns, by name.
fn column_names() -> impl TypedValueParser<Value = ColumnNames> {
    let values = ColumnNames::ALL.map(|names| {
        PossibleValue::new(names.name()).help(match names {
            ColumnNames::Original => "As the fields are",
            ColumnNames::Normalized => "In letters, digits, `_` and `-`, for stores that take no others",
        })
    });
    let of_name = |name: String| ColumnNames::ALL.into_iter().find(|names| names.name() == name);
    PossibleValuesParser::new(values).map(move |name| of_name(name).unwrap_or_default())
}

/// The kinds of stream, by name.
fn streams() -> impl TypedValueParser<Value = Stream> {
    let values = Stream::ALL.map(|stream| {
        PossibleValue::new(stream.name()).help(match stream {
            Stream::Auto => "As the content shows; lines, where every log type reads text",
            Stream::Lines => "Each line is a document, whatever it begins with: a record, or a page of them",
            Stream::Json => "JSON documents one after the other, of any layout",
            Stream::JsonArray => "The elements of an array: the document, or what --records-path names",
            Stream::CloudwatchLogs => {
                "The messages in envelopes of CloudWatch Logs; the rest is kept in p_header"
            }
        })
    });
    let of_name = |name: String| Stream::ALL.into_iter().find(|stream| stream.name() == name);
    PossibleValuesParser::new(values).map(move |name| of_name(name).unwrap_or_default())
}

/// The logs that can be generated, by log type.
fn logs() -> impl TypedValueParser<Value = Log> {
    let of_name = |name: String| Log::ALL.into_iter().find(|log| log.log_type() == name);
    PossibleValuesParser::new(Log::ALL.map(Log::log_type))
        .map(move |name| of_name(name).unwrap_or(Log::Atlassian))
}

fn percent() -> impl TypedValueParser<Value = u8> {
    clap::value_parser!(u8).range(0..=100)
}

fn whole_number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("give a whole number from 0 to {}, such as 1000000", u64::MAX))
}

fn ratio(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("give a number from 0 to 1, such as 0.01 for one in a hundred".to_owned()),
    }
}
