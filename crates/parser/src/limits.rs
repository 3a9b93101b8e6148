//! The parser's limits: each with its reason. What exceeds one is rejected, never half read.

use crate::framing::LONG_LINE;

/// Levels of nesting, as in the reference reader most tools share.
pub const MAX_DEPTH: usize = 128;

/// Members of one object. Beyond it the record is an attack on hash tables rather than an event.
pub const MAX_KEYS: usize = 100_000;

/// Keys and values of one record. Their tokens take 32 bytes each, so that a record of bare commas and digits
/// would otherwise need twenty times its own size.
pub const MAX_TOKENS: usize = 2 << 20;

/// Places in the columns that the lists of one record may take: one for each element and each field declared
/// in it, whether it has a value or not. Each takes some 13 bytes until its block is sealed, so that a record
/// of many empty objects and a single full one would otherwise need a hundred times its own size.
pub const MAX_PLACES: u64 = 16 << 20;

/// Bytes up to which a record is read by a fast reader, which does not count tokens. Longer records are rare,
/// and go to the reference reader at once.
pub const MAX_FAST_BYTES: usize = 1 << 20;

/// Bytes of one record, which is also how much of it the quarantine keeps.
pub const MAX_RECORD_BYTES: usize = 64 << 20;

/// Bytes that may be made of one record: texts that are no pieces of it, because a mask, a script or a
/// template wrote them or because they are copied, joined or cut out; what is kept of undeclared members
/// with its path; and [`DERIVED_BYTES`] for each value that is derived. Columns note in 31 bits where such
/// texts begin, until their block is parsed, so that a block may come to 2 GiB. In the buffers of a chunk,
/// where ends have 32 bits, a block comes behind less than 256 MiB.
pub const MAX_MADE_BYTES: usize = 256 << 20;

const _: () = {
    // A block is one record, or at most so many bytes: lines at its end may make it longer by two.
    let block = MAX_BLOCK_BYTES + 2 * LONG_LINE;
    // With its line break a record has two bytes at least.
    let made_of_lines = MADE_GROWTH * block + block / 2 * MADE_FREE;
    assert!(made_of_lines < 1 << 31 && MAX_MADE_BYTES < 1 << 31, "31 bits must tell where made texts begin");
};

/// How many bytes may be made for each byte of the record.
pub const MADE_GROWTH: usize = 32;

/// Bytes that may be made of any record, however short.
pub const MADE_FREE: usize = 4 << 10;

/// Bytes that a derived value counts for besides its text.
pub const DERIVED_BYTES: usize = 16;

/// Bytes that may be made of a record of so many bytes.
pub fn made_bytes(record: usize) -> usize {
    (MADE_GROWTH * record + MADE_FREE).min(MAX_MADE_BYTES)
}

/// The share that a log event has in what may be made of its envelope, which is one record, by the length of
/// each. Envelopes have at most [`MAX_RECORD_BYTES`], so that it is four times the event's length or more.
pub fn made_share(event: usize, envelope: usize) -> usize {
    (MAX_MADE_BYTES as u64 * event as u64 / envelope.max(1) as u64) as usize
}

/// Bytes of a block, unless one record is longer. Lines up to 64 KiB at its end may make it longer by two.
pub const MAX_BLOCK_BYTES: usize = 512 << 10;

/// Bytes of the flags of one row; the others are told together. An event lacks thousands of fields by being
/// empty, which takes two bytes.
pub const MAX_FLAG_BYTES: usize = 4 << 10;

/// Bytes of what an envelope says besides its events. It is kept with each of them, so that a long one would
/// multiply; what `CloudWatch` Logs writes stays far below.
pub const MAX_HEADER_BYTES: usize = 8 << 10;

/// How many times its own size an envelope may come to when what it says is written with each of its events.
/// Log events have an id and a time, and are about as long as that.
pub const MAX_HEADER_GROWTH: usize = 32;

/// Bytes of a stream's beginning in which the header or first record of rows must lie. Each block has them
/// with it, since blocks are parsed in any order.
pub const MAX_HEAD_BYTES: usize = 1 << 20;

/// Distinct paths of undeclared fields that a run counts by name; the others are counted together.
pub const MAX_UNKNOWN_PATHS: usize = 10_000;
