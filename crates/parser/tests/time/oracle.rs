//! Patterns beside chrono, and decimal numbers beside integer arithmetic.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};
use proptest::prelude::*;
use proptest::sample::select;
use sawlog_columns::Instant;
use sawlog_parser::time::{Spelling, print, read};
use sawlog_schema::TimeFormat;

use crate::format;

/// A pattern, and what chrono calls the same.
type Piece = (&'static str, &'static str);

const fn same(directive: &'static str) -> Piece {
    (directive, directive)
}

const BETWEEN: [Piece; 3] = [same(" "), same("T"), same(" um ")];

const DATES: [Piece; 16] = [
    same("%Y-%m-%d"),
    same("%F"),
    same("%Y%m%d"),
    same("%d/%b/%Y"),
    same("%h %e %Y"),
    same("%A, %B %d, %Y"),
    same("%a %-d.%-m.%Y"),
    same("%d-%m-%C %Y"),
    same("%Y-%j"),
    same("%_j %Y"),
    same("%v"),
    same("%u %F"),
    same("%w %U %W %V %F"),
    same("%Y/%_m/%0e"),
    same("%m/%d/%Y"),
    same("%t%F%n%%"),
];

const TIMES: [Piece; 10] = [
    same("%H:%M:%S"),
    same("%T"),
    same("%H%M%S"),
    same("%I:%M:%S %p"),
    same("%l:%M:%S%P"),
    same("%k.%M.%S"),
    same("%r"),
    same("%X"),
    same("%-H h %-M m %-S s"),
    same("%R:%S"),
];

const FRACTIONS: [Piece; 4] = [same(""), (".%f", ".%6f"), (",%f000", ",%6f000"), (" %f", " %6f")];

const OFFSETS: [Piece; 3] = [same(""), same(" %z"), same("%:z")];

const LAYOUT_DATES: [Piece; 10] = [
    ("2006-01-02", "%Y-%m-%d"),
    ("20060102", "%Y%m%d"),
    ("Jan _2 2006", "%b %e %Y"),
    ("Monday, January 2, 2006", "%A, %B %-d, %Y"),
    ("Mon 02/1/2006", "%a %d/%-m/%Y"),
    ("2006 002", "%Y %j"),
    ("__2.2006", "%_j.%Y"),
    ("_2006_01_02", "_%Y_%m_%d"),
    ("02-Jan-2006", "%d-%b-%Y"),
    ("1/2/2006", "%-m/%-d/%Y"),
];

const LAYOUT_TIMES: [Piece; 6] = [
    ("15:04:05", "%H:%M:%S"),
    ("150405", "%H%M%S"),
    ("03:04:05 PM", "%I:%M:%S %p"),
    ("3:4:5pm", "%-I:%-M:%-S%P"),
    ("15h04m05", "%Hh%Mm%S"),
    ("3PM 04:05", "%-I%p %M:%S"),
];

const LAYOUT_FRACTIONS: [Piece; 3] = [(".000000", "%.6f"), (",000000000", ",%9f"), (".000000000", "%.9f")];

const LAYOUT_OFFSETS: [Piece; 3] = [same(""), (" -0700", " %z"), ("-07:00", "%:z")];

fn instant(time: DateTime<Utc>) -> Instant {
    Instant { micros: time.timestamp_micros(), nanos: (time.timestamp_subsec_nanos() % 1000) as u16 }
}

/// An instant with an offset, so that the year stays within four digits on both clocks.
fn times() -> impl Strategy<Value = DateTime<FixedOffset>> {
    (-62_167_132_800_i64..253_402_214_400, 0_u32..1_000_000, -1439_i32..1440).prop_map(
        |(seconds, micros, minutes)| {
            let time = DateTime::from_timestamp(seconds, micros * 1000).unwrap();
            time.with_timezone(&FixedOffset::east_opt(minutes * 60).unwrap())
        },
    )
}

/// One piece of each list, joined: our pattern and chrono's.
fn joined(pieces: &[Piece]) -> (String, String) {
    (pieces.iter().map(|piece| piece.0).collect(), pieces.iter().map(|piece| piece.1).collect())
}

/// Holds reading and printing against chrono. Without an offset the clock of the text is UTC; without a
/// fraction the time is whole.
fn agree(pattern: &str, theirs: &str, time: DateTime<FixedOffset>) -> Result<(), TestCaseError> {
    let has_offset = theirs.contains('z');
    let has_fraction = theirs.contains("6f") || theirs.contains("9f");
    let mut time = if has_offset { time } else { time.with_timezone(&Utc).fixed_offset() };
    if !has_fraction {
        time = DateTime::from_timestamp(time.timestamp(), 0).unwrap().with_timezone(&time.timezone());
    }
    let text = time.format(theirs).to_string();
    let format = format(pattern);
    prop_assert_eq!(
        read(std::slice::from_ref(&format), Spelling::Text(&text)),
        Some(instant(time.with_timezone(&Utc))),
        "{} as {}",
        text,
        pattern
    );
    prop_assert_eq!(printed(&format, &text), Some(text), "as {}", pattern);
    Ok(())
}

/// The text in its own format, without the quotes.
fn printed(format: &TimeFormat, text: &str) -> Option<String> {
    let mut json = Vec::new();
    print(std::slice::from_ref(format), Spelling::Text(text), &mut json);
    serde_json::from_slice(&json).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn strftime_reads_and_prints_as_chrono_does(
        time in times(),
        date in select(&DATES[..]),
        between in select(&BETWEEN[..]),
        clock in select(&TIMES[..]),
        fraction in select(&FRACTIONS[..]),
        offset in select(&OFFSETS[..]),
    ) {
        let (ours, theirs) = joined(&[date, between, clock, fraction, offset]);
        agree(&ours, &theirs, time)?;
    }

    #[test]
    fn layouts_read_and_print_as_chrono_does_with_the_same_directives(
        time in times(),
        date in select(&LAYOUT_DATES[..]),
        between in select(&BETWEEN[..]),
        clock in select(&LAYOUT_TIMES[..]),
        // A fraction behind `pm` would not be one.
        fraction in select(&LAYOUT_FRACTIONS[..]),
        offset in select(&LAYOUT_OFFSETS[..]),
    ) {
        let (ours, theirs) = joined(&[date, between, clock, fraction, offset]);
        agree(&format!("layout={ours}"), &theirs, time)?;
    }

    #[test]
    fn two_digits_of_a_year_and_seconds_since_1970(
        // Chrono takes 69 for 2069, POSIX and Go for 1969.
        seconds in 0_i64..3_092_601_600,
    ) {
        let time = DateTime::from_timestamp(seconds, 0).unwrap().fixed_offset();
        for pattern in ["%s", "%D %T", "%x %X", "%c", "%y%m%d %H%M%S"] {
            agree(pattern, pattern, time)?;
        }
        agree("layout=06-01-02 15:04:05", "%y-%m-%d %H:%M:%S", time)?;
    }

    /// What is nearly a time: where both take it for one, it is the same.
    #[test]
    fn no_text_is_read_in_two_ways(
        time in times(),
        date in select(&DATES[..]),
        clock in select(&TIMES[..]),
        at in 0_usize..30,
        cut in 0_usize..3,
        with in "[0-9 :/.apAP-]{0,2}",
    ) {
        let (ours, theirs) = joined(&[date, same(" "), clock]);
        let mut text: Vec<char> = time.format(&theirs).to_string().chars().collect();
        let at = at.min(text.len());
        text.splice(at..(at + cut).min(text.len()), with.chars());
        let text: String = text.into_iter().collect();
        let read = read(&[format(&ours)], Spelling::Text(&text));
        // Chrono holds the weekday against the date, and takes second 60.
        if let Ok(time) = NaiveDateTime::parse_from_str(&text, &theirs)
            && let Some(read) = read
        {
            prop_assert_eq!(read, instant(Utc.from_utc_datetime(&time)), "{} as {}", text, ours);
        }
    }

    #[test]
    fn seconds_are_decimal_arithmetic(
        mantissa in -10_i128.pow(17)..10_i128.pow(17),
        exponent in -20_i32..9,
        point in 0_usize..20,
    ) {
        // The same number with the point somewhere inside.
        let digits = format!("{:021}", mantissa.unsigned_abs());
        let (whole, fraction) = digits.split_at(21 - point);
        let sign = if mantissa < 0 { "-" } else { "" };
        let text = format!("{sign}{whole}.{fraction}e{}", exponent + point as i32);
        let micros = match exponent + 6 {
            up @ 0.. => mantissa * 10_i128.pow(up as u32),
            down => mantissa.div_euclid(10_i128.pow(down.unsigned_abs())),
        };
        let in_range = (-62_167_219_200_000_000..253_402_300_800_000_000).contains(&micros);
        let expected = in_range.then_some(Instant { micros: micros as i64, nanos: 0 });
        prop_assert_eq!(read(&[format("unix")], Spelling::Number(&text)), expected, "{}", text);
        if mantissa.unsigned_abs() < 10_u128.pow(11) && exponent <= 0 {
            prop_assert_eq!(read(&[format("unix_auto")], Spelling::Number(&text)), expected, "{}", text);
        }
    }

    #[test]
    fn numbers_print_as_what_they_read_as(
        seconds in -62_167_219_200_i64..253_402_300_800,
        rest in 0_i64..1_000_000,
    ) {
        let formats = [format("unix")];
        let mut json = Vec::new();
        let text = format!("{seconds}.{rest:06}");
        print(&formats, Spelling::Number(&text), &mut json);
        let again = String::from_utf8(json).unwrap();
        prop_assert_eq!(
            read(&formats, Spelling::Number(&again)),
            read(&formats, Spelling::Number(&text))
        );
    }

    #[test]
    fn no_pattern_and_no_text_is_too_odd(
        pattern in r"(%[-_0:]?.|2006|01|_2|__2|002|15|Jan|\.0{1,3}|,9{1,2}|Z07:00|-07|MST|[ -~é\n]){0,12}",
        text in r"([0-9]{1,5}|[-+:/., ZT]|Nov|AM|é){0,20}",
    ) {
        for pattern in [pattern.clone(), format!("layout={pattern}")] {
            if let Ok(format) = pattern.parse::<TimeFormat>() {
                prop_assert_eq!(format.as_str(), &pattern);
                let read = read(std::slice::from_ref(&format), Spelling::Text(&text));
                prop_assert_eq!(read.is_some(), printed(&format, &text).is_some());
            }
        }
    }
}
