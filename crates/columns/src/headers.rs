//! What envelopes say of the events in them.
//!
//! All events of an envelope share one text, so that a long one around many events takes memory once. Which
//! column it goes to is settled when rows leave: `p_header` where the table has it, and `p_extra` elsewhere.

use std::borrow::Cow;
use std::sync::Arc;

use sawlog_schema::{Plan, standard};

use crate::batch::Columns;

/// The header of each row, up to the last row that has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    of_rows: Vec<Option<Arc<str>>>,
}

impl Headers {
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        self.of_rows.get(row)?.as_deref()
    }

    pub(crate) fn clear(&mut self) {
        self.of_rows.clear();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.of_rows.capacity() * size_of::<Option<Arc<str>>>()
    }
}

impl Columns {
    /// Keeps `header`, a JSON object, as what the envelope of the row committed last said.
    pub fn set_header(&mut self, header: &Arc<str>) {
        let of_rows = &mut self.headers.of_rows;
        of_rows.resize(self.rows.len().saturating_sub(1), None);
        of_rows.push(Some(Arc::clone(header)));
    }

    /// The row's value of `p_extra`.
    pub(crate) fn extra_of(&self, plan: &Plan, row: usize) -> Option<Cow<'_, [u8]>> {
        let own = (row < self.extra.len()).then(|| self.extra.get(row)).filter(|text| !text.is_empty());
        let Some(header) = self.headers.get(row).filter(|_| !plan.header) else {
            return own.map(Cow::Borrowed);
        };
        let mut text = format!("{{\"/{}\":{header}", standard::HEADER).into_bytes();
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

    use crate::{IndicatorSet, Pick, Row, Run, Sink, Source, Table, print_row};

    use super::*;

    const YAML: &str = "{schema: Custom.Case, fields: [{name: n, type: int}]}";

    /// Four rows: plain, with a header, with a header and undeclared fields, plain again.
    fn rows(plan: &Plan) -> Columns {
        let mut columns = Columns::new(plan, false);
        let header = Arc::from(r#"{"owner":"1"}"#);
        for (number, extra) in [None, None, Some(r#"{"/x":1}"#), None].into_iter().enumerate() {
            let row = Row { event_time: None, source: 0, byte_offset: number as u64 };
            columns.commit(row, &mut IndicatorSet::default(), extra, &[]);
            if number == 1 || number == 2 {
                columns.set_header(&header);
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
        let both = own(r#"{"/p_header":{"owner":"1"},"/x":1}"#);
        assert_eq!(stored, [None, own(r#"{"/p_header":{"owner":"1"}}"#), both, None]);
        assert_eq!(printed, stored);

        let plan = plan.with_header();
        let (stored, printed) = column(&plan, standard::HEADER);
        assert_eq!(stored, [None, own(r#"{"owner":"1"}"#), own(r#"{"owner":"1"}"#), None]);
        assert_eq!(printed, stored);
        let (stored, printed) = column(&plan, standard::EXTRA);
        assert_eq!(stored, [None, None, own(r#"{"/x":1}"#), None]);
        assert_eq!(printed, stored);
    }

    #[test]
    fn emptied_columns_have_no_headers() {
        let plan = Plan::new(load(YAML, "case.yml").log_type.unwrap());
        let mut columns = rows(&plan);
        columns.clear();
        let row = Row { event_time: None, source: 0, byte_offset: 0 };
        for _ in 0..2 {
            columns.commit(row, &mut IndicatorSet::default(), None, &[]);
        }
        assert_eq!(columns.extra_of(&plan, 1), None);
    }
}
