//! The functions a script can call beside the language's own, and those that its guards call.
//!
//! Some replace a function of the same name whose result or duration has no bound. Everything takes its size
//! from the arguments before it makes anything.

use std::num::NonZeroI32;

use anyhow::bail;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use num_bigint::BigInt;
use starlark::collections::SmallMap;
use starlark::environment::{Globals, GlobalsBuilder, LibraryExtension};
use starlark::eval::Evaluator;
use starlark::starlark_module;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::dict::{Dict, DictRef};
use starlark::values::float::StarlarkFloat;
use starlark::values::none::NoneType;
use starlark::values::range::Range;
use starlark::values::tuple::UnpackTuple;
use starlark::values::{Heap, StringValue, Value, ValueLike};

use crate::comparison::comparisons;
use crate::cost::{afford, afford_entries, check_bits, check_tuple, int_bits, size, text_size};
use crate::guard::is_guarded;
use crate::json;
use crate::limits::RANGE;
use crate::scan::{scans, sequences};
use crate::work::{spend_items, spend_scan, spend_search};

/// The names a script starts with.
pub(crate) fn globals() -> Globals {
    let mut builder = GlobalsBuilder::standard();
    LibraryExtension::Partial.add(&mut builder);
    builder
        .with(guards)
        .with(comparisons)
        .with(replacements)
        .with(scans)
        .with(sequences)
        .with_namespace("json", json_module)
        .with_namespace("base64", base64_module)
        .build()
}

/// An integer from text, as `int` reads it.
fn parse_int(text: &str, base: Option<i32>) -> anyhow::Result<BigInt> {
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let prefixed = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)]
        .into_iter()
        .find_map(|(prefix, of)| Some((digits.strip_prefix(prefix)?, of)));
    let base = base.unwrap_or(10);
    let (digits, base) = match prefixed {
        Some((rest, of)) if base == 0 || base == of => (rest, of),
        _ if base == 0 => (digits, 10),
        _ => (digits, base),
    };
    let Ok(radix @ 2..=36) = u32::try_from(base) else {
        bail!("the base of a number is 0, or from 2 to 36, but not {base}");
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        let shown: String = text.chars().take(40).collect();
        bail!("{shown:?} is no whole number in base {radix}");
    }
    // Reading digits takes time in proportion to the square of their number.
    check_bits(digits.trim_start_matches('0').len() as u64)?;
    let number = BigInt::parse_bytes(format!("{sign}{digits}").as_bytes(), radix);
    number.ok_or_else(|| anyhow::anyhow!("no number"))
}

/// What guards call. The names do not occur in a source: see `RESERVED`.
#[starlark_module]
fn guards(builder: &mut GlobalsBuilder) {
    fn sawlog_check(heap: Heap<'_>) -> anyhow::Result<NoneType> {
        afford(0, heap)?;
        Ok(NoneType)
    }

    fn sawlog_pass<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> anyhow::Result<Value<'v>> {
        afford(0, heap)?;
        Ok(x)
    }

    fn sawlog_tuple<'v>(#[starlark(require = pos)] x: Value<'v>) -> anyhow::Result<Value<'v>> {
        check_tuple(x)?;
        Ok(x)
    }

    fn sawlog_add<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        afford(size(a).saturating_add(size(b)), heap)?;
        a.add(b, heap)
    }

    fn sawlog_multiply<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let times = |count: Value<'v>, value| {
            let count = count.unpack_i32().and_then(|count| usize::try_from(count).ok());
            count.unwrap_or(0).saturating_mul(size(value))
        };
        afford(times(a, b).saturating_add(times(b, a)), heap)?;
        if let (Some(a), Some(b)) = (int_bits(a)?, int_bits(b)?) {
            check_bits(a + b)?;
        }
        a.mul(b, heap)
    }

    fn sawlog_percent<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        if a.unpack_str().is_some() {
            afford(size(a).saturating_add(text_size(b)?), heap)?;
        }
        a.percent(b, heap)
    }

    fn sawlog_shift<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let by = b.unpack_i32().and_then(|by| u64::try_from(by).ok()).unwrap_or(0);
        check_bits(int_bits(a)?.unwrap_or(0).saturating_add(by))?;
        a.left_shift(b, heap)
    }

    fn sawlog_or<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        if let (Some(a), Some(b)) = (DictRef::from_value(a), DictRef::from_value(b)) {
            afford_entries(a.len() + b.len(), heap)?;
        }
        a.bit_or(b, heap)
    }

    fn sawlog_format<'v>(
        #[starlark(require = pos)] receiver: Value<'v>,
        #[starlark(args)] args: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] kwargs: SmallMap<String, Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let template = receiver.unpack_str().unwrap_or_default();
        let mut longest = 0;
        for value in args.items.iter().chain(kwargs.values()) {
            longest = longest.max(text_size(*value)?);
        }
        let places = template.bytes().filter(|b| *b == b'{').count();
        afford(template.len().saturating_add(places.saturating_mul(longest)), eval.heap())?;
        call_method(receiver, "format", &args.items, &named(&kwargs), eval)
    }

    fn sawlog_index<'v>(
        #[starlark(require = pos)] receiver: Value<'v>,
        #[starlark(args)] args: UnpackTuple<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        search(receiver, "index", &args.items, eval)
    }

    fn sawlog_remove<'v>(
        #[starlark(require = pos)] receiver: Value<'v>,
        #[starlark(args)] args: UnpackTuple<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        search(receiver, "remove", &args.items, eval)
    }

    fn sawlog_join<'v>(
        #[starlark(require = pos)] receiver: Value<'v>,
        #[starlark(require = pos)] parts: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let mut bytes = 0_usize;
        spend_items(usize::try_from(parts.length()?).unwrap_or(0))?;
        for part in parts.iterate(eval.heap())? {
            bytes = bytes.saturating_add(size(receiver)).saturating_add(size(part));
        }
        afford(bytes, eval.heap())?;
        call_method(receiver, "join", &[parts], &[], eval)
    }

    fn sawlog_replace<'v>(
        #[starlark(require = pos)] receiver: Value<'v>,
        #[starlark(require = pos)] old: Value<'v>,
        #[starlark(require = pos)] new: Value<'v>,
        #[starlark(require = pos)] count: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        if let (Some(text), Some(pattern)) = (receiver.unpack_str(), old.unpack_str()) {
            spend_scan(receiver)?;
            let found = if pattern.is_empty() { text.len() + 1 } else { text.matches(pattern).count() };
            afford(text.len().saturating_add(found.saturating_mul(size(new))), eval.heap())?;
        }
        let args: Vec<Value<'v>> = [old, new].into_iter().chain(count).collect();
        call_method(receiver, "replace", &args, &[], eval)
    }

    fn sawlog_update<'v>(
        #[starlark(require = pos)] receiver: Value<'v>,
        #[starlark(args)] args: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] kwargs: SmallMap<String, Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        update(receiver, &args.items, &kwargs, eval)
    }
}

fn search<'v>(
    receiver: Value<'v>,
    method: &str,
    args: &[Value<'v>],
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    if let Some(item) = args.first() {
        spend_search(*item, receiver)?;
    }
    call_method(receiver, method, args, &[], eval)
}

fn update<'v>(
    receiver: Value<'v>,
    args: &[Value<'v>],
    kwargs: &SmallMap<String, Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let given = args.first().map_or(Ok(0), |pairs| pairs.length())?;
    afford_entries(usize::try_from(given).unwrap_or(0) + kwargs.len(), eval.heap())?;
    call_method(receiver, "update", args, &named(kwargs), eval)
}

pub(crate) fn named<'a, 'v>(kwargs: &'a SmallMap<String, Value<'v>>) -> Vec<(&'a str, Value<'v>)> {
    kwargs.iter().map(|(name, value)| (name.as_str(), *value)).collect()
}

pub(crate) fn call_method<'v>(
    receiver: Value<'v>,
    method: &str,
    args: &[Value<'v>],
    named: &[(&str, Value<'v>)],
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let method = receiver.get_attr_error(method, eval.heap())?;
    eval.eval_function(method, args, named)
}

/// Functions of the language whose result, or the time they take, has no bound there.
#[starlark_module]
fn replacements(builder: &mut GlobalsBuilder) {
    fn range(
        #[starlark(require = pos)] a1: i32,
        #[starlark(require = pos)] a2: Option<i32>,
        #[starlark(require = pos, default = 1)] step: i32,
    ) -> anyhow::Result<Range> {
        let (start, stop) = a2.map_or((0, a1), |stop| (a1, stop));
        let Some(step) = NonZeroI32::new(step) else { bail!("the step of a range cannot be 0") };
        let distance = i64::from(stop) - i64::from(start);
        if distance / i64::from(step.get()) > RANGE {
            bail!("a range has at most {RANGE} numbers");
        }
        Ok(Range::new(start, stop, step))
    }

    fn str<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> anyhow::Result<StringValue<'v>> {
        if let Some(text) = StringValue::new(x) {
            return Ok(text);
        }
        afford(text_size(x)?, heap)?;
        Ok(heap.alloc_str(&x.to_str()))
    }

    fn repr<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> anyhow::Result<StringValue<'v>> {
        afford(text_size(x)?, heap)?;
        Ok(heap.alloc_str(&x.to_repr()))
    }

    fn int<'v>(
        #[starlark(require = pos)] x: Value<'v>,
        base: Option<i32>,
        heap: Heap<'v>,
    ) -> anyhow::Result<Value<'v>> {
        if let Some(text) = x.unpack_str() {
            spend_scan(x)?;
            return Ok(heap.alloc(parse_int(text, base)?));
        }
        if base.is_some() {
            bail!("a base is for text only");
        }
        if let Some(float) = x.downcast_ref::<StarlarkFloat>() {
            if !float.0.is_finite() {
                bail!("{} is no whole number", float.0);
            }
            return Ok(heap.alloc(parse_int(&format!("{:.0}", float.0.trunc()), None)?));
        }
        if let Some(flag) = x.unpack_bool() {
            return Ok(heap.alloc(i32::from(flag)));
        }
        if x.get_type() != "int" {
            bail!("a value of type {} is no whole number", x.get_type());
        }
        Ok(x)
    }

    fn dict<'v>(
        #[starlark(args)] args: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] kwargs: SmallMap<String, Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let dict = eval.heap().alloc(Dict::new(SmallMap::new()));
        update(dict, &args.items, &kwargs, eval)?;
        Ok(dict)
    }

    fn getattr<'v>(
        #[starlark(require = pos)] x: Value<'v>,
        #[starlark(require = pos)] name: &str,
        #[starlark(require = pos)] default: Option<Value<'v>>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        if is_guarded(name) {
            return Err(anyhow::anyhow!("write `.{name}` in place of getattr").into());
        }
        match (x.get_attr(name, heap)?, default) {
            (Some(found), _) => Ok(found),
            (None, Some(default)) => Ok(default),
            (None, None) => x.get_attr_error(name, heap),
        }
    }
}

#[starlark_module]
fn json_module(builder: &mut GlobalsBuilder) {
    fn encode<'v>(
        #[starlark(require = pos)] x: Value<'v>,
        heap: Heap<'v>,
    ) -> anyhow::Result<StringValue<'v>> {
        let mut text = String::new();
        json::write(x, &mut text).map_err(anyhow::Error::msg)?;
        afford(text.len(), heap)?;
        Ok(heap.alloc_str(&text))
    }

    fn decode<'v>(#[starlark(require = pos)] x: &str, heap: Heap<'v>) -> anyhow::Result<Value<'v>> {
        afford(x.len(), heap)?;
        spend_items(x.len() / 2)?;
        json::read(x, heap)
            .map_err(|error| anyhow::anyhow!("the text is no JSON that a script can hold: {error}"))
    }
}

/// The alphabet with `+` and `/`; the padding may be left out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[starlark_module]
fn base64_module(builder: &mut GlobalsBuilder) {
    fn encode<'v>(
        #[starlark(require = pos)] x: Value<'v>,
        heap: Heap<'v>,
    ) -> anyhow::Result<StringValue<'v>> {
        let bytes = match (x.unpack_str(), x.downcast_ref::<StarlarkBytes>()) {
            (Some(text), _) => text.as_bytes(),
            (None, Some(bytes)) => bytes.as_bytes(),
            (None, None) => bail!("base64 is made of text or bytes, not of a value of type {}", x.get_type()),
        };
        afford(bytes.len().saturating_mul(2), heap)?;
        Ok(heap.alloc_str(&BASE64.encode(bytes)))
    }

    fn decode<'v>(#[starlark(require = pos)] x: &str, heap: Heap<'v>) -> anyhow::Result<StringValue<'v>> {
        afford(x.len(), heap)?;
        let Ok(bytes) = BASE64.decode(x) else { bail!("the text is no valid base64") };
        let Ok(text) = String::from_utf8(bytes) else {
            bail!("what the base64 stands for is not UTF-8 text");
        };
        Ok(heap.alloc_str(&text))
    }
}
