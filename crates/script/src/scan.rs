//! Functions and methods that look at all of a value and may give next to nothing, once that is paid for.
//!
//! What makes values is bounded by their memory. These are not: to count the commas of a text takes as long
//! as to copy it, and leaves no trace. The functions stand in the place of the language's own of the same
//! names; how guards lead methods and indices here is told there.

use std::cmp::Ordering;

use anyhow::{anyhow, bail};
use starlark::collections::SmallMap;
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::starlark_module;
use starlark::values::list::AllocList;
use starlark::values::tuple::{AllocTuple, UnpackTuple};
use starlark::values::{Heap, Value};

use crate::comparison::compare;
use crate::cost::check_tuple;
use crate::library::{call_method, named};
use crate::work::{spend_items, spend_key, spend_scan, spend_search, spend_sort, spend_strip};

/// What guards call.
#[starlark_module]
pub(crate) fn scans(builder: &mut GlobalsBuilder) {
    /// Passes on the receiver of a method that looks at all of it.
    fn sawlog_scan<'v>(#[starlark(require = pos)] x: Value<'v>) -> anyhow::Result<Value<'v>> {
        spend_scan(x)?;
        Ok(x)
    }

    /// Passes on what is looked up in a dict.
    fn sawlog_key<'v>(#[starlark(require = pos)] x: Value<'v>) -> anyhow::Result<Value<'v>> {
        spend_key(x)?;
        Ok(x)
    }

    /// `x[at]`. The characters of a text are counted up to the one that is wanted.
    fn sawlog_at<'v>(
        #[starlark(require = pos)] x: Value<'v>,
        #[starlark(require = pos)] at: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        if x.unpack_str().is_some() {
            spend_scan(x)?;
        }
        spend_key(at)?;
        x.at(at, heap)
    }

    /// A method that looks at all of its receiver and its arguments.
    fn sawlog_method<'v>(
        #[starlark(require = pos)] receiver: Value<'v>,
        #[starlark(require = pos)] name: &str,
        #[starlark(args)] args: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] kwargs: SmallMap<String, Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let args = &args.items;
        match (name, args.as_slice()) {
            ("strip" | "lstrip" | "rstrip", [chars]) => spend_strip(receiver, *chars)?,
            ("startswith" | "endswith", [ends, ..]) => spend_search(receiver, *ends)?,
            _ => {
                spend_scan(receiver)?;
                args.iter().try_for_each(|arg| spend_key(*arg))?;
            }
        }
        call_method(receiver, name, args, &named(&kwargs), eval)
    }
}

/// Functions of the language.
#[starlark_module]
pub(crate) fn sequences(builder: &mut GlobalsBuilder) {
    fn len<'v>(#[starlark(require = pos)] x: Value<'v>) -> starlark::Result<i32> {
        if x.unpack_str().is_some() {
            spend_scan(x)?;
        }
        x.length()
    }

    fn any<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> starlark::Result<bool> {
        find(x, true, heap)
    }

    fn all<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> starlark::Result<bool> {
        Ok(!find(x, false, heap)?)
    }

    fn min<'v>(
        #[starlark(args)] args: UnpackTuple<Value<'v>>,
        key: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        best(args.items, key, Ordering::Less, eval)
    }

    fn max<'v>(
        #[starlark(args)] args: UnpackTuple<Value<'v>>,
        key: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        best(args.items, key, Ordering::Greater, eval)
    }

    fn sorted<'v>(
        #[starlark(require = pos)] x: Value<'v>,
        #[starlark(require = named)] key: Option<Value<'v>>,
        #[starlark(require = named, default = false)] reverse: bool,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let mut items = Vec::new();
        for item in x.iterate(eval.heap())? {
            items.push((item, item));
        }
        if let Some(key) = key {
            for (item, by) in &mut items {
                *by = eval.eval_function(key, &[*item], &[])?;
            }
        }
        spend_sort(items.iter().map(|(_, by)| *by))?;
        let mut failed = None;
        items.sort_by(|(_, a), (_, b)| {
            let order = a.compare(*b).unwrap_or_else(|error| {
                failed = Some(error);
                Ordering::Equal
            });
            if reverse { order.reverse() } else { order }
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(eval.heap().alloc(AllocList(items.into_iter().map(|(item, _)| item)))),
        }
    }

    fn tuple<'v>(
        #[starlark(require = pos)] x: Option<Value<'v>>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let Some(x) = x else { return Ok(heap.alloc(AllocTuple(std::iter::empty::<Value<'v>>()))) };
        let items: Vec<Value<'v>> = x.iterate(heap)?.collect();
        let tuple = heap.alloc(AllocTuple(items));
        check_tuple(tuple)?;
        Ok(tuple)
    }

    fn hash<'v>(#[starlark(require = pos)] x: Value<'v>) -> anyhow::Result<i32> {
        let Some(text) = x.unpack_str() else { bail!("only text has a hash, no {}", x.get_type()) };
        spend_scan(x)?;
        let next = |hash: i32, unit: u16| hash.wrapping_mul(31).wrapping_add(i32::from(unit));
        Ok(text.encode_utf16().fold(0, next))
    }
}

/// Whether some item is as true as `wanted`.
fn find<'v>(x: Value<'v>, wanted: bool, heap: Heap<'v>) -> starlark::Result<bool> {
    for item in x.iterate(heap)? {
        spend_items(1)?;
        if item.to_bool() == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first item whose key compares to those of all others as `wanted`, or is equal to them.
fn best<'v>(
    mut args: Vec<Value<'v>>,
    key: Option<Value<'v>>,
    wanted: Ordering,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    if let [only] = args[..] {
        args = only.iterate(eval.heap())?.collect();
    }
    spend_items(args.len())?;
    let mut best: Option<(Value<'v>, Value<'v>)> = None;
    for item in args {
        let by = key.map_or(Ok(item), |key| eval.eval_function(key, &[item], &[]))?;
        let is_better = match best {
            Some((_, so_far)) => compare(by, so_far)? == wanted,
            None => true,
        };
        if is_better {
            best = Some((item, by));
        }
    }
    best.map(|(item, _)| item).ok_or_else(|| anyhow!("there is no least or greatest of nothing").into())
}
