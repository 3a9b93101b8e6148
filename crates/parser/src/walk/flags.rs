//! The flags of a row: what its reader should know, each once, whatever the order of the record's keys.

use std::ops::Range;

use sawlog_columns::Note;
use sawlog_schema::NodeId;

use crate::limits::MAX_FLAG_BYTES;

/// The path in a flag that stands for several.
const OTHERS: &str = "…";

/// Flags by their notes, those of one note by the fields in schema order.
#[derive(Debug, Default)]
pub(super) struct Flags {
    flags: Vec<Flag>,
    /// What rows hold of the flags, in the order in which they were set. It is kept from row to row.
    text: String,
}

#[derive(Debug, Clone)]
struct Flag {
    note: Note,
    field: NodeId,
    /// Where it stands in the text.
    range: Range<usize>,
}

impl Flags {
    /// Flags the row, for a field and its path or, where the path is empty, as a whole. False where it has
    /// the flag already.
    pub(super) fn set(&mut self, note: Note, field: NodeId, path: &str) -> bool {
        let at = self.flags.binary_search_by_key(&(note, field), |flag| (flag.note, flag.field));
        let Err(at) = at else { return false };
        let flag = self.write(note, field, path);
        self.flags.insert(at, flag);
        true
    }

    fn write(&mut self, note: Note, field: NodeId, path: &str) -> Flag {
        let start = self.text.len();
        self.text.push_str(note.as_str());
        if !path.is_empty() {
            self.text.push(':');
            self.text.push_str(path);
        }
        Flag { note, field, range: start..self.text.len() }
    }

    /// The flags of the row, which is complete. Beyond the limit those of one note are told by one flag.
    pub(super) fn texts(&mut self) -> impl Iterator<Item = &str> {
        let mut bytes = 0;
        let is_beyond = |flag: &Flag| {
            bytes += flag.range.len();
            bytes > MAX_FLAG_BYTES
        };
        if let Some(first) = self.flags.iter().position(is_beyond) {
            let mut notes: Vec<Note> = self.flags.drain(first..).map(|flag| flag.note).collect();
            notes.dedup();
            for note in notes {
                let others = self.write(note, NodeId::MAX, OTHERS);
                self.flags.push(others);
            }
        }
        self.flags.iter().map(|flag| &self.text[flag.range.clone()])
    }

    pub(super) fn clear(&mut self) {
        self.flags.clear();
        self.text.clear();
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
            assert_eq!(set.texts().collect::<Vec<_>>(), texts);
            set.clear();
            assert_eq!(set.texts().count(), 0);
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
        let texts: Vec<&str> = set.texts().collect();
        assert!(texts.iter().map(|text| text.len()).sum::<usize>() < MAX_FLAG_BYTES + 100);
        assert_eq!(texts[0], "event_time_missing");
        assert_eq!(texts[texts.len() - 2..], ["missing_required:…", "invalid_value:…"]);
        assert_eq!(texts.iter().filter(|text| text.contains('…')).count(), 2);
        assert_eq!(texts.len(), 1 + (MAX_FLAG_BYTES - 18) / 117 + 2);
    }
}
