//! Times as numbers.

use sawlog_parser::time::Spelling;

use crate::{both, format};

/// Format, number, its instant, and how it is printed; the same as the number where that is left empty.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn check(rows: &[Row]) {
    for &(spelling, number, instant, printed) in rows {
        let printed = if printed.is_empty() { number } else { printed };
        let expected = Some((instant.to_owned(), printed.to_owned()));
        for value in [Spelling::Number(number), Spelling::Text(number)] {
            assert_eq!(both(&format(spelling), value), expected, "{value:?} as {spelling}");
        }
    }
}

fn refuse(rows: &[(&str, &str)]) {
    for &(spelling, number) in rows {
        for value in [Spelling::Number(number), Spelling::Text(number)] {
            assert_eq!(both(&format(spelling), value), None, "{value:?} as {spelling}");
        }
    }
}

#[test]
fn seconds_are_exact_to_the_microsecond() {
    check(&[
        ("unix", "0", "1970-01-01T00:00:00Z", ""),
        ("unix", "-0", "1970-01-01T00:00:00Z", "0"),
        ("unix", "1700000000", "2023-11-14T22:13:20Z", ""),
        ("unix", "+1700000000", "2023-11-14T22:13:20Z", "1700000000"),
        ("unix", "0001700000000", "2023-11-14T22:13:20Z", "1700000000"),
        ("unix", "1.1", "1970-01-01T00:00:01.1Z", ""),
        ("unix", "1.000001", "1970-01-01T00:00:01.000001Z", ""),
        ("unix", "1600000000.123457", "2020-09-13T12:26:40.123457Z", ""),
        ("unix", "1.9999999", "1970-01-01T00:00:01.999999Z", "1.999999"),
        ("unix", "1.000000000000000000000001", "1970-01-01T00:00:01Z", "1"),
        ("unix", "1700000000.0", "2023-11-14T22:13:20Z", "1700000000"),
        ("unix", "1.7e9", "2023-11-14T22:13:20Z", "1700000000"),
        ("unix", "1.7000000005E+9", "2023-11-14T22:13:20.5Z", "1700000000.5"),
        ("unix", "17000000005e-1", "2023-11-14T22:13:20.5Z", "1700000000.5"),
        ("unix", "1e-7", "1970-01-01T00:00:00Z", "0"),
        ("unix", "0e99999999999999999999", "1970-01-01T00:00:00Z", "0"),
        ("unix", "5e-99999999999999999999", "1970-01-01T00:00:00Z", "0"),
        ("unix", ".5", "1970-01-01T00:00:00.5Z", "0.5"),
        ("unix", "5.", "1970-01-01T00:00:05Z", "5"),
        ("unix", "-1.5", "1969-12-31T23:59:58.5Z", ""),
        ("unix", "-0.0000001", "1969-12-31T23:59:59.999999Z", "-0.000001"),
        ("unix", "-62167219200", "0000-01-01T00:00:00Z", ""),
        ("unix", "253402300799.999999", "9999-12-31T23:59:59.999999Z", ""),
    ]);
    refuse(&[
        ("unix", ""),
        ("unix", "."),
        ("unix", "-"),
        ("unix", "1e"),
        ("unix", "e5"),
        ("unix", "1e5.5"),
        ("unix", "1.2.3"),
        ("unix", " 1"),
        ("unix", "1 "),
        ("unix", "1_000"),
        ("unix", "0x10"),
        ("unix", "nan"),
        ("unix", "inf"),
        ("unix", "--1"),
        ("unix", "+-1"),
        ("unix", "１"),
        ("unix", "253402300800"),
        ("unix", "-62167219200.1"),
        ("unix", "1e300"),
        ("unix", "1e99999999999999999999"),
        ("unix", "2023-11-14T22:13:20Z"),
    ]);
}

#[test]
fn units_are_whole() {
    check(&[
        ("unix_ms", "1700000000123", "2023-11-14T22:13:20.123Z", ""),
        ("unix_ms", "-1", "1969-12-31T23:59:59.999Z", ""),
        ("unix_ms", "0", "1970-01-01T00:00:00Z", ""),
        ("unix_us", "1700000000123456", "2023-11-14T22:13:20.123456Z", ""),
        ("unix_us", "-1", "1969-12-31T23:59:59.999999Z", ""),
        ("unix_ns", "1700000000123456789", "2023-11-14T22:13:20.123456789Z", ""),
        ("unix_ns", "-1", "1969-12-31T23:59:59.999999999Z", ""),
        ("unix_ns", "-62167219200000000000", "0000-01-01T00:00:00Z", ""),
        ("unix_ns", "253402300799999999999", "9999-12-31T23:59:59.999999999Z", ""),
        ("unix_ms", "+0000000000000000000000000000000000000000007", "1970-01-01T00:00:00.007Z", "7"),
    ]);
    for unit in ["unix_ms", "unix_us", "unix_ns"] {
        let texts = ["", "-", "1.0", "1.5", "1e3", " 1", "1 ", "1_000", "0x1", "9999999999999999999999", "x"];
        refuse(&texts.map(|text| (unit, text)));
    }
    refuse(&[("unix_ms", "253402300800000"), ("unix_ms", "-62167219200001")]);
    let huge = "9".repeat(10_000);
    assert_eq!(both(&format("unix_ns"), Spelling::Text(&huge)), None);
    assert_eq!(both(&format("unix_auto"), Spelling::Text(&huge)), None);
}

#[test]
fn the_unit_is_told_by_the_magnitude() {
    check(&[
        ("unix_auto", "1700000000", "2023-11-14T22:13:20Z", ""),
        ("unix_auto", "1700000000.25", "2023-11-14T22:13:20.25Z", ""),
        ("unix_auto", "1700000000123", "2023-11-14T22:13:20.123Z", ""),
        ("unix_auto", "1700000000123456", "2023-11-14T22:13:20.123456Z", ""),
        ("unix_auto", "1700000000123456789", "2023-11-14T22:13:20.123456789Z", ""),
        ("unix_auto", "99999999999", "5138-11-16T09:46:39Z", ""),
        ("unix_auto", "100000000000", "1973-03-03T09:46:40Z", ""),
        ("unix_auto", "99999999999999", "5138-11-16T09:46:39.999Z", ""),
        ("unix_auto", "100000000000000", "1973-03-03T09:46:40Z", ""),
        ("unix_auto", "99999999999999999", "5138-11-16T09:46:39.999999Z", ""),
        ("unix_auto", "100000000000000000", "1973-03-03T09:46:40Z", ""),
        ("unix_auto", "-1700000000123", "1916-02-18T01:46:39.877Z", ""),
        ("unix_auto", "1.700000000123e12", "2023-11-14T22:13:20.123Z", "1700000000123"),
        ("unix_auto", "0", "1970-01-01T00:00:00Z", ""),
    ]);
    refuse(&[
        ("unix_auto", "1700000000123.5"),
        ("unix_auto", ""),
        ("unix_auto", "x"),
        ("unix_auto", "99999999999999999999"),
    ]);
}

#[test]
fn cloudflare_takes_text_and_numbers() {
    let printed = [
        ("1700000000", "2023-11-14T22:13:20Z"),
        ("59999999999", "3871-04-29T10:39:59Z"),
        ("60000000000", "1970-01-01T00:01:00Z"),
        ("1700000000123456789", "2023-11-14T22:13:20.123456789Z"),
        ("-1", "1969-12-31T23:59:59Z"),
    ];
    for (number, instant) in printed {
        let expected = Some((instant.to_owned(), format!("\"{instant}\"")));
        assert_eq!(both(&format("cloudflare"), Spelling::Number(number)), expected, "{number}");
        assert_eq!(both(&format("cloudflare"), Spelling::Text(number)), expected, "{number}");
    }
    let text = "2023-11-14T22:13:20.50+01:00";
    let expected = ("2023-11-14T21:13:20.5Z".to_owned(), "\"2023-11-14T22:13:20.5+01:00\"".to_owned());
    assert_eq!(both(&format("cloudflare"), Spelling::Text(text)), Some(expected));
    refuse(&[("cloudflare", "1700000000.5"), ("cloudflare", "1e9"), ("cloudflare", "2023-11-14")]);
}

#[test]
fn numbers_are_no_text() {
    for spelling in ["rfc3339", "%Y", "%s", "layout=2006"] {
        assert_eq!(both(&format(spelling), Spelling::Number("2023")), None, "{spelling}");
    }
}
