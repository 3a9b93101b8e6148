//! What was seen of the texts under one path.
//!
//! Every text begins as a candidate for everything: an address, a number, a time, one of a few words. The
//! first value that does not fit a candidate drops it for good, so that most fields cost a few comparisons a
//! value after their first records.

use super::kind::{self, Kinds};
use super::number::Numbers;
use super::times::Times;

/// Distinct values that are remembered.
const DISTINCT: usize = 10;

/// Bytes of a value that is worth remembering.
const DISTINCT_BYTES: usize = 64;

/// What logs write where they have nothing to say.
const PLACEHOLDERS: [&str; 8] = ["-", "N/A", "n/a", "none", "None", "null", "unknown", "Unknown"];

/// All texts of a shape.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) count: u64,
    pub(crate) empty: u64,
    /// Texts that say something: neither empty nor a placeholder.
    pub(crate) telling: u64,
    /// What all of them are.
    pub(crate) kinds: Kinds,
    pub(crate) times: Times,
    /// Their range, as long as all are whole numbers.
    pub(crate) numbers: Numbers,
    /// The distinct values, unless there are too many.
    pub(crate) distinct: Option<Vec<Box<str>>>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            count: 0,
            empty: 0,
            telling: 0,
            kinds: Kinds::ALL,
            times: Times::default(),
            numbers: Numbers::default(),
            distinct: Some(Vec::new()),
        }
    }
}

impl Texts {
    #[inline]
    pub(crate) fn add(&mut self, text: &str) {
        self.count += 1;
        if text.is_empty() {
            self.empty += 1;
            return;
        }
        self.remember(text);
        self.times.add(text);
        if self.kinds == Kinds::NONE {
            self.telling += 1;
        } else if PLACEHOLDERS.contains(&text) {
            self.kinds = self.kinds.without(Kinds::TYPES);
        } else {
            self.telling += 1;
            self.kinds = kind::fitting(text, self.kinds);
            if self.kinds.has(Kinds::INTEGER)
                && let Ok(value) = text.parse()
            {
                self.numbers.add_integer(value);
            }
        }
    }

    fn remember(&mut self, text: &str) {
        let Some(distinct) = &mut self.distinct else { return };
        if distinct.iter().any(|known| **known == *text) {
            return;
        }
        if distinct.len() == DISTINCT || text.len() > DISTINCT_BYTES {
            self.distinct = None;
        } else {
            distinct.push(text.into());
        }
    }

    /// Texts other than the empty one.
    pub(crate) fn filled(&self) -> u64 {
        self.count - self.empty
    }

    /// Whether every text that says something is of a kind, and there is one.
    pub(crate) fn are(&self, kind: Kinds) -> bool {
        self.telling > 0 && self.kinds.has(kind)
    }
}
