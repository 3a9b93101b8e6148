//! `md5`, `sha1` and `sha256`: hexadecimal digits, as many as the hash has. They are lower-cased, so that one
//! file has one name in all logs.

use sawlog_schema::Indicator;

use super::trim;

/// Digits of the longest hash, SHA-256.
const DIGITS_MAX: usize = 64;

/// Looks for a hash of `digits` digits, at most [`DIGITS_MAX`].
pub(super) fn scan(column: Indicator, digits: usize, text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = trim(text);
    // All bytes are looked at, as it takes longer to guess which one is the first that does not fit.
    let all = |fits: fn(u8) -> bool| text.bytes().fold(true, |all, byte| all & fits(byte));
    if text.len() != digits || !all(|byte| byte.is_ascii_hexdigit()) {
        return;
    }
    if all(|byte| !byte.is_ascii_uppercase()) {
        return found(column, text);
    }
    let mut buffer = [0; DIGITS_MAX];
    let lower = &mut buffer[..digits];
    lower.copy_from_slice(text.as_bytes());
    lower.make_ascii_lowercase();
    if let Ok(lower) = str::from_utf8(lower) {
        found(column, lower);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sawlog_schema::Scanner::{Md5, Sha1, Sha256};

    use super::super::tests::{check, found};

    #[test]
    fn the_number_of_digits_decides() {
        let (empty, upper) = ("d41d8cd98f00b204e9800998ecf8427e", "D41D8CD98F00B204E9800998ECF8427E");
        let line = format!("md5_hashes {empty}");
        check(Md5, &[(empty, &line), (upper, &line), (&format!(" {upper}\n"), &line)]);
        for text in ["", "d41d", &empty[1..], &format!("{empty}0"), &format!("0x{}", &empty[2..])] {
            assert_eq!(found(Md5, text), [""; 0], "{text}");
        }
        assert_eq!(found(Sha1, empty), [""; 0]);
        assert_eq!(found(Sha256, empty), [""; 0]);
    }

    #[test]
    fn other_characters_are_no_digits() {
        let a = |n| "a".repeat(n);
        // As long in bytes, and not in digits.
        for text in [a(31) + "g", a(30) + "é", a(15) + " " + &a(16), a(31) + ":", a(16) + "-" + &a(15)] {
            assert_eq!(text.len(), 32);
            assert_eq!(found(Md5, &text), [""; 0], "{text}");
        }
    }

    /// Bytes as hexadecimal digits, by the standard library.
    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
    }

    proptest! {
        #[test]
        fn printed_bytes_are_hashes(md5: [u8; 16], sha1: [u8; 20], sha256: [u8; 32]) {
            let hashes = [(Md5, &md5[..], "md5"), (Sha1, &sha1, "sha1"), (Sha256, &sha256, "sha256")];
            for (scanner, bytes, name) in hashes {
                let lower = hex(bytes);
                let expected = [format!("{name}_hashes {lower}")];
                prop_assert_eq!(&found(scanner, &lower), &expected);
                prop_assert_eq!(&found(scanner, &lower.to_uppercase()), &expected);
            }
        }

        #[test]
        fn what_is_no_number_is_no_hash(text in "[0-9a-fA-F]{28}[0-9a-fA-FgG_+ ]{2,6}") {
            let trimmed = text.trim();
            let is_hash = trimmed.len() == 32 && u128::from_str_radix(trimmed, 16).is_ok();
            prop_assert_eq!(found(Md5, &text).len(), usize::from(is_hash));
        }
    }
}
