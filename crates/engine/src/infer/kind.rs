//! What a text can be: tests that are strict, since no schema tells what is meant.
//!
//! Scanners take much: to a scanner for domains any text is one. A field is marked with a scanner only where
//! its texts look like nothing else, or where its name says so, too.

use sawlog_parser::indicator::scan;
use sawlog_schema::Scanner;
use serde::de::IgnoredAny;

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(u32);

impl Kinds {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self((1 << 18) - 1);
    pub(crate) const IP: Self = Self(1);
    /// A name of letters, digits, dots, hyphens and underscores, or an address.
    pub(crate) const HOST: Self = Self(1 << 1);
    /// A host name with a dot in it, whose last part is a word.
    pub(crate) const DOMAIN: Self = Self(1 << 2);
    /// A host and a port.
    pub(crate) const NET_ADDR: Self = Self(1 << 3);
    pub(crate) const URL: Self = Self(1 << 4);
    pub(crate) const EMAIL: Self = Self(1 << 5);
    pub(crate) const HEX_32: Self = Self(1 << 6);
    pub(crate) const HEX_40: Self = Self(1 << 7);
    pub(crate) const HEX_64: Self = Self(1 << 8);
    pub(crate) const MAC: Self = Self(1 << 9);
    pub(crate) const AWS_ACCOUNT: Self = Self(1 << 10);
    pub(crate) const AWS_INSTANCE: Self = Self(1 << 11);
    pub(crate) const AWS_ARN: Self = Self(1 << 12);
    /// One word, of whatever characters.
    pub(crate) const WORD: Self = Self(1 << 13);
    /// A whole number of up to 18 digits, as a program prints it.
    pub(crate) const INTEGER: Self = Self(1 << 14);
    /// The same, or a number with a point that a float gives back to the last digit.
    pub(crate) const DECIMAL: Self = Self(1 << 15);
    pub(crate) const BOOLEAN: Self = Self(1 << 16);
    /// A JSON object or array.
    pub(crate) const JSON: Self = Self(1 << 17);
    /// The kinds that make a type, which even a placeholder must fit.
    pub(crate) const TYPES: Self = Self(Self::INTEGER.0 | Self::DECIMAL.0 | Self::BOOLEAN.0 | Self::JSON.0);

    pub(crate) const fn has(self, kind: Self) -> bool {
        self.0 & kind.0 == kind.0
    }

    pub(crate) const fn without(self, kinds: Self) -> Self {
        Self(self.0 & !kinds.0)
    }
}

/// A test of one kind.
type Test = (Kinds, fn(&str) -> bool);

/// Each kind with its test.
const TESTS: [Test; 18] = [
    (Kinds::IP, |text| finds(Scanner::Ip, text)),
    (Kinds::HOST, is_host),
    (Kinds::DOMAIN, is_domain),
    (Kinds::NET_ADDR, is_net_addr),
    (Kinds::URL, is_url),
    (Kinds::EMAIL, is_email),
    (Kinds::HEX_32, |text| finds(Scanner::Md5, text)),
    (Kinds::HEX_40, |text| finds(Scanner::Sha1, text)),
    (Kinds::HEX_64, |text| finds(Scanner::Sha256, text)),
    (Kinds::MAC, |text| finds(Scanner::Mac, text)),
    (Kinds::AWS_ACCOUNT, |text| finds(Scanner::AwsAccountId, text)),
    (Kinds::AWS_INSTANCE, is_instance),
    (Kinds::AWS_ARN, |text| finds(Scanner::AwsArnOnly, text)),
    (Kinds::WORD, is_word),
    (Kinds::INTEGER, is_integer),
    (Kinds::DECIMAL, is_decimal),
    (Kinds::BOOLEAN, |text| matches!(text, "true" | "false")),
    (Kinds::JSON, is_json),
];

/// Those of some kinds that a text fits.
pub(crate) fn fitting(text: &str, among: Kinds) -> Kinds {
    let mut left = among;
    for (kind, test) in TESTS {
        if among.has(kind) && !test(text) {
            left = left.without(kind);
        }
    }
    left
}

fn finds(scanner: Scanner, text: &str) -> bool {
    let mut is_found = false;
    scan(scanner, text, &mut |_, _| is_found = true);
    is_found
}

/// The longest name that DNS can carry.
const HOST_BYTES: usize = 253;

fn is_host(text: &str) -> bool {
    let is_name = |text: &str| {
        text.len() <= HOST_BYTES
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
            && text.bytes().any(|b| b.is_ascii_alphabetic())
            && !text.contains("..")
    };
    is_name(text) || finds(Scanner::Ip, text)
}

fn is_domain(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let Some((_, last)) = name.rsplit_once('.') else { return false };
    let is_last =
        last.len() > 1 && (last.bytes().all(|b| b.is_ascii_alphabetic()) || last.starts_with("xn--"));
    is_last && is_host(name)
}

fn is_net_addr(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match bare {
        Some(address) => finds(Scanner::Ip, address),
        None => is_host(host) && !host.contains(':'),
    };
    is_host && port.parse::<u16>().is_ok() && !port.starts_with('+')
}

fn is_url(text: &str) -> bool {
    let is_web = text.get(..8).is_some_and(|head| {
        let head = head.to_ascii_lowercase();
        head.starts_with("http://") || head == "https://"
    });
    is_web && finds(Scanner::Url, text)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(_, domain)| domain.contains('.')) && finds(Scanner::Email, text)
}

/// `i-` and 8 or 17 hexadecimal digits.
fn is_instance(text: &str) -> bool {
    let digits = text.strip_prefix("i-").unwrap_or_default();
    matches!(digits.len(), 8 | 17) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_word(text: &str) -> bool {
    text.len() <= 256 && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Digits of whole numbers that fit into 64 bits whatever they are.
const INTEGER_DIGITS: usize = 18;

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_canonical = match digits.as_bytes() {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', ..] => digits.len() <= INTEGER_DIGITS,
        _ => false,
    };
    is_canonical && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Digits of decimal numbers that a float gives back.
const DECIMAL_DIGITS: usize = 15;

fn is_decimal(text: &str) -> bool {
    let Some((whole, fraction)) = text.split_once('.') else {
        return is_integer(text) && text.len() <= DECIMAL_DIGITS;
    };
    (is_integer(whole) || whole == "-0")
        && !fraction.ends_with('0')
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && text.len() <= DECIMAL_DIGITS
}

fn is_json(text: &str) -> bool {
    let trimmed = text.trim_ascii();
    let is_likely = (trimmed.starts_with('{') && trimmed.ends_with('}'))
        || (trimmed.starts_with('[') && trimmed.ends_with(']'));
    is_likely && serde_json::from_str::<IgnoredAny>(trimmed).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kinds of a text, a bare word left aside.
    fn kinds(text: &str) -> Kinds {
        fitting(text, Kinds::ALL.without(Kinds::WORD))
    }

    fn both(one: Kinds, other: Kinds) -> Kinds {
        Kinds(one.0 | other.0)
    }

    #[test]
    fn each_kind_has_its_texts() {
        let number = both(Kinds::INTEGER, Kinds::DECIMAL);
        let rows = [
            ("10.0.0.1", both(Kinds::IP, Kinds::HOST)),
            ("2001:db8::1", both(Kinds::IP, Kinds::HOST)),
            ("web-1", Kinds::HOST),
            ("web-1.example.com", both(Kinds::HOST, Kinds::DOMAIN)),
            ("web-1:8080", Kinds::NET_ADDR),
            ("[::1]:80", Kinds::NET_ADDR),
            ("HTTPS://example.com/a b", Kinds::URL),
            ("mia@example.com", Kinds::EMAIL),
            ("mia@localhost", Kinds::NONE),
            ("00:1b:63:84:45:e6", Kinds::MAC),
            ("i-0123456789abcdef0", both(Kinds::HOST, Kinds::AWS_INSTANCE)),
            ("i-me", Kinds::HOST),
            ("arn:aws:s3:::bucket", Kinds::AWS_ARN),
            ("-7", number),
            ("0", number),
            ("-0", Kinds::NONE),
            ("007", Kinds::NONE),
            ("+7", Kinds::NONE),
            ("1.5", Kinds::DECIMAL),
            ("1.50", Kinds::NONE),
            ("123456789012345678", Kinds::INTEGER),
            ("1234567890123456789", Kinds::NONE),
            ("123456789012", both(number, Kinds::AWS_ACCOUNT)),
            ("true", both(Kinds::BOOLEAN, Kinds::HOST)),
            (" {\"a\":[1]} ", Kinds::JSON),
            ("{a}", Kinds::NONE),
            ("two words", Kinds::NONE),
        ];
        for (text, expected) in rows {
            assert_eq!(kinds(text), expected, "{text}");
        }
        for (digits, kind) in [(32, Kinds::HEX_32), (40, Kinds::HEX_40), (64, Kinds::HEX_64)] {
            assert_eq!(kinds(&"a".repeat(digits)).without(Kinds::HOST), kind);
        }
        assert!(fitting("a-b", Kinds::WORD).has(Kinds::WORD));
        assert!(!fitting("a b", Kinds::WORD).has(Kinds::WORD));
    }

    #[test]
    fn every_kind_is_tested() {
        let tested = TESTS.iter().fold(0, |all, (kind, _)| all | kind.0);
        assert_eq!(Kinds(tested), Kinds::ALL);
    }
}
