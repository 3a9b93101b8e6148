//! Typed column buffers that parsers fill, and the Arrow arrays gathered from them.
//!
//! A parser meets the fields of an event in whatever order the event has them, meets many events that lack
//! most fields, and learns only at the end of an event whether it is any good. Record batch builders want the
//! opposite: every column, every row, once. This crate stands between the two. [`Columns`] holds one growing
//! buffer per node of a [`Plan`](sawlog_schema::Plan); values are pushed through [`Sink`] with the index of
//! their row, and a row is committed whole or rolled back whole. At the end of a block [`Columns::seal`]
//! moves values to their indexes, and gaps between them become nulls.
//!
//! Of texts that are pieces of the block being read only the place is noted, others are kept. Sealing puts
//! all of them into [`Dictionary`]s, one for each column, and leaves numbers in their places.
//!
//! Rows leave as a [`Table`]: a view over many batches, of which a writer picks rows in any order. A [`Leaf`]
//! hands the levels and values of one leaf column to a [`LeafSink`], as Parquet wants them, where they lie;
//! or columns are gathered into Arrow arrays. Either way nobody holds a sorted copy of more than a slice of
//! one column. [`print_row`] shows a row as JSON instead.
//!
//! What did not become a row is a [`Reject`]: a value like any other, which ends in the quarantine.
//!
//! ```
//! use sawlog_columns::{Columns, Pick, Row, Run, Sink, Source, Table};
//! use sawlog_schema::{Plan, load};
//!
//! let yaml = "{schema: Custom.Door, fields: [{name: badge, type: string}, {name: floor, type: int}]}";
//! let plan = Plan::new(load(yaml, "door.yml").log_type.expect("a sound schema"));
//! let badge = plan.members(0).nodes()[0];
//!
//! let mut columns = Columns::new(&plan, false);
//! let mut commit = |badges: &[&str]| {
//!     let at = columns.row();
//!     badges.iter().for_each(|text| columns.text(badge, at, text));
//!     let row = Row { event_time: None, source: 0, byte_offset: u64::from(at) };
//!     columns.commit(row, None, []);
//! };
//! commit(&["A7"]);
//! commit(&[]);
//! columns.seal(&[], |_, _, _| ());
//!
//! let run = Run { sources: vec![Source { path: "door.log".into(), identity: 1 }], ..Run::default() };
//! let parts = [columns];
//! let table = Table::new(&plan, &run, &parts);
//! let newest_first = [Pick { part: 0, row: 1 }, Pick { part: 0, row: 0 }];
//! let badges = table.column(table.schema().field(0), &newest_first)?;
//! assert_eq!((badges.is_null(0), badges.is_valid(1)), (true, true));
//! let floors = table.column(table.schema().field(1), &newest_first)?;
//! assert_eq!(floors.null_count(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod buffer;
mod coded;
mod codes;
mod dictionary;
mod explain;
mod few;
mod gather;
mod hash;
mod headers;
mod indicators;
mod instant;
mod leaf;
mod note;
mod open;
mod prefetch;
mod print;
mod reject;
mod run;
mod selection;
mod sink;
mod text_lists;

pub use batch::Columns;
pub use dictionary::Dictionary;
pub use gather::Table;
pub use indicators::Scan;
pub use instant::Instant;
pub use leaf::{Leaf, LeafSink};
pub use note::Note;
pub use print::{escape, print_row};
pub use reject::{Code, Reject};
pub use run::{Run, Source};
pub use selection::{Pick, Selection};
pub use sink::{Row, Sink};
