//! The flags of `sawlog schema`.

use std::path::PathBuf;

use clap::Subcommand;

/// Check, list, show and compare log-type definitions.
#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Check definitions; errors exit with 1, warnings with 0
    #[command(after_help = "Example:\n  sawlog schema check my.yml")]
    Check {
        /// YAML files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// List the built-in log types with what they are and where their vendor documents them
    #[command(after_help = "Example:\n  sawlog schema list")]
    List {
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Print the definition of a built-in log type
    #[command(after_help = "Example:\n  sawlog schema show Atlassian.Audit > my.yml")]
    Show {
        /// Name of the log type
        name: String,
    },
    /// Tell what changed between two definitions, and whether tables of the old one can go on
    ///
    /// Adding fields and changing what is said about them is compatible; deleting, renaming or retyping one is
    /// breaking, and exits with 1.
    #[command(after_help = "Examples:
  sawlog schema diff old.yml new.yml
  sawlog schema diff Atlassian.Audit my.yml --json")]
    Diff {
        /// Name of a built-in log type, or a YAML file that defines one
        old: String,
        /// The definition to compare with it
        new: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}
