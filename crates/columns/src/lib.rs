//! sawlog-columns: typed column buffers that parsers fill, and the Arrow arrays gathered from them.

mod reject;

pub use reject::{Code, Reject};
