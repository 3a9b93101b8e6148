//! `username`, `actor_id`, `trace_id` and `serial_number`: any text at all, since no syntax covers the names
//! that systems give to people, requests and devices.

use sawlog_schema::Indicator;

use super::trim;

pub(super) fn scan(column: Indicator, text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let text = trim(text);
    if !text.is_empty() {
        found(column, text);
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::Scanner::{ActorId, SerialNumber, TraceId, Username};

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

    #[test]
    fn any_text_is_an_identity() {
        check(ActorId, &[(" 00u1\t", "actor_ids 00u1"), ("arn:x", "actor_ids arn:x"), (" ", "")]);
        check(TraceId, &[(" 1-67891233-ab ", "trace_ids 1-67891233-ab"), ("0", "trace_ids 0"), ("", "")]);
        check(SerialNumber, &[("C02XG\n", "serial_numbers C02XG"), ("a b", "serial_numbers a b"), ("", "")]);
    }
}
