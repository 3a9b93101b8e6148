//! The `csv` parser: values between delimiters, with quotes as forgiving as those of Go's `encoding/csv`.
//!
//! A value that begins with a quote runs to the quote before the next delimiter; two quotes in it stand for
//! one, any other stands for itself, and one that is never closed ends with the line. Elsewhere quotes mean
//! nothing. Most lines have none, and are cut at their delimiters alone.
//!
//! All records of a stream have as many values as its header, or as its first record where there is no
//! header. Values beyond the columns, and in columns to which the header gives no name, are dropped and
//! noted; columns beyond the values are empty.

mod header;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memrchr};
use sawlog_schema::Csv;

use super::delimiter::Delimiter;
use super::values::{Slot, Text, Values};
use super::{Mismatch, shown, trim};
use crate::classify::Wording;
use crate::limits::MAX_HEAD_BYTES;
pub(super) use header::Near;
use header::{Fault, RETURNS, by_count, by_names, has_lone_returns, lone_return, nearly};

pub(super) struct Reader {
    delimiter: Delimiter,
    /// Names of the columns that the schema gives; none where the header does.
    names: Vec<String>,
    has_header: bool,
    /// The beginning of the stream that is being read, if it is known.
    head: Option<Arc<[u8]>>,
    /// What is wrong with its header.
    fault: Option<Fault>,
    /// The names that the log type has a use for, where that is known.
    known: Option<HashSet<String>>,
    /// Names in the header that the log type nearly knows.
    near: Vec<Near>,
    /// Whether two columns have the same name, of which the later one wins if it has a value.
    has_repeats: bool,
    /// How many values of a line gave way to later ones of the same name.
    replaced: u64,
    /// How many values of a line, empty ones aside, nobody has named, and of these how many stand behind the
    /// last column.
    unnamed: u64,
    beyond: u64,
    /// The value that each column gives, if any.
    columns: Vec<Option<Slot>>,
    /// How many values a line has.
    count: usize,
    /// What says so, for messages.
    counted: &'static str,
    /// The values of a line.
    fields: Vec<Text>,
    /// Where the quote of the last value stands in the line, if it is never closed.
    unclosed: Option<usize>,
    schema_line: u32,
}

const BY_HEADER: &str = "the header has";
const BY_COLUMNS: &str = "the columns are";
const BY_FIRST: &str = "the first record of the stream has";

impl Reader {
    pub(super) fn new(spec: &Csv, values: &mut Values) -> Self {
        let mut reader = Self {
            delimiter: Delimiter::new(spec.delimiter.encode_utf8(&mut [0; 4])),
            names: spec.columns.clone(),
            has_header: spec.has_header,
            head: None,
            fault: spec.has_header.then_some(Fault::NoHeader),
            known: None,
            near: Vec::new(),
            has_repeats: false,
            replaced: 0,
            unnamed: 0,
            beyond: 0,
            columns: Vec::new(),
            count: spec.columns.len(),
            counted: if spec.has_header { BY_HEADER } else { BY_COLUMNS },
            fields: Vec::new(),
            unclosed: None,
            schema_line: spec.line,
        };
        reader.name_columns(&spec.columns, values);
        reader
    }

    /// Says what names the log type has a use for: a line with none of them is no header.
    pub(super) fn expect(&mut self, names: HashSet<String>) {
        self.known = Some(names);
    }

    fn name_columns(&mut self, names: &[String], values: &mut Values) {
        values.forget();
        self.columns.clear();
        self.columns.extend(names.iter().map(|name| (!name.is_empty()).then(|| values.slot(name))));
        let slots: Vec<Slot> = self.columns.iter().flatten().copied().collect();
        self.has_repeats = slots.iter().collect::<HashSet<_>>().len() < slots.len();
    }

    /// How many values of the last line gave way to a later one of the same name.
    pub(super) fn replaced(&self) -> u64 {
        self.replaced
    }

    /// How many values of the last line have no name, and are not kept.
    pub(super) fn unnamed(&self) -> u64 {
        self.unnamed
    }

    /// Names in the header that are nearly those of fields.
    pub(super) fn near(&self) -> &[Near] {
        &self.near
    }

    pub(super) fn has_header(&self) -> bool {
        self.has_header
    }

    /// Whether the last line has a quote that is never closed.
    pub(super) fn has_unclosed_quote(&self) -> bool {
        self.unclosed.is_some()
    }

    /// Whether these very bytes are the beginning of the stream that is being read.
    pub(super) fn knows(&self, head: Option<&Arc<[u8]>>) -> bool {
        match (&self.head, head) {
            (Some(known), Some(head)) => Arc::ptr_eq(known, head),
            (None, None) => true,
            _ => false,
        }
    }

    /// Begins a stream by the first of its lines that is not skipped, if there is one: its header, or its
    /// first record. Returns whether it is the header.
    pub(super) fn enter(
        &mut self,
        head: Option<&Arc<[u8]>>,
        first: Option<&[u8]>,
        values: &mut Values,
    ) -> bool {
        self.head = head.cloned();
        self.near.clear();
        self.fault = head.filter(|head| has_lone_returns(head)).map(|_| Fault::LoneReturns);
        if self.fault.is_some() {
            return false;
        }
        if !self.has_header {
            self.set_count(first);
            return false;
        }
        self.fault = self.set_header(first, values).err();
        self.fault.as_ref().is_none_or(Fault::is_header)
    }

    /// Whether the stream has but one line, which therefore cannot be left out.
    pub(super) fn is_one_line(&self) -> bool {
        self.fault == Some(Fault::LoneReturns)
    }

    /// Takes the number of columns from the header, and their names unless the schema has them.
    fn set_header(&mut self, header: Option<&[u8]>, values: &mut Values) -> Result<(), Fault> {
        let (_, header) = trim(header.ok_or(Fault::NoHeader)?);
        let line = str::from_utf8(header).map_err(|_| Fault::NotUtf8)?;
        let mut buffer = String::new();
        self.count = self.cut(line, 0..line.len(), &mut buffer, usize::MAX);
        let name = |field: &Text| match *field {
            Text::Line { start, end } => line[start as usize..end as usize].trim().to_owned(),
            Text::Buffer { start, end } => buffer[start as usize..end as usize].trim().to_owned(),
        };
        let names: Vec<String> = self.fields.iter().map(name).collect();
        if lone_return(header).is_some() && names.iter().any(|name| name.contains('\r')) {
            return Err(Fault::ReturnInHeader);
        }
        let given = self.names.len();
        if given == 0 {
            self.name_columns(&names, values);
            self.check_names(line, &names)?;
        } else if let Some(other) = by_count(line, given).filter(|_| self.count == 1) {
            return Err(Fault::OtherDelimiter { delimiter: self.delimiter.text(), other, named: given });
        }
        Ok(())
    }

    /// Holds the names in the header against those that the log type knows. At least one must be there.
    fn check_names(&mut self, line: &str, names: &[String]) -> Result<(), Fault> {
        let Some(known) = &self.known else { return Ok(()) };
        self.near = nearly(names, known);
        if names.iter().any(|name| known.contains(name)) {
            return Ok(());
        }
        if let Some((other, named)) = by_names(line, known).filter(|_| names.len() == 1) {
            return Err(Fault::OtherDelimiter { delimiter: self.delimiter.text(), other, named });
        }
        Err(self.near.first().cloned().map_or(Fault::NamesNothing, Fault::NamesNearly))
    }

    /// Takes the number of values from the first record, unless it hardly speaks for the others: it is no
    /// text, has no delimiter, or one of its quotes is never closed.
    fn set_count(&mut self, first: Option<&[u8]>) {
        (self.count, self.counted) = (self.columns.len(), BY_COLUMNS);
        let Some(Ok(line)) = first.map(str::from_utf8) else { return };
        let (start, trimmed) = trim(line.as_bytes());
        let mut buffer = String::new();
        let count = self.cut(line, start..start + trimmed.len(), &mut buffer, 0);
        let is_row = count > 1 && self.unclosed.is_none();
        if count != self.count && is_row && !self.fits_untrimmed(line, &mut buffer) {
            (self.count, self.counted) = (count, BY_FIRST);
        }
    }

    /// Cuts the line into its values, of which there must be as many as its stream has.
    pub(super) fn read(
        &mut self,
        line: &str,
        within: Range<usize>,
        values: &mut Values,
        wording: Wording,
    ) -> Result<(), Mismatch> {
        if let Some(fault) = &self.fault {
            return Err(Mismatch::no_match(wording, self.schema_line, || fault.words()));
        }
        let columns = self.columns.len();
        let count = self.cut(line, within.clone(), &mut values.buffer, columns);
        if count != self.count && !self.fits_untrimmed(line, &mut values.buffer) {
            let words = || self.words(count, line, within);
            return Err(Mismatch::no_match(wording, self.schema_line, words));
        }
        (self.replaced, self.unnamed) = (0, self.beyond);
        for (column, slot) in self.columns.iter().enumerate() {
            let text = self.fields.get(column).copied().unwrap_or(Text::line(0..0));
            if let Some(slot) = *slot {
                let is_repeated = self.has_repeats && values.is_set(slot);
                let is_value = values.set(slot, text, line);
                self.replaced += u64::from(is_repeated && is_value);
            } else if self.names.is_empty() {
                // A definition passes columns over on purpose, a header does not.
                self.unnamed += u64::from(!text.is_empty());
            }
        }
        Ok(())
    }

    /// Where the delimiter is white space, that around the line may stand between empty values. Cuts the
    /// line with it; whether it has the right number of values then.
    fn fits_untrimmed(&mut self, line: &str, buffer: &mut String) -> bool {
        if !matches!(self.delimiter, Delimiter::Byte(b' ' | b'\t')) {
            return false;
        }
        let start = line.len() - line.trim_start_matches('\u{feff}').len();
        let end = line.trim_end_matches(['\r', '\n']).len().max(start);
        self.cut(line, start..end, buffer, self.columns.len()) == self.count
    }

    fn words(&self, count: usize, line: &str, within: Range<usize>) -> String {
        let values = if count == 1 { "1 value".to_owned() } else { format!("{count} values") };
        let (counted, trimmed) = (self.counted, &line[within.clone()]);
        let begins = shown(trimmed);
        let mut words =
            format!("the line has {values}, but {counted} {}; it begins with {begins:?}", self.count);
        if let Some(at) = self.unclosed {
            let _ = write!(words, "; the quote opened at byte {} of it is never closed", at - within.start);
        } else if let Some(at) = lone_return(trimmed.as_bytes()) {
            let _ = write!(words, "; the carriage return at byte {at} of it ends no line: {RETURNS}");
        } else if let Some(other) = by_count(trimmed, self.count).filter(|_| count == 1) {
            let (other, ours) = (other.to_string(), self.delimiter.text());
            let _ = write!(words, "; cut at {other:?} it has as many: look at the `delimiter`, now {ours:?}");
        }
        words
    }

    /// Cuts part of a line into values, puts the first `kept` of them into `fields`, and counts them all.
    fn cut(&mut self, line: &str, within: Range<usize>, buffer: &mut String, kept: usize) -> usize {
        self.fields.clear();
        (self.unclosed, self.beyond) = (None, 0);
        let line = &line[..within.end];
        let text = line.as_bytes();
        let has_quotes = memchr(b'"', &text[within.start..]).is_some();
        let mut at = within.start;
        let mut count = 0;
        loop {
            let (field, next) = if has_quotes && text.get(at) == Some(&b'"') {
                self.quoted(line, at + 1, buffer)
            } else {
                let len = self.delimiter.find(&text[at..]);
                let field = Text::line(at..len.map_or(text.len(), |len| at + len));
                (field, len.map(|len| at + len + self.delimiter.len()))
            };
            if count < kept {
                self.fields.push(field);
            } else {
                self.beyond += u64::from(!field.is_empty());
            }
            count += 1;
            match next {
                Some(next) => at = next,
                None => return count,
            }
        }
    }

    /// The value whose opening quote lies before `start`, and where the next one begins, if the line goes on.
    fn quoted(&mut self, line: &str, start: usize, buffer: &mut String) -> (Text, Option<usize>) {
        let text = line.as_bytes();
        let copied = buffer.len();
        // What of the value lies before `from` is in the buffer.
        let (mut from, mut at) = (start, start);
        let (end, next) = loop {
            let Some(quote) = memchr(b'"', &text[at..]) else {
                self.unclosed = Some(start - 1);
                break (text.len(), None);
            };
            let quote = at + quote;
            let behind = &text[quote + 1..];
            if behind.is_empty() {
                break (quote, None);
            }
            if behind.starts_with(self.delimiter.bytes()) {
                break (quote, Some(quote + 1 + self.delimiter.len()));
            }
            at = quote + 1;
            if behind[0] == b'"' {
                buffer.push_str(&line[from..at]);
                at += 1;
                from = at;
            }
        };
        if from == start {
            return (Text::line(start..end), next);
        }
        buffer.push_str(&line[from..end]);
        (Text::buffer(copied..buffer.len()), next)
    }
}

/// The first line that is a record by the rules for skipping, as it stands, and its number, counted from 1.
pub(super) fn find_first<'h>(head: &'h [u8], skip_lines: u64, skip_prefix: &[u8]) -> Option<(u64, &'h [u8])> {
    // What is cut off at the limit may be half a line.
    let whole = if head.len() < MAX_HEAD_BYTES { head.len() } else { memrchr(b'\n', head).unwrap_or(0) };
    let mut lines = (1..).zip(head[..whole].split(|&byte| byte == b'\n'));
    lines.find(|&(number, line)| {
        let (_, text) = trim(line);
        let is_skipped = !skip_prefix.is_empty() && text.starts_with(skip_prefix);
        number > skip_lines && !text.is_empty() && !is_skipped
    })
}
