//! What envelopes say of the events in them.
//!
//! All events of an envelope share one text, so that a long one around many events takes memory once; what
//! it says of each of them stands beside it. They are put together when rows leave, and so is settled which
//! column they go to: `p_header` where the table has it, and `p_extra` elsewhere.

use std::borrow::Cow;
use std::sync::Arc;

use sawlog_schema::{Plan, standard};

use crate::batch::Columns;
use crate::buffer::Texts;

/// The header of each row, up to the last row that has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    /// What rows share with others of their envelope: JSON objects.
    shared: Vec<Option<Arc<str>>>,
    /// The member that each row adds to it, or nothing.
    own: Texts,
}

impl Headers {
    pub(crate) fn get(&self, row: usize) -> Option<Cow<'_, [u8]>> {
        let shared = self.shared.get(row)?.as_deref()?.as_bytes();
        let own = self.own.get(row);
        let Some(open) = shared.strip_suffix(b"}").filter(|_| !own.is_empty()) else {
            return Some(Cow::Borrowed(shared));
        };
        let separator: &[u8] = if open == b"{" { b"" } else { b"," };
        Some(Cow::Owned([open, separator, own, b"}"].concat()))
    }

    pub(crate) fn clear(&mut self) {
        self.shared.clear();
        self.own.truncate(0);
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.shared.capacity() * size_of::<Option<Arc<str>>>() + self.own.heap_bytes()
    }
}

impl Columns {
    /// Keeps `shared`, a JSON object, as what the envelope of the row committed last said, together with
    /// `own`: a member of such an object that is the row's alone, or nothing.
    pub fn set_header(&mut self, shared: &Arc<str>, own: &str) {
        let row = self.rows.len().saturating_sub(1);
        let headers = &mut self.headers;
        headers.shared.resize(row, None);
        headers.shared.push(Some(Arc::clone(shared)));
        headers.own.pad(row);
        headers.own.push(own.as_bytes());
    }

    /// The row's value of `p_extra`.
    pub(crate) fn extra_of(&self, plan: &Plan, row: usize) -> Option<Cow<'_, [u8]>> {
        let own = (row < self.extra.len()).then(|| self.extra.get(row)).filter(|text| !text.is_empty());
        let Some(header) = self.headers.get(row).filter(|_| !plan.header) else {
            return own.map(Cow::Borrowed);
        };
        let mut text = format!("{{\"/{}\":", standard::HEADER).into_bytes();
        text.extend_from_slice(&header);
        match own {
            Some(own) => {
                text.push(b',');
                text.extend_from_slice(&own[1..]);
            }
            None => text.push(b'}'),
        }
        Some(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use sawlog_schema::load;

    use crate::{Pick, Row, Run, Sink, Source, Table, print_row};

    use super::*;

    const YAML: &str = "{schema: Custom.Case, fields: [{name: n, type: int}]}";

    /// Four rows: plain, with a header, with a header and undeclared fields, plain again.
    fn rows(plan: &Plan) -> Columns {
        let mut columns = Columns::new(plan, false);
        let header = Arc::from(r#"{"owner":"1"}"#);
        for (number, extra) in [None, None, Some(r#"{"/x":1}"#), None].into_iter().enumerate() {
            let row = Row { event_time: None, source: 0, byte_offset: number as u64 };
            columns.commit(row, extra, []);
            match number {
                1 => columns.set_header(&header, ""),
                2 => columns.set_header(&header, r#""records":[{"id":"7"}]"#),
                _ => {}
            }
        }
        columns
    }

    /// A column as its table has it, and as printing shows it.
    fn column(plan: &Plan, name: &str) -> (Vec<Option<String>>, Vec<Option<String>>) {
        let source = Source { path: "a".to_owned(), identity: 1 };
        let run = Run { sources: vec![source], ..Run::default() };
        let parts = [rows(plan)];
        let table = Table::new(plan, &run, &parts);
        let picks: Vec<Pick> = (0..4).map(|row| Pick { part: 0, row }).collect();
        let array = table.column(table.schema().field_with_name(name).unwrap(), &picks).unwrap();
        let stored = array.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect();
        let printed = (0..4).map(|row| {
            let mut line = Vec::new();
            print_row(plan, &run, &parts[0], row, &mut line);
            let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
            line.get(name).map(ToString::to_string)
        });
        assert_eq!(array.len(), 4);
        (stored, printed.collect())
    }

    #[test]
    fn a_header_has_its_own_column_or_stands_with_what_is_not_declared() {
        let plan = Plan::new(load(YAML, "case.yml").log_type.unwrap());
        let own = |text: &str| Some(text.to_owned());
        let (stored, printed) = column(&plan, standard::EXTRA);
        let both = own(r#"{"/p_header":{"owner":"1","records":[{"id":"7"}]},"/x":1}"#);
        assert_eq!(stored, [None, own(r#"{"/p_header":{"owner":"1"}}"#), both, None]);
        assert_eq!(printed, stored);

        let plan = plan.with_header();
        let (stored, printed) = column(&plan, standard::HEADER);
        let both = own(r#"{"owner":"1","records":[{"id":"7"}]}"#);
        assert_eq!(stored, [None, own(r#"{"owner":"1"}"#), both, None]);
        assert_eq!(printed, stored);
        let (stored, printed) = column(&plan, standard::EXTRA);
        assert_eq!(stored, [None, None, own(r#"{"/x":1}"#), None]);
        assert_eq!(printed, stored);
    }

    #[test]
    fn an_empty_header_takes_a_member() {
        let plan = Plan::new(load(YAML, "case.yml").log_type.unwrap());
        let mut columns = rows(&plan);
        columns.set_header(&Arc::from("{}"), r#""a":1"#);
        assert_eq!(columns.headers.get(3).as_deref(), Some(&br#"{"a":1}"#[..]));
    }

    #[test]
    fn emptied_columns_have_no_headers() {
        let plan = Plan::new(load(YAML, "case.yml").log_type.unwrap());
        let mut columns = rows(&plan);
        columns.clear();
        let row = Row { event_time: None, source: 0, byte_offset: 0 };
        for _ in 0..2 {
            columns.commit(row, None, []);
        }
        assert_eq!(columns.extra_of(&plan, 1), None);
    }
}
