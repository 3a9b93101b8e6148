//! The flags of `sawlog schema`.

use std::path::PathBuf;

use clap::Subcommand;

/// Check, list and show log-type definitions.
#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Check definitions; errors exit with 1, warnings with 0
    #[command(after_help = "Example:\n  sawlog schema check my.yml")]
    Check {
        /// YAML files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// List the built-in log types
    #[command(after_help = "Example:\n  sawlog schema list")]
    List,
    /// Print the definition of a built-in log type
    #[command(after_help = "Example:\n  sawlog schema show Atlassian.Audit > my.yml")]
    Show {
        /// Name of the log type
        name: String,
    },
}
