//! Picked rows of several batches, as Arrow arrays.
//!
//! A row group takes the rows of one partition out of all batches of a chunk, in the order of their event
//! times. Gathering copies them once, straight into Arrow buffers, a slice of rows at a time: neither a
//! sorted copy of the chunk nor a record batch per parsed block ever exists.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, Int32Array, ListArray, PrimitiveArray, StringArray,
    StructArray, TimestampMicrosecondArray,
};
use arrow::buffer::{BooleanBuffer, Buffer as Bytes, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{Float64Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use arrow_schema::{DataType, Field, FieldRef, SchemaRef};
use sawlog_schema::{NodeId, Plan, arrow_schema, standard};

use crate::batch::Columns;
use crate::buffer::{Buffer, Data};
use crate::run::Run;
use crate::selection::{Pick, Stretch, stretches};
use crate::text_lists::TextLists;

/// A table over several batches of one log type.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    plan: &'a Plan,
    run: &'a Run,
    schema: SchemaRef,
    parts: &'a [Columns],
}

impl<'a> Table<'a> {
    /// A view of `parts`, all of them made for `plan` and sealed.
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

    pub(crate) fn plan(&self) -> &'a Plan {
        self.plan
    }

    pub(crate) fn run(&self) -> &'a Run {
        self.run
    }

    /// The number of the indicators that a column holds.
    pub(crate) fn indicator(&self, column: &str) -> Result<usize, ArrowError> {
        let found = self.plan.indicators.iter().position(|i| i.column() == column);
        found.ok_or_else(|| ArrowError::SchemaError(format!("no standard column is called {column}")))
    }

    /// The values that a top-level column has in the picked rows. `field` is one of the schema's, or one with
    /// some members of its structs left out: encoding a table leaf by leaf needs no more than a leaf at a
    /// time.
    ///
    /// # Errors
    /// Fails where the schema has no such column, or Arrow refuses the buffers: text that is not UTF-8, or
    /// more than 2 GiB of text in one slice. Neither can come from a parser that keeps its limits.
    pub fn column(&self, field: &Field, picks: &[Pick]) -> Result<ArrayRef, ArrowError> {
        let members = self.plan.members(0);
        let stretches = stretches(picks);
        match members.column(field.name().as_bytes(), 0) {
            Some(member) => self.node(members.node(member), field.data_type(), &stretches),
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
                let value = |p: &Pick| self.parts[p.part as usize].extra_of(self.plan, p.row as usize);
                let values: Vec<_> = picks.iter().map(value).collect();
                Arc::new(texts(values.iter().map(Option::as_deref))?)
            }
            standard::HEADER if self.plan.header => {
                let value = |p: &Pick| self.parts[p.part as usize].headers.get(p.row as usize);
                let values: Vec<_> = picks.iter().map(value).collect();
                Arc::new(texts(values.iter().map(Option::as_deref))?)
            }
            standard::FLAGS => self.lists(data_type, picks, |part| &part.flags)?,
            _ => {
                let at = self.indicator(name)?;
                self.lists(data_type, picks, |part| part.indicators.lists(at))?
            }
        })
    }

    fn lists(
        &self,
        data_type: &DataType,
        picks: &[Pick],
        of: impl Fn(&Columns) -> &TextLists,
    ) -> Result<ArrayRef, ArrowError> {
        let mut offsets = vec![0];
        let mut valid = Vec::with_capacity(picks.len());
        let mut values = Vec::new();
        for pick in picks {
            let row = of(&self.parts[pick.part as usize]).row(pick.row as usize);
            valid.push(row.len() > 0);
            values.extend(row.map(Some));
            offsets.push(values.len() as i32);
        }
        let values: ArrayRef = Arc::new(texts(values.into_iter())?);
        list(data_type, offsets, values, nulls(&valid))
    }

    /// Gathers a node and all below it. The depth is that of the schema, which is bounded.
    fn node(
        &self,
        node: NodeId,
        data_type: &DataType,
        stretches: &[Stretch],
    ) -> Result<ArrayRef, ArrowError> {
        let source = Gathered::new(self.parts, node, stretches);
        Ok(match data_type {
            DataType::Utf8 => source.text()?,
            DataType::Int16 => Arc::new(source.values::<Int16Type, _>(ints, |v| v as i16)),
            DataType::Int32 => Arc::new(source.values::<Int32Type, _>(ints, |v| v as i32)),
            DataType::Int64 => Arc::new(source.values::<Int64Type, _>(ints, |v| v)),
            DataType::Float64 => Arc::new(source.values::<Float64Type, _>(floats, |v| v)),
            DataType::Boolean => source.booleans(),
            DataType::Timestamp(..) => {
                let times = source.values::<TimestampMicrosecondType, _>(micros, |v| v);
                Arc::new(times.with_timezone("UTC"))
            }
            DataType::Struct(fields) => {
                let members = self.plan.members(node);
                let member = |(expected, field): (usize, &FieldRef)| {
                    let found = members.column(field.name().as_bytes(), expected).ok_or_else(|| {
                        ArrowError::SchemaError(format!("no member is called {}", field.name()))
                    })?;
                    self.node(members.node(found), field.data_type(), stretches)
                };
                let arrays = fields.iter().enumerate().map(member).collect::<Result<Vec<_>, _>>()?;
                Arc::new(StructArray::try_new(fields.clone(), arrays, source.nulls())?)
            }
            DataType::List(element) => {
                let (offsets, inner) = source.lists();
                let values = self.node(node + 1, element.data_type(), &inner)?;
                list(data_type, offsets, values, source.nulls())?
            }
            other => return Err(ArrowError::SchemaError(format!("no column is of type {other}"))),
        })
    }
}

fn ints(data: &Data) -> &[i64] {
    match data {
        Data::Int(values) => values,
        _ => &[],
    }
}

fn floats(data: &Data) -> &[f64] {
    match data {
        Data::Float(values) => values,
        _ => &[],
    }
}

fn micros(data: &Data) -> &[i64] {
    match data {
        Data::Time(values, _) => values,
        _ => &[],
    }
}

/// The buffers of one node in all batches, and the stretches to take of them. A stretch may reach beyond the
/// end of a buffer: what is there is null.
struct Gathered<'a> {
    buffers: Vec<&'a Buffer>,
    stretches: &'a [Stretch],
    rows: usize,
}

impl<'a> Gathered<'a> {
    fn new(parts: &'a [Columns], node: NodeId, stretches: &'a [Stretch]) -> Self {
        let buffers = parts.iter().map(|part| &part.nodes[node as usize]).collect();
        Self { buffers, stretches, rows: stretches.iter().map(|s| s.len()).sum() }
    }

    /// Each stretch with its buffer, cut to what the buffer has; and the number of nulls behind it.
    fn pieces(&self) -> impl Iterator<Item = (&'a Buffer, Range<usize>, usize)> {
        self.stretches.iter().map(|stretch| {
            let buffer = self.buffers[stretch.part()];
            let range = stretch.within(buffer.len());
            (buffer, range.clone(), stretch.len() - range.len())
        })
    }

    fn nulls(&self) -> Option<NullBuffer> {
        let mut valid = Vec::with_capacity(self.rows);
        for (buffer, range, missing) in self.pieces() {
            valid.extend_from_slice(&buffer.valid()[range]);
            valid.resize(valid.len() + missing, false);
        }
        nulls(&valid)
    }

    fn text(&self) -> Result<ArrayRef, ArrowError> {
        let mut all = Vec::with_capacity(self.rows);
        for (buffer, range, missing) in self.pieces() {
            if let Data::Text(texts) = &buffer.data {
                all.extend(range.map(|at| buffer.is_valid(at).then(|| texts.get(at))));
            }
            all.resize(all.len() + missing, None);
        }
        Ok(Arc::new(texts(all.into_iter())?))
    }

    fn values<T: ArrowPrimitiveType, V: Copy + 'a>(
        &self,
        values: fn(&'a Data) -> &'a [V],
        convert: fn(V) -> T::Native,
    ) -> PrimitiveArray<T> {
        let mut all = Vec::with_capacity(self.rows);
        for (buffer, range, missing) in self.pieces() {
            all.extend(values(&buffer.data)[range].iter().map(|&value| convert(value)));
            all.resize(all.len() + missing, T::Native::default());
        }
        PrimitiveArray::new(ScalarBuffer::from(all), self.nulls())
    }

    fn booleans(&self) -> ArrayRef {
        let mut all = Vec::with_capacity(self.rows);
        for (buffer, range, missing) in self.pieces() {
            if let Data::Bool(values) = &buffer.data {
                all.extend_from_slice(&values[range]);
            }
            all.resize(all.len() + missing, false);
        }
        Arc::new(BooleanArray::new(BooleanBuffer::collect_bool(all.len(), |i| all[i]), self.nulls()))
    }

    /// Offsets of the lists, and the stretches of their elements.
    fn lists(&self) -> (Vec<i32>, Vec<Stretch>) {
        let mut offsets = Vec::with_capacity(self.rows + 1);
        let mut inner = Vec::with_capacity(self.stretches.len());
        let mut elements = 0;
        offsets.push(0);
        for (stretch, (buffer, range, missing)) in self.stretches.iter().zip(self.pieces()) {
            if let Data::List(ends) = &buffer.data {
                let start = if range.start == 0 { 0 } else { ends[range.start - 1] };
                offsets.extend(ends[range.clone()].iter().map(|&end| elements + (end - start) as i32));
                let end = if range.is_empty() { start } else { ends[range.end - 1] };
                elements += (end - start) as i32;
                inner.push(Stretch::new(stretch.part(), start..end));
            }
            offsets.resize(offsets.len() + missing, elements);
        }
        (offsets, inner)
    }
}

/// None where nothing is null.
fn nulls(valid: &[bool]) -> Option<NullBuffer> {
    let nulls = NullBuffer::new(BooleanBuffer::collect_bool(valid.len(), |i| valid[i]));
    (nulls.null_count() > 0).then_some(nulls)
}

/// Copies single texts into one array, with a single allocation for the bytes.
fn texts<'b>(
    values: impl ExactSizeIterator<Item = Option<&'b [u8]>> + Clone,
) -> Result<StringArray, ArrowError> {
    let total: usize = values.clone().flatten().map(<[u8]>::len).sum();
    if i32::try_from(total).is_err() {
        return Err(ArrowError::OffsetOverflowError(total));
    }
    let mut bytes = Vec::with_capacity(total);
    let mut offsets = Vec::with_capacity(values.len() + 1);
    let mut valid = Vec::with_capacity(values.len());
    offsets.push(0i32);
    for value in values {
        bytes.extend_from_slice(value.unwrap_or_default());
        offsets.push(bytes.len() as i32);
        valid.push(value.is_some());
    }
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    StringArray::try_new(offsets, Bytes::from_vec(bytes), nulls(&valid))
}

fn list(
    data_type: &DataType,
    offsets: Vec<i32>,
    values: ArrayRef,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, ArrowError> {
    let element: FieldRef = match data_type {
        DataType::List(element) => Arc::clone(element),
        other => return Err(ArrowError::SchemaError(format!("{other} is no list"))),
    };
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    Ok(Arc::new(ListArray::try_new(element, offsets, values, nulls)?))
}
