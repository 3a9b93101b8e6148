//! The `script` parser: Starlark compiled, and its errors shown where they stand in the YAML.

use sawlog_script::{Script, ScriptError};

use super::{Loader, keys, produced::Produced};
use crate::{
    LogParser, Span,
    diagnostic::{Code, Place},
    log_parser::ScriptParser,
    yaml::Entry,
};

const HELP: &str = "the source is Starlark, and defines `parse(log)`: it takes the text of a record and \
                    returns a dict, the event";

/// Where the text of a script stands.
struct Source {
    at: Place,
    /// Whether its lines are lines of the schema.
    is_block: bool,
}

impl<'a> Loader<'a> {
    /// `starlark` is the older spelling of `script`.
    pub(super) fn script(&mut self, kind: &'a Entry) -> Option<(LogParser, Produced)> {
        let owner = format!("`{}`", kind.key);
        let mapping =
            self.mapping(kind.value, &owner, "put the source of the script under its key `function`")?;
        self.check_keys(&mapping, keys::SCRIPT, &owner);
        let Some(entry) = mapping.get("function") else {
            self.missing(&mapping, "function", &owner, HELP);
            return None;
        };
        let text = self.text(entry)?;
        let source = self.find(text, self.tree.node(entry.value).place);
        match Script::compile(text) {
            Ok(script) => {
                let parser = ScriptParser { script, line: source.at.span.line, is_block: source.is_block };
                Some((LogParser::Script(parser), Produced::default()))
            }
            Err(error) => {
                let at = source.place(&error);
                if error.line == 0 {
                    self.problems.advise(Code::BadScript, at, error.message, HELP);
                } else {
                    self.problems.report(Code::BadScript, at, error.message);
                }
                None
            }
        }
    }

    /// Looks for the lines of `text` in the file, from its place on. They stand there as they are if it is a
    /// block of text (`|`), which may begin with blank lines; text in quotes is told by its beginning only.
    fn find(&self, text: &str, at: Place) -> Source {
        let blank = text.lines().take_while(|line| line.trim().is_empty()).count() as u32;
        let column = at.span.column as usize - 1;
        for line in [at.span.line, at.span.line.saturating_sub(blank)] {
            let skipped = line.saturating_sub(1) as usize;
            let found = self.yaml.lines().skip(skipped).map(Some).chain(std::iter::repeat(None));
            let is_here = text.lines().zip(found).all(|(line, found)| {
                let rest = found.map(|found| found.get(column..).unwrap_or(""));
                rest.is_some_and(|rest| rest.trim_end() == line.trim_end())
            });
            if is_here {
                let span = Span { line, column: at.span.column };
                return Source { at: Place { span, ..at }, is_block: text.contains('\n') };
            }
        }
        Source { at, is_block: false }
    }
}

impl Source {
    fn place(&self, error: &ScriptError) -> Place {
        if !self.is_block || error.line == 0 {
            return self.at;
        }
        let Span { line, column } = self.at.span;
        let span = Span { line: line + error.line - 1, column: column + error.column.saturating_sub(1) };
        Place { span, width: 1 }
    }
}
