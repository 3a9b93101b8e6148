//! `domain`: any text at all, since logs name hosts in ways that no syntax covers. A value that begins with
//! `xn--` is turned back into the script that people read.

use sawlog_schema::Indicator;

use super::trim;

/// The longest domain name that DNS can carry, in bytes. What is longer is not decoded, which also bounds the
/// work that a value can cause.
const NAME_LEN_MAX: usize = 253;

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = trim(text);
    if text.starts_with("xn--") && text.len() <= NAME_LEN_MAX {
        let (decoded, valid) = idna::domain_to_unicode(text);
        if valid.is_ok() && !decoded.is_empty() {
            found(Indicator::DomainNames, &decoded);
            return;
        }
    }
    if !text.is_empty() {
        found(Indicator::DomainNames, text);
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::Scanner::Domain;

    use super::super::tests::{check, found};

    #[test]
    fn any_text_is_a_domain() {
        check(
            Domain,
            &[
                ("example.com", "domain_names example.com"),
                (" Example.COM. ", "domain_names Example.COM."),
                ("a b", "domain_names a b"),
                ("1.2.3.4", "domain_names 1.2.3.4"),
                ("", ""),
                ("\u{a0}\t", ""),
            ],
        );
    }

    #[test]
    fn a_value_that_begins_with_punycode_is_decoded() {
        check(
            Domain,
            &[
                ("xn--bcher-kva.example", "domain_names bücher.example"),
                (" xn--e1afmkfd.xn--p1ai ", "domain_names пример.рф"),
                // Only the start of the whole value counts.
                ("www.xn--bcher-kva.example", "domain_names www.xn--bcher-kva.example"),
                ("XN--bcher-kva.example", "domain_names XN--bcher-kva.example"),
                // What does not decode stays as it is.
                ("xn--", "domain_names xn--"),
                ("xn--999999999", "domain_names xn--999999999"),
            ],
        );
    }

    #[test]
    fn a_name_too_long_for_dns_is_kept_and_not_decoded() {
        let long = format!("xn--bcher-kva.{}", "a".repeat(10_000_000));
        assert_eq!(found(Domain, &long), [format!("domain_names {long}")]);
    }
}
