//! Typed reads from the tree: each reports the value that is of another kind.

use super::{
    Loader,
    keys::{self, Vocabulary},
};
use crate::{
    diagnostic::{Code, Place, quote},
    spelling::closest,
    yaml::{Entry, Kind, NodeId},
};

/// A mapping of the tree.
pub(super) struct Mapping<'a> {
    pub(super) at: Place,
    pub(super) entries: &'a [Entry],
}

impl<'a> Mapping<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Where the mapping is pointed at as a whole: its first key.
    pub(super) fn place(&self) -> Place {
        self.entries.first().map_or(self.at, |entry| entry.place)
    }
}

impl<'a> Loader<'a> {
    /// Reports each key that is not in the vocabulary.
    pub(super) fn check_keys(&mut self, mapping: &Mapping<'a>, vocabulary: Vocabulary, owner: &str) {
        for entry in mapping.entries {
            let key = entry.key.as_str();
            if vocabulary.contains(&key) {
                continue;
            }
            if keys::FIELDS_ONLY.contains(&key) {
                let message = format!("{owner} cannot have {}", quote(key));
                let help =
                    "it belongs to a field: in an array, to the one around it or to members of its element";
                self.problems.advise(Code::MisplacedKey, entry.place, message, help);
            } else {
                let help = self.suggestion(key, vocabulary.iter().copied(), "keys known here", vocabulary);
                let message = format!("{owner} has no key {}; it is ignored", quote(key));
                self.problems.advise(Code::UnknownKey, entry.place, message, help);
            }
        }
    }

    /// Help for a word that is not in the language: the candidate that was meant, or else all that is
    /// `known`.
    pub(super) fn suggestion<'w>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = &'w str>,
        what: &str,
        known: &[&str],
    ) -> String {
        if self.problems.is_full() {
            // Nobody will read it, and a hostile file has a million such words.
            return String::new();
        }
        match closest(word, candidates) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the {what} are {}", known.join(", ")),
        }
    }

    pub(super) fn missing(&mut self, mapping: &Mapping<'a>, key: &str, owner: &str, help: impl Into<String>) {
        self.problems.advise(
            Code::MissingKey,
            mapping.place(),
            format!("{owner} needs the key `{key}`"),
            help,
        );
    }

    pub(super) fn mapping(&mut self, id: NodeId, what: &str, help: &str) -> Option<Mapping<'a>> {
        let node = self.tree.node(id);
        if let Kind::Mapping(entries) = &node.kind {
            return Some(Mapping { at: node.place, entries });
        }
        let message = format!("{what} must be a mapping of keys to values, but is {}", node.kind.noun());
        self.problems.advise(Code::WrongKind, node.place, message, help);
        None
    }

    /// The items of a list that must hold at least one.
    pub(super) fn list(&mut self, entry: &'a Entry, help: &str) -> &'a [NodeId] {
        let node = self.tree.node(entry.value);
        match &node.kind {
            Kind::Sequence(items) if items.is_empty() => {
                let message = format!("the list `{}` is empty", entry.key);
                self.problems.advise(Code::Empty, node.place, message, help);
                &[]
            }
            Kind::Sequence(items) => items,
            other => {
                let message = format!("`{}` must be a list, but is {}", entry.key, other.noun());
                self.problems.advise(Code::WrongKind, self.at(entry), message, help);
                &[]
            }
        }
    }

    pub(super) fn text(&mut self, entry: &'a Entry) -> Option<&'a str> {
        self.node_text(entry.value, &format!("`{}`", entry.key), self.at(entry))
    }

    pub(super) fn node_text(&mut self, id: NodeId, what: &str, at: Place) -> Option<&'a str> {
        let kind = &self.tree.node(id).kind;
        if let Kind::Text(text) = kind {
            return Some(text);
        }
        let message = format!("{what} must be text, but is {}", kind.noun());
        if matches!(kind, Kind::Bool(_) | Kind::Int(_) | Kind::Number) {
            self.problems.advise(Code::WrongKind, at, message, "put it in quotes if it is meant as text");
        } else {
            self.problems.report(Code::WrongKind, at, message);
        }
        None
    }

    /// A word, where `help` says which there are.
    pub(super) fn word(&mut self, entry: &'a Entry, help: &str) -> Option<&'a str> {
        let kind = &self.tree.node(entry.value).kind;
        if let Kind::Text(word) = kind {
            return Some(word);
        }
        let message = format!("`{}` must be text, but is {}", entry.key, kind.noun());
        self.problems.advise(Code::WrongKind, self.at(entry), message, help);
        None
    }

    /// Text for people, which may be left empty.
    pub(super) fn description(&mut self, entry: &'a Entry) -> Option<String> {
        if self.tree.node(entry.value).kind == Kind::Null {
            return None;
        }
        self.text(entry).map(|text| text.trim().to_owned())
    }

    /// A switch; off where it is not readable.
    pub(super) fn flag(&mut self, entry: &'a Entry) -> bool {
        let kind = &self.tree.node(entry.value).kind;
        if let Kind::Bool(flag) = kind {
            return *flag;
        }
        // Words that older YAML took for switches, and with it the tools that schemas were written for.
        if let Kind::Text(text) = kind {
            match text.to_ascii_lowercase().as_str() {
                "yes" | "on" | "y" => return true,
                "no" | "off" | "n" => return false,
                _ => {}
            }
        }
        let message = format!("`{}` must be true or false, but is {}", entry.key, kind.noun());
        let help = match kind {
            Kind::Text(text) if text.eq_ignore_ascii_case("true") => "write true, without quotes",
            Kind::Text(text) if text.eq_ignore_ascii_case("false") => "write false, without quotes",
            _ => "write true or false",
        };
        self.problems.advise(Code::WrongKind, self.at(entry), message, help);
        false
    }

    /// Where the value of an entry is pointed at: an empty one has no place of its own.
    fn at(&self, entry: &Entry) -> Place {
        let node = self.tree.node(entry.value);
        if node.kind == Kind::Null { entry.place } else { node.place }
    }
}
