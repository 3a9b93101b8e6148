//! The bytes that framing holds: those read and not yet handed out.

use memchr::memchr_iter;

use super::scanner::Window;

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
    /// Memory that a block has left, for the bytes behind the next one.
    spare: Vec<u8>,
}

impl Buffer {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), head: 0, filled: 0, base: 0, line: 1, spare: Vec::new() }
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

    pub(super) fn end(&self) -> u64 {
        self.base + self.len() as u64
    }

    /// Line on which the byte at `offset` lies, which is at hand or the next to come.
    pub(super) fn line_at(&self, offset: u64) -> u64 {
        let window = self.window();
        self.line + memchr_iter(b'\n', &window.data[..window.index(offset)]).count() as u64
    }

    /// Room to read into, with the aim of holding `target` bytes.
    pub(super) fn room(&mut self, target: usize) -> &mut [u8] {
        if self.bytes.len() - self.filled < MIN_ROOM {
            let len = self.len();
            if self.head >= len {
                self.bytes.copy_within(self.head..self.filled, 0);
                (self.head, self.filled) = (0, len);
            }
            let wanted = self.filled + (len / 2).max(target.saturating_sub(len)).max(MIN_ROOM);
            if self.bytes.len() < wanted {
                self.bytes.resize(wanted, 0);
            }
        }
        &mut self.bytes[self.filled..]
    }

    /// Counts in `n` bytes that were read into the room.
    pub(super) fn advance(&mut self, n: usize) {
        self.filled = (self.filled + n).min(self.bytes.len());
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

    /// Takes out the bytes before `offset`, with the offset and line of the first.
    pub(super) fn take(&mut self, offset: u64) -> (Vec<u8>, u64, u64) {
        let (base, line) = (self.base, self.line);
        let count = self.window().index(offset);
        let rest = self.len() - count;
        self.line = self.line_at(offset);
        self.base += count as u64;
        if self.head > 0 || count < rest {
            let data = self.bytes[self.head..self.head + count].to_vec();
            self.head += count;
            return (data, base, line);
        }
        let mut next = std::mem::take(&mut self.spare);
        next.resize(rest + MIN_ROOM.max(self.bytes.len().min(count)), 0);
        next[..rest].copy_from_slice(&self.bytes[count..self.filled]);
        let mut data = std::mem::replace(&mut self.bytes, next);
        data.truncate(count);
        (self.head, self.filled) = (0, rest);
        (data, base, line)
    }
}

#[cfg(test)]
mod tests {
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
                let (data, base, line) = buffer.take(buffer.end() - (step as u64 % 3) * 10);
                assert_eq!(base, got.len() as u64);
                assert_eq!(line, 1 + got.len() as u64 / 100);
                got.extend(data);
                buffer.discard(buffer.base());
            }
            if read == text.len() {
                break;
            }
        }
        let (rest, _, _) = buffer.take(buffer.end());
        got.extend(rest);
        assert_eq!(got, text);
    }
}
