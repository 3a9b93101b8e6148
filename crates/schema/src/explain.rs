//! What each problem of a schema means, in words for its author: an example that has it, and the way out.
//!
//! A diagnostic says what is wrong at one place; the text here says what the rule is and why there is one.
//! The match below is exhaustive, so a new code does not compile without a text, and a test loads every
//! example to see that it has the problem it is an example of.

use crate::Code;

/// The text for one code: of a schema's problem, or of what can happen to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// A schema that leads to it, as YAML; empty where it would have to be longer than anyone reads.
    pub schema: &'static str,
    /// A log that leads to it under that schema; empty for the problems of the schema itself.
    pub input: &'static str,
    /// Why it is so, and what to do.
    pub remedy: &'static str,
}

/// Text for a problem of a schema.
const fn text(meaning: &'static str, schema: &'static str, remedy: &'static str) -> Explanation {
    Explanation { meaning, schema, input: "", remedy }
}

/// A schema with one field, of which the mapping is given.
macro_rules! field {
    ($field:literal) => {
        concat!("schema: Custom.Door\nfields:\n  - ", $field, "\n")
    };
}

impl Code {
    /// What the code means, with an example and what to do.
    #[expect(clippy::too_many_lines, reason = "a table: one entry for each code")]
    pub const fn explain(self) -> Explanation {
        match self {
            Self::InvalidYaml => text(
                "The file breaks the grammar of YAML, so that nothing in it can be trusted.",
                "schema: Custom.Door\nfields: [\n",
                "Look at the marked place and just above it: indentation that does not line up, an open \
                 bracket or quote, or text with `: `, `#`, `*` or `&` that needs quotes.",
            ),
            Self::Tab => text(
                "A tab stands in the indentation, where YAML allows spaces only.",
                "schema: Custom.Door\nfields:\n\t- {name: badge, type: string}\n",
                "Replace the tab with spaces. Most editors can do that for all files that end in .yml.",
            ),
            Self::FileTooLarge => text(
                "The file has more than 4 MiB, which no definition of a log type needs.",
                "",
                "Check that the path names a schema and not a log. Long lists of values belong elsewhere.",
            ),
            Self::TooManyNodes => text(
                "The file has more keys, values and lists than a schema of the largest allowed size.",
                "",
                "Declare the fields that are queried. The others are kept in `p_extra` all the same.",
            ),
            Self::AliasBomb => text(
                "The aliases of the file stand for so much text that it could not be held in memory.",
                "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n\
                 c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n\
                 e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n\
                 g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]\nh: &h [*g, *g, *g, *g, *g, *g, *g, *g]\n",
                "Aliases are fine for a definition that is used a few times. Write the others out.",
            ),
            Self::RecursiveAlias => text(
                "An alias stands inside the very value that it names, so that it would never end.",
                "schema: Custom.Door\nfields: &all\n  - {name: door, type: object, fields: *all}\n",
                "Declare the inner levels one by one as deep as the log has them, or use the type `json`.",
            ),
            Self::EmptyFile => text(
                "The file is empty, or holds comments only.",
                "# to be written\n",
                "A schema has a name under `schema` and a list under `fields`.",
            ),
            Self::MultipleDocuments => text(
                "The file holds several YAML documents, separated by `---`.",
                "schema: Custom.Door\nfields:\n  - {name: badge, type: string}\n---\nschema: Custom.Gate\n",
                "Put each log type into a file of its own.",
            ),
            Self::ComplexKey => text(
                "A list, a mapping or an alias stands where YAML has a key.",
                "schema: Custom.Door\n? [fields]\n: none\n",
                "Keys are plain words. Put a key that begins with `[`, `{`, `?` or `*` in quotes.",
            ),
            Self::DuplicateKey => text(
                "A key stands twice in one mapping, so that one of its values would be lost.",
                field!("{name: badge, type: string, type: int}"),
                "Keep the one that is meant.",
            ),
            Self::MissingKey => text(
                "Something that the language asks for is not there.",
                field!("{name: badge}"),
                "A schema needs `fields`, a field `name` and `type`, an object `fields`, an array \
                 `element`. The message names the key.",
            ),
            Self::WrongKind => text(
                "A value is of another YAML kind than its key takes, such as a list in place of text.",
                field!("{name: 7, type: string}"),
                "Write it as the message says. Numbers and words like `true` need quotes to be text.",
            ),
            Self::Empty => text(
                "A list or a mapping that must hold something is empty.",
                "schema: Custom.Door\nfields: []\n",
                "Fill it. An object without declared members is better of the type `json`, and a key \
                 without values is better left out.",
            ),
            Self::BadSchemaName => text(
                "The name of the log type is not made of capitalized words joined by dots.",
                "schema: my-door\nfields:\n  - {name: badge, type: string}\n",
                "Write something like `Custom.MyDoor`: letters and digits only, each part with a capital \
                 letter first, 255 characters at most. Folders and tables are named after it.",
            ),
            Self::BadVersion => text(
                "The version is not a whole number from 0 on.",
                "schema: Custom.Door\nversion: 1.2\nfields:\n  - {name: badge, type: string}\n",
                "Count versions with whole numbers, or leave the key out, which means 0.",
            ),
            Self::BadUrl => text(
                "The reference is not the address of a web page.",
                "schema: Custom.Door\nreferenceURL: see the wiki\nfields:\n  - {name: badge, type: string}\n",
                "Give an address with https:// or http:// in front, or leave the key out.",
            ),
            Self::BadParser => text(
                "The `parser` key does not name exactly one parser that exists.",
                "schema: Custom.Door\nparser: {}\nfields:\n  - {name: badge, type: string}\n",
                "Leave the key out for logs in JSON; for text, keep the one parser that reads this log.",
            ),
            Self::BadPattern => text(
                "A pattern of a text parser cannot match any line, or is no valid expression.",
                "schema: Custom.Door\nparser:\n  fastmatch: {match: ['%{badge}%{floor}']}\nfields:\n  \
                 - {name: badge, type: string}\n  - {name: floor, type: int}\n",
                "The message says what is wrong and where. Patterns of `fastmatch` are literal text with \
                 placeholders, those of `regex` are expressions in the syntax of RE2, with grok names.",
            ),
            Self::BadScript => text(
                "The Starlark source of the `script` parser does not compile, or lacks `parse(log)`.",
                "schema: Custom.Door\nparser:\n  script:\n    function: |\n      def parse(log)\n        \
                 return {'badge': log}\nfields:\n  - {name: badge, type: string}\n",
                "Starlark is a small dialect of Python, without imports, classes, exceptions and `while`. \
                 `parse` takes the text of one record and returns the event as a dict.",
            ),
            Self::BadDelimiter => text(
                "The delimiter of the `csv` parser is a quote or a line break.",
                "schema: Custom.Door\nparser:\n  csv: {delimiter: '\"', columns: [badge]}\nfields:\n  \
                 - {name: badge, type: string}\n",
                "Quotes keep delimiters inside of values, and a line break ends the record. Any other \
                 character will do.",
            ),
            Self::BadName => text(
                "The name of a field cannot be the name of a column.",
                field!("{name: '', type: string}"),
                "A name has at least one character and no control characters. A member of the log with \
                 another name is kept in `p_extra`.",
            ),
            Self::NameTooLong => text(
                "The path of a field, with the names of the objects around it, is longer than 1,024 bytes.",
                "",
                "Leave the field out: its value is then kept in `p_extra`. Or declare an object around it as \
                 `json`.",
            ),
            Self::BadType => text(
                "The language has no type of this name.",
                field!("{name: badge, type: text}"),
                "The types are string, int, smallint, bigint, float, boolean, timestamp, object, array, json \
                 and, for what stands under `definitions`, ref.",
            ),
            Self::BadIndicator => text(
                "The language has no indicator of this name.",
                field!("{name: badge, type: string, indicators: [badge]}"),
                "An indicator says what a text is, so that all logs can be searched for it at once: ip, \
                 domain, hostname, url, email, username and others. Leave it out if none fits.",
            ),
            Self::BadTimeFormat => text(
                "The language has no such time format, or the pattern has a mistake.",
                field!("{name: at, type: timestamp, timeFormat: iso8601, isEventTime: true}"),
                "Formats have names, such as `rfc3339` for 2026-03-01T12:30:00Z and `unix_ms` for \
                 milliseconds, or are patterns: strftime such as `%d/%b/%Y:%H:%M:%S %z`, and Go layouts such \
                 as `layout=2006-01-02 15:04:05.000`.",
            ),
            Self::MisplacedKey => text(
                "A key that matters stands with a type that has no use for it.",
                field!("{name: at, type: bigint, isEventTime: true}"),
                "Give the field the type that the key belongs to, or remove the key.",
            ),
            Self::ConflictingKeys => text(
                "Two keys stand together that exclude each other.",
                field!("{name: mode, type: string, validate: {allow: [in], deny: [out]}}"),
                "Keep the one that is meant. With `allow`, everything else is denied; no text is both an \
                 address and a network.",
            ),
            Self::BadValidation => text(
                "A rule under `validate` has a value that means nothing.",
                field!("{name: from, type: string, validate: {ip: v4}}"),
                "The families of addresses are `ipv4`, `ipv6` and `any`.",
            ),
            Self::BadTransformation => text(
                "A transformation cannot be carried out as it is written.",
                field!("{name: host, type: string, split: {from: url, separator: '', index: 0}}"),
                "Paths and separators must not be empty, parts are counted from 0, and a mask is of the type \
                 `redact` or `obfuscate`.",
            ),
            Self::UnknownTarget => text(
                "A `ref` names a definition that the schema does not have.",
                field!("{name: guard, type: ref, target: Person}"),
                "Definitions stand under `definitions` at the top of the schema; their names are \
                 case-sensitive.",
            ),
            Self::CyclicReference => text(
                "A definition contains itself, directly or by way of others, so that it would never end.",
                "schema: Custom.Door\ndefinitions:\n  Room: {type: object, fields: [{name: next, type: ref, \
                 target: Room}]}\nfields:\n  - {name: room, type: ref, target: Room}\n",
                "A table has a fixed depth. Declare the innermost level with the type `json`.",
            ),
            Self::SharedKey => text(
                "Two fields of one object read the same key of the event.",
                "schema: Custom.Door\nfields:\n  - {name: badge, type: string}\n  - {name: card, \
                 type: string, rename: {from: badge}}\n",
                "A key has one reader. Take the value with `copy: {from: …}` in the other field.",
            ),
            Self::DuplicateField => text(
                "Two fields of one object have the same name.",
                field!("{name: badge, type: string}\n  - {name: badge, type: int}"),
                "Keep the one that fits the log. A column has one type; `json` and `string` take more than \
                 one kind of value.",
            ),
            Self::NameCollision => text(
                "Two fields of one object have names that differ in case only.",
                field!("{name: badge, type: string}\n  - {name: Badge, type: string}"),
                "Many query engines ignore case and could reach only one of them. Declare one and find the \
                 other in `p_extra`.",
            ),
            Self::ReservedName => text(
                "A field has the name of a column that every table has.",
                field!("{name: p_row_id, type: string}"),
                "Leave the field out: its value is then kept in `p_extra`.",
            ),
            Self::TooDeep => text(
                "Objects and arrays are nested more than 64 levels deep.",
                "",
                "Declare the inner part as `json`, which keeps it whole.",
            ),
            Self::TooManyFields => text(
                "The log type has more than 10,000 fields, elements of arrays counted too.",
                "",
                "Declare those that are queried. Others can be covered by a field of the type `json` around \
                 them, and what is not declared is kept in `p_extra`.",
            ),
            Self::Unsupported => text(
                "The file asks for something that sawlog does not do.",
                "schema: Custom.Door\nfields:\n  - {name: !short badge, type: string}\n",
                "It is refused rather than ignored, because the events would come out otherwise than the \
                 schema says. The help beside the message names what to write instead.",
            ),
            Self::TooManyErrors => text(
                "The file has more problems than are listed, and errors are among those left out.",
                "",
                "Mend the problems that are shown and check again.",
            ),
            Self::TooManyWarnings => text(
                "The file has more warnings than are listed.",
                "",
                "Mend the problems that are shown and check again.",
            ),
            Self::UnknownKey => text(
                "The language has no such key at this place, and nothing is done with it.",
                field!("{name: badge, type: string, requird: true}"),
                "Mostly it is a slip of the pen. Keys are case-sensitive, and some stand only in fields, \
                 some only at the top.",
            ),
            Self::NoEffect => text(
                "A key or value is right where it stands, and changes nothing.",
                field!("{name: floor, type: int, indicators: [ip]}"),
                "Remove it, or change what keeps it from working, which the message names.",
            ),
            Self::StringTime => text(
                "A field of the type `string` gives the event time.",
                field!("{name: at, type: string, isEventTime: true}"),
                "That works: the text stays as it is, and text that is no time gives no event time. With the \
                 type `timestamp` the column holds a time, and an event with a bad one is rejected.",
            ),
            Self::NestedIndicators => text(
                "Indicators stand on an object or array, and so apply to every string below it.",
                field!("{name: hosts, type: array, indicators: [hostname], element: {type: string}}"),
                "That works. Put them on the strings themselves if not all of them are meant.",
            ),
            Self::BothTimeFormats => text(
                "A field has both `timeFormat` and `timeFormats`.",
                field!("{name: at, type: timestamp, timeFormat: rfc3339, timeFormats: [rfc3339]}"),
                "The single one is tried first, then the list in its order. One list says it more clearly.",
            ),
            Self::TimeWithoutYear => text(
                "Texts of this time format do not tell the year, or not even the date.",
                field!("{name: at, type: timestamp, timeFormat: '%b %d %H:%M:%S', isEventTime: true}"),
                "What is not told is that of 1 January 1900, which is rarely when it happened. Look for \
                 another time in the event, or keep the text with the type `string`.",
            ),
            Self::UndeclaredName => text(
                "The text parser gives a value that no field takes.",
                "schema: Custom.Door\nparser:\n  fastmatch: {match: ['%{badge} %{flor}']}\nfields:\n  \
                 - {name: badge, type: string}\n  - {name: floor, type: int}\n",
                "Nothing is lost, as the value goes to `p_extra`; most often one of the names is misspelled.",
            ),
            Self::NeverFilled => text(
                "A field is required, but nothing that the text parser gives can fill it.",
                "schema: Custom.Door\nparser:\n  csv: {columns: [badge]}\nfields:\n  \
                 - {name: badge, type: string}\n  - {name: floor, type: int, required: true}\n",
                "Every record would be rejected. Name the value in the pattern or among the columns, or do \
                 not require the field.",
            ),
            Self::TextField => text(
                "A field is an object or array, but a text parser fills it, and gives text only.",
                "schema: Custom.Door\nparser:\n  csv: {columns: [badges]}\nfields:\n  \
                 - {name: badges, type: array, element: {type: string}}\n",
                "Records with such a value are rejected. Where the text is JSON, `isEmbeddedJSON: true` has \
                 it read; otherwise declare the field as `string`.",
            ),
            Self::UnusedDefinition => text(
                "No field refers to the definition, so that it adds nothing to the log type.",
                "schema: Custom.Door\ndefinitions:\n  Room: {type: string}\nfields:\n  - {name: badge, type: \
                 string}\n",
                "Refer to it with `type: ref` and `target`, or remove it.",
            ),
            Self::ReadableMask => text(
                "A text is masked in one place and can be read in another.",
                field!("{name: user, type: string, copy: {from: login}, mask: {type: redact}}"),
                "Masks are put on at the end, field by field. What a field is made of keeps its text, \
                 declared or not, unless it is a field with a mask of its own.",
            ),
            Self::UnsaltedMask => text(
                "A text is obfuscated without a salt.",
                field!("{name: badge, type: string, mask: {type: obfuscate}}"),
                "Names and numbers are few enough to try them all. A long random `salt` that stays secret \
                 prevents that.",
            ),
            Self::NameFromFile => text(
                "The schema does not say what its log type is called, so the name of the file says it.",
                "fields:\n  - {name: badge, type: string}\n",
                "Write the name under `schema`. Tables are called after the log type: without the key, the \
                 same schema in a file of another name fills another table.",
            ),
            Self::NoEventTime => text(
                "No field is marked as the time of the event.",
                field!("{name: badge, type: string}"),
                "Mark one with `isEventTime: true`. Without it the time of parsing takes its place, and \
                 tables are partitioned by that.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    /// Codes whose example would be longer than anyone reads. `tests/limits.rs` has files for them.
    const WITHOUT_EXAMPLE: [Code; 7] = [
        Code::FileTooLarge,
        Code::TooManyNodes,
        Code::NameTooLong,
        Code::TooDeep,
        Code::TooManyFields,
        Code::TooManyErrors,
        Code::TooManyWarnings,
    ];

    #[test]
    fn every_example_has_the_problem_it_is_an_example_of() {
        for &code in Code::ALL {
            let example = code.explain().schema;
            assert_eq!(example.is_empty(), WITHOUT_EXAMPLE.contains(&code), "{code}");
            if !example.is_empty() {
                let found = load(example, "example.yml").diagnostics;
                assert!(found.iter().any(|problem| problem.code == code), "{code}: {found:?}");
            }
        }
    }

    #[test]
    fn texts_are_sentences() {
        for &code in Code::ALL {
            let Explanation { meaning, input, remedy, .. } = code.explain();
            assert!(input.is_empty(), "{code}");
            for text in [meaning, remedy] {
                assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "{code}: {text}");
                assert!(!text.contains("  "), "{code}: {text}");
            }
        }
    }
}
