//! Columns to Parquet, and Parquet to where readers find it.
//!
//! The way of a chunk of rows has three stations, and each can be understood without the others. [`split`]
//! sorts the rows by event time and cuts them into the partitions of the table. [`encode`] makes of each
//! partition's rows one row group in memory; it is pure work, runs on all cores, and in any order.
//! [`TablesWriter`] appends row groups to files, in the order of the input, so that equal input gives equal
//! bytes; one of them serves all tables of a run. Records that became no rows go through
//! [`QuarantineWriter`] into Parquet files of their own.
//!
//! Nothing of this is seen by readers at first: a run prepares its files in a [`Staging`] folder of the
//! [`Lake`]. [`Lake::commit`] checks that every record is accounted for, writes the run into the ledger, and
//! moves the files into place. It can be killed at any instant: the next [`Lake::open`] either finds the run
//! decided and finishes it, or finds it undecided and removes its traces.
//!
//! ```
//! use std::sync::Arc;
//!
//! use sawlog_columns::{Columns, Instant, Row, Run, Sink, Source, Table};
//! use sawlog_schema::{Plan, load};
//! use sawlog_writer::{
//!     Batch, Counts, Entry, FileLimits, Input, Lake, PartitionBy, TableFormat, TableOutput, TablesWriter,
//!     encode, split,
//! };
//!
//! // One row, as a parser would fill it in.
//! let yaml = "{schema: Custom.Door, fields: [{name: badge, type: string}]}";
//! let plan = Plan::new(load(yaml, "door.yml").log_type.ok_or("a broken schema")?);
//! let source = Source { path: "door.json".to_owned(), identity: 1 };
//! let run = Run { sources: vec![source], ..Run::default() };
//! let mut columns = Columns::new(&plan, false);
//! columns.text(plan.members(0).node(0), 0, "B-17");
//! let event_time = Some(Instant { micros: 1_704_153_600_000_000, nanos: 0 });
//! columns.commit(Row { event_time, source: 0, byte_offset: 0 }, None, []);
//! columns.seal(&[], |_, _, _| ());
//!
//! // Into a lake.
//! let folder = tempfile::tempdir()?;
//! let mut lake = Lake::open(folder.path())?;
//! let staging = lake.begin("first")?;
//! let format = Arc::new(TableFormat::new(&plan)?);
//! let batch = Batch(0x5eed);
//! let formats = vec![Arc::clone(&format)];
//! let mut writer = TablesWriter::new(staging.folder(), formats, batch, FileLimits::default());
//! let parts = [columns];
//! let table = Table::new(&plan, &run, &parts);
//! for group in split(&table, &run, PartitionBy::Day) {
//!     writer.append(0, encode(&format, &table, &group)?)?;
//! }
//! let files = writer.finish()?.remove(0);
//! let table = TableOutput { table: format.folder().to_owned(), rows: 1, files, ..TableOutput::default() };
//! let counts = Counts { records: 1, rows: 1, ..Counts::default() };
//! let entry = Entry {
//!     batch,
//!     inputs: vec![Input { path: "door.json".to_owned(), counts, ..Input::default() }],
//!     counts,
//!     tables: vec![table],
//!     ..Entry::default()
//! };
//! let entry = lake.commit(staging, entry)?;
//!
//! let file = &entry.tables[0].files[0];
//! assert_eq!(file.path, "custom_door/year=2024/month=01/day=02/0000000000005eed-00000.parquet");
//! assert!(folder.path().join(&file.path).is_file());
//! assert!(folder.path().join("_ledger").join(entry.name() + ".json").is_file());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arrow_path;
mod clash;
mod disk;
mod encoding;
mod error;
mod files;
mod format;
mod lake;
mod ledger;
mod names;
mod pages;
mod partition;
mod publish;
mod quarantine;
mod row_group;
mod writeback;

pub use clash::Clash;
pub use error::{Error, Result, of_open_files};
pub use files::{FileLimits, TablesWriter, WrittenFile};
pub use format::TableFormat;
pub use lake::{Lake, Staging};
pub use ledger::{Counts, Entry, Input, LEDGER_FORMAT, SchemaId, State, TableOutput};
pub use names::{Batch, LEDGER, QUARANTINE, table_folder};
pub use partition::{Group, Partition, PartitionBy, UnknownPartitioning, split};
pub use quarantine::{QuarantineWriter, Quarantined, read_quarantine};
pub use row_group::{EncodedRowGroup, Encoder, encode, encode_all, encode_with};
