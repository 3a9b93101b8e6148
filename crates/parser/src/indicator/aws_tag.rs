//! `aws_tag`: the value as it is, blanks included, which are part of a tag.

use sawlog_schema::Indicator;

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    if !text.is_empty() {
        found(Indicator::AwsTags, text);
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::Scanner::AwsTag;

    use super::super::tests::check;

    #[test]
    fn nothing_is_taken_off() {
        check(AwsTag, &[("Name:web 1", "aws_tags Name:web 1"), (" x ", "aws_tags  x "), ("", "")]);
    }
}
