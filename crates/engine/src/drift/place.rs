//! Where in a definition a field is added: behind the last one of its object, in the way that this one is
//! written.

use std::fmt::Write as _;

use sawlog_schema::Span;

use super::diff::{Edits, lines};
use crate::infer::{Field, flow, list};

/// The text of a definition, by lines.
pub(super) struct Text<'a> {
    lines: Vec<&'a str>,
}

/// A place in the text: line and byte, both counted from 0.
type Place = (usize, usize);

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { lines: lines(text) }
    }

    /// Adds fields behind the one whose first key stands at `span`. Nothing is added where the text is
    /// written in a way that is not understood.
    pub(super) fn add_behind(&self, span: Span, fields: &[Field], edits: &mut Edits) -> Option<()> {
        let line = (span.line as usize).checked_sub(1)?;
        let text = self.lines.get(line)?;
        let column = (span.column as usize).checked_sub(1)?;
        let byte = text.char_indices().nth(column).map_or(text.len(), |(byte, _)| byte);
        let before = self.before((line, byte))?;
        if self.byte(before) == b'-' {
            return self.add_items(before, fields, false, edits);
        }
        if self.byte(before) != b'{' {
            return None;
        }
        let around = self.before(before)?;
        match self.byte(around) {
            b'-' => self.add_items(around, fields, true, edits),
            b'[' | b',' => self.add_within(before, fields, edits),
            _ => None,
        }
    }

    /// Items of a list with dashes, each a line in braces or a block.
    fn add_items(&self, dash: Place, fields: &[Field], in_braces: bool, edits: &mut Edits) -> Option<()> {
        let (line, indent) = dash;
        if !self.lines[line][..indent].bytes().all(|byte| byte == b' ') {
            return None;
        }
        let mut put = String::new();
        if in_braces {
            for field in fields {
                let _ = writeln!(put, "{:indent$}- {}", "", flow(field));
            }
        } else {
            list(fields, indent, &mut put);
        }
        edits.entry(self.end_of_item(line, indent)).or_default().behind.push((indent, put));
        Some(())
    }

    /// The last line of the item whose dash stands in column `indent` of `line`.
    fn end_of_item(&self, line: usize, indent: usize) -> usize {
        let mut end = line;
        for (number, text) in self.lines.iter().enumerate().skip(line + 1) {
            if text.trim().is_empty() {
                continue;
            }
            let blanks = text.bytes().take_while(|byte| *byte == b' ').count();
            if blanks <= indent {
                break;
            }
            end = number;
        }
        end
    }

    /// Further elements of a list in brackets, behind the one whose brace stands at `open`.
    fn add_within(&self, open: Place, fields: &[Field], edits: &mut Edits) -> Option<()> {
        let (line, byte) = self.closing(open)?;
        let begins_line = self.lines[open.0][..open.1].trim().is_empty();
        let separator =
            if begins_line { format!(",\n{:indent$}", "", indent = open.1) } else { ", ".to_owned() };
        let mut put = String::new();
        for field in fields {
            put.push_str(&separator);
            put.push_str(&flow(field));
        }
        edits.entry(line).or_default().within.push((byte + 1, put));
        Some(())
    }

    /// The brace that closes the one at `open`.
    fn closing(&self, open: Place) -> Option<Place> {
        let mut depth = 0_u32;
        let mut quote = None;
        for (line, text) in self.lines.iter().enumerate().skip(open.0) {
            let start = if line == open.0 { open.1 } else { 0 };
            let mut is_escaped = false;
            let mut before = b' ';
            for (byte, character) in text.bytes().enumerate().skip(start) {
                match (quote, character) {
                    _ if is_escaped => is_escaped = false,
                    (Some(b'"'), b'\\') => is_escaped = true,
                    (Some(mark), _) if mark == character => quote = None,
                    // A quote within a word is part of it.
                    (None, b'"' | b'\'') if !before.is_ascii_alphanumeric() => quote = Some(character),
                    (None, b'#') if before.is_ascii_whitespace() => break,
                    (None, b'{' | b'[') => depth += 1,
                    (None, b'}' | b']') => {
                        depth = depth.checked_sub(1)?;
                        if depth == 0 {
                            return Some((line, byte));
                        }
                    }
                    _ => {}
                }
                before = character;
            }
        }
        None
    }

    fn byte(&self, (line, byte): Place) -> u8 {
        self.lines[line].as_bytes()[byte]
    }

    /// The last character before a place that is no blank, comments left aside.
    fn before(&self, (line, byte): Place) -> Option<Place> {
        for number in (0..=line).rev() {
            let text = if number == line { &self.lines[number][..byte] } else { self.lines[number] };
            let text = if number < line { text.split(" #").next().unwrap_or_default() } else { text };
            let text = text.trim_end();
            if !text.is_empty() && !text.trim_start().starts_with('#') {
                return Some((number, text.len() - 1));
            }
        }
        None
    }
}
