//! `aws_arn` and `aws_arn_only`: the name of an AWS resource,
//! `arn:partition:service:region:account:resource`. The first also takes out what the name tells about
//! others: the account, an EC2 instance, and the e-mail address of a person who took on a role under it.

use sawlog_schema::Indicator;

use super::{aws_account_id, aws_instance_id, email};

/// The sections of an ARN that tell of other indicators.
struct Arn<'a> {
    service: &'a str,
    account: &'a str,
    /// The last section, which may hold colons.
    resource: &'a str,
}

pub(super) fn scan(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    let Some(arn) = parse(text) else { return };
    found(Indicator::AwsArns, text);
    aws_account_id::scan(arn.account, found);
    if let Some(instance) = arn.resource.strip_prefix("instance/") {
        aws_instance_id::scan(instance, found);
    }
    if let Some(session) = session(&arn) {
        email::scan(session, found);
    }
}

pub(super) fn scan_only(text: &str, found: &mut impl FnMut(Indicator, &str)) {
    if parse(text).is_some() {
        found(Indicator::AwsArns, text);
    }
}

/// The sections of an ARN, any of which may be empty.
fn parse(text: &str) -> Option<Arn<'_>> {
    let mut rest = text.strip_prefix("arn:")?;
    let mut section = || {
        let colon = rest.bytes().position(|byte| byte == b':')?;
        let (section, behind) = (&rest[..colon], &rest[colon + 1..]);
        rest = behind;
        Some(section)
    };
    let (_partition, service) = (section()?, section()?);
    let (_region, account) = (section()?, section()?);
    Some(Arn { service, account, resource: rest })
}

/// The session name of a role that STS lent out: `assumed-role/ROLE/SESSION`.
fn session<'a>(arn: &Arn<'a>) -> Option<&'a str> {
    let role = arn.resource.strip_prefix("assumed-role/")?;
    let (_role, session) = role.split_once('/')?;
    (arn.service == "sts").then_some(session)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sawlog_schema::Scanner::{AwsArn, AwsArnOnly};

    use super::super::tests::found;

    const BUCKET: &str = "arn:aws:s3:::bucket/key:1";
    const INSTANCE: &str = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b";
    const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/Admin/mia@example.com";

    #[test]
    fn an_arn_tells_of_others() {
        assert_eq!(found(AwsArn, BUCKET), [format!("aws_arns {BUCKET}")]);
        assert_eq!(
            found(AwsArn, INSTANCE),
            [
                format!("aws_arns {INSTANCE}"),
                "aws_account_ids 123456789012".to_owned(),
                "aws_instance_ids i-0a1b".to_owned()
            ]
        );
        assert_eq!(
            found(AwsArn, SESSION),
            [
                format!("aws_arns {SESSION}"),
                "aws_account_ids 123456789012".to_owned(),
                "emails mia@example.com".to_owned()
            ]
        );
    }

    #[test]
    fn what_is_no_account_instance_or_session_is_not_taken_out() {
        let texts = [
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "arn:aws:iam:::user/mia@example.com",
            "arn:aws:ec2:::instance/abc",
            "arn:aws:ec2:::volume/i-0a1b",
            "arn:aws:sts:::assumed-role/Admin/session",
            "arn:aws:sts:::assumed-role/mia@example.com",
            "arn:aws:iam:::assumed-role/Admin/mia@example.com",
            "arn:::::",
        ];
        for text in texts {
            assert_eq!(found(AwsArn, text), [format!("aws_arns {text}")], "{text}");
        }
    }

    #[test]
    fn only_the_name_itself() {
        for text in [BUCKET, INSTANCE, SESSION, "arn:::::"] {
            assert_eq!(found(AwsArnOnly, text), [format!("aws_arns {text}")], "{text}");
        }
    }

    #[test]
    fn six_sections_are_needed_and_nothing_in_front() {
        for text in
            ["", "arn", "arn:", "arn:aws:s3::bucket", " arn:aws:s3:::b", "ARN:aws:s3:::b", "x:arn:::::"]
        {
            assert_eq!(found(AwsArn, text), [""; 0], "{text}");
            assert_eq!(found(AwsArnOnly, text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn colons_are_counted(text in "(arn)?[:a/]{0,9}") {
            let is_arn = text.starts_with("arn:") && text.matches(':').count() >= 5;
            prop_assert_eq!(found(AwsArnOnly, &text).len(), usize::from(is_arn));
            prop_assert_eq!(found(AwsArn, &text).len(), usize::from(is_arn));
        }
    }
}
