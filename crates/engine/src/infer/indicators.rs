//! Which scanners the texts of a field call for.
//!
//! Addresses, links and hashes show themselves. What could be anything, such as a word that may be a user or
//! twelve digits that may be an account, is marked only where the name of the field says so, too.

use sawlog_schema::Scanner;

use super::kind::Kinds;
use super::name::Name;
use super::text::Texts;

/// Kinds of text that are marked whatever their field is called.
const BY_CONTENT: [(Kinds, Scanner); 6] = [
    (Kinds::URL, Scanner::Url),
    (Kinds::EMAIL, Scanner::Email),
    (Kinds::AWS_ARN, Scanner::AwsArn),
    (Kinds::HEX_64, Scanner::Sha256),
    (Kinds::MAC, Scanner::Mac),
    (Kinds::AWS_INSTANCE, Scanner::AwsInstanceId),
];

/// Kinds of text that are marked where the name of the field has one of some words.
const BY_NAME: [(Kinds, &[&str], Scanner); 7] = [
    (Kinds::HEX_32, &["md5", "hash", "checksum", "digest", "fingerprint"], Scanner::Md5),
    (Kinds::HEX_40, &["sha1", "sha", "hash", "checksum", "digest", "fingerprint"], Scanner::Sha1),
    (Kinds::AWS_ACCOUNT, &["account"], Scanner::AwsAccountId),
    (Kinds::DOMAIN, &["domain", "dns", "fqdn", "zone", "sni"], Scanner::Domain),
    (
        Kinds::HOST,
        &["ip", "host", "hostname", "addr", "address", "fqdn", "server", "machine", "computer", "node"],
        Scanner::Hostname,
    ),
    (
        Kinds::NET_ADDR,
        &["ip", "host", "addr", "address", "endpoint", "peer", "remote", "client", "server"],
        Scanner::NetAddr,
    ),
    (Kinds::WORD, &["serial"], Scanner::SerialNumber),
];

/// Scanners that a text calls for, and whether the name of its field had a say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Called {
    pub(crate) scanners: Vec<Scanner>,
    pub(crate) by_name: bool,
}

/// The scanners that fit every text that says something.
pub(crate) fn indicators(texts: &Texts, name: &Name) -> Called {
    if texts.are(Kinds::IP) && !name.has(&["version", "ver", "oid", "release"]) {
        return Called { scanners: vec![Scanner::Ip], by_name: false };
    }
    if let Some((_, scanner)) = BY_CONTENT.iter().find(|(kind, _)| texts.are(*kind)) {
        return Called { scanners: vec![*scanner], by_name: false };
    }
    let found = BY_NAME.iter().find(|(kind, words, _)| texts.are(*kind) && name.has(words));
    let scanner = found.map(|(_, _, scanner)| *scanner).or_else(|| person(texts, name));
    Called { scanners: scanner.into_iter().collect(), by_name: scanner.is_some() }
}

/// People and requests: any word can be one.
fn person(texts: &Texts, name: &Name) -> Option<Scanner> {
    const USERS: [&str; 7] =
        ["username", "user", "login", "loginname", "accountname", "samaccountname", "upn"];
    const ACTORS: [&str; 3] = ["actorid", "userid", "principalid"];
    const TRACES: [&str; 5] = ["traceid", "requestid", "xrequestid", "correlationid", "transactionid"];
    match () {
        () if !texts.are(Kinds::WORD) => None,
        () if name.is(&USERS) => Some(Scanner::Username),
        () if name.is(&ACTORS) || name.is_id_of(&["actor", "user", "principal"]) => Some(Scanner::ActorId),
        () if name.is(&TRACES) => Some(Scanner::TraceId),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, texts: &[&str]) -> (Vec<&'static str>, bool) {
        let mut seen = Texts::default();
        for text in texts {
            seen.add(text);
        }
        let called = indicators(&seen, &Name::new(name, None));
        (called.scanners.into_iter().map(Scanner::name).collect(), called.by_name)
    }

    #[test]
    fn content_decides_alone_only_where_it_can() {
        let md5 = "d41d8cd98f00b204e9800998ecf8427e";
        let sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
        let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let rows: [(&str, &[&str], &[&str], bool); 24] = [
            ("x", &["10.0.0.1", "::1", "", "-"], &["ip"], false),
            ("version", &["10.0.0.1"], &[], false),
            ("x", &["10.0.0.1", "web"], &[], false),
            ("sourceIPAddress", &["10.0.0.1", "s3.amazonaws.com"], &["hostname"], true),
            ("x", &["https://example.com/"], &["url"], false),
            ("x", &["mia@example.com"], &["email"], false),
            ("x", &["arn:aws:s3:::b"], &["aws_arn"], false),
            ("x", &["i-0123456789abcdef0"], &["aws_instance_id"], false),
            ("x", &["00:1b:63:84:45:e6"], &["mac"], false),
            ("x", &[sha256], &["sha256"], false),
            ("etag", &[md5], &[], false),
            ("fileHash", &[md5], &["md5"], true),
            ("sha1", &[sha1], &["sha1"], true),
            ("accountId", &["123456789012"], &["aws_account_id"], true),
            ("orderId", &["123456789012"], &[], false),
            ("domain", &["example.com"], &["domain"], true),
            ("remote_addr", &["10.0.0.1:443", "web:80"], &["net_addr"], true),
            ("host_name", &["web-1"], &["hostname"], true),
            ("user_name", &["mia"], &["username"], true),
            ("user_name", &["Mia K"], &[], false),
            ("requestID", &["4f1c"], &["trace_id"], true),
            ("actor_id", &["557058:1f"], &["actor_id"], true),
            ("deviceSerial", &["C02X"], &["serial_number"], true),
            ("x", &["", "-"], &[], false),
        ];
        for (name, texts, expected, by_name) in rows {
            assert_eq!(of(name, texts), (expected.to_vec(), by_name), "{name} {texts:?}");
        }
    }
}
