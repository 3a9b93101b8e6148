//! Oddities that cost no record.

use crate::codes::codes;

codes! {
    /// Something about a row, or about its place, that its reader should know: counted in reports, and where
    /// the row differs from what it seems, told in its `p_flags` as well. The spelling is stable; a new one
    /// needs a text in `explain.rs`, with an example.
    Note {
        /// One object stood where an array of objects is declared, and became its only element.
        ObjectAsArray = "object_as_array",
        /// A key stood twice in one object, and the last one won.
        DuplicateKey = "duplicate_key",
        /// No field gave the event time, and the parse time took its place. A flag too.
        EventTimeMissing = "event_time_missing",
        /// A required field was missing, and the row was wanted all the same. A flag too, with the path.
        MissingRequired = "missing_required",
        /// A text broke a rule of an optional field, which is null then. A flag too, with the path.
        InvalidValue = "invalid_value",
        /// A quote in a row of values was opened and never closed, and its value went to the line's end.
        UnclosedQuote = "unclosed_quote",
        /// A value of a row stood where nobody has named a column, and was not kept.
        UnnamedValue = "unnamed_value",
        /// A column that a header names is called nearly as a field that no column gives.
        MisspeltColumn = "misspelt_column",
        /// Between records of an array a comma was missing, or one was too many.
        MisplacedComma = "misplaced_comma",
    }
}
