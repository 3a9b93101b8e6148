//! Patterns as a list of instructions: what both strftime and Go layouts are compiled to.
//!
//! A pattern is taken apart once, when the schema is loaded. What reads and prints times then runs through a
//! flat list and looks at no percent sign again. The same list serves both directions, so that what a part
//! accepts and what it prints cannot drift apart.

use std::fmt;

/// A compiled pattern, known by its spelling.
#[derive(Clone, PartialEq, Eq)]
pub struct TimePattern {
    spelling: Box<str>,
    parts: Box<[Part]>,
    head: Option<Head>,
}

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text that stands for itself.
    Literal(Box<str>),
    /// So many blanks in a layout: any number of blanks from one up, or the end of the text.
    Blanks(u8),
    /// White space of any kind and length; printed as this character.
    Space(char),
    /// A number.
    Number(Number),
    /// The English name of a month.
    Month(Name),
    /// The English name of a weekday, which is read and not held against the date.
    Weekday(Name),
    /// AM or PM, in either case; printed in lower case if so.
    Meridiem {
        /// Print `am` and `pm`.
        lower: bool,
    },
    /// Digits of a fraction of a second.
    Fraction(Fraction),
    /// How far the clock is ahead of UTC.
    Offset(Offset),
    /// The abbreviation of a time zone: a run of capital letters. They are ambiguous, so they move nothing.
    ZoneName,
    /// Seconds since 1970, which settle date and time at once.
    UnixSeconds,
}

/// A number of so many digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// What it counts.
    pub unit: Unit,
    /// Fewest digits that are read.
    pub min: u8,
    /// Most digits that are read, and the width it is printed in.
    pub max: u8,
    /// What fills it up to its width.
    pub pad: Pad,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Year.
    Year,
    /// Year divided by 100.
    Century,
    /// Last two digits of the year. Without a century 69 to 99 are in the 20th one, the others in the 21st.
    YearOfCentury,
    /// Month, from 1.
    Month,
    /// Day of the month, from 1.
    Day,
    /// Day of the year, from 1.
    YearDay,
    /// Hour, 0 to 23.
    Hour,
    /// Hour, 1 to 12; 0 is taken for 12.
    Hour12,
    /// Minute.
    Minute,
    /// Second, 0 to 59.
    Second,
    /// Week of the year, of which the first begins with its first Sunday. Read and ignored, as are the next.
    SundayWeek,
    /// Week of the year, of which the first begins with its first Monday.
    MondayWeek,
    /// Week of the year by ISO 8601.
    IsoWeek,
    /// Weekday, Sunday being 0.
    Weekday,
    /// Weekday, Monday being 1 and Sunday 7.
    IsoWeekday,
}

/// What fills a number up to its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pad {
    /// Zeros.
    Zero,
    /// Blanks, which are read too.
    Blank,
    /// Nothing.
    None,
}

/// Length of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Three letters.
    Short,
    /// The whole name.
    Long,
}

/// Digits of a fraction of a second. Digits after the ninth are dropped where any number may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fraction {
    /// One to six digits without a point; printed as six.
    Micros,
    /// A point or comma and exactly so many digits.
    Fixed {
        /// The character that is printed; both are read.
        separator: char,
        /// Digits, at most nine.
        digits: u8,
    },
    /// A point or comma and digits, or nothing at all; printed without zeros at the end.
    Trimmed {
        /// The character that is printed; both are read.
        separator: char,
        /// Most digits that are printed, at most nine.
        digits: u8,
    },
    /// What may stand behind the seconds of a layout that asks for no fraction; never printed.
    Unasked,
}

/// An offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// How it is printed.
    pub form: OffsetForm,
    /// Whether a `Z` stands for an offset of zero.
    pub zulu: bool,
    /// Whether `±hhmm`, `±hh:mm` and `Z` are all read, whatever the form.
    pub lenient: bool,
}

/// Spelling of an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetForm {
    /// `±hh`
    Hours,
    /// `±hhmm`
    Minutes,
    /// `±hh:mm`
    ColonMinutes,
    /// `±hhmmss`
    Seconds,
    /// `±hh:mm:ss`
    ColonSeconds,
}

/// A date and a time of day in nineteen characters, `2026-03-01T12:30:00`, at the beginning of a pattern:
/// most patterns begin so, and most texts can be read by position then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The character between year, month and day.
    pub in_date: u8,
    /// The character between date and time.
    pub between: u8,
    /// The character between hour, minute and second.
    pub in_time: u8,
}

impl Head {
    /// How many parts it stands for.
    pub const PARTS: usize = 11;

    fn find(parts: &[Part]) -> Option<Self> {
        let parts = parts.get(..Self::PARTS)?;
        let units = [Unit::Year, Unit::Month, Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];
        let widths = [4, 2, 2, 2, 2, 2];
        for (part, (unit, width)) in parts.iter().step_by(2).zip(units.into_iter().zip(widths)) {
            match part {
                Part::Number(n) if n.unit == unit && n.max == width && n.pad == Pad::Zero => {}
                _ => return None,
            }
        }
        let separator = |at: usize| match &parts[at] {
            Part::Literal(text) => {
                text.as_bytes().first().filter(|byte| text.len() == 1 && !byte.is_ascii_digit())
            }
            Part::Blanks(1) => Some(&b' '),
            _ => None,
        };
        let (in_date, between, in_time) = (*separator(1)?, *separator(5)?, *separator(7)?);
        let is_even = separator(3) == Some(&in_date) && separator(9) == Some(&in_time);
        is_even.then_some(Self { in_date, between, in_time })
    }
}

impl TimePattern {
    /// A pattern of these parts; joins texts that stand side by side.
    pub(super) fn new(spelling: &str, parts: Vec<Part>) -> Self {
        let mut joined: Vec<Part> = Vec::with_capacity(parts.len());
        for part in parts {
            match (joined.last_mut(), &part) {
                (Some(Part::Literal(before)), Part::Literal(text)) => {
                    *before = format!("{before}{text}").into();
                }
                _ => joined.push(part),
            }
        }
        Self { spelling: spelling.into(), head: Head::find(&joined), parts: joined.into() }
    }

    /// The pattern as it is written in YAML, `layout=` included.
    pub fn as_str(&self) -> &str {
        &self.spelling
    }

    /// What to read or print, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The date and time that the first [`Head::PARTS`] parts make, if they have the usual shape.
    pub fn head(&self) -> Option<Head> {
        self.head
    }

    /// Whether texts of this pattern tell a year.
    pub fn has_year(&self) -> bool {
        self.has(&[Unit::Year, Unit::Century, Unit::YearOfCentury])
    }

    /// Whether texts of this pattern tell a month or a day.
    pub fn has_day(&self) -> bool {
        self.has(&[Unit::Month, Unit::Day, Unit::YearDay])
            || self.parts.iter().any(|part| matches!(part, Part::Month(_)))
    }

    fn has(&self, units: &[Unit]) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Number(number) => units.contains(&number.unit),
            Part::UnixSeconds => true,
            _ => false,
        })
    }

    /// Whether any part is more than text.
    pub(super) fn has_element(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part, Part::Literal(_) | Part::Blanks(_) | Part::Space(_)))
    }
}

impl fmt::Debug for TimePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.spelling)
    }
}
