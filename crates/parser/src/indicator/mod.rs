//! Indicators: the addresses, domains, e-mail addresses and user names that a text holds.
//!
//! A schema marks a field with the names of scanners, and what they find goes to the `p_any_*` columns, by
//! which an investigator finds every event that has to do with one address or person. Each scanner is one
//! file and one rule. They read the text once, keep it as it is written, and allocate only to decode an
//! internationalized name.
//!
//! Blanks around a value never matter: they are trimmed as Unicode defines white space. What is empty then is
//! no indicator.

mod domain;
mod email;
mod hostname;
mod ip;
mod net_addr;
mod url;
mod username;

use sawlog_schema::{Indicator, Scanner};

/// Runs one scanner over `text` and hands each indicator, with the column that it belongs to, to `found`.
/// Values come in no order and may repeat; the column sorts them and drops doubles.
pub fn scan(scanner: Scanner, text: &str, found: &mut impl FnMut(Indicator, &str)) {
    match scanner {
        Scanner::Ip => ip::scan(text, found),
        Scanner::Domain => domain::scan(text, found),
        Scanner::Hostname => hostname::scan(text, found),
        Scanner::Url => url::scan(text, found),
        Scanner::NetAddr => net_addr::scan(text, found),
        Scanner::Email => email::scan(text, found),
        Scanner::Username => username::scan(text, found),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a scanner finds, as `column value` lines.
    pub(super) fn found(scanner: Scanner, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        scan(scanner, text, &mut |indicator, value: &str| {
            lines.push(format!("{} {value}", indicator.column().trim_start_matches("p_any_")));
        });
        lines
    }

    /// Checks rows of text and the one line expected of it; an empty one means that nothing is found.
    pub(super) fn check(scanner: Scanner, rows: &[(&str, &str)]) {
        for (text, expected) in rows {
            let expected: Vec<_> = if expected.is_empty() { vec![] } else { vec![(*expected).to_owned()] };
            assert_eq!(found(scanner, text), expected, "{scanner:?} of {text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_at_most_one_value_in_a_column_of_its_scanner(text in any::<String>()) {
            for scanner in Scanner::ALL {
                let mut count = 0;
                scan(scanner, &text, &mut |indicator, value| {
                    count += 1;
                    assert!(scanner.columns().contains(&indicator));
                    assert!(!value.is_empty());
                });
                prop_assert!(count <= 1);
            }
        }

        #[test]
        fn blanks_around_a_value_change_nothing(
            text in r"[a-z@:/.\[\]0-9]{0,20}",
            before in r"[ \t\n\u{a0}\u{2003}]{0,3}",
            after in r"[ \r\u{b}\u{c}\u{85}\u{3000}]{0,3}",
        ) {
            for scanner in Scanner::ALL {
                prop_assert_eq!(found(scanner, &format!("{before}{text}{after}")), found(scanner, &text));
            }
        }
    }
}
