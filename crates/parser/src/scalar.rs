//! Scalars: from the text of a JSON number or string to a value of a declared type.
//!
//! Schemas are forgiving in a few exact ways. An integer may come as a string, a float in any spelling that
//! Go's `strconv` reads, a boolean as one of a dozen words. Whatever lies outside these ways is a mismatch,
//! and the record that holds it is rejected, since a value bent into shape would be a lie. The functions here
//! are these ways and nothing else: text in, value out.
//!
//! Those on a *literal* take the spelling of a valid JSON number, and always give a value or a mismatch.
//! Those on *text* take the content of a JSON string, of which the empty one stands for an absent value:
//! `Ok(None)`.

/// Why a scalar does not become a value of the declared type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// It is not of that type.
    Type,
    /// It is a number of the right kind, and beyond the type's range.
    Range,
}

/// An integer of `bits` (16, 32 or 64) from a JSON number. A decimal point or an exponent makes it a float,
/// whatever its value, and so a mismatch. `-0` is 0.
pub fn integer_literal(literal: &str, bits: u8) -> Result<Option<i64>, Mismatch> {
    if literal.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        return Err(Mismatch::Type);
    }
    let value = literal.parse().map_err(|_| Mismatch::Range)?;
    within(value, bits).map(Some)
}

/// An integer of `bits` (16, 32 or 64) from a string: decimal digits, a sign before them if need be, leading
/// zeros allowed, nothing else.
pub fn integer_text(text: &str, bits: u8) -> Result<Option<i64>, Mismatch> {
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Mismatch::Type);
    }
    let value = text.parse().map_err(|_| Mismatch::Range)?;
    within(value, bits).map(Some)
}

/// An integer that an integer of `bits` (16, 32 or 64) can be.
pub(crate) fn within(value: i64, bits: u8) -> Result<i64, Mismatch> {
    let unused = 64 - u32::from(bits);
    if (value << unused) >> unused == value { Ok(value) } else { Err(Mismatch::Range) }
}

/// A float from a JSON number, rounded to the nearest. One too large to be finite is out of range; one too
/// small is 0.
pub fn float_literal(literal: &str) -> Result<Option<f64>, Mismatch> {
    let value = literal.parse().map_err(|_| Mismatch::Type)?;
    finite(value)
}

/// A float from a string: decimal or hexadecimal (`0x1.8p3`), or `inf`, `infinity` (with a sign if need be)
/// and `nan` in any case. Finite spellings of what is too large are out of range.
pub fn float_text(text: &str) -> Result<Option<f64>, Mismatch> {
    if text.is_empty() {
        return Ok(None);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => {
            let size = hex_float(&unsigned[2..])?;
            finite(if text.starts_with('-') { -size } else { size })
        }
        [b'0'..=b'9' | b'.', ..] => float_literal(text),
        // A sign says nothing about what is no number.
        [b'n' | b'N', ..] if unsigned.len() < text.len() => Err(Mismatch::Type),
        _ => text.parse().map(Some).map_err(|_| Mismatch::Type),
    }
}

fn finite(value: f64) -> Result<Option<f64>, Mismatch> {
    if value.is_finite() { Ok(Some(value)) } else { Err(Mismatch::Range) }
}

/// A hexadecimal float without sign and `0x`, infinite if it is too large. Its exponent, a power of two, is
/// mandatory.
fn hex_float(text: &str) -> Result<f64, Mismatch> {
    let (digits, exponent) = text.split_once(['p', 'P']).ok_or(Mismatch::Type)?;
    let mut exponent = binary_exponent(exponent)?;
    let (mut mantissa, mut sticky) = (0_u64, false);
    let (mut any, mut fraction) = (false, false);
    for byte in digits.bytes() {
        if byte == b'.' && !fraction {
            fraction = true;
            continue;
        }
        let digit = char::from(byte).to_digit(16).ok_or(Mismatch::Type)?;
        any = true;
        // Four bits are kept free; digits beyond them matter only in that they are not all zero.
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
            exponent -= i64::from(fraction) * 4;
        } else {
            sticky |= digit != 0;
            exponent += i64::from(!fraction) * 4;
        }
    }
    if !any {
        return Err(Mismatch::Type);
    }
    Ok(round_to_float(mantissa, sticky, exponent))
}

/// The exponent of a hexadecimal float. It saturates where no run of digits that fits in memory could make up
/// for it.
fn binary_exponent(text: &str) -> Result<i64, Mismatch> {
    const SIZE_MAX: i64 = 1 << 40;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Mismatch::Type);
    }
    let size = digits.bytes().fold(0, |size, byte| SIZE_MAX.min(size * 10 + i64::from(byte - b'0')));
    Ok(if text.starts_with('-') { -size } else { size })
}

/// `mantissa × 2^exponent`, and a little more if `sticky`, as the nearest float; halves go to the even one.
fn round_to_float(mantissa: u64, sticky: bool, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let zeros = mantissa.leading_zeros();
    let mantissa = mantissa << zeros;
    // The power of two that the leading bit stands for.
    let power = exponent - i64::from(zeros) + 63;
    if power > 1023 {
        return f64::INFINITY;
    }
    // A normal float keeps 53 bits; below 2^-1022 each power costs one.
    let dropped = 11 + (-1022 - power).max(0);
    if dropped > 64 {
        return 0.0;
    }
    let wide = u128::from(mantissa);
    let kept = (wide >> dropped) as u64;
    let remainder = wide & ((1 << dropped) - 1);
    let half = 1_u128 << (dropped - 1);
    let up = remainder > half || (remainder == half && (sticky || kept & 1 == 1));
    // A carry out of the fraction bits runs into the exponent bits, which is what it should do.
    let biased = (power + 1022).max(0) as u64;
    f64::from_bits((biased << 52) + kept + u64::from(up))
}

/// A boolean from a JSON number: `1` or `0`, spelled so.
pub fn boolean_literal(literal: &str) -> Result<Option<bool>, Mismatch> {
    match literal {
        "1" => Ok(Some(true)),
        "0" => Ok(Some(false)),
        _ => Err(Mismatch::Type),
    }
}

/// A boolean from a string.
pub fn boolean_text(text: &str) -> Result<Option<bool>, Mismatch> {
    match text {
        "" => Ok(None),
        "1" | "t" | "T" | "true" | "True" | "TRUE" => Ok(Some(true)),
        "0" | "f" | "F" | "false" | "False" | "FALSE" => Ok(Some(false)),
        _ => Err(Mismatch::Type),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: Mismatch = Mismatch::Type;
    const RANGE: Mismatch = Mismatch::Range;

    #[test]
    fn integers_from_numbers() {
        let cases = [
            ("0", 16, Ok(0)),
            ("-0", 64, Ok(0)),
            ("32767", 16, Ok(32767)),
            ("-32768", 16, Ok(-32768)),
            ("32768", 16, Err(RANGE)),
            ("-32769", 16, Err(RANGE)),
            ("2147483647", 32, Ok(2_147_483_647)),
            ("2147483648", 32, Err(RANGE)),
            ("-2147483649", 32, Err(RANGE)),
            ("9223372036854775807", 64, Ok(i64::MAX)),
            ("-9223372036854775808", 64, Ok(i64::MIN)),
            ("9223372036854775808", 64, Err(RANGE)),
            ("-12345678901234567890123", 16, Err(RANGE)),
            ("1.0", 64, Err(TYPE)),
            ("1e2", 64, Err(TYPE)),
            ("1E2", 64, Err(TYPE)),
            ("99999999999999999999.5", 64, Err(TYPE)),
        ];
        for (literal, bits, expected) in cases {
            assert_eq!(integer_literal(literal, bits), expected.map(Some), "{literal}");
        }
    }

    #[test]
    fn integers_from_text() {
        let cases = [
            ("", 64, Ok(None)),
            ("+7", 64, Ok(Some(7))),
            ("-007", 64, Ok(Some(-7))),
            ("-0", 32, Ok(Some(0))),
            ("00000000000000000000000000000001", 16, Ok(Some(1))),
            ("32768", 16, Err(RANGE)),
            ("-2147483649", 32, Err(RANGE)),
            ("9223372036854775808", 64, Err(RANGE)),
            ("99999999999999999999x", 64, Err(TYPE)),
        ];
        for (text, bits, expected) in cases {
            assert_eq!(integer_text(text, bits), expected, "{text}");
        }
        for text in [" 1", "1 ", "+", "-", "+-1", "1_000", "0x10", "1.0", "1e2", "one", "١", "\u{a0}"] {
            assert_eq!(integer_text(text, 64), Err(TYPE), "{text}");
        }
    }

    #[test]
    fn floats_from_numbers() {
        for (literal, expected) in [("1", 1.0), ("-1.5e3", -1500.0), ("1e-400", 0.0), ("5e-324", 5e-324)] {
            assert_eq!(float_literal(literal), Ok(Some(expected)), "{literal}");
        }
        assert!(float_literal("-0").unwrap().unwrap().is_sign_negative());
        assert_eq!(float_literal("1.7976931348623157e308"), Ok(Some(f64::MAX)));
        for literal in ["1e400", "-1e400", "1.797693134862315808e308"] {
            assert_eq!(float_literal(literal), Err(RANGE), "{literal}");
        }
    }

    #[test]
    fn floats_from_decimal_text_and_words() {
        let cases = [
            ("1", 1.0),
            ("+1.5", 1.5),
            (".5", 0.5),
            ("-5.", -5.0),
            ("007.50", 7.5),
            ("1.e2", 100.0),
            ("1E+2", 100.0),
            ("inf", f64::INFINITY),
            ("+Inf", f64::INFINITY),
            ("-INFINITY", f64::NEG_INFINITY),
            ("iNfInItY", f64::INFINITY),
        ];
        for (text, expected) in cases {
            assert_eq!(float_text(text), Ok(Some(expected)), "{text}");
        }
        for text in ["nan", "NaN", "NAN"] {
            assert!(float_text(text).unwrap().unwrap().is_nan(), "{text}");
        }
        assert_eq!(float_text(""), Ok(None));
        for text in ["1e400", "-1e400"] {
            assert_eq!(float_text(text), Err(RANGE), "{text}");
        }
        let none = [
            "+nan", "-NaN", "infin", "infinit", "nano", " 1", "1 ", "1_000", "1e", "e5", ".", "+", "--1",
            "+.e1", "1,5", "1f", "one", "1.2.3", "٣", "i", "n",
        ];
        for text in none {
            assert_eq!(float_text(text), Err(TYPE), "{text}");
        }
    }

    #[test]
    fn floats_from_hexadecimal_text() {
        let cases = [
            ("0x1p0", 1.0),
            ("0X1P+4", 16.0),
            ("0x1.8p3", 12.0),
            ("-0x.8p1", -1.0),
            ("+0xA.p-1", 5.0),
            ("0x0p99999999999999999999", 0.0),
            ("0x1p-1074", 5e-324),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("0x1.0000000000001p-1075", 5e-324),
            ("0x1p-99999999999999999999", 0.0),
            ("0x1.fffffffffffffp1023", f64::MAX),
            ("0x1.fffffffffffff7p1023", f64::MAX),
            ("0x1p-1022", f64::MIN_POSITIVE),
            ("0x0.fffffffffffffp-1022", 2.225_073_858_507_201e-308),
            // Ties go to the even neighbour, and one bit anywhere behind breaks them.
            ("0x1.00000000000008p0", 1.0),
            ("0x1.000000000000080000000000000000001p0", 1.000_000_000_000_000_2),
            ("0x1.00000000000018p0", 1.000_000_000_000_000_4),
            ("0x100000000000000000000p-80", 1.0),
        ];
        for (text, expected) in cases {
            assert_eq!(float_text(text), Ok(Some(expected)), "{text}");
        }
        for text in ["0x1p1024", "-0x1p1024", "0x1.fffffffffffff8p1023", "0x1p99999999999999999999"] {
            assert_eq!(float_text(text), Err(RANGE), "{text}");
        }
        for text in [
            "0x",
            "0x1",
            "0xp1",
            "0x.p1",
            "0x1p",
            "0x1p+",
            "0x1.1.1p1",
            "0xgp1",
            "0x1p1.0",
            "0x1p1p1",
            "x1p1",
        ] {
            assert_eq!(float_text(text), Err(TYPE), "{text}");
        }
    }

    #[test]
    fn booleans() {
        assert_eq!(boolean_literal("1"), Ok(Some(true)));
        assert_eq!(boolean_literal("0"), Ok(Some(false)));
        for literal in ["-0", "-1", "2", "1.0", "1e0", "0.0", "10"] {
            assert_eq!(boolean_literal(literal), Err(TYPE), "{literal}");
        }
        for text in ["1", "t", "T", "TRUE", "true", "True"] {
            assert_eq!(boolean_text(text), Ok(Some(true)), "{text}");
        }
        for text in ["0", "f", "F", "FALSE", "false", "False"] {
            assert_eq!(boolean_text(text), Ok(Some(false)), "{text}");
        }
        assert_eq!(boolean_text(""), Ok(None));
        for text in ["yes", "no", "on", "tRUE", " true", "true ", "01", "2", "null"] {
            assert_eq!(boolean_text(text), Err(TYPE), "{text}");
        }
    }
}
