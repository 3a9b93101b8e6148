//! The flags of a row: what its reader should know, each once, whatever the order of the record's keys.

use sawlog_columns::Note;
use sawlog_schema::NodeId;

/// Flags by their notes, those of one note by the fields in schema order.
#[derive(Debug, Default)]
pub(super) struct Flags {
    keys: Vec<(Note, NodeId)>,
    /// The flags as rows hold them, one for each key.
    texts: Vec<String>,
}

impl Flags {
    /// Flags the row, for a field and its path or, where the path is empty, as a whole. False where it has
    /// the flag already.
    pub(super) fn set(&mut self, note: Note, field: NodeId, path: &str) -> bool {
        let Err(at) = self.keys.binary_search(&(note, field)) else { return false };
        let name = note.as_str();
        let text = if path.is_empty() { name.to_owned() } else { format!("{name}:{path}") };
        self.keys.insert(at, (note, field));
        self.texts.insert(at, text);
        true
    }

    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.texts.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_one_order_and_stand_once() {
        let flags = [
            (Note::EventTimeMissing, 0, ""),
            (Note::MissingRequired, 2, "b"),
            (Note::MissingRequired, 10, "a"),
            (Note::InvalidValue, 1, "c"),
        ];
        let texts = ["event_time_missing", "missing_required:b", "missing_required:a", "invalid_value:c"];
        for first in 0..flags.len() {
            let mut set = Flags::default();
            let mut order = flags.iter().cycle().skip(first);
            assert!(order.by_ref().take(flags.len()).all(|&(note, field, path)| set.set(note, field, path)));
            assert!(order.take(flags.len()).all(|&(note, field, path)| !set.set(note, field, path)));
            assert_eq!(set.texts(), texts);
            set.clear();
            assert!(set.texts().is_empty());
        }
    }
}
