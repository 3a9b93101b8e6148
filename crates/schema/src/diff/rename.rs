//! Fields that went and came in one object and look like the same field under another name.

use std::collections::HashSet;

use crate::{Field, Value, ValueKind};

/// More fields than this that went or came at once are a rewrite, in which a guess is worth nothing.
const MOST: usize = 100;

/// How alike two fields must be, from 0 to 2.
const ALIKE: f64 = 0.6;

/// Pairs of a field that went and the one it may have become; each field is in one pair at most.
pub(super) fn find<'a>(deleted: &[&'a Field], added: &[&'a Field]) -> Vec<(&'a Field, &'a Field)> {
    if deleted.len() > MOST || added.len() > MOST {
        return Vec::new();
    }
    let mut scored: Vec<(f64, &Field, &Field)> = deleted
        .iter()
        .flat_map(|gone| added.iter().map(move |came| (likeness(gone, came), *gone, *came)))
        .filter(|(score, ..)| *score >= ALIKE)
        .collect();
    // The sort is stable: among equals the order of the definitions decides.
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut pairs: Vec<(&Field, &Field)> = Vec::new();
    for (_, gone, came) in scored {
        let is_free = |pair: &(&Field, &Field)| !std::ptr::eq(pair.0, gone) && !std::ptr::eq(pair.1, came);
        if pairs.iter().all(is_free) {
            pairs.push((gone, came));
        }
    }
    pairs
}

/// 0 for fields of different types; otherwise the likeness of their names from 0 to 1, and up to 1 more for
/// saying or holding the same.
fn likeness(gone: &Field, came: &Field) -> f64 {
    if gone.value.kind.name() != came.value.kind.name() {
        return 0.0;
    }
    let is_same_text = !gone.description.is_empty() && gone.description == came.description;
    let same = if is_same_text { 1.0 } else { shared_members(&gone.value, &came.value) };
    strsim::normalized_damerau_levenshtein(&letters(&gone.name), &letters(&came.name)) + same
}

/// A name without what differs between styles of writing it: `user_id` and `userId`.
fn letters(name: &str) -> String {
    // The distance takes time in proportion to the length, and names are short where a guess makes sense.
    const LONGEST: usize = 64;
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(LONGEST).collect()
}

/// The share of members that two objects, or arrays of them, have in common.
fn shared_members(gone: &Value, came: &Value) -> f64 {
    let (Some(gone), Some(came)) = (members(gone), members(came)) else { return 0.0 };
    let all: HashSet<&str> = gone.union(&came).copied().collect();
    gone.intersection(&came).count() as f64 / all.len().max(1) as f64
}

fn members(mut value: &Value) -> Option<HashSet<&str>> {
    while let ValueKind::Array(element) = &value.kind {
        value = element;
    }
    match &value.kind {
        ValueKind::Object(fields) => Some(fields.iter().map(|field| field.name.as_str()).collect()),
        _ => None,
    }
}
