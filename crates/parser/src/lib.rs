//! sawlog-parser: bytes in, columns and rejects out. Does no I/O, spawns no threads, reads no clock.

mod block;

pub use block::{Block, Fault, Records, Span};
