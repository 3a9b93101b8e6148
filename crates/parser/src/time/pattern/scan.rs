//! Reading text by a pattern.

use sawlog_schema::time_format::{Fraction, Head, Number, Offset, OffsetForm, Pad, Part, TimePattern, Unit};

use super::Told;
use super::fields::Fields;
use crate::time::digits::{digit_pairs, fraction, number, two_digits};
use crate::time::names;

/// Reads `text`, which must hold what the pattern asks for and nothing else.
pub(in crate::time) fn scan<'t>(pattern: &TimePattern, text: &'t str) -> Option<Told<'t>> {
    let mut scan = Scan { text, at: 0, fields: Fields::default() };
    let mut parts = pattern.parts();
    if let Some(head) = pattern.head()
        && scan.head(head).is_some()
    {
        parts = &parts[Head::PARTS..];
    }
    for part in parts {
        scan.part(part)?;
    }
    if scan.at == text.len() { scan.fields.told() } else { None }
}

/// A text that is being read.
struct Scan<'t> {
    text: &'t str,
    /// Where reading goes on.
    at: usize,
    fields: Fields<'t>,
}

impl Scan<'_> {
    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Reads date and time by their places; where that fails nothing has happened.
    fn head(&mut self, head: Head) -> Option<()> {
        let (text, _) = self.text.as_bytes().split_first_chunk::<19>()?;
        let (d, t) = (head.in_date, head.in_time);
        let date = [b'0', b'0', b'0', b'0', d, b'0', b'0', d];
        let time = [b'0', b'0', t, b'0', b'0', t, b'0', b'0'];
        let [century, _, of_century, _, _, month, ..] = digit_pairs(*text.first_chunk()?, date)?;
        let [hour, _, _, minute, _, _, second, _] = digit_pairs(*text.last_chunk()?, time)?;
        let day = two_digits(text[8], text[9])?;
        if text[10] != head.between {
            return None;
        }
        let year = century * 100 + of_century;
        let units = [Unit::Year, Unit::Month, Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];
        for (unit, value) in units.into_iter().zip([year, month, day, hour, minute, second]) {
            self.fields.set(unit, value);
        }
        self.at = text.len();
        Some(())
    }

    fn part(&mut self, part: &Part) -> Option<()> {
        match part {
            Part::Literal(literal) => {
                self.rest().strip_prefix(literal.as_bytes())?;
                self.at += literal.len();
            }
            Part::Blanks(_) => {
                let blanks = self.count(|byte| *byte == b' ');
                if blanks == 0 && !self.rest().is_empty() {
                    return None;
                }
                self.at += blanks;
            }
            Part::Space(_) => self.at += at_least_one(self.count(u8::is_ascii_whitespace))?,
            Part::Number(number) => self.number(*number)?,
            Part::Month(length) => {
                let (month, len) = names::find(self.rest(), &names::MONTHS, *length)?;
                self.fields.set_month(month + 1);
                self.at += len;
            }
            Part::Weekday(length) => self.at += names::find(self.rest(), &names::WEEKDAYS, *length)?.1,
            Part::Meridiem { .. } => {
                self.fields.is_pm = Some(match *self.rest() {
                    [b'A' | b'a', b'M' | b'm', ..] => false,
                    [b'P' | b'p', b'M' | b'm', ..] => true,
                    _ => return None,
                });
                self.at += 2;
            }
            Part::Fraction(fraction) => self.fraction(*fraction)?,
            Part::Offset(offset) => self.offset(*offset)?,
            Part::ZoneName => {
                let len = at_least_one(self.count(u8::is_ascii_uppercase))?;
                self.fields.zone = self.text.get(self.at..self.at + len)?;
                self.at += len;
            }
            Part::UnixSeconds => self.unix_seconds()?,
        }
        Some(())
    }

    /// How many bytes at the beginning of the rest are of this kind.
    fn count(&self, is: impl Fn(&u8) -> bool) -> usize {
        self.rest().iter().take_while(|byte| is(byte)).count()
    }

    fn number(&mut self, Number { unit, min, max, pad }: Number) -> Option<()> {
        if pad == Pad::Blank {
            let blanks = self.count(|byte| *byte == b' ');
            self.at += blanks.min(usize::from(max) - 1);
        }
        let (value, len) = number(self.rest(), max);
        self.at += len;
        (len >= usize::from(min) && self.fields.set(unit, value)).then_some(())
    }

    fn fraction(&mut self, kind: Fraction) -> Option<()> {
        let rest = self.rest();
        let (nanos, len) = match kind {
            Fraction::Micros => {
                let digits = at_least_one(digits(rest).min(6))?;
                fraction(&rest[..digits])
            }
            Fraction::Fixed { digits, .. } => {
                let text = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b","))?;
                let (nanos, len) = fraction(text.get(..usize::from(digits))?);
                if len < usize::from(digits) {
                    return None;
                }
                (nanos, 1 + len)
            }
            Fraction::Trimmed { .. } | Fraction::Unasked => match rest {
                [b'.' | b',', b'0'..=b'9', ..] => {
                    let (nanos, len) = fraction(&rest[1..]);
                    (nanos, 1 + len)
                }
                _ => return Some(()),
            },
        };
        self.fields.nanos = nanos;
        self.at += len;
        Some(())
    }

    fn offset(&mut self, Offset { form, zulu, lenient }: Offset) -> Option<()> {
        let [sign, digits @ ..] = self.rest() else { return None };
        if *sign == b'Z' && (zulu || lenient) {
            (self.fields.offset, self.at) = (0, self.at + 1);
            return Some(());
        }
        let has_colons = match form {
            _ if lenient => digits.get(2) == Some(&b':'),
            OffsetForm::ColonMinutes | OffsetForm::ColonSeconds => true,
            OffsetForm::Hours | OffsetForm::Minutes | OffsetForm::Seconds => false,
        };
        let parts = match form {
            OffsetForm::Hours => 1,
            OffsetForm::Minutes | OffsetForm::ColonMinutes => 2,
            OffsetForm::Seconds | OffsetForm::ColonSeconds => 3,
        };
        let (mut seconds, mut len) = (0, 0);
        for (place, worth) in [3600, 60, 1].into_iter().take(parts).enumerate() {
            if has_colons && place > 0 {
                (digits.get(len) == Some(&b':')).then_some(())?;
                len += 1;
            }
            let value = two_digits(*digits.get(len)?, *digits.get(len + 1)?)?;
            if value > if place == 0 { 23 } else { 59 } {
                return None;
            }
            seconds += value as i32 * worth;
            len += 2;
        }
        self.fields.offset = match sign {
            b'+' => seconds,
            b'-' => -seconds,
            _ => return None,
        };
        self.at += 1 + len;
        Some(())
    }

    fn unix_seconds(&mut self) -> Option<()> {
        let rest = self.rest();
        let sign = usize::from(rest.first() == Some(&b'-'));
        let len = sign + at_least_one(digits(&rest[sign..]))?;
        self.fields.unix_seconds = Some(self.text.get(self.at..self.at + len)?.parse().ok()?);
        self.at += len;
        Some(())
    }
}

fn at_least_one(count: usize) -> Option<usize> {
    if count == 0 { None } else { Some(count) }
}

/// How many digits `text` begins with.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}
