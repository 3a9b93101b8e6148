//! A point in time, as precise as logs tell it.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

/// An instant, to the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Microseconds since 1970-01-01T00:00:00Z, floored.
    pub micros: i64,
    /// Nanoseconds beyond them, 0 to 999.
    pub nanos: u16,
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC, with as many fraction digits as it needs. Instants more than some 260,000 years away,
    /// of which text knows nothing, print as the outermost one that the calendar has.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = if self.micros < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        let whole = DateTime::from_timestamp_micros(self.micros).unwrap_or(limit);
        let text = whole.to_rfc3339_opts(SecondsFormat::Secs, true);
        f.write_str(text.trim_end_matches('Z'))?;
        let fraction = u64::from(whole.timestamp_subsec_micros()) * 1000 + u64::from(self.nanos);
        if fraction > 0 {
            write!(f, ".{}", format!("{fraction:09}").trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_print_in_utc() {
        for (micros, nanos, printed) in [
            (0, 0, "1970-01-01T00:00:00Z"),
            (1_727_952_266_450_000, 7, "2024-10-03T10:44:26.450000007Z"),
            (-1, 500, "1969-12-31T23:59:59.9999995Z"),
            (-62_167_219_260_000_000, 0, "-0001-12-31T23:59:00Z"),
            (i64::MIN, 0, "-262143-01-01T00:00:00Z"),
        ] {
            assert_eq!(Instant { micros, nanos }.to_string(), printed);
        }
        let last = Instant { micros: i64::MAX, nanos: 999 }.to_string();
        assert!(last.starts_with("+262142-12-31T23:59:59."), "{last}");
    }
}
