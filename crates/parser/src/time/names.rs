//! English names of months and weekdays.

use sawlog_schema::time_format::Name;

/// Months, in order.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Weekdays, in order.
pub(super) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The part of a name that is written.
pub(super) fn written(name: &'static str, length: Name) -> &'static str {
    match length {
        Name::Short => &name[..3],
        Name::Long => name,
    }
}

/// Finds the name that `text` begins with, in any case: its number, counted from 0, and how long it is.
pub(super) fn find(text: &[u8], names: &[&'static str], length: Name) -> Option<(u32, usize)> {
    (0..).zip(names).find_map(|(number, name)| {
        let name = written(name, length);
        let begins = text.get(..name.len())?.eq_ignore_ascii_case(name.as_bytes());
        begins.then_some((number, name.len()))
    })
}
