//! What framing is bounded by.

use crate::limits::MAX_BLOCK_BYTES;

/// What framing is bounded by, in bytes.
#[derive(Debug, Clone)]
pub struct FramerOptions {
    /// Longest record that is handed out; longer ones are reported by place and length. At most 1 GiB.
    pub max_record_bytes: usize,
    /// Size that blocks are cut at. At most [`MAX_BLOCK_BYTES`].
    pub block_bytes: usize,
    /// Size of the chunks that records are counted into.
    pub chunk_bytes: u64,
    /// Decoded bytes of the run before this source.
    pub chunk_base: u64,
}

impl Default for FramerOptions {
    fn default() -> Self {
        Self {
            max_record_bytes: 64 << 20,
            block_bytes: MAX_BLOCK_BYTES,
            chunk_bytes: 64 << 20,
            chunk_base: 0,
        }
    }
}
