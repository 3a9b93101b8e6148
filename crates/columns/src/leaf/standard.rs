//! The standard columns: what a table knows of every row beside its fields.

use arrow::error::ArrowError;
use sawlog_schema::standard;

use crate::batch::Columns;
use crate::gather::Table;
use crate::selection::Stretch;
use crate::text_lists::TextLists;

use super::LeafSink;

/// Definition level of an element of a nullable list of nullable texts.
const ELEMENT: u8 = 3;

/// Where the values of a standard column come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Standard<'a> {
    LogType,
    /// One integer or time for all rows.
    Integer(i64),
    /// One text for all rows, or none.
    Text(Option<&'a str>),
    RowId,
    EventTime,
    SourceFile,
    Extra,
    Header,
    Flags,
    /// The list of indicators with this number.
    Indicators(usize),
}

impl<'a> Standard<'a> {
    pub(super) fn new(table: &'a Table<'a>, name: &str) -> Result<Self, ArrowError> {
        let (plan, run) = (table.plan(), table.run());
        Ok(match name {
            standard::LOG_TYPE => Self::LogType,
            standard::ROW_ID => Self::RowId,
            standard::EVENT_TIME => Self::EventTime,
            standard::PARSE_TIME => Self::Integer(run.parse_time),
            standard::SCHEMA_VERSION => Self::Integer(i64::from(plan.log_type.version)),
            standard::SOURCE_ID => Self::Text(run.source_id.as_deref()),
            standard::SOURCE_LABEL => Self::Text(run.source_label.as_deref()),
            standard::SOURCE_FILE => Self::SourceFile,
            standard::EXTRA => Self::Extra,
            standard::HEADER if plan.header => Self::Header,
            standard::FLAGS => Self::Flags,
            _ => Self::Indicators(table.indicator(name)?),
        })
    }

    /// How many values the rows of the stretches have at most.
    pub(super) fn max_values(self, table: &Table<'_>, stretches: &[Stretch]) -> usize {
        let count = |stretch: &Stretch| {
            let part = &table.parts()[stretch.part()];
            match self {
                Self::Flags => part.flags.values(stretch.range()).len(),
                Self::Indicators(at) => part.indicators.lists(at).values(stretch.range()).len(),
                _ => stretch.len(),
            }
        };
        stretches.iter().map(count).sum()
    }

    /// Hands over the rows of the stretches, which are those of one read.
    pub(super) fn read(self, table: &'a Table<'a>, stretches: &[Stretch], sink: &mut impl LeafSink) {
        let run = table.run();
        let part = |stretch: &Stretch| &table.parts()[stretch.part()];
        let len = stretches.iter().map(|stretch| stretch.len()).sum();
        let rows = stretches.iter().map(|s| &part(s).rows[s.range()]);
        match self {
            Self::LogType => {
                sink.levels(len, &[], &[]);
                sink.same_text(table.plan().log_type.name.as_bytes(), len);
            }
            Self::Integer(value) => {
                sink.levels(len, &[], &[]);
                sink.same_integer(value, len);
            }
            Self::Text(None) => sink.levels(len, &vec![0; len], &[]),
            Self::Text(Some(text)) => {
                sink.levels(len, &vec![1; len], &[]);
                sink.same_text(text.as_bytes(), len);
            }
            Self::RowId => {
                let mut ids: Vec<[u8; 32]> = Vec::with_capacity(len);
                rows.for_each(|rows| ids.extend(rows.iter().map(|row| run.row_id_bytes(row))));
                sink.levels(len, &[], &[]);
                sink.texts(&ids.iter().map(|id| &id[..]).collect::<Vec<_>>());
            }
            Self::EventTime => {
                let mut times: Vec<i64> = Vec::with_capacity(len);
                rows.for_each(|rows| times.extend(rows.iter().map(|row| run.event_time(row))));
                sink.levels(len, &[], &[]);
                sink.integers(&times);
            }
            Self::SourceFile => {
                sink.levels(len, &vec![1; len], &[]);
                for rows in rows.flat_map(|rows| rows.chunk_by(|a, b| a.source == b.source)) {
                    let path = &run.sources[rows[0].source as usize].path;
                    sink.same_text(path.as_bytes(), rows.len());
                }
            }
            Self::Extra => {
                let mut values = Vec::with_capacity(len);
                for stretch in stretches {
                    let part = part(stretch);
                    values.extend(stretch.range().map(|row| part.extra_of(table.plan(), row)));
                }
                optional(&values.iter().map(Option::as_deref).collect::<Vec<_>>(), sink);
            }
            Self::Header => {
                let mut values = Vec::with_capacity(len);
                for stretch in stretches {
                    let headers = &part(stretch).headers;
                    values.extend(stretch.range().map(|row| headers.get(row)));
                }
                optional(&values.iter().map(Option::as_deref).collect::<Vec<_>>(), sink);
            }
            Self::Flags => lists(table.parts(), stretches, |part| &part.flags, sink),
            Self::Indicators(at) => lists(table.parts(), stretches, |part| part.indicators.lists(at), sink),
        }
    }
}

/// A column of texts that may be missing.
fn optional(values: &[Option<&[u8]>], sink: &mut impl LeafSink) {
    let definition: Vec<u8> = values.iter().map(|value| u8::from(value.is_some())).collect();
    sink.levels(values.len(), &definition, &[]);
    let present: Vec<&[u8]> = values.iter().copied().flatten().collect();
    if !present.is_empty() {
        sink.texts(&present);
    }
}

/// A column of lists, in which an empty list is null and no element is.
fn lists<'a>(
    parts: &'a [Columns],
    stretches: &[Stretch],
    of: impl Fn(&'a Columns) -> &'a TextLists,
    sink: &mut impl LeafSink,
) {
    let (mut definition, mut repetition, mut rows) = (Vec::new(), Vec::new(), 0);
    for stretch in stretches {
        let lists = of(&parts[stretch.part()]);
        rows += stretch.len();
        let mut at = definition.len();
        // All places are those of further elements, until a row is found to begin there.
        let most = at + stretch.len() + lists.values(stretch.range()).len();
        definition.resize(most, ELEMENT);
        repetition.resize(most, 1);
        for row in stretch.range() {
            let len = lists.values(row..row + 1).len();
            definition[at] = if len == 0 { 0 } else { ELEMENT };
            repetition[at] = 0;
            at += len.max(1);
        }
        definition.truncate(at);
        repetition.truncate(at);
    }
    sink.levels(rows, &definition, &repetition);
    for stretch in stretches {
        let lists = of(&parts[stretch.part()]);
        let (range, (codes, dictionary)) = (lists.values(stretch.range()), lists.texts().sealed());
        if !range.is_empty() {
            sink.codes(stretch.part(), dictionary, &codes[range]);
        }
    }
}
