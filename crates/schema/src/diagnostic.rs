//! What is wrong, or odd, about a schema: problems with a stable code and an exact place.
//!
//! The author of a schema wants to see every problem at once, each where it stands, with the way out. So the
//! loader never stops at the first one: it collects diagnostics, and only the absence of errors makes a log
//! type. A code is for machines and documentation and never changes its meaning; the message is for people.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use crate::{Span, limits};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The schema cannot be used.
    Error,
    /// The schema can be used, but may not do what its author thinks.
    Warning,
}

/// Declares the codes with their spelling and severity, so that no list of them can go stale.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $severity:ident $text:literal,)+) => {
        /// Kind of a problem; the spelling is stable. A new one needs a text in `explain.rs`, and an example.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code as written in reports.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The severity that problems of this kind have.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }
        }
    };
}

codes! {
    /// The text is not YAML.
    InvalidYaml = Error "invalid-yaml",
    /// A tab where YAML wants spaces.
    Tab = Error "tab",
    /// More bytes than the limit.
    FileTooLarge = Error "file-too-large",
    /// More YAML values than the limit.
    TooManyNodes = Error "too-many-nodes",
    /// The aliases stand for more than the limit.
    AliasBomb = Error "alias-bomb",
    /// An alias inside the very node that it names.
    RecursiveAlias = Error "recursive-alias",
    /// Nothing in the file.
    EmptyFile = Error "empty-file",
    /// More than one YAML document.
    MultipleDocuments = Error "multiple-documents",
    /// A mapping key that is no plain text.
    ComplexKey = Error "complex-key",
    /// A key that stands twice in one mapping.
    DuplicateKey = Error "duplicate-key",
    /// A key that must be there is not.
    MissingKey = Error "missing-key",
    /// A value of the wrong YAML kind.
    WrongKind = Error "wrong-kind",
    /// A list or mapping that must hold something.
    Empty = Error "empty",
    /// The log type's name breaks the rules for names.
    BadSchemaName = Error "bad-schema-name",
    /// The version is no whole number in range.
    BadVersion = Error "bad-version",
    /// Not exactly one known parser.
    BadParser = Error "bad-parser",
    /// A pattern of a text parser that cannot match, or does not compile.
    BadPattern = Error "bad-pattern",
    /// A script that does not compile, or defines no `parse(log)`.
    BadScript = Error "bad-script",
    /// A delimiter that has another meaning.
    BadDelimiter = Error "bad-delimiter",
    /// A field name that cannot be a column.
    BadName = Error "bad-name",
    /// A field path beyond the limit.
    NameTooLong = Error "name-too-long",
    /// A type that the language does not have.
    BadType = Error "bad-type",
    /// An indicator that the language does not have.
    BadIndicator = Error "bad-indicator",
    /// A time format that the language does not have.
    BadTimeFormat = Error "bad-time-format",
    /// A key that cannot stand with this type.
    MisplacedKey = Error "misplaced-key",
    /// Keys that exclude each other.
    ConflictingKeys = Error "conflicting-keys",
    /// A rule for texts that means nothing.
    BadValidation = Error "bad-validation",
    /// A transformation that cannot be carried out.
    BadTransformation = Error "bad-transformation",
    /// A reference to a definition that does not exist.
    UnknownTarget = Error "unknown-target",
    /// A definition that contains itself.
    CyclicReference = Error "cyclic-reference",
    /// Two fields of one object that read the same key.
    SharedKey = Error "shared-key",
    /// Two fields of one object with the same name.
    DuplicateField = Error "duplicate-field",
    /// Two fields of one object whose names differ in case only.
    NameCollision = Error "name-collision",
    /// A field with the name of a standard column.
    ReservedName = Error "reserved-name",
    /// Nested deeper than the limit.
    TooDeep = Error "too-deep",
    /// More fields than the limit.
    TooManyFields = Error "too-many-fields",
    /// A feature of the language that sawlog does not have yet.
    Unsupported = Error "unsupported",
    /// More problems than are worth listing, errors among them.
    TooManyErrors = Error "too-many-errors",
    /// More warnings than are worth listing.
    TooManyWarnings = Warning "too-many-warnings",
    /// A key that the language does not have.
    UnknownKey = Warning "unknown-key",
    /// The reference is no web address.
    BadUrl = Warning "bad-url",
    /// A key that does nothing where it stands.
    NoEffect = Warning "no-effect",
    /// A string that doubles as the event time.
    StringTime = Warning "string-time",
    /// Indicators on an object or array, which apply to the text below it.
    NestedIndicators = Warning "nested-indicators",
    /// Both spellings of the time format at once.
    BothTimeFormats = Warning "both-time-formats",
    /// A time format that tells no year.
    TimeWithoutYear = Warning "time-without-year",
    /// A value of a text parser that no field declares.
    UndeclaredName = Warning "undeclared-name",
    /// A required field that the text parser never gives.
    NeverFilled = Warning "never-filled",
    /// A field of a type that text cannot have.
    TextField = Warning "text-field",
    /// A definition that no field refers to.
    UnusedDefinition = Warning "unused-definition",
    /// A masked text that can be read elsewhere.
    ReadableMask = Warning "readable-mask",
    /// Hashes without a salt.
    UnsaltedMask = Warning "unsalted-mask",
    /// The log type has its name from the file.
    NameFromFile = Warning "name-from-file",
    /// No field gives the event time.
    NoEventTime = Warning "no-event-time",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One problem of a schema file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem, for machines.
    pub code: Code,
    /// Whether the schema can be used all the same.
    pub severity: Severity,
    /// What is wrong, for people; one line.
    pub message: String,
    /// Where the offending key or value begins.
    pub span: Span,
    /// How many characters of that line it covers, at least 1.
    pub width: u32,
    /// What to do about it, where that is not obvious.
    pub help: Option<String>,
}

/// A stretch of one line: what a diagnostic points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) span: Span,
    pub(crate) width: u32,
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Diagnostic>,
    dropped: usize,
    dropped_errors: usize,
    is_muted: bool,
}

impl Problems {
    /// Records a problem that explains itself.
    pub(crate) fn report(&mut self, code: Code, at: Place, message: String) {
        self.add(code, at, message, None);
    }

    /// Records a problem with the way out of it.
    pub(crate) fn advise(&mut self, code: Code, at: Place, message: String, help: impl Into<String>) {
        self.add(code, at, message, Some(help.into()));
    }

    /// Whether to take no note of problems, since what is read now was checked before. Limits are kept all
    /// the same: they depend on where it stands. Returns what held until now.
    pub(crate) fn mute(&mut self, is_muted: bool) -> bool {
        std::mem::replace(&mut self.is_muted, is_muted)
    }

    fn add(&mut self, code: Code, at: Place, message: String, help: Option<String>) {
        if self.is_muted && !matches!(code, Code::TooDeep | Code::TooManyFields | Code::NameTooLong) {
            return;
        }
        if self.is_full() {
            self.dropped += 1;
            self.dropped_errors += usize::from(code.severity() == Severity::Error);
            return;
        }
        let Place { span, width } = at;
        self.list.push(Diagnostic { code, severity: code.severity(), message, span, width, help });
    }

    /// Whether further problems are only counted, so that looking for advice is wasted.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= limits::PROBLEMS
    }

    /// All problems in the order of their places, and whether an error is among them.
    pub(crate) fn finish(mut self) -> (Vec<Diagnostic>, bool) {
        self.list.sort_by_key(|d| (d.span.line, d.span.column));
        if self.dropped > 0 {
            let code = if self.dropped_errors > 0 { Code::TooManyErrors } else { Code::TooManyWarnings };
            self.list.push(Diagnostic {
                code,
                severity: code.severity(),
                message: format!(
                    "{} more problems are not listed, {} of them errors",
                    self.dropped, self.dropped_errors
                ),
                span: Span { line: 1, column: 1 },
                width: 1,
                help: Some("fix those above and check again".to_owned()),
            });
        }
        let failed = self.list.iter().any(|d| d.severity == Severity::Error);
        (self.list, failed)
    }
}

/// Lines longer than this, in bytes, are named but not shown.
const SHOWN_LINE_BYTES: usize = 1024;

/// Renders diagnostics for people, each with its code, place, source line and help, separated by blank lines.
///
/// `text` is the YAML they were found in and `source` the name to show for it. With `colour` the result
/// carries ANSI escapes; without it, plain ASCII drawing around the text.
pub fn render(diagnostics: &[Diagnostic], text: &str, source: &str, colour: bool) -> String {
    let lines = lines(text);
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&render_one(diagnostic, &lines, source, &renderer));
        out.push('\n');
    }
    out
}

fn render_one(diagnostic: &Diagnostic, lines: &[&str], source: &str, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let Span { line, column } = diagnostic.span;
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let shown = lines.get((line as usize).saturating_sub(1)).filter(|l| l.len() <= SHOWN_LINE_BYTES);
    let group = match shown {
        Some(text) => title.element(
            Snippet::source(*text)
                .line_start(line as usize)
                .path(source)
                .annotation(AnnotationKind::Primary.span(bytes(text, column, diagnostic.width))),
        ),
        None => title
            .element(Origin::path(source).line(line as usize).char_column(column.saturating_sub(1) as usize)),
    };
    let group = match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    };
    renderer.render(&[group])
}

/// Splits at the line breaks of YAML: LF, CR LF, and CR alone.
fn lines(text: &str) -> Vec<&str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r')).collect()
}

/// The bytes of `line` from character `column`, counted from 1, over `width` characters.
fn bytes(line: &str, column: u32, width: u32) -> std::ops::Range<usize> {
    let offset = |chars: usize| line.char_indices().nth(chars).map_or(line.len(), |(at, _)| at);
    let start = column.saturating_sub(1) as usize;
    offset(start)..offset(start + width as usize)
}

/// Text of a schema as it may stand in a message: short, on one line, in backticks.
pub(crate) fn quote(text: &str) -> String {
    const CHARS: usize = 60;
    let mut quoted = String::from("`");
    for (at, c) in text.chars().enumerate() {
        if at == CHARS {
            quoted.push('…');
            break;
        }
        if c.is_control() {
            quoted.extend(c.escape_default());
        } else {
            quoted.push(c);
        }
    }
    quoted.push('`');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_yaml_ends_them() {
        assert_eq!(lines("\u{feff}a\r\nb\rc\nd"), ["a", "b", "c", "d"]);
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(bytes("é: ü", 4, 1), 4..6);
        assert_eq!(bytes("ab", 9, 3), 2..2);
    }

    #[test]
    fn quoted_text_is_short_and_on_one_line() {
        assert_eq!(quote("a\nb\u{1b}"), "`a\\nb\\u{1b}`");
        assert_eq!(quote(&"x".repeat(1000)).chars().count(), 63);
    }

    #[test]
    fn an_error_that_is_not_listed_still_fails() {
        let at = Place { span: Span { line: 1, column: 1 }, width: 1 };
        let mut problems = Problems::default();
        for _ in 0..limits::PROBLEMS {
            problems.report(Code::NoEffect, at, String::new());
        }
        problems.report(Code::BadType, at, String::new());
        let (list, failed) = problems.finish();
        assert!(failed);
        assert_eq!(list.last().map(|d| d.code), Some(Code::TooManyErrors));
    }

    #[test]
    fn codes_are_unique() {
        let mut texts: Vec<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), Code::ALL.len());
    }
}
