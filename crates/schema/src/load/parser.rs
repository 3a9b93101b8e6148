//! The `parser` key: how the text of a record becomes an event.

use super::{Loader, keys};
use crate::{
    diagnostic::{Code, quote},
    yaml::Entry,
};

impl<'a> Loader<'a> {
    /// Checks the `parser` key. The only kind there is, `native`, asks for what happens without it: each
    /// event is one JSON object, read as the schema says.
    pub(super) fn parser(&mut self, entry: &'a Entry) {
        let Some(parser) = self.mapping(entry.value, "`parser`") else { return };
        let mut kinds = 0;
        for kind in parser.entries {
            if keys::PARSER.known.contains(&kind.key.as_str()) {
                kinds += 1;
                if let Some(native) = self.mapping(kind.value, "`native`") {
                    self.check_keys(&native, &keys::NATIVE, "`native`");
                    match native.get("name") {
                        Some(name) => drop(self.text(name)),
                        None => self.missing(&native, "name", "`native`", "add the name of the log type"),
                    }
                }
            } else if let Some((_, feature)) = keys::PARSER.missing.iter().find(|(key, _)| *key == kind.key) {
                kinds += 1;
                let help = "only JSON is read so far; convert the log first";
                self.unsupported(kind.place, &format!("`parser: {}` ({feature})", kind.key), help);
            } else {
                let message = format!("there is no parser {}", quote(&kind.key));
                let help = "leave `parser` out for JSON, or write `native: {name: …}`";
                self.problems.advise(Code::BadParser, kind.place, message, help);
            }
        }
        if kinds > 1 {
            let message = "`parser` names more than one parser".to_owned();
            self.problems.advise(Code::BadParser, entry.place, message, "keep the one that reads this log");
        } else if parser.entries.is_empty() {
            let message = "`parser` names no parser".to_owned();
            self.problems.advise(Code::BadParser, entry.place, message, "leave `parser` out for JSON");
        }
    }
}
