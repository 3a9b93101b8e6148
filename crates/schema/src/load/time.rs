//! Time formats, and the fields that give the event time.

use super::{Loader, read::Mapping};
use crate::{
    TimeFormat, Value, ValueKind,
    diagnostic::{Code, Place, quote},
    time_format::InvalidTimeFormat,
};

impl<'a> Loader<'a> {
    /// Reads both spellings of the formats; `timeFormat` comes first.
    pub(super) fn time_formats(&mut self, mapping: &Mapping<'a>) -> Vec<TimeFormat> {
        let mut formats = Vec::new();
        let single = mapping.get("timeFormat");
        if let Some(entry) = single {
            let at = self.tree.node(entry.value).place;
            formats.extend(self.text(entry).and_then(|text| self.time_format(text, at)));
        }
        if let Some(entry) = mapping.get("timeFormats") {
            if single.is_some() {
                let message = "`timeFormat` and `timeFormats` stand together".to_owned();
                let help = "`timeFormat` is tried first; put all formats into `timeFormats`";
                self.problems.advise(Code::BothTimeFormats, entry.place, message, help);
            }
            for &item in self.list(entry, "write the formats in brackets, such as `timeFormats: [rfc3339]`") {
                let at = self.tree.node(item).place;
                let text = self.node_text(item, "a time format", at);
                let format = text.and_then(|text| self.time_format(text, at));
                formats.extend(format.filter(|format| !formats.contains(format)));
            }
        }
        formats
    }

    fn time_format(&mut self, text: &str, at: Place) -> Option<TimeFormat> {
        let format = match text.parse() {
            Ok(format) => format,
            Err(InvalidTimeFormat { message, help }) => {
                self.problems.advise(Code::BadTimeFormat, at, message, help);
                return None;
            }
        };
        if let TimeFormat::Pattern(pattern) = &format
            && !pattern.has_year()
        {
            let (what, when) =
                if pattern.has_day() { ("year", "in 1900") } else { ("date", "on 1 January 1900") };
            let message = format!("the time format {} has no {what}, so its times are {when}", quote(text));
            let help = "declare the field as `string` if the log does not tell the year anywhere";
            self.problems.advise(Code::TimeWithoutYear, at, message, help);
        }
        Some(format)
    }

    /// Checks that the keys for times stand where there is a time, and settles the formats that apply.
    pub(super) fn check_time(&mut self, mapping: &Mapping<'a>, value: &mut Value, owner: &str) {
        let format = mapping.get("timeFormat").or_else(|| mapping.get("timeFormats"));
        let claims = mapping.get("isEventTime").filter(|_| value.event_time);
        match value.kind {
            ValueKind::Timestamp => {}
            ValueKind::String => {
                if let Some(claim) = claims {
                    let message =
                        format!("{owner} is a string: its text is kept, and read for the event time only");
                    let help =
                        "declare it as `timestamp` to have a time in its column, and bad times rejected";
                    self.problems.advise(Code::StringTime, format.unwrap_or(claim).place, message, help);
                } else if let Some(format) = format {
                    let message = format!("the `{}` of {owner} does nothing", format.key);
                    let help =
                        "a string is kept as it is; declare it as `timestamp`, or set `isEventTime: true`";
                    self.problems.advise(Code::NoEffect, format.place, message, help);
                    value.time_formats.clear();
                }
            }
            _ => {
                let help = "times are of the type `timestamp`";
                let type_name = Some(value.kind.name());
                match (format, claims) {
                    // Events would silently lose their time.
                    (_, Some(claim)) => self.misplaced(claim, owner, type_name, help),
                    (Some(format), None) => self.ignored(format, owner, type_name, help),
                    (None, None) => {}
                }
                value.time_formats.clear();
            }
        }
        let has_time =
            value.kind == ValueKind::Timestamp || (value.event_time && value.kind == ValueKind::String);
        if has_time && value.time_formats.is_empty() {
            value.time_formats.push(TimeFormat::Rfc3339);
        }
    }
}
