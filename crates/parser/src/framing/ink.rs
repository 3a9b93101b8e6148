//! Where the bytes lie that are no blanks.
//!
//! Blanks around a record belong to nothing, and where reads end must not show in what is cut off. So the
//! splitter remembers, besides where records begin and end, the last byte so far that says anything, and the
//! first behind the last record.

use super::scanner::{Window, is_blank};
use super::splitter::{Splitter, Stage};

impl Splitter {
    /// Remembers where the last byte lies that is no blank.
    pub(super) fn note_ink(&mut self, window: Window<'_>) {
        let new = &window.data[window.index(self.inked)..];
        if let Some(end) = ink_end(new) {
            self.ink = window.end() - (new.len() - end) as u64;
        }
        self.note_rest(window);
        self.inked = window.end();
        if self.stage == Stage::Whole {
            self.scanner.pos = window.end();
        }
    }

    /// Remembers where what follows the last record begins. Bytes let go of before that is known are blanks.
    pub(super) fn note_rest(&mut self, window: Window<'_>) {
        if self.rest.is_some() {
            return;
        }
        let start = self.tail.max(self.inked);
        let new = window.get(start, window.end()).unwrap_or_default();
        self.rest = new.iter().position(|&b| !is_blank(b)).map(|n| start + n as u64);
    }

    /// Start of what is left behind the last record. Where nothing is left, the damage is a record without
    /// bytes.
    pub(super) fn remains(&mut self, window: Window<'_>) -> u64 {
        self.note_rest(window);
        self.rest.unwrap_or(self.tail)
    }
}

/// One past the last byte that is no blank.
pub(super) fn ink_end(text: &[u8]) -> Option<usize> {
    Some(text.iter().rposition(|&b| !is_blank(b))? + 1)
}
