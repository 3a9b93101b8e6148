//! `hostname`: an IP address where it is one, and otherwise a domain.

use sawlog_schema::Indicator;

use super::{domain, ip, trim};

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = trim(text);
    if ip::is_address(text) {
        found(Indicator::IpAddresses, text);
    } else {
        domain::scan(text, found);
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::Scanner::Hostname;

    use super::super::tests::check;

    #[test]
    fn an_address_goes_to_the_addresses_and_the_rest_to_the_domains() {
        check(
            Hostname,
            &[
                (" 10.0.0.1 ", "ip_addresses 10.0.0.1"),
                ("::1", "ip_addresses ::1"),
                ("db-1", "domain_names db-1"),
                ("xn--bcher-kva.example", "domain_names bücher.example"),
                ("10.0.0.1:80", "domain_names 10.0.0.1:80"),
                (" ", ""),
            ],
        );
    }
}
