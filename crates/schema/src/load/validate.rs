//! The `validate` key: rules for the content of a text.

use super::{Loader, keys, read::Mapping};
use crate::{
    IpFamily, Validate, ValueKind,
    diagnostic::{Code, quote},
    yaml::Entry,
};

impl<'a> Loader<'a> {
    /// Reads the rules for the text of a field or element.
    pub(super) fn validate(
        &mut self,
        mapping: &Mapping<'a>,
        kind: &ValueKind,
        owner: &str,
    ) -> Option<Validate> {
        let entry = mapping.get("validate")?;
        if *kind != ValueKind::String {
            let help = "only the content of a `string` is checked; in an array, put it on the element";
            self.ignored(entry, owner, Some(kind.name()), help);
            return None;
        }
        let rules = self.mapping(entry.value, "`validate`", "such as `validate: {allow: [read, write]}`")?;
        self.check_keys(&rules, keys::VALIDATE, "`validate`");
        if !rules.entries.iter().any(|rule| keys::VALIDATE.contains(&rule.key.as_str())) {
            let message = "`validate` holds no rule".to_owned();
            let help = format!("the rules are {}", keys::VALIDATE.join(", "));
            self.problems.advise(Code::Empty, entry.place, message, help);
        }
        self.exclude(&rules, "allow", "deny", "what is not allowed is denied anyway: keep `allow`");
        self.exclude(&rules, "ip", "cidr", "no text is both: keep the one that is meant");
        Some(Validate {
            allow: rules.get("allow").map_or_else(Vec::new, |entry| self.words(entry)),
            deny: rules.get("deny").map_or_else(Vec::new, |entry| self.words(entry)),
            ip: rules.get("ip").and_then(|entry| self.ip_family(entry)),
            cidr: rules.get("cidr").and_then(|entry| self.ip_family(entry)),
        })
    }

    /// Reports two keys that must not stand together.
    fn exclude(&mut self, mapping: &Mapping<'a>, one: &str, other: &str, help: &str) {
        if let (Some(_), Some(entry)) = (mapping.get(one), mapping.get(other)) {
            let message = format!("`{one}` and `{other}` stand together");
            self.problems.advise(Code::ConflictingKeys, entry.place, message, help);
        }
    }

    /// The texts of a list, each once.
    fn words(&mut self, entry: &'a Entry) -> Vec<String> {
        let mut seen = std::collections::HashSet::new();
        let mut words = Vec::new();
        let help = format!("list the texts in brackets, such as `{}: [read, write]`", entry.key);
        for &item in self.list(entry, &help) {
            let at = self.tree.node(item).place;
            let Some(word) = self.node_text(item, "a text to compare with", at) else { continue };
            if seen.insert(word) {
                words.push(word.to_owned());
            } else {
                let message = format!("{} is in the list already", quote(word));
                self.problems.report(Code::NoEffect, at, message);
            }
        }
        words
    }

    fn ip_family(&mut self, entry: &'a Entry) -> Option<IpFamily> {
        let help = format!("say which addresses are meant: `{}: any`, `ipv4` or `ipv6`", entry.key);
        let name = self.word(entry, &help)?;
        let family = IpFamily::ALL.into_iter().find(|family| family.name() == name);
        if family.is_none() {
            let known = IpFamily::ALL.map(IpFamily::name);
            let help = self.suggestion(name, known, "families", &known);
            let at = self.tree.node(entry.value).place;
            let message = format!("there is no family of IP addresses called {}", quote(name));
            self.problems.advise(Code::BadValidation, at, message, help);
        }
        family
    }
}
