//! Transformations: what becomes of an event before its fields are decoded.
//!
//! A log does not always say things where a table wants them. A field may take its value from another key
//! (rename), from another place (copy), from several (concat) or from a part of a text (split), and a text
//! may be hidden (mask). Over an event they happen in this order: all renames, then all copies, and so on, so
//! that each sees what the ones before it left, and none can depend on itself.
//!
//! Paths are dotted and start at the object in which the field stands. They name what is there after
//! renaming, declared or not. A key that itself holds dots is found, too: at every step the longest key that
//! the rest of the path begins with is taken. In an array a number names the element.

/// Where the value of a field comes from, if not from the key of the field's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transform {
    /// The key under which the event has the value.
    pub rename: Option<String>,
    /// Path of the value to take.
    pub copy: Option<String>,
    /// Texts to join.
    pub concat: Option<Concat>,
    /// A text to take a part of.
    pub split: Option<Split>,
}

impl Transform {
    /// Whether the value is made from what stands elsewhere, rather than read from a key of its own.
    pub fn is_derived(&self) -> bool {
        self.copy.is_some() || self.concat.is_some() || self.split.is_some()
    }
}

/// When a value is made. Each phase sees what the ones before it have made, over the whole record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Values are copied.
    Copy,
    /// Texts are joined.
    Concat,
    /// Texts are cut.
    Split,
    /// Everything is made.
    Done,
}

/// What a value is made of.
#[derive(Debug, Clone, Copy)]
pub enum Made<'t> {
    /// The value at a path.
    Copy(&'t str),
    /// Texts, joined.
    Concat(&'t Concat),
    /// A part of a text.
    Split(&'t Split),
}

impl Transform {
    /// What the value is made of before `phase`: the last of the phases before it that makes it.
    pub fn made_before(&self, phase: Phase) -> Option<Made<'_>> {
        let split = self.split.as_ref().filter(|_| phase > Phase::Split).map(Made::Split);
        let concat = || self.concat.as_ref().filter(|_| phase > Phase::Concat).map(Made::Concat);
        let copy = || self.copy.as_deref().filter(|_| phase > Phase::Copy).map(Made::Copy);
        split.or_else(concat).or_else(copy)
    }
}

/// The texts of several scalars, joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concat {
    /// What stands between them.
    pub separator: String,
    /// Paths of the scalars; those that are missing or null are left out. Never empty.
    pub paths: Vec<String>,
}

/// One part of a text that is cut at a separator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Path of the text.
    pub from: String,
    /// Where it is cut; never empty.
    pub separator: String,
    /// Number of the part, counted from 0.
    pub index: u32,
}

/// How a text is hidden, wherever it would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mask {
    /// Replaced by a fixed text.
    Redact {
        /// The text.
        to: String,
    },
    /// Replaced by the SHA-256 of the salt and the text, in lower-case hexadecimal: equal texts stay equal.
    Obfuscate {
        /// What is put before the text.
        salt: String,
    },
}
