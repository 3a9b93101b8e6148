//! The `regex` parser: parts and grok names put together into one expression that compiles.

use regex::Regex;

use super::{Loader, keys, produced::Produced, read::Mapping};
use crate::{
    LogParser,
    diagnostic::{Code, Place, quote},
    grok::{self, Fault, FaultKind, Grok},
    limits,
    log_parser::RegexMatch,
    re2,
    spelling::closest,
    yaml::{Entry, Kind},
};

const NAMES_HELP: &str = "a name and its expression: `patternDefinitions: {BADGE: '[A-Z]\\d+'}`";

/// The grok names that an expression may use.
struct Names {
    grok: Grok,
    /// Whether nothing is wrong with the definitions of the schema.
    are_sound: bool,
}

/// What is found wrong with an expression, and where in it.
struct Invalid {
    message: String,
    help: &'static str,
    /// Offset in the expression that is compiled.
    at: usize,
}

impl<'a> Loader<'a> {
    pub(super) fn regex(&mut self, kind: &'a Entry) -> Option<(LogParser, Produced)> {
        let mapping = self.mapping(kind.value, "`regex`", "such as `regex: {match: ['(?P<user>\\w+)']}`")?;
        self.check_keys(&mapping, keys::REGEX, "`regex`");
        let names = self.grok_names(&mapping);
        let mut parts = Vec::new();
        for &item in self.patterns(&mapping, "`regex`") {
            let at = self.tree.node(item).place;
            parts.extend(self.node_text(item, "a part of the expression", at).map(|text| (text, at)));
        }
        let mut produced = Produced::known();
        let regex =
            parts.first().and_then(|&(_, first)| self.expression(&names, &parts, first, &mut produced));
        let options = self.text_options(&mapping, &mut produced);
        let line = parts.first().map_or(kind.place, |(_, at)| *at).span.line;
        Some((LogParser::Regex(RegexMatch { options, regex: regex?, line }), produced))
    }

    /// Reads the grok names of the schema, and checks each definition by itself, so that what is wrong is
    /// told once and where it stands.
    fn grok_names(&mut self, mapping: &Mapping<'a>) -> Names {
        let mut grok = Grok::default();
        let mut places = Vec::new();
        // The second spelling is that of a schema that many have copied.
        for key in ["patternDefinitions", "patternDefintions"] {
            let Some(entry) = mapping.get(key) else { continue };
            if self.tree.node(entry.value).kind == Kind::Null {
                continue;
            }
            let Some(definitions) = self.mapping(entry.value, &quote(key), NAMES_HELP) else { continue };
            for definition in definitions.entries {
                let Some(body) = self.text(definition) else { continue };
                if !grok::is_name(&definition.key) {
                    self.bad_grok_name(&definition.key, definition.place);
                } else if places.len() == limits::PATTERN_DEFINITIONS {
                    let message = format!("more than {} patterns are defined", limits::PATTERN_DEFINITIONS);
                    let help = "remove those that are not used";
                    self.problems.advise(Code::BadPattern, definition.place, message, help);
                    return Names { grok, are_sound: false };
                } else {
                    grok.define(&definition.key, body);
                    places.push((definition.key.as_str(), self.tree.node(definition.value).place));
                }
            }
        }
        let mut are_sound = true;
        for (name, at) in places {
            if let Err(Fault { kind, inside }) = grok.expand(&format!("%{{{name}}}")) {
                are_sound = false;
                if kind == FaultKind::TooLong || inside.as_deref() == Some(name) {
                    self.grok_fault(&grok, kind, at);
                }
            }
        }
        Names { grok, are_sound }
    }

    /// Compiles the parts as one expression, and notes the names of its groups.
    fn expression(
        &mut self,
        names: &Names,
        parts: &[(&str, Place)],
        first: Place,
        produced: &mut Produced,
    ) -> Option<Regex> {
        let whole: String = parts.iter().map(|(text, _)| *text).collect();
        let expanded = match names.grok.expand(&whole) {
            Ok(expanded) => expanded,
            Err(Fault { kind, inside }) => {
                // What is wrong with a definition was told there.
                if names.are_sound || (inside.is_none() && kind != FaultKind::TooLong) {
                    let at = fault_place(&kind, parts).unwrap_or(first);
                    self.grok_fault(&names.grok, kind, at);
                }
                return None;
            }
        };
        match compile(&re2::translate(&expanded)) {
            Ok(regex) => {
                for name in regex.capture_names().flatten() {
                    let has_it = |text: &str| {
                        text.contains(&format!("<{name}>")) || text.contains(&format!(":{name}}}"))
                    };
                    let at = parts.iter().find(|(text, _)| has_it(text)).map_or(first, |(_, at)| *at);
                    produced.add(name, at);
                }
                if produced.is_empty() {
                    let message = "the expression has no named group, so it takes nothing from a line";
                    let help = "name what is to be kept: `(?P<name>…)`, or `%{IP:client}`";
                    self.problems.advise(Code::BadPattern, first, message.to_owned(), help);
                }
                Some(regex)
            }
            Err(invalid) => {
                let at = part_at(&names.grok, parts, invalid.at).unwrap_or(first);
                self.problems.advise(Code::BadPattern, at, invalid.message, invalid.help);
                None
            }
        }
    }

    fn bad_grok_name(&mut self, name: &str, at: Place) {
        let message = format!("{} is no name for a pattern", quote(name));
        let help = "names are capital letters, digits and `_`, beginning with a letter: `%{IPV4:client}`; \
                    write `%[{]` for the two characters themselves";
        self.problems.advise(Code::BadPattern, at, message, help);
    }

    fn grok_fault(&mut self, grok: &Grok, fault: FaultKind, at: Place) {
        let (message, help) = match fault {
            FaultKind::BadName(name) => return self.bad_grok_name(&name, at),
            FaultKind::BadField(field) => (
                format!("{} is no name for a group of a regular expression", quote(&field)),
                "such names are letters, digits and `_`, and do not begin with a digit".to_owned(),
            ),
            FaultKind::Unknown(name) => {
                let help = match closest(&name, grok.names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("define it under `patternDefinitions: {{{name}: …}}`"),
                };
                (format!("no pattern is called {}", quote(&name)), help)
            }
            FaultKind::Recursive(chain) => (
                format!("the pattern is defined by itself: {}", chain.join(", then ")),
                "write out what one of them stands for".to_owned(),
            ),
            FaultKind::TooLong => (
                format!("with its names replaced, the pattern has more than {} bytes", limits::PATTERN_BYTES),
                "patterns that use patterns multiply: write what differs only".to_owned(),
            ),
        };
        self.problems.advise(Code::BadPattern, at, message, help);
    }
}

/// The part in which the reference stands that a fault is about.
fn fault_place(kind: &FaultKind, parts: &[(&str, Place)]) -> Option<Place> {
    let needle = match kind {
        FaultKind::BadName(name) | FaultKind::Unknown(name) => format!("%{{{name}"),
        FaultKind::BadField(field) => format!(":{field}}}"),
        FaultKind::Recursive(_) | FaultKind::TooLong => return None,
    };
    parts.iter().find(|(text, _)| text.contains(&needle)).map(|(_, at)| *at)
}

/// The part from which the byte at `offset` of the compiled expression comes: the first one with which the
/// expression reaches so far. Only asked for on an error, and only of a few parts.
fn part_at(grok: &Grok, parts: &[(&str, Place)], offset: usize) -> Option<Place> {
    const MAX_PARTS: usize = 64;
    let mut whole = String::new();
    parts.iter().take(MAX_PARTS).find_map(|(text, at)| {
        whole.push_str(text);
        let reaches = grok.expand(&whole).is_ok_and(|expanded| re2::translate(&expanded).len() > offset);
        reaches.then_some(*at)
    })
}

const SYNTAX_HELP: &str = "the syntax is that of RE2: there is no look-around and no back-reference; a \
                           backslash takes the meaning from a character";

/// Compiles an expression. The parser beneath the `regex` crate tells the place of what is wrong.
fn compile(pattern: &str) -> Result<Regex, Invalid> {
    let invalid = |kind: &dyn std::fmt::Display, span: &regex_syntax::ast::Span| {
        let at = span.start.offset.min(pattern.len());
        let near: String = pattern[at..].chars().take(20).collect();
        let place = if near.is_empty() { "at its end".to_owned() } else { format!("at {}", quote(&near)) };
        let message = format!("this is no valid regular expression: {kind}, {place}");
        Invalid { message, help: SYNTAX_HELP, at }
    };
    match regex_syntax::Parser::new().parse(pattern) {
        Err(regex_syntax::Error::Parse(error)) => return Err(invalid(error.kind(), error.span())),
        Err(regex_syntax::Error::Translate(error)) => return Err(invalid(error.kind(), error.span())),
        _ => {}
    }
    Regex::new(pattern).map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => Invalid {
            message: "the regular expression is too large once it is compiled".to_owned(),
            help: "counted repetitions multiply what they repeat: write `+` or `*` where the count is free",
            at: 0,
        },
        other => {
            let message = format!("this is no valid regular expression: {other}").replace('\n', " ");
            Invalid { message, help: SYNTAX_HELP, at: 0 }
        }
    })
}
