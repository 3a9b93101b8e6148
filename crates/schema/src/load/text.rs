//! What all text parsers can be told.

use super::{Loader, produced::Produced, read::Mapping};
use crate::{
    diagnostic::{Code, quote},
    log_parser::{Expansion, Piece, TextOptions, template},
    yaml::{Entry, Kind},
};

const EXPAND_HELP: &str = "such as `expandFields: {when: '%{date}T%{time}Z'}`";

impl<'a> Loader<'a> {
    /// Reads the options of a text parser, and adds the values that are made of others to those that it
    /// gives.
    pub(super) fn text_options(&mut self, mapping: &Mapping<'a>, produced: &mut Produced) -> TextOptions {
        let mut options = TextOptions {
            skip_lines: mapping.get("skipLines").map_or(0, |entry| self.skip_lines(entry)),
            trim_space: mapping.get("trimSpace").is_some_and(|entry| self.flag(entry)),
            ..TextOptions::default()
        };
        if let Some(prefix) = mapping.get("skipPrefix").and_then(|entry| self.text(entry)) {
            prefix.clone_into(&mut options.skip_prefix);
        }
        if let Some(entry) = mapping.get("emptyValues").filter(|entry| !self.is_empty_list(entry)) {
            for &item in self.list(entry, "list the texts that stand for no value") {
                let at = self.tree.node(item).place;
                let text = self.node_text(item, "an empty value", at);
                options.empty_values.extend(text.map(str::to_owned));
            }
        }
        if let Some(entry) = mapping.get("expandFields").filter(|entry| !self.is_empty_list(entry))
            && let Some(fields) = self.mapping(entry.value, "`expandFields`", EXPAND_HELP)
        {
            options.expansions =
                fields.entries.iter().filter_map(|field| self.expansion(field, produced)).collect();
            for piece in options.expansions.iter().flat_map(|expansion| &expansion.pieces) {
                if let Piece::Value(name) = piece {
                    produced.mark_used(name);
                }
            }
            for field in fields.entries {
                produced.add(&field.key, field.place);
            }
        }
        options
    }

    fn skip_lines(&mut self, entry: &'a Entry) -> u64 {
        let node = self.tree.node(entry.value);
        if let Kind::Int(count) = node.kind
            && let Ok(count) = u64::try_from(count)
        {
            return count;
        }
        let message = format!("`skipLines` must be a whole number from 0, but is {}", node.kind.noun());
        let message =
            if matches!(node.kind, Kind::Int(_)) { "`skipLines` is below 0".to_owned() } else { message };
        self.problems.report(Code::WrongKind, node.place, message);
        0
    }

    fn expansion(&mut self, field: &'a Entry, produced: &Produced) -> Option<Expansion> {
        let template = self.text(field)?;
        let pieces = template::pieces(template);
        for piece in &pieces {
            if let Piece::Value(name) = piece
                && !produced.may_give(name)
            {
                let at = self.tree.node(field.value).place;
                let message =
                    format!("{} stands for nothing: no value has that name", quote(&format!("%{{{name}}}")));
                let help = produced.suggestion(name);
                self.problems.advise(Code::NoEffect, at, message, help);
            }
        }
        Some(Expansion { name: field.key.clone(), pieces })
    }

    /// Whether a list or mapping holds nothing, and so says nothing.
    pub(super) fn is_empty_list(&self, entry: &Entry) -> bool {
        match &self.tree.node(entry.value).kind {
            Kind::Null => true,
            Kind::Sequence(items) => items.is_empty(),
            Kind::Mapping(entries) => entries.is_empty(),
            _ => false,
        }
    }
}
