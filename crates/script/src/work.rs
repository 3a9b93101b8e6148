//! How much an evaluation may look at.
//!
//! Steps alone bound no time: a list that holds another one twice, forty times over, is small, and comparing
//! it with one of the same make would take years within a single step. So comparisons and searches are
//! charged beforehand for what they look at in the worst case.

use std::cell::Cell;

use anyhow::bail;
use starlark::values::Value;
use starlark::values::dict::DictRef;
use starlark::values::list::ListRef;
use starlark::values::tuple::TupleRef;

use crate::cost::size;
use crate::limits::WORK_BYTES;

thread_local! {
    /// Bytes that the evaluation on this thread may still look at.
    static LEFT: Cell<usize> = const { Cell::new(WORK_BYTES) };
}

/// What a value costs beside its text: to follow one takes as long as to read so many bytes in a row.
const VALUE_BYTES: usize = 256;

/// What is tried first as the size of a value; most are smaller.
const FIRST_LIMIT: usize = 4096;

/// Forgets what the evaluation before this one looked at.
pub(crate) fn start_over() {
    LEFT.set(WORK_BYTES);
}

/// Charges for comparing two values, which ends with the smaller of them.
pub(crate) fn spend_comparison(a: Value<'_>, b: Value<'_>) -> anyhow::Result<()> {
    if !nests(a) || !nests(b) {
        return spend(size(a).min(size(b)));
    }
    spend_less(|limit| extent(a, limit), |limit| extent(b, limit))
}

/// Charges for looking for `item` in `container`, one value after the other.
pub(crate) fn spend_search(item: Value<'_>, container: Value<'_>) -> anyhow::Result<()> {
    let values = size(container) / size_of::<Value<'_>>();
    if container.unpack_str().is_some() || !nests(container) || values == 0 {
        return spend(size(container).saturating_add(size(item)));
    }
    spend_less(
        |limit| extent(container, limit),
        |limit| Some(extent(item, limit / values)?.saturating_mul(values)),
    )
}

/// Charges the lesser of two amounts, and finds it without finishing the greater, which may have no end.
fn spend_less(a: impl Fn(usize) -> Option<usize>, b: impl Fn(usize) -> Option<usize>) -> anyhow::Result<()> {
    let mut limit = FIRST_LIMIT;
    loop {
        if let Some(bytes) = a(limit).or_else(|| b(limit)) {
            return spend(bytes);
        }
        // The walks so far came to the limit each.
        spend(limit)?;
        limit *= 4;
    }
}

fn spend(bytes: usize) -> anyhow::Result<()> {
    let Some(left) = LEFT.get().checked_sub(bytes) else {
        bail!("the script compares and searches more than {} MiB of values", WORK_BYTES >> 20);
    };
    LEFT.set(left);
    Ok(())
}

fn nests(value: Value<'_>) -> bool {
    ListRef::from_value(value).is_some()
        || TupleRef::from_value(value).is_some()
        || DictRef::from_value(value).is_some()
}

/// Bytes of a value with all that it holds, as often as it holds it. None if they exceed the limit.
fn extent(value: Value<'_>, limit: usize) -> Option<usize> {
    let mut bytes = 0_usize;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        let text = if nests(value) { 0 } else { size(value) };
        bytes = bytes.saturating_add(VALUE_BYTES + text);
        let room = limit.checked_sub(bytes)? / VALUE_BYTES;
        let room = room.checked_sub(open.len())?;
        if let Some(list) = ListRef::from_value(value) {
            room.checked_sub(list.len())?;
            open.extend(list.iter());
        } else if let Some(tuple) = TupleRef::from_value(value) {
            room.checked_sub(tuple.len())?;
            open.extend(tuple.iter());
        } else if let Some(dict) = DictRef::from_value(value) {
            room.checked_sub(dict.len().saturating_mul(2))?;
            open.extend(dict.iter().flat_map(|(key, value)| [key, value]));
        }
    }
    Some(bytes)
}
