//! `aws_account_id`: twelve digits and nothing else. Blanks around them are not taken off: where they stand,
//! the digits are part of something longer.

use sawlog_schema::Indicator;

use crate::swar::{TOPS, digits, words};

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    if text.len() == 12 && words(text.as_bytes(), b'0').all(|word| digits(word) == TOPS) {
        found(Indicator::AwsAccountIds, text);
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::Scanner::AwsAccountId;

    use super::super::tests::check;

    #[test]
    fn twelve_digits() {
        check(
            AwsAccountId,
            &[
                ("123456789012", "aws_account_ids 123456789012"),
                ("000000000000", "aws_account_ids 000000000000"),
                ("12345678901", ""),
                ("1234567890123", ""),
                (" 123456789012", ""),
                ("123456789012\n", ""),
                ("1234-5678-9012", ""),
                ("12345678901x", ""),
                ("٠١٢٣٤٥", ""),
                ("", ""),
            ],
        );
    }
}
