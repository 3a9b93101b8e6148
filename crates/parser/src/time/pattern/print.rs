//! Printing a time by a pattern.

use std::io::Write;

use sawlog_columns::escape;
use sawlog_schema::time_format::{Fraction, Number, Offset, OffsetForm, Pad, Part, TimePattern, Unit};

use super::Told;
use crate::time::calendar::{Date, SECONDS_PER_DAY};
use crate::time::names::{MONTHS, WEEKDAYS, written};

/// Appends `told` as the inside of a JSON string, on the clock of the text that it was read from.
pub(in crate::time) fn print(pattern: &TimePattern, told: Told<'_>, out: &mut Vec<u8>) {
    let Some(clock) = Clock::new(told) else { return };
    for part in pattern.parts() {
        clock.part(part, out);
    }
}

/// What calendar and clock show at a place.
struct Clock<'t> {
    told: Told<'t>,
    date: Date,
    /// Seconds since midnight.
    second: u32,
    nanos: u32,
}

impl<'t> Clock<'t> {
    fn new(told: Told<'t>) -> Option<Self> {
        let seconds = told.instant.micros.div_euclid(1_000_000) + i64::from(told.offset);
        let micros = told.instant.micros.rem_euclid(1_000_000) as u32;
        Some(Self {
            told,
            date: Date::after_epoch(seconds.div_euclid(SECONDS_PER_DAY))?,
            second: seconds.rem_euclid(SECONDS_PER_DAY) as u32,
            nanos: micros * 1000 + u32::from(told.instant.nanos),
        })
    }

    fn part(&self, part: &Part, out: &mut Vec<u8>) {
        match part {
            Part::Literal(text) => escape(text.as_bytes(), out),
            Part::Blanks(count) => out.resize(out.len() + usize::from(*count), b' '),
            Part::Space(space) => escape(space.encode_utf8(&mut [0; 4]).as_bytes(), out),
            Part::Number(number) => self.number(*number, out),
            Part::Month(name) => {
                out.extend_from_slice(written(MONTHS[self.date.month as usize - 1], *name).as_bytes());
            }
            Part::Weekday(name) => {
                out.extend_from_slice(written(WEEKDAYS[self.date.weekday() as usize], *name).as_bytes());
            }
            Part::Meridiem { lower } => {
                let text = if self.hour() < 12 { *b"AM" } else { *b"PM" };
                out.extend(if *lower { text.map(|byte| byte.to_ascii_lowercase()) } else { text });
            }
            Part::Fraction(fraction) => self.fraction(*fraction, out),
            Part::Offset(offset) => print_offset(*offset, self.told.offset, out),
            Part::ZoneName => out.extend_from_slice(self.told.zone.as_bytes()),
            Part::UnixSeconds => {
                let seconds = self.told.instant.micros.div_euclid(1_000_000);
                out.extend_from_slice(seconds.to_string().as_bytes());
            }
        }
    }

    fn hour(&self) -> u32 {
        self.second / 3600
    }

    fn value(&self, unit: Unit) -> u32 {
        let (date, week_start) = (self.date, self.date.year_day() + 6);
        match unit {
            Unit::Year => date.year,
            Unit::Century => date.year / 100,
            Unit::YearOfCentury => date.year % 100,
            Unit::Month => date.month,
            Unit::Day => date.day,
            Unit::YearDay => date.year_day(),
            Unit::Hour => self.hour(),
            Unit::Hour12 => (self.hour() + 11) % 12 + 1,
            Unit::Minute => self.second / 60 % 60,
            Unit::Second => self.second % 60,
            Unit::SundayWeek => (week_start - date.weekday()) / 7,
            Unit::MondayWeek => (week_start - (date.weekday() + 6) % 7) / 7,
            Unit::IsoWeek => date.iso_week(),
            Unit::Weekday => date.weekday(),
            Unit::IsoWeekday => (date.weekday() + 6) % 7 + 1,
        }
    }

    fn number(&self, Number { unit, max, pad, .. }: Number, out: &mut Vec<u8>) {
        let (value, width) = (self.value(unit), usize::from(max));
        // Writing to memory does not fail.
        let _ = match pad {
            Pad::Zero => write!(out, "{value:0width$}"),
            Pad::Blank => write!(out, "{value:width$}"),
            Pad::None => write!(out, "{value}"),
        };
    }

    fn fraction(&self, kind: Fraction, out: &mut Vec<u8>) {
        let digits = format!("{:09}", self.nanos);
        let (separator, shown) = match kind {
            Fraction::Micros => (None, &digits[..6]),
            Fraction::Fixed { separator, digits: count } => (Some(separator), &digits[..usize::from(count)]),
            Fraction::Trimmed { separator, digits: count } => {
                let shown = digits[..usize::from(count)].trim_end_matches('0');
                (Some(separator).filter(|_| !shown.is_empty()), shown)
            }
            Fraction::Unasked => (None, ""),
        };
        out.extend(separator.map(|separator| separator as u8));
        out.extend_from_slice(shown.as_bytes());
    }
}

fn print_offset(Offset { form, zulu, .. }: Offset, offset: i32, out: &mut Vec<u8>) {
    if zulu && offset == 0 {
        return out.push(b'Z');
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let offset = offset.unsigned_abs();
    let (h, m, s) = (offset / 3600, offset / 60 % 60, offset % 60);
    // Writing to memory does not fail.
    let _ = match form {
        OffsetForm::Hours => write!(out, "{sign}{h:02}"),
        OffsetForm::Minutes => write!(out, "{sign}{h:02}{m:02}"),
        OffsetForm::ColonMinutes => write!(out, "{sign}{h:02}:{m:02}"),
        OffsetForm::Seconds => write!(out, "{sign}{h:02}{m:02}{s:02}"),
        OffsetForm::ColonSeconds => write!(out, "{sign}{h:02}:{m:02}:{s:02}"),
    };
}
