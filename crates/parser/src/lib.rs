//! Bytes in, columns and rejects out.
//!
//! Three questions are answered one after the other, and none of the answers needs a file, a thread or a
//! clock.
//! *Where are the records?* A [`Framer`] is fed whatever bytes have been read and hands out [`Block`]s of
//! whole records; pages of an API and arrays are taken apart on the way, however long they are. *What does
//! a record say?* One that looks like an earlier one is followed along its learned shape; a [`Reader`]
//! turns any other into a flat list of [`Token`]s. *What does the schema make of it?* The walk compares the
//! tokens with the plan, coerces declared values, finds the event time and the [`indicator`]s, keeps what
//! is not declared, and fills a [`Sink`](sawlog_columns::Sink).
//!
//! A record that breaks a rule becomes a [`Reject`](sawlog_columns::Reject) with its place and its bytes.
//! Where several log types are given, each record goes to the one that knows most of its fields. Every record
//! met becomes a row, a reject, or a counted skip: [`Batch::records`] is their sum.
//!
//! ```
//! use std::sync::Arc;
//!
//! use sawlog_columns::Columns;
//! use sawlog_parser::{Batch, Envelope, Framer, FramerOptions, Parser, RecordsPath};
//! use sawlog_schema::{Plan, load};
//!
//! let yaml = "{schema: Custom.Door, fields: [{name: floor, type: int, required: true}]}";
//! let plans = [Arc::new(Plan::new(load(yaml, "door.yml").log_type.expect("a sound schema")))];
//! let envelope = Arc::new(Envelope::new(&plans, RecordsPath::Detect));
//!
//! let dump = b"{\"floor\": 3}\n{\"floor\": \"up\"}\n";
//! let mut framer = Framer::new(Arc::clone(&envelope), FramerOptions::default());
//! framer.space()[..dump.len()].copy_from_slice(dump);
//! framer.advance(dump.len());
//! framer.finish();
//!
//! let mut parser = Parser::new(&plans, envelope, false);
//! let mut batch = Batch::new(0, vec![Columns::new(&plans[0], false)]);
//! while let Some(block) = framer.next_block() {
//!     parser.parse(&block, &mut batch);
//! }
//! assert_eq!((batch.records, batch.rows()), (2, 1));
//! let reject = &batch.rejects[0];
//! assert_eq!((reject.line, reject.json_path.as_str()), (2, "$.floor"));
//! assert_eq!(&*reject.message, "`floor` is declared as int, but the event has the string \"up\"");
//! ```

mod attempt;
mod batch;
mod block;
mod classify;
mod cloudwatch;
mod documents;
mod envelope;
mod framing;
mod index;
pub mod indicator;
mod json;
mod json_text;
pub mod limits;
mod lines;
pub mod measure;
mod parser;
mod place;
mod reader;
pub mod reference;
pub mod scalar;
mod script;
mod shape;
mod stream;
mod swar;
mod tape;
mod text;
pub mod time;
mod token;
mod walk;

pub use batch::Batch;
pub use block::{Block, Fault, Records, Span};
pub use documents::{Document, DocumentReader};
pub use envelope::{Envelope, InvalidRecordsPath, RecordsPath, split};
pub use framing::{Framer, FramerOptions, LinesFrom};
pub use json::Reader;
pub use parser::Parser;
pub use stream::Stream;
pub use text::{Line, Mismatch, TextReader};
pub use token::{Extent, Token, TokenKind};
pub use walk::UnknownFields;
