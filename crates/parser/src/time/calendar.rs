//! The Gregorian calendar from year 0000 to 9999, in both directions.

pub(super) const SECONDS_PER_DAY: i64 = 86_400;

/// Days from the first of March of year -400, the origin of the formulas here, to 1970-01-01.
const DAYS_TO_EPOCH: i64 = 865_565;

/// Days of 400 years, of 100, of 4, and of 1, without the leap day that may follow.
const DAYS: [i64; 4] = [146_097, 36_524, 1_461, 365];

/// A day by its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

pub(super) const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// Days of a month, 0 for a month that there is not.
pub(super) const fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

impl Date {
    /// Days from 1970-01-01. Years are counted from March, so that the leap day is the last one and the
    /// months before it follow one formula.
    pub(super) fn days_since_epoch(self) -> i64 {
        let Self { year, month, day } = self;
        // 400 years ahead, so that January of year 0 does not go below zero.
        let (years, months) = if month > 2 { (year + 400, month - 3) } else { (year + 399, month + 9) };
        let days_before_month = (153 * months + 2) / 5;
        let days = years * 365 + years / 4 - years / 100 + years / 400 + days_before_month + day;
        // Days of a month are counted from 1.
        i64::from(days) - 1 - DAYS_TO_EPOCH
    }

    /// The day so many days after 1970-01-01; none outside the years 0000 to 9999.
    pub(super) fn after_epoch(days: i64) -> Option<Self> {
        let mut rest = u64::try_from(days.checked_add(DAYS_TO_EPOCH)?).ok()? as i64;
        let mut years = 0;
        for (span, count) in DAYS.into_iter().zip([400, 100, 4, 1]) {
            // The last century of four, and the last year of four, are a day longer than the others.
            let most = if count == 100 || count == 1 { 3 } else { i64::MAX };
            let spans = (rest / span).min(most);
            rest -= spans * span;
            years += spans * count;
        }
        let months = (5 * rest + 2) / 153;
        let day = rest - (153 * months + 2) / 5 + 1;
        let (year, month) = if months < 10 { (years - 400, months + 3) } else { (years - 399, months - 9) };
        let year = u32::try_from(year).ok().filter(|year| *year <= 9999)?;
        Some(Self { year, month: month as u32, day: day as u32 })
    }

    /// The day of a year, counted from 1.
    pub(super) fn of_year(year: u32, day: u32) -> Option<Self> {
        let days = if is_leap(year) { 366 } else { 365 };
        if day == 0 || day > days {
            return None;
        }
        let first = Self { year, month: 1, day: 1 };
        Self::after_epoch(first.days_since_epoch() + i64::from(day) - 1)
    }

    /// Its number in the year, counted from 1.
    pub(super) fn year_day(self) -> u32 {
        let first = Self { month: 1, day: 1, ..self };
        (self.days_since_epoch() - first.days_since_epoch() + 1) as u32
    }

    /// Its weekday, Sunday being 0.
    pub(super) fn weekday(self) -> u32 {
        // 1970-01-01 was a Thursday.
        (self.days_since_epoch() + 4).rem_euclid(7) as u32
    }

    /// Its week by ISO 8601: the one that holds the Thursday.
    pub(super) fn iso_week(self) -> u32 {
        // The calendar repeats every 400 years, weekdays included, and has no edge in its middle.
        let day = Self { year: self.year % 400 + 400, ..self };
        let monday = i64::from((day.weekday() + 6) % 7);
        let thursday = Self::after_epoch(day.days_since_epoch() - monday + 3).unwrap_or(day);
        (thursday.year_day() - 1) / 7 + 1
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate, TimeDelta};

    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_has_its_names() {
        let mut theirs = NaiveDate::from_ymd_opt(0, 1, 1).unwrap();
        let mut days = Date { year: 0, month: 1, day: 1 }.days_since_epoch();
        assert_eq!(Date::after_epoch(days - 1), None);
        while theirs.year() < 10_000 {
            let date = Date::after_epoch(days).unwrap();
            let names = (date.year as i32, date.month, date.day);
            assert_eq!(names, (theirs.year(), theirs.month(), theirs.day()));
            assert_eq!(date.days_since_epoch(), days);
            assert_eq!(Date::of_year(date.year, theirs.ordinal()), Some(date));
            assert_eq!(date.year_day(), theirs.ordinal());
            assert_eq!(date.weekday(), theirs.weekday().num_days_from_sunday());
            assert_eq!(date.iso_week(), theirs.iso_week().week());
            assert!(date.day <= days_in_month(date.year, date.month));
            theirs += TimeDelta::days(1);
            days += 1;
        }
        assert_eq!(Date::after_epoch(days), None);
        assert_eq!(Date::after_epoch(i64::MAX), None);
        assert_eq!(Date::after_epoch(i64::MIN), None);
    }

    #[test]
    fn days_that_there_are_not() {
        assert_eq!([1900, 2000, 2023, 2024].map(|year| days_in_month(year, 2)), [28, 29, 28, 29]);
        assert_eq!([0, 13].map(|month| days_in_month(2024, month)), [0, 0]);
        assert_eq!([(2023, 0), (2023, 366), (2024, 367)].map(|(y, d)| Date::of_year(y, d)), [None; 3]);
    }
}
