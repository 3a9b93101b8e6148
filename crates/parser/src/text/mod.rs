//! Lines of text to names and values.
//!
//! A reader takes a line apart as its parser's patterns or delimiter say. What comes out are the tokens of a
//! flat object whose values are all strings, so that everything after it, from coercion to what is kept
//! beside the schema, is the walk that JSON takes too. Values are places in the line wherever they stand
//! there as they are; only what has to be unescaped or put together is copied, into a buffer that the next
//! line uses again.

mod attempt;
mod csv;
mod delimiter;
mod fastmatch;
mod regex;
mod values;

use std::collections::HashSet;
use std::sync::Arc;

use sawlog_columns::Code;
use sawlog_schema::{LogParser, Piece, Plan, TextOptions};

use crate::classify::Wording;
use crate::limits::made_bytes;
use crate::token::Token;
use crate::walk::told_too_much;
pub(crate) use attempt::TextTypes;
use csv::Near;
use values::Values;

/// A reader for one text parser. What a line gives depends on the line, and on the head of its stream where
/// that names or counts the columns.
pub struct TextReader {
    format: Format,
    skip_lines: u64,
    skip_prefix: Box<[u8]>,
    values: Values,
    /// The last line of the stream's beginning that is no record.
    skipped_to: u64,
}

enum Format {
    Fastmatch(fastmatch::Matcher),
    Regex(regex::Matcher),
    Csv(csv::Reader),
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'l> {
    /// A record; its values are places in this text.
    Record(&'l str),
    /// One that the parser asks to leave out.
    Skipped,
}

/// Why a line is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Why, for machines.
    pub code: Code,
    /// Why, for people.
    pub message: String,
    /// Line of the schema whose rule it breaks, if it is one's.
    pub schema_line: Option<u32>,
}

impl TextReader {
    /// A reader for a parser; `None` for one that does not read text.
    pub fn new(parser: &LogParser) -> Option<Self> {
        let options = parser.text_options()?;
        let mut values = Values::new(options);
        let format = match parser {
            LogParser::Fastmatch(fastmatch) => {
                Format::Fastmatch(fastmatch::Matcher::new(fastmatch, &mut values))
            }
            LogParser::Regex(regex) => Format::Regex(regex::Matcher::new(regex, &mut values)),
            LogParser::Csv(csv) => Format::Csv(csv::Reader::new(csv, &mut values)),
            LogParser::Json | LogParser::Script(_) => return None,
        };
        values.resolve_expansions();
        let TextOptions { skip_lines, ref skip_prefix, .. } = *options;
        let skip_prefix = skip_prefix.as_bytes().into();
        Some(Self { format, skip_lines, skip_prefix, values, skipped_to: skip_lines })
    }

    /// The same for the parser of a log type, whose fields a header should name.
    pub(crate) fn of(plan: &Plan) -> Option<Self> {
        let mut reader = Self::new(&plan.log_type.parser)?;
        if let Format::Csv(csv) = &mut reader.format {
            csv.expect(expected_names(plan));
        }
        Some(reader)
    }

    /// Says of what stream the lines to come are, by the bytes that it begins with.
    pub fn enter(&mut self, head: Option<&Arc<[u8]>>) {
        if let Format::Csv(csv) = &mut self.format
            && !csv.knows(head)
        {
            let first = head.and_then(|head| csv::find_first(head, self.skip_lines, &self.skip_prefix));
            let (number, line) = first.unzip();
            let has_header = csv.enter(head, line, &mut self.values);
            let skipped_to = number.filter(|_| has_header).unwrap_or(self.skip_lines);
            self.skipped_to = if csv.is_one_line() { 0 } else { skipped_to };
            self.values.resolve_expansions();
        }
    }

    /// Whether the streams begin with a header.
    pub(crate) fn has_header(&self) -> bool {
        matches!(&self.format, Format::Csv(csv) if csv.has_header())
    }

    /// Whether a quote is never closed in the line that was read last.
    pub(crate) fn has_unclosed_quote(&self) -> bool {
        matches!(&self.format, Format::Csv(csv) if csv.has_unclosed_quote())
    }

    /// How many values of the last line gave way to a later one of the same name.
    pub(crate) fn replaced(&self) -> u64 {
        if let Format::Csv(csv) = &self.format { csv.replaced() } else { 0 }
    }

    /// How many values of the last line have no name, and are not kept.
    pub(crate) fn unnamed(&self) -> u64 {
        if let Format::Csv(csv) = &self.format { csv.unnamed() } else { 0 }
    }

    /// Names in the header of the stream that are nearly those of fields.
    fn near(&self) -> &[Near] {
        if let Format::Csv(csv) = &self.format { csv.near() } else { &[] }
    }

    /// The last line of the stream, counted from 1, that belongs to its beginning and is no record.
    pub fn skipped_to(&self) -> u64 {
        self.skipped_to
    }

    /// Whether values may come out under all these names.
    pub(crate) fn gives_all<'n>(&self, mut names: impl Iterator<Item = &'n [u8]>) -> bool {
        names.all(|name| str::from_utf8(name).is_ok_and(|name| self.values.has(name)))
    }

    /// Reads a line. On success its values wait to be taken, until the next one is read.
    pub fn read<'l>(&mut self, line: &'l [u8]) -> Result<Line<'l>, Mismatch> {
        self.read_with(line, Wording::Full)
    }

    pub(crate) fn read_with<'l>(&mut self, line: &'l [u8], wording: Wording) -> Result<Line<'l>, Mismatch> {
        let (start, trimmed) = trim(line);
        if !self.skip_prefix.is_empty() && trimmed.starts_with(&self.skip_prefix) {
            return Ok(Line::Skipped);
        }
        let text = simdutf8::compat::from_utf8(line).map_err(|error| Mismatch {
            code: Code::InvalidUtf8,
            message: format!("the line is not valid UTF-8, at byte {} of it", error.valid_up_to() - start),
            schema_line: None,
        })?;
        self.values.clear();
        let within = start..start + trimmed.len();
        match &mut self.format {
            Format::Fastmatch(fastmatch) => fastmatch.read(text, within, &mut self.values, wording),
            Format::Regex(regex) => regex.read(text, within, &mut self.values, wording),
            Format::Csv(csv) => csv.read(text, within, &mut self.values, wording),
        }?;
        let limit = made_bytes(trimmed.len());
        if !self.values.expand(text, limit) {
            let message = told_too_much(limit, "the values under `expandFields`: put less of it together");
            return Err(Mismatch { code: Code::TooLarge, message, schema_line: None });
        }
        Ok(Line::Record(text))
    }

    /// Bytes of the values of the last line that were made of others.
    fn made(&self) -> usize {
        self.values.made()
    }

    /// The names and values of the record that was read last; `text` is what reading it gave.
    pub fn pairs<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.values.pairs(text)
    }

    /// The same as the tokens of an object.
    pub(crate) fn tokens<'a>(&'a self, text: &'a str, tokens: &mut Vec<Token<'a>>) {
        self.values.tokens(text, tokens);
    }
}

/// The names under which a log type reads values: those of its fields, and those that others are made from.
fn expected_names<'p>(plan: &'p Plan) -> HashSet<String> {
    let members = plan.members(0);
    let keys = members.keys().map(|key| String::from_utf8_lossy(key).into_owned());
    let derived = members
        .derived()
        .iter()
        .filter_map(|&member| plan.nodes[members.node(member as usize) as usize].derived.as_deref());
    let paths = derived.flat_map(|from| {
        let of_split = from.split.iter().map(|split| &split.from);
        from.copy.iter().chain(from.concat.iter().flat_map(|concat| &concat.paths)).chain(of_split)
    });
    // A name may have dots itself: a path begins with any of those that end at one of its own.
    let names =
        |path: &'p String| path.match_indices('.').map(|(dot, _)| &path[..dot]).chain([path.as_str()]);
    let sources = paths.flat_map(names).map(str::to_owned);
    let expansions = plan.log_type.parser.text_options().into_iter().flat_map(|options| &options.expansions);
    let pieces = expansions.flat_map(|expansion| &expansion.pieces).filter_map(|piece| match piece {
        Piece::Value(name) => Some(name.clone()),
        Piece::Text(_) => None,
    });
    keys.chain(sources).chain(pieces).collect()
}

impl Mismatch {
    fn no_match(wording: Wording, schema_line: u32, words: impl FnOnce() -> String) -> Self {
        let message = if wording == Wording::Full { words() } else { String::new() };
        Self { code: Code::NoMatch, message, schema_line: Some(schema_line) }
    }
}

/// Cuts white space off both ends, and a byte order mark off the start. Returns how much went in front.
pub(crate) fn trim(line: &[u8]) -> (usize, &[u8]) {
    let unmarked = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    let front = unmarked.iter().take_while(|b| is_blank(b)).count();
    let kept = &unmarked[front..];
    let back = kept.iter().rev().take_while(|b| is_blank(b)).count();
    (line.len() - unmarked.len() + front, &kept[..kept.len() - back])
}

/// Text as it may stand in a message: short.
fn shown(text: &str) -> String {
    const CHARS: usize = 40;
    let mut shown: String = text.chars().take(CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
