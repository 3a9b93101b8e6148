//! `net_addr`: `host:port` or `[v6]:port`, of which the host counts. Text that is not of that form is taken
//! as a host name whole, so that a bare address or name is found too.

use sawlog_schema::Indicator;

use super::{hostname, trim};

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = trim(text);
    hostname::scan(split_host(text).unwrap_or(text), found);
}

/// The host of `host:port`. The port may be any text, an empty one too; a host with colons needs brackets.
fn split_host(text: &str) -> Option<&str> {
    let colon = text.bytes().rposition(|byte| byte == b':')?;
    let (host, port) = (&text[..colon], &text[colon + 1..]);
    let has_bracket = |part: &str| part.bytes().any(|byte| matches!(byte, b'[' | b']'));
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']')?,
        None if host.bytes().any(|byte| byte == b':') => return None,
        None => host,
    };
    (!has_bracket(host) && !has_bracket(port)).then_some(host)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, SocketAddr};

    use proptest::prelude::*;
    use sawlog_schema::Scanner::NetAddr;

    use super::super::tests::check;
    use super::*;

    #[test]
    fn the_host_counts() {
        check(
            NetAddr,
            &[
                ("example.com:443", "domain_names example.com"),
                ("1.2.3.4:80", "ip_addresses 1.2.3.4"),
                ("[::1]:80", "ip_addresses ::1"),
                ("[example.com]:80", "domain_names example.com"),
                ("example.com:", "domain_names example.com"),
                ("example.com:http", "domain_names example.com"),
                (" host :1", "domain_names host"),
                (":80", ""),
                ("[]:80", ""),
            ],
        );
    }

    #[test]
    fn other_forms_are_taken_whole() {
        check(
            NetAddr,
            &[
                ("1.2.3.4", "ip_addresses 1.2.3.4"),
                ("::1", "ip_addresses ::1"),
                ("2001:db8::1:80", "ip_addresses 2001:db8::1:80"),
                ("host", "domain_names host"),
                ("a:b:c", "domain_names a:b:c"),
                ("[::1]", "domain_names [::1]"),
                ("[::1:80", "domain_names [::1:80"),
                ("[::1]x:80", "domain_names [::1]x:80"),
                ("a]:80", "domain_names a]:80"),
                ("a:8[0", "domain_names a:8[0"),
                ("", ""),
            ],
        );
    }

    proptest! {
        #[test]
        fn a_printed_socket_address_yields_its_ip(ip in any::<IpAddr>(), port in any::<u16>()) {
            let (text, ip) = (SocketAddr::new(ip, port).to_string(), ip.to_string());
            prop_assert_eq!(split_host(&text), Some(ip.as_str()));
        }
    }
}
