//! Regular expressions as Go writes them, for the `regex` crate.
//!
//! The language takes its expressions from Go's RE2. The `regex` crate has the same roots and the same
//! guarantee of linear time, and differs in details that would change what an expression finds, or whether it
//! compiles: `\d`, `\w`, `\s` and `\b` mean ASCII in Go, a brace that counts nothing stands for itself, and a
//! class holds neither classes nor operators. This module rewrites one into the other. What neither accepts
//! is passed on, for the compiler to word the error.

use crate::grok::is_count;

/// Rewrites an expression. The result for the beginning of one is the beginning of the result.
pub(crate) fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + pattern.len() / 4);
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\\' => escape(after, &mut out),
            '[' => class(after, &mut out),
            '{' => brace(after, &mut out),
            _ => {
                out.push(c);
                after
            }
        };
    }
    out
}

/// What a backslash begins outside a class; returns what follows.
fn escape<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let Some(c) = rest.chars().next() else {
        out.push('\\');
        return rest;
    };
    let after = &rest[c.len_utf8()..];
    if let Some(ranges) = ascii_class(c) {
        out.push_str(if c.is_ascii_uppercase() { "[^" } else { "[" });
        out.push_str(ranges);
        out.push(']');
        return after;
    }
    match c {
        'b' => out.push_str(r"(?-u:\b)"),
        'B' => out.push_str(r"(?-u:\B)"),
        'Q' => {
            let (quoted, after) = after.split_once(r"\E").unwrap_or((after, ""));
            quoted.chars().for_each(|c| literal(c, out));
            return after;
        }
        _ => return escaped_char(rest, out),
    }
    after
}

/// An escape that stands for a character, or for a class of Unicode, where `rest` begins behind the
/// backslash.
fn escaped_char<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let Some(c) = rest.chars().next() else {
        out.push('\\');
        return rest;
    };
    let after = &rest[c.len_utf8()..];
    if c.is_ascii_punctuation() {
        literal(c, out);
        return after;
    }
    out.push('\\');
    out.push(c);
    // The braces of `\x{2014}` and `\p{Greek}` belong to the escape.
    if matches!(c, 'x' | 'p' | 'P') && after.starts_with('{') {
        let end = after.find('}').map_or(after.len(), |end| end + 1);
        out.push_str(&after[..end]);
        return &after[end..];
    }
    after
}

/// An opening brace: one that counts, or one that stands for itself.
fn brace<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let count = rest.split_once('}').filter(|(inside, _)| is_count(inside));
    let Some((inside, after)) = count else {
        out.push_str(r"\{");
        return rest;
    };
    out.push('{');
    out.push_str(inside);
    out.push('}');
    after
}

/// A class, whose opening bracket lies before `rest`.
fn class<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let negated = rest.starts_with('^');
    out.push_str(if negated { "[^" } else { "[" });
    let mut rest = &rest[usize::from(negated)..];
    let mut is_first = true;
    while !rest.is_empty() {
        if rest.starts_with(']') && !is_first {
            out.push(']');
            return &rest[1..];
        }
        is_first = false;
        rest = class_set(rest, out).unwrap_or_else(|| class_range(rest, out));
    }
    rest
}

/// A set within a class: `[:alpha:]`, `\d`, `\pL`.
fn class_set<'a>(rest: &'a str, out: &mut String) -> Option<&'a str> {
    if rest.starts_with("[:")
        && let Some(end) = rest.find(":]")
    {
        out.push_str(&rest[..end + 2]);
        return Some(&rest[end + 2..]);
    }
    let after = rest.strip_prefix('\\')?;
    let c = after.chars().next()?;
    if let Some(ranges) = ascii_class(c) {
        out.push_str(if c.is_ascii_uppercase() { "[^" } else { "" });
        out.push_str(ranges);
        out.push_str(if c.is_ascii_uppercase() { "]" } else { "" });
        return Some(&after[1..]);
    }
    matches!(c, 'p' | 'P').then(|| escaped_char(after, out))
}

/// A character of a class, or a range from it to another.
fn class_range<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let after = class_char(rest, out);
    match after.strip_prefix('-') {
        Some(end) if !end.is_empty() && !end.starts_with(']') => {
            out.push('-');
            class_char(end, out)
        }
        _ => after,
    }
}

fn class_char<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let Some(c) = rest.chars().next() else { return rest };
    let after = &rest[c.len_utf8()..];
    if c == '\\' {
        return escaped_char(after, out);
    }
    literal(c, out);
    after
}

/// The ranges of a class with a letter for a name, whether written as the class or as its complement.
fn ascii_class(letter: char) -> Option<&'static str> {
    match letter.to_ascii_lowercase() {
        'd' => Some("0-9"),
        'w' => Some("0-9A-Za-z_"),
        's' => Some(r"\t\n\x0C\r "),
        _ => None,
    }
}

/// A character that stands for itself. A backslash before `<` and `>` would give them a meaning.
fn literal(c: char, out: &mut String) {
    if c.is_ascii_punctuation() && !matches!(c, '<' | '>' | '_') {
        out.push('\\');
    }
    out.push(c);
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    /// Whether the whole of `text` is what the expression means.
    fn is_match(pattern: &str, text: &str) -> bool {
        let whole = format!("^(?:{})$", translate(pattern));
        Regex::new(&whole).unwrap_or_else(|e| panic!("{pattern}: {e}")).is_match(text)
    }

    #[test]
    fn letters_mean_ascii() {
        let cases = [
            (r"\d", "7", true),
            (r"\d", "٣", false),
            (r"\D", "٣", true),
            (r"\w+", "a_9", true),
            (r"\w", "é", false),
            (r"[^\w]", "é", true),
            (r"[\W]", "é", true),
            (r"\s", "\u{a0}", false),
            (r"\S", "\u{a0}", true),
            // A vertical tab is no white space in RE2.
            (r"\s", "\u{b}", false),
            (r"é\b.*", "é", false),
            (r"a\b.*", "aé", true),
            (r"[[:alpha:]]\pL\p{Greek}", "aéλ", true),
            (r"(?i)straße", "STRAßE", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(is_match(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn braces_brackets_and_operators_stand_for_themselves() {
        let cases = [
            (r"{a}", "{a}", true),
            (r"a{,2}", "a{,2}", true),
            (r"a{2}", "aa", true),
            (r"a{1,}b{1,2}", "aaabb", true),
            (r"[[]+", "[[", true),
            (r"[]a]+", "]a", true),
            (r"[^]a]", "b", true),
            (r"[^]a]", "]", false),
            (r"[a&&b]+", "a&b", true),
            (r"[a~~b]+", "a~b", true),
            (r"[+--]+", "+,-", true),
            (r"[\w-.]+", "a-.", true),
            (r"[\w-.]+", "a,", false),
            (r"[a-]+", "a-", true),
            (r"[a-\x{63}\-]+", "abc-", true),
            (r"[#-%]+", "#$%", true),
            (r"\Q[a.\E+", "[a.....", true),
            (r"\Qa+", "a+", true),
            (r"\<a\>", "<a>", true),
            (r"\_\-\/\ a", "_-/ a", true),
            (r"[\<\_]+", "<_", true),
            (r"\x41\x{42}", "AB", true),
        ];
        for (pattern, text, expected) in cases {
            let pattern = pattern.replace(r"\ ", " ");
            assert_eq!(is_match(&pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn errors_are_left_to_the_compiler() {
        for pattern in ["[a", "(a", r"\", r"[\", r"\p{", r"\1", "*a", r"\C", "[z-a]"] {
            assert!(Regex::new(&translate(pattern)).is_err(), "{pattern}");
        }
    }
}
