//! The fields of a log type beside the shapes of its log. Goes as deep as the log type, which is bounded.

use std::collections::{BTreeMap, HashSet};

use sawlog_schema::{Field as Declared, Indicator, LogType, Span, Value, ValueKind, standard};

use super::NotAllowed;
use crate::infer::{Decider, Field, Kind, Member, ShapeId, Shapes};

/// A key that no field declares.
pub(super) struct Lack<'s> {
    /// Dotted path of the object that has it; empty for the event.
    pub(super) path: String,
    pub(super) member: &'s Member,
    /// How many of these objects there are.
    pub(super) objects: u64,
    /// Where the object's last field is declared, and the names of all of them.
    last: Span,
    names: Vec<String>,
}

impl Lack<'_> {
    pub(super) fn full_path(&self) -> String {
        joined(&self.path, &self.member.name)
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The key that a field is read from; none if it is made of others.
fn key(field: &Declared) -> Option<&str> {
    let own = field.transform.rename.as_deref().unwrap_or(&field.name);
    (!field.transform.is_derived()).then_some(own)
}

/// Lays out the shapes of all declared fields.
pub(super) fn declare(log_type: &LogType, shapes: &mut Shapes) {
    declare_fields(&log_type.fields, 0, shapes);
}

fn declare_fields(fields: &[Declared], object: ShapeId, shapes: &mut Shapes) {
    for field in fields {
        let Some(key) = key(field) else { continue };
        let shape = shapes.declare(object, key);
        declare_value(&field.value, shape, shapes);
    }
}

fn declare_value(value: &Value, shape: ShapeId, shapes: &mut Shapes) {
    if let Some(rules) = value.validate.as_ref().filter(|rules| !rules.allow.is_empty()) {
        shapes.watch(shape, &rules.allow);
    }
    match &value.kind {
        // Text holds what is below.
        _ if value.embedded_json => shapes.close(shape),
        ValueKind::Object(fields) => declare_fields(fields, shape, shapes),
        ValueKind::Array(element) => {
            let within = shapes.element(shape);
            declare_value(element, within, shapes);
        }
        // What JSON holds needs no fields.
        _ => shapes.close(shape),
    }
}

/// Something that is to be done with each declared value, its path and its shape. Returns whether to look at
/// what lies below.
type Visit<'v> = dyn FnMut(&Value, &str, ShapeId) -> bool + 'v;

fn visit(fields: &[Declared], object: ShapeId, path: &str, shapes: &Shapes, each: &mut Visit<'_>) {
    let members = &shapes.get(object).objects.members;
    for field in fields {
        let Some(key) = key(field) else { continue };
        let Some(member) = members.iter().find(|member| *member.name == *key) else { continue };
        visit_value(&field.value, member.shape, &joined(path, key), shapes, each);
    }
}

fn visit_value(value: &Value, shape: ShapeId, path: &str, shapes: &Shapes, each: &mut Visit<'_>) {
    if !each(value, path, shape) || value.embedded_json {
        return;
    }
    match (&value.kind, shapes.get(shape).element) {
        (ValueKind::Object(fields), _) => visit(fields, shape, path, shapes, each),
        (ValueKind::Array(element), Some(within)) => {
            visit_value(element, within, &format!("{path}[]"), shapes, each);
        }
        _ => {}
    }
}

/// The keys that no field declares, in the order of the declared fields around them.
pub(super) fn lacks<'s>(log_type: &LogType, shapes: &'s Shapes) -> Vec<Lack<'s>> {
    let mut found = Vec::new();
    of_object(&log_type.fields, 0, "", shapes, &mut found);
    visit(&log_type.fields, 0, "", shapes, &mut |value, path, shape| {
        if let ValueKind::Object(fields) = &value.kind
            && !value.embedded_json
        {
            of_object(fields, shape, path, shapes, &mut found);
        }
        true
    });
    found
}

fn of_object<'s>(
    fields: &[Declared],
    object: ShapeId,
    path: &str,
    shapes: &'s Shapes,
    found: &mut Vec<Lack<'s>>,
) {
    let keys: HashSet<&str> = fields.iter().filter_map(key).collect();
    let objects = &shapes.get(object).objects;
    let Some(last) = fields.last() else { return };
    for member in objects.members.iter().filter(|member| !keys.contains(&*member.name)) {
        let names = fields.iter().map(|field| field.name.to_lowercase()).collect();
        let path = path.to_owned();
        found.push(Lack { path, member, objects: objects.count, last: last.span, names });
    }
}

/// Paths of the declared fields that no record has, not even as null; of an object, not those below it.
pub(super) fn never_seen(log_type: &LogType, shapes: &Shapes) -> Vec<String> {
    let mut found = Vec::new();
    visit(&log_type.fields, 0, "", shapes, &mut |_, path, shape| {
        let shape = shapes.get(shape);
        let is_seen = shape.count() > 0;
        // Nothing is said of what an empty array would hold.
        if !is_seen && !path.ends_with(']') {
            found.push(path.to_owned());
        }
        is_seen && (shape.element.is_none_or(|element| shapes.get(element).count() > 0))
    });
    found
}

pub(super) fn not_allowed(log_type: &LogType, shapes: &Shapes) -> Vec<NotAllowed> {
    let mut found = Vec::new();
    visit(&log_type.fields, 0, "", shapes, &mut |_, path, shape| {
        if let Some(watch) = shapes.get(shape).watch.as_ref().filter(|watch| watch.others > 0) {
            let values = watch.shown.iter().map(|(text, count)| (text.to_string(), *count)).collect();
            found.push(NotAllowed { path: path.to_owned(), count: watch.others, values });
        }
        true
    });
    found
}

/// The fields to add, by the place behind which they go.
pub(super) fn additions(lacks: &[Lack<'_>], decider: &mut Decider<'_>) -> Vec<(Span, Vec<Field>)> {
    let mut places: BTreeMap<(u32, u32), (HashSet<String>, Vec<Field>)> = BTreeMap::new();
    for lack in lacks {
        let place = (lack.last.line, lack.last.column);
        let (taken, fields) = places.entry(place).or_insert_with(|| {
            let mut taken: HashSet<String> = lack.names.iter().cloned().collect();
            if lack.path.is_empty() {
                taken.extend(standard_names());
            }
            (taken, Vec::new())
        });
        // A definition that is referred to from several places is added to once.
        let is_there = |field: &Field| field.from.as_deref().unwrap_or(&field.name) == &*lack.member.name;
        if fields.iter().any(is_there) {
            continue;
        }
        let Some(mut field) = decider.member(lack.member, lack.objects, &lack.path) else { continue };
        let key = std::mem::take(&mut field.name);
        field.name = crate::infer::free_name(&key, taken);
        if field.name != key {
            field.from.get_or_insert(key);
        }
        soften(std::slice::from_mut(&mut field));
        fields.push(field);
    }
    places.into_iter().map(|((line, column), (_, fields))| (Span { line, column }, fields)).collect()
}

/// Names that the fields of an event cannot have.
fn standard_names() -> impl Iterator<Item = String> {
    let indicators = Indicator::ALL.iter().map(|indicator| indicator.column());
    standard::ALWAYS.into_iter().chain([standard::HEADER]).chain(indicators).map(str::to_owned)
}

/// Requires nothing: that a new field was always there is no promise that it will be.
fn soften(fields: &mut [Field]) {
    for field in fields {
        field.required = false;
        let mut value = &mut field.value;
        loop {
            match &mut value.kind {
                Kind::Array(element) => value = element,
                Kind::Object(members) => break soften(members),
                _ => break,
            }
        }
    }
}
