//! sawlog-schema: YAML in, checked tree, compiled plan and Arrow schema out.

mod arrow;
mod log_type;
mod plan;
pub mod standard;

pub use arrow::arrow_schema;
pub use log_type::{Field, Indicator, LogType, Scanner, TimeFormat, Value, ValueKind};
pub use plan::{Kind, Members, Node, NodeId, Plan};

/// A place in a YAML file. Line and column count from 1; column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}
