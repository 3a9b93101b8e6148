//! sawlog-engine: the pipeline from raw dumps to a published table.

mod convert;
mod error;
mod history;
mod inputs;
pub mod limits;
mod options;
mod parse;
mod pipeline;
mod report;
mod source;
mod stages;
mod tally;

pub use convert::{Progress, convert};
pub use error::{Error, Result};
pub use inputs::{Input, expand};
pub use options::ConvertOptions;
pub use parse::{ParseOptions, parse};
pub use report::{Report, ReportFile};
pub use sawlog_columns::Reject;
pub use sawlog_parser::RecordsPath;
pub use sawlog_schema as schema;
pub use sawlog_writer::{Error as WriterError, PartitionBy, Quarantined, read_quarantine};
