//! What the parts of a text say, and the instant that they make together.

use sawlog_columns::Instant;
use sawlog_schema::time_format::Unit;

use super::Told;
use crate::time::calendar::{Date, SECONDS_PER_DAY, days_in_month};
use crate::time::unix::SECONDS;

/// The year of texts that tell none.
const DEFAULT_YEAR: u32 = 1900;

/// What has been read of a text so far.
#[derive(Debug, Default)]
pub(super) struct Fields<'t> {
    year: Option<u32>,
    century: Option<u32>,
    year_of_century: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    year_day: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    pub(super) nanos: u32,
    pub(super) is_pm: Option<bool>,
    pub(super) offset: i32,
    pub(super) zone: &'t str,
    pub(super) unix_seconds: Option<i64>,
}

impl Fields<'_> {
    /// Takes a number in; false if it cannot count what it should.
    pub(super) fn set(&mut self, unit: Unit, value: u32) -> bool {
        match unit {
            Unit::Year => self.year = Some(value),
            Unit::Century => self.century = Some(value),
            Unit::YearOfCentury => self.year_of_century = Some(value),
            Unit::Month => self.month = Some(value),
            Unit::Day => self.day = Some(value),
            Unit::YearDay => self.year_day = Some(value),
            Unit::Hour | Unit::Hour12 => self.hour = value,
            Unit::Minute => self.minute = value,
            Unit::Second => self.second = value,
            Unit::SundayWeek | Unit::MondayWeek | Unit::IsoWeek | Unit::Weekday | Unit::IsoWeekday => {}
        }
        unit != Unit::Hour12 || value <= 12
    }

    pub(super) fn set_month(&mut self, month: u32) {
        self.month = Some(month);
    }
}

impl<'t> Fields<'t> {
    /// The time that the fields tell; none if there is no such instant. What they do not tell is that of
    /// 1900-01-01T00:00:00Z.
    pub(super) fn told(&self) -> Option<Told<'t>> {
        let seconds = match self.unix_seconds {
            // Both the instant and what its own clock shows must have a year of four digits.
            Some(seconds) if SECONDS.contains(&seconds.saturating_add(self.offset.into())) => seconds,
            Some(_) => return None,
            None => {
                let date = self.date()?;
                date.days_since_epoch() * SECONDS_PER_DAY + self.time_of_day()? - i64::from(self.offset)
            }
        };
        let micros = seconds * 1_000_000 + i64::from(self.nanos / 1000);
        let instant = Instant { micros, nanos: (self.nanos % 1000) as u16 };
        Some(Told { instant, offset: self.offset, zone: self.zone })
    }

    fn year(&self) -> u32 {
        match (self.century, self.year, self.year_of_century) {
            (Some(century), year, of_century) => century * 100 + of_century.or(year).unwrap_or(0) % 100,
            (None, Some(year), _) => year,
            (None, None, Some(year @ 69..)) => 1900 + year,
            (None, None, Some(year)) => 2000 + year,
            (None, None, None) => DEFAULT_YEAR,
        }
    }

    fn date(&self) -> Option<Date> {
        let year = self.year();
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if day == 0 || day > days_in_month(year, month) {
            return None;
        }
        let date = Date { year, month, day };
        match self.year_day {
            Some(year_day) if self.month.is_none() && self.day.is_none() => Date::of_year(year, year_day),
            Some(year_day) => Some(date).filter(|date| date.year_day() == year_day),
            None => Some(date),
        }
    }

    /// Seconds since midnight.
    fn time_of_day(&self) -> Option<i64> {
        let hour = match self.is_pm {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        if hour > 23 || self.minute > 59 || self.second > 59 {
            return None;
        }
        Some(i64::from(hour * 3600 + self.minute * 60 + self.second))
    }
}
