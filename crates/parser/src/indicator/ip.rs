//! `ip`: an IPv4 address in four decimal parts, or an IPv6 address. Text with a port, a prefix length, a
//! zone or leading zeros is no address. The text stays as given: `::FFFF:1.2.3.4` is not rewritten.

use sawlog_schema::Indicator;

use super::set::HEX_DIGITS;
use super::trim;
use crate::swar::{digits, first_word, repeat, top_bits, zeros};

/// Bytes of the longest spelling, `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
const V6_LEN_MAX: usize = 45;

/// What kind of address a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    V4,
    V6,
}

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = trim(text);
    if is_address(text) {
        found(Indicator::IpAddresses, text);
    }
}

pub(super) fn is_address(text: &str) -> bool {
    address(text).is_some()
}

/// The kind of address that the whole text is.
pub(crate) fn address(text: &str) -> Option<Address> {
    let text = text.as_bytes();
    if is_v4(text) { Some(Address::V4) } else { is_v6(text).then_some(Address::V6) }
}

/// Whether `text` is four numbers up to 255 without leading zeros, with dots between them.
///
/// How long the numbers are cannot be foreseen, so that no branch depends on it: all dots are found at once,
/// and each number is compared, as text, with the least and the greatest of its length.
fn is_v4(text: &[u8]) -> bool {
    let len = text.len();
    if !(7..=15).contains(&len) || !text[0].is_ascii_digit() {
        return false;
    }
    let low = first_word(text);
    let high = if len > 8 { first_word(&text[len - 8..]) >> (8 * (16 - len)) } else { 0 };
    let dots_of = |word: u64| top_bits(zeros(word ^ repeat(b'.')));
    let mut dots = dots_of(low) | dots_of(high) << 8;
    let digits = top_bits(digits(low)) | top_bits(digits(high)) << 8;
    if dots | digits != (1 << len) - 1 {
        return false;
    }
    let bytes = u128::from(high) << 64 | u128::from(low);
    let mut start = 0;
    for _ in 0..3 {
        // Where there is no dot left, the number would be far too long.
        let dot = dots.trailing_zeros();
        if !is_octet(bytes, start, dot) {
            return false;
        }
        start = dot + 1;
        dots &= dots - 1;
    }
    dots == 0 && is_octet(bytes, start, len as u32)
}

/// Whether the digits of `bytes` from `start` to `end` are a number up to 255 without leading zeros.
fn is_octet(bytes: u128, start: u32, end: u32) -> bool {
    // The least and the greatest number of each length. As many digits are in the order of their texts.
    const LEAST: [u32; 4] = [0, 0x30, 0x31_30, 0x31_30_30];
    const GREATEST: [u32; 4] = [0, 0x39, 0x39_39, 0x32_35_35];
    let len = end - start;
    if !(1..=3).contains(&len) {
        return false;
    }
    let digits = ((bytes >> (8 * start)) as u32) << (8 * (4 - len));
    (LEAST[len as usize]..=GREATEST[len as usize]).contains(&digits.swap_bytes())
}

/// Whether `text` is eight groups of up to four hexadecimal digits, with colons between them. Two colons may
/// stand for one or more groups of zeros, and an IPv4 address for the last two groups.
fn is_v6(text: &[u8]) -> bool {
    if !(2..=V6_LEN_MAX).contains(&text.len()) {
        return false;
    }
    let mut has_gap = text.starts_with(b"::");
    let mut at = if has_gap { 2 } else { 0 };
    let mut groups = 0;
    while at < text.len() {
        let start = at;
        at += HEX_DIGITS.prefix_len(&text[start..]);
        if text.get(at) == Some(&b'.') {
            groups += 2;
            return fits(groups, has_gap) && is_v4(&text[start..]);
        }
        if !(1..=4).contains(&(at - start)) {
            return false;
        }
        groups += 1;
        match text[at..] {
            [] => {}
            [b':', b':', ..] if !has_gap => {
                has_gap = true;
                at += 2;
            }
            [b':', _, ..] => at += 1,
            _ => return false,
        }
    }
    fits(groups, has_gap)
}

/// Whether an IPv6 address has as many groups, with or without a gap between them.
fn fits(groups: u32, has_gap: bool) -> bool {
    if has_gap { groups < 8 } else { groups == 8 }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;
    use sawlog_schema::Scanner::Ip;

    use super::super::tests::{check, found};
    use super::*;

    #[test]
    fn addresses_are_kept_as_written() {
        check(
            Ip,
            &[
                ("1.2.3.4", "ip_addresses 1.2.3.4"),
                (" 255.255.255.255\n", "ip_addresses 255.255.255.255"),
                ("::", "ip_addresses ::"),
                ("2001:DB8::00ff", "ip_addresses 2001:DB8::00ff"),
                ("::ffff:10.0.0.1", "ip_addresses ::ffff:10.0.0.1"),
                ("1:2:3:4:5:6:7::", "ip_addresses 1:2:3:4:5:6:7::"),
                (
                    "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
                    "ip_addresses ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
                ),
            ],
        );
    }

    #[test]
    fn other_text_is_no_address() {
        let texts = [
            "",
            "  ",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "01.2.3.4",
            "1.2.3.4:80",
            "1.2.3.0/24",
            "fe80::1%eth0",
            "[::1]",
            ":::",
            "1:2:3:4:5:6:7::8",
            "12345::",
            "1.2.3.4 5.6.7.8",
            "localhost",
            "0x7f.1",
        ];
        for text in texts {
            assert!(found(Ip, text).is_empty(), "{text}");
        }
    }

    /// Text of a pattern, in which `P` stands for numbers and groups at the edges of what is allowed.
    fn edges(pattern: &str) -> prop::string::RegexGeneratorStrategy<String> {
        let parts = "(0|00|01|9|10|99|100|199|249|255|256|260|300|999|1000|f|ffff|fffff|0000|)";
        prop::string::string_regex(&pattern.replace('P', parts)).unwrap()
    }

    /// Text that is an address or nearly one.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<Ipv4Addr>().prop_map(|address| address.to_string()),
            any::<Ipv6Addr>().prop_map(|address| address.to_string()),
            "[0-9a-f:.%/]{0,50}",
            r"[0-9]{1,3}(\.[0-9]{1,3}){2,4}",
            edges(r"P(\.P){3}"),
            edges(r"(::)?(P::?){0,8}(P\.P\.P\.P|P)"),
            "(::)?([0-9a-fA-F]{1,4}:){0,8}(:[0-9a-fA-F]{1,4}){0,8}(:(1.2.3.4|1.2.3)|::)?",
        ]
    }

    fn by_std(text: &str) -> Option<Address> {
        let address: IpAddr = text.parse().ok()?;
        Some(if address.is_ipv4() { Address::V4 } else { Address::V6 })
    }

    #[test]
    fn every_number_of_three_digits_is_judged_as_by_the_standard_library() {
        let numbers = || (0..1000).flat_map(|n| [format!("{n}"), format!("{n:02}"), format!("{n:03}")]);
        for (number, at) in numbers().flat_map(|number| (0..4).map(move |at| (number.clone(), at))) {
            let mut parts = ["1", "22", "133", "4"];
            parts[at] = &number;
            let text = parts.join(".");
            assert_eq!(address(&text), by_std(&text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

        #[test]
        fn the_standard_library_agrees(text in text()) {
            prop_assert_eq!(address(&text), by_std(&text));
        }

        #[test]
        fn the_standard_library_agrees_on_what_was_changed_a_little(
            text in text(),
            at: prop::sample::Index,
            byte in prop::sample::select(b"0.:1fg%/ \x00\xc3".to_vec()),
            keep in 0usize..2,
        ) {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..(at + keep).min(bytes.len()), [byte]);
            let text = String::from_utf8_lossy(&bytes);
            prop_assert_eq!(address(&text), by_std(&text));
        }
    }
}
