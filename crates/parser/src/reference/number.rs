//! The grammar of numbers. Their size does not matter here: a number is a spelling until a column wants it.
//!
//! Nearly all numbers have a few digits, and [`whole`] and [`decimal`] tell at once how many and what they
//! say. How many they are cannot be guessed, so that nothing branches on it.

/// Bytes that are looked at in one go.
type Window = u128;
const BYTES: usize = size_of::<Window>();
/// A one in each byte.
const EACH: Window = Window::MAX / 0xff;
/// What a point so many digits before the end divides a number by.
const POWERS: [f64; BYTES] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The number at the start of `bytes` and its length, if it is whole, not negative, and has fewer digits than
/// sixteen. None does not mean that it is wrong.
#[inline]
pub(crate) fn whole(bytes: &[u8]) -> Option<(i64, usize)> {
    let window = window(bytes);
    let values = digits(window);
    let len = digits_at_start(values);
    if len == 0 || len == BYTES || is_padded(window, len) || matches!(byte(window, len), b'.' | b'e' | b'E') {
        return None;
    }
    Some((number(values, len), len))
}

/// The number at the start of `bytes` and its length, if it has a decimal point, fewer digits than fifteen,
/// and no exponent. None does not mean that it is wrong. The number is the nearest that there is.
#[inline]
pub(crate) fn decimal(bytes: &[u8]) -> Option<(f64, usize)> {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let window = window(&bytes[sign..]);
    let values = digits(window);
    let point = digits_at_start(values);
    if !(1..BYTES - 1).contains(&point) || byte(window, point) != b'.' || is_padded(window, point) {
        return None;
    }
    // All digits, without the point, and with something else behind them.
    let before = (1 << (8 * point)) - 1;
    let values = values & before | values >> 8 & !before | 0xff << (8 * (BYTES - 1));
    let len = digits_at_start(values);
    if len == point || len == BYTES - 1 || matches!(byte(window, len + 1), b'e' | b'E') {
        return None;
    }
    // Both are as exact as floats are, so that the one division rounds to the nearest.
    let number = number(values, len) as f64 / POWERS[len - point];
    Some((if sign == 0 { number } else { -number }, sign + len + 1))
}

/// The first bytes, with zeros behind the last.
#[inline]
fn window(bytes: &[u8]) -> Window {
    bytes.first_chunk().map_or_else(|| short_window(bytes), |bytes| Window::from_le_bytes(*bytes))
}

/// The same of fewer bytes than a window has. Both halves overlap, as those of a time in milliseconds do.
#[inline]
fn short_window(bytes: &[u8]) -> Window {
    const HALF: usize = BYTES / 2;
    if let (Some(start), Some(end)) = (bytes.first_chunk::<HALF>(), bytes.last_chunk::<HALF>()) {
        let (start, end) = (u64::from_le_bytes(*start), u64::from_le_bytes(*end));
        let behind = Window::from(end) >> (8 * (BYTES - bytes.len()));
        return Window::from(start) | behind << (8 * HALF);
    }
    let mut padded = [0; BYTES];
    padded[..bytes.len()].copy_from_slice(bytes);
    Window::from_le_bytes(padded)
}

#[inline]
fn byte(window: Window, at: usize) -> u8 {
    (window >> (8 * at)) as u8
}

/// The value of each digit; other bytes become more than 9.
#[inline]
fn digits(window: Window) -> Window {
    window ^ (EACH * 0x30)
}

/// With how many digits the bytes begin.
#[inline]
fn digits_at_start(values: Window) -> usize {
    // The highest bit of a byte tells the first that is none: it is set, or what is above nine carries into
    // it. So it may further into bytes behind, but those do not matter.
    let others = (values | values.wrapping_add(EACH * 0x76)) & (EACH * 0x80);
    (others.trailing_zeros() / u8::BITS) as usize
}

/// Whether there are digits behind a zero at the start.
#[inline]
fn is_padded(window: Window, digits: usize) -> bool {
    byte(window, 0) == b'0' && digits > 1
}

/// The number that the first `len` digits make, of which there are some, and fewer than sixteen.
#[inline]
fn number(values: Window, len: usize) -> i64 {
    // With zeros in front all numbers are equally long.
    let values = values << (8 * (BYTES - len));
    (eight_digits(values as u64) * 100_000_000 + eight_digits((values >> 64) as u64)) as i64
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

    use super::{decimal, scan, whole};

    fn number() -> impl Strategy<Value = String> {
        prop_oneof!["-?0{0,2}[0-9]{0,18}", "[0-9]{14,17}", "-?[0-9]{0,9}\\.[0-9]{0,9}", "0\\.0[0-9]{10,14}"]
    }

    fn behind() -> impl Strategy<Value = String> {
        prop_oneof![5 => "[,}\\] \u{80}-\u{ff}:/@]", 1 => "[.eE+-]", 1 => "", 1 => "[ -~]{0,20}"]
    }

    proptest! {
        #[test]
        fn numbers_of_a_few_digits_are_what_they_say(number in number(), behind in behind()) {
            let text = number + &behind;
            let (len, fault) = scan(text.as_bytes());
            let number = &text[..len];
            let digits = number.bytes().filter(u8::is_ascii_digit).count();
            // A zero in front is a number by itself, behind which no other may stand.
            let behind = &text[len..];
            let has_digit_behind = behind.starts_with(|next: char| next.is_ascii_digit());
            let is_padded = number.trim_start_matches('-') == "0" && has_digit_behind;
            let is_plain = fault.is_none() && !number.contains(['e', 'E']) && !is_padded;

            let goes_on = behind.starts_with(['.', 'e', 'E']);
            let is_whole = is_plain && !number.contains(['-', '.']) && digits < 16 && !goes_on;
            let expected = is_whole.then(|| (number.parse().unwrap(), len));
            prop_assert_eq!(whole(text.as_bytes()), expected);

            let goes_on = behind.starts_with(['e', 'E']);
            let is_decimal = is_plain && number.contains('.') && digits < 15 && !goes_on;
            let expected = is_decimal.then(|| (number.parse::<f64>().unwrap().to_bits(), len));
            let read = decimal(text.as_bytes()).map(|(value, len)| (value.to_bits(), len));
            prop_assert_eq!(read, expected);
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
