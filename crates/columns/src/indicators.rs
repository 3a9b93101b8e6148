//! The indicators of rows: what the texts of their fields tell.
//!
//! The same addresses and names come again and again, and each stands in the dictionary of its column once.
//! What a text tells is therefore asked once for each entry of a dictionary, when texts are sealed, and rows
//! get their indicators by the codes of their texts: nothing is scanned, compared or copied twice.

use std::ops::Range;

use sawlog_schema::{Indicator, Kind, Node, NodeId, Plan, Scanner};

use crate::buffer::{Buffer, Data};
use crate::dictionary::Dictionary;
use crate::text_lists::TextLists;

/// Hands over each indicator that a text tells by the rule of a scanner, in no order.
pub type Scan = fn(Scanner, &str, &mut dyn FnMut(Indicator, &str));

/// The code of no value.
const NONE: u32 = u32::MAX;

/// Place of each indicator among the columns; beyond their end for those that the plan has not.
type Places = [u8; Indicator::ALL.len()];

/// The indicators of the rows that are sealed.
#[derive(Debug, Clone)]
pub(crate) struct Indicators {
    /// Those that the plan has, in its order.
    columns: Vec<Column>,
    places: Places,
    sources: Vec<Source>,
    /// How many rows were looked at.
    rows: usize,
}

/// A column of indicators.
#[derive(Debug, Clone)]
struct Column {
    indicator: Indicator,
    lists: TextLists,
    /// For each row at hand the value that came first, and other ones with their rows. Few rows have any.
    first: Vec<u32>,
    further: Vec<(u32, u32)>,
}

/// A column of texts that may tell something.
#[derive(Debug, Clone)]
struct Source {
    node: NodeId,
    /// The lists above it, the outermost first.
    above: Vec<NodeId>,
    scanners: Vec<Scanner>,
    told: Told,
}

/// What the entries of a column's dictionary tell.
#[derive(Debug, Clone, Default)]
struct Told {
    /// What each of them does: nearly always one thing or nothing.
    entries: Vec<Tells>,
    /// The values of those that tell several.
    several: Vec<Value>,
}

/// What an entry tells.
#[derive(Debug, Clone, Copy)]
enum Tells {
    Nothing,
    One(Value),
    /// So many values from that place on.
    Several(u8, u32),
}

/// A value of an indicator.
#[derive(Debug, Clone, Copy)]
struct Value {
    /// Place of the indicator's column.
    place: u8,
    /// The value's entry in the dictionary of that column.
    code: u32,
}

impl Indicators {
    /// None so far. `parents` has the node above each node of the plan.
    pub(crate) fn new(plan: &Plan, parents: &[NodeId]) -> Self {
        let mut places = [u8::MAX; Indicator::ALL.len()];
        for (place, &indicator) in (0u8..).zip(&plan.indicators) {
            places[indicator as usize] = place;
        }
        let scanned = (0u32..).zip(&plan.nodes).filter(|(_, node)| !node.scanners.is_empty());
        Self {
            columns: plan.indicators.iter().map(|&indicator| Column::new(indicator)).collect(),
            places,
            sources: scanned.map(|(node, declared)| Source::new(plan, parents, node, declared)).collect(),
            rows: 0,
        }
    }

    /// The lists of the indicator with this number, in the plan's order.
    pub(crate) fn lists(&self, number: usize) -> &TextLists {
        &self.columns[number].lists
    }

    /// The lists of all indicators.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Indicator, &TextLists)> {
        self.columns.iter().map(|column| (column.indicator, &column.lists))
    }

    /// Finds those of the rows up to `rows`, whose texts in `nodes` are sealed.
    pub(crate) fn seal(&mut self, nodes: &[Buffer], rows: usize, scan: Scan) {
        let Self { columns, places, sources, rows: sealed } = self;
        for column in &mut *columns {
            column.first.resize(rows - *sealed, NONE);
        }
        for source in sources {
            let buffer = &nodes[source.node as usize];
            let Data::Text(texts) = &buffer.data else { continue };
            let (codes, dictionary) = texts.sealed();
            source.ask(dictionary, columns, places, scan);
            let fresh = buffer.fresh();
            if fresh.is_empty() {
                continue;
            }
            let Some(outermost) = source.above.first() else {
                let texts = fresh.iter().map(|&at| (at as usize - *sealed, codes[at as usize]));
                source.told.tell(columns, texts);
                continue;
            };
            // Codes end with the last text; elements and rows may go on behind it.
            let valid = buffer.valid();
            for row in *sealed..nodes[*outermost as usize].len() {
                let down = |range: Range<usize>, list: &NodeId| nodes[*list as usize].elements(range);
                let range = source.above.iter().fold(row..row + 1, down);
                let texts = (range.start..range.end.min(codes.len())).filter(|at| valid[*at]);
                source.told.tell(columns, texts.map(|at| (row - *sealed, codes[at])));
            }
        }
        for column in columns {
            column.seal(*sealed);
        }
        *sealed = rows;
    }

    /// Empties the lists and keeps their memory.
    pub(crate) fn clear(&mut self) {
        self.columns.iter_mut().for_each(|column| column.lists.clear());
        for Source { told, .. } in &mut self.sources {
            told.entries.clear();
            told.several.clear();
        }
        self.rows = 0;
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        let columns: usize = self.columns.iter().map(Column::heap_bytes).sum();
        columns + self.sources.iter().map(|source| source.told.heap_bytes()).sum::<usize>()
    }
}

impl Source {
    fn new(plan: &Plan, parents: &[NodeId], node: NodeId, declared: &Node) -> Self {
        let up = |&node: &NodeId| (node != 0).then(|| parents[node as usize]);
        let is_list = |node: &NodeId| matches!(plan.nodes[*node as usize].kind, Kind::Array);
        let mut above: Vec<_> = std::iter::successors(up(&node), up).filter(is_list).collect();
        above.reverse();
        Self { node, above, scanners: declared.scanners.clone(), told: Told::default() }
    }

    /// Asks what the entries of its dictionary tell of which it is not known.
    fn ask(&mut self, dictionary: &Dictionary, columns: &mut [Column], places: &Places, scan: Scan) {
        let Told { entries, several } = &mut self.told;
        for text in dictionary.texts(entries.len()) {
            let start = several.len();
            for &scanner in &self.scanners {
                scan(scanner, text, &mut |indicator, value| {
                    let place = places[indicator as usize];
                    let column = columns.get_mut(usize::from(place));
                    let intern = |column: &mut Column| column.lists.intern(value.as_bytes());
                    several.extend(column.map(|column| Value { place, code: intern(column) }));
                });
            }
            entries.push(match several[start..] {
                [] => Tells::Nothing,
                [value] => {
                    several.truncate(start);
                    Tells::One(value)
                }
                // A scanner finds one value, or a few.
                ref values => Tells::Several(values.len() as u8, start as u32),
            });
        }
    }
}

impl Told {
    /// Gives rows, by their number among those at hand, what one of their texts tells, by its code.
    #[inline]
    fn tell(&self, columns: &mut [Column], texts: impl Iterator<Item = (usize, u32)>) {
        for (number, code) in texts {
            self.of(code, |value| columns[usize::from(value.place)].add(number, value.code));
        }
    }

    /// Calls `each` with the values that an entry tells.
    #[inline]
    fn of(&self, entry: u32, mut each: impl FnMut(Value)) {
        match self.entries[entry as usize] {
            Tells::Nothing => {}
            Tells::One(value) => each(value),
            Tells::Several(len, start) => {
                self.several[start as usize..][..usize::from(len)].iter().copied().for_each(each);
            }
        }
    }

    fn heap_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Tells>() + self.several.capacity() * size_of::<Value>()
    }
}

impl Column {
    fn new(indicator: Indicator) -> Self {
        Self { indicator, lists: TextLists::default(), first: Vec::new(), further: Vec::new() }
    }

    /// Adds a value to row `number` of those at hand, unless it is known to be there.
    #[inline]
    fn add(&mut self, number: usize, code: u32) {
        let first = &mut self.first[number];
        if *first == NONE {
            *first = code;
        } else if *first != code {
            self.further.push((number as u32, code));
        }
    }

    /// Gives the rows from `start` on their values, distinct and in bytewise order.
    fn seal(&mut self, start: usize) {
        let Self { lists, first, further, .. } = self;
        further.sort_unstable_by_key(|(number, _)| *number);
        let mut further_of = further.chunk_by(|(a, _), (b, _)| a == b).peekable();
        let mut values = Vec::new();
        for (number, code) in first.drain(..).enumerate() {
            let Some(others) = further_of.next_if(|others| others[0].0 as usize == number) else {
                if code != NONE {
                    lists.push_code(start + number, code);
                }
                continue;
            };
            values.push(code);
            values.extend(others.iter().map(|(_, code)| *code));
            values.sort_unstable_by_key(|code| lists.texts().entry(*code));
            values.dedup_by(|a, b| a == b || lists.texts().entry(*a) == lists.texts().entry(*b));
            values.drain(..).for_each(|code| lists.push_code(start + number, code));
        }
        further.clear();
        lists.settle();
    }

    fn heap_bytes(&self) -> usize {
        let further = self.further.capacity() * size_of::<(u32, u32)>();
        self.lists.heap_bytes() + self.first.capacity() * size_of::<u32>() + further
    }
}

#[cfg(test)]
mod tests {
    use sawlog_schema::{Plan, load};

    use crate::{Columns, Row, Sink};

    use super::*;

    const YAML: &str = "
schema: Custom.Two
fields:
  - {name: a, type: string, indicators: [username]}
  - {name: b, type: array, element: {type: string, indicators: [username]}}
";

    fn rows(count: u32, a: impl Fn(u32) -> String, b: impl Fn(u32) -> Vec<String>) -> Columns {
        let plan = Plan::new(load(YAML, "two.yml").log_type.unwrap());
        let mut columns = Columns::new(&plan, false);
        for row in 0..count {
            columns.text(1, row, &a(row));
            let start = columns.list(2);
            let texts = b(row);
            (start..).zip(&texts).for_each(|(at, text)| columns.text(3, at, text));
            columns.list_end(2, row, start + texts.len() as u32);
            columns.commit(Row { event_time: None, source: 0, byte_offset: 0 }, None, []);
            if row % 700 == 0 || row + 1 == count {
                columns.seal(&[], |_, text, found| {
                    if !text.is_empty() {
                        found(Indicator::Usernames, text);
                    }
                });
            }
        }
        columns
    }

    fn values(columns: &Columns, row: u32) -> Vec<&str> {
        columns.indicators.lists(0).row(row as usize).map(|text| str::from_utf8(text).unwrap()).collect()
    }

    #[test]
    fn values_that_hardly_repeat_are_distinct_all_the_same() {
        // By then they are no longer looked up: the two columns give one text two codes.
        let columns = rows(5000, |row| format!("u{row}"), |row| vec![format!("u{row}"), "u".to_owned()]);
        for row in 0..5000 {
            assert_eq!(values(&columns, row), ["u".to_owned(), format!("u{row}")]);
        }
    }

    #[test]
    fn rows_have_none_and_many() {
        let many = |row: u32| (0..row * 100).map(|at| format!("{:04}", at * 7 % 1000)).collect();
        let mut columns = rows(20, |row| if row == 3 { "0000".to_owned() } else { String::new() }, many);
        let check = |columns: &Columns| {
            for row in 0..20 {
                let expected: Vec<_> = match row {
                    3 => (0..300).map(|at| at * 7 % 1000).collect(),
                    _ => (0..row * 100).map(|at| at * 7 % 1000).collect(),
                };
                let expected: std::collections::BTreeSet<_> = expected.into_iter().collect();
                let expected: Vec<_> = expected.into_iter().map(|at| format!("{at:04}")).collect();
                assert_eq!(values(columns, row), expected);
            }
        };
        check(&columns);
        columns.clear();
        assert_eq!(columns.indicators.lists(0).texts().len(), 0);
    }
}
