//! sawlog-parser: bytes in, columns and rejects out. Does no I/O, spawns no threads, reads no clock.

mod block;
pub mod indicator;
pub mod reference;
pub mod scalar;
pub mod time;
mod token;

pub use block::{Block, Fault, Records, Span};
pub use token::{Extent, Token, TokenKind};
