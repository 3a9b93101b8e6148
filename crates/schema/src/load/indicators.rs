//! Indicators: the scanners named at a field, and whether they have anything to read there.

use super::{Loader, keys, read::Mapping};
use crate::{
    Scanner, Value, ValueKind,
    diagnostic::{Code, quote},
    yaml::{Entry, Kind},
};

impl<'a> Loader<'a> {
    pub(super) fn indicators(&mut self, entry: &'a Entry) -> Vec<Scanner> {
        let mut scanners = Vec::new();
        if matches!(&self.tree.node(entry.value).kind, Kind::Sequence(items) if items.is_empty()) {
            let message = "the list `indicators` is empty".to_owned();
            self.problems.advise(Code::NoEffect, entry.place, message, "name scanners, or leave the key out");
            return scanners;
        }
        for &item in self.list(entry, "write the names in brackets, such as `indicators: [ip]`") {
            let at = self.tree.node(item).place;
            let Some(name) = self.node_text(item, "an indicator", at) else { continue };
            if let Some(scanner) = keys::scanner(name) {
                if scanners.contains(&scanner) {
                    let message = format!("the indicator `{name}` is in the list already");
                    self.problems.report(Code::NoEffect, at, message);
                } else {
                    scanners.push(scanner);
                }
            } else {
                let known = Scanner::ALL.map(Scanner::name);
                let help = self.suggestion(name, known, "indicators", &known);
                let message = format!("there is no indicator {}", quote(name));
                self.problems.advise(Code::BadIndicator, at, message, help);
            }
        }
        scanners
    }

    pub(super) fn check_indicators(&mut self, mapping: &Mapping<'a>, value: &Value, owner: &str) {
        let Some(entry) = mapping.get("indicators") else { return };
        let kind = value.kind.name();
        match value.kind {
            ValueKind::String => {}
            ValueKind::Object(_) | ValueKind::Array(_) if value.holds_text() => {
                let message = format!("{owner} is an {kind}: its indicators apply to every string below it");
                let help = "put them on the strings that are meant, if not all are";
                self.problems.advise(Code::NestedIndicators, entry.place, message, help);
            }
            _ => {
                let message = format!("the indicators of {owner} find nothing");
                let help = format!("only `string` values are scanned, and this is of type `{kind}`");
                self.problems.advise(Code::NoEffect, entry.place, message, help);
            }
        }
    }
}
