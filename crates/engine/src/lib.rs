//! The pipeline from raw dumps to a published table: the library that every shell calls.
//!
//! [`convert`] is the whole product in one call. It expands the inputs, asks the lake's ledger which of them
//! it already holds, reads and frames them, parses blocks and encodes row groups on the workers, writes in
//! the order of the input, checks that every record ended in exactly one place, and publishes all of it or
//! nothing. What it holds in memory follows from [`limits`] and the number of threads, never from the input.
//! [`parse`] prints normalized events instead, for people and for tests.
//!
//! The output depends on the inputs, the schema and the options, and on nothing else: the number of threads,
//! the order in which they finish and the sizes of reads leave no trace in it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use sawlog_engine::schema::{ColumnNames, Plan, find_builtin, load};
//! use sawlog_engine::{ConvertOptions, PartitionBy, Progress, RecordsPath, Stream, convert};
//!
//! let folder = tempfile::tempdir()?;
//! let dump = folder.path().join("audit.ndjson");
//! std::fs::write(
//!     &dump,
//!     r#"{"type":"events","id":"e1","attributes":{"time":"2026-01-31T12:00:00Z"},"links":{}}
//! {"type":"events","id":"e2"}
//! "#,
//! )?;
//!
//! let audit = find_builtin("Atlassian.Audit").expect("it is built in");
//! let log_type = load(audit.text, audit.path).log_type.expect("a sound schema");
//! let options = ConvertOptions {
//!     inputs: vec![dump.to_string_lossy().into_owned()],
//!     plans: vec![Arc::new(Plan::new(log_type))],
//!     out: folder.path().join("lake"),
//!     threads: 2,
//!     partition: PartitionBy::Day,
//!     column_names: ColumnNames::Original,
//!     stream: Stream::Auto,
//!     records_path: RecordsPath::Detect,
//!     keep_missing: false,
//!     max_quarantined: 1.0,
//!     parse_time: None,
//!     source_id: None,
//!     source_label: None,
//!     force: false,
//! };
//! let (report, ended) = convert(&options, &Progress::default());
//! ended?;
//! assert_eq!((report.rows, report.quarantined), (1, 1));
//! assert_eq!(report.reasons["missing_required"], 1);
//! assert!(report.files[0].path.starts_with("atlassian_audit/year=2026/month=01/day=31/"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bench;
mod convert;
mod definitions;
mod digest;
mod drift;
mod error;
mod explain;
mod foreign;
mod gzip;
mod history;
mod idle;
mod infer;
mod inputs;
mod job;
mod left_out;
pub mod limits;
mod log_types;
mod options;
mod padding;
mod parse;
mod pipeline;
mod plural;
mod read;
mod refusal;
mod report;
mod sections;
mod source;
mod spool;
mod stages;
mod streams;
mod tables;
mod tally;
mod testing;
mod zstandard;

pub use bench::{BenchInput, BenchOptions, BenchReport, BenchSample, Machine, Rate, Stage, Whole, bench};
pub use convert::convert;
pub use definitions::definition_files;
pub use drift::{Drift, DriftOptions, Mismatched, NotAllowed, Undeclared, drift};
pub use error::{Error, Result};
pub use explain::{Topic, TopicKind, explain, topics};
pub use infer::{InferCheck, InferOptions, Inferred, infer};
pub use inputs::{Input, Inputs, expand, look};
pub use left_out::LeftOut;
pub use options::ConvertOptions;
pub use parse::{ParseOptions, parse};
pub use read::Progress;
pub use report::{Report, ReportFile};
pub use sawlog_columns::{Note, Reject};
pub use sawlog_parser::{RecordsPath, Stream};
pub use sawlog_schema as schema;
pub use sawlog_writer::{Error as WriterError, LEDGER, PartitionBy, Quarantined, read_quarantine};
pub use testing::{Difference, TestOutcome, TestReport, run_tests};
