//! The indicator scanners, each on texts as they stand in fields that are marked for it: most are what the
//! scanner looks for, one is not.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use sawlog_parser::indicator::scan;
use sawlog_schema::Scanner;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("indicators");
    for scanner in Scanner::ALL {
        let texts = texts(scanner);
        group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
        group.bench_function(scanner.name(), |bencher| {
            bencher.iter(|| {
                let mut found = 0;
                for text in texts {
                    scan(scanner, black_box(text), &mut |_, value| found += value.len());
                }
                assert_ne!(black_box(found), 0, "the scanner finds something");
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

const fn texts(scanner: Scanner) -> [&'static str; 4] {
    match scanner {
        Scanner::Ip => ["203.0.113.77", "10.1.2.3", "2001:db8:85a3::8a2e:370:7334", "unknown"],
        Scanner::Domain => {
            ["acme.atlassian.net", "mail.example.co.uk", "xn--mnchen-3ya.example", "not a domain"]
        }
        Scanner::Hostname => ["build-17.internal.example.com", "localhost", "192.0.2.8", "no host at all"],
        Scanner::Url => [
            "https://acme.atlassian.net/wiki/spaces/OPS/pages/360449/Runbook",
            "https://api.example.com:8443/v1/orgs?limit=500&cursor=%7B%22a%22%3A1%7D",
            "https://[2001:db8::1]/health",
            "/rest/api/3/issue/OPS-1",
        ],
        Scanner::NetAddr => ["203.0.113.77:51234", "db.example.com:5432", "[2001:db8::1]:443", "no port"],
        Scanner::Email => {
            ["jo.doe@example.com", "ops+alerts@mail.example.co.uk", "Zoë@example.org", "nobody at home"]
        }
        Scanner::Username => ["jdoe", "712020:5a4ad29c-aee5-4d3f-94f2-0ccd2eb37b8b", "Renée Müller", ""],
        Scanner::ActorId => ["712020:5a4ad29c-aee5-4d3f-94f2-0ccd2eb37b8b", "00u1abcd", "-1", ""],
        Scanner::TraceId => ["a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d", "REQ0001", "session 7", ""],
        Scanner::Md5 => {
            ["d41d8cd98f00b204e9800998ecf8427e", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd9", "no hash"]
        }
        Scanner::Sha1 => [
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            "da39a3ee",
            "no hash",
        ],
        Scanner::Sha256 => [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
            "e3b0c442",
            "no hash",
        ],
        Scanner::Mac => ["00:1B:44:11:3A:B7", "00-1b-44-11-3a-b7", "001b.4411.3ab7", "no address"],
        Scanner::SerialNumber => ["C02XK0AAJGH5", "5CG1234XYZ", "n/a", ""],
        Scanner::AwsAccountId => ["123456789012", "210987654321", "1234", "unknown"],
        Scanner::AwsInstanceId => ["i-0abc0123456789def", "i-1234", "eni-0a1", "none"],
        Scanner::AwsArn | Scanner::AwsArnOnly => [
            "arn:aws:ec2:us-east-1:123456789012:instance/i-0abc0123456789def",
            "arn:aws:sts::123456789012:assumed-role/Operator/jo.doe@example.com",
            "arn:aws:s3:::example-bucket",
            "no name",
        ],
        Scanner::AwsTag => ["team:core", "env:prod", "owner", "x"],
    }
}
