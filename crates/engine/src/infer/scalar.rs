//! The type of a path under which only scalars were seen.
//!
//! A type is taken only if it gives back what every value said. Where values differ in kind, text keeps their
//! spelling.

use super::indicators::indicators;
use super::kind::Kinds;
use super::name::Name;
use super::number::Numbers;
use super::shape::Shape;
use super::text::Texts;
use super::tree::{Kind, Value};
use crate::plural::count;

/// Records from which on a few distinct values are worth listing.
const LISTED_FROM: u64 = 50;

pub(super) fn scalar(shape: &Shape, name: &Name) -> Value {
    let numbers = shape.numbers.count();
    match (shape.booleans > 0, numbers > 0, shape.texts.count > 0) {
        (true, false, false) => Value::of(Kind::Boolean),
        (false, true, false) => number(&shape.numbers, name),
        (false, false, true) => text(&shape.texts, name),
        _ => times_of_both(shape, name).unwrap_or_else(|| {
            Value::of(Kind::String).doubt(format!("mixed: {}; kept as text", seen(shape)))
        }),
    }
}

/// Times as numbers here and as text there.
fn times_of_both(shape: &Shape, name: &Name) -> Option<Value> {
    let Shape { numbers, texts, .. } = shape;
    if shape.booleans > 0 || numbers.beyond + numbers.inexact > 0 || texts.telling == 0 {
        return None;
    }
    let unit = unix(numbers, name)?;
    let mut formats = texts.times.formats();
    if texts.are(Kinds::INTEGER) && unix(&texts.numbers, name) == Some(unit) {
        formats.clear();
    } else if formats.is_empty() || texts.times.are_digits() {
        return None;
    }
    formats.push(unit);
    Some(Value::of(Kind::Timestamp(formats)).doubt(format!("times of several kinds: {}", seen(shape))))
}

/// What was seen, in words.
pub(super) fn seen(shape: &Shape) -> String {
    let counts = [
        (shape.objects.count, "object"),
        (shape.arrays, "array"),
        (shape.texts.count, "text"),
        (shape.numbers.count(), "number"),
        (shape.booleans, "boolean"),
        (shape.nulls, "null"),
    ];
    let told: Vec<String> =
        counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, noun)| count(n, noun)).collect();
    told.join(", ")
}

fn number(numbers: &Numbers, name: &Name) -> Value {
    if numbers.beyond > 0 {
        let told = format!("{} beyond 64 bits; kept as text", count(numbers.beyond, "whole number"));
        return Value::of(Kind::String).doubt(told);
    }
    if numbers.inexact > 0 || (numbers.fractions > 0 && !numbers.fit_float()) {
        return Value::of(Kind::String).doubt("more digits than a float keeps; kept as text");
    }
    match (unix(numbers, name), numbers.fractions) {
        (Some(format), _) => time(format),
        (None, 0) => Value::of(Kind::BigInt),
        (None, _) => Value::of(Kind::Float),
    }
}

fn time(format: &'static str) -> Value {
    Value::of(Kind::Timestamp(vec![format])).remark("a time, by its name and magnitude")
}

/// The unit that numbers count since 1970, if their name says that they are times and their magnitude that
/// they lie between 1990 and 2100.
fn unix(numbers: &Numbers, name: &Name) -> Option<&'static str> {
    const SINCE: i64 = 631_152_000;
    const UNTIL: i64 = 4_102_444_800;
    const UNITS: [(&str, i64); 4] =
        [("unix", 1), ("unix_ms", 1_000), ("unix_us", 1_000_000), ("unix_ns", 1_000_000_000)];
    if !name.is_time() {
        return None;
    }
    let is_within = |unit: i64| {
        let (since, until) = (SINCE * unit, UNTIL.saturating_mul(unit));
        (numbers.integers == 0 || (numbers.min >= since && numbers.max < until))
            && (numbers.fractions == 0 || (numbers.least >= since as f64 && numbers.most < until as f64))
    };
    let found = UNITS.into_iter().find(|(_, unit)| is_within(*unit))?;
    // Only seconds have fractions.
    (numbers.fractions == 0 || found.1 == 1).then_some(found.0)
}

fn text(texts: &Texts, name: &Name) -> Value {
    if texts.filled() == 0 {
        return Value::of(Kind::String).doubt("only empty text was seen");
    }
    let called = indicators(texts, name);
    if !called.scanners.is_empty() {
        let names: Vec<&str> = called.scanners.iter().map(|scanner| scanner.name()).collect();
        let value = Value { indicators: called.scanners, ..Value::of(Kind::String) };
        let told = format!("{} by the name of the field, and as its values allow it", names.join(", "));
        return if called.by_name { value.remark(told) } else { value };
    }
    timestamp(texts, name).or_else(|| typed(texts, name)).unwrap_or_else(|| plain(texts))
}

fn timestamp(texts: &Texts, name: &Name) -> Option<Value> {
    let formats = texts.times.formats();
    if formats.is_empty() || (texts.times.are_digits() && !name.is_time()) {
        return None;
    }
    let several = formats.len() > 1;
    let mut value = Value::of(Kind::Timestamp(formats));
    if several {
        value = value.doubt("times of several formats");
    }
    if texts.times.is_ambiguous() {
        value = value.doubt("day and month may be exchanged: no value tells");
    }
    if texts.empty > 0 {
        let become_null = if texts.empty == 1 { "becomes null" } else { "become null" };
        value = value.remark(format!("{} {become_null}", count(texts.empty, "empty text")));
    }
    Some(value)
}

/// A type that texts spell, if each of them does.
fn typed(texts: &Texts, name: &Name) -> Option<Value> {
    if texts.empty > 0 {
        return None;
    }
    if texts.are(Kinds::INTEGER) {
        let value = unix(&texts.numbers, name).map_or_else(|| Value::of(Kind::BigInt), time);
        return Some(value.doubt("all values are text that holds whole numbers"));
    }
    if texts.are(Kinds::DECIMAL) && !name.has(&["version", "ver", "release"]) {
        return Some(Value::of(Kind::Float).doubt("all values are text that holds numbers"));
    }
    if texts.are(Kinds::BOOLEAN) {
        return Some(Value::of(Kind::Boolean).doubt("all values are the text true or false"));
    }
    if texts.are(Kinds::JSON) {
        return Some(
            Value::of(Kind::Json { is_embedded: true }).doubt("all values are text that holds JSON"),
        );
    }
    None
}

fn plain(texts: &Texts) -> Value {
    let value = Value::of(Kind::String);
    match &texts.distinct {
        Some(distinct) if texts.filled() >= LISTED_FROM => {
            let shown: Vec<String> = distinct.iter().map(|text| format!("{text:?}")).collect();
            value.remark(format!("values: {}", shown.join(", ")))
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_texts(name: &str, values: &[&str]) -> Value {
        let mut shape = Shape::default();
        for value in values {
            shape.texts.add(value);
        }
        scalar(&shape, &Name::new(name, None))
    }

    fn of_numbers(name: &str, values: &[&str]) -> Value {
        let mut shape = Shape::default();
        for value in values {
            shape.numbers.add(value.as_bytes());
        }
        scalar(&shape, &Name::new(name, None))
    }

    #[test]
    fn numbers() {
        let rows: [(&str, &[&str], Kind); 14] = [
            ("n", &["1", "2"], Kind::BigInt),
            ("n", &["1", "1.9"], Kind::Float),
            ("n", &["9007199254740993", "1.5"], Kind::String),
            ("n", &["9223372036854775807", "-9223372036854775808"], Kind::BigInt),
            ("n", &["9223372036854775808"], Kind::String),
            ("n", &["1e400"], Kind::String),
            ("n", &["0.12345678901234567890"], Kind::String),
            ("created", &["1769860800"], Kind::Timestamp(vec!["unix"])),
            ("created", &["1769860800.25", "1769860800"], Kind::Timestamp(vec!["unix"])),
            ("createdAt", &["1769860800000"], Kind::Timestamp(vec!["unix_ms"])),
            ("ts", &["1769860800000000"], Kind::Timestamp(vec!["unix_us"])),
            ("ts", &["1769860800000000000"], Kind::Timestamp(vec!["unix_ns"])),
            ("order", &["1769860800"], Kind::BigInt),
            ("created", &["1769860800", "12"], Kind::BigInt),
        ];
        for (name, values, expected) in rows {
            assert_eq!(of_numbers(name, values).kind, expected, "{name} {values:?}");
        }
    }

    #[test]
    fn texts() {
        let json = Kind::Json { is_embedded: true };
        let rows: [(&str, &[&str], Kind); 16] = [
            ("n", &["1", "-2"], Kind::BigInt),
            ("n", &["1", ""], Kind::String),
            ("n", &["1", "-"], Kind::String),
            ("n", &["007"], Kind::String),
            ("n", &["1234567890123456789"], Kind::String),
            ("n", &["1", "2.5"], Kind::Float),
            ("version", &["1", "2.5"], Kind::String),
            ("n", &["true", "false"], Kind::Boolean),
            ("n", &["true", "maybe"], Kind::String),
            ("n", &["{}", "[1]"], json),
            ("n", &["{}", "[1"], Kind::String),
            ("n", &["2026-01-31T12:00:00Z", ""], Kind::Timestamp(vec!["rfc3339"])),
            ("n", &["20260131120000"], Kind::BigInt),
            ("time", &["20260131120000"], Kind::Timestamp(vec!["%Y%m%d%H%M%S"])),
            ("time", &["1769860800"], Kind::Timestamp(vec!["unix"])),
            ("n", &["", ""], Kind::String),
        ];
        for (name, values, expected) in rows {
            assert_eq!(of_texts(name, values).kind, expected, "{name} {values:?}");
        }
    }

    #[test]
    fn a_few_values_are_listed_once_there_are_enough_records() {
        let values: Vec<&str> = ["read", "write"].into_iter().cycle().take(50).collect();
        let notes = of_texts("action", &values).notes;
        assert_eq!(notes[0].text, r#"values: "read", "write""#);
        assert!(of_texts("action", &values[..49]).notes.is_empty());
    }

    #[test]
    fn times_may_be_numbers_and_text() {
        let of = |text: &str| {
            let mut shape = Shape::default();
            shape.numbers.add(b"1769860800");
            shape.texts.add(text);
            scalar(&shape, &Name::new("when", None)).kind
        };
        assert_eq!(of("2026-01-31T12:00:00Z"), Kind::Timestamp(vec!["rfc3339", "unix"]));
        assert_eq!(of("1769860801"), Kind::Timestamp(vec!["unix"]));
        assert_eq!(of("1769860801000"), Kind::String);
        assert_eq!(of("soon"), Kind::String);
    }

    #[test]
    fn mixed_scalars_stay_text() {
        let mut shape = Shape::default();
        shape.numbers.add(b"1");
        shape.booleans = 2;
        let value = scalar(&shape, &Name::default());
        assert_eq!(value.kind, Kind::String);
        assert_eq!(value.notes[0].text, "mixed: 1 number, 2 booleans; kept as text");
    }
}
