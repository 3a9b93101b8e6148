//! Records that no definition can speak of, by their reasons.
//!
//! What works on events alone, as inference and drift do, passes over the rest. It must not do so silently:
//! an archive among the inputs is one such record, and all that it holds is missing.

use std::fmt::Write as _;

use sawlog_columns::Code;
use serde::Serialize;

use crate::error::Error;
use crate::plural::count;

/// The records that were passed over for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The reason, for machines.
    pub code: &'static str,
    /// Records.
    pub count: u64,
    /// The input of the first one.
    pub input: String,
    /// Why that was left out, in words.
    pub message: String,
}

/// Counts a record of `input`.
pub(crate) fn add(all: &mut Vec<LeftOut>, code: Code, message: &str, input: &str) {
    let code = code.as_str();
    match all.iter_mut().find(|known| known.code == code) {
        Some(known) => known.count += 1,
        None => all.push(LeftOut { code, count: 1, input: input.to_owned(), message: message.to_owned() }),
    }
}

/// Records of all reasons.
pub(crate) fn total(all: &[LeftOut]) -> u64 {
    all.iter().map(|left_out| left_out.count).sum()
}

/// Why there is nothing to do, where all records were passed over: what is missing, and the reasons.
pub(crate) fn nothing(missing: &str, all: &[LeftOut]) -> Error {
    let mut told = missing.to_owned();
    for LeftOut { code, count: records, input, message } in all {
        let _ = write!(told, "; {}, {code}, in {input}: {message}", count(*records, "record"));
    }
    Error::NoEvents(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_and_the_first_of_each_is_kept() {
        let mut all = Vec::new();
        add(&mut all, Code::InvalidJson, "at byte 1", "a");
        add(&mut all, Code::ForeignInput, "a zip archive", "b");
        add(&mut all, Code::InvalidJson, "at byte 2", "c");
        let told: Vec<_> = all.iter().map(|l| (l.code, l.count, &*l.input, &*l.message)).collect();
        let expected = [("invalid_json", 2, "a", "at byte 1"), ("foreign_input", 1, "b", "a zip archive")];
        assert_eq!((told.as_slice(), total(&all)), (&expected[..], 3));
    }
}
