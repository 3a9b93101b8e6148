//! Compiles strftime patterns.

use super::pattern::{Fraction, Name, Number, Offset, OffsetForm, Pad, Part, Unit};

/// The directives, for the advice on those that are none.
pub(super) const KNOWN: &str = "%Y %C %y %m %b %B %d %e %j %H %k %I %l %M %S %f %p %P %s %z %Z \
                                %a %A %u %w %U %W %V %F %D %T %R %r %v %c %x %X %t %n %%";

/// Takes a pattern apart; fails with the directive that is none.
pub(super) fn compile(pattern: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        if at > 0 {
            parts.push(Part::Literal(rest[..at].into()));
        }
        let after = &rest[at + 1..];
        let mut chars = after.chars();
        let flag = chars.next().filter(|flag| matches!(flag, '-' | '_' | '0' | ':'));
        let letter = if flag.is_some() { chars.next() } else { after.chars().next() };
        let len = 1 + flag.map_or(0, char::len_utf8) + letter.map_or(0, char::len_utf8);
        let whole = &rest[at..at + len];
        letter.and_then(|letter| directive(flag, letter, &mut parts)).ok_or_else(|| whole.to_owned())?;
        rest = &rest[at + len..];
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest.into()));
    }
    Ok(parts)
}

/// Adds what `%` with this flag and letter stands for.
fn directive(flag: Option<char>, letter: char, parts: &mut Vec<Part>) -> Option<()> {
    if let Some(composite) = composite(letter).filter(|_| flag.is_none()) {
        parts.extend(compile(composite).ok()?);
        return Some(());
    }
    let part = match (number(letter), flag) {
        (Some(number), None) => Part::Number(number),
        (Some(number), Some('-')) => Part::Number(Number { pad: Pad::None, ..number }),
        (Some(number), Some('_')) => Part::Number(Number { pad: Pad::Blank, ..number }),
        (Some(number), Some('0')) => Part::Number(Number { pad: Pad::Zero, ..number }),
        (None, None) => other(letter)?,
        (None, Some(':')) if letter == 'z' => offset(OffsetForm::ColonMinutes),
        _ => return None,
    };
    parts.push(part);
    Some(())
}

/// What directives stand for that are short for several.
fn composite(letter: char) -> Option<&'static str> {
    Some(match letter {
        'F' => "%Y-%m-%d",
        'D' | 'x' => "%m/%d/%y",
        'v' => "%e-%b-%Y",
        'T' | 'X' => "%H:%M:%S",
        'R' => "%H:%M",
        'r' => "%I:%M:%S %p",
        'c' => "%a %b %e %H:%M:%S %Y",
        _ => return None,
    })
}

fn number(letter: char) -> Option<Number> {
    let (unit, max, pad) = match letter {
        'Y' => (Unit::Year, 4, Pad::Zero),
        'C' => (Unit::Century, 2, Pad::Zero),
        'y' => (Unit::YearOfCentury, 2, Pad::Zero),
        'm' => (Unit::Month, 2, Pad::Zero),
        'd' => (Unit::Day, 2, Pad::Zero),
        'e' => (Unit::Day, 2, Pad::Blank),
        'j' => (Unit::YearDay, 3, Pad::Zero),
        'H' => (Unit::Hour, 2, Pad::Zero),
        'k' => (Unit::Hour, 2, Pad::Blank),
        'I' => (Unit::Hour12, 2, Pad::Zero),
        'l' => (Unit::Hour12, 2, Pad::Blank),
        'M' => (Unit::Minute, 2, Pad::Zero),
        'S' => (Unit::Second, 2, Pad::Zero),
        'U' => (Unit::SundayWeek, 2, Pad::Zero),
        'W' => (Unit::MondayWeek, 2, Pad::Zero),
        'V' => (Unit::IsoWeek, 2, Pad::Zero),
        'w' => (Unit::Weekday, 1, Pad::Zero),
        'u' => (Unit::IsoWeekday, 1, Pad::Zero),
        _ => return None,
    };
    Some(Number { unit, min: 1, max, pad })
}

fn other(letter: char) -> Option<Part> {
    Some(match letter {
        'b' | 'h' => Part::Month(Name::Short),
        'B' => Part::Month(Name::Long),
        'a' => Part::Weekday(Name::Short),
        'A' => Part::Weekday(Name::Long),
        'p' => Part::Meridiem { lower: false },
        'P' => Part::Meridiem { lower: true },
        'f' => Part::Fraction(Fraction::Micros),
        's' => Part::UnixSeconds,
        'z' => offset(OffsetForm::Minutes),
        'Z' => Part::ZoneName,
        't' => Part::Space('\t'),
        'n' => Part::Space('\n'),
        '%' => Part::Literal("%".into()),
        _ => return None,
    })
}

fn offset(form: OffsetForm) -> Part {
    Part::Offset(Offset { form, zulu: false, lenient: true })
}
