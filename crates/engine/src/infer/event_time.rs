//! Which time is the time of the event.

use super::tree::{Field, Kind};
use crate::plural::count;

/// A time that stands in every event at most once.
struct Candidate {
    /// Positions of the fields on the way to it.
    path: Vec<usize>,
    name: String,
    filled: u64,
    score: i64,
}

/// Marks the time that most likely is the event's: by its name, the share of events that have it, and how
/// close to the top it stands. Says why.
pub(crate) fn mark(fields: &mut [Field], events: u64) {
    let mut candidates = Vec::new();
    collect(fields, &[], "", events, &mut candidates);
    // Of equals the first one.
    let Some(best) = candidates.iter().rev().max_by_key(|candidate| candidate.score) else { return };
    let have = if events == 1 { "has" } else { "have" };
    let mut told = format!("the event time: {} of {} {have} it", best.filled, count(events, "record"));
    let others: Vec<&str> =
        candidates.iter().filter(|c| c.path != best.path).take(3).map(|c| c.name.as_str()).collect();
    if !others.is_empty() {
        told = format!("{told}, and its name is likelier than {}", others.join(", "));
    }
    let is_partial = best.filled < events;
    if let Some(field) = find(fields, &best.path) {
        field.value.is_event_time = true;
        let value = field.value.clone();
        field.value = if is_partial { value.doubt(told) } else { value.remark(told) };
    }
}

/// Goes as deep as the fields do, which is bounded.
fn collect(fields: &[Field], path: &[usize], prefix: &str, events: u64, candidates: &mut Vec<Candidate>) {
    for (number, field) in fields.iter().enumerate() {
        let path = [path, &[number]].concat();
        let name = format!("{prefix}{}", field.name);
        match &field.value.kind {
            Kind::Timestamp(_) => {
                let share = (field.filled * 60 / events.max(1)) as i64;
                let rank = super::name::Name::new(&field.name, None).event_time_rank();
                let score = share + rank - 2 * path.len() as i64;
                candidates.push(Candidate { path, name, filled: field.filled, score });
            }
            Kind::Object(members) => collect(members, &path, &format!("{name}."), events, candidates),
            _ => {}
        }
    }
}

fn find<'f>(fields: &'f mut [Field], path: &[usize]) -> Option<&'f mut Field> {
    let (&number, rest) = path.split_first()?;
    let field = fields.get_mut(number)?;
    if rest.is_empty() {
        return Some(field);
    }
    match &mut field.value.kind {
        Kind::Object(members) => find(members, rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::Value;
    use super::*;

    fn field(name: &str, filled: u64, kind: Kind) -> Field {
        Field { name: name.to_owned(), from: None, required: false, filled, value: Value::of(kind) }
    }

    fn time(name: &str, filled: u64) -> Field {
        field(name, filled, Kind::Timestamp(vec!["rfc3339"]))
    }

    /// The path of the time that is marked among `fields`, of 100 events.
    fn marked(mut fields: Vec<Field>) -> String {
        fn search(fields: &[Field]) -> Option<String> {
            fields.iter().find_map(|field| match &field.value.kind {
                Kind::Object(members) => Some(format!("{}.{}", field.name, search(members)?)),
                _ => field.value.is_event_time.then(|| field.name.clone()),
            })
        }
        mark(&mut fields, 100);
        search(&fields).unwrap_or_default()
    }

    #[test]
    fn name_coverage_and_depth_decide() {
        assert_eq!(marked(vec![time("created", 100), time("eventTime", 100)]), "eventTime");
        assert_eq!(marked(vec![time("eventTime", 3), time("created", 100)]), "created");
        assert_eq!(marked(vec![time("expires_at", 100), time("seen", 100)]), "seen");
        assert_eq!(marked(vec![time("a", 100), time("b", 100)]), "a");
        let deep = field("attributes", 100, Kind::Object(vec![time("time", 100)]));
        assert_eq!(marked(vec![time("updated", 100), deep]), "attributes.time");
        assert_eq!(marked(vec![field("n", 100, Kind::BigInt)]), "");
    }
}
