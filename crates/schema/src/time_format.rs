//! How times are spelled.
//!
//! A schema names the format of each time: one of a few fixed ones, a strftime pattern, behind `strftime=` or
//! without it, or a Go layout behind `layout=`. Patterns are compiled when the schema is loaded, so that a
//! mistake in one is told there, with its place, and no record pays for it.

mod layout;
mod pattern;
mod strftime;

use std::{str::FromStr, sync::Arc};

pub use pattern::{Fraction, Head, Name, Number, Offset, OffsetForm, Pad, Part, TimePattern, Unit};

use crate::{diagnostic::quote, limits, spelling::closest};

/// How the text of a time is spelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFormat {
    /// RFC 3339, in either case; `±hhmm` accepted too.
    Rfc3339,
    /// Seconds since 1970, with or without a fraction, as a number or as text.
    Unix,
    /// Whole milliseconds since 1970.
    UnixMs,
    /// Whole microseconds since 1970.
    UnixUs,
    /// Whole nanoseconds since 1970.
    UnixNs,
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their magnitude.
    UnixAuto,
    /// RFC 3339, or whole seconds or nanoseconds since 1970.
    Cloudflare,
    /// A pattern, as strftime or as a Go layout.
    Pattern(Arc<TimePattern>),
}

/// The formats that are known by name.
const NAMED: [(&str, TimeFormat); 7] = [
    ("rfc3339", TimeFormat::Rfc3339),
    ("unix", TimeFormat::Unix),
    ("unix_ms", TimeFormat::UnixMs),
    ("unix_us", TimeFormat::UnixUs),
    ("unix_ns", TimeFormat::UnixNs),
    ("unix_auto", TimeFormat::UnixAuto),
    ("cloudflare", TimeFormat::Cloudflare),
];

/// What a Go layout begins with.
const LAYOUT: &str = "layout=";

/// What a strftime pattern may begin with, as it does in schemas that were made from code.
const STRFTIME: &str = "strftime=";

impl TimeFormat {
    /// The format as it is written in YAML.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pattern(pattern) => pattern.as_str(),
            named => NAMED.iter().find(|(_, format)| format == named).map_or("", |(name, _)| name),
        }
    }

    /// The formats that are known by name.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// The characters that may stand behind the percent sign of a strftime pattern.
    pub(crate) fn directives() -> impl Iterator<Item = char> {
        strftime::KNOWN.split_ascii_whitespace().filter_map(|directive| directive.chars().nth(1))
    }

    /// Whether JSON numbers are times in this format; text may be in any.
    pub const fn takes_numbers(&self) -> bool {
        !matches!(self, Self::Rfc3339 | Self::Pattern(_))
    }
}

/// Why a text is no time format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTimeFormat {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl FromStr for TimeFormat {
    type Err = InvalidTimeFormat;

    fn from_str(text: &str) -> Result<Self, InvalidTimeFormat> {
        if let Some((_, format)) = NAMED.into_iter().find(|(name, _)| *name == text) {
            return Ok(format);
        }
        if text.is_empty() {
            return Err(InvalidTimeFormat { message: "the time format is empty".to_owned(), help: known() });
        }
        if text.len() > limits::TIME_FORMAT_BYTES {
            return Err(InvalidTimeFormat {
                message: format!("the time format has more than {} bytes", limits::TIME_FORMAT_BYTES),
                help: "a pattern spells one time; list others under `timeFormats`".to_owned(),
            });
        }
        let parts = if let Some(layout) = text.strip_prefix(LAYOUT) {
            layout::compile(layout).map_err(|fraction| InvalidTimeFormat {
                message: format!(
                    "{} has more than nine digits, in the layout {}",
                    quote(&fraction),
                    quote(text)
                ),
                help:
                    "a fraction ends at nanoseconds: `.000000000`, or `.999999999` without zeros at the end"
                        .to_owned(),
            })?
        } else if text.contains('%') {
            let pattern = text.strip_prefix(STRFTIME).unwrap_or(text);
            strftime::compile(pattern).map_err(|directive| bad_directive(text, &directive))?
        } else {
            return Err(unknown(text));
        };
        let pattern = TimePattern::new(text, parts);
        if pattern.has_element() {
            return Ok(Self::Pattern(Arc::new(pattern)));
        }
        let help = if text.starts_with(LAYOUT) {
            "spell 2006-01-02 15:04:05 in the way of the log: `layout=2006-01-02T15:04:05`"
        } else {
            "write a pattern such as `%Y-%m-%d %H:%M:%S`"
        };
        let message = format!("the time format {} names no part of a time", quote(text));
        Err(InvalidTimeFormat { message, help: help.to_owned() })
    }
}

fn bad_directive(text: &str, directive: &str) -> InvalidTimeFormat {
    let message =
        format!("{} is no strftime directive, in the time format {}", quote(directive), quote(text));
    let help = match directive.as_bytes().last() {
        Some(b'G' | b'g') => "years of ISO weeks are not read; the year of the date is `%Y`".to_owned(),
        Some(b'L' | b'N' | b'3' | b'6' | b'9' | b'.') => {
            "a fraction of a second is `%f`, of up to six digits".to_owned()
        }
        _ => format!("the directives are {}", strftime::KNOWN),
    };
    InvalidTimeFormat { message, help }
}

/// A text that is neither a name nor a pattern.
fn unknown(text: &str) -> InvalidTimeFormat {
    let help = if let Some(near) = closest(text, NAMED.iter().map(|(name, _)| *name)) {
        format!("did you mean `{near}`?")
    } else if ["2006", "15:04", "Jan 2", "Jan _2"].iter().any(|element| text.contains(element)) {
        format!("a Go layout begins with `{LAYOUT}`: `{LAYOUT}2006-01-02T15:04:05`")
    } else {
        known()
    };
    InvalidTimeFormat { message: format!("there is no time format {}", quote(text)), help }
}

fn known() -> String {
    let names = NAMED.map(|(name, _)| name).join(", ");
    format!("the time formats are {names}, patterns such as `%Y-%m-%d`, and Go layouts behind `{LAYOUT}`")
}

#[cfg(test)]
mod tests;
