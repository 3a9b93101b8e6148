//! Log-type definitions: YAML in, checked tree, compiled plan and Arrow schema out.
//!
//! A schema says what the events of one log are: their fields, which of them must be there, which one tells
//! the time, and where addresses, names and other indicators stand. Everything after it is driven by what it
//! says, so a schema is checked with care before a single event is read: [`load`] reports every problem at
//! once, each with a stable code, the place in the YAML and, where there is one, the way out.
//!
//! Three forms follow from the text. [`LogType`] is the tree as its author wrote it, with the place of every
//! node. [`Plan`] is what parsers run: a flat list of nodes with small numbers, found by key without hashing.
//! [`arrow_schema()`] is the table that comes out, the columns of the schema followed by the [`standard`]
//! ones.
//!
//! ```
//! use sawlog_schema::{Plan, arrow_schema, load, render};
//!
//! let yaml = "\
//! schema: Custom.Door
//! fields:
//!   - name: at
//!     type: timestamp
//!     isEventTime: true
//!   - name: badge
//!     type: string
//!     requird: true
//!     indicators: [username]
//! ";
//! let loaded = load(yaml, "door.yml");
//! assert_eq!(
//!     render(&loaded.diagnostics, yaml, "door.yml", false),
//!     "\
//! warning[unknown-key]: the field `badge` has no key `requird`; it is ignored
//!  --> door.yml:8:5
//!   |
//! 8 |     requird: true
//!   |     ^^^^^^^
//!   |
//!   = help: did you mean `required`?
//! "
//! );
//!
//! let plan = Plan::new(loaded.log_type.expect("warnings do not stop a schema"));
//! assert_eq!(plan.nodes[2].path, "badge");
//! let table = arrow_schema(&plan);
//! assert_eq!(table.field(0).name(), "at");
//! assert!(table.field_with_name("p_any_usernames").is_ok());
//! ```

mod arrow;
mod builtin;
mod diagnostic;
mod diff;
mod explain;
mod export;
mod file_name;
mod grok;
mod indicator;
mod json;
pub mod limits;
mod load;
mod log_parser;
mod log_type;
mod members;
mod naming;
mod page;
mod plan;
mod re2;
mod spelling;
pub mod standard;
mod test_file;
pub mod time_format;
mod transform;
mod validate;
mod yaml;

pub use arrow::arrow_schema;
pub use builtin::{Builtin, builtin, find_builtin, suggest_builtins, suggest_log_type};
pub use diagnostic::{Code, Diagnostic, Severity, render};
pub use diff::{Change, ChangeKind, Diff, Side, diff};
pub use explain::Explanation;
pub use export::{Export, export};
pub use file_name::{log_type_of_file, yaml_stem};
pub use indicator::{Indicator, Scanner};
pub use load::{Loaded, editor_schema, load};
pub use log_parser::{
    Csv, Expansion, FastPattern, Fastmatch, LogParser, Piece, RegexMatch, ScriptParser, Step, TextOptions,
};
pub use log_type::{Field, LogType, Value, ValueKind};
pub use members::Members;
pub use naming::{ColumnNames, NameClash, normalize};
pub use page::page;
pub use plan::{Kind, Node, NodeId, Plan, TextRules};
pub use spelling::{closest, closest_within};
pub use test_file::{BrokenTest, Expected, TestCase, is_test_file, load_tests};
pub use time_format::{TimeFormat, TimePattern};
pub use transform::{Concat, Made, Mask, Phase, Split, Transform};
pub use validate::{IpFamily, Validate};

/// A place in a YAML file. Line and column count from 1; column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}
