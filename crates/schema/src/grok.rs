//! Grok: regular expressions with names for what is written again and again.
//!
//! `%{IP}` stands for the expression of an address, `%{IP:client}` for the same as a group of its own.
//! Definitions may use others, so that replacing them is a walk over a tree of names; it keeps its own stack,
//! on which a name that leads back to itself shows.

mod builtin;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::limits;

/// The names at hand: those of the language, and those of one schema, which come first.
#[derive(Debug, Default)]
pub(crate) struct Grok {
    definitions: BTreeMap<String, String>,
}

/// Why a pattern cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// The definition in which it lies; `None` for the pattern itself.
    pub(crate) inside: Option<String>,
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// What stands in the place of a name is none.
    BadName(String),
    /// What stands in the place of a field is none.
    BadField(String),
    /// A name that nothing defines.
    Unknown(String),
    /// Names that lead from one to the next, and back to the first.
    Recursive(Vec<String>),
    /// The expansion exceeds the limit.
    TooLong,
}

/// A text that is being expanded.
struct Frame<'a> {
    /// The definition it belongs to; `None` for the pattern itself.
    name: Option<&'a str>,
    /// What of it is still to do.
    rest: &'a str,
}

impl Grok {
    pub(crate) fn define(&mut self, name: &str, body: &str) {
        self.definitions.insert(name.to_owned(), body.to_owned());
    }

    /// Every name that can be used.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let builtin = builtin::TABLE.iter().map(|(name, _)| *name);
        self.definitions.keys().map(String::as_str).chain(builtin)
    }

    /// The name under which a definition is known, and its text.
    fn get(&self, name: &str) -> Option<(&str, &str)> {
        let own = self.definitions.get_key_value(name).map(|(name, body)| (name.as_str(), body.as_str()));
        own.or_else(|| builtin::TABLE.iter().find(|(builtin, _)| *builtin == name).copied())
    }

    /// The regular expression that `pattern` stands for.
    pub(crate) fn expand(&self, pattern: &str) -> Result<String, Fault> {
        let mut out = String::new();
        let mut stack = vec![Frame { name: None, rest: pattern }];
        while let Some(frame) = stack.last_mut() {
            let fault = |kind, inside: Option<&str>| Err(Fault { kind, inside: inside.map(str::to_owned) });
            if let Some((before, inside, after)) = reference(frame.rest) {
                let (name, field) = inside.split_once(':').map_or((inside, None), |(n, f)| (n, Some(f)));
                out.push_str(before);
                frame.rest = after;
                let within = frame.name;
                if !is_name(name) {
                    return fault(FaultKind::BadName(name.to_owned()), within);
                }
                match field {
                    None => out.push_str("(?:"),
                    Some(field) if is_field(field) => {
                        out.push_str("(?P<");
                        out.push_str(field);
                        out.push('>');
                    }
                    Some(field) => return fault(FaultKind::BadField(field.to_owned()), within),
                }
                let Some((name, body)) = self.get(name) else {
                    return fault(FaultKind::Unknown(name.to_owned()), within);
                };
                if let Some(first) = stack.iter().position(|frame| frame.name == Some(name)) {
                    let chain = stack[first..].iter().filter_map(|frame| frame.name).chain([name]);
                    return fault(FaultKind::Recursive(chain.map(str::to_owned).collect()), Some(name));
                }
                stack.push(Frame { name: Some(name), rest: body });
            } else {
                out.push_str(frame.rest);
                if frame.name.is_some() {
                    out.push(')');
                }
                stack.pop();
            }
            if out.len() > limits::PATTERN_BYTES {
                return fault(FaultKind::TooLong, None);
            }
        }
        Ok(out)
    }
}

/// The text before the first reference, what stands inside it, and the text behind it.
fn reference(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("%{")?;
        let inside = &text[start + 2..];
        let end = inside.find('}')?;
        if is_count(&inside[..end]) {
            // The percent sign so many times over.
            from = start + 2;
            continue;
        }
        return Some((&text[..start], &inside[..end], &inside[end + 1..]));
    }
}

/// Whether `{…}` with this inside says how often something stands there.
pub(crate) fn is_count(inside: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match inside.split_once(',') {
        Some((least, most)) => is_number(least) && (most.is_empty() || is_number(most)),
        None => is_number(inside),
    }
}

/// Whether `text` can name a definition.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether `text` can name a group of a regular expression.
fn is_field(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'[' | b']'))
}
