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

use crate::cost::{ENTRY_BYTES, size};
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

/// How much faster a value is read once from its beginning to its end than values are followed.
const SCAN: usize = 4;

/// What it takes to pass over one item.
const ITEM_BYTES: usize = 16;

/// Charges for looking at all of a text or of the items of a list or dict, as they lie there.
pub(crate) fn spend_scan(x: Value<'_>) -> anyhow::Result<()> {
    let entries = DictRef::from_value(x).map_or(0, |dict| dict.len() * ENTRY_BYTES);
    spend((size(x) + entries) / SCAN)
}

/// Charges for what is hashed or compared with what is equal, as keys of dicts are. Of what nests only
/// tuples are.
pub(crate) fn spend_key(x: Value<'_>) -> anyhow::Result<()> {
    if TupleRef::from_value(x).is_some() {
        return spend_less(|limit| extent(x, limit), |_| None);
    }
    spend(x.unpack_str().map_or(0, str::len) / SCAN)
}

/// Charges for passing over so many items.
pub(crate) fn spend_items(items: usize) -> anyhow::Result<()> {
    spend(items.saturating_mul(ITEM_BYTES))
}

/// Charges for cutting any of `chars` off the ends of a text.
pub(crate) fn spend_strip(text: Value<'_>, chars: Value<'_>) -> anyhow::Result<()> {
    spend(size(text).saturating_mul(size(chars) + 1) / SCAN)
}

/// Charges for sorting values, each of which is compared about as often as their number can be halved.
pub(crate) fn spend_sort<'v>(values: impl ExactSizeIterator<Item = Value<'v>>) -> anyhow::Result<()> {
    let halvings = values.len().checked_ilog2().unwrap_or(0) as usize + 1;
    for value in values {
        if nests(value) {
            spend_less(|limit| Some(extent(value, limit / halvings)?.saturating_mul(halvings)), |_| None)?;
        } else {
            spend((size(value) / SCAN + ITEM_BYTES).saturating_mul(halvings))?;
        }
    }
    Ok(())
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
