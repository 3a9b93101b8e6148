//! Compiles Go layouts: patterns that show how one known instant is spelled.
//!
//! The instant is Monday the 2nd of January 2006, 15:04:05, seven hours behind UTC, so that each element has
//! a number of its own: 1 the month, 2 the day, 3 the hour, and so on. What is no element is text.

use super::pattern::{Fraction, Name, Number, Offset, OffsetForm, Pad, Part, Unit};

/// Elements that are found by their spelling alone. Where several begin alike the longest comes first.
const ELEMENTS: [(&str, Part); 33] = [
    ("January", Part::Month(Name::Long)),
    ("Monday", Part::Weekday(Name::Long)),
    ("MST", Part::ZoneName),
    ("2006", number(Unit::Year, 4, 4, Pad::Zero)),
    ("__2", number(Unit::YearDay, 1, 3, Pad::Blank)),
    ("002", number(Unit::YearDay, 3, 3, Pad::Zero)),
    ("_2", number(Unit::Day, 1, 2, Pad::Blank)),
    ("01", number(Unit::Month, 2, 2, Pad::Zero)),
    ("02", number(Unit::Day, 2, 2, Pad::Zero)),
    ("03", number(Unit::Hour12, 2, 2, Pad::Zero)),
    ("04", number(Unit::Minute, 2, 2, Pad::Zero)),
    ("05", number(Unit::Second, 2, 2, Pad::Zero)),
    ("06", number(Unit::YearOfCentury, 2, 2, Pad::Zero)),
    ("15", number(Unit::Hour, 1, 2, Pad::Zero)),
    ("1", number(Unit::Month, 1, 2, Pad::None)),
    ("2", number(Unit::Day, 1, 2, Pad::None)),
    ("3", number(Unit::Hour12, 1, 2, Pad::None)),
    ("4", number(Unit::Minute, 1, 2, Pad::None)),
    ("5", number(Unit::Second, 1, 2, Pad::None)),
    ("PM", Part::Meridiem { lower: false }),
    ("pm", Part::Meridiem { lower: true }),
    ("Z07:00:00", offset(OffsetForm::ColonSeconds, true)),
    ("Z070000", offset(OffsetForm::Seconds, true)),
    ("Z07:00", offset(OffsetForm::ColonMinutes, true)),
    ("Z0700", offset(OffsetForm::Minutes, true)),
    ("Z07", offset(OffsetForm::Hours, true)),
    ("-07:00:00", offset(OffsetForm::ColonSeconds, false)),
    ("-070000", offset(OffsetForm::Seconds, false)),
    ("-07:00", offset(OffsetForm::ColonMinutes, false)),
    ("-0700", offset(OffsetForm::Minutes, false)),
    ("-07", offset(OffsetForm::Hours, false)),
    ("Jan", Part::Month(Name::Short)),
    ("Mon", Part::Weekday(Name::Short)),
];

/// Most digits of a fraction: no text is more precise than a nanosecond.
const FRACTION_DIGITS: usize = 9;

/// Takes a layout apart; fails with a fraction of more digits than nine. What is no element is text.
pub(super) fn compile(layout: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    // Where a fraction may stand unasked: behind the seconds, if no fraction comes next.
    let mut open = None;
    let mut rest = layout;
    while !rest.is_empty() {
        let (part, len) = element(rest)?.unwrap_or_else(|| text(rest));
        let is_fraction = matches!(part, Part::Fraction(_));
        let is_text = matches!(part, Part::Literal(_) | Part::Blanks(_));
        let is_second = matches!(part, Part::Number(Number { unit: Unit::Second, .. }));
        if !is_text
            && let Some(at) = open.take()
            && !is_fraction
        {
            parts.insert(at, Part::Fraction(Fraction::Unasked));
        }
        parts.push(part);
        if is_second {
            open = Some(parts.len());
        }
        rest = &rest[len..];
    }
    if let Some(at) = open {
        parts.insert(at, Part::Fraction(Fraction::Unasked));
    }
    Ok(parts)
}

/// The element that the layout begins with, and its length.
fn element(rest: &str) -> Result<Option<(Part, usize)>, String> {
    if rest.starts_with(['.', ',']) {
        return fraction(rest);
    }
    // An underscore before the year is text, not the fill of a day.
    if rest.starts_with("_2006") {
        return Ok(None);
    }
    let found = ELEMENTS.into_iter().find(|(element, part)| {
        // Words that merely begin like a short name are text, such as `Money`.
        let is_short = matches!(part, Part::Month(Name::Short) | Part::Weekday(Name::Short));
        rest.strip_prefix(element)
            .is_some_and(|after| !(is_short && after.starts_with(|c: char| c.is_ascii_lowercase())))
    });
    Ok(found.map(|(element, part)| (part, element.len())))
}

/// A point or comma with zeros or nines up to the end of the digits; anything else is text.
fn fraction(rest: &str) -> Result<Option<(Part, usize)>, String> {
    let Some(digit @ (b'0' | b'9')) = rest.as_bytes().get(1).copied() else { return Ok(None) };
    let digits = rest.bytes().skip(1).take_while(|byte| *byte == digit).count();
    if rest.as_bytes().get(1 + digits).is_some_and(u8::is_ascii_digit) {
        return Ok(None);
    }
    if digits > FRACTION_DIGITS {
        return Err(rest[..=digits].to_owned());
    }
    let separator = if rest.starts_with('.') { '.' } else { ',' };
    let fraction = match digit {
        b'0' => Fraction::Fixed { separator, digits: digits as u8 },
        _ => Fraction::Trimmed { separator, digits: digits as u8 },
    };
    Ok(Some((Part::Fraction(fraction), 1 + digits)))
}

/// The text that the layout begins with: a run of blanks, or one character.
fn text(rest: &str) -> (Part, usize) {
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    let first = rest.chars().next().map_or(0, char::len_utf8);
    match u8::try_from(blanks) {
        Ok(1..) => (Part::Blanks(blanks as u8), blanks),
        _ => (Part::Literal(rest[..first].into()), first),
    }
}

const fn number(unit: Unit, min: u8, max: u8, pad: Pad) -> Part {
    Part::Number(Number { unit, min, max, pad })
}

const fn offset(form: OffsetForm, zulu: bool) -> Part {
    Part::Offset(Offset { form, zulu, lenient: false })
}
