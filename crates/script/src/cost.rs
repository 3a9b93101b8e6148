//! What a value costs, known before it is made, and what an evaluation may still spend.

use std::cell::Cell;

use anyhow::bail;
use num_bigint::BigInt;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::dict::DictRef;
use starlark::values::list::ListRef;
use starlark::values::tuple::TupleRef;
use starlark::values::{Heap, UnpackValue, Value, ValueLike};

use crate::limits::{HEAP_BYTES, INT_BITS, TEXT_BYTES, TUPLE_ITEMS, VALUE_DEPTH};
use crate::work::spend_items;

thread_local! {
    /// Bytes that the evaluation on this thread took outside of the interpreter's heap, as dicts do.
    static OUTSIDE: Cell<usize> = const { Cell::new(0) };
}

/// Forgets what the evaluation before this one took.
pub(crate) fn start_over() {
    OUTSIDE.set(0);
}

/// Bytes of an entry of a dict.
pub(crate) const ENTRY_BYTES: usize = 48;

/// Fails if `more` bytes would take the evaluation beyond its limit.
pub(crate) fn afford(more: usize, heap: Heap<'_>) -> anyhow::Result<()> {
    let held = heap.allocated_bytes().saturating_add(OUTSIDE.get());
    if held.saturating_add(more) > HEAP_BYTES {
        bail!("the script needs more than {} MiB of memory", HEAP_BYTES >> 20);
    }
    Ok(())
}

/// Takes memory for so many entries of a dict.
pub(crate) fn afford_entries(entries: usize, heap: Heap<'_>) -> anyhow::Result<()> {
    let more = entries.saturating_mul(ENTRY_BYTES);
    afford(more, heap)?;
    OUTSIDE.set(OUTSIDE.get() + more);
    Ok(())
}

/// Bytes that the items of a value take in it, nested ones by reference.
pub(crate) fn size(value: Value<'_>) -> usize {
    if let Some(text) = value.unpack_str() {
        return text.len();
    }
    if let Some(bytes) = value.downcast_ref::<StarlarkBytes>() {
        return bytes.as_bytes().len();
    }
    let items = ListRef::from_value(value)
        .map(|list| list.len())
        .or_else(|| TupleRef::from_value(value).map(TupleRef::len));
    items.map_or(0, |items| items * size_of::<Value>())
}

/// Bytes of text that take as long as one item.
const TEXT_ITEM: usize = 64;

/// About the bytes of text that a value becomes. Fails where that is too long, or nested too deep: text is
/// made recursively, and a list that holds another one twice doubles it.
pub(crate) fn text_size(value: Value<'_>) -> anyhow::Result<usize> {
    let mut bytes = 0;
    add_text_size(value, 0, &mut bytes)?;
    spend_items(bytes / TEXT_ITEM)?;
    Ok(bytes)
}

fn add_text_size(value: Value<'_>, depth: usize, bytes: &mut usize) -> anyhow::Result<()> {
    *bytes += 2 + value.unpack_str().map_or(0, str::len);
    if *bytes > TEXT_BYTES {
        bail!("the value makes a text of more than {} MiB", TEXT_BYTES >> 20);
    }
    if depth > VALUE_DEPTH {
        bail!("the value is nested more than {VALUE_DEPTH} levels deep");
    }
    if let Some(list) = ListRef::from_value(value) {
        list.iter().try_for_each(|item| add_text_size(item, depth + 1, bytes))?;
    } else if let Some(tuple) = TupleRef::from_value(value) {
        tuple.iter().try_for_each(|item| add_text_size(item, depth + 1, bytes))?;
    } else if let Some(dict) = DictRef::from_value(value) {
        for (key, item) in dict.iter() {
            add_text_size(key, depth + 1, bytes)?;
            add_text_size(item, depth + 1, bytes)?;
        }
    }
    Ok(())
}

/// Fails if tuples are nested too deep, or hold each other so often that they come to too many items.
pub(crate) fn check_tuple(value: Value<'_>) -> anyhow::Result<()> {
    let mut items = 0;
    add_tuple_items(value, 0, &mut items)?;
    spend_items(items)
}

fn add_tuple_items(value: Value<'_>, depth: usize, items: &mut usize) -> anyhow::Result<()> {
    let Some(tuple) = TupleRef::from_value(value) else { return Ok(()) };
    *items += tuple.len();
    if depth > VALUE_DEPTH || *items > TUPLE_ITEMS {
        bail!("tuples are nested more than {VALUE_DEPTH} levels deep, or hold more than {TUPLE_ITEMS} items");
    }
    tuple.iter().try_for_each(|item| add_tuple_items(item, depth + 1, items))
}

/// Bits of an integer; none for other values.
pub(crate) fn int_bits(value: Value<'_>) -> anyhow::Result<Option<u64>> {
    if let Some(small) = value.unpack_i32() {
        return Ok(Some(u64::from(32 - small.unsigned_abs().leading_zeros())));
    }
    if value.get_type() != "int" {
        return Ok(None);
    }
    let big = BigInt::unpack_value(value).map_err(starlark::Error::into_anyhow)?;
    Ok(big.map(|big| big.bits()))
}

/// Fails where an integer of so many bits is too large.
pub(crate) fn check_bits(bits: u64) -> anyhow::Result<()> {
    if bits > INT_BITS {
        bail!("integers have at most {INT_BITS} bits");
    }
    Ok(())
}
