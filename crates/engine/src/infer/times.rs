//! Which time formats the texts under one path are in.
//!
//! As long as one format fits all texts, those that do are kept, so that `02/01/2026` is settled by the
//! first day beyond the twelfth. Where no one format fits all, a few that do together are.

use std::sync::LazyLock;

use sawlog_parser::time::{Spelling, read};
use sawlog_schema::TimeFormat;

/// The formats that are looked for, common and strict ones first. Where two fit, the first is taken. None has
/// the abbreviation of a zone: which one `IST` is, no text tells.
const NAMES: [&str; 29] = [
    "rfc3339",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "layout=2006-01-02 15:04:05.000000000",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "layout=2006-01-02T15:04:05.000000000",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S.%f %z",
    "layout=2006-01-02 15:04:05Z07:00",
    "layout=2006-01-02 15:04:05 Z07:00",
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%d %H:%M:%S.%f UTC",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d",
    "%d/%b/%Y:%H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S GMT",
    "layout=Mon Jan _2 15:04:05 2006",
    "layout=Mon Jan _2 15:04:05 UTC 2006",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y %H:%M:%S",
    "%Y%m%dT%H%M%SZ",
    "%Y%m%d%H%M%S",
];

/// Positions in [`NAMES`] of the formats that take the month or the day first.
const MONTH_FIRST: u32 = 1 << 23;
const DAY_FIRST: u32 = 1 << 24;

static FORMATS: LazyLock<Vec<TimeFormat>> =
    LazyLock::new(|| NAMES.iter().filter_map(|name| name.parse().ok()).collect());

/// Formats that one field may have.
const SEVERAL: usize = 4;

/// What the texts of a shape are as times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Times {
    /// No text so far.
    #[default]
    Open,
    /// All texts are in each of these formats.
    Fitting(u32),
    /// Each text is in one of these.
    Several(Vec<u8>),
    /// Some text is no time.
    No,
}

impl Times {
    #[inline]
    pub(crate) fn add(&mut self, text: &str) {
        if *self != Self::No {
            self.narrow(text);
        }
    }

    fn narrow(&mut self, text: &str) {
        if !may_be_time(text) {
            *self = Self::No;
            return;
        }
        *self = match std::mem::replace(self, Self::No) {
            Self::Open => match fitting(text, u32::MAX) {
                0 => Self::No,
                formats => Self::Fitting(formats),
            },
            Self::Fitting(formats) => match fitting(text, formats) {
                0 => several(vec![formats.trailing_zeros() as u8], text),
                left => Self::Fitting(left),
            },
            Self::Several(formats) if formats.iter().any(|format| fits(*format, text)) => {
                Self::Several(formats)
            }
            Self::Several(formats) => several(formats, text),
            Self::No => Self::No,
        };
    }

    /// The names of the formats; none if the texts are no times.
    pub(crate) fn formats(&self) -> Vec<&'static str> {
        match self {
            Self::Open | Self::No => Vec::new(),
            Self::Fitting(formats) => vec![NAMES[formats.trailing_zeros() as usize]],
            Self::Several(formats) => formats.iter().map(|format| NAMES[usize::from(*format)]).collect(),
        }
    }

    /// Whether days and months might be exchanged.
    pub(crate) fn is_ambiguous(&self) -> bool {
        match self {
            Self::Fitting(formats) => formats & MONTH_FIRST != 0 && formats & DAY_FIRST != 0,
            Self::Several(formats) => formats.iter().any(|f| (1 << f) & (MONTH_FIRST | DAY_FIRST) != 0),
            _ => false,
        }
    }

    /// Whether only digits make the times, as they make other numbers.
    pub(crate) fn are_digits(&self) -> bool {
        self.formats() == ["%Y%m%d%H%M%S"]
    }
}

/// The formats and one more that fits the text.
fn several(mut formats: Vec<u8>, text: &str) -> Times {
    match fitting(text, u32::MAX) {
        0 => Times::No,
        _ if formats.len() == SEVERAL => Times::No,
        found => {
            formats.push(found.trailing_zeros() as u8);
            Times::Several(formats)
        }
    }
}

/// Times are neither short nor long, and most other text has no digits.
fn may_be_time(text: &str) -> bool {
    (8..=40).contains(&text.len()) && text.bytes().filter(u8::is_ascii_digit).count() >= 6
}

fn fitting(text: &str, among: u32) -> u32 {
    let mut left = 0;
    for format in 0..FORMATS.len() as u8 {
        if among & (1 << format) != 0 && fits(format, text) {
            left |= 1 << format;
            // Nothing but RFC 3339 is both that strict and that common.
            if format == 0 {
                break;
            }
        }
    }
    left
}

fn fits(format: u8, text: &str) -> bool {
    FORMATS
        .get(usize::from(format))
        .is_some_and(|f| read(std::slice::from_ref(f), Spelling::Text(text)).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> Times {
        let mut times = Times::default();
        for text in texts {
            times.add(text);
        }
        times
    }

    #[test]
    fn every_format_is_one() {
        assert_eq!(FORMATS.len(), NAMES.len());
        assert_eq!(NAMES[MONTH_FIRST.trailing_zeros() as usize], "%m/%d/%Y %H:%M:%S");
        assert_eq!(NAMES[DAY_FIRST.trailing_zeros() as usize], "%d/%m/%Y %H:%M:%S");
    }

    #[test]
    fn one_format_that_fits_all() {
        let rows: [(&[&str], &str); 12] = [
            (&["2026-01-31T12:00:00Z", "2026-01-31t12:00:00.123456789+0100"], "rfc3339"),
            (&["2026-01-31 12:00:00"], "%Y-%m-%d %H:%M:%S"),
            (&["2026-01-31 12:00:00.5"], "%Y-%m-%d %H:%M:%S.%f"),
            (&["2026-01-31 12:00:00.123456789"], "layout=2006-01-02 15:04:05.000000000"),
            (&["2026-01-31T12:00:00"], "%Y-%m-%dT%H:%M:%S"),
            (&["2026-01-31"], "%Y-%m-%d"),
            (&["31/Jan/2026:12:00:00 +0000"], "%d/%b/%Y:%H:%M:%S %z"),
            (&["Sat, 31 Jan 2026 12:00:00 GMT"], "%a, %d %b %Y %H:%M:%S GMT"),
            (&["Sat Jan 31 12:00:00 2026", "Sun Feb  1 12:00:00 2026"], "layout=Mon Jan _2 15:04:05 2006"),
            (&["02/01/2026 12:00:00", "02/13/2026 12:00:00"], "%m/%d/%Y %H:%M:%S"),
            (&["02/01/2026 12:00:00", "13/02/2026 12:00:00"], "%d/%m/%Y %H:%M:%S"),
            (&["20260131T120000Z"], "%Y%m%dT%H%M%SZ"),
        ];
        for (texts, expected) in rows {
            assert_eq!(of(texts).formats(), [expected], "{texts:?}");
        }
        assert!(of(&["02/01/2026 12:00:00"]).is_ambiguous());
        assert!(!of(&["02/01/2026 12:00:00", "02/13/2026 12:00:00"]).is_ambiguous());
    }

    #[test]
    fn several_formats_together_and_no_times() {
        let mixed = of(&["2026-01-31T12:00:00Z", "2026-01-31 12:00:00", "2026-01-31T12:00:00Z"]);
        assert_eq!(mixed.formats(), ["rfc3339", "%Y-%m-%d %H:%M:%S"]);
        for texts in [&["2026-01-31T12:00:00Z", "soon"][..], &["2026-02-30"], &["1234567"], &[]] {
            assert_eq!(of(texts).formats(), [""; 0], "{texts:?}");
        }
    }
}
