//! Indicators: the addresses, people, hashes, devices and cloud resources that a text names.
//!
//! A schema marks a field with the names of scanners, and what they find goes to the `p_any_*` columns, by
//! which an investigator finds every event that has to do with one address or person. Each rule is one
//! file. They read the text once, keep it as it is written unless one thing has several spellings (hashes,
//! hardware addresses), and allocate only to decode an internationalized name.
//!
//! Blanks around a value do not matter: they are trimmed as Unicode defines white space, and what is empty
//! then is no indicator. The scanners for AWS take the text as it is.

mod any_text;
mod aws_account_id;
mod aws_arn;
mod aws_instance_id;
mod aws_tag;
mod domain;
mod email;
mod hash;
mod hostname;
mod ip;
mod mac;
mod net_addr;
mod set;
mod url;

pub(crate) use ip::{Address, address};
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
        Scanner::Username => any_text::scan(Indicator::Usernames, text, found),
        Scanner::ActorId => any_text::scan(Indicator::ActorIds, text, found),
        Scanner::TraceId => any_text::scan(Indicator::TraceIds, text, found),
        Scanner::Md5 => hash::scan(Indicator::Md5Hashes, 32, text, found),
        Scanner::Sha1 => hash::scan(Indicator::Sha1Hashes, 40, text, found),
        Scanner::Sha256 => hash::scan(Indicator::Sha256Hashes, 64, text, found),
        Scanner::Mac => mac::scan(text, found),
        Scanner::SerialNumber => any_text::scan(Indicator::SerialNumbers, text, found),
        Scanner::AwsAccountId => aws_account_id::scan(text, found),
        Scanner::AwsInstanceId => aws_instance_id::scan(text, found),
        Scanner::AwsArn => aws_arn::scan(text, found),
        Scanner::AwsArnOnly => aws_arn::scan_only(text, found),
        Scanner::AwsTag => aws_tag::scan(text, found),
    }
}

/// Takes the blanks off both ends. Most values have none: their first and last bytes are visible ASCII
/// characters.
#[inline]
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
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

    /// Scanners that take the text as it is, blanks included.
    const AS_IS: [Scanner; 5] = [
        Scanner::AwsAccountId,
        Scanner::AwsInstanceId,
        Scanner::AwsArn,
        Scanner::AwsArnOnly,
        Scanner::AwsTag,
    ];

    /// Text that has something to do with some scanner.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            r"[a-z@:/.\[\]0-9]{0,20}",
            "[0-9a-f]{32}|[0-9A-F]{40}|[0-9a-f]{64}|[0-9]{12}|i-[0-9a-f]{0,4}",
            "([0-9a-f]{2}[:-]){5}[0-9a-f]{2}|([0-9a-f]{4}\\.){2}[0-9a-f]{4}",
            "arn:(aws)?:(ec2|sts):[a-z]?:([0-9]{12})?:(instance/i-|assumed-role/[a-z]?/)?[a-z@ ]{0,4}",
        ]
    }

    proptest! {
        #[test]
        fn text_gives_at_most_one_value_in_each_column_of_its_scanner(text in text()) {
            for scanner in Scanner::ALL {
                let mut columns = Vec::new();
                scan(scanner, &text, &mut |indicator, value| {
                    columns.push(indicator);
                    assert!(scanner.columns().contains(&indicator));
                    assert!(!value.is_empty());
                });
                let mut distinct = columns.clone();
                distinct.dedup();
                prop_assert_eq!(&columns, &distinct, "{:?}", scanner);
                // An ARN tells of several things; other text is one thing.
                prop_assert!(columns.len() <= 1 || scanner == Scanner::AwsArn, "{:?}", scanner);
            }
        }

        #[test]
        fn blanks_around_a_value_change_nothing(
            text in text(),
            before in r"[ \t\n\u{a0}\u{2003}]{0,3}",
            after in r"[ \r\u{b}\u{c}\u{85}\u{3000}]{0,3}",
        ) {
            let trimming = Scanner::ALL.into_iter().filter(|scanner| !AS_IS.contains(scanner));
            for scanner in trimming {
                prop_assert_eq!(found(scanner, &format!("{before}{text}{after}")), found(scanner, &text));
            }
        }
    }
}
