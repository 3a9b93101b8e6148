//! Templates of `expandFields`: values made of other values.

use super::fastmatch::placeholder;

/// A value that is made of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// The name it gets; a value matched under the same name gives way.
    pub name: String,
    /// What it is put together from.
    pub pieces: Vec<Piece>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands for itself.
    Text(String),
    /// The name of a value, which stands for nothing where the line has none.
    Value(String),
}

/// Cuts a template at its placeholders.
pub(crate) fn pieces(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, name, after)) = placeholder(rest) {
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
        }
        pieces.push(Piece::Value(name.trim().to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_cut_at_their_placeholders() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let value = |name: &str| Piece::Value(name.to_owned());
        assert_eq!(pieces("%{ day }T%{time}Z"), [value("day"), text("T"), value("time"), text("Z")]);
        assert_eq!(pieces("100%"), [text("100%")]);
        assert_eq!(pieces("%{open"), [text("%{open")]);
        assert_eq!(pieces("%{}"), [value("")]);
        assert_eq!(pieces(""), []);
    }
}
