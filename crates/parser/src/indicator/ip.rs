//! `ip`: an IPv4 address in four decimal parts, or an IPv6 address. Text with a port, a prefix length, a
//! zone or leading zeros is no address. The text stays as given: `::FFFF:1.2.3.4` is not rewritten.

use std::net::IpAddr;

use sawlog_schema::Indicator;

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = text.trim();
    if is_address(text) {
        found(Indicator::IpAddresses, text);
    }
}

pub(super) fn is_address(text: &str) -> bool {
    address(text).is_some()
}

/// The address that the whole text is.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    // The longest spelling there is has 45 bytes, and none begins like most names do.
    let is_likely = text.len() <= 45
        && text.as_bytes().first().is_some_and(|byte| byte.is_ascii_hexdigit() || *byte == b':');
    if is_likely { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

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

    proptest! {
        #[test]
        fn every_printed_address_is_one(v4 in any::<u32>(), v6 in any::<u128>()) {
            prop_assert!(is_address(&Ipv4Addr::from(v4).to_string()));
            prop_assert!(is_address(&Ipv6Addr::from(v6).to_string()));
        }

        #[test]
        fn the_short_cuts_agree_with_the_standard_library(text in "[0-9a-f:.%/]{0,50}") {
            prop_assert_eq!(is_address(&text), text.parse::<IpAddr>().is_ok());
        }
    }
}
