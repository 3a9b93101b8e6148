//! The flags of a row: what its reader should know, each once, whatever the order of the record's keys.

use sawlog_columns::Note;
use sawlog_schema::NodeId;

use crate::limits::MAX_FLAG_BYTES;

/// The path in a flag that stands for several.
const OTHERS: &str = "…";

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

    /// The flags of the row, which is complete. Beyond the limit those of one note are told by one flag.
    pub(super) fn texts(&mut self) -> &[String] {
        let mut bytes = 0;
        let is_beyond = |text: &String| {
            bytes += text.len();
            bytes > MAX_FLAG_BYTES
        };
        if let Some(first) = self.texts.iter().position(is_beyond) {
            self.texts.truncate(first);
            let mut notes: Vec<&str> = self.keys[first..].iter().map(|(note, _)| note.as_str()).collect();
            notes.dedup();
            self.texts.extend(notes.iter().map(|note| format!("{note}:{OTHERS}")));
        }
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

    #[test]
    fn flags_beyond_the_limit_are_told_together() {
        let mut set = Flags::default();
        let path = "x".repeat(100);
        for field in 1..100 {
            assert!(
                set.set(Note::InvalidValue, field, &path) && set.set(Note::MissingRequired, field, &path)
            );
            assert!(!set.set(Note::InvalidValue, field, &path));
        }
        set.set(Note::EventTimeMissing, 0, "");
        let texts = set.texts().to_vec();
        assert!(texts.iter().map(String::len).sum::<usize>() < MAX_FLAG_BYTES + 100);
        assert_eq!(texts[0], "event_time_missing");
        assert_eq!(texts[texts.len() - 2..], ["missing_required:…", "invalid_value:…"]);
        assert_eq!(texts.iter().filter(|text| text.contains('…')).count(), 2);
        assert_eq!(texts.len(), 1 + (MAX_FLAG_BYTES - 18) / 117 + 2);
    }
}
