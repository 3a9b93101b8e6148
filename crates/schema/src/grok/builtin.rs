//! What the names of the language stand for.
//!
//! Only the names are given; what they mean is common knowledge, and the expressions follow from it. Where
//! one alternative begins like another, the longer one comes first, because the first that matches is taken.

/// Groups of hexadecimal digits, of which one run of zeros may be left out; the last two may be an IPv4
/// address. Each alternative fixes how many groups stand before the gap at most.
const IPV6: &str = concat!(
    r"(?:",
    r"(?:%{IPV6GROUP}:){6}%{IPV4}|",
    r":(?::%{IPV6GROUP}){0,5}:%{IPV4}|",
    r"%{IPV6GROUP}:(?::%{IPV6GROUP}){0,4}:%{IPV4}|",
    r"(?:%{IPV6GROUP}:){1,2}(?::%{IPV6GROUP}){0,3}:%{IPV4}|",
    r"(?:%{IPV6GROUP}:){1,3}(?::%{IPV6GROUP}){0,2}:%{IPV4}|",
    r"(?:%{IPV6GROUP}:){1,4}(?::%{IPV6GROUP})?:%{IPV4}|",
    r"(?:%{IPV6GROUP}:){1,5}:%{IPV4}|",
    r"(?:%{IPV6GROUP}:){7}%{IPV6GROUP}|",
    r"%{IPV6GROUP}:(?::%{IPV6GROUP}){1,6}|",
    r"(?:%{IPV6GROUP}:){1,2}(?::%{IPV6GROUP}){1,5}|",
    r"(?:%{IPV6GROUP}:){1,3}(?::%{IPV6GROUP}){1,4}|",
    r"(?:%{IPV6GROUP}:){1,4}(?::%{IPV6GROUP}){1,3}|",
    r"(?:%{IPV6GROUP}:){1,5}(?::%{IPV6GROUP}){1,2}|",
    r"(?:%{IPV6GROUP}:){1,6}:%{IPV6GROUP}|",
    r"(?:%{IPV6GROUP}:){1,7}:|",
    r":(?::%{IPV6GROUP}){1,7}|",
    r"::",
    r")(?:%[0-9A-Za-z._~-]+)?",
);

/// Name and expression.
pub(super) const TABLE: &[(&str, &str)] = &[
    // Text.
    ("DATA", r".*?"),
    ("GREEDYDATA", r".*"),
    ("NOTSPACE", r"\S+"),
    ("NS", r"%{NOTSPACE}"),
    ("SPACE", r"\s*"),
    ("WORD", r"\b\w+\b"),
    ("QUOTEDSTRING", r#""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`"#),
    ("QS", r"%{QUOTEDSTRING}"),
    ("HEXDIGIT", r"[0-9A-Fa-f]"),
    ("UUID", r"%{HEXDIGIT}{8}-(?:%{HEXDIGIT}{4}-){3}%{HEXDIGIT}{12}"),
    // Numbers.
    ("INT", r"[+-]?\d+"),
    ("BASE10NUM", r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)"),
    ("NUMBER", r"%{BASE10NUM}"),
    ("BASE16NUM", r"[+-]?(?:0[xX])?%{HEXDIGIT}+"),
    ("POSINT", r"\b[1-9]\d*\b"),
    ("PID", r"%{POSINT}"),
    ("NONNEGINT", r"\b\d+\b"),
    // Addresses and hosts.
    ("CISCOMAC", r"(?:%{HEXDIGIT}{4}\.){2}%{HEXDIGIT}{4}"),
    ("WINDOWSMAC", r"(?:%{HEXDIGIT}{2}-){5}%{HEXDIGIT}{2}"),
    ("COMMONMAC", r"(?:%{HEXDIGIT}{2}:){5}%{HEXDIGIT}{2}"),
    ("MAC", r"%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC}"),
    ("IPV6GROUP", r"%{HEXDIGIT}{1,4}"),
    ("IPV6", IPV6),
    ("IPV4INT", r"\b(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\b"),
    ("IPV4", r"%{IPV4INT}(?:\.%{IPV4INT}){3}"),
    ("IP", r"%{IPV6}|%{IPV4}"),
    ("HOSTNAME", r"\b[0-9A-Za-z][0-9A-Za-z_-]{0,62}(?:\.[0-9A-Za-z][0-9A-Za-z_-]{0,62})*\.?"),
    ("HOST", r"%{HOSTNAME}"),
    ("IPORHOST", r"%{IP}|%{HOSTNAME}"),
    ("HOSTPORT", r"%{IPORHOST}:%{POSINT}"),
    ("USERNAME", r"[0-9A-Za-z._-]+"),
    ("USER", r"%{USERNAME}"),
    // Paths and addresses of the web.
    ("UNIXPATH", r"(?:/[^\s/]*)+"),
    ("WINPATH", r#"(?:[A-Za-z]:|\\\\[^\s\\/:*?"<>|]+)(?:\\[^\\/:*?"<>|\r\n]*)+"#),
    ("PATH", r"%{UNIXPATH}|%{WINPATH}"),
    ("TTY", r"/dev/(?:pts/\d+|tty\w*|console)"),
    ("URIPROTO", r"[A-Za-z][0-9A-Za-z+.-]*"),
    ("URIHOST", r"(?:\[%{IPV6}\]|%{IPORHOST})(?::%{POSINT})?"),
    ("URIPATH", r#"/[^\s?#"<>]*"#),
    ("URIPARAM", r#"\?[^\s#"<>]*"#),
    ("URIPATHPARAM", r"%{URIPATH}(?:%{URIPARAM})?"),
    ("URI", r"%{URIPROTO}://(?:%{USER}(?::[^\s@/]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?"),
    // Parts of dates and times.
    (
        "MONTH",
        concat!(
            r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|",
            r"Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b",
        ),
    ),
    ("MONTHNUM", r"1[0-2]|0?[1-9]"),
    ("MONTHNUM2", r"0[1-9]|1[0-2]"),
    ("MONTHDAY", r"3[01]|[12]\d|0?[1-9]"),
    (
        "DAY",
        concat!(
            r"\b(?:Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:r(?:s(?:day)?)?)?|",
            r"Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)\b",
        ),
    ),
    ("YEAR", r"\d{4}|\d{2}"),
    ("HOUR", r"2[0-3]|[01]?\d"),
    ("MINUTE", r"[0-5]\d"),
    ("SECOND", r"(?:60|[0-5]?\d)(?:[.,:]\d+)?"),
    ("KITCHEN", r"(?:1[0-2]|0?[1-9]):%{MINUTE} ?[AaPp][Mm]"),
    ("TIME", r"%{HOUR}:%{MINUTE}:%{SECOND}"),
    ("DATE_US", r"%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}"),
    ("DATE_EU", r"%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}"),
    ("TZ", r"\b[A-Z]{3,5}\b"),
    ("TZOFFSET", r"[+-]\d\d:?\d\d"),
    ("ISO8601_TIMEZONE", r"Z|[+-]%{HOUR}(?::?%{MINUTE})?"),
    ("ISO8601_SECOND", r"%{SECOND}"),
    // Whole times.
    (
        "TIMESTAMP_ISO8601",
        concat!(
            r"%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[Tt ]%{HOUR}:?%{MINUTE}(?::?%{ISO8601_SECOND})?",
            r"(?:%{ISO8601_TIMEZONE})?",
        ),
    ),
    ("DATE", r"%{DATE_US}|%{DATE_EU}"),
    ("DATETIME", r"%{DATE}[- ]%{TIME}"),
    (
        "TIMESTAMP_RFC822",
        concat!(
            r"%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}|",
            r"(?:%{DAY}, )?%{MONTHDAY} %{MONTH} %{YEAR} %{HOUR}:%{MINUTE}(?::%{SECOND})?",
            r" (?:%{TZOFFSET}|%{TZ})",
        ),
    ),
    ("TIMESTAMP_RFC2822", r"(?:%{DAY}, )?%{MONTHDAY} %{MONTH} %{YEAR} %{TIME} (?:%{ISO8601_TIMEZONE}|%{TZ})"),
    ("TIMESTAMP_OTHER", r"%{DAY} %{MONTH} +%{MONTHDAY} %{TIME} %{TZ} %{YEAR}"),
    ("TIMESTAMP_EVENTLOG", r"\d{4}%{MONTHNUM2}(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])%{MINUTE}[0-6]\d"),
    ("SYSLOGTIMESTAMP", r"%{MONTH} +%{MONTHDAY} %{TIME}"),
    ("HTTPDATE", r"%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}"),
];
