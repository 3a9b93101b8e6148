//! `email`: text with one `@`, something on both sides of it, and no blanks. Case is kept: the part before
//! the `@` belongs to the mail server, and what is searched for is what the log says.

use sawlog_schema::Indicator;

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = text.trim();
    if is_address(text) {
        found(Indicator::Emails, text);
    }
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sawlog_schema::Scanner::Email;

    use super::super::tests::check;
    use super::*;

    #[test]
    fn one_at_sign_with_text_on_both_sides() {
        check(
            Email,
            &[
                ("mia@example.com", "emails mia@example.com"),
                (" Mia.Krystof+x@Example.COM\t", "emails Mia.Krystof+x@Example.COM"),
                ("a@b", "emails a@b"),
                ("jürgen@bücher.example", "emails jürgen@bücher.example"),
                ("", ""),
                ("mia", ""),
                ("@", ""),
                ("@example.com", ""),
                ("mia@", ""),
                ("a@b@c", ""),
                ("a@@b", ""),
                ("mia k@example.com", ""),
                ("mia@example.com, x", ""),
                ("mia\u{a0}k@example.com", ""),
            ],
        );
    }

    proptest! {
        #[test]
        fn the_rule_in_other_words(text in "[a@ .]{0,8}") {
            let trimmed = text.trim();
            let parts: Vec<_> = trimmed.split('@').collect();
            let expected = parts.len() == 2 && parts.iter().all(|p| !p.is_empty()) && !trimmed.contains(' ');
            prop_assert_eq!(is_address(trimmed), expected);
        }
    }
}
