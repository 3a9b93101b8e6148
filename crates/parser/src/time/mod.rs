//! Times: from text to instants, and back to text in the same format.
//!
//! A schema names the formats of a field; the first one that fits a value wins. Reading allocates nothing,
//! and never rolls over: a date that the calendar does not have, or an hour that the day does not have, is no
//! time. Printing gives a time back as its format has it, on the clock of the text, which people and schema
//! tests look at; what goes into tables is the instant alone.

mod calendar;
mod digits;
mod names;
mod pattern;
mod rfc3339;
mod unix;

pub use rfc3339::rfc3339;

use sawlog_columns::Instant;
use sawlog_schema::TimeFormat;

use unix::Per;

/// How a value is spelled that may be a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling<'a> {
    /// The text of a string.
    Text(&'a str),
    /// The digits of a JSON number, which only some formats take.
    Number(&'a str),
}

impl<'a> Spelling<'a> {
    /// The text, if it may be in this format.
    fn for_format(self, format: &TimeFormat) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(text) => format.takes_numbers().then_some(text),
        }
    }
}

/// The instant that a value names in the first of the formats that it fits.
#[inline]
pub fn read(formats: &[TimeFormat], value: Spelling<'_>) -> Option<Instant> {
    formats.iter().find_map(|format| read_as(format, value.for_format(format)?))
}

#[inline]
fn read_as(format: &TimeFormat, text: &str) -> Option<Instant> {
    match format {
        TimeFormat::Rfc3339 => rfc3339(text),
        TimeFormat::Pattern(pattern) => Some(pattern::scan(pattern, text)?.instant),
        TimeFormat::Unix => unix::seconds(text),
        TimeFormat::UnixMs => unix::units(text, Per::Milli),
        TimeFormat::UnixUs => unix::units(text, Per::Micro),
        TimeFormat::UnixNs => unix::units(text, Per::Nano),
        TimeFormat::UnixAuto => unix::auto(text),
        TimeFormat::Cloudflare => rfc3339(text).or_else(|| unix::cloudflare(text)),
    }
}

/// Appends a time, as JSON, in the format that it was read in: text on the clock of its source, or a number.
/// Nothing is appended for a value that is no time.
pub fn print(formats: &[TimeFormat], value: Spelling<'_>, out: &mut Vec<u8>) {
    let fits =
        |format: &&TimeFormat| value.for_format(format).is_some_and(|text| read_as(format, text).is_some());
    let Some(format) = formats.iter().find(fits) else { return };
    let (Spelling::Text(text) | Spelling::Number(text)) = value;
    match (format, read_as(format, text)) {
        (_, None) => {}
        (TimeFormat::Unix, Some(instant)) => unix::print(instant, Per::Second, out),
        (TimeFormat::UnixMs, Some(instant)) => unix::print(instant, Per::Milli, out),
        (TimeFormat::UnixUs, Some(instant)) => unix::print(instant, Per::Micro, out),
        (TimeFormat::UnixNs, Some(instant)) => unix::print(instant, Per::Nano, out),
        (TimeFormat::UnixAuto, _) => unix::print_auto(text, out),
        (TimeFormat::Rfc3339, _) => quoted(out, |out| rfc3339::print(text, out)),
        (TimeFormat::Pattern(pattern), _) => quoted(out, |out| {
            if let Some(told) = pattern::scan(pattern, text) {
                pattern::print(pattern, told, out);
            }
        }),
        (TimeFormat::Cloudflare, Some(instant)) => quoted(out, |out| match rfc3339(text) {
            Some(_) => rfc3339::print(text, out),
            None => out.extend_from_slice(instant.to_string().as_bytes()),
        }),
    }
}

fn quoted(out: &mut Vec<u8>, inside: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    inside(out);
    out.push(b'"');
}
