//! Times as numbers since 1970-01-01T00:00:00Z.
//!
//! All arithmetic is on decimal digits and integers: a float would move 1.1 seconds by a fraction of a
//! microsecond, and with it the microsecond that is kept.

use std::ops::RangeInclusive;

use sawlog_columns::Instant;

use crate::reference::number;

/// Seconds from the beginning of year 0000 to the end of 9999.
pub(super) const SECONDS: RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

/// A unit of time: so many to the second, as a power of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Per {
    Second = 0,
    Milli = 3,
    Micro = 6,
    Nano = 9,
}

/// What a decimal number is, in some unit: the whole part, floored, and whether nothing was lost by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Whole {
    value: i64,
    is_exact: bool,
}

/// Seconds, with or without a fraction; floored to the microsecond.
pub(super) fn seconds(text: &str) -> Option<Instant> {
    in_range(decimal(text, 6)?.value, 0)
}

/// A whole number of units, which has neither point nor exponent.
pub(super) fn units(text: &str, per: Per) -> Option<Instant> {
    if let Some((value, _)) = number::whole(text.as_bytes()).filter(|(_, len)| *len == text.len()) {
        return instant(value, per);
    }
    match text.parse() {
        Ok(value) => instant(value, per),
        // Nanoseconds before 1677 and after 2262 take more than 64 bits; nothing else that is a time does.
        Err(_) if per == Per::Nano => {
            let nanos: i128 = text.parse().ok()?;
            in_range(i64::try_from(nanos.div_euclid(1000)).ok()?, nanos.rem_euclid(1000) as u16)
        }
        Err(_) => None,
    }
}

fn instant(value: i64, per: Per) -> Option<Instant> {
    match per {
        Per::Second => in_range(value.checked_mul(1_000_000)?, 0),
        Per::Milli => in_range(value.checked_mul(1000)?, 0),
        Per::Micro => in_range(value, 0),
        Per::Nano => in_range(value.div_euclid(1000), value.rem_euclid(1000) as u16),
    }
}

fn in_range(micros: i64, nanos: u16) -> Option<Instant> {
    SECONDS.contains(&micros.div_euclid(1_000_000)).then_some(Instant { micros, nanos })
}

/// Magnitudes of a number from which on it counts a smaller unit: each is about the year 5138 in one unit,
/// and 1973 in the next.
const SECONDS_BELOW: u64 = 100_000_000_000;
const MILLIS_BELOW: u64 = 100_000_000_000_000;
const MICROS_BELOW: u64 = 100_000_000_000_000_000;

/// A number of whatever unit its magnitude tells; only seconds have a fraction.
pub(super) fn auto(text: &str) -> Option<Instant> {
    Some(auto_unit(text)?.1)
}

/// The unit that a number is in by its magnitude, and its instant.
fn auto_unit(text: &str) -> Option<(Per, Instant)> {
    let Whole { value, is_exact } = match text.parse() {
        Ok(value) => Whole { value, is_exact: true },
        Err(_) => decimal(text, 0)?,
    };
    let per = match value.unsigned_abs() {
        0..SECONDS_BELOW => return Some((Per::Second, seconds(text)?)),
        SECONDS_BELOW..MILLIS_BELOW => Per::Milli,
        MILLIS_BELOW..MICROS_BELOW => Per::Micro,
        MICROS_BELOW.. => Per::Nano,
    };
    if is_exact { Some((per, instant(value, per)?)) } else { None }
}

/// Seconds below this number are that in the format of Cloudflare; numbers from it on are nanoseconds.
const CLOUDFLARE_SECONDS: i64 = 60_000_000_000;

/// Whole seconds or nanoseconds.
pub(super) fn cloudflare(text: &str) -> Option<Instant> {
    let value = text.parse::<i64>().ok()?;
    instant(value, if value < CLOUDFLARE_SECONDS { Per::Second } else { Per::Nano })
}

/// Prints an instant as a number of units, with a fraction if it needs one.
pub(super) fn print(instant: Instant, per: Per, out: &mut Vec<u8>) {
    let nanos = i128::from(instant.micros) * 1000 + i128::from(instant.nanos);
    let scale = 10_u128.pow(9 - per as u32);
    let (whole, fraction) = (nanos.unsigned_abs() / scale, nanos.unsigned_abs() % scale);
    let sign = if nanos < 0 { "-" } else { "" };
    out.extend_from_slice(format!("{sign}{whole}").as_bytes());
    if fraction > 0 {
        let digits = format!(".{fraction:0width$}", width = 9 - per as usize);
        out.extend_from_slice(digits.trim_end_matches('0').as_bytes());
    }
}

/// Prints the number that `text` is again, in the unit that it is in by its magnitude.
pub(super) fn print_auto(text: &str, out: &mut Vec<u8>) {
    if let Some((per, instant)) = auto_unit(text) {
        print(instant, per, out);
    }
}

/// Reads a decimal number, `-12.5e3`, and multiplies it by ten to the power of `scale`.
fn decimal(text: &str, scale: i64) -> Option<Whole> {
    let (is_negative, text) = sign(text.as_bytes());
    let end = text.iter().position(|byte| matches!(byte, b'e' | b'E')).unwrap_or(text.len());
    let exponent = if end < text.len() { exponent(&text[end + 1..])? } else { 0 };
    let mantissa = &text[..end];
    let point = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(end);
    // How many digits stand before the point once it is moved; those behind are lost.
    let kept = (point as i64).saturating_add(exponent).saturating_add(scale);
    let (mut value, mut read, mut is_exact) = (0_i64, 0_i64, true);
    for (at, byte) in mantissa.iter().enumerate() {
        if at == point {
            continue;
        }
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        if read < kept {
            value = value.checked_mul(10)?.checked_add(digit.into())?;
        } else {
            is_exact &= digit == 0;
        }
        read += 1;
    }
    if read == 0 {
        return None;
    }
    // What the exponent adds beyond the last digit; a value other than 0 soon overflows.
    while value != 0 && read < kept {
        value = value.checked_mul(10)?;
        read += 1;
    }
    let value = if is_negative { -value } else { value };
    Some(Whole { value: value - i64::from(is_negative && !is_exact), is_exact })
}

/// The number behind the `e`, as far as it makes a difference.
fn exponent(text: &[u8]) -> Option<i64> {
    let (is_negative, digits) = sign(text);
    let mut value = 0_i64;
    for byte in digits {
        value = value.saturating_mul(10).saturating_add(i64::from(byte.wrapping_sub(b'0')));
    }
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then_some(if is_negative { -value } else { value })
}

/// Whether a number is negative, and what follows its sign.
fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text.split_first() {
        Some((b'-', digits)) => (true, digits),
        Some((b'+', digits)) => (false, digits),
        _ => (false, text),
    }
}
