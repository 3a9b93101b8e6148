//! RFC 3339.
//!
//! Nearly every record has one such text, so the reader works on fixed positions, eight bytes at a time, and
//! allocates nothing. It reads the real calendar from year 0000 to 9999, and refuses what is no instant
//! rather than rolling it over.

use sawlog_columns::Instant;

use super::calendar::{Date, SECONDS_PER_DAY, days_in_month};
use super::digits::{digit_pairs, fraction, two_digits};

/// Reads `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm|±hhmm)`; none if the text is not that, or names no instant.
///
/// `T` and `Z` may be lower case. A fraction has one digit or more, of which those after the ninth are
/// dropped. The offset stays below 24 hours. Second 60 is no time, for want of an instant to map it to, and
/// neither a blank in place of the `T` nor blanks around the text are accepted.
pub fn rfc3339(text: &str) -> Option<Instant> {
    let (date_time, rest) = text.as_bytes().split_first_chunk::<19>()?;
    let [century, _, of_century, _, _, month, ..] = digit_pairs(*date_time.first_chunk()?, *b"0000-00-")?;
    let [hour, _, _, minute, _, _, second, _] = digit_pairs(*date_time.last_chunk()?, *b"00:00:00")?;
    let day = two_digits(date_time[8], date_time[9])?;
    let year = century * 100 + of_century;
    if !matches!(date_time[10], b'T' | b't') || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    if day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let (nanos, zone) = split_fraction(rest)?;
    let seconds = Date { year, month, day }.days_since_epoch() * SECONDS_PER_DAY
        + i64::from(hour * 3600 + minute * 60 + second)
        - offset_seconds(zone)?;
    Some(Instant { micros: seconds * 1_000_000 + i64::from(nanos / 1000), nanos: (nanos % 1000) as u16 })
}

/// Reads a fraction of a second, if there is one: its nanoseconds, and what follows.
fn split_fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some(text) = text.strip_prefix(b".") else { return Some((0, text)) };
    let (nanos, len) = fraction(text);
    if len == 0 { None } else { Some((nanos, &text[len..])) }
}

/// Seconds that a zone is ahead of UTC.
fn offset_seconds(zone: &[u8]) -> Option<i64> {
    let (sign, [h0, h1, m0, m1]) = match *zone {
        [b'Z' | b'z'] => return Some(0),
        [sign, h0, h1, b':', m0, m1] | [sign, h0, h1, m0, m1] => (sign, [h0, h1, m0, m1]),
        _ => return None,
    };
    let (hours, minutes) = (two_digits(h0, h1)?, two_digits(m0, m1)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i64::from(hours * 3600 + minutes * 60);
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

/// Prints a time that was read in its usual spelling: capital letters, no trailing zeros in the fraction and
/// at most nine digits, `Z` for a zero offset, a colon in any other.
pub(super) fn print(text: &str, out: &mut Vec<u8>) {
    let Some((date_time, rest)) = text.as_bytes().split_at_checked(19) else { return };
    out.extend(date_time.iter().map(u8::to_ascii_uppercase));
    let zone = rest.iter().position(|b| !matches!(b, b'.' | b'0'..=b'9')).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(zone);
    let fraction = &fraction[..fraction.len().min(10)];
    let used = fraction.iter().rposition(|&b| b != b'0' && b != b'.').map_or(0, |last| last + 1);
    out.extend_from_slice(&fraction[..used]);
    match *zone {
        [sign, h0, h1, b':', m0, m1] | [sign, h0, h1, m0, m1] if [h0, h1, m0, m1] != *b"0000" => {
            out.extend_from_slice(&[sign, h0, h1, b':', m0, m1]);
        }
        _ => out.push(b'Z'),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Datelike, NaiveDate, TimeDelta};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn printing_keeps_precision_and_offset() {
        for (given, printed) in [
            ("2024-10-03T10:44:26.450Z", "2024-10-03T10:44:26.45Z"),
            ("2024-10-03t10:44:26z", "2024-10-03T10:44:26Z"),
            ("2024-10-03T10:44:26.1234567899+0530", "2024-10-03T10:44:26.123456789+05:30"),
            ("2024-10-03T10:44:26.000-03:00", "2024-10-03T10:44:26-03:00"),
            ("2024-10-03T10:44:26+00:00", "2024-10-03T10:44:26Z"),
            ("2024-10-03T10:44:26-0000", "2024-10-03T10:44:26Z"),
        ] {
            let mut out = Vec::new();
            print(given, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), printed);
        }
    }

    fn printed(text: &str) -> Option<String> {
        rfc3339(text).map(|instant| instant.to_string())
    }

    #[test]
    fn every_accepted_form_names_its_instant() {
        let cases = [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("2026-11-21T09:08:07.123Z", "2026-11-21T09:08:07.123Z"),
            ("2026-11-21t09:08:07.1z", "2026-11-21T09:08:07.1Z"),
            ("2026-11-21T09:08:07.120000000Z", "2026-11-21T09:08:07.12Z"),
            ("2026-11-21T09:08:07.123456789Z", "2026-11-21T09:08:07.123456789Z"),
            ("2026-11-21T09:08:07.12345678999999Z", "2026-11-21T09:08:07.123456789Z"),
            ("2026-11-21T09:08:07+01:30", "2026-11-21T07:38:07Z"),
            ("2026-11-21T09:08:07+0130", "2026-11-21T07:38:07Z"),
            ("2026-11-21T09:08:07.5-0000", "2026-11-21T09:08:07.5Z"),
            ("2026-12-31T23:59:59-23:59", "2027-01-01T23:58:59Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
            ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
            ("0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"),
            ("0000-01-01T00:00:00+00:01", "-0001-12-31T23:59:00Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
            ("9999-12-31T23:59:59-00:01", "+10000-01-01T00:00:59Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(printed(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let texts = [
            "",
            "Z",
            "2026-11-21",
            "2026-11-21T09:08:07",
            "2026-11-21T09:08Z",
            "2026-11-21 09:08:07Z",
            " 2026-11-21T09:08:07Z",
            "2026-11-21T09:08:07Z ",
            "2026-11-21T09:08:07.Z",
            "2026-11-21T09:08:07,5Z",
            "2026-11-21T09:08:60Z",
            "2026-11-21T09:60:00Z",
            "2026-11-21T24:00:00Z",
            "2026-00-21T09:08:07Z",
            "2026-13-21T09:08:07Z",
            "2026-11-00T09:08:07Z",
            "2026-11-31T09:08:07Z",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "26-11-21T09:08:07Z",
            "02026-11-21T09:08:07Z",
            "-2026-11-21T09:08:07Z",
            "2026/11/21T09:08:07Z",
            "2026-11-21T09-08-07Z",
            "2026-1-21T09:08:07Z",
            "2026-11-21T9:08:07Z",
            "2026-11-21T09:08:07+24:00",
            "2026-11-21T09:08:07+01:60",
            "2026-11-21T09:08:07+01",
            "2026-11-21T09:08:07+1:00",
            "2026-11-21T09:08:07+010",
            "2026-11-21T09:08:07 +01:00",
            "2026-11-21T09:08:07Z+01:00",
            "2026-11-21T09:08:07\u{2212}01:00",
            "2026-11-21T09:08:07*01:00",
            "2026-11-21T09:08:07UTC",
            "２026-11-21T09:08:07Z",
            "1700000000",
            "2026-11-21T09:08:07.1 Z",
        ];
        for text in texts {
            assert_eq!(rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn microseconds_are_floored_before_the_epoch_too() {
        let instant = rfc3339("1969-12-31T23:59:59.9999995Z").unwrap();
        assert_eq!(instant, Instant { micros: -1, nanos: 500 });
        assert_eq!(instant.to_string(), "1969-12-31T23:59:59.9999995Z");
        assert!(rfc3339("1969-12-31T23:59:59.9999994Z").unwrap() < instant);
    }

    #[test]
    fn every_day_of_ten_thousand_years_is_where_the_calendar_has_it() {
        let mut date = NaiveDate::from_ymd_opt(0, 1, 1).unwrap();
        let mut days = rfc3339("0000-01-01T00:00:00Z").unwrap().micros / 86_400_000_000;
        while date.year() < 10_000 {
            let instant = rfc3339(&format!("{date}T00:00:00Z"));
            assert_eq!(instant, Some(Instant { micros: days * 86_400_000_000, nanos: 0 }), "{date}");
            date += TimeDelta::days(1);
            days += 1;
        }
        assert_eq!(date.to_string(), "+10000-01-01");
    }

    /// chrono's verdict on `text`, without what is accepted or refused on purpose and otherwise than by it:
    /// chrono takes second 60, a blank for the `T`, and a minus sign from beyond ASCII; it wants the colon in
    /// an offset.
    fn oracle(text: &str) -> Option<Instant> {
        let bytes = text.as_bytes();
        if bytes.get(10) == Some(&b' ') || bytes.get(17..19) == Some(b"60") || text.contains('\u{2212}') {
            return None;
        }
        let mut text = text.to_owned();
        if let Some(at) = text.len().checked_sub(5)
            && at >= 19
            && matches!(bytes[at], b'+' | b'-')
            && bytes[at + 1..].iter().all(u8::is_ascii_digit)
        {
            text.insert(at + 3, ':');
        }
        let time = DateTime::parse_from_rfc3339(&text).ok()?;
        let nanos = (time.timestamp_subsec_nanos() % 1000) as u16;
        Some(Instant { micros: time.timestamp_micros(), nanos })
    }

    const FORM: &str = concat!(
        r"[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9]",
        r"(\.[0-9]{1,12})?([Zz]|[+-][0-2][0-9]:?[0-6][0-9])",
    );

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn agrees_with_chrono_on_what_looks_like_a_time(text in FORM) {
            prop_assert_eq!(rfc3339(&text), oracle(&text));
        }

        #[test]
        fn agrees_with_chrono_on_mutations(
            text in FORM,
            at in 0_usize..40,
            with in r"[0-9TZ:.+\- \u{2212}x]{0,2}",
            cut in 0_usize..3,
        ) {
            let mut mutated: Vec<char> = text.chars().collect();
            let at = at.min(mutated.len());
            let end = (at + cut).min(mutated.len());
            mutated.splice(at..end, with.chars());
            let mutated: String = mutated.into_iter().collect();
            prop_assert_eq!(rfc3339(&mutated), oracle(&mutated));
        }

        #[test]
        fn what_is_printed_reads_back(
            micros in -62_167_219_200_000_000_i64..253_402_300_800_000_000,
            nanos in 0_u16..1000,
        ) {
            let text = Instant { micros, nanos }.to_string();
            prop_assert_eq!(rfc3339(&text), Some(Instant { micros, nanos }));
        }
    }
}
