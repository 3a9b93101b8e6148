//! The grammar of numbers. Their size does not matter here: a number is a spelling until a column wants it,
//! except for whole numbers, which most are, and which are told at once.

/// Digits of a whole number that are read in one go.
const DIGITS: usize = size_of::<u128>();

/// The number at the start of `bytes` and its length, if it is whole, not negative, and has fewer digits than
/// sixteen; None does not mean that it is wrong. How many digits it has cannot be guessed, so that nothing
/// branches on it.
#[inline]
pub(crate) fn whole(bytes: &[u8]) -> Option<(i64, usize)> {
    const EACH: u128 = u128::MAX / 0xff;
    // A digit becomes its value. The first other byte is found by its highest bit: it is set, or what comes
    // above nine carries into it. So may bytes behind it, but they are of no interest.
    let values = u128::from_le_bytes(*bytes.first_chunk::<DIGITS>()?) ^ (EACH * 0x30);
    let others = (values | values.wrapping_add(EACH * 0x76)) & (EACH * 0x80);
    let len = (others.trailing_zeros() / u8::BITS) as usize;
    let is_padded = bytes[0] == b'0' && len > 1;
    let goes_on = matches!(bytes.get(len), None | Some(b'.' | b'e' | b'E'));
    if len == 0 || len == DIGITS || is_padded || goes_on {
        return None;
    }
    // With zeros in front all numbers are equally long.
    let values = values << ((DIGITS - len) * 8);
    let number = eight_digits(values as u64) * 100_000_000 + eight_digits((values >> 64) as u64);
    Some((number as i64, len))
}

/// The number that eight digits make, the first of them in the lowest byte: first of two each, then of four,
/// then of all.
#[inline]
fn eight_digits(digits: u64) -> u64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits * 10 + (digits >> 8);
    let odd = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let even = (pairs >> 16 & PAIRS).wrapping_mul(1 + (10_000 << 32));
    odd.wrapping_add(even) >> 32
}

/// Length of the number at the start of `bytes`, or as far as it can be read and what is missing there.
pub(crate) fn scan(bytes: &[u8]) -> (usize, Option<&'static str>) {
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    if bytes.get(at) == Some(&b'0') {
        at += 1;
    } else {
        let end = skip_digits(bytes, at);
        if end == at {
            return (at, Some("a digit"));
        }
        at = end;
    }
    if bytes.get(at) == Some(&b'.') {
        let end = skip_digits(bytes, at + 1);
        if end == at + 1 {
            return (end, Some("a digit after the decimal point"));
        }
        at = end;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = bytes.get(at) {
            at += 1;
        }
        let end = skip_digits(bytes, at);
        if end == at {
            return (at, Some("a digit in the exponent"));
        }
        at = end;
    }
    (at, None)
}

fn skip_digits(bytes: &[u8], from: usize) -> usize {
    let digits = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    from + digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{scan, whole};

    proptest! {
        #[test]
        fn whole_numbers_are_what_they_say(
            number in prop_oneof!["0{0,2}[0-9]{0,18}", "[0-9]{14,17}", "-[0-9]{0,3}"],
            behind in prop_oneof![5 => "[,}\\] \u{80}-\u{ff}:/@]", 1 => "[.eE+-]", 1 => ""],
            more in "[ -~]{0,20}",
        ) {
            let text = format!("{number}{behind}{more}");
            let read = whole(text.as_bytes());
            if let Some((value, len)) = read {
                prop_assert_eq!(scan(text.as_bytes()), (len, None));
                prop_assert_eq!(text[..len].parse(), Ok(value));
            }
            let (len, fault) = scan(text.as_bytes());
            let is_plain = fault.is_none() && !text[..len].contains(['-', '.', 'e', 'E']);
            let has_window = len < 16 && text.len() >= 16;
            // A zero in front is a number by itself, behind which no other may stand.
            let is_padded = text.starts_with('0') && text[1..].starts_with(|next: char| next.is_ascii_digit());
            let is_read = is_plain && has_window && !is_padded && !text[len..].starts_with(['.', 'e', 'E']);
            prop_assert_eq!(read.is_some(), is_read);
        }
    }

    #[test]
    fn a_number_ends_where_the_grammar_ends() {
        let cases = [
            ("0", 1),
            ("-0,", 2),
            ("10 ", 2),
            ("01", 1),
            ("1.50]", 4),
            ("1e5", 3),
            ("1E+05}", 5),
            ("-0.0e-0", 7),
            ("1.5.6", 3),
            ("1-2", 1),
            ("123456789012345678901234567890", 30),
        ];
        for (text, len) in cases {
            assert_eq!(scan(text.as_bytes()), (len, None), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        for (text, len) in [("-", 1), ("-a", 1), ("1.", 2), ("1.e5", 2), ("-.5", 1), ("1e", 2), ("1e+", 3)] {
            let (at, missing) = scan(text.as_bytes());
            assert_eq!(at, len, "{text}");
            assert!(missing.is_some(), "{text}");
        }
    }
}
