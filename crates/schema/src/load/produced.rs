//! What a text parser gives, held against what the fields take.
//!
//! Both sides are written by hand and in the same file, so a name that stands on one side only is a slip more
//! often than not. None of it stops a schema: values that no field declares are kept all the same.

use std::collections::{HashMap, HashSet};

use super::{Loader, field::Member};
use crate::{
    Field, ValueKind,
    diagnostic::{Code, Place, quote},
    spelling::closest,
};

/// The names of the values that a parser gives.
#[derive(Debug, Default)]
pub(super) struct Produced {
    /// In the order of their first mention; `None` where only the log tells them.
    names: Option<Vec<(String, Place)>>,
    seen: HashSet<String>,
    /// Those that templates are made of.
    used: HashSet<String>,
}

impl Produced {
    /// Names that are all written in the schema.
    pub(super) fn known() -> Self {
        Self { names: Some(Vec::new()), ..Self::default() }
    }

    /// Notes a name. Values without one are passed over.
    pub(super) fn add(&mut self, name: &str, at: Place) {
        if let Some(names) = &mut self.names
            && !name.is_empty()
            && self.seen.insert(name.to_owned())
        {
            names.push((name.to_owned(), at));
        }
    }

    /// Notes that a template asks for a name.
    pub(super) fn mark_used(&mut self, name: &str) {
        self.used.insert(name.to_owned());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether a value may have this name.
    pub(super) fn may_give(&self, name: &str) -> bool {
        self.names.is_none() || self.seen.contains(name)
    }

    /// Help for a name that no value has.
    pub(super) fn suggestion(&self, name: &str) -> String {
        match closest(name, self.names.iter().flatten().map(|(name, _)| name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "check the spelling against the names in the pattern".to_owned(),
        }
    }
}

impl Loader<'_> {
    /// Reports names that stand on one side only, and fields that no text can fill.
    pub(super) fn check_produced(&mut self, produced: &Produced, members: &[Member]) {
        let Some(names) = &produced.names else { return };
        let keys: HashMap<&str, &Member> = members.iter().map(|m| (key(&m.field), m)).collect();
        let sources: Vec<&str> = members.iter().flat_map(|member| sources(&member.field)).collect();
        for (name, at) in names {
            let is_source = |path: &&str| {
                path.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            if keys.contains_key(name.as_str()) || sources.iter().any(is_source) || self.problems.is_full() {
                continue;
            }
            let message = format!("no field declares {}, which the parser gives", quote(name));
            let unfilled = keys.keys().copied().filter(|key| !produced.may_give(key));
            let help = match closest(name, unfilled) {
                Some(near) => format!("did you mean `{near}`?"),
                // It is there for the template.
                None if produced.used.contains(name) => continue,
                None => "declare it, or take the name away; as it is, the value goes to `p_extra`".to_owned(),
            };
            self.problems.advise(Code::UndeclaredName, *at, message, help);
        }
        for member in members {
            self.check_filled(produced, member);
        }
    }

    fn check_filled(&mut self, produced: &Produced, member: &Member) {
        let Field { name, required, value, transform, .. } = &member.field;
        if transform.is_derived() {
            return;
        }
        if !produced.may_give(key(&member.field)) {
            if *required {
                let message = format!("{} is required, but the parser never gives it", quote(name));
                let help = produced.suggestion(name);
                self.problems.advise(Code::NeverFilled, member.at, message, help);
            }
            return;
        }
        if matches!(value.kind, ValueKind::Object(_) | ValueKind::Array(_)) && !value.embedded_json {
            let message = format!("{} is an {}, but the parser gives text", quote(name), value.kind.name());
            let help = "set `isEmbeddedJSON: true` if the text is JSON, or declare it as `string`";
            self.problems.advise(Code::TextField, member.at, message, help);
        }
    }
}

/// The key under which an event has the value of a field.
fn key(field: &Field) -> &str {
    field.transform.rename.as_deref().unwrap_or(&field.name)
}

/// The paths that the value of a field, or of one below it, is made from.
fn sources(field: &Field) -> impl Iterator<Item = &str> {
    let concat = field.transform.concat.iter().flat_map(|concat| concat.paths.iter().map(String::as_str));
    let split = field.transform.split.iter().map(|split| split.from.as_str());
    field.transform.copy.as_deref().into_iter().chain(concat).chain(split)
}
