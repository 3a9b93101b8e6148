//! Columns that a file holds as another type than new files of its table would.
//!
//! Readers take the files of a table together only where a column has one type in all of them. What a file
//! holds is what its footer says: a definition may have changed since, or never have been kept. Columns that
//! one side lacks are no clash, since readers fill them with nulls.

use std::fs::File;
use std::path::Path;

use arrow_schema::extension::Json;
use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};

use crate::error::{Error, READ, Result};
use crate::format::TableFormat;

/// A column with two types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Dotted path of the column, `context[].id`.
    pub column: String,
    /// Its type in the file, in the words of the schema language.
    pub held: String,
    /// Its type in files to be written.
    pub now: String,
}

impl TableFormat {
    /// The first column, in the order of the format, that `file` holds as another type. Only the footer of
    /// the file is read.
    ///
    /// # Errors
    /// Fails where the file cannot be read, or is no Parquet file.
    pub fn clash_with(&self, file: &Path) -> Result<Option<Clash>> {
        let open = File::open(file).map_err(|e| Error::io(READ, file, e))?;
        let footer = ArrowReaderMetadata::load(&open, ArrowReaderOptions::new())
            .map_err(|e| Error::parquet(READ, file, e))?;
        Ok(first_clash(footer.schema().fields(), self.schema.fields()))
    }
}

/// The first column of two types. What is still to be compared lies on a stack of its own, as a file may nest
/// as deep as it likes.
fn first_clash(held: &Fields, now: &Fields) -> Option<Clash> {
    let mut open = Vec::new();
    push_shared("", held, now, &mut open);
    while let Some((column, held, now)) = open.pop() {
        match (held.data_type(), now.data_type()) {
            (DataType::Struct(held), DataType::Struct(now)) => {
                push_shared(&format!("{column}."), held, now, &mut open);
            }
            (DataType::List(held), DataType::List(now)) => open.push((column + "[]", held, now)),
            _ => {
                let (held, now) = (type_text(held), type_text(now));
                if held != now {
                    return Some(Clash { column, held, now });
                }
            }
        }
    }
    None
}

/// Pushes what both sides have, so that the first comes off first.
fn push_shared<'f>(
    above: &str,
    held: &'f Fields,
    now: &'f Fields,
    open: &mut Vec<(String, &'f FieldRef, &'f FieldRef)>,
) {
    for now in now.iter().rev() {
        if let Some((_, held)) = held.find(now.name()) {
            open.push((format!("{above}{}", now.name()), held, now));
        }
    }
}

/// The type as the schema language calls it; those it has no word for as Arrow does.
fn type_text(field: &Field) -> String {
    let (mut field, mut text) = (field, String::new());
    while let DataType::List(element) = field.data_type() {
        text.push_str("array of ");
        field = element;
    }
    let word = match field.data_type() {
        DataType::Utf8 if field.try_extension_type::<Json>().is_ok() => "json",
        DataType::Utf8 => "string",
        DataType::Int16 => "smallint",
        DataType::Int32 => "int",
        DataType::Int64 => "bigint",
        DataType::Float64 => "float",
        DataType::Boolean => "boolean",
        DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) if &**zone == "UTC" => "timestamp",
        DataType::Struct(_) => "object",
        other => return format!("{text}{other}"),
    };
    text + word
}

#[cfg(test)]
mod tests {
    use sawlog_schema::{Plan, arrow_schema, load};

    use super::*;

    fn columns(fields: &str) -> Fields {
        let yaml = format!("{{schema: Custom.Type, fields: [{fields}]}}");
        arrow_schema(&Plan::new(load(&yaml, "t.yml").log_type.unwrap())).fields().clone()
    }

    fn clash(held: &str, now: &str) -> Option<[String; 3]> {
        first_clash(&columns(held), &columns(now)).map(|c| [c.column, c.held, c.now])
    }

    #[test]
    fn another_type_is_found_at_any_depth() {
        let told = |column: &str, held: &str, now: &str| Some([column, held, now].map(str::to_owned));
        let a = |kind: &str| format!("{{name: x, type: string}}, {{name: a, type: {kind}}}");
        for [held, now] in [
            ["string", "int"],
            ["smallint", "int"],
            ["int", "bigint"],
            ["float", "bigint"],
            ["timestamp", "string"],
            ["json", "string"],
            ["boolean", "json"],
        ] {
            assert_eq!(clash(&a(held), &a(now)), told("a", held, now));
            let element = |kind: &str| a(&format!("array, element: {{type: {kind}}}"));
            assert_eq!(clash(&element(held), &element(now)), told("a[]", held, now));
            let member = |kind: &str| format!("array, element: {{type: object, fields: [{}]}}", a(kind));
            assert_eq!(clash(&a(&member(held)), &a(&member(now))), told("a[].a", held, now));
        }
        let list = "array, element: {type: array, element: {type: int}}";
        assert_eq!(clash(&a("int"), &a(list)), told("a", "int", "array of array of int"));
        let object = "object, fields: [{name: b, type: int}]";
        assert_eq!(clash(&a(object), &a("json")), told("a", "object", "json"));
    }

    #[test]
    fn what_one_side_lacks_and_what_is_said_of_a_column_are_no_clash() {
        let held = "{name: a, type: string}, {name: o, type: object, fields: [{name: b, type: int}]}";
        let described = "{name: a, type: string, description: Who, required: true, indicators: [ip]}";
        assert_eq!(clash(held, described), None);
        let member = "{name: o, type: object, fields: [{name: c, type: float}, {name: b, type: int}]}";
        assert_eq!(
            clash(held, &format!("{member}, {{name: new, type: int}}, {{name: a, type: string}}")),
            None
        );
    }

    #[test]
    fn types_without_a_word_have_arrows_name() {
        let of = |data_type| type_text(&Field::new("a", data_type, true));
        assert_eq!(of(DataType::Timestamp(TimeUnit::Nanosecond, None)), "Timestamp(ns)");
        assert_eq!(of(DataType::UInt8), "UInt8");
    }
}
