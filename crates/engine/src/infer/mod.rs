//! A log type from its log: all records are read, and the definition says what they are.
//!
//! What is not seen cannot be declared, so nothing is sampled: a key that one record in a million has gets
//! its field. [`shape`] keeps what was seen, a little for each path; [`decide`] turns it into types that give
//! back what every value said, with a note where someone should look; [`yaml`] writes them down. Then the
//! inputs are read again, with the log type that came out: every record must be accepted, and no value may be
//! left without a field.

mod check;
mod decide;
mod event_time;
mod indicators;
mod kind;
mod name;
mod number;
mod scalar;
mod shape;
mod survey;
mod text;
mod times;
mod tree;
mod yaml;

use std::sync::Arc;

use sawlog_parser::{Envelope, RecordsPath};

pub use check::InferCheck;
pub(crate) use decide::{Decider, free_name};
pub(crate) use shape::{Member, ShapeId, Shapes};
pub(crate) use survey::Survey;
pub(crate) use tree::{Field, Kind};
pub(crate) use yaml::{flow, list};

use crate::error::Result;
use crate::left_out::{self, LeftOut};
use crate::plural::count;
use crate::spool::Spooled;

/// A request to infer a log type.
#[derive(Debug, Clone)]
pub struct InferOptions {
    /// Files, folders, globs and `-`.
    pub inputs: Vec<String>,
    /// The name of the log type.
    pub name: String,
    /// Where records lie within a document; none to find out.
    pub records_path: Option<RecordsPath>,
}

/// An inferred log type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inferred {
    /// Its definition.
    pub yaml: String,
    /// Records that it was inferred from.
    pub records: u64,
    /// Records that are no events.
    pub left_out: Vec<LeftOut>,
    /// Places in the definition that someone should look at.
    pub doubts: usize,
    /// What the definition makes of its own input.
    pub check: InferCheck,
}

const NOTHING: &str = "there is nothing to infer from: no record is a JSON object with a key (a log of text \
                       is defined by hand, with a `parser`)";

/// Infers a log type from all records of the inputs, and checks it against them.
///
/// # Errors
/// Fails where an input cannot be read, or holds no JSON objects with a key.
pub fn infer(options: &InferOptions) -> Result<Inferred> {
    let inputs = Spooled::new(&options.inputs)?;
    let records_path = match &options.records_path {
        Some(path) => path.clone(),
        None => survey::records_path(&inputs)?,
    };
    let envelope = Arc::new(Envelope::new(&[], records_path.clone()));
    let survey = Survey::new(&inputs, &envelope, Shapes::new())?;
    let (events, unreadable) = (survey.events, left_out::total(&survey.left_out));
    if survey.shapes.event().objects.members.is_empty() {
        return Err(left_out::nothing(NOTHING, &survey.left_out));
    }
    let (mut fields, left) = Decider::new(&survey.shapes).event();
    event_time::mark(&mut fields, events);
    let doubts = doubts(&fields);
    let yaml = yaml::schema(&options.name, &head(&survey, unreadable, doubts, left), &fields);
    let check = check::check(&yaml, &inputs, &records_path, (events, unreadable))?;
    Ok(Inferred { yaml, records: events, left_out: survey.left_out, doubts, check })
}

/// What is said above the definition.
fn head(survey: &Survey, unreadable: u64, doubts: usize, left: usize) -> Vec<String> {
    let mut head = vec![format!("Inferred by sawlog from {}.", count(survey.events, "record"))];
    if unreadable > 0 {
        let (more, are) = (count(unreadable, "more record"), if unreadable == 1 { "is" } else { "are" });
        head.push(format!("{more} {are} left out: no events."));
    }
    if left > 0 {
        head.push(format!(
            "There is no field for {} of the event: too many, or no names.",
            count(left as u64, "key")
        ));
    }
    if doubts > 0 {
        head.push("Look at the fields with a comment above them before you rely on them.".to_owned());
    }
    head
}

/// Counts the notes that someone should look at; goes as deep as the fields do, which is bounded.
fn doubts(fields: &[Field]) -> usize {
    let of_value = |value: &tree::Value| value.notes.iter().filter(|note| note.is_doubt).count();
    let mut total = 0;
    for field in fields {
        let mut value = &field.value;
        loop {
            total += of_value(value);
            match &value.kind {
                Kind::Array(element) => value = element,
                Kind::Object(members) => {
                    total += doubts(members);
                    break;
                }
                _ => break,
            }
        }
    }
    total
}
