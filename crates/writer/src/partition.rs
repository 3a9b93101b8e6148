//! Which rows lie together: by the day or the hour of their event time.
//!
//! Sorting and partitioning are one step. Rows are ordered by event time, and a partition is a range of event
//! times, so the sorted rows of a chunk fall into partitions by cutting where the day or the hour changes.

use std::fmt;
use std::str::FromStr;

use sawlog_columns::{Pick, Run, Table};

const MICROS_PER_HOUR: i64 = 3_600_000_000;
const HOURS_PER_DAY: i64 = 24;

/// How a table is cut into folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum PartitionBy {
    /// All files in the table's own folder.
    None,
    /// One folder a day, in UTC.
    #[default]
    Day,
    /// One folder an hour, in UTC.
    Hour,
}

impl PartitionBy {
    const ALL: [(&'static str, Self); 3] = [("none", Self::None), ("day", Self::Day), ("hour", Self::Hour)];
}

impl fmt::Display for PartitionBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Day => "day",
            Self::Hour => "hour",
        })
    }
}

/// The text is no way to partition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no partitioning; use none, day or hour")]
pub struct UnknownPartitioning(String);

impl FromStr for PartitionBy {
    type Err = UnknownPartitioning;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|(name, _)| *name == text);
        known.map(|(_, by)| by).ok_or_else(|| UnknownPartitioning(text.to_owned()))
    }
}

/// One folder of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    by: PartitionBy,
    /// Whole days or hours since 1970 UTC, floored; 0 where the table has no folders.
    unit: i64,
}

impl Partition {
    /// The partition of an event time in microseconds since 1970 UTC.
    pub fn of(by: PartitionBy, micros: i64) -> Self {
        let unit = match by {
            PartitionBy::None => 0,
            PartitionBy::Day => micros.div_euclid(MICROS_PER_HOUR * HOURS_PER_DAY),
            PartitionBy::Hour => micros.div_euclid(MICROS_PER_HOUR),
        };
        Self { by, unit }
    }

    /// The folder below the table's, without slashes at its ends: `year=YYYY/month=MM/day=DD`, `/hour=HH`
    /// after it for hours, and empty for none. Years before 0 have a sign, those after 9999 more digits.
    pub fn path(self) -> String {
        match self.by {
            PartitionBy::None => String::new(),
            PartitionBy::Day => day_path(self.unit),
            PartitionBy::Hour => {
                let (day, hour) = (self.unit.div_euclid(HOURS_PER_DAY), self.unit.rem_euclid(HOURS_PER_DAY));
                format!("{}/hour={hour:02}", day_path(day))
            }
        }
    }
}

fn day_path(days: i64) -> String {
    let (year, month, day) = civil(days);
    let year = if year < 0 { format!("-{:04}", -year) } else { format!("{year:04}") };
    format!("year={year}/month={month:02}/day={day:02}")
}

/// Year, month and day of a day counted from 1970-01-01 in the Gregorian calendar.
///
/// Years are counted from March here, which puts the leap day at the end of the year, and in eras of 400
/// years, which all have the same length. Every number of days that microseconds in 64 bits can reach is
/// fine.
fn civil(days: i64) -> (i64, i64, i64) {
    const DAYS_PER_ERA: i64 = 146_097;
    const DAYS_TO_1970_FROM_MARCH_OF_0: i64 = 719_468;
    let days = days + DAYS_TO_1970_FROM_MARCH_OF_0;
    let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_from_march + 2) / 5 + 1;
    let month = if months_from_march < 10 { months_from_march + 3 } else { months_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The rows of one partition, in the order in which they are to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Where they belong.
    pub partition: Partition,
    /// The rows, by event time and row id.
    pub picks: Vec<Pick>,
}

/// Sorts all rows of a table by event time and row id, and cuts them into partitions, ascending.
///
/// The order does not depend on how the rows are spread over batches. Rows that are equal in both, which only
/// inputs of the same identity can hold, follow the order of the inputs.
pub fn split(table: &Table<'_>, run: &Run, by: PartitionBy) -> Vec<Group> {
    let parts = table.parts();
    let mut rows = Vec::with_capacity(parts.iter().map(|p| p.rows().len()).sum());
    for (part, columns) in (0u32..).zip(parts) {
        let picks = (0u32..).map(|row| Pick { part, row });
        rows.extend(columns.rows().iter().zip(picks).map(|(row, pick)| (run.event_time(row), pick)));
    }
    // Nearly always times decide, so that the rest need not be at hand.
    let rest = |pick: Pick| {
        let row = &parts[pick.part as usize].rows()[pick.row as usize];
        (run.order(row), row.source)
    };
    // Dumps are ordered or nearly so, and the stable sort makes use of that.
    rows.sort_by(|&(a, one), &(b, other)| a.cmp(&b).then_with(|| rest(one).cmp(&rest(other))));
    rows.chunk_by(|(a, _), (b, _)| Partition::of(by, *a) == Partition::of(by, *b))
        .map(|rows| Group {
            partition: Partition::of(by, rows[0].0),
            picks: rows.iter().map(|&(_, pick)| pick).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Datelike};
    use proptest::prelude::*;

    use super::*;

    fn path(by: PartitionBy, time: &str) -> String {
        let micros = DateTime::parse_from_rfc3339(time).unwrap().timestamp_micros();
        Partition::of(by, micros).path()
    }

    #[test]
    fn paths_follow_the_clock_in_utc() {
        for (time, day, hour) in [
            ("2024-10-03T23:59:59.999999Z", "year=2024/month=10/day=03", "23"),
            ("2024-10-04T00:00:00Z", "year=2024/month=10/day=04", "00"),
            ("2024-10-04T00:30:00+01:00", "year=2024/month=10/day=03", "23"),
            ("1970-01-01T00:00:00Z", "year=1970/month=01/day=01", "00"),
            ("1969-12-31T23:59:59.999999Z", "year=1969/month=12/day=31", "23"),
            ("2000-02-29T12:00:00Z", "year=2000/month=02/day=29", "12"),
            ("0000-01-01T00:00:00Z", "year=0000/month=01/day=01", "00"),
            ("0000-01-01T00:00:00+00:01", "year=-0001/month=12/day=31", "23"),
            ("9999-12-31T23:59:59-00:01", "year=10000/month=01/day=01", "00"),
        ] {
            assert_eq!(path(PartitionBy::Day, time), day);
            assert_eq!(path(PartitionBy::Hour, time), format!("{day}/hour={hour}"));
            assert_eq!(path(PartitionBy::None, time), "");
        }
    }

    #[test]
    fn every_time_has_a_partition() {
        assert_eq!(Partition::of(PartitionBy::Day, i64::MIN).path(), "year=-290308/month=12/day=21");
        assert_eq!(Partition::of(PartitionBy::Day, i64::MAX).path(), "year=294247/month=01/day=10");
    }

    #[test]
    fn names_are_read_back() {
        for (name, by) in PartitionBy::ALL {
            assert_eq!(by.to_string(), name);
            assert_eq!(name.parse(), Ok(by));
        }
        let error = "month".parse::<PartitionBy>().unwrap_err();
        assert_eq!(error.to_string(), "\"month\" is no partitioning; use none, day or hour");
    }

    proptest! {
        #[test]
        fn dates_agree_with_chrono(days in -90_000_000i64..90_000_000) {
            let date = DateTime::from_timestamp(days * 86_400, 0).unwrap().date_naive();
            let expected = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
            prop_assert_eq!(civil(days), expected);
        }
    }
}
