//! Against the `csv` crate, where both mean the same: rows with quotes where RFC 4180 wants them.
//!
//! Elsewhere they differ on purpose. A quote within quotes that neither a delimiter nor the end follows
//! stands for itself here, as in Go, and vanishes there; one that is never closed ends with the line in both.

use std::sync::Arc;

use ::csv::ReaderBuilder;
use proptest::prelude::*;

use super::{Pairs, quoted, read, reader};

fn parser(delimiter: char, columns: usize) -> String {
    let names: Vec<String> = (0..columns).map(|column| format!("c{column}")).collect();
    format!("{{csv: {{delimiter: {}, columns: [{}]}}}}", quoted(&delimiter.to_string()), names.join(", "))
}

fn expected(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(line.as_bytes());
    let record = reader.records().next();
    record.map_or_else(|| vec![String::new()], |record| record.unwrap().iter().map(str::to_owned).collect())
}

fn values(pairs: Pairs) -> Vec<String> {
    pairs.into_iter().map(|(_, value)| value).collect()
}

/// A value as it may stand in a row.
fn field() -> impl Strategy<Value = String> {
    let plain = "[a-z0-9é →]{0,6}".prop_map(|text| text);
    let quoted = "[a-z,;\t \"é]{0,6}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\"")));
    prop_oneof![plain, quoted]
}

proptest! {
    #[test]
    fn rows_are_cut_as_the_csv_crate_cuts_them(
        fields in prop::collection::vec(field(), 1..8),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
    ) {
        let fields: Vec<String> = fields
            .iter()
            .map(|f| if f.starts_with('"') { f.clone() } else { f.replace(delimiter, "") })
            .collect();
        let line = fields.join(&delimiter.to_string());
        // What is cut off the line does not reach either.
        let line = line.trim_matches([' ', '\t']);
        prop_assume!(!line.is_empty());
        let expected = expected(line, delimiter as u8);
        let mut reader = reader(&parser(delimiter, expected.len()));
        prop_assert_eq!(read(&mut reader, line.as_bytes()).map(values), Some(expected.clone()), "{}", line);
        let mut other = super::reader(&parser(delimiter, expected.len() + 1));
        prop_assert_eq!(read(&mut other, line.as_bytes()), None);
    }

    /// Joined again with their delimiters, values without quotes are the line.
    #[test]
    fn any_delimiter_cuts(
        line in "[a-c→,🦀 ]{1,20}",
        delimiter in prop::sample::select(vec!['→', ',', '🦀', 'b']),
    ) {
        let trimmed = line.trim_matches(' ');
        prop_assume!(!trimmed.is_empty());
        let expected: Vec<String> = trimmed.split(delimiter).map(str::to_owned).collect();
        let mut reader = reader(&parser(delimiter, expected.len()));
        prop_assert_eq!(read(&mut reader, line.as_bytes()).map(values), Some(expected));
    }

    /// The first record of a stream says how many values the others have, whatever the columns.
    #[test]
    fn the_first_record_counts(first in "[a,]{0,6}", line in "[a,]{1,6}", columns in 1..5_usize) {
        let count = |line: &str| line.split(',').count();
        // Behind an empty line the next one is the first record; one without a delimiter says nothing.
        let counted = count(if first.is_empty() { &line } else { &first });
        let expected = if counted > 1 { counted } else { columns };
        let mut reader = reader(&parser(',', columns));
        let head: Arc<[u8]> = format!("{first}\n{line}\n").into_bytes().into();
        reader.enter(Some(&head));
        let read = read(&mut reader, line.as_bytes()).map(values);
        let mut values: Vec<String> = line.split(',').map(str::to_owned).collect();
        values.resize(columns, String::new());
        prop_assert_eq!(read, (count(&line) == expected).then_some(values));
    }

    /// Go's rules, one character at a time.
    #[test]
    fn quotes_are_as_lazy_as_in_go(line in "[a,\"]{1,12}") {
        let expected = go(&line);
        let mut reader = reader(&parser(',', expected.len()));
        prop_assert_eq!(read(&mut reader, line.as_bytes()).map(values), Some(expected), "{}", line);
    }

    #[test]
    fn no_line_makes_it_panic(line in prop::collection::vec(any::<u8>(), 0..60), columns in 1..4_usize) {
        for delimiter in [',', '\t', '→'] {
            let mut reader = reader(&parser(delimiter, columns));
            if let Some(pairs) = read(&mut reader, &line) {
                prop_assert_eq!(pairs.len(), columns);
            }
        }
    }
}

/// A row by the rules of Go's reader with lazy quotes, comma only.
fn go(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut rest = line.chars().peekable();
    loop {
        let mut field = String::new();
        let quoted = rest.next_if_eq(&'"').is_some();
        let ended = loop {
            match rest.next() {
                None => break true,
                Some(',') if !quoted => break false,
                Some('"') if quoted => match rest.peek() {
                    None => break true,
                    Some('"') => {
                        rest.next();
                        field.push('"');
                    }
                    Some(',') => {
                        rest.next();
                        break false;
                    }
                    Some(_) => field.push('"'),
                },
                Some(c) => field.push(c),
            }
        };
        fields.push(field);
        if ended {
            return fields;
        }
    }
}
