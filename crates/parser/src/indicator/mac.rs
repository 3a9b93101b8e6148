//! `mac`: a hardware address of six bytes, as pairs of digits between colons or hyphens, or as Cisco's three
//! groups of four between dots. It is written to the column as lower-case pairs between colons, so that one
//! device has one name in all logs.

use sawlog_schema::Indicator;

use super::trim;

/// Bytes of `01:23:45:67:89:ab`.
const LEN: usize = 17;

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let Some(digits) = digits(trim(text).as_bytes()) else { return };
    let mut buffer = [b':'; LEN];
    for (index, digit) in digits.iter().enumerate() {
        buffer[index / 2 * 3 + index % 2] = digit.to_ascii_lowercase();
    }
    if let Ok(address) = str::from_utf8(&buffer) {
        found(Indicator::MacAddresses, address);
    }
}

/// The twelve digits of an address, if `text` is one.
fn digits(text: &[u8]) -> Option<[u8; 12]> {
    let (group, separator) = match (text.len(), text.get(2), text.get(4)) {
        (LEN, Some(&(b':' | b'-')), _) => (2, text[2]),
        (14, _, Some(b'.')) => (4, b'.'),
        _ => return None,
    };
    let mut digits = [0; 12];
    let mut filled = 0;
    for (index, &byte) in text.iter().enumerate() {
        if index % (group + 1) == group {
            (byte == separator).then_some(())?;
        } else {
            byte.is_ascii_hexdigit().then_some(())?;
            digits[filled] = byte;
            filled += 1;
        }
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sawlog_schema::Scanner::Mac;

    use super::super::tests::{check, found};

    #[test]
    fn three_spellings_give_one() {
        let line = "mac_addresses 00:1b:63:84:45:e6";
        check(
            Mac,
            &[
                ("00:1b:63:84:45:e6", line),
                ("00-1B-63-84-45-E6", line),
                ("001b.6384.45e6", line),
                (" 001B.6384.45E6\n", line),
            ],
        );
    }

    #[test]
    fn other_text_is_no_address() {
        let texts = [
            "",
            "001b638445e6",
            "00:1b:63:84:45",
            "00:1b:63:84:45:e6:77",
            "00:1b:63-84:45:e6",
            "00:1b:63:84:45:g6",
            "0:1b:63:84:45:e6",
            "00:1b:63:84:45:e6:",
            "001b:6384:45e6",
            "001b.6384-45e6",
            "001b.6384.45e",
            "00.1b.63.84.45.e6",
            "00 1b 63 84 45 e6",
            "é:1b:63:84:45:e6",
            "::1",
        ];
        for text in texts {
            assert_eq!(found(Mac, text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_spelling_of_six_bytes_is_found(bytes: [u8; 6]) {
            let pairs = bytes.map(|byte| format!("{byte:02X}"));
            let groups = [0, 2, 4].map(|at| format!("{}{}", pairs[at], pairs[at + 1]));
            let expected = [format!("mac_addresses {}", pairs.join(":").to_lowercase())];
            for text in [pairs.join(":"), pairs.join("-"), groups.join(".")] {
                prop_assert_eq!(&found(Mac, &text), &expected);
            }
        }

        #[test]
        fn any_other_length_of_pairs_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let text = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join("-");
            prop_assert_eq!(found(Mac, &text).len(), usize::from(bytes.len() == 6));
        }
    }
}
