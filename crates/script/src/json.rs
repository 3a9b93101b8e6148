//! Values of a script from and to JSON, exactly: integers of any allowed size, and keys in their order.

use std::fmt::{self, Write};

use num_bigint::BigInt;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;
use starlark::collections::SmallMap;
use starlark::values::dict::{Dict, DictRef};
use starlark::values::float::StarlarkFloat;
use starlark::values::list::{AllocList, ListRef};
use starlark::values::tuple::TupleRef;
use starlark::values::{Heap, Value, ValueLike};

use crate::limits::{INT_BITS, TEXT_BYTES, VALUE_DEPTH};

/// Appends the JSON text of a value to `out`. Fails on what JSON has not.
pub(crate) fn write(value: Value<'_>, out: &mut String) -> Result<(), String> {
    let limit = out.len() + TEXT_BYTES;
    write_nested(value, 0, limit, out)
}

/// Recurses with the depth of the value, up to a limit.
fn write_nested(value: Value<'_>, depth: usize, limit: usize, out: &mut String) -> Result<(), String> {
    if depth > VALUE_DEPTH {
        return Err(format!("the value is nested more than {VALUE_DEPTH} levels deep"));
    }
    if let Some(text) = value.unpack_str() {
        write_text(text, out);
    } else if let Some(number) = value.unpack_i32() {
        let _ = write!(out, "{number}");
    } else if value.is_none() {
        out.push_str("null");
    } else if let Some(flag) = value.unpack_bool() {
        out.push_str(if flag { "true" } else { "false" });
    } else if let Some(float) = value.downcast_ref::<StarlarkFloat>() {
        write_float(float.0, out)?;
    } else if let Some(dict) = DictRef::from_value(value) {
        out.push('{');
        for (at, (key, item)) in dict.iter().enumerate() {
            out.push_str(if at > 0 { "," } else { "" });
            let Some(key) = key.unpack_str() else {
                return Err(format!("a key must be text, but one is of type {}", key.get_type()));
            };
            write_text(key, out);
            out.push(':');
            write_nested(item, depth + 1, limit, out)?;
        }
        out.push('}');
    } else if let Some(list) = ListRef::from_value(value) {
        write_list(list.iter(), depth, limit, out)?;
    } else if let Some(tuple) = TupleRef::from_value(value) {
        write_list(tuple.iter(), depth, limit, out)?;
    } else if value.get_type() == "int" {
        let _ = write!(out, "{value}");
    } else {
        return Err(format!("a value of type {} has no form in JSON", value.get_type()));
    }
    // What holds another value twice doubles it: memory must not follow.
    if out.len() > limit {
        return Err(format!("the value makes more than {} MiB of JSON", TEXT_BYTES >> 20));
    }
    Ok(())
}

fn write_list<'v>(
    items: impl Iterator<Item = Value<'v>>,
    depth: usize,
    limit: usize,
    out: &mut String,
) -> Result<(), String> {
    out.push('[');
    for (at, item) in items.enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        write_nested(item, depth + 1, limit, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_float(number: f64, out: &mut String) -> Result<(), String> {
    if !number.is_finite() {
        return Err(format!("{number} is no number in JSON"));
    }
    // The shortest text that reads as the same number.
    let _ = write!(out, "{number:?}");
    Ok(())
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\') {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\r' => out.push_str("\\r"),
            b @ (b'"' | b'\\') => {
                out.push('\\');
                out.push(char::from(b));
            }
            b => drop(write!(out, "\\u{b:04x}")),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// The value of a JSON text. Of a key that stands twice the last value counts.
pub(crate) fn read<'v>(text: &str, heap: Heap<'v>) -> anyhow::Result<Value<'v>> {
    let mut reader = Deserializer::from_str(text);
    let value = Reader { heap }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Builds values while reading. serde_json bounds the depth at 128.
#[derive(Clone, Copy)]
struct Reader<'v> {
    heap: Heap<'v>,
}

/// The key under which serde_json hands out a number as its text.
const NUMBER_KEY: &str = "$serde_json::private::Number";

impl<'v> Reader<'v> {
    fn number<E: Error>(self, text: &str) -> Result<Value<'v>, E> {
        if text.contains(['.', 'e', 'E']) {
            return match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(self.heap.alloc(number)),
                _ => Err(E::custom("a number is too large")),
            };
        }
        if let Ok(number) = text.parse::<i64>() {
            return Ok(self.heap.alloc(number));
        }
        // A digit has more than three bits. Reading digits takes time in proportion to their number squared.
        if text.len() as u64 * 3 > INT_BITS {
            return Err(E::custom(format!("an integer has more than {INT_BITS} bits")));
        }
        let number = BigInt::parse_bytes(text.as_bytes(), 10);
        number.map(|number| self.heap.alloc(number)).ok_or_else(|| E::custom("no number"))
    }
}

impl<'de, 'v> DeserializeSeed<'de> for Reader<'v> {
    type Value = Value<'v>;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value<'v>, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, 'v> Visitor<'de> for Reader<'v> {
    type Value = Value<'v>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value<'v>, E> {
        Ok(Value::new_none())
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value<'v>, E> {
        Ok(Value::new_bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value<'v>, E> {
        Ok(self.heap.alloc(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value<'v>, E> {
        Ok(self.heap.alloc(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value<'v>, E> {
        Ok(self.heap.alloc(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'v>, E> {
        Ok(self.heap.alloc(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value<'v>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(self.heap.alloc(AllocList(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value<'v>, A::Error> {
        let mut dict = SmallMap::new();
        while let Some(key) = members.next_key::<String>()? {
            if key == NUMBER_KEY && dict.is_empty() {
                return self.number(&members.next_value::<String>()?);
            }
            let key = self.heap.alloc_str(&key).get_hashed_value();
            dict.insert_hashed(key, members.next_value_seed(self)?);
        }
        Ok(self.heap.alloc(Dict::new(dict)))
    }
}
