//! The same documents on the way that events take: framing, the fast reader with the reference reader behind
//! it, the walk, and the printed row.

use std::sync::Arc;

use sawlog_columns::{Code, Columns, Run, Source, print_row};
use sawlog_parser::{Batch, Block, Envelope, Framer, FramerOptions, Parser, Records, RecordsPath, Span};
use sawlog_schema::{Plan, load};

use crate::cases::Case;
use crate::{DEPTH_MAX, check_all, oracle, tree::Tree};

/// What came of an input.
struct Outcome {
    rows: Vec<Tree>,
    rejects: Vec<Code>,
}

struct Product {
    plan: Arc<Plan>,
    envelope: Arc<Envelope>,
}

impl Product {
    fn new() -> Self {
        let yaml = "schema: Custom.Case\nfields: [{name: id, type: int}, {name: v, type: json}]\n";
        let Some(log_type) = load(yaml, "case.yml").log_type else { panic!("the schema does not load") };
        let plan = Arc::new(Plan::new(log_type));
        let envelope = Arc::new(Envelope::new(std::slice::from_ref(&plan), RecordsPath::Detect));
        Self { plan, envelope }
    }

    fn parse(&self, blocks: &[Block]) -> Outcome {
        let mut parser = Parser::new(std::slice::from_ref(&self.plan), Arc::clone(&self.envelope), false);
        let source = Source { path: "case".to_owned(), identity: 1 };
        let run = Run { sources: vec![source], ..Run::default() };
        let mut outcome = Outcome { rows: Vec::new(), rejects: Vec::new() };
        for block in blocks {
            let mut batch = Batch::new(0, vec![Columns::new(&self.plan, true)]);
            parser.parse(block, &mut batch);
            let rows = batch.rows() as usize;
            assert_eq!(batch.records, (rows + batch.rejects.len()) as u64);
            for row in 0..rows {
                let mut text = Vec::new();
                print_row(&self.plan, &run, &batch.columns[0], row, &mut text);
                // What stands in `p_extra` is one level deeper than in its record.
                let Some(tree) = oracle::read_to(&text, DEPTH_MAX + 1) else {
                    panic!("a row is no JSON: {}", String::from_utf8_lossy(&text))
                };
                outcome.rows.push(tree);
            }
            outcome.rejects.extend(batch.rejects.iter().map(|reject| reject.code));
        }
        outcome
    }

    /// One record, as if taken out of a page.
    fn record(&self, record: Vec<u8>) -> Outcome {
        let span = Span { start: 0, len: record.len() as u32, unwrapped: true, fault: None };
        let records = Records::Spans(vec![span]);
        self.parse(&[Block::new(record, records)])
    }

    fn stream(&self, mut input: &[u8]) -> Outcome {
        let mut framer = Framer::new(Arc::clone(&self.envelope), FramerOptions::default());
        let mut blocks = Vec::new();
        loop {
            let space = framer.space();
            let len = input.len().min(space.len());
            space[..len].copy_from_slice(&input[..len]);
            input = &input[len..];
            if len == 0 {
                framer.finish();
            } else {
                framer.advance(len);
            }
            while let Some(block) = framer.next_block() {
                blocks.push(block);
            }
            if len == 0 {
                return self.parse(&blocks);
            }
        }
    }
}

fn member<'t>(row: &'t Tree, name: &str) -> Option<&'t Tree> {
    let Tree::Object(members) = row else { return None };
    members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn depth(tree: &Tree) -> usize {
    match tree {
        Tree::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Tree::Object(members) => 1 + members.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

fn expect(rejects: &[Code], expected: &[Code]) -> Result<(), String> {
    let names = |codes: &[Code]| codes.iter().map(|code| code.as_str()).collect::<Vec<_>>();
    if rejects == expected {
        return Ok(());
    }
    Err(format!("rejects {:?} instead of {:?}", names(rejects), names(expected)))
}

#[test]
fn a_json_field_takes_every_document_that_is_accepted_and_keeps_its_value() {
    let product = Product::new();
    check_all(|case: &Case| {
        let event = [b"{\"id\":1,\"v\":", case.document.as_slice(), b"}"].concat();
        let outcome = product.record(event);
        let tree = oracle::read(&case.document);
        // The event around it is one level more.
        let is_at_limit = match &tree {
            Some(tree) => depth(tree) == DEPTH_MAX,
            None => case.document.iter().filter(|byte| b"[{".contains(byte)).count() >= DEPTH_MAX,
        };
        let refused = if is_at_limit { Some(Code::TooDeep) } else { case.refused };
        expect(&outcome.rejects, refused.as_slice())?;
        let value = outcome.rows.first().and_then(|row| member(row, "v"));
        match tree {
            Some(tree) if refused.is_none() && tree != Tree::Null && value != Some(&tree) => {
                Err(format!("the value became {value:?}"))
            }
            _ => Ok(()),
        }
    });
}

#[test]
fn a_whole_record_gets_the_verdict_of_the_table() {
    let product = Product::new();
    check_all(|case| {
        // Framing has no record without bytes: such a span is the place of a wrong comma.
        if case.document.is_empty() {
            return Ok(());
        }
        let outcome = product.record(case.document.clone());
        let is_object = matches!(oracle::read(&case.document), Some(Tree::Object(_)));
        let refused = case.refused.or((!is_object).then_some(Code::NotAnObject));
        // Its own `id` may be of any type.
        if refused.is_none() && outcome.rejects == [Code::TypeMismatch] {
            return Ok(());
        }
        expect(&outcome.rejects, refused.as_slice())
    });
}

#[test]
fn a_line_gets_the_verdict_of_the_table_and_its_neighbours_survive() {
    let product = Product::new();
    check_all(|case| {
        if case.document.contains(&b'\n') {
            return Ok(());
        }
        let input = [b"{\"id\":1}\n", case.document.as_slice(), b"\n{\"id\":2}\n"].concat();
        let outcome = product.stream(&input);
        let id = |row: Option<&Tree>| row.and_then(|row| member(row, "id")).cloned();
        let neighbours = [id(outcome.rows.first()), id(outcome.rows.last())];
        if neighbours != ["1", "2"].map(|id| Some(Tree::Number(id.to_owned()))) {
            return Err("a neighbour is lost".to_owned());
        }
        // At the start of a line a byte order mark is white space, and a line of white space is no record.
        let marked = case.document.starts_with(b"\xef\xbb\xbf");
        let is_blank = case.document.iter().all(|byte| b" \t\r".contains(byte));
        if marked || is_blank {
            return expect(&outcome.rejects, &[]);
        }
        let invalid = outcome.rejects.iter().find(|code| **code != Code::NotAnObject).copied();
        match oracle::read(&case.document) {
            Some(Tree::Object(_)) => expect(&outcome.rejects, &[]),
            Some(_) => expect(&invalid.map_or(Vec::new(), |code| vec![code]), &[]),
            // An array of objects is taken apart: damage costs an element, and each may be as deep as a
            // record.
            None if case.document.starts_with(b"[") && invalid.is_some() => Ok(()),
            None if case.document.starts_with(b"[{") && case.refused == Some(Code::TooDeep) => Ok(()),
            None => expect(&outcome.rejects, case.refused.as_slice()),
        }
    });
}
