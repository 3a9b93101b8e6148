//! A row as one line of JSON: the normalized event, for people and for tests.
//!
//! Fields stand in schema order, then the standard ones. What is absent is left out, and so is an empty
//! array; an empty object and an empty string stay. Times keep the precision of their source.

use sawlog_schema::{Kind, NodeId, Plan, standard};

use crate::batch::Columns;
use crate::buffer::{Buffer, Data};
use crate::instant::Instant;
use crate::run::Run;

/// Appends row number `row` of `columns` to `out` as JSON, without a newline.
pub fn print_row(plan: &Plan, run: &Run, columns: &Columns, row: usize, out: &mut Vec<u8>) {
    let printer = Printer { plan, columns };
    let mut first = true;
    out.push(b'{');
    printer.members(0, row, &mut first, out);
    printer.standard(run, row, &mut first, out);
    out.push(b'}');
}

struct Printer<'a> {
    plan: &'a Plan,
    columns: &'a Columns,
}

impl Printer<'_> {
    fn buffer(&self, node: NodeId) -> &Buffer {
        &self.columns.nodes[node as usize]
    }

    /// Prints the members of an object; the depth is that of the schema, which is bounded.
    fn members(&self, object: NodeId, at: usize, first: &mut bool, out: &mut Vec<u8>) {
        for &node in self.plan.members(object).nodes() {
            if self.is_printed(node, at) {
                key(&self.plan.nodes[node as usize].name, first, out);
                self.value(node, at, out);
            }
        }
    }

    fn is_printed(&self, node: NodeId, at: usize) -> bool {
        let buffer = self.buffer(node);
        match self.plan.nodes[node as usize].kind {
            Kind::Array => !buffer.list_range(at).is_empty(),
            _ => buffer.is_valid(at),
        }
    }

    fn value(&self, node: NodeId, at: usize, out: &mut Vec<u8>) {
        let buffer = self.buffer(node);
        if !buffer.is_valid(at) {
            out.extend_from_slice(b"null");
            return;
        }
        match (&self.plan.nodes[node as usize].kind, &buffer.data) {
            (Kind::Json, Data::Text(texts)) => out.extend_from_slice(texts.get(at)),
            (_, Data::Time(_, Some(texts))) => out.extend_from_slice(texts.get(at)),
            (_, Data::Text(texts)) => string(texts.get(at), out),
            (_, Data::Int(values)) => out.extend_from_slice(values[at].to_string().as_bytes()),
            (_, Data::Float(values)) => float(values[at], out),
            (_, Data::Bool(values)) => out.extend_from_slice(if values[at] { b"true" } else { b"false" }),
            (_, Data::Time(values, None)) => {
                string(Instant { micros: values[at], nanos: 0 }.to_string().as_bytes(), out);
            }
            (_, Data::Object) => {
                out.push(b'{');
                self.members(node, at, &mut true, out);
                out.push(b'}');
            }
            (_, Data::List(_)) => {
                out.push(b'[');
                for (i, element) in buffer.list_range(at).enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    self.value(node + 1, element as usize, out);
                }
                out.push(b']');
            }
        }
    }

    fn standard(&self, run: &Run, at: usize, first: &mut bool, out: &mut Vec<u8>) {
        let row = &self.columns.rows[at];
        let mut text = |name: &str, value: &str, out: &mut Vec<u8>| {
            key(name, first, out);
            string(value.as_bytes(), out);
        };
        let parse_time = Instant { micros: run.parse_time, nanos: 0 };
        let event_time = row.event_time.unwrap_or(parse_time);
        text(standard::LOG_TYPE, &self.plan.log_type.name, out);
        text(standard::ROW_ID, &run.row_id(row), out);
        text(standard::EVENT_TIME, &event_time.to_string(), out);
        text(standard::PARSE_TIME, &parse_time.to_string(), out);
        key(standard::SCHEMA_VERSION, first, out);
        out.extend_from_slice(self.plan.log_type.version.to_string().as_bytes());
        let mut text = |name: &str, value: &str, out: &mut Vec<u8>| {
            key(name, first, out);
            string(value.as_bytes(), out);
        };
        if let Some(id) = &run.source_id {
            text(standard::SOURCE_ID, id, out);
        }
        if let Some(label) = &run.source_label {
            text(standard::SOURCE_LABEL, label, out);
        }
        text(standard::SOURCE_FILE, &run.sources[row.source as usize].path, out);
        if let Some(header) = self.columns.headers.get(at).filter(|_| self.plan.header) {
            key(standard::HEADER, first, out);
            out.extend_from_slice(&header);
        }
        for (indicator, lists) in self.columns.indicators.iter() {
            list(indicator.column(), lists.row(at), first, out);
        }
        if let Some(extra) = self.columns.extra_of(self.plan, at) {
            key(standard::EXTRA, first, out);
            out.extend_from_slice(&extra);
        }
        list(standard::FLAGS, self.columns.flags.row(at), first, out);
    }
}

fn list<'a>(
    name: &str,
    values: impl ExactSizeIterator<Item = &'a [u8]>,
    first: &mut bool,
    out: &mut Vec<u8>,
) {
    if values.len() == 0 {
        return;
    }
    key(name, first, out);
    out.push(b'[');
    for (i, value) in values.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        string(value, out);
    }
    out.push(b']');
}

fn key(name: &str, first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(first) {
        out.push(b',');
    }
    string(name.as_bytes(), out);
    out.push(b':');
}

/// Writes a JSON string.
fn string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    escape(text, out);
    out.push(b'"');
}

/// Appends `text` as the inside of a JSON string. `<`, `>` and `&` are escaped as well, as the schema
/// language's own tools do, so that the text may stand in a page.
pub fn escape(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..=0x1f | b'<' | b'>' | b'&' => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
}

/// The shortest spelling that reads back as the same number; JSON has none for the values that are no number.
fn float(value: f64, out: &mut Vec<u8>) {
    if value.is_finite() {
        out.extend_from_slice(format!("{value:?}").as_bytes());
    } else {
        string(value.to_string().as_bytes(), out);
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::load;

    use crate::{Row, Sink, Source};

    use super::*;

    #[test]
    fn times_are_printed_in_the_rows_that_have_one() {
        let yaml = "{schema: Custom.At, fields: [{name: at, type: timestamp, timeFormats: [unix]}]}";
        let plan = Plan::new(load(yaml, "at.yml").log_type.unwrap());
        let mut columns = Columns::new(&plan, true);
        for row in 0..40 {
            if row % 7 == 3 {
                columns.timestamp(1, row, row.into(), format!("{row}.5").as_bytes());
            }
            if row % 11 == 10 {
                columns.rollback();
                columns.timestamp(1, row, row.into(), b"0");
            }
            columns.commit(Row { event_time: None, source: 0, byte_offset: 0 }, None, []);
            if row % 9 == 8 || row == 39 {
                columns.seal(&[], |_, _, _| {});
            }
        }
        let run = Run { sources: vec![Source { path: "a".into(), identity: 1 }], ..Run::default() };
        for row in 0..40 {
            let mut out = Vec::new();
            print_row(&plan, &run, &columns, row, &mut out);
            let printed = String::from_utf8(out).unwrap();
            let expected = match row {
                _ if row % 11 == 10 => "{\"at\":0,".to_owned(),
                _ if row % 7 == 3 => format!("{{\"at\":{row}.5,"),
                _ => "{\"p_".to_owned(),
            };
            assert!(printed.starts_with(&expected), "{printed}");
        }
    }

    #[test]
    fn floats_are_json() {
        let printed = |v: f64| {
            let mut out = Vec::new();
            float(v, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(printed(1.0), "1.0");
        assert_eq!(printed(1e300), "1e300");
        assert_eq!(printed(f64::NAN), "\"NaN\"");
    }
}
