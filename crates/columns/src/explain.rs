//! What can happen to a record, in words for whoever reads the report: an example of it, and what to do.
//!
//! The matches below are exhaustive, so a new code or note does not compile without a text. The tests of the
//! engine run every example to see that it leads where it says.

use sawlog_schema::Explanation;

use crate::{Code, Note};

const fn text(
    meaning: &'static str,
    schema: &'static str,
    input: &'static str,
    remedy: &'static str,
) -> Explanation {
    Explanation { meaning, schema, input, remedy }
}

/// A schema with these fields.
macro_rules! fields {
    ($($field:literal),+) => {
        concat!("schema: Custom.Door\nfields:\n", $("  - ", $field, "\n"),+)
    };
}

const FLOOR: &str = fields!("{name: floor, type: int}");

impl Code {
    /// What the code means, with an example and what to do.
    #[expect(clippy::too_many_lines, reason = "a table: one entry for each code")]
    pub const fn explain(self) -> Explanation {
        match self {
            Self::InvalidJson => text(
                "The bytes of the record are not one valid JSON document.",
                FLOOR,
                "{\"floor\": 3,}\n",
                "The message names the byte where reading ended. Nothing is guessed: the record waits in the \
                 quarantine as it came. Often the log was cut, or mixed with lines of another program. \
                 Objects that follow each other on one line are read with --stream json, and so are \
                 documents that span lines behind a first line that is one by itself.",
            ),
            Self::NotAnObject => text(
                "The record is valid JSON, but a number, a text, a list or null in place of an object.",
                FLOOR,
                "{\"floor\": 3}\nnull\n",
                "Events are objects. If the events lie deeper inside, name the place with --records-path.",
            ),
            Self::TooDeep => text(
                "Objects and arrays of the record are nested more than 128 levels deep.",
                "",
                "",
                "No log is written like that on purpose; look at what produced the record.",
            ),
            Self::TooLarge => text(
                "The record is longer than 64 MiB, or what is made of it takes more than 32 times its length \
                 and 4 KiB, or more than 256 MiB.",
                "",
                "",
                "Of a record that is too long the quarantine names the place and the length, and does not \
                 hold the bytes; often a line break or a closing bracket is missing, so that many records \
                 look like one. What is made are the texts of masks, copies, joins, templates and scripts, \
                 and `p_extra`; the message says which of them went beyond the limit, and what to shorten. \
                 The log events of one envelope share its 256 MiB by their lengths.",
            ),
            Self::TooManyKeys => text(
                "An object of the record has more than 100,000 keys.",
                "",
                "",
                "If it is a map from names to events, convert it into a list of events first.",
            ),
            Self::TooManyValues => text(
                "The record has more than two million keys and values, or lists of so many elements that \
                 with the fields declared in them they take sixteen million places.",
                "",
                "",
                "If it holds many events, name the place of the list with --records-path.",
            ),
            Self::CutOff => text(
                "The input ends in the middle of the record.",
                FLOOR,
                "[{\"floor\": 3}, {\"floor\": 4",
                "Fetch the input again, or the rest of it. The records before it were read.",
            ),
            Self::ErrorPage => text(
                "The document is the page of an API that reports errors and holds no records.",
                FLOOR,
                "{\"errors\": [{\"status\": \"429\"}]}\n",
                "The download failed at this place, so events are missing: fetch the page again.",
            ),
            Self::PageWithFields => text(
                "A document was taken for a page of records, and has fields of an event behind them.",
                FLOOR,
                "{\"data\": [{\"floor\": 3}], \"floor\": 4}\n",
                "If the document is the event, say --records-path none; if the list lies elsewhere, name it \
                 with --records-path. The records of the page were read.",
            ),
            Self::SecondList => text(
                "A page has a second list of objects, beside the one that was taken for its records, or a \
                 second value under the name of that one.",
                FLOOR,
                "{\"data\": [{\"floor\": 3}], \"included\": [{\"name\": \"west\"}]}\n",
                "If it holds events, convert the input once more, into another --out, with --records-path \
                 and its name. If not, name the records' list there: then other lists are left out.",
            ),
            Self::RecordsPathMissing => text(
                "The document has no records at the place that --records-path names.",
                "",
                "",
                "Compare the path with the record in the quarantine. It is made of keys joined by dots.",
            ),
            Self::NotAnArray => text(
                "The stream is said to be a JSON array, and the document is none.",
                "",
                "",
                "Leave --stream out, so that the content decides, or name the place of the array with \
                 --records-path.",
            ),
            Self::InvalidEnvelope => text(
                "The stream is said to come from CloudWatch Logs, and the document is no envelope of it: it \
                 has no `logEvents`, one of them lacks its `message`, or the fields around them are too \
                 long.",
                "",
                "",
                "Leave --stream out if the log is not wrapped. Otherwise the envelope waits in the \
                 quarantine with all of its events.",
            ),
            Self::MissingRequired => text(
                "A field that the schema requires has no value in the event: it is missing or null, or an \
                 empty text in the place of a number, a boolean or a time. Where its type is `json`, a \
                 null is a value.",
                fields!("{name: floor, type: int, required: true}"),
                "{\"badge\": \"A7\"}\n",
                "If events without it are sound, do not require it. With --missing-required keep they become \
                 rows, with a flag that names the field.",
            ),
            Self::TypeMismatch => text(
                "A value does not fit the type that the schema declares for its field.",
                FLOOR,
                "{\"floor\": \"roof\"}\n",
                "The whole event is rejected, since a null in place of the value would change what it says. \
                 Declare the type that the log has; `string` takes numbers and booleans too, `json` \
                 takes anything.",
            ),
            Self::OutOfRange => text(
                "A number is too large or too small for the width of its field.",
                FLOOR,
                "{\"floor\": 3000000000}\n",
                "An int has 32 bits, a smallint 16, a bigint 64. Declare the wider one.",
            ),
            Self::InvalidTimestamp => text(
                "A text is no time in any of the formats that its field declares.",
                fields!("{name: at, type: timestamp, isEventTime: true}"),
                "{\"at\": \"yesterday\"}\n",
                "Add the format that the log has to `timeFormats`; without one it is rfc3339.",
            ),
            Self::NoMatch => text(
                "The line is not as the text parser of the log type describes it.",
                concat!(
                    "schema: Custom.Door\nparser:\n  fastmatch: {match: ['%{badge} on floor %{floor}']}\n",
                    "fields:\n  - {name: badge, type: string}\n  - {name: floor, type: int}\n"
                ),
                "ada on floor 3\nbob at the gate\n",
                "The message says how far the best pattern went. Add a pattern for lines of this kind, or \
                 leave them out with `skipPrefix` if they are no events.",
            ),
            Self::InvalidUtf8 => text(
                "A line of text holds bytes that are not UTF-8, the only encoding that is read.",
                "",
                "",
                "Find out how the log is encoded, often Latin-1 or UTF-16, and convert it first, with iconv \
                 for example.",
            ),
            Self::ValidationFailed => text(
                "The text of a required field breaks a rule that the field has under `validate`.",
                fields!("{name: mode, type: string, required: true, validate: {allow: [in, out]}}"),
                "{\"mode\": \"through\"}\n",
                "The message names the rule. If the value is right, add it to the list. A field that is not \
                 required is left unset instead, and the event is kept.",
            ),
            Self::InvalidEmbeddedJson => text(
                "A field is declared with `isEmbeddedJSON`, and its text is not one valid JSON document.",
                fields!("{name: door, type: json, isEmbeddedJSON: true}"),
                "{\"door\": \"{floor: 3}\"}\n",
                "The message names the byte of the text where reading ended. If only some events hold JSON \
                 there, declare the field as `string`.",
            ),
            Self::ScriptFailed => text(
                "The script of the log type failed on the record, or returned something else than an event.",
                "schema: Custom.Door\nparser:\n  script:\n    function: |\n      def parse(log):\n        \
                 return {'floor': int(log)}\nfields:\n  - {name: floor, type: int}\n",
                "3\nroof\n",
                "The message names the line of the script. A script must return a dict with something in it, \
                 and may use so much memory and so many steps for one record. What it should pass over, a \
                 script cannot say: let the fields tell.",
            ),
            Self::Unclassified => text(
                "Several log types were given, and none of them accepts the record.",
                "",
                "",
                "The message has the first reason of each. Mend the schema that was meant, or give the one \
                 that is missing.",
            ),
            Self::DamagedInput => text(
                "A compressed input is damaged, or expands to more than 64 MiB and more than a thousand \
                 times its size.",
                "",
                "",
                "The rest of that input was not read; what came before it was. The message says which of the \
                 two it is. Fetch a damaged input again. One that is genuine and so much larger inside is \
                 read if you decompress it beforehand.",
            ),
            Self::ForeignInput => text(
                "The input is no log, but an archive, a table, an image, text that is not in UTF-8, or the \
                 like.",
                "",
                "",
                "The message says what it is, which its first bytes tell, and how to get at the log in it. \
                 The input counts as one record. An HTML page or XML document is read line by line all the \
                 same if a later line within its first 64 KiB begins with a bracket, as JSON does: what \
                 fetched a log may have put the answer to a failed request in front of it.",
            ),
        }
    }
}

impl Note {
    /// What the note means, with an example and what to do.
    pub const fn explain(self) -> Explanation {
        match self {
            Self::ObjectAsArray => text(
                "One object stood where an array of objects is declared, and became its only element.",
                fields!(
                    "{name: doors, type: array, element: {type: object, fields: [{name: a, type: int}]}}"
                ),
                "{\"doors\": {\"a\": 7}}\n",
                "Nothing is lost. Some sources write a list of one without the brackets.",
            ),
            Self::DuplicateKey => text(
                "A key stood twice in one object, or a name in a header; the last value was taken.",
                FLOOR,
                "{\"floor\": 3, \"floor\": 4}\n",
                "Most readers of JSON do so. If the earlier value matters, look at what writes the log.",
            ),
            Self::EventTimeMissing => text(
                "No field gave the event time, so `p_event_time` is the time of parsing.",
                fields!("{name: at, type: timestamp, isEventTime: true}"),
                "{\"floor\": 3}\n",
                "The rows carry the flag `event_time_missing`. If the log has a time, mark its field with \
                 `isEventTime: true`.",
            ),
            Self::MissingRequired => text(
                "A required field had no value, and --missing-required keep made a row of the event all the \
                 same.",
                "",
                "",
                "The rows carry the flag `missing_required:` with the path of the field, which is null.",
            ),
            Self::InvalidValue => text(
                "A text broke a rule that its field has under `validate`; the field is null.",
                fields!("{name: mode, type: string, validate: {allow: [in, out]}}"),
                "{\"mode\": \"through\"}\n",
                "The text is kept in `p_extra`, and the rows carry the flag `invalid_value:` with the path \
                 of the field. Make the field required to have such events rejected.",
            ),
            Self::UnclosedQuote => text(
                "A value of a `csv` log begins with a quote that is never closed; it goes to the line's end.",
                concat!(
                    "schema: Custom.Door\nparser:\n  csv: {columns: [badge, remark]}\n",
                    "fields:\n  - {name: badge, type: string}\n  - {name: remark, type: string}\n"
                ),
                "ada,\"left the door open\n",
                "Each line is a record. If the values of the log have line breaks in them, the lines behind \
                 the first are rejected or look like other events: have them written in another way.",
            ),
            Self::UnnamedValue => text(
                "A value of a `csv` log stands behind the last of its `columns`, or in one that the header \
                 gives no name, and was not kept. Each value counts once, empty ones aside. A line that \
                 has more values than the header of its log is no such case: it is rejected with `no_match`.",
                concat!(
                    "schema: Custom.Door\nparser:\n  csv: {columns: [badge]}\n",
                    "fields:\n  - {name: badge, type: string}\n"
                ),
                "ada,3\n",
                "If the values matter, name their columns under `columns`: what has a name and is no field \
                 is kept in `p_extra`. An empty name there passes a column over.",
            ),
            Self::MisspeltColumn => text(
                "The header of a `csv` log calls a column nearly as the log type calls a field, and has no \
                 other column for that field, which is null. Each row counts once.",
                concat!(
                    "schema: Custom.Door\nparser:\n  csv: {hasHeader: true}\n",
                    "fields:\n  - {name: badge, type: string}\n  - {name: floor, type: int}\n"
                ),
                "badge,Floor\nada,3\n",
                "The values are in `p_extra`, and the name in the header is among the unknown fields of the \
                 report. If the field is meant, spell both alike, or give the field `rename: {from: …}` with \
                 the name in the header.",
            ),
            Self::MisplacedComma => text(
                "Between the records of an array a comma is missing, or one is too many. Each such place \
                 counts once.",
                FLOOR,
                "[{\"floor\": 3} {\"floor\": 4},]\n",
                "Nothing is lost: the records on both sides were read. Stricter readers refuse such a file, \
                 so look at what puts it together.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_sentences() {
        let codes = Code::ALL.iter().map(|code| (code.as_str(), code.explain()));
        let notes = Note::ALL.iter().map(|note| (note.as_str(), note.explain()));
        for (code, Explanation { meaning, schema, input, remedy }) in codes.chain(notes) {
            for text in [meaning, remedy] {
                assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "{code}: {text}");
                assert!(!text.contains("  "), "{code}: {text}");
            }
            assert_eq!(schema.is_empty(), input.is_empty(), "{code}: half an example");
        }
    }
}
