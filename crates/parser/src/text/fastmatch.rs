//! The `fastmatch` parser.

use std::fmt::Write as _;
use std::ops::Range;

use memchr::{memchr, memchr2};
use sawlog_schema::{FastPattern, Fastmatch};

use super::delimiter::Delimiter;
use super::values::{Slot, Text, Values};
use super::{Mismatch, shown};
use crate::classify::Wording;

pub(super) struct Matcher {
    patterns: Vec<Pattern>,
    /// Where the values of the placeholders of a pattern stand.
    found: Vec<Range<usize>>,
    unescaped: Vec<u8>,
}

struct Pattern {
    prefix: Box<[u8]>,
    steps: Vec<Step>,
    schema_line: u32,
}

struct Step {
    /// The name of the value, for messages; empty for one that is passed over.
    name: Box<str>,
    slot: Option<Slot>,
    /// `None` takes the rest of the line.
    delimiter: Option<Delimiter>,
    quote: Option<u8>,
}

/// How far a pattern went that does not match.
#[derive(Clone, Copy)]
struct Stop {
    pattern: usize,
    /// Placeholders that have their value; `None` where the prefix is another.
    steps: Option<usize>,
    /// Where the search ended, in the line.
    at: usize,
}

impl Matcher {
    pub(super) fn new(spec: &Fastmatch, values: &mut Values) -> Self {
        let pattern = |pattern: &FastPattern| Pattern {
            prefix: pattern.prefix.as_bytes().into(),
            steps: pattern
                .steps
                .iter()
                .map(|step| Step {
                    name: step.name.as_deref().unwrap_or_default().into(),
                    slot: step.name.as_deref().map(|name| values.slot(name)),
                    delimiter: (!step.delimiter.is_empty()).then(|| Delimiter::new(&step.delimiter)),
                    quote: step.quote,
                })
                .collect(),
            schema_line: pattern.line,
        };
        let patterns = spec.patterns.iter().map(pattern).collect();
        Self { patterns, found: Vec::new(), unescaped: Vec::new() }
    }

    /// Matches the line against the patterns, and takes the values from the first that fits.
    pub(super) fn read(
        &mut self,
        line: &str,
        within: Range<usize>,
        values: &mut Values,
        wording: Wording,
    ) -> Result<(), Mismatch> {
        let mut furthest: Option<Stop> = None;
        let mut matched = None;
        for (number, pattern) in self.patterns.iter().enumerate() {
            match pattern.find(line, within.clone(), &mut self.found) {
                Ok(()) => {
                    matched = Some(pattern);
                    break;
                }
                Err((steps, at)) => {
                    let stop = Stop { pattern: number, steps, at };
                    if furthest.is_none_or(|best| (best.steps, best.at) < (steps, at)) {
                        furthest = Some(stop);
                    }
                }
            }
        }
        let Some(pattern) = matched else {
            // There is at least one pattern, and each one has stopped.
            let stop = furthest.unwrap_or(Stop { pattern: 0, steps: None, at: within.start });
            let schema_line = self.patterns.get(stop.pattern).map_or(1, |pattern| pattern.schema_line);
            return Err(Mismatch::no_match(wording, schema_line, || self.words(line, within, stop)));
        };
        for (step, found) in pattern.steps.iter().zip(&self.found) {
            let Some(slot) = step.slot else { continue };
            let mut text = Text::line(found.clone());
            let value = &line[found.clone()];
            if step.quote.is_some()
                && memchr(b'\\', value.as_bytes()).is_some()
                && let Some(unescaped) = unescape(value, &mut self.unescaped)
            {
                let start = values.buffer.len();
                values.buffer.push_str(unescaped);
                text = Text::buffer(start..values.buffer.len());
            }
            values.set(slot, text, line);
        }
        Ok(())
    }

    fn words(&self, line: &str, within: Range<usize>, stop: Stop) -> String {
        let Some(pattern) = self.patterns.get(stop.pattern) else {
            return "there is no pattern to match the line".to_owned();
        };
        let mut message = match self.patterns.len() {
            1 => "the pattern does not match the line: it ".to_owned(),
            count => format!("none of the {count} patterns matches the line; number {} ", stop.pattern + 1),
        };
        let literal = |bytes: &[u8]| shown(&String::from_utf8_lossy(bytes));
        if let Some(step) = stop.steps.and_then(|step| pattern.steps.get(step)) {
            let wanted = literal(step.delimiter.as_ref().map_or(b"", Delimiter::bytes));
            let at = stop.at - within.start;
            let rest = shown(&line[stop.at..within.end]);
            let name = &step.name;
            let _ = write!(message, "finds no {wanted:?} to end %{{{name}}}, from byte {at} on: {rest:?}");
        } else {
            let _ = write!(message, "begins with {:?}, the line does not", literal(&pattern.prefix));
        }
        message
    }
}

impl Pattern {
    /// Finds where the values stand; or else how many were found, and where the next one begins.
    fn find(
        &self,
        line: &str,
        within: Range<usize>,
        found: &mut Vec<Range<usize>>,
    ) -> Result<(), (Option<usize>, usize)> {
        found.clear();
        let text = &line.as_bytes()[..within.end];
        // An empty prefix lies nowhere, and some processors are slow to compare nothing with it.
        if !self.prefix.is_empty() && !text[within.start..].starts_with(&self.prefix) {
            return Err((None, within.start));
        }
        let mut at = within.start + self.prefix.len();
        for step in &self.steps {
            let Some(delimiter) = &step.delimiter else {
                found.push(at..within.end);
                break;
            };
            let Some(mut len) = delimiter.find(&text[at..]) else { return Err((Some(found.len()), at)) };
            if let Some(quote) = step.quote
                && memchr(b'\\', &text[at..at + len]).is_some()
            {
                let unescaped = find_unescaped(&text[at..], delimiter.bytes(), quote);
                len = unescaped.ok_or((Some(found.len()), at))?;
            }
            found.push(at..at + len);
            at += len + delimiter.len();
        }
        Ok(())
    }
}

/// Where `delimiter`, which begins with `quote`, first occurs without a backslash before it.
fn find_unescaped(text: &[u8], delimiter: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr2(quote, b'\\', text.get(at..)?)?;
        if text[at] == b'\\' {
            at += 2;
        } else if text[at..].starts_with(delimiter) {
            return Some(at);
        } else {
            at += 1;
        }
    }
}

/// Resolves the escapes of C and Go. What is no escape stays as it is; so does the whole value where bytes in
/// it make no UTF-8.
fn unescape<'b>(value: &str, out: &'b mut Vec<u8>) -> Option<&'b str> {
    out.clear();
    let mut rest = value;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.extend_from_slice(before.as_bytes());
        let taken = escaped(escape, out);
        if taken == 0 {
            out.push(b'\\');
        }
        rest = &escape[taken..];
    }
    out.extend_from_slice(rest.as_bytes());
    str::from_utf8(out).ok()
}

/// Appends what the text behind a backslash stands for; returns how much of it belongs to the escape.
fn escaped(text: &str, out: &mut Vec<u8>) -> usize {
    let simple = match text.as_bytes().first() {
        Some(b'a') => 0x07,
        Some(b'b') => 0x08,
        Some(b't') => b'\t',
        Some(b'n') => b'\n',
        Some(b'v') => 0x0b,
        Some(b'f') => 0x0c,
        Some(b'r') => b'\r',
        Some(&byte @ (b'\\' | b'"' | b'\'')) => byte,
        Some(b'x') => return byte(text, 1..3, 16, out),
        Some(b'0'..=b'7') => return byte(text, 0..3, 8, out),
        Some(b'u') => return char_of(text, 1..5, out),
        Some(b'U') => return char_of(text, 1..9, out),
        _ => return 0,
    };
    out.push(simple);
    1
}

fn number(text: &str, digits: Range<usize>, radix: u32) -> Option<u32> {
    let digits = text.get(digits)?;
    // A sign would be taken for a digit.
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, radix).ok())?
}

fn byte(text: &str, digits: Range<usize>, radix: u32, out: &mut Vec<u8>) -> usize {
    let end = digits.end;
    let Some(byte) = number(text, digits, radix).and_then(|byte| u8::try_from(byte).ok()) else { return 0 };
    out.push(byte);
    end
}

fn char_of(text: &str, digits: Range<usize>, out: &mut Vec<u8>) -> usize {
    let end = digits.end;
    let Some(c) = number(text, digits, 16).and_then(char::from_u32) else { return 0 };
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_c_and_go() {
        let cases = [
            (r"a\tb\n\r\a\b\f\v", "a\tb\n\r\u{7}\u{8}\u{c}\u{b}"),
            (r#"\"\'\\"#, "\"'\\"),
            (r"\x41\xc3\xa9\101\303\251", "AéAé"),
            (r"\u00e9\U0001F980", "é🦀"),
            // What is no escape stays.
            (r"C:\Users\x4 \d \", r"C:\Users\x4 \d \"),
            (r"\ud800 \U00110000 \x+1 \400", r"\ud800 \U00110000 \x+1 \400"),
            ("\\é", "\\é"),
        ];
        let mut out = Vec::new();
        for (value, expected) in cases {
            assert_eq!(unescape(value, &mut out), Some(expected), "{value}");
        }
        assert_eq!(unescape(r"\xff", &mut out), None);
    }
}
