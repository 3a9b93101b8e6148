//! From what was seen to a log type.

use std::collections::HashSet;
use std::net::IpAddr;

use sawlog_schema::{Indicator, limits, standard};

use super::name::Name;
use super::scalar::{scalar, seen};
use super::shape::{Member, Shape, ShapeId, Shapes};
use super::tree::{Field, Kind, Note, Value};
use crate::limits::INFERRED_FIELDS;
use crate::plural::count;

/// Levels that inferred objects and arrays have at most; a schema may have a few more.
const LEVELS: usize = limits::LEVELS - 2;

/// Bytes of a path beyond which an object is kept as JSON.
const PATH_BYTES: usize = limits::PATH_BYTES - 64;

/// Where a value stands.
struct At {
    name: Name,
    /// Bytes of the path.
    path: usize,
    level: usize,
}

/// Decides, and counts what has been decided.
pub(crate) struct Decider<'a> {
    shapes: &'a Shapes,
    /// Fields that there is still room for.
    room: usize,
}

impl<'a> Decider<'a> {
    pub(crate) fn new(shapes: &'a Shapes) -> Self {
        Self { shapes, room: INFERRED_FIELDS }
    }

    /// The fields of the event, and how many of its keys found no room among them.
    pub(crate) fn event(&mut self) -> (Vec<Field>, usize) {
        let objects = &self.shapes.event().objects;
        let taken = objects.members.len().min(self.room);
        self.room -= taken;
        let at = At { name: Name::default(), path: 0, level: 0 };
        let members: Vec<&Member> = objects.members[..taken].iter().collect();
        let mut fields = self.members(&members, objects.count, &at);
        let left = objects.members.len() - fields.len();
        rename_standard(&mut fields);
        (fields, left)
    }

    /// One member by itself, as a field that may be added to the object that it was seen in, which lies at
    /// `path`.
    pub(crate) fn member(&mut self, member: &Member, objects: u64, path: &str) -> Option<Field> {
        let level = path.matches("[]").count() + path.matches('.').count() + usize::from(!path.is_empty());
        let last = path.rsplit('.').next().unwrap_or_default().trim_end_matches("[]");
        let at = At { name: Name::new(last, None), path: path.len(), level };
        self.members(&[member], objects, &at).pop()
    }

    /// The members of an object. Those that no field can be called like are left out.
    fn members(&mut self, members: &[&Member], objects: u64, around: &At) -> Vec<Field> {
        let mut fields = Vec::with_capacity(members.len());
        let mut taken = HashSet::with_capacity(members.len());
        for member in members.iter().filter(|member| is_name(&member.name)) {
            let at = At {
                name: Name::new(&member.name, Some(&around.name)),
                path: around.path + 1 + member.name.len(),
                level: around.level + 1,
            };
            let shape = self.shapes.get(member.shape);
            let mut value = self.value(member.shape, &at);
            if member.filled == 1 && objects > 1 {
                let noun = if around.level == 0 { "record" } else { "object" };
                value = value.remark(format!("seen once, in {}", count(objects, noun)));
            }
            let name = free_name(&member.name, &mut taken);
            if *name != *member.name {
                value = value.doubt("the log has another key that differs in case only");
            }
            let is_blank = value.kind != Kind::String && shape.texts.empty > 0;
            fields.push(Field {
                from: (*name != *member.name).then(|| member.name.to_string()),
                name,
                required: member.filled == objects && !is_blank,
                filled: member.filled - shape.texts.empty.min(member.filled),
                value,
            });
        }
        fields
    }

    /// What a value is. Goes as deep as [`LEVELS`].
    fn value(&mut self, id: ShapeId, at: &At) -> Value {
        let shape = self.shapes.get(id);
        let scalars = shape.booleans + shape.numbers.count() + shape.texts.count;
        match (scalars > 0, shape.objects.count > 0, shape.arrays > 0) {
            (false, false, false) if shape.nulls == 0 => json("never with a value"),
            (false, false, false) => json(format!("{} and nothing else", count(shape.nulls, "null"))),
            (true, false, false) => scalar(shape, &at.name),
            (false, true, false) => self.object(shape, at),
            (false, false, true) => self.array(shape, at),
            _ => json(format!("mixed: {}", seen(shape))),
        }
    }

    fn object(&mut self, shape: &Shape, at: &At) -> Value {
        let objects = &shape.objects;
        let members: Vec<&Member> = objects.members.iter().collect();
        let longest = members.iter().map(|member| member.name.len()).max().unwrap_or(0);
        let told = if members.is_empty() && !objects.has_more {
            "empty objects and nothing else".to_owned()
        } else if shape.is_closed {
            format!("objects of more than {} keys", members.len())
        } else if objects.has_more || at.path + longest > PATH_BYTES {
            "objects with keys too long, or too many, for fields".to_owned()
        } else if let Some(key) = data_keys(&members) {
            format!("its keys are data, such as {key:?}")
        } else if members.iter().any(|member| !is_name(&member.name)) {
            "objects with a key that is empty or has control characters".to_owned()
        } else if at.level >= LEVELS {
            "objects nested too deep for fields".to_owned()
        } else if members.len() > self.room {
            format!("more than {INFERRED_FIELDS} fields come before it")
        } else {
            self.room -= members.len();
            return Value::of(Kind::Object(self.members(&members, objects.count, at)));
        };
        json(told)
    }

    fn array(&mut self, shape: &Shape, at: &At) -> Value {
        let Some(element) = shape.element else {
            return json("empty arrays and nothing else");
        };
        if at.level >= LEVELS || self.room == 0 || shape.is_closed {
            return json("arrays nested too deep, or behind too many fields");
        }
        self.room -= 1;
        let within = At { name: at.name.clone(), path: at.path + 2, level: at.level + 1 };
        let value = self.value(element, &within);
        let nulls = self.shapes.get(element).nulls;
        match value.kind {
            Kind::Json { .. } => {
                let text = |note: &Note| note.text.trim_end_matches(KEPT).to_owned();
                let told: Vec<String> = value.notes.iter().map(text).collect();
                json(format!("an array of {}", told.join("; ")))
            }
            Kind::Object(_) | Kind::Array(_) if nulls > 0 => {
                json(format!("mixed: its arrays have {} as elements", count(nulls, "null")))
            }
            _ => Value::of(Kind::Array(Box::new(value))),
        }
    }
}

/// What becomes of values that no type fits.
const KEPT: &str = "; kept as JSON";

fn json(told: impl Into<String>) -> Value {
    Value::of(Kind::JSON).doubt(told.into() + KEPT)
}

/// Whether a key can be the name of a field.
fn is_name(key: &str) -> bool {
    !key.is_empty() && !key.contains(char::is_control)
}

/// The name, or one like it that no other field of the object has by the eyes of readers that ignore case.
pub(crate) fn free_name(key: &str, taken: &mut HashSet<String>) -> String {
    let mut name = key.to_owned();
    let mut number = 2;
    while !taken.insert(name.to_lowercase()) {
        name = format!("{key}_{number}");
        number += 1;
    }
    name
}

/// Calls fields otherwise that have the name of a column which every table has.
fn rename_standard(fields: &mut [Field]) {
    let mut taken: HashSet<String> = fields.iter().map(|field| field.name.to_lowercase()).collect();
    for field in fields {
        let is = |column: &str| column.eq_ignore_ascii_case(&field.name);
        let is_standard = standard::ALWAYS.into_iter().chain([standard::HEADER]).any(is)
            || Indicator::ALL.iter().any(|indicator| is(indicator.column()));
        if !is_standard {
            continue;
        }
        let name = free_name(&format!("original_{}", field.name), &mut taken);
        let key = std::mem::replace(&mut field.name, name);
        field.from.get_or_insert(key);
        let told = "the log's own value; every table has a column of that name";
        field.value = Value { ..field.value.clone() }.doubt(told);
    }
}

/// One of the keys, if most of them are what a program counts or makes up, rather than names.
fn data_keys<'k>(members: &[&'k Member]) -> Option<&'k str> {
    let mut data = members.iter().filter(|member| is_data(&member.name));
    let first = data.next()?;
    ((1 + data.count()) * 2 > members.len()).then_some(&*first.name)
}

fn is_data(key: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let has_digit = key.bytes().any(|b| b.is_ascii_digit());
    let is_uuid = key.len() == 36 && key.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    key.bytes().all(|b| b.is_ascii_digit())
        || (is_uuid && key.split('-').all(is_hex))
        || (key.len() >= 16 && has_digit && is_hex(key))
        || key.parse::<IpAddr>().is_ok()
        || (key.contains('@') && key.contains('.') && !key.starts_with('@'))
        || key.starts_with("http://")
        || key.starts_with("https://")
        || key.starts_with("arn:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_data() {
        let data = [
            "0",
            "42",
            "10.0.0.1",
            "::1",
            "mia@example.com",
            "4f1c7a52-0000-4000-8000-0123456789ab",
            "deadbeef00000001",
            "https://example.com/",
        ];
        for key in data {
            assert!(is_data(key), "{key}");
        }
        for key in ["id", "a1", "@type", "e2e", "x-y", "deadbeefdeadbeef", "odata.type"] {
            assert!(!is_data(key), "{key}");
        }
    }

    #[test]
    fn names_that_are_taken() {
        let mut taken = HashSet::new();
        let names = ["id", "ID", "Id", "id_2"].map(|key| free_name(key, &mut taken));
        assert_eq!(names, ["id", "ID_2", "Id_3", "id_2_2"]);
    }
}
