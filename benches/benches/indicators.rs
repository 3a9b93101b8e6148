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
    }
}
