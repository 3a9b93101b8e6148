//! zstd with a context that is used again: setting one up costs more than compressing a small page.

use std::io;
use std::time::{Duration, Instant};

use zstd::bulk::Compressor;
use zstd::zstd_safe::compress_bound;

/// The level of compression: the fastest, as slower ones save hardly anything here.
pub(super) const LEVEL: i32 = 1;

/// A context and what it compressed last.
#[derive(Default)]
pub(super) struct Compression {
    compressor: Option<Compressor<'static>>,
    compressed: Vec<u8>,
    /// The time that it took since this was asked last.
    taken: Duration,
}

impl Compression {
    /// Memory held by what was compressed last, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        self.compressed.capacity()
    }

    /// Compresses `bytes` into one frame.
    pub(super) fn compress(&mut self, bytes: &[u8]) -> io::Result<&[u8]> {
        let started = Instant::now();
        let compressor = match &mut self.compressor {
            Some(compressor) => compressor,
            none => none.insert(Compressor::new(LEVEL)?),
        };
        self.compressed.clear();
        self.compressed.reserve(compress_bound(bytes.len()));
        compressor.compress_to_buffer(bytes, &mut self.compressed)?;
        self.taken += started.elapsed();
        Ok(&self.compressed)
    }

    /// The time that compression took since this was asked last.
    pub(super) fn take_time(&mut self) -> Duration {
        std::mem::take(&mut self.taken)
    }
}
