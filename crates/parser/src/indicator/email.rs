//! `email`: text with one `@`, something on both sides of it, and no blanks. Case is kept: the part before
//! the `@` belongs to the mail server, and what is searched for is what the log says.

use sawlog_schema::Indicator;

use super::trim;
use crate::swar::{TOPS, repeat, words, zeros};

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = trim(text);
    if is_address(text) {
        found(Indicator::Emails, text);
    }
}

fn is_address(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Blanks are below or beyond the visible characters of ASCII. With what carries over from bytes beyond,
    // the sum may be wrong, but they are seen themselves.
    let (mut signs, mut suspect) = (0, 0);
    words(bytes, b'x').for_each(|word| {
        let at = zeros(word ^ repeat(b'@'));
        signs += u32::from(at != 0) + u32::from(at & at.wrapping_sub(1) != 0);
        suspect |= word | !word.wrapping_add(repeat(0x7f - b' '));
    });
    let is_inside = bytes.first() != Some(&b'@') && bytes.last() != Some(&b'@');
    signs == 1 && is_inside && (suspect & TOPS == 0 || !text.contains(char::is_whitespace))
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
