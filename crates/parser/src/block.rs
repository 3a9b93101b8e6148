//! Blocks of whole records: what framing yields and parsing takes.

use sawlog_columns::Code;

/// A contiguous piece of one decoded stream that holds whole records of one chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The bytes, separators included. Empty for a record beyond the size limit.
    pub data: Vec<u8>,
    /// Offset of `data[0]` in the decoded stream.
    pub offset: u64,
    /// Line on which `data[0]` lies, counted from 1.
    pub line: u64,
    /// Number of the chunk that every record of the block belongs to.
    pub chunk: u64,
    /// Where the records lie.
    pub records: Records,
}

/// How the records of a block are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Records {
    /// One record a line; blank lines are separators.
    Lines,
    /// Framing has found them.
    Spans(Vec<Span>),
}

/// One record within a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// First byte, relative to the block's data.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
    /// Whether the record was taken out of a page, so that it is not searched for records again.
    pub unwrapped: bool,
    /// What framing already knows to be wrong with it.
    pub fault: Option<Fault>,
}

/// A record that framing rejects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Why.
    pub code: Code,
    /// Why, for people.
    pub message: String,
    /// Offset of the error from the start of the record.
    pub at: u64,
    /// The record's full length, which for one beyond the size limit is more than the block holds.
    pub len: u64,
}
