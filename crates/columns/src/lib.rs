//! sawlog-columns: typed column buffers that parsers fill, and the Arrow arrays gathered from them.

mod batch;
mod buffer;
mod gather;
mod print;
mod reject;
mod run;
mod sink;

pub use batch::Columns;
pub use gather::{Pick, Table};
pub use print::print_row;
pub use reject::{Code, Reject};
pub use run::{Run, Source};
pub use sink::{EventTime, IndicatorSet, Row, Sink};
