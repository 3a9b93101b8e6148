//! sawlog-writer

mod disk;
mod encoding;
mod error;
mod files;
mod format;
mod lake;
mod ledger;
mod names;
mod partition;
mod publish;
mod quarantine;
mod row_group;

pub use error::{Error, Result};
pub use files::{FileLimits, TableWriter, WrittenFile};
pub use format::TableFormat;
pub use lake::{Lake, Staging};
pub use ledger::{Counts, Entry, Input, LEDGER_FORMAT, SchemaId, State};
pub use names::{Batch, LEDGER, QUARANTINE, table_folder};
pub use partition::{Group, Partition, PartitionBy, UnknownPartitioning, split};
pub use quarantine::{QuarantineWriter, Quarantined, read_quarantine};
pub use row_group::{EncodedRowGroup, encode};
