//! `aws_instance_id`: text that begins with `i-`. What follows is not checked, and blanks in front are not
//! taken off.

use sawlog_schema::Indicator;

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    if text.starts_with("i-") {
        found(Indicator::AwsInstanceIds, text);
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::Scanner::AwsInstanceId;

    use super::super::tests::check;

    #[test]
    fn the_beginning_decides() {
        check(
            AwsInstanceId,
            &[
                ("i-0123456789abcdef0", "aws_instance_ids i-0123456789abcdef0"),
                ("i-x", "aws_instance_ids i-x"),
                (" i-0123456789abcdef0", ""),
                ("I-0123456789abcdef0", ""),
                ("mi-0123456789abcdef0", ""),
                ("i", ""),
                ("", ""),
            ],
        );
    }
}
