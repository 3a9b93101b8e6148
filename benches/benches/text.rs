//! Lines of text: taken apart alone, and all the way to columns.
//!
//! `read` is the reader by itself. Fastmatch and regex take the same lines apart into the same values, once
//! with an expression that says what a value may hold, which is the faster way to write one, and once with
//! the expression that means exactly what the pattern does. `columns` adds the walk, coercions and times.

#![expect(clippy::expect_used, reason = "a bench that cannot start should say so and stop")]

use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use sawlog_benches::scaled;
use sawlog_columns::Columns;
use sawlog_parser::{Batch, Block, Envelope, Line, Parser, Records, RecordsPath, TextReader};
use sawlog_schema::{Plan, load};

/// Lines of a block; about 1 MiB.
const LINES: u64 = 6000;

const WEB_FIELDS: &str = "
fields:
  - {name: host, type: string, indicators: [ip]}
  - {name: ident, type: string}
  - {name: user, type: string, indicators: [username]}
  - {name: at, type: timestamp, timeFormat: '%d/%b/%Y:%H:%M:%S %z', isEventTime: true}
  - {name: request, type: string}
  - {name: status, type: int}
  - {name: bytes, type: bigint}
  - {name: referrer, type: string}
  - {name: agent, type: string}
";

const FASTMATCH: &str = r#"
  fastmatch:
    emptyValues: ['-']
    match:
      - '%{host} %{ident} %{user} [%{at}] "%{request}" %{status} %{bytes} "%{referrer}" "%{agent}"'
"#;

const REGEX: &str = r#"
  regex:
    emptyValues: ['-']
    match:
      - '^(?P<host>[^ ]*) (?P<ident>[^ ]*) (?P<user>[^ ]*) \[(?P<at>[^\]]*)\] "(?P<request>[^"]*)" '
      - '(?P<status>[^ ]*) (?P<bytes>[^ ]*) "(?P<referrer>[^"]*)" "(?P<agent>[^"]*)"'
"#;

const REGEX_LAZY: &str = r#"
  regex:
    emptyValues: ['-']
    match:
      - '^(?P<host>.*?) (?P<ident>.*?) (?P<user>.*?) \[(?P<at>.*?)\] "(?P<request>.*?)" '
      - '(?P<status>.*?) (?P<bytes>.*?) "(?P<referrer>.*?)" "(?P<agent>.*?)"'
"#;

const CSV: &str = "
  csv: {columns: [host, ident, user, at, request, status, bytes, referrer, agent], emptyValues: ['-']}
";

const FLOW: &str = "
schema: Bench.Flow
parser:
  csv:
    delimiter: ' '
    emptyValues: ['-']
    columns: [version, account, interface, source, target, from, to, protocol, packets, bytes, start, end]
fields:
  - {name: version, type: int}
  - {name: account, type: string, indicators: [aws_account_id]}
  - {name: interface, type: string}
  - {name: source, type: string, indicators: [ip]}
  - {name: target, type: string, indicators: [ip]}
  - {name: from, type: int}
  - {name: to, type: int}
  - {name: protocol, type: int}
  - {name: packets, type: bigint}
  - {name: bytes, type: bigint}
  - {name: start, type: timestamp, timeFormat: unix, isEventTime: true}
  - {name: end, type: timestamp, timeFormat: unix}
";

fn main() {
    let web = |parser: &str| plan(&format!("schema: Bench.Web\nparser:{parser}{WEB_FIELDS}"));
    let cases = [
        ("fastmatch", web(FASTMATCH), web_lines(' ', '[', ']')),
        ("regex", web(REGEX), web_lines(' ', '[', ']')),
        ("regex-lazy", web(REGEX_LAZY), web_lines(' ', '[', ']')),
        ("csv-quoted", web(CSV), web_lines(',', '"', '"')),
        ("csv", plan(FLOW), flow_lines()),
    ];
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("text");
    for (name, plan, lines) in &cases {
        group.throughput(Throughput::Bytes(lines.len() as u64));
        let mut reader = TextReader::new(&plan.log_type.parser).expect("it reads text");
        group.bench_function(format!("read/{name}"), |bencher| {
            bencher.iter(|| {
                for line in lines.lines() {
                    let read = reader.read(black_box(line.as_bytes()));
                    assert!(matches!(black_box(read), Ok(Line::Record(_))), "every line matches");
                }
            });
        });
        let plans = std::slice::from_ref(plan);
        let envelope = Arc::new(Envelope::new(plans, RecordsPath::Detect));
        let mut parser = Parser::new(plans, envelope, false);
        let data = lines.clone().into_bytes();
        let block = Block::new(data, Records::Lines);
        let mut columns = Columns::new(plan, false);
        group.bench_function(format!("columns/{name}"), |bencher| {
            bencher.iter(|| {
                let empty = std::mem::replace(&mut columns, Columns::new(plan, false));
                let mut batch = Batch::new(0, vec![empty]);
                parser.parse(black_box(&block), &mut batch);
                assert_eq!(batch.rows(), scaled(LINES), "every line becomes a row");
                columns = batch.columns.remove(0);
                columns.clear();
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

fn plan(yaml: &str) -> Arc<Plan> {
    Arc::new(Plan::new(load(yaml, "bench.yml").log_type.expect("the schema is sound")))
}

/// Lines of a web server in its combined format, with another delimiter and other marks around the time.
fn web_lines(delimiter: char, open: char, close: char) -> String {
    let mut lines = String::new();
    let d = delimiter;
    for n in 0..scaled(LINES) {
        let (host, user) = (format!("203.0.{}.{}", n % 200, n % 251), ["-", "ada", "grace"][n as usize % 3]);
        let time = format!("{:02}/Mar/2026:{:02}:{:02}:{:02} +0100", 1 + n % 28, n % 24, n % 60, n * 7 % 60);
        let request = format!("GET /app/{}/view?id={} HTTP/1.1", n % 97, n * 31);
        let (status, bytes) = ([200, 304, 404][n as usize % 3], n * 113 % 100_000);
        let referrer = format!("https://www.example.com/app/{}", n % 11);
        let agent = format!("Mozilla/5.0 (X11; Linux x86_64) {}", n % 17);
        let _ =
            write!(lines, "{host}{d}-{d}{user}{d}{open}{time}{close}{d}\"{request}\"{d}{status}{d}{bytes}");
        let _ = writeln!(lines, "{d}\"{referrer}\"{d}\"{agent}\"");
    }
    lines
}

/// Lines of a firewall that counts what flows, between spaces and without quotes.
fn flow_lines() -> String {
    let mut lines = String::new();
    for n in 0..scaled(LINES) {
        let _ = writeln!(
            lines,
            "2 123456789012 eni-{:08x} 10.0.{}.{} 192.0.2.{} {} 443 6 {} {} {} {}",
            n * 2_654_435_761 % 4_294_967_296,
            n % 200,
            n % 250,
            n % 254,
            1024 + n % 60_000,
            n % 1000,
            n * 97 % 1_000_000,
            1_767_323_045 + n,
            1_767_323_105 + n,
        );
    }
    lines
}
