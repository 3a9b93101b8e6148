//! The grammar of numbers. Their size does not matter here: a number is a spelling until a column wants it.

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
    use super::scan;

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
