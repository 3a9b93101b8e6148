//! The values of a line by their names.
//!
//! Every name that a parser can give has a number, so that a name that comes again overwrites what it gave
//! before, as the last of several equal keys does, and nothing is looked up while a line is read.

use std::collections::HashMap;
use std::ops::Range;

use sawlog_schema::{Piece, TextOptions};

use crate::token::{Extent, Token, TokenKind};

/// Number of a name.
pub(super) type Slot = u32;

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// In the line.
    Line { start: u32, end: u32 },
    /// In the buffer.
    Buffer { start: u32, end: u32 },
}

impl Text {
    pub(super) fn line(range: Range<usize>) -> Self {
        Self::Line { start: range.start as u32, end: range.end as u32 }
    }

    pub(super) fn buffer(range: Range<usize>) -> Self {
        Self::Buffer { start: range.start as u32, end: range.end as u32 }
    }

    pub(super) fn is_empty(self) -> bool {
        self.len() == 0
    }

    fn len(self) -> usize {
        let (Self::Line { start, end } | Self::Buffer { start, end }) = self;
        (end - start) as usize
    }

    /// The same value without so many bytes at its ends.
    fn shortened(self, front: usize, back: usize) -> Self {
        match self {
            Self::Line { start, end } => Self::Line { start: start + front as u32, end: end - back as u32 },
            Self::Buffer { start, end } => {
                Self::Buffer { start: start + front as u32, end: end - back as u32 }
            }
        }
    }
}

/// The values of one line, and what they pass through.
pub(super) struct Values {
    names: Vec<Box<str>>,
    /// The numbers of the names; not looked at while lines are read.
    slots: HashMap<Box<str>, Slot>,
    texts: Vec<Option<Text>>,
    /// Text that does not stand in the line as it is.
    pub(super) buffer: String,
    trim_space: bool,
    empty: Vec<String>,
    /// Bytes of the longest of them: a longer value needs no comparison.
    longest_empty: usize,
    /// Whether the empty text is among them.
    drops_empty: bool,
    /// The name and the template of each value that is made of others.
    templates: Vec<(String, Vec<Piece>)>,
    /// The same by number; names that nothing gives are left out.
    expansions: Vec<(Slot, Vec<Part>)>,
    /// Memory for the results of templates, which see matched values only.
    expanded: Vec<Option<Text>>,
    made: usize,
}

enum Part {
    Text(String),
    Value(Slot),
}

impl Values {
    pub(super) fn new(options: &TextOptions) -> Self {
        let templates = options.expansions.iter().map(|e| (e.name.clone(), e.pieces.clone())).collect();
        Self {
            names: Vec::new(),
            slots: HashMap::new(),
            texts: Vec::new(),
            buffer: String::new(),
            trim_space: options.trim_space,
            empty: options.empty_values.clone(),
            drops_empty: options.empty_values.iter().any(String::is_empty),
            longest_empty: options.empty_values.iter().map(String::len).max().unwrap_or(0),
            templates,
            expansions: Vec::new(),
            expanded: Vec::new(),
            made: 0,
        }
    }

    /// The number of a name, which is a new one if it was not met before.
    pub(super) fn slot(&mut self, name: &str) -> Slot {
        if let Some(&slot) = self.slots.get(name) {
            return slot;
        }
        let slot = self.names.len() as Slot;
        self.names.push(name.into());
        self.slots.insert(name.into(), slot);
        self.texts.push(None);
        slot
    }

    /// Whether a value may have this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.slots.contains_key(name)
    }

    /// Forgets all names.
    pub(super) fn forget(&mut self) {
        self.names.clear();
        self.slots.clear();
        self.texts.clear();
    }

    /// Gives the names in templates their numbers, once those of matched values are known. Those of other
    /// templates may have one already, but no value yet when a template is filled in.
    pub(super) fn resolve_expansions(&mut self) {
        let templates = std::mem::take(&mut self.templates);
        self.expansions.clear();
        for (name, pieces) in &templates {
            let parts = pieces.iter().filter_map(|piece| match piece {
                Piece::Text(text) => Some(Part::Text(text.clone())),
                Piece::Value(name) => self.slots.get(name.as_str()).map(|slot| Part::Value(*slot)),
            });
            let parts = parts.collect();
            let slot = self.slot(name);
            self.expansions.push((slot, parts));
        }
        self.templates = templates;
    }

    pub(super) fn clear(&mut self) {
        self.texts.fill(None);
        self.buffer.clear();
    }

    /// Whether a name has a value.
    pub(super) fn is_set(&self, slot: Slot) -> bool {
        self.texts[slot as usize].is_some()
    }

    /// Gives a name its value, unless that stands for none; whether it did.
    #[inline]
    pub(super) fn set(&mut self, slot: Slot, text: Text, line: &str) -> bool {
        let mut text = text;
        if self.trim_space {
            let value = get(&self.buffer, line, text);
            let front = value.len() - value.trim_start().len();
            let back = value.len() - front - value.trim().len();
            text = text.shortened(front, back);
        }
        let is_value = text.len() > self.longest_empty || !self.is_empty_value(get(&self.buffer, line, text));
        if is_value {
            self.texts[slot as usize] = Some(text);
        }
        is_value
    }

    fn is_empty_value(&self, value: &str) -> bool {
        if value.is_empty() { self.drops_empty } else { self.empty.iter().any(|empty| empty == value) }
    }

    /// Adds the values that are made of others. False where they come to more than `limit` bytes.
    pub(super) fn expand(&mut self, line: &str, limit: usize) -> bool {
        self.made = 0;
        if self.expansions.is_empty() {
            return true;
        }
        self.expanded.clear();
        let before = self.buffer.len();
        for (_, parts) in &self.expansions {
            let start = self.buffer.len();
            for part in parts {
                match part {
                    Part::Text(text) => self.buffer.push_str(text),
                    Part::Value(slot) => match self.texts[*slot as usize] {
                        Some(Text::Line { start, end }) => {
                            self.buffer.push_str(&line[start as usize..end as usize]);
                        }
                        Some(Text::Buffer { start, end }) => {
                            self.buffer.extend_from_within(start as usize..end as usize);
                        }
                        None => {}
                    },
                }
                self.made = self.buffer.len() - before;
                if self.made > limit {
                    return false;
                }
            }
            let end = self.buffer.len();
            let is_value = end > start && !self.is_empty_value(&self.buffer[start..end]);
            self.expanded.push(is_value.then(|| Text::buffer(start..end)));
        }
        for ((slot, _), expanded) in self.expansions.iter().zip(&self.expanded) {
            if expanded.is_some() {
                self.texts[*slot as usize] = *expanded;
            }
        }
        true
    }

    /// Bytes of the values that were made of others.
    pub(super) fn made(&self) -> usize {
        self.made
    }

    pub(super) fn pairs<'a>(&'a self, line: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let texts = self.names.iter().zip(&self.texts);
        texts.filter_map(move |(name, text)| Some((&**name, get(&self.buffer, line, (*text)?))))
    }

    /// Lists the pairs as the members of an object.
    pub(super) fn tokens<'a>(&'a self, line: &'a str, tokens: &mut Vec<Token<'a>>) {
        let object = Extent { len: 0, next: 0, end: 0 };
        tokens.push(Token { at: 0, kind: TokenKind::Object(object) });
        for (name, value) in self.pairs(line) {
            tokens.push(Token { at: 0, kind: TokenKind::String(name) });
            tokens.push(Token { at: 0, kind: TokenKind::String(value) });
        }
        let next = tokens.len() as u32;
        let object = Extent { len: next / 2, next, end: line.len() as u32 };
        tokens[0].kind = TokenKind::Object(object);
    }
}

#[inline]
fn get<'a>(buffer: &'a str, line: &'a str, text: Text) -> &'a str {
    match text {
        Text::Line { start, end } => &line[start as usize..end as usize],
        Text::Buffer { start, end } => &buffer[start as usize..end as usize],
    }
}
