//! Every name of the language with what it matches and what it does not.

use regex::Regex;

use super::{FaultKind, Grok, builtin};
use crate::re2;

/// Name, texts that match as a whole, and texts that do not.
type Example = (&'static str, &'static [&'static str], &'static [&'static str]);

const EXAMPLES: &[Example] = &[
    ("DATA", &["", "any thing"], &["two\nlines"]),
    ("GREEDYDATA", &["", "any thing"], &["two\nlines"]),
    ("NOTSPACE", &["a-b"], &["", "a b"]),
    ("NS", &["a-b"], &["a b"]),
    ("SPACE", &["", " \t "], &["a"]),
    ("WORD", &["word_1"], &["two words", ""]),
    ("QUOTEDSTRING", &[r#""say \"hi\"""#, "'it'", "`x`", "\"\""], &["bare", "\"open", r#""a" b""#]),
    ("QS", &["'it'"], &["it"]),
    ("HEXDIGIT", &["b", "C", "7"], &["g", "12"]),
    ("UUID", &["123e4567-e89b-12d3-a456-426614174000"], &["123e4567e89b12d3a456426614174000"]),
    ("INT", &["-7", "+08", "12"], &["1.5", "", "x"]),
    ("BASE10NUM", &["1.50", "-.5", "+3"], &["1.", ".", "1e5"]),
    ("NUMBER", &["1.50"], &["one"]),
    ("BASE16NUM", &["0xBEef", "-ff", "12"], &["0xg", "0x"]),
    ("POSINT", &["10", "9"], &["0", "012", "-1"]),
    ("PID", &["4711"], &["0"]),
    ("NONNEGINT", &["0", "012"], &["-1", "1.5"]),
    ("CISCOMAC", &["0123.4567.89aB"], &["0123.4567", "01:23:45:67:89:ab"]),
    ("WINDOWSMAC", &["01-23-45-67-89-AB"], &["01:23:45:67:89:ab"]),
    ("COMMONMAC", &["01:23:45:67:89:ab"], &["01-23-45-67-89-AB", "01:23:45:67:89"]),
    ("MAC", &["0123.4567.89ab", "01-23-45-67-89-AB", "01:23:45:67:89:ab"], &["0123456789ab"]),
    ("IPV6GROUP", &["fe80", "0"], &["12345", "g"]),
    (
        "IPV6",
        &[
            "::",
            "::1",
            "1::",
            "fe80::1%eth0",
            "2001:db8::8a2e:370:7334",
            "1:2:3:4:5:6:7:8",
            "1:2:3::6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "::ffff:192.0.2.1",
            "1:2:3:4:5:6:192.0.2.1",
            "64:ff9b::192.0.2.33",
            "1:2::5:192.0.2.1",
        ],
        &["1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", ":1", "192.0.2.1"],
    ),
    ("IPV4INT", &["0", "99", "249", "255"], &["256", "300", "01"]),
    ("IPV4", &["192.0.2.255", "0.0.0.0"], &["192.0.2", "192.0.2.256", "1.2.3.4.5"]),
    ("IP", &["192.0.2.1", "::1"], &["localhost", "192.0.2.999"]),
    ("HOSTNAME", &["www.example.com", "db-1", "host.", "1und1.de"], &["-x", "a..b", "a b", ""]),
    ("HOST", &["db-1"], &["a b"]),
    ("IPORHOST", &["192.0.2.1", "db-1"], &["db 1"]),
    ("HOSTPORT", &["db-1:5432", "192.0.2.1:80"], &["db-1", "db-1:0", "db-1:http"]),
    ("USERNAME", &["a.b-c_9"], &["a b", "a@b"]),
    ("USER", &["root"], &["DOMAIN\\root"]),
    ("UNIXPATH", &["/", "/usr/lib/x.so", "//a/"], &["usr/lib", "/a b"]),
    ("WINPATH", &[r"C:\Program Files\x.exe", r"\\server\share", r"C:\"], &["C:", "/usr", r"C:\a|b"]),
    ("PATH", &["/etc", r"D:\logs"], &["etc"]),
    ("TTY", &["/dev/pts/0", "/dev/ttyS1", "/dev/console"], &["/dev/null", "pts/0"]),
    ("URIPROTO", &["https", "git+ssh"], &["9p", "a:"]),
    ("URIHOST", &["example.com:8080", "[::1]:80", "192.0.2.1"], &["exa mple", "example.com:"]),
    ("URIPATH", &["/", "/a/b.html"], &["a/b", "/a?b"]),
    ("URIPARAM", &["?", "?a=1&b=2"], &["a=1", "?a b"]),
    ("URIPATHPARAM", &["/a?b=1", "/a"], &["?b=1"]),
    (
        "URI",
        &["https://user:pw@example.com:8443/a/b?c=d", "file:///etc/passwd", "ftp://[::1]/x"],
        &["example.com/a", "https:/example.com", "https://a b"],
    ),
    ("MONTH", &["Jan", "September", "Sept", "May", "June", "Jul"], &["Janu", "jan", "13"]),
    ("MONTHNUM", &["1", "09", "12"], &["0", "13", "00"]),
    ("MONTHNUM2", &["01", "12"], &["1", "13", "00"]),
    ("MONTHDAY", &["1", "09", "31", "20"], &["0", "32"]),
    ("DAY", &["Mon", "Tuesday", "Tues", "Thurs", "Sunday"], &["Mo", "monday"]),
    ("YEAR", &["2026", "26"], &["226", "6", "20260"]),
    ("HOUR", &["0", "09", "23"], &["24", "009"]),
    ("MINUTE", &["00", "59"], &["60", "5"]),
    ("SECOND", &["00", "7", "59.123", "60", "59,5"], &["61", "59."]),
    ("KITCHEN", &["3:04PM", "12:59 am"], &["13:04PM", "3:04"]),
    ("TIME", &["12:30:00", "7:05:59.250"], &["12:30", "24:00:00"]),
    ("DATE_US", &["03/01/2026", "3-1-26"], &["2026/03/01", "13/01/2026"]),
    ("DATE_EU", &["31.12.2026", "1/3/26"], &["12.31.2026", "31 12 2026"]),
    ("TZ", &["UTC", "CEST"], &["Z", "utc", "+0100"]),
    ("TZOFFSET", &["+0100", "-05:30"], &["0100", "+1"]),
    ("ISO8601_TIMEZONE", &["Z", "+01:00", "-0530", "+01"], &["UTC", "01:00"]),
    ("ISO8601_SECOND", &["07", "59.123456", "60"], &["61"]),
    (
        "TIMESTAMP_ISO8601",
        &["2026-03-01T12:30:00.123Z", "2026-03-01 12:30:00+01:00", "2026-03-01T12:30"],
        &["2026-13-01T12:30:00Z", "12:30:00", "2026-03-01"],
    ),
    ("DATE", &["12/31/2026", "31.12.2026"], &["2026-12-31T", "31 Dec 2026"]),
    ("DATETIME", &["12/31/2026 23:59:59", "31.12.2026-23:59:59"], &["12/31/2026", "12/31/2026T23:59:59"]),
    (
        "TIMESTAMP_RFC822",
        &["Sun Mar 01 2026 12:30:00 GMT", "Sun, 01 Mar 26 12:30 GMT", "01 Mar 26 12:30:00 +0100"],
        &["Mar 01 2026 12:30:00", "2026-03-01 12:30"],
    ),
    (
        "TIMESTAMP_RFC2822",
        &["Sun, 01 Mar 2026 12:30:00 +0100", "1 Mar 2026 12:30:00 GMT"],
        &["Sun 01 Mar 2026 12:30:00 +0100", "Sun, 01 Mar 2026"],
    ),
    (
        "TIMESTAMP_OTHER",
        &["Sun Mar 01 12:30:00 UTC 2026", "Sun Mar  1 12:30:00 CET 2026"],
        &["Sun Mar 01 2026"],
    ),
    ("TIMESTAMP_EVENTLOG", &["20260301123000"], &["2026-03-01", "20261301123000", "202603011230"]),
    ("SYSLOGTIMESTAMP", &["Mar  1 12:30:00", "Dec 31 23:59:59.5"], &["1 Mar 12:30:00", "Mar 1"]),
    ("HTTPDATE", &["01/Mar/2026:12:30:00 +0100"], &["01/03/2026:12:30:00 +0100", "01/Mar/2026 12:30:00"]),
];

fn whole(grok: &Grok, pattern: &str) -> Regex {
    let expanded = grok.expand(pattern).unwrap();
    Regex::new(&re2::translate(&format!("^(?:{expanded})$"))).unwrap()
}

#[test]
fn every_name_matches_what_it_means() {
    let grok = Grok::default();
    for (name, yes, no) in EXAMPLES {
        let regex = whole(&grok, &format!("%{{{name}}}"));
        assert!(!yes.is_empty() && !no.is_empty(), "{name}");
        for text in *yes {
            assert!(regex.is_match(text), "{name} should match {text:?}");
        }
        for text in *no {
            assert!(!regex.is_match(text), "{name} should not match {text:?}");
        }
    }
}

#[test]
fn every_name_has_examples_and_is_defined_once() {
    let names: Vec<&str> = EXAMPLES.iter().map(|(name, ..)| *name).collect();
    for (name, _) in builtin::TABLE {
        assert!(names.contains(name), "{name}");
        assert_eq!(builtin::TABLE.iter().filter(|(other, _)| other == name).count(), 1, "{name}");
    }
    assert_eq!(names.len(), builtin::TABLE.len());
}

#[test]
fn the_longest_alternative_is_found_in_running_text() {
    let cases = [
        ("%{IPV6:x}", "from 2001:db8::8a2e:370:7334 on", "2001:db8::8a2e:370:7334"),
        ("%{IPV6:x}", "::ffff:192.0.2.1,", "::ffff:192.0.2.1"),
        ("%{IP:x}", "192.0.2.19:443", "192.0.2.19"),
        ("%{MONTHNUM:x}", "12", "12"),
        ("%{MONTHDAY:x}", "31", "31"),
        ("%{YEAR:x}", "2026", "2026"),
        ("%{HOUR:x}", "23", "23"),
        ("%{SECOND:x}", "60", "60"),
    ];
    let grok = Grok::default();
    for (pattern, text, expected) in cases {
        let regex = Regex::new(&re2::translate(&grok.expand(pattern).unwrap())).unwrap();
        let found = regex.captures(text).unwrap();
        assert_eq!(&found["x"], expected, "{pattern} in {text}");
    }
}

#[test]
fn names_are_replaced_by_what_they_stand_for() {
    let mut grok = Grok::default();
    grok.define("SEQ", r"\d+");
    grok.define("PAIR", "%{SEQ:first}-%{SEQ}");
    assert_eq!(
        grok.expand("%{PAIR:p} %{3} %{1,2} %{open").unwrap(),
        r"(?P<p>(?P<first>\d+)-(?:\d+)) %{3} %{1,2} %{open"
    );
    // A definition of the schema comes before one of the language, for what uses it, too.
    grok.define("USERNAME", "[a-z]+");
    assert_eq!(grok.expand("%{USER}").unwrap(), "(?:(?:[a-z]+))");
}

#[test]
fn faults_are_told_with_where_they_lie() {
    let mut grok = Grok::default();
    grok.define("ODD", "%{NOPE}");
    grok.define("LOOP", "a%{WAY}");
    grok.define("WAY", "%{LOOP}");
    let own = |names: &[&str]| FaultKind::Recursive(names.iter().map(|n| (*n).to_owned()).collect());
    let text = |text: &str| text.to_owned();
    let cases = [
        ("%{ip}", FaultKind::BadName(text("ip")), None),
        ("%{}", FaultKind::BadName(text("")), None),
        ("%{IP:a-b}", FaultKind::BadField(text("a-b")), None),
        ("%{IP:9}", FaultKind::BadField(text("9")), None),
        ("%{IPS}", FaultKind::Unknown(text("IPS")), None),
        ("%{ODD}", FaultKind::Unknown(text("NOPE")), Some("ODD")),
        ("%{LOOP}", own(&["LOOP", "WAY", "LOOP"]), Some("LOOP")),
        ("x%{WAY}", own(&["WAY", "LOOP", "WAY"]), Some("WAY")),
    ];
    for (pattern, kind, inside) in cases {
        let fault = grok.expand(pattern).unwrap_err();
        assert_eq!((fault.kind, fault.inside.as_deref()), (kind, inside), "{pattern}");
    }
}

#[test]
fn expansion_is_bounded() {
    let mut grok = Grok::default();
    grok.define("A0", "");
    for level in 1..60 {
        grok.define(&format!("A{level}"), &format!("%{{A{}}}", level - 1).repeat(2));
    }
    assert_eq!(grok.expand("%{A59}").unwrap_err().kind, FaultKind::TooLong);
}
