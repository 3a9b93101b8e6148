//! The parser's limits: each with its reason. What exceeds one is rejected, never half read.

/// Levels of nesting, as in the reference reader most tools share.
pub const MAX_DEPTH: usize = 128;

/// Members of one object. Beyond it the record is an attack on hash tables rather than an event.
pub const MAX_KEYS: usize = 100_000;

/// Keys and values of one record. Their tokens take 32 bytes each, so that a record of bare commas and digits
/// would otherwise need twenty times its own size.
pub const MAX_TOKENS: usize = 2 << 20;

/// Bytes up to which a record is read by a fast reader, which does not count tokens. Longer records are rare,
/// and go to the reference reader at once.
pub const MAX_FAST_BYTES: usize = 1 << 20;

/// Bytes of one record, which is also how much of it the quarantine keeps.
pub const MAX_RECORD_BYTES: usize = 64 << 20;

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
