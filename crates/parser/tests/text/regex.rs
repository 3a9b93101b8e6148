//! Against the `regex` crate with the same expression, written so that both read it alike.

use ::regex::Regex;
use proptest::prelude::*;

use super::{Pairs, quoted, read, reader};

const EXPRESSIONS: [&str; 6] = [
    r"^(?P<a>[a-z]+)-(?P<b>[0-9]*)$",
    r"(?P<a>x+)?(?P<b>y+)?z",
    r"(?P<a>[^ ]+) (?:(?P<b>[0-9]+)|(?P<c>.*))",
    r"(?i)(?P<a>É|x)(?P<b>.)",
    r"(?P<a>(?P<b>x)|y)*",
    r"(?s)(?P<a>.*?)(?P<b>-|$)",
];

fn model(regex: &Regex, line: &str) -> Option<Pairs> {
    let captures = regex.captures(line.trim_matches([' ', '\t', '\r', '\n']))?;
    let names = regex.capture_names().flatten();
    let value = |name| captures.name(name).map_or("", |found| found.as_str());
    Some(names.map(|name| (name.to_owned(), value(name).to_owned())).collect())
}

proptest! {
    #[test]
    fn groups_are_those_of_the_regex_crate(number in 0..EXPRESSIONS.len(), line in "[xyzéÉ0-2 -]{1,12}") {
        let expression = EXPRESSIONS[number];
        let mut reader = reader(&format!("{{regex: {{match: [{}]}}}}", quoted(expression)));
        let regex = Regex::new(expression).unwrap();
        prop_assert_eq!(read(&mut reader, line.as_bytes()), model(&regex, &line), "{}", expression);
    }

    #[test]
    fn parts_are_one_expression(cut in 0..=EXPRESSIONS[0].len(), line in "[a-c]{0,3}-?[0-9]{0,3}") {
        let (first, second) = EXPRESSIONS[0].split_at(cut);
        let parts = format!("{{regex: {{match: [{}, {}]}}}}", quoted(first), quoted(second));
        let regex = Regex::new(EXPRESSIONS[0]).unwrap();
        prop_assert_eq!(read(&mut reader(&parts), line.as_bytes()), model(&regex, &line));
    }

    #[test]
    fn no_line_makes_it_panic(line in prop::collection::vec(any::<u8>(), 0..60)) {
        let options = "trimSpace: true, emptyValues: ['']";
        let parser = format!("{{regex: {{match: ['%{{DATA:a}} ?%{{IP:b}}|(?P<c>.)'], {options}}}}}");
        let mut reader = reader(&parser);
        read(&mut reader, &line);
    }
}
