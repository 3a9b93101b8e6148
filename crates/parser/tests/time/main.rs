//! Time formats: tables of texts row by row, chrono as the oracle for patterns, and texts of any kind.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking, in its helpers too")]

mod layouts;
mod numbers;
mod oracle;
mod strftime;

use sawlog_columns::Instant;
use sawlog_parser::time::{Spelling, print, read};
use sawlog_schema::TimeFormat;

fn format(spelling: &str) -> TimeFormat {
    spelling.parse().unwrap_or_else(|why| panic!("{spelling}: {why:?}"))
}

/// The instant of a value in UTC, and how it is printed in its own format.
fn both(format: &TimeFormat, value: Spelling<'_>) -> Option<(String, String)> {
    let formats = std::slice::from_ref(format);
    let instant = read(formats, value);
    let mut json = Vec::new();
    print(formats, value, &mut json);
    let json = String::from_utf8(json).unwrap();
    assert_eq!(instant.is_none(), json.is_empty(), "only times are printed");
    instant.map(|instant: Instant| (instant.to_string(), json))
}

/// One text: its format, what it says, its instant, and how it is printed; the same as the text where that is
/// left empty.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn check(rows: &[Row]) {
    for &(spelling, text, instant, printed) in rows {
        let printed = if printed.is_empty() { text } else { printed };
        let expected = (instant.to_owned(), format!("\"{printed}\""));
        assert_eq!(both(&format(spelling), Spelling::Text(text)), Some(expected), "{text:?} as {spelling}");
    }
}

/// Format and text of what is no time.
fn refuse(rows: &[(&str, &str)]) {
    for &(spelling, text) in rows {
        let read = read(&[format(spelling)], Spelling::Text(text));
        assert_eq!(read, None, "{text:?} as {spelling}");
    }
}
