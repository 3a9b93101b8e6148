//! zstd with a context that is used again: setting one up costs more than compressing a small page.
//!
//! A field and the indicator that it fills alone have the same dictionary, as have fields that say the same
//! in two ways. What was compressed lately is therefore kept for a while, and not compressed again.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use zstd::bulk::Compressor;
use zstd::zstd_safe::compress_bound;

/// The level of compression: the fastest, as slower ones save hardly anything here.
pub(super) const LEVEL: i32 = 1;

/// Dictionaries that are kept at most, and bytes of them all and of each. Large ones hardly ever come again.
const MAX_KEPT: usize = 128;
const MAX_KEPT_BYTES: usize = 4 * 1024 * 1024;
const MAX_KEPT_EACH: usize = MAX_KEPT_BYTES / 16;

/// A context and what it compressed last.
#[derive(Default)]
pub(super) struct Compression {
    compressor: Option<Compressor<'static>>,
    compressed: Vec<u8>,
    /// Dictionaries, the oldest first.
    kept: VecDeque<Kept>,
    /// Bytes of them, uncompressed.
    kept_bytes: usize,
    /// The time that it took since this was asked last.
    taken: Duration,
}

/// A dictionary and what became of it, which is hardly ever longer.
struct Kept {
    bytes: Box<[u8]>,
    compressed: Box<[u8]>,
}

impl Compression {
    /// Memory held by what was compressed, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        let kept = self.kept.iter().map(|kept| kept.bytes.len() + kept.compressed.len());
        self.compressed.capacity() + kept.sum::<usize>()
    }

    /// Compresses a dictionary into one frame, unless one like it is kept.
    pub(super) fn compress_dictionary(&mut self, bytes: &[u8]) -> io::Result<&[u8]> {
        if let Some(found) = self.kept.iter().position(|kept| *kept.bytes == *bytes) {
            return Ok(&self.kept[found].compressed);
        }
        self.compress(bytes)?;
        if bytes.len() <= MAX_KEPT_EACH {
            self.keep(bytes);
        }
        Ok(&self.compressed)
    }

    /// Keeps a dictionary that was just compressed, in the place of the oldest ones.
    fn keep(&mut self, bytes: &[u8]) {
        self.kept_bytes += bytes.len();
        while self.kept.len() >= MAX_KEPT || self.kept_bytes > MAX_KEPT_BYTES {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.kept_bytes -= oldest.bytes.len();
        }
        // In memory of its own: that of an older one may be far larger.
        self.kept.push_back(Kept { bytes: bytes.into(), compressed: self.compressed.as_slice().into() });
    }

    /// Compresses `bytes` into one frame.
    pub(super) fn compress(&mut self, bytes: &[u8]) -> io::Result<&[u8]> {
        let started = Instant::now();
        let compressor = match &mut self.compressor {
            Some(compressor) => compressor,
            none => none.insert(Compressor::new(LEVEL)?),
        };
        self.compressed.clear();
        let most = compress_bound(bytes.len());
        if self.compressed.capacity() < most {
            // In new memory: to grow would copy what the old one holds.
            self.compressed = Vec::with_capacity(most);
        }
        compressor.compress_to_buffer(bytes, &mut self.compressed)?;
        self.taken += started.elapsed();
        Ok(&self.compressed)
    }

    /// The time that compression took since this was asked last.
    pub(super) fn take_time(&mut self) -> Duration {
        std::mem::take(&mut self.taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that do not compress.
    fn noise(at: usize) -> u8 {
        let mixed = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 56) as u8
    }

    #[test]
    fn dictionaries_that_are_kept_are_as_if_compressed_anew() {
        let mut compression = Compression::default();
        let large = [MAX_KEPT_EACH, 50_000, MAX_KEPT_EACH + 1];
        let lens =
            [[10; 300].as_slice(), &large.repeat(10), &[&[20; 37], large.as_slice()].concat().repeat(20)];
        let lens = lens.concat();
        for (number, len) in lens.into_iter().enumerate() {
            // Each comes twice, and again when the next one has come.
            for number in [number, number, number.saturating_sub(1)] {
                let bytes: Vec<u8> = (0..len).map(|at| noise(at + 1_000_003 * number)).collect();
                let expected = Compression::default().compress(&bytes).unwrap().to_vec();
                assert_eq!(compression.compress_dictionary(&bytes).unwrap(), expected);
            }
            assert!(compression.kept.len() <= MAX_KEPT && compression.kept_bytes <= MAX_KEPT_BYTES);
        }
        assert!(compression.heap_bytes() <= 3 * MAX_KEPT_BYTES);
    }
}
