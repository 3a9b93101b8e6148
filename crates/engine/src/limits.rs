//! The engine's limits. Peak memory follows from them and from the number of threads, never from the input.

/// Decoded bytes after which a new chunk begins; a chunk's rows of one partition are one row group.
pub const CHUNK_BYTES: u64 = 64 << 20;

/// Records, or lines, after which a new chunk begins, whatever their size: a row takes some 100 bytes besides
/// its text, a reject twice as much.
pub const CHUNK_RECORDS: usize = 256 << 10;

/// Inputs after which a new chunk begins, whatever their size: each is a block with counts of its own.
pub const CHUNK_INPUTS: u32 = 1024;

/// Decoded bytes that a worker parses at a time.
pub const BLOCK_BYTES: usize = 512 << 10;

/// Bytes of lines at the end of a plain file from which on workers read them in sections, each for itself.
pub const SECTIONS_FROM_BYTES: u64 = 8 << 20;

/// Sections per thread that may be there at once, each of which holds a file open: as many as make a chunk.
pub const SECTIONS_PER_THREAD: usize = (CHUNK_BYTES / SECTIONS_FROM_BYTES) as usize;

/// Blocks per thread that may wait to be parsed, besides those of chunks that wait as a whole.
pub const BLOCKS_WAITING_PER_THREAD: usize = 3;

/// Their bytes per thread. A block holds whole records, and a record may be longer than this: it then waits
/// until it is alone. What workers read for themselves does not wait; each holds one block of it.
pub const BYTES_WAITING_PER_THREAD: usize = 4 << 20;

/// Bytes that may wait, besides, for each thread but the first, where workers do not read for themselves.
/// Each parses a chunk of its own, and while one encodes, others parse: so chunks begin one after the other,
/// and half of one ahead is enough for a next.
pub const BYTES_AHEAD_PER_THREAD: usize = CHUNK_BYTES as usize / 2;

/// Bytes of column buffers per thread that are kept while no worker uses them: more than the usual chunk
/// fills.
pub const IDLE_BYTES_PER_THREAD: usize = 64 << 20;

/// Bytes of column buffers after which a worker begins new ones for the same chunk: it takes records that
/// grow many times over in parsing to get there.
pub const PART_BYTES: usize = 256 << 20;

/// Row groups of a chunk, of all tables together, that are encoded before it is the chunk's turn to be
/// written. Each takes some 50 KiB however few its rows are, so the others of a chunk with very many
/// partitions are encoded one on each thread, just before they are written.
pub const ROW_GROUPS_AHEAD: usize = 64;

/// Decoded bytes of one input up to which any compression ratio is fine.
pub const RATIO_FREE_BYTES: u64 = 64 << 20;

/// Decoded bytes per compressed byte beyond which an input is taken for a bomb.
pub const MAX_RATIO: u64 = 1000;

/// Bytes at the start and at the end of an input that go into its identity.
pub const IDENTITY_BYTES: u64 = 64 << 10;

/// Paths that inference tells apart; what lies below those is kept as JSON.
pub const INFERRED_SHAPES: usize = 50_000;

/// Keys that an object may have before inference takes it for a map, and declares it as JSON. The event
/// itself may have more.
pub const INFERRED_KEYS: usize = 200;

/// Fields that an inferred log type has at most; a log type may have a few more.
pub const INFERRED_FIELDS: usize = 9_900;
