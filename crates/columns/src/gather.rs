//! Picked rows of several batches, as Arrow arrays.
//!
//! A row group takes the rows of one partition out of all batches of a chunk, in the order of their event
//! times. Gathering copies them once, straight into Arrow buffers, a slice of rows at a time: neither a
//! sorted copy of the chunk nor a record batch per parsed block ever exists.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int16Array, Int32Array, Int64Array, ListArray, StringArray,
    StructArray, TimestampMicrosecondArray,
};
use arrow::buffer::{Buffer as Bytes, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::error::ArrowError;
use arrow_schema::{DataType, Field, FieldRef, SchemaRef};
use sawlog_schema::{NodeId, Plan, arrow_schema, standard};

use crate::batch::Columns;
use crate::buffer::{Buffer, Data, TextLists};
use crate::run::Run;

/// One row of one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// Index of the batch.
    pub part: u32,
    /// Row, or element below a list, within the batch.
    pub row: u32,
}

/// A table over several batches of one log type.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    plan: &'a Plan,
    run: &'a Run,
    schema: SchemaRef,
    parts: &'a [Columns],
}

impl<'a> Table<'a> {
    /// A view of `parts`, all of them made for `plan`.
    pub fn new(plan: &'a Plan, run: &'a Run, parts: &'a [Columns]) -> Self {
        Self { plan, run, schema: arrow_schema(plan), parts }
    }

    /// The Arrow schema: the log type's fields, then the standard columns.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The batches.
    pub fn parts(&self) -> &'a [Columns] {
        self.parts
    }

    /// The values that a top-level column has in the picked rows. `field` is one of the schema's, or one with
    /// some members of its structs left out: encoding a table leaf by leaf needs no more than a leaf at a time.
    ///
    /// # Errors
    /// Fails where the schema has no such column, or Arrow refuses the buffers: text that is not UTF-8, or more
    /// than 2 GiB of text in one slice. Neither can come from a parser that keeps its limits.
    pub fn column(&self, field: &Field, picks: &[Pick]) -> Result<ArrayRef, ArrowError> {
        let members = self.plan.members(0);
        match members.find(field.name().as_bytes(), 0) {
            Some(member) => self.node(members.node(member), field.data_type(), picks),
            None => self.standard(field.name(), field.data_type(), picks),
        }
    }

    fn standard(&self, name: &str, data_type: &DataType, picks: &[Pick]) -> Result<ArrayRef, ArrowError> {
        let rows = || picks.iter().map(|p| &self.parts[p.part as usize].rows[p.row as usize]);
        let same = |text: Option<&str>| -> ArrayRef {
            Arc::new(picks.iter().map(|_| text).collect::<StringArray>())
        };
        let times = |values: Vec<i64>| -> ArrayRef {
            Arc::new(TimestampMicrosecondArray::from(values).with_timezone("UTC"))
        };
        Ok(match name {
            standard::LOG_TYPE => same(Some(&self.plan.log_type.name)),
            standard::ROW_ID => Arc::new(StringArray::from_iter_values(rows().map(|r| self.run.row_id(r)))),
            standard::EVENT_TIME => times(rows().map(|r| self.run.event_time(r)).collect()),
            standard::PARSE_TIME => times(vec![self.run.parse_time; picks.len()]),
            standard::SCHEMA_VERSION => {
                Arc::new(Int32Array::from(vec![self.plan.log_type.version; picks.len()]))
            }
            standard::SOURCE_ID => same(self.run.source_id.as_deref()),
            standard::SOURCE_LABEL => same(self.run.source_label.as_deref()),
            standard::SOURCE_FILE => Arc::new(StringArray::from_iter_values(
                rows().map(|r| self.run.sources[r.source as usize].path.as_str()),
            )),
            standard::EXTRA => {
                let value = |p: &Pick| {
                    let extra = &self.parts[p.part as usize].extra;
                    let row = p.row as usize;
                    (row < extra.len()).then(|| extra.get(row)).filter(|text| !text.is_empty())
                };
                Arc::new(texts(picks.len(), picks.iter().map(value))?)
            }
            standard::FLAGS => self.lists(data_type, picks, |part| &part.flags)?,
            _ => {
                let at =
                    self.plan.indicators.iter().position(|i| i.column() == name).ok_or_else(|| {
                        ArrowError::SchemaError(format!("no standard column is called {name}"))
                    })?;
                self.lists(data_type, picks, |part| &part.indicators[at].1)?
            }
        })
    }

    fn lists(
        &self,
        data_type: &DataType,
        picks: &[Pick],
        of: impl Fn(&Columns) -> &TextLists,
    ) -> Result<ArrayRef, ArrowError> {
        let mut lengths = Vec::with_capacity(picks.len());
        let mut values = Vec::new();
        for pick in picks {
            let row = of(&self.parts[pick.part as usize]).row(pick.row as usize);
            lengths.push(row.len());
            values.extend(row.map(Some));
        }
        let nulls = lengths.iter().map(|&n| n > 0).collect::<NullBuffer>();
        let values: ArrayRef = Arc::new(texts(values.len(), values.into_iter())?);
        list(data_type, lengths, values, nulls)
    }

    /// Gathers a node and all below it. The depth is that of the schema, which is bounded.
    fn node(&self, node: NodeId, data_type: &DataType, picks: &[Pick]) -> Result<ArrayRef, ArrowError> {
        let buffers: Vec<&Buffer> = self.parts.iter().map(|p| &p.nodes[node as usize]).collect();
        let valid = |p: &Pick| buffers[p.part as usize].is_valid(p.row as usize);
        macro_rules! values {
            ($kind:ident, $map:expr) => {
                picks.iter().map(|p| match &buffers[p.part as usize].data {
                    Data::$kind(values, ..) if valid(p) => Some($map(values[p.row as usize])),
                    _ => None,
                })
            };
        }
        let same = |v| v;
        Ok(match data_type {
            DataType::Utf8 => {
                let value = |p: &Pick| match &buffers[p.part as usize].data {
                    Data::Text(texts) if valid(p) => Some(texts.get(p.row as usize)),
                    _ => None,
                };
                Arc::new(texts(picks.len(), picks.iter().map(value))?)
            }
            DataType::Int16 => Arc::new(values!(Int, |v| v as i16).collect::<Int16Array>()),
            DataType::Int32 => Arc::new(values!(Int, |v| v as i32).collect::<Int32Array>()),
            DataType::Int64 => Arc::new(values!(Int, same).collect::<Int64Array>()),
            DataType::Float64 => Arc::new(values!(Float, |v| v).collect::<Float64Array>()),
            DataType::Boolean => Arc::new(values!(Bool, |v| v).collect::<BooleanArray>()),
            DataType::Timestamp(..) => {
                let array = values!(Time, same).collect::<TimestampMicrosecondArray>();
                Arc::new(array.with_timezone("UTC"))
            }
            DataType::Struct(fields) => {
                let nulls = picks.iter().map(valid).collect::<NullBuffer>();
                let members = self.plan.members(node);
                let member = |(expected, field): (usize, &FieldRef)| {
                    let found = members.find(field.name().as_bytes(), expected).ok_or_else(|| {
                        ArrowError::SchemaError(format!("no member is called {}", field.name()))
                    })?;
                    self.node(members.node(found), field.data_type(), picks)
                };
                let arrays = fields.iter().enumerate().map(member).collect::<Result<Vec<_>, _>>()?;
                Arc::new(StructArray::try_new(fields.clone(), arrays, some_nulls(nulls))?)
            }
            DataType::List(element) => {
                let nulls = picks.iter().map(valid).collect::<NullBuffer>();
                let mut lengths = Vec::with_capacity(picks.len());
                let mut inner = Vec::new();
                for pick in picks {
                    let range = buffers[pick.part as usize].list_range(pick.row as usize);
                    lengths.push(range.len());
                    inner.extend(range.map(|row| Pick { part: pick.part, row }));
                }
                let values = self.node(node + 1, element.data_type(), &inner)?;
                list(data_type, lengths, values, nulls)?
            }
            other => return Err(ArrowError::SchemaError(format!("no column is of type {other}"))),
        })
    }
}

fn some_nulls(nulls: NullBuffer) -> Option<NullBuffer> {
    (nulls.null_count() > 0).then_some(nulls)
}

/// Copies text into one array, with a single allocation for the bytes.
fn texts<'b>(
    len: usize,
    values: impl Iterator<Item = Option<&'b [u8]>> + Clone,
) -> Result<StringArray, ArrowError> {
    let total: usize = values.clone().flatten().map(<[u8]>::len).sum();
    if i32::try_from(total).is_err() {
        return Err(ArrowError::OffsetOverflowError(total));
    }
    let mut bytes = Vec::with_capacity(total);
    let mut offsets = Vec::with_capacity(len + 1);
    let mut valid = Vec::with_capacity(len);
    offsets.push(0i32);
    for value in values {
        bytes.extend_from_slice(value.unwrap_or_default());
        offsets.push(bytes.len() as i32);
        valid.push(value.is_some());
    }
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    StringArray::try_new(offsets, Bytes::from_vec(bytes), some_nulls(NullBuffer::from(valid)))
}

fn list(
    data_type: &DataType,
    lengths: Vec<usize>,
    values: ArrayRef,
    nulls: NullBuffer,
) -> Result<ArrayRef, ArrowError> {
    let element: FieldRef = match data_type {
        DataType::List(element) => Arc::clone(element),
        other => return Err(ArrowError::SchemaError(format!("{other} is no list"))),
    };
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(element, offsets, values, some_nulls(nulls))?))
}
