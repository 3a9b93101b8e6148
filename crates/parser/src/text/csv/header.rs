//! What can be wrong with the beginning of a stream of rows, in words for whoever has to mend it.
//!
//! The first line says what all others mean, so that a slip in it costs the whole stream, or a column of it.
//! Nothing is guessed: what seems to be meant is told, and the rows are read as they stand.

use std::collections::{HashMap, HashSet};

use memchr::{memchr, memchr_iter};
use sawlog_schema::closest_within;

use crate::limits::MAX_HEAD_BYTES;
use crate::text::{shown, trim};

/// Carriage returns behind which the start of a stream is taken for lines that end with them.
const LINES_OF_RETURNS: usize = 16;

/// Pairs of names that are compared letter by letter; wider headers are searched for other cases only.
const PAIRS: usize = 1 << 14;

/// Characters from which on a name with one wrong character is told; shorter ones are alike by chance.
const LONG_NAME: usize = 5;

/// Characters from which on a name is told that lacks one behind the first.
const CUT_NAME: usize = 3;

/// Delimiters that logs have.
const DELIMITERS: [char; 6] = [',', ';', '\t', '|', ' ', ':'];

pub(super) const RETURNS: &str = "convert the log first, e.g. `tr '\\r' '\\n'`";

/// Why no line of a stream can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    NoHeader,
    NotUtf8,
    /// The whole stream is one line, by the end of its lines.
    LoneReturns,
    /// The header and at least one record are one line.
    ReturnInHeader,
    /// The header is cut at a delimiter that it does not have.
    OtherDelimiter {
        delimiter: String,
        other: char,
        /// How many columns it has with the other one.
        named: usize,
    },
    /// The line where the header should be may be a record.
    NamesNothing,
    /// The same, but the header names a column nearly as the log type does.
    NamesNearly(Near),
}

/// A name in the header, and the one that the log type has for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::text) struct Near {
    column: String,
    name: String,
}

impl Near {
    /// The name that the log type has.
    pub(in crate::text) fn name(&self) -> &str {
        &self.name
    }

    pub(in crate::text) fn words(&self) -> String {
        format!(
            "the header says `{}` where the log type has `{}`; spell both alike, or give the field \
             `rename: {{from: …}}` with the name in the header",
            shown(&self.column),
            self.name
        )
    }
}

impl Fault {
    /// Whether the line where the header should be is one, and holds no record.
    pub(super) fn is_header(&self) -> bool {
        matches!(self, Self::NoHeader | Self::NotUtf8)
    }

    pub(super) fn words(&self) -> String {
        match self {
            Self::NoHeader => "the header was not found: the first line of the stream, skipped ones aside, \
                               should name the columns"
                .to_owned(),
            Self::NotUtf8 => "the header is not valid UTF-8, so that the columns have no names; convert the \
                              log first"
                .to_owned(),
            Self::LoneReturns => format!(
                "the lines of the log end with carriage returns alone, so that all of it is one line; \
                 {RETURNS}"
            ),
            Self::ReturnInHeader => format!(
                "the header has a carriage return in it, which ends no line, so that what follows it is no \
                 record; {RETURNS}"
            ),
            Self::OtherDelimiter { delimiter, other, named } => format!(
                "the delimiter {delimiter:?} does not occur in the header; cut at {0:?} it names {named} of \
                 the columns: say `delimiter: {0:?}` in the parser",
                other.to_string()
            ),
            Self::NamesNothing => "the first line of the stream should name the columns, but names no field \
                                   of the log type; if the log has no header, say so in the parser: \
                                   `columns` with their names, and no `hasHeader`"
                .to_owned(),
            Self::NamesNearly(near) => format!("the header names no field of the log type: {}", near.words()),
        }
    }
}

/// Whether a stream that begins so has carriage returns between its lines, and no line break at all. Those
/// within quotes are no ends of lines, and a single one may be part of a long first line.
pub(super) fn has_lone_returns(head: &[u8]) -> bool {
    let (_, text) = trim(head);
    if head.len() >= MAX_HEAD_BYTES && memchr_iter(b'\r', text).nth(LINES_OF_RETURNS).is_none() {
        return false;
    }
    memchr(b'\n', text).is_none() && lone_return(text).is_some()
}

/// Where in a line, both of whose ends are trimmed, the first carriage return stands, unless within quotes.
pub(super) fn lone_return(line: &[u8]) -> Option<usize> {
    memchr(b'\r', line).filter(|&at| memchr_iter(b'"', &line[..at]).count().is_multiple_of(2))
}

/// The delimiter that cuts a header into the most known names, and how many these are.
pub(super) fn by_names(header: &str, known: &HashSet<String>) -> Option<(char, usize)> {
    let named = |&delimiter: &char| {
        let names = header.split(delimiter).map(|name| name.trim().trim_matches('"'));
        (delimiter, names.filter(|name| known.contains(*name)).count())
    };
    let found = DELIMITERS.iter().map(named).filter(|&(_, named)| named > 0);
    // Of equal ones the first.
    found.rev().max_by_key(|&(_, named)| named)
}

/// The delimiter that cuts a line into so many values, more than one.
pub(super) fn by_count(line: &str, count: usize) -> Option<char> {
    DELIMITERS.into_iter().find(|&delimiter| count > 1 && line.split(delimiter).count() == count)
}

/// Columns whose names the log type does not know, but nearly: but for case, what joins their words, or one
/// character.
pub(super) fn nearly(columns: &[String], known: &HashSet<String>) -> Vec<Near> {
    let plain = |name: &str| -> String {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let named: HashSet<&String> = columns.iter().collect();
    let unknown = || columns.iter().filter(|column| !known.contains(*column) && !plain(column).is_empty());
    // Of several names the least, whatever the order of the set.
    let mut free: Vec<&String> = known.iter().filter(|name| !named.contains(name)).collect();
    free.sort_unstable();
    let mut by_plain: HashMap<String, &String> = HashMap::new();
    for name in &free {
        by_plain.entry(plain(name)).or_insert(name);
    }
    let compares_letters = free.len().saturating_mul(unknown().count()) <= PAIRS;
    let near = |column: &String| {
        let of_letters = || {
            let candidates = free.iter().map(|name| name.as_str()).filter(|name| may_be_meant(column, name));
            closest_within(1, column, candidates)
        };
        let name = by_plain.get(&plain(column)).map(|name| name.as_str());
        let name = name.or_else(|| compares_letters.then(of_letters)?)?;
        Some(Near { column: column.clone(), name: name.to_owned() })
    };
    unknown().filter_map(near).collect()
}

/// Whether one of two names may be meant by the other, if a single character makes the difference: both are
/// long, or one of them lacks it, and they begin alike.
fn may_be_meant(column: &str, name: &str) -> bool {
    let (one, other) = (column.chars().count(), name.chars().count());
    let first = |name: &str| name.chars().next().map(|c| c.to_ascii_lowercase());
    let is_cut = one.abs_diff(other) == 1 && one.min(other) >= CUT_NAME && first(column) == first(name);
    is_cut || one.min(other) >= LONG_NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn near(columns: &[&str], known: &[&str]) -> Vec<(String, String)> {
        let known = names(known).into_iter().collect();
        nearly(&names(columns), &known).into_iter().map(|near| (near.column, near.name)).collect()
    }

    #[test]
    fn near_names_differ_little_and_stand_in_for_one_that_lacks() {
        for (column, name) in [
            ("EventTime", "eventTime"),
            ("Source IP", "source_ip"),
            ("soruce", "source"),
            ("statu", "status"),
            ("usr", "user"),
            ("Hosts", "host"),
        ] {
            assert_eq!(near(&[column, "x"], &[name, "y"]), [(column.to_owned(), name.to_owned())]);
            // Not where the header has both.
            assert_eq!(near(&[column, name], &[name]), []);
        }
        for (column, name) in [
            ("a", "b"),
            ("src", "dst"),
            ("port", "sport"),
            ("ip", "ips"),
            ("from", "form"),
            ("bytes_in", "bytes_out"),
            ("", "_"),
            ("é", "e"),
        ] {
            assert_eq!(near(&[column], &[name]), [], "{column}");
        }
        assert_eq!(near(&["ID"], &["id", "Id", "i_d"]), [("ID".to_owned(), "Id".to_owned())]);
    }

    #[test]
    fn wide_headers_are_not_compared_letter_by_letter() {
        let wide: Vec<String> = (0..1_000).map(|n| format!("column_{n:04}x")).collect();
        let known: HashSet<String> =
            (0..1_000).map(|n| format!("column_{n:04}")).chain(["Who".to_owned()]).collect();
        assert_eq!(nearly(&wide, &known), []);
        assert_eq!(nearly(&[wide, names(&["who"])].concat(), &known).len(), 1);
    }

    #[test]
    fn delimiters_are_found_by_what_they_give() {
        let known: HashSet<String> = names(&["id", "when", "who"]).into_iter().collect();
        assert_eq!(by_names("id;\"when\"; who,x", &known), Some((';', 2)));
        assert_eq!(by_names("id\twhen", &known), Some(('\t', 2)));
        assert_eq!(by_names("a;b", &known), None);
        assert_eq!(
            (by_count("a;b;c", 3), by_count("a|b", 2), by_count("a", 1)),
            (Some(';'), Some('|'), None)
        );
    }

    #[test]
    fn returns_within_quotes_are_text() {
        assert_eq!(lone_return(b"a,b\r1,2"), Some(3));
        assert_eq!(lone_return(b"\"a\r\",b"), None);
        assert_eq!(lone_return(b"a,b"), None);
    }
}
