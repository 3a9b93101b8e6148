//! `url`: the host of an absolute URL. The URL itself is not stored.
//!
//! The rules are those of Go's `net/url`, whose users wrote the schemas: a value counts if it is
//! `scheme://…` or `//…`, has a host, and breaks no rule anywhere: no control characters, a port of digits,
//! only `%XX` escapes that are well formed. Port, user info and the brackets of an IPv6 address are taken
//! off, and what remains is a host name. Everything is found by cutting the text; only a host with escapes is
//! copied.

use std::borrow::Cow;

use sawlog_schema::Indicator;

use super::set::Set;
use super::{hostname, trim};

/// Characters of a plain host and of a scheme.
static IN_HOST: Set = Set::letters_digits_and(b"-.");
static IN_SCHEME: Set = Set::letters_digits_and(b"-.+");

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    if let Some(host) = host(trim(text)) {
        hostname::scan(&host, found);
    }
}

/// The host of a URL without port, user info and brackets; none if it is no absolute URL or breaks a rule.
fn host(url: &str) -> Option<Cow<'_, str>> {
    let rest = after_scheme(url)?;
    plain_host(rest).map(Cow::Borrowed).or_else(|| any_host(rest))
}

/// The host at the start of what follows the scheme, by all the rules.
fn any_host(rest: &str) -> Option<Cow<'_, str>> {
    let (rest, fragment) = cut(rest, b'#');
    if rest.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let (rest, _query) = cut(rest, b'?');
    let (authority, path) = cut(rest, b'/');
    if !escapes_are_well_formed(path) || !escapes_are_well_formed(fragment) {
        return None;
    }
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => is_user_info(user).then_some(host)?,
        None => authority,
    };
    decode_host(host)
}

/// What is in front of a sign, and the rest from the sign on, which is nothing where there is no sign.
fn cut(text: &str, sign: u8) -> (&str, &str) {
    text.split_at(memchr::memchr(sign, text.as_bytes()).unwrap_or(text.len()))
}

/// The same for most URLs that there are: the host has letters, digits, dots and hyphens and nothing around
/// it, and what follows holds neither escapes nor control characters, so that no rule is left to break.
fn plain_host(rest: &str) -> Option<&str> {
    let (host, rest) = rest.split_at(IN_HOST.prefix_len(rest.as_bytes()));
    let ends = matches!(rest.as_bytes().first(), None | Some(b'/' | b'?' | b'#'));
    (ends && !has_suspects(rest.as_bytes())).then_some(host)
}

/// Whether there are escapes or control characters, in blocks that the compiler makes vectors of.
fn has_suspects(text: &[u8]) -> bool {
    let is_suspect = |byte: &u8| byte.is_ascii_control() || *byte == b'%';
    let in_block = |block: &[u8; 16]| block.iter().fold(false, |any, byte| any | is_suspect(byte));
    match text.last_chunk() {
        // The last block may overlap with the one before.
        Some(last) => in_block(last) || text.as_chunks().0.iter().any(in_block),
        None => text.iter().any(is_suspect),
    }
}

/// What follows the `//` of an absolute URL, or of one that leaves its scheme out.
fn after_scheme(url: &str) -> Option<&str> {
    if let Some(rest) = url.strip_prefix("//") {
        // Three slashes and no scheme are a path.
        return if rest.starts_with('/') { None } else { Some(rest) };
    }
    let (scheme, rest) = url.split_at(IN_SCHEME.prefix_len(url.as_bytes()));
    if scheme.as_bytes().first()?.is_ascii_alphabetic() { rest.strip_prefix("://") } else { None }
}

/// Whether every `%` is followed by two hexadecimal digits.
fn escapes_are_well_formed(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'%', bytes).all(|at| escaped_byte(&bytes[at..]).is_some())
}

/// The byte that the `%XX` at the start of `bytes` stands for.
fn escaped_byte(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(*high)? << 4 | digit(*low)?) as u8)
}

fn is_user_info(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    text.bytes().all(allowed) && escapes_are_well_formed(text)
}

/// Takes port and brackets off a host and resolves its escapes.
fn decode_host(host: &str) -> Option<Cow<'_, str>> {
    if host.starts_with('[') {
        let close = host.rfind(']')?;
        let (address, port) = host.split_at(close);
        if !is_port(&port[1..]) {
            return None;
        }
        // The zone of a link-local address, behind `%25`, may hold escapes that names may not.
        let zone = address.find("%25").unwrap_or(address.len());
        let (address, zone) = address[1..].split_at(zone - 1);
        return match (unescape(address, false)?, unescape(zone, true)?) {
            (address, zone) if zone.is_empty() => Some(address),
            (address, zone) => Some(address + zone),
        };
    }
    let name = match host.rfind(':') {
        Some(colon) => is_port(&host[colon..]).then_some(&host[..colon])?,
        None => host,
    };
    unescape(name, false)
}

/// Whether `text` is nothing, or a colon and any number of digits.
fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a character below U+0080 may stand in a host as it is.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
}

/// Resolves the escapes of a host or zone. Names may escape only what lies beyond ASCII, and the per cent
/// sign; zones also what could stand there anyway, and blanks. None where that does not hold, or where the
/// result is no UTF-8.
fn unescape(text: &str, zone: bool) -> Option<Cow<'_, str>> {
    let plain = |byte: u8| byte >= 0x80 || is_host_byte(byte);
    if text.bytes().all(plain) {
        return Some(Cow::Borrowed(text));
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'%' {
            decoded.push(bytes[at]);
            at += 1;
            plain(decoded[decoded.len() - 1]).then_some(())?;
            continue;
        }
        let byte = escaped_byte(&bytes[at..])?;
        let allowed = if zone { byte == b' ' || is_host_byte(byte) } else { byte >= 0x80 };
        if byte != b'%' && !allowed {
            return None;
        }
        decoded.push(byte);
        at += 3;
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sawlog_schema::Scanner::Url;

    use super::super::tests::{check, found};
    use super::*;

    #[test]
    fn the_host_counts() {
        check(
            Url,
            &[
                ("https://example.com", "domain_names example.com"),
                (" http://example.com/path?q=1#top ", "domain_names example.com"),
                ("HTTPS://Example.COM/", "domain_names Example.COM"),
                ("https://api.atlassian.com/jira/rest/api/1?x=100%", "domain_names api.atlassian.com"),
                ("https://user:p%40ss@example.com:8443/", "domain_names example.com"),
                ("https://a@b@example.com/", "domain_names example.com"),
                ("https://10.0.0.1:80/", "ip_addresses 10.0.0.1"),
                ("https://[2001:db8::1]:443/", "ip_addresses 2001:db8::1"),
                ("https://[::1]", "ip_addresses ::1"),
                ("https://host:", "domain_names host"),
                ("//cdn.example.com/x.js", "domain_names cdn.example.com"),
                ("s3+x-1.0://bucket", "domain_names bucket"),
                ("https://host?x", "domain_names host"),
                ("https://host#x", "domain_names host"),
                ("https://host?a#\u{1}", "domain_names host"),
                ("https://bücher.example/", "domain_names bücher.example"),
                ("https://b%C3%BCcher.example/", "domain_names bücher.example"),
                ("https://xn--bcher-kva.example/", "domain_names bücher.example"),
                ("https://[fe80::1%25en0]/", "domain_names fe80::1%en0"),
                ("https://[fe80::1%25a%20b]/", "domain_names fe80::1%a b"),
            ],
        );
    }

    #[test]
    fn what_is_no_absolute_url_gives_nothing() {
        let texts = [
            "",
            "foo",
            "23.23.23.23",
            "a.b:80",
            "example.com/path",
            "/path",
            "///path",
            "file:///etc/passwd",
            "mailto:a@b.c",
            "data:text/plain,x",
            "https:/example.com",
            "https:example.com",
            "://example.com",
            "1http://example.com",
            "ht_tp://example.com",
            "https://",
            "https:///x",
            "https://:80/",
            "https://@/",
            "https://?x",
            "*",
            "cache_object:foo/bar",
        ];
        for text in texts {
            assert!(found(Url, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_url_that_breaks_a_rule_gives_nothing() {
        let texts = [
            "https://example.com/\u{1}",
            "https://exa\tmple.com/",
            "https://example.com/\u{7f}",
            "https://exa mple.com/",
            "https://exa\\mple.com",
            "https://exa^mple",
            "https://a{b}",
            "https://a|b",
            "https://example.com:http/",
            "https://example.com:8x/",
            "https://[::1]x/",
            "https://[::1]:a/",
            "https://[::1",
            "https://::1]/",
            "https://ex%61mple.com/",
            "https://ex%2ample.com/",
            "https://a%zz/",
            "https://a%f",
            "https://example.com/%zz",
            "https://example.com/100%",
            "https://example.com/#%g1",
            "https://us er@example.com/",
            "https://u%@example.com/",
            "https://u[r@example.com/",
            "https://%ff%fe/",
            "https://[fe80::1%25%2f]/",
        ];
        for text in texts {
            assert!(found(Url, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn ordinary_hosts_are_borrowed() {
        for url in ["https://example.com/x", "http://u:p@10.1.2.3:80/", "//[::1]:8/"] {
            assert!(matches!(host(url), Some(Cow::Borrowed(_))), "{url}");
        }
    }

    proptest! {
        #[test]
        fn ordinary_urls_have_the_host_that_the_url_crate_finds(
            scheme in "https?|ftp|wss",
            user in "([a-z]{1,4}(:[a-z0-9]{1,4})?@)?",
            host in "[a-z]([a-z0-9-]{0,8}[a-z0-9])?(\\.[a-z]{2,5}){1,3}",
            port in "(:[1-9][0-9]{0,3})?",
            path in "(/[a-zA-Z0-9._~-]{0,6}){0,4}",
            query in "(\\?[a-z=&%0-9:/@]{0,10})?",
            fragment in "(#[a-z/?@:]{0,6})?",
        ) {
            let text = format!("{scheme}://{user}{host}{port}{path}{query}{fragment}");
            // A label such as `xn--…` or `a--b` may be refused by the oracle; it has nothing to say then.
            let Ok(oracle) = ::url::Url::parse(&text) else { return Ok(()) };
            let found = super::host(&text);
            prop_assert_eq!(found.as_deref(), oracle.host_str());
        }

        #[test]
        fn the_short_cut_agrees_with_the_rules(
            rest in r"[a.@:%\[\]/? -]{0,4}[/?#]?[a/?#%A\x01\x1f\x7f é]{0,12}",
        ) {
            if let Some(host) = plain_host(&rest) {
                let by_rules = any_host(&rest);
                let same = by_rules.as_deref().unwrap_or_default() == host;
                prop_assert!(same, "{:?} of {}", by_rules, rest);
            }
        }

        #[test]
        fn addresses_in_urls_are_found(v4 in any::<std::net::Ipv4Addr>(), v6 in any::<std::net::Ipv6Addr>()) {
            let bare = (format!("http://{v4}:1/"), format!("//[{v6}]/x"));
            prop_assert_eq!(found(Url, &bare.0), [format!("ip_addresses {v4}")]);
            prop_assert_eq!(found(Url, &bare.1), [format!("ip_addresses {v6}")]);
        }
    }
}
