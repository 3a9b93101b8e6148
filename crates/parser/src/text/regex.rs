//! The `regex` parser.

use std::ops::Range;

use regex::{CaptureLocations, Regex};
use sawlog_schema::RegexMatch;

use super::values::{Slot, Text, Values};
use super::{Mismatch, shown};
use crate::classify::Wording;

pub(super) struct Matcher {
    regex: Regex,
    locations: CaptureLocations,
    /// The named groups, by number.
    groups: Vec<(usize, Slot)>,
    schema_line: u32,
}

impl Matcher {
    pub(super) fn new(spec: &RegexMatch, values: &mut Values) -> Self {
        // A clone has memory of its own for its searches, so that workers do not wait for each other.
        let regex = spec.regex.clone();
        let named = regex.capture_names().enumerate();
        let groups = named.filter_map(|(group, name)| Some((group, values.slot(name?)))).collect();
        Self { locations: regex.capture_locations(), regex, groups, schema_line: spec.line }
    }

    /// Searches the line; a group that takes no part in the match gives an empty value.
    pub(super) fn read(
        &mut self,
        line: &str,
        within: Range<usize>,
        values: &mut Values,
        wording: Wording,
    ) -> Result<(), Mismatch> {
        let start = within.start;
        let text = &line[within];
        if self.regex.captures_read(&mut self.locations, text).is_none() {
            let words = || {
                format!("the line does not match the expression of `regex`; it begins with {:?}", shown(text))
            };
            return Err(Mismatch::no_match(wording, self.schema_line, words));
        }
        for &(group, slot) in &self.groups {
            let (from, to) = self.locations.get(group).unwrap_or_default();
            values.set(slot, Text::line(start + from..start + to), line);
        }
        Ok(())
    }
}
