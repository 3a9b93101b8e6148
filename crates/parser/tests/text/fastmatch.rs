//! Against a fastmatch in twenty lines, which knows nothing of quotes; those have examples beside the code.

use proptest::prelude::*;

use super::{Pairs, quoted, read, reader};

/// A literal and the name of the placeholder behind it.
type Part = (String, String);

fn pattern(parts: &[Part], end: &str) -> String {
    let mut pattern = String::new();
    for (literal, name) in parts {
        pattern.push_str(literal);
        pattern.push_str("%{");
        pattern.push_str(name);
        pattern.push('}');
    }
    pattern + end
}

fn model(parts: &[Part], end: &str, line: &str) -> Option<Pairs> {
    let mut rest = line.trim_matches([' ', '\t', '\r', '\n']).strip_prefix(parts[0].0.as_str())?;
    let mut pairs: Pairs = Vec::new();
    for (number, (_, name)) in parts.iter().enumerate() {
        let delimiter = parts.get(number + 1).map_or(end, |(literal, _)| literal);
        let (value, after) = if delimiter.is_empty() { (rest, "") } else { rest.split_once(delimiter)? };
        rest = after;
        match pairs.iter_mut().find(|(known, _)| known == name) {
            _ if name.is_empty() => {}
            Some((_, earlier)) => value.clone_into(earlier),
            None => pairs.push((name.clone(), value.to_owned())),
        }
    }
    Some(pairs)
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let names = prop::sample::select(vec!["a", "b", "c", ""]).prop_map(str::to_owned);
    let first = ("[xy: →]{0,2}", names.clone());
    let others = prop::collection::vec(("[xy: →]{1,3}", names), 0..4);
    (first, others).prop_map(|(first, others)| std::iter::once(first).chain(others).collect())
}

proptest! {
    #[test]
    fn lines_match_as_the_model_says(
        parts in parts(),
        end in "[xy: →]{0,2}",
        lines in prop::collection::vec("[xyz: →]{0,16}", 1..6),
        values in prop::collection::vec("[zw]{0,3}", 8),
    ) {
        let pattern = pattern(&parts, &end);
        prop_assume!(pattern.chars().count() >= 4);
        let mut reader = reader(&format!("{{fastmatch: {{match: [{}]}}}}", quoted(&pattern)));
        // A line that was made to match, too.
        let mut made = String::new();
        for ((literal, _), value) in parts.iter().zip(&values) {
            made.push_str(literal);
            made.push_str(value);
        }
        made.push_str(&end);
        for line in lines.iter().chain([&made]) {
            let expected = model(&parts, &end, line);
            prop_assert_eq!(read(&mut reader, line.as_bytes()), expected, "{} on {:?}", pattern, line);
        }
    }

    #[test]
    fn the_first_pattern_that_matches_is_taken(line in "[x:;,]{1,10}") {
        let mut reader = reader("{fastmatch: {match: ['%{a};%{b}', '%{a},%{c}', 'x%{d}']}}");
        let part = |literal: &str, name: &str| (literal.to_owned(), name.to_owned());
        let patterns = [
            vec![part("", "a"), part(";", "b")],
            vec![part("", "a"), part(",", "c")],
            vec![part("x", "d")],
        ];
        let expected = patterns.iter().find_map(|parts| model(parts, "", &line));
        prop_assert_eq!(read(&mut reader, line.as_bytes()), expected);
    }

    #[test]
    fn no_line_makes_it_panic(
        line in prop::collection::vec(any::<u8>(), 0..60),
        text in "\"[\\\\xu0-9a\"' é]{0,20}\" ?",
    ) {
        let mut reader = reader(r#"{fastmatch: {match: ['"%{a}" %{b}', "'%{a}'", '%{a}\%{b}"%{c}"']}}"#);
        read(&mut reader, &line);
        read(&mut reader, text.as_bytes());
    }
}
