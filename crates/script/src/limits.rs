//! What one script may use, in one place.
//!
//! A script comes with a schema and runs on every record, so neither its author's slip nor a hostile record
//! may cost more than this. All limits count something that depends on script and record alone, never the
//! clock, so that a record is rejected in every run or in none.

/// Bytes of source.
pub const SOURCE_BYTES: usize = 64 << 10;

/// Levels of blocks, brackets and operators around any part of the source. The interpreter reads and compiles
/// expressions recursively.
pub const NESTING: usize = 200;

/// Bytes of one record. What is made of it takes a multiple of that.
pub const RECORD_BYTES: usize = 1 << 20;

/// Calls and rounds of loops for one record. They are counted by the thousand, and guards count too.
pub const TICKS: u64 = 500_000;

/// Bytes of values made for one record.
pub const HEAP_BYTES: usize = 64 << 20;

/// Bytes of values that comparisons and searches for one record look at, where each value counts for some.
pub const WORK_BYTES: usize = 256 << 20;

/// Calls within calls.
pub const CALL_DEPTH: usize = 100;

/// Lists, tuples and dicts within each other, where a value becomes text.
pub const VALUE_DEPTH: usize = 100;

/// Items that a tuple has, with those of the tuples in it.
pub const TUPLE_ITEMS: usize = 100_000;

/// Bytes of JSON or other text that one value becomes.
pub const TEXT_BYTES: usize = 8 << 20;

/// Numbers in one range.
pub const RANGE: i64 = 1_000_000;

/// Bits of an integer.
pub const INT_BITS: u64 = 1024;

/// Characters of an error message.
pub const MESSAGE_CHARS: usize = 300;
