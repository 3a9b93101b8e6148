//! Scanners, and the `p_any_*` columns that they fill.
//!
//! A scanner is a rule by which text yields indicators: values that an investigator searches for across all
//! logs. Several scanners may fill one column, and one scanner several columns, so both are lists here, each
//! the one place that gives its names and its order.

/// A rule that finds indicators in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scanner {
    /// An IPv4 or IPv6 address.
    Ip,
    /// A domain name.
    Domain,
    /// An IP address or else a domain name.
    Hostname,
    /// A URL, whose host counts.
    Url,
    /// `host:port`, whose host counts.
    NetAddr,
    /// An e-mail address.
    Email,
    /// A user name.
    Username,
    /// An identity that acts, in whatever form the log gives it.
    ActorId,
    /// What ties the events of one request or session together.
    TraceId,
    /// An MD5 hash.
    Md5,
    /// A SHA-1 hash.
    Sha1,
    /// A SHA-256 hash.
    Sha256,
    /// A hardware address.
    Mac,
    /// The serial number of a device.
    SerialNumber,
    /// The number of an AWS account.
    AwsAccountId,
    /// The identity of an EC2 instance.
    AwsInstanceId,
    /// An ARN with the account, the instance and the e-mail address that it names.
    AwsArn,
    /// An ARN and nothing of what it names.
    AwsArnOnly,
    /// A tag of an AWS resource.
    AwsTag,
}

impl Scanner {
    /// Every scanner, in declaration order.
    pub const ALL: [Self; 19] = [
        Self::Ip,
        Self::Domain,
        Self::Hostname,
        Self::Url,
        Self::NetAddr,
        Self::Email,
        Self::Username,
        Self::ActorId,
        Self::TraceId,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Mac,
        Self::SerialNumber,
        Self::AwsAccountId,
        Self::AwsInstanceId,
        Self::AwsArn,
        Self::AwsArnOnly,
        Self::AwsTag,
    ];

    /// The name used in YAML.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Domain => "domain",
            Self::Hostname => "hostname",
            Self::Url => "url",
            Self::NetAddr => "net_addr",
            Self::Email => "email",
            Self::Username => "username",
            Self::ActorId => "actor_id",
            Self::TraceId => "trace_id",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Mac => "mac",
            Self::SerialNumber => "serial_number",
            Self::AwsAccountId => "aws_account_id",
            Self::AwsInstanceId => "aws_instance_id",
            Self::AwsArn => "aws_arn",
            Self::AwsArnOnly => "aws_arn_only",
            Self::AwsTag => "aws_tag",
        }
    }

    /// The indicator columns that the scanner may write to.
    pub const fn columns(self) -> &'static [Indicator] {
        match self {
            Self::Ip => &[Indicator::IpAddresses],
            Self::Domain => &[Indicator::DomainNames],
            Self::Hostname | Self::Url | Self::NetAddr => &[Indicator::IpAddresses, Indicator::DomainNames],
            Self::Email => &[Indicator::Emails],
            Self::Username => &[Indicator::Usernames],
            Self::ActorId => &[Indicator::ActorIds],
            Self::TraceId => &[Indicator::TraceIds],
            Self::Md5 => &[Indicator::Md5Hashes],
            Self::Sha1 => &[Indicator::Sha1Hashes],
            Self::Sha256 => &[Indicator::Sha256Hashes],
            Self::Mac => &[Indicator::MacAddresses],
            Self::SerialNumber => &[Indicator::SerialNumbers],
            Self::AwsAccountId => &[Indicator::AwsAccountIds],
            Self::AwsInstanceId => &[Indicator::AwsInstanceIds],
            Self::AwsArn => {
                &[Indicator::AwsArns, Indicator::AwsAccountIds, Indicator::AwsInstanceIds, Indicator::Emails]
            }
            Self::AwsArnOnly => &[Indicator::AwsArns],
            Self::AwsTag => &[Indicator::AwsTags],
        }
    }
}

/// A `p_any_*` column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Indicator {
    /// `p_any_ip_addresses`
    IpAddresses,
    /// `p_any_domain_names`
    DomainNames,
    /// `p_any_emails`
    Emails,
    /// `p_any_usernames`
    Usernames,
    /// `p_any_actor_ids`
    ActorIds,
    /// `p_any_trace_ids`
    TraceIds,
    /// `p_any_md5_hashes`
    Md5Hashes,
    /// `p_any_sha1_hashes`
    Sha1Hashes,
    /// `p_any_sha256_hashes`
    Sha256Hashes,
    /// `p_any_mac_addresses`
    MacAddresses,
    /// `p_any_serial_numbers`
    SerialNumbers,
    /// `p_any_aws_account_ids`
    AwsAccountIds,
    /// `p_any_aws_instance_ids`
    AwsInstanceIds,
    /// `p_any_aws_arns`
    AwsArns,
    /// `p_any_aws_tags`
    AwsTags,
}

impl Indicator {
    /// Every indicator column, in the order they stand in a table: the network, people and what they do,
    /// content, devices, and the cloud. New ones go to the end, so that the order of tables stays.
    pub const ALL: [Self; 15] = [
        Self::IpAddresses,
        Self::DomainNames,
        Self::Emails,
        Self::Usernames,
        Self::ActorIds,
        Self::TraceIds,
        Self::Md5Hashes,
        Self::Sha1Hashes,
        Self::Sha256Hashes,
        Self::MacAddresses,
        Self::SerialNumbers,
        Self::AwsAccountIds,
        Self::AwsInstanceIds,
        Self::AwsArns,
        Self::AwsTags,
    ];

    /// The column's name.
    pub const fn column(self) -> &'static str {
        match self {
            Self::IpAddresses => "p_any_ip_addresses",
            Self::DomainNames => "p_any_domain_names",
            Self::Emails => "p_any_emails",
            Self::Usernames => "p_any_usernames",
            Self::ActorIds => "p_any_actor_ids",
            Self::TraceIds => "p_any_trace_ids",
            Self::Md5Hashes => "p_any_md5_hashes",
            Self::Sha1Hashes => "p_any_sha1_hashes",
            Self::Sha256Hashes => "p_any_sha256_hashes",
            Self::MacAddresses => "p_any_mac_addresses",
            Self::SerialNumbers => "p_any_serial_numbers",
            Self::AwsAccountIds => "p_any_aws_account_ids",
            Self::AwsInstanceIds => "p_any_aws_instance_ids",
            Self::AwsArns => "p_any_aws_arns",
            Self::AwsTags => "p_any_aws_tags",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_declaration_order_and_leave_nothing_out() {
        assert!(Scanner::ALL.iter().enumerate().all(|(index, scanner)| *scanner as usize == index));
        assert!(Indicator::ALL.iter().enumerate().all(|(index, indicator)| *indicator as usize == index));
        let written = |indicator| Scanner::ALL.iter().any(|scanner| scanner.columns().contains(indicator));
        assert!(Indicator::ALL.iter().all(written));
    }
}
