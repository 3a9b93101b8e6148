//! The `definitions` key, and the type `ref` that stands for one of them.
//!
//! A definition is read twice. First by itself, whether it is used or not, so that each of its problems is
//! told once; what it refers to is only noted. From these notes follow cycles, and how many fields and levels
//! a definition stands for. Then each `ref` of the event reads its definition anew, in silence, if there is
//! room for it within the limits: a few lines can stand for more fields than fit in memory.

use std::collections::HashMap;

use super::{Loader, keys, read::Mapping};
use crate::{
    Value, ValueKind,
    diagnostic::{Code, Place, quote},
    limits,
    yaml::{Entry, Kind, NodeId},
};

/// All definitions of a schema.
#[derive(Default)]
pub(super) struct Definitions<'a> {
    list: Vec<Definition<'a>>,
    by_name: HashMap<&'a str, usize>,
    /// The one that is being checked. Otherwise it is the event.
    checked: Option<usize>,
    /// What the event refers to.
    used: Vec<usize>,
}

struct Definition<'a> {
    name: &'a str,
    at: Place,
    node: NodeId,
    refs: Vec<Ref>,
    /// Fields and elements it stands for, those of what it refers to included.
    size: usize,
    /// Levels of objects and arrays it stands for.
    levels: usize,
    /// The one whose value it has: itself, unless it is nothing but a `ref`.
    meant: usize,
    /// Whether it cannot be put in place of a `ref`, for a reason that was reported.
    is_broken: bool,
}

/// A `ref` within a definition.
struct Ref {
    target: usize,
    at: Place,
    level: usize,
}

/// The keys whose place is taken by what the definition says.
const OVERRULED: [&str; 9] = [
    "fields",
    "element",
    "indicators",
    "timeFormat",
    "timeFormats",
    "isEventTime",
    "isExpiration",
    "isEmbeddedJSON",
    "validate",
];

const HELP: &str = "such as `definitions: {UserName: {type: string, indicators: [username]}}`";

/// How many names of a cycle are shown.
const SHOWN: usize = 8;

impl<'a> Loader<'a> {
    /// Reads and checks all definitions.
    pub(super) fn definitions(&mut self, entry: &'a Entry) {
        let Some(mapping) = self.mapping(entry.value, "`definitions`", HELP) else { return };
        for definition in mapping.entries {
            let (name, at) = (definition.key.as_str(), definition.place);
            let is_name = name.len() > 1
                && name.starts_with(|c: char| c.is_ascii_uppercase())
                && name.chars().all(|c| c.is_ascii_alphanumeric());
            if !is_name {
                let message = format!("{} is no name for a definition", quote(name));
                let help = "a name is a capital letter and then letters or digits, such as `UserName`";
                self.problems.advise(Code::BadName, at, message, help);
            }
            let number = self.definitions.list.len();
            self.definitions.by_name.insert(name, number);
            let node = definition.value;
            let refs = Vec::new();
            let definition =
                Definition { name, at, node, refs, size: 0, levels: 0, meant: number, is_broken: false };
            self.definitions.list.push(definition);
        }
        for number in 0..self.definitions.list.len() {
            self.check_definition(number);
        }
        self.resolve();
    }

    fn check_definition(&mut self, number: usize) {
        let Definition { name, node, .. } = self.definitions.list[number];
        let owner = format!("the definition {}", quote(name));
        let Some(mapping) = self.mapping(node, &owner, HELP) else {
            self.definitions.list[number].is_broken = true;
            return;
        };
        self.check_keys(&mapping, keys::ELEMENT, &owner);
        let gives_time = self.has_event_time;
        self.definitions.checked = Some(number);
        self.deepest = 0;
        self.value(&mapping, name, &owner, 0);
        self.definitions.checked = None;
        self.has_event_time = gives_time;
        let definition = &mut self.definitions.list[number];
        definition.size = std::mem::take(&mut self.values);
        definition.levels = std::mem::take(&mut self.deepest);
        if let [only] = &*definition.refs
            && only.level == 0
        {
            definition.meant = only.target;
            if let Some(mask) = mapping.get("mask") {
                let help = "put it on the definition that this one stands for, or on the fields";
                self.misplaced(mask, &owner, Some("ref"), help);
            }
        }
    }

    /// Follows what the definitions refer to, depth first and without recursion: reports cycles, and sums up
    /// what each definition stands for once those below it are known.
    fn resolve(&mut self) {
        let mut states = vec![State::New; self.definitions.list.len()];
        for start in 0..states.len() {
            let mut open: Vec<(usize, usize)> = Vec::new();
            if states[start] == State::New {
                states[start] = State::Open;
                open.push((start, 0));
            }
            while let Some((number, next)) = open.last_mut() {
                let (number, index) = (*number, *next);
                *next += 1;
                match self.definitions.list[number].refs.get(index) {
                    None => {
                        states[number] = State::Done;
                        self.sum_up(number);
                        open.pop();
                    }
                    Some(&Ref { target, at, .. }) if states[target] == State::Open => {
                        self.report_cycle(&open, target, at);
                    }
                    Some(&Ref { target, .. }) if states[target] == State::New => {
                        states[target] = State::Open;
                        open.push((target, 0));
                    }
                    Some(_) => {}
                }
            }
        }
    }

    fn sum_up(&mut self, number: usize) {
        let list = &self.definitions.list;
        let Definition { size, levels, meant, is_broken, .. } = list[number];
        let mut whole = (size, levels, is_broken);
        for Ref { target, level, .. } in &list[number].refs {
            let target = &list[*target];
            whole.0 = whole.0.saturating_add(target.size);
            whole.1 = whole.1.max(level.saturating_add(target.levels));
            whole.2 |= target.is_broken;
        }
        let meant = if meant == number { number } else { list[meant].meant };
        let definition = &mut self.definitions.list[number];
        (definition.size, definition.levels, definition.is_broken) = whole;
        definition.meant = meant;
    }

    /// Reports the cycle from definition number `first` along the open ones back to it.
    fn report_cycle(&mut self, open: &[(usize, usize)], first: usize, at: Place) {
        let start = open.iter().position(|(number, _)| *number == first).unwrap_or(0);
        let mut shown: Vec<&str> = Vec::new();
        for (number, _) in &open[start..] {
            let definition = &mut self.definitions.list[*number];
            definition.is_broken = true;
            if shown.len() < SHOWN {
                shown.push(definition.name);
            }
        }
        if open.len() - start > SHOWN {
            shown.push("…");
        }
        shown.push(self.definitions.list[first].name);
        let message = format!("the definition {} contains itself: {}", quote(shown[0]), shown.join(" → "));
        let help = "a log type has a fixed depth: declare the inner value as `json`";
        self.problems.advise(Code::CyclicReference, at, message, help);
    }

    /// Whether the value is declared by reference.
    pub(super) fn is_reference(&self, mapping: &Mapping<'a>) -> bool {
        mapping.get("type").is_some_and(
            |entry| matches!(&self.tree.node(entry.value).kind, Kind::Text(name) if name == keys::REF),
        )
    }

    /// Whether what is being checked refers to something, which is not known then.
    pub(super) fn has_unknown_parts(&self) -> bool {
        self.definitions.checked.is_some_and(|number| !self.definitions.list[number].refs.is_empty())
    }

    /// The value of a `ref`: that of its definition.
    pub(super) fn reference(
        &mut self,
        mapping: &Mapping<'a>,
        path: &str,
        owner: &str,
        level: usize,
    ) -> Value {
        for key in OVERRULED {
            if let Some(entry) = mapping.get(key) {
                let message = format!("the key `{key}` of {owner} does nothing");
                let help = "what the value is, the definition says: put it there";
                self.problems.advise(Code::NoEffect, entry.place, message, help);
            }
        }
        let target = self.target(mapping, owner);
        let expanded = target.and_then(|(number, at)| {
            if let Some(checked) = self.definitions.checked {
                let refs = &mut self.definitions.list[checked].refs;
                refs.push(Ref { target: number, at, level });
                return None;
            }
            self.definitions.used.push(number);
            self.expand(number, at, path, owner, level)
        });
        let mask = self.mask(mapping, expanded.as_ref().map(|value| &value.kind), owner);
        // Text stands in for what is not known, so that the rest is checked all the same.
        let mut value = expanded.unwrap_or_else(|| Value::of(ValueKind::String, mapping.place().span));
        value.mask = mask.or(value.mask);
        value
    }

    /// Number of the definition that a `ref` names, and where it does.
    fn target(&mut self, mapping: &Mapping<'a>, owner: &str) -> Option<(usize, Place)> {
        let Some(entry) = mapping.get("target") else {
            let help = "add the name of the definition that the value has";
            self.missing(mapping, "target", &format!("{owner} is a ref and"), help);
            return None;
        };
        let name = self.text(entry)?;
        let at = self.tree.node(entry.value).place;
        if let Some(&number) = self.definitions.by_name.get(name) {
            return Some((number, at));
        }
        let known: Vec<&str> = self.definitions.list.iter().map(|definition| definition.name).collect();
        let help = if known.is_empty() {
            "define it under `definitions`, at the top of the schema".to_owned()
        } else {
            let shown = &known[..known.len().min(20)];
            self.suggestion(name, known.iter().copied(), "definitions", shown)
        };
        self.problems.advise(
            Code::UnknownTarget,
            at,
            format!("there is no definition {}", quote(name)),
            help,
        );
        None
    }

    fn expand(&mut self, number: usize, at: Place, path: &str, owner: &str, level: usize) -> Option<Value> {
        let Definition { name, size, levels, meant, is_broken, .. } = self.definitions.list[number];
        if is_broken {
            return None;
        }
        if level + levels > limits::LEVELS {
            let message = format!(
                "with the definition {} objects and arrays are nested more than {} levels deep",
                quote(name),
                limits::LEVELS
            );
            self.problems.advise(Code::TooDeep, at, message, "declare the value as `json`");
            return None;
        }
        if self.values.saturating_add(size) > limits::FIELDS {
            let message = format!(
                "with the definition {} the log type has more than {} fields",
                quote(name),
                limits::FIELDS
            );
            let help = "declare objects with many members as `json`";
            self.problems.advise(Code::TooManyFields, at, message, help);
            return None;
        }
        let was_muted = self.problems.mute(true);
        let mapping = self.mapping(self.definitions.list[meant].node, "a definition", HELP);
        let value = mapping.map(|mapping| self.value(&mapping, path, owner, level));
        self.problems.mute(was_muted);
        value
    }

    /// What a definition says about itself, for a field without a description of its own.
    pub(super) fn description_of_target(&self, mapping: &Mapping<'a>) -> Option<String> {
        let text = |entry: &Entry| match &self.tree.node(entry.value).kind {
            Kind::Text(text) => Some(text.as_str()),
            _ => None,
        };
        let number = self.definitions.by_name.get(mapping.get("target").and_then(text)?)?;
        let Kind::Mapping(entries) = &self.tree.node(self.definitions.list[*number].node).kind else {
            return None;
        };
        let entry = entries.iter().find(|entry| entry.key == "description")?;
        text(entry).map(|text| text.trim().to_owned())
    }

    /// Warns of definitions that no field leads to.
    pub(super) fn check_unused(&mut self) {
        let list = &self.definitions.list;
        let mut is_used = vec![false; list.len()];
        let mut open = std::mem::take(&mut self.definitions.used);
        while let Some(number) = open.pop() {
            if !std::mem::replace(&mut is_used[number], true) {
                open.extend(list[number].refs.iter().map(|r| r.target));
            }
        }
        for (definition, _) in list.iter().zip(is_used).filter(|(_, is_used)| !is_used) {
            let message = format!("no field refers to the definition {}", quote(definition.name));
            let help = "remove it, or refer to it: `type: ref` with its name as `target`";
            self.problems.advise(Code::UnusedDefinition, definition.at, message, help);
        }
    }
}

/// How far the search for cycles has come with a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}
