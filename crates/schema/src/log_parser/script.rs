//! The `script` parser: a program that makes the event.

use sawlog_script::Script;

/// A script, and where its lines stand in the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptParser {
    /// The compiled script.
    pub script: Script,
    /// Line of the schema on which the source begins, counted from 1.
    pub line: u32,
    /// Whether each line of the source is a line of the schema, as in a block of text.
    pub is_block: bool,
}

impl ScriptParser {
    /// The line of the schema on which a line of the source stands; 0 is the script as a whole.
    pub fn schema_line(&self, line: u32) -> u32 {
        if self.is_block { self.line + line.saturating_sub(1) } else { self.line }
    }
}
