//! sawlog-parser: bytes in, columns and rejects out. Does no I/O, spawns no threads, reads no clock.

mod block;
mod envelope;
mod framing;
pub mod indicator;
mod json_text;
pub mod limits;
mod parser;
pub mod reference;
pub mod scalar;
mod tape;
pub mod time;
mod token;
mod walk;

pub use block::{Block, Fault, Records, Span};
pub use envelope::{Envelope, InvalidRecordsPath, RecordsPath, split};
pub use framing::{Framer, FramerOptions};
pub use parser::{Batch, Parser};
pub use token::{Extent, Token, TokenKind};
pub use walk::UnknownFields;
