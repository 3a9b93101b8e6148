//! The bytes that framing holds: those read and not yet handed out.

use memchr::memchr_iter;

use super::scanner::Window;
use crate::block::{Block, Records};
use crate::limits::MAX_BLOCK_BYTES;

/// Room that a reader finds at least.
const MIN_ROOM: usize = 64 << 10;

/// A queue of bytes that is read into at its end and cut at its front, so that a block of it leaves without
/// being copied.
#[derive(Debug)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    head: usize,
    filled: usize,
    /// Offset of the first byte in the stream.
    base: u64,
    /// Line of the first byte, counted from 1.
    line: u64,
    /// Line of the next byte to come.
    end_line: u64,
    /// Memory that a block has left, for the bytes behind the next one.
    spare: Vec<u8>,
}

impl Buffer {
    pub(super) fn new() -> Self {
        Self::at(0, 1)
    }

    /// Empty, with bytes to come that lie at this offset and on this line.
    pub(super) fn at(base: u64, line: u64) -> Self {
        Self { bytes: Vec::new(), head: 0, filled: 0, base, line, end_line: line, spare: Vec::new() }
    }

    pub(super) fn window(&self) -> Window<'_> {
        Window { base: self.base, data: &self.bytes[self.head..self.filled] }
    }

    pub(super) fn len(&self) -> usize {
        self.filled - self.head
    }

    pub(super) fn base(&self) -> u64 {
        self.base
    }

    /// Line on which the first byte lies, counted from 1.
    pub(super) fn first_line(&self) -> u64 {
        self.line
    }

    pub(super) fn end(&self) -> u64 {
        self.base + self.len() as u64
    }

    /// Line on which the byte at `offset` lies, which is at hand or the next to come. Only the lines on the
    /// shorter way to it are counted.
    pub(super) fn line_at(&self, offset: u64) -> u64 {
        let window = self.window();
        let (before, behind) = window.data.split_at(window.index(offset));
        if before.len() < behind.len() {
            self.line + line_breaks(before)
        } else {
            self.end_line - line_breaks(behind)
        }
    }

    /// Room to read into, with the aim of holding `target` bytes: for all of them where hardly any are at
    /// hand, so that whole reads fit.
    pub(super) fn room(&mut self, target: usize) -> &mut [u8] {
        let len = self.len();
        let least = if len < MIN_ROOM { target.max(MIN_ROOM) } else { MIN_ROOM };
        if self.bytes.len() - self.filled < least {
            if self.head >= len {
                self.bytes.copy_within(self.head..self.filled, 0);
                (self.head, self.filled) = (0, len);
            }
            lengthen(&mut self.bytes, self.filled + least.max(len / 2));
        }
        &mut self.bytes[self.filled..]
    }

    /// Counts in `n` bytes that were read into the room, and their lines, while they are in the processor's
    /// cache.
    pub(super) fn advance(&mut self, n: usize) {
        let end = (self.filled + n).min(self.bytes.len());
        self.end_line += line_breaks(&self.bytes[self.filled..end]);
        self.filled = end;
    }

    /// Takes memory that may be used again. Memory that was used before is there already: the system need not
    /// find and clear it.
    pub(super) fn reuse(&mut self, memory: Vec<u8>) {
        if memory.capacity() > self.spare.capacity() {
            self.spare = memory;
        }
    }

    /// Lets go of the bytes before `offset`.
    pub(super) fn discard(&mut self, offset: u64) {
        let count = self.window().index(offset);
        self.line = self.line_at(offset);
        self.base += count as u64;
        self.head += count;
    }

    /// Takes out the bytes before `offset` as a block.
    pub(super) fn take(&mut self, offset: u64, chunk: u64, records: Records) -> Block {
        let (base, line) = (self.base, self.line);
        let count = self.window().index(offset);
        self.line = self.line_at(offset);
        self.base += count as u64;
        let data = self.take_bytes(count);
        let line_breaks = (self.line - line) as usize;
        Block { data, offset: base, line, line_breaks, chunk, records, head: None }
    }

    fn take_bytes(&mut self, count: usize) -> Vec<u8> {
        let rest = self.len() - count;
        let mut next = std::mem::take(&mut self.spare);
        if self.head > 0 || count < rest {
            next.clear();
            next.extend_from_slice(&self.bytes[self.head..self.head + count]);
            self.head += count;
            return next;
        }
        lengthen(&mut next, rest + count.min(MAX_BLOCK_BYTES));
        next[..rest].copy_from_slice(&self.bytes[count..self.filled]);
        let mut data = std::mem::replace(&mut self.bytes, next);
        data.truncate(count);
        (self.head, self.filled) = (0, rest);
        data
    }
}

fn line_breaks(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// Makes `bytes` at least that long. What goes from one block to the next differs by parts of a line, so that
/// new memory is a bit larger than it need be: it is then enough for another time.
fn lengthen(bytes: &mut Vec<u8>, len: usize) {
    if bytes.capacity() < len {
        bytes.reserve_exact(len + MIN_ROOM - bytes.len());
    }
    if bytes.len() < len {
        bytes.resize(len, 0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn hands_out_what_was_read_in_order() {
        let text: Vec<u8> =
            (0..200_000u32).map(|i| if i % 100 == 99 { b'\n' } else { i as u8 | 128 }).collect();
        let mut buffer = Buffer::new();
        let mut read = 0;
        let mut got = Vec::new();
        for step in 0.. {
            let room = buffer.room(50_000);
            let n = room.len().min(7 + step * 31).min(text.len() - read);
            room[..n].copy_from_slice(&text[read..read + n]);
            buffer.advance(n);
            read += n;
            if buffer.len() > 40_000 || read == text.len() {
                let block = buffer.take(buffer.end() - (step as u64 % 3) * 10, 0, Records::Lines);
                assert_eq!(block.offset, got.len() as u64);
                assert_eq!(block.line, 1 + got.len() as u64 / 100);
                got.extend(block.data);
                assert_eq!(block.line_breaks as u64, 1 + got.len() as u64 / 100 - block.line);
                buffer.discard(buffer.base());
            }
            if read == text.len() {
                break;
            }
        }
        got.extend(buffer.take(buffer.end(), 0, Records::Lines).data);
        assert_eq!(got, text);
    }

    #[test]
    fn whole_reads_find_room_in_memory_that_was_used_before() {
        let (target, read) = (512 << 10, 128 << 10);
        let mut buffer = Buffer::new();
        let mut places = BTreeSet::new();
        for step in 0..40 {
            for _ in 0..4 {
                assert!(buffer.room(target).len() >= read);
                buffer.advance(read);
            }
            let data = buffer.take(buffer.end() - step * 37 % 100, 0, Records::Lines).data;
            assert!(data.capacity() <= target + 2 * MIN_ROOM);
            places.insert(data.as_ptr());
            buffer.reuse(data);
        }
        assert_eq!(places.len(), 2);
    }
}
