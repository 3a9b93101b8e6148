//! Fastmatch patterns: literal text with placeholders, `%{name}`, cut into the steps of a match.
//!
//! Such a pattern needs no engine. Its literal beginning is compared, and then each placeholder takes the
//! text up to the next occurrence of the literal that follows it, which is its delimiter.

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FastPattern {
    /// The pattern as written, without a line break at its end.
    pub text: String,
    /// Line of the schema on which it stands, counted from 1.
    pub line: u32,
    /// What a line must begin with.
    pub prefix: String,
    /// The placeholders in their order. Never empty.
    pub steps: Vec<Step>,
}

/// A placeholder and what ends its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The name of the value; `None` for one that is passed over.
    pub name: Option<String>,
    /// The literal that ends the value. Empty only for the last one, which takes the rest of the line.
    pub delimiter: String,
    /// The quote right before and behind the placeholder: within it, a backslash escapes.
    pub quote: Option<u8>,
}

/// What is wrong with a pattern, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: &'static str,
    pub(crate) help: &'static str,
}

/// Characters that a pattern has at least: those of the shortest placeholder with a name.
const MIN_CHARS: usize = 4;

impl FastPattern {
    /// Compiles a pattern that stands on `line` of the schema.
    pub(crate) fn compile(text: &str, line: u32) -> Result<Self, Fault> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.contains('\n') {
            return Err(Fault {
                message: "the pattern spans lines, but is matched against one line at a time",
                help: "write it on one line; `>-` joins the lines of a YAML text with blanks",
            });
        }
        if text.chars().count() < MIN_CHARS {
            return Err(Fault {
                message: "the pattern has fewer than 4 characters",
                help: "a pattern is literal text with placeholders: `%{host} - %{message}`",
            });
        }
        let (prefix, steps) = steps(text);
        if steps.is_empty() {
            return Err(Fault {
                message: "the pattern has no placeholder, so it takes nothing from a line",
                help: "write `%{name}` where a value stands",
            });
        }
        if steps[..steps.len() - 1].iter().any(|step| step.delimiter.is_empty()) {
            return Err(Fault {
                message: "two placeholders stand side by side, and nothing tells where the first one ends",
                help: "put the text between them that stands between the values, or use the `regex` parser",
            });
        }
        Ok(Self { text: text.to_owned(), line, prefix, steps })
    }
}

/// Cuts a pattern into the literal before the first placeholder, and each placeholder with the literal
/// behind it.
fn steps(text: &str) -> (String, Vec<Step>) {
    let mut literals = vec![String::new()];
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(last) = literals.last_mut() {
        let Some((literal, name, after)) = placeholder(rest) else {
            last.push_str(rest);
            break;
        };
        last.push_str(literal);
        let name = name.trim_start();
        names.push((!name.is_empty()).then(|| name.to_owned()));
        literals.push(String::new());
        rest = after;
    }
    let quotes: Vec<Option<u8>> = literals.windows(2).map(|pair| quote(&pair[0], &pair[1])).collect();
    let mut literals = literals.into_iter();
    let prefix = literals.next().unwrap_or_default();
    let steps = names.into_iter().zip(literals).zip(quotes);
    (prefix, steps.map(|((name, delimiter), quote)| Step { name, delimiter, quote }).collect())
}

/// The text before the first placeholder, what stands inside it, and the text behind it.
pub(super) fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("%{")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The quote that `before` ends with and `behind` begins with.
fn quote(before: &str, behind: &str) -> Option<u8> {
    let quote = before.bytes().last().filter(|byte| matches!(byte, b'"' | b'\''))?;
    (behind.bytes().next() == Some(quote)).then_some(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, delimiter: &str, quote: Option<u8>) -> Step {
        let name = (!name.is_empty()).then(|| name.to_owned());
        Step { name, delimiter: delimiter.to_owned(), quote }
    }

    fn compiled(text: &str) -> (String, Vec<Step>) {
        let pattern = FastPattern::compile(text, 7).unwrap();
        assert_eq!(pattern.line, 7);
        (pattern.prefix, pattern.steps)
    }

    #[test]
    fn patterns_are_cut_at_their_placeholders() {
        let cases = [
            ("%{a}", "", vec![step("a", "", None)]),
            ("<%{a}> %{b}\n", "<", vec![step("a", "> ", None), step("b", "", None)]),
            ("%{}-%{ b}.\r\n", "", vec![step("", "-", None), step("b", ".", None)]),
            ("%{ a b } %{\t}", "", vec![step("a b ", " ", None), step("", "", None)]),
            ("x \"%{a}\" '%{b}\"", "x \"", vec![step("a", "\" '", Some(b'"')), step("b", "\"", None)]),
            ("'%{a}'", "'", vec![step("a", "'", Some(b'\''))]),
            ("%{a} 100% {b} %{c", "", vec![step("a", " 100% {b} %{c", None)]),
            ("é%{a%{b}ü", "é", vec![step("a%{b", "ü", None)]),
        ];
        for (text, prefix, steps) in cases {
            assert_eq!(compiled(text), (prefix.to_owned(), steps), "{text}");
        }
    }

    #[test]
    fn what_cannot_match_is_refused() {
        let cases = [
            ("%{}", "fewer than 4"),
            ("a\n", "fewer than 4"),
            ("abcd %{", "no placeholder"),
            ("%{a}\n%{b}", "spans lines"),
            ("%{a} %{b}%{c}", "side by side"),
            ("%{a}%{}", "side by side"),
        ];
        for (text, why) in cases {
            let fault = FastPattern::compile(text, 1).unwrap_err();
            assert!(fault.message.contains(why), "{text}: {}", fault.message);
        }
    }
}
