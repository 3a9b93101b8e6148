//! Every limit of the loader, in one place.
//!
//! A schema is small text written by people, yet it may come from anywhere. Each limit is far above what a
//! real log type needs and low enough that the worst file within it loads in seconds and in little memory.

/// Bytes of YAML in one schema file.
pub const FILE_BYTES: usize = 4 << 20;

/// Levels of objects and arrays, the event's own fields being level 1.
pub const LEVELS: usize = 64;

/// Fields of one log type at all levels; the elements of arrays count too.
pub const FIELDS: usize = 10_000;

/// Bytes of a field's dotted path, and so of each name in it.
pub const PATH_BYTES: usize = 1024;

/// Bytes of a time format.
pub const TIME_FORMAT_BYTES: usize = 255;

/// Characters of a log type's name.
pub const SCHEMA_NAME_CHARS: usize = 255;

/// YAML values in the file, each text, list and mapping counting as one. A field has some ten of them.
pub const NODES: usize = 30 * FIELDS;

/// Size of the document once every YAML alias is replaced by what it stands for: one for each node plus the
/// bytes of its text. No file without aliases comes near it.
pub const EXPANDED_SIZE: usize = 16 << 20;

/// Nested YAML collections of one style. A level of a schema takes two: a mapping and its list of fields.
pub const YAML_NESTING: usize = 4 * LEVELS;

/// Bytes of a regular expression of a text parser, its grok names replaced.
pub const PATTERN_BYTES: usize = 64 << 10;

/// Grok names that a schema defines.
pub const PATTERN_DEFINITIONS: usize = 1000;

/// Problems reported for one file; what comes after is only counted.
pub const PROBLEMS: usize = 1000;
