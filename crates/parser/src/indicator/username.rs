//! `username`: any text at all.

use sawlog_schema::Indicator;

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = text.trim();
    if !text.is_empty() {
        found(Indicator::Usernames, text);
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::Scanner::Username;

    use super::super::tests::check;

    #[test]
    fn any_text_is_a_user_name() {
        check(
            Username,
            &[
                ("root", "usernames root"),
                ("  Mia Krystof\n", "usernames Mia Krystof"),
                ("a@b", "usernames a@b"),
                ("", ""),
                (" \t\u{2003}", ""),
            ],
        );
    }
}
