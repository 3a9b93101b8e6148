//! Scalars against the standard library and against themselves, on random texts.

use proptest::prelude::*;
use sawlog_parser::scalar::{Mismatch, float_text, integer_literal, integer_text};

/// The rule for integers in other words: a number of any length, then the range.
fn integer(text: &str, bits: u8) -> Result<Option<i64>, Mismatch> {
    if text.is_empty() {
        return Ok(None);
    }
    let magnitude = text.strip_prefix(['+', '-']).unwrap_or(text);
    if magnitude.is_empty() || magnitude.contains(|c: char| !c.is_ascii_digit()) {
        return Err(Mismatch::Type);
    }
    let (min, max) = (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1);
    match text.parse::<i128>() {
        Ok(value) if (min..=max).contains(&value) => Ok(Some(value as i64)),
        _ => Err(Mismatch::Range),
    }
}

fn bits() -> impl Strategy<Value = u8> {
    prop::sample::select(&[16, 32, 64][..])
}

/// The parts of a positive finite float: an integer and the power of two that it is multiplied by.
fn parts(value: f64) -> (u64, i64) {
    let (fraction, exponent) = (value.to_bits() & ((1 << 52) - 1), (value.to_bits() >> 52) as i64);
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

/// Positive finite floats, the smallest and the largest among them.
fn positive() -> impl Strategy<Value = f64> {
    let largest = f64::MAX.to_bits();
    prop_oneof![0..=largest, 0_u64..1 << 54, largest - 9..=largest].prop_map(f64::from_bits)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn integers_of_any_length(text in "[+-]?[0-9]{0,24}", bits in bits()) {
        prop_assert_eq!(integer_text(&text, bits), integer(&text, bits));
    }

    #[test]
    fn integers_at_the_edge(offset in -3_i128..3, negative in any::<bool>(), bits in bits()) {
        let edge = 1_i128 << (bits - 1);
        let text = (if negative { -edge } else { edge } + offset).to_string();
        prop_assert_eq!(integer_text(&text, bits), integer(&text, bits));
        prop_assert_eq!(integer_literal(&text, bits), integer(&text, bits));
    }

    #[test]
    fn text_that_is_hardly_an_integer(text in r"[+\-0-9 ._ex]{0,5}", bits in bits()) {
        prop_assert_eq!(integer_text(&text, bits), integer(&text, bits));
    }

    #[test]
    fn decimal_floats_read_as_the_standard_library_reads_them(
        text in r"[+-]?[0-9]{0,20}\.?[0-9]{0,20}([eE][+-]?[0-9]{0,3})?",
    ) {
        let expected = match text.parse::<f64>() {
            _ if text.is_empty() => Ok(None),
            Ok(value) if value.is_finite() => Ok(Some(value)),
            Ok(_) => Err(Mismatch::Range),
            Err(_) => Err(Mismatch::Type),
        };
        prop_assert_eq!(float_text(&text), expected);
    }

    #[test]
    fn any_text_is_a_float_only_if_the_standard_library_or_hexadecimal_says_so(text in any::<String>()) {
        if !text.is_empty() && text.parse::<f64>().is_err() && !text.contains(['x', 'X']) {
            prop_assert_eq!(float_text(&text), Err(Mismatch::Type));
        }
    }

    #[test]
    fn hexadecimal_floats_read_back_exactly(value in positive(), negative in any::<bool>()) {
        let (mantissa, exponent) = parts(value);
        let (sign, expected) = if negative { ("-", -value) } else { ("", value) };
        for text in [
            format!("{sign}0x{mantissa:x}p{exponent}"),
            format!("{sign}0X{:X}.P{}", u128::from(mantissa) << 4, exponent - 4),
            format!("{sign}0x{mantissa:x}.000000000000000000000p{exponent}"),
            format!("{sign}0x.{mantissa:032x}p{}", exponent + 128),
        ] {
            prop_assert_eq!(float_text(&text), Ok(Some(expected)), "{}", text);
        }
    }

    #[test]
    fn hexadecimal_floats_between_two_round_to_the_nearer_and_halves_to_the_even(value in positive()) {
        let (mantissa, exponent) = parts(value);
        let above = Some(value.next_up()).filter(|above| above.is_finite()).ok_or(Mismatch::Range);
        let half = format!("{:x}", mantissa * 2 + 1);
        let even = if mantissa % 2 == 0 { Ok(value) } else { above };
        let exponent = exponent - 1;
        for (text, expected) in [
            (format!("0x{half}p{exponent}"), even),
            (format!("0x{half}.00000000000000000001p{exponent}"), above),
            (format!("0x{:x}.ffffffffffffffffffffffffp{exponent}", mantissa * 2), Ok(value)),
        ] {
            prop_assert_eq!(float_text(&text), expected.map(Some), "{}", text);
        }
    }
}
