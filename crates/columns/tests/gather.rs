//! Random rows, some of them rolled back, gathered in random order, against the rows as they were drawn.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int32Type, TimestampMicrosecondType};
use proptest::prelude::*;
use sawlog_columns::{Columns, Pick, Row, Run, Sink, Source, Table};
use sawlog_schema::{Indicator, NodeId, Plan, Scanner, load};

const SCHEMA: &str = "
schema: Custom.Test
fields:
  - {name: s, type: string, indicators: [email]}
  - {name: i, type: int}
  - {name: f, type: float}
  - {name: b, type: boolean}
  - {name: t, type: timestamp, isEventTime: true}
  - name: o
    type: object
    fields:
      - {name: s, type: string}
      - {name: l, type: array, element: {type: string, indicators: [email]}}
  - name: l
    type: array
    element:
      type: object
      fields:
        - {name: i, type: int}
        - {name: l, type: array, element: {type: string, indicators: [email, username]}}
";

type Texts = Option<Vec<Option<String>>>;

type Element = (Option<i32>, Texts);

/// A row as drawn. None is absent.
#[derive(Debug, Clone)]
struct Drawn {
    s: Option<String>,
    i: Option<i32>,
    f: Option<f64>,
    b: Option<bool>,
    t: Option<i64>,
    o: Option<(Option<String>, Texts)>,
    l: Option<Vec<Option<Element>>>,
    is_kept: bool,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let text = || proptest::option::of("[a-zäß]{0,6}");
    let texts = || proptest::option::of(proptest::collection::vec(text(), 0..3));
    let element = proptest::option::of((proptest::option::of(any::<i32>()), texts()));
    (
        text(),
        proptest::option::of(any::<i32>()),
        proptest::option::of(-1e9..1e9),
        proptest::option::of(any::<bool>()),
        proptest::option::of(any::<i64>()),
        proptest::option::of((text(), texts())),
        proptest::option::of(proptest::collection::vec(element, 0..4)),
        proptest::bool::weighted(0.7),
    )
        .prop_map(|(s, i, f, b, t, o, l, is_kept)| Drawn { s, i, f, b, t, o, l, is_kept })
}

/// Ids of the nodes, in the order of the schema.
struct Nodes {
    s: NodeId,
    i: NodeId,
    f: NodeId,
    b: NodeId,
    t: NodeId,
    o: NodeId,
    o_s: NodeId,
    o_l: NodeId,
    l: NodeId,
    l_i: NodeId,
    l_l: NodeId,
}

fn nodes(plan: &Plan) -> Nodes {
    let find = |path: &str| plan.nodes.iter().position(|n| n.path == path).unwrap() as NodeId;
    Nodes {
        s: find("s"),
        i: find("i"),
        f: find("f"),
        b: find("b"),
        t: find("t"),
        o: find("o"),
        o_s: find("o.s"),
        o_l: find("o.l"),
        l: find("l"),
        l_i: find("l[].i"),
        l_l: find("l[].l"),
    }
}

fn push_texts(columns: &mut Columns, node: NodeId, at: u32, texts: &Texts) {
    let Some(texts) = texts else { return };
    let first = columns.list(node);
    for (element, text) in (first..).zip(texts) {
        if let Some(text) = text {
            columns.text(node + 1, element, text);
        }
    }
    columns.list_end(node, at, first + texts.len() as u32);
}

fn push(columns: &mut Columns, n: &Nodes, row: &Drawn, number: usize) {
    let at = columns.row();
    if let Some(text) = &row.s {
        columns.text(n.s, at, text);
    }
    if let Some(value) = row.i {
        columns.integer(n.i, at, i64::from(value));
    }
    if let Some(value) = row.f {
        columns.float(n.f, at, value);
    }
    if let Some(value) = row.b {
        columns.boolean(n.b, at, value);
    }
    if let Some(value) = row.t {
        columns.timestamp(n.t, at, value, &[]);
    }
    if let Some((text, texts)) = &row.o {
        columns.object(n.o, at);
        if let Some(text) = text {
            columns.text(n.o_s, at, text);
        }
        push_texts(columns, n.o_l, at, texts);
    }
    if let Some(elements) = &row.l {
        let first = columns.list(n.l);
        for (element, value) in (first..).zip(elements) {
            let Some((number, texts)) = value else { continue };
            columns.object(n.l + 1, element);
            if let Some(number) = number {
                columns.integer(n.l_i, element, i64::from(*number));
            }
            push_texts(columns, n.l_l, element, texts);
        }
        columns.list_end(n.l, at, first + elements.len() as u32);
    }
    if !row.is_kept {
        return columns.rollback();
    }
    let extra = number.is_multiple_of(3).then(|| format!("{{\"/n\":{number}}}"));
    let row = Row { event_time: None, source: 0, byte_offset: number as u64 };
    columns.commit(row, extra.as_deref(), []);
}

/// Texts tell the pieces between their `a`s.
fn scan(scanner: Scanner, text: &str, found: &mut dyn FnMut(Indicator, &str)) {
    let pieces = text.split('a').filter(|piece| !piece.is_empty());
    pieces.for_each(|piece| found(scanner.columns()[0], piece));
}

/// What a row's texts tell: e-mail addresses, and the usernames, of which only the last list tells.
fn told(row: &Drawn) -> [Vec<String>; 2] {
    let texts = |texts: &Texts| texts.iter().flatten().flatten().cloned().collect::<Vec<_>>();
    let usernames: Vec<String> = row.l.iter().flatten().flatten().flat_map(|(_, list)| texts(list)).collect();
    let inner = row.o.iter().flat_map(|(_, list)| texts(list));
    let emails = row.s.iter().cloned().chain(inner).chain(usernames.iter().cloned()).collect();
    [emails, usernames].map(|texts| {
        let mut values = BTreeSet::new();
        for text in &texts {
            scan(Scanner::Email, text, &mut |_, value| {
                values.insert(value.to_owned());
            });
        }
        values.into_iter().collect()
    })
}

fn text_at(array: &dyn Array, at: usize) -> Option<String> {
    array.is_valid(at).then(|| array.as_string::<i32>().value(at).to_owned())
}

fn texts_at(array: &dyn Array, at: usize) -> Texts {
    array.is_valid(at).then(|| {
        let list = array.as_list::<i32>().value(at);
        (0..list.len()).map(|i| text_at(&list, i)).collect()
    })
}

/// Reads a gathered row back.
fn read(table: &Table<'_>, picks: &[Pick], at: usize) -> Drawn {
    let column = |name: &str| table.column(table.schema().field_with_name(name).unwrap(), picks).unwrap();
    let int = |array: &dyn Array, at: usize| {
        array.is_valid(at).then(|| array.as_primitive::<Int32Type>().value(at))
    };
    let (floats, booleans, times) = (column("f"), column("b"), column("t"));
    let object = column("o");
    let o = object.is_valid(at).then(|| {
        let members = object.as_struct();
        (text_at(members.column(0), at), texts_at(members.column(1), at))
    });
    let lists = column("l");
    let l = lists.is_valid(at).then(|| {
        let list = lists.as_list::<i32>().value(at);
        let members = list.as_struct();
        let element =
            |i| list.is_valid(i).then(|| (int(members.column(0), i), texts_at(members.column(1), i)));
        (0..list.len()).map(element).collect()
    });
    Drawn {
        s: text_at(&column("s"), at),
        i: int(&column("i"), at),
        f: floats.is_valid(at).then(|| floats.as_primitive::<Float64Type>().value(at)),
        b: booleans.is_valid(at).then(|| booleans.as_boolean().value(at)),
        t: times.is_valid(at).then(|| times.as_primitive::<TimestampMicrosecondType>().value(at)),
        o,
        l,
        is_kept: true,
    }
}

proptest! {
    #[test]
    fn what_is_pushed_is_gathered(
        batches in proptest::collection::vec(proptest::collection::vec(drawn(), 0..12), 1..4),
        order in any::<prop::sample::Index>(),
        is_reversed in any::<bool>(),
        every in 1usize..9,
    ) {
        let plan = Plan::new(load(SCHEMA, "test.yml").log_type.unwrap());
        let n = nodes(&plan);
        let mut parts = Vec::new();
        let mut expected = Vec::new();
        for (part, rows) in (0u32..).zip(&batches) {
            let mut columns = Columns::new(&plan, false);
            for (number, row) in rows.iter().enumerate() {
                if row.is_kept {
                    expected.push((Pick { part, row: columns.row() }, number, row));
                }
                push(&mut columns, &n, row, number);
                if number % every == 0 {
                    columns.seal(&[], scan);
                }
            }
            columns.seal(&[], scan);
            parts.push(columns);
        }
        // Any order: turned round, and cut and swapped somewhere.
        if is_reversed {
            expected.reverse();
        }
        let cut = order.index(expected.len() + 1);
        expected.rotate_left(cut);

        let run = Run { sources: vec![Source { path: "x".into(), identity: 7 }], ..Run::default() };
        let table = Table::new(&plan, &run, &parts);
        let picks: Vec<Pick> = expected.iter().map(|(pick, ..)| *pick).collect();
        let extra = table.column(table.schema().field_with_name("p_extra").unwrap(), &picks).unwrap();
        let ids = table.column(table.schema().field_with_name("p_row_id").unwrap(), &picks).unwrap();
        for (at, (_, number, row)) in expected.iter().enumerate() {
            prop_assert_eq!(format!("{:?}", read(&table, &picks, at)), format!("{row:?}"));
            for (column, expected) in ["p_any_emails", "p_any_usernames"].into_iter().zip(told(row)) {
                let field = table.schema().field_with_name(column).unwrap();
                let found = texts_at(&table.column(field, &picks).unwrap(), at);
                prop_assert_eq!(found.into_iter().flatten().flatten().collect::<Vec<_>>(), expected);
            }
            let noted = number.is_multiple_of(3).then(|| format!("{{\"/n\":{number}}}"));
            prop_assert_eq!(text_at(&extra, at), noted);
            prop_assert_eq!(text_at(&ids, at), Some(format!("{:016x}{number:016x}", 7)));
        }
    }
}
