//! What JSON is accepted: a table of documents, and random ones, each read by every reader and by serde_json.

#![expect(clippy::panic, reason = "a helper of a test may fail the test")]

mod cases;
mod oracle;
mod product;
mod random;
mod tree;

use cases::{Case, cases};
use sawlog_columns::Code;
use sawlog_parser::reference::{JsonError, read};
use tree::Tree;

const DEPTH_MAX: usize = 128;
const KEYS_MAX: usize = 100_000;

/// The reference reader's verdict on a document, and the tree that its tokens make.
fn reference(document: &[u8]) -> Result<Tree, JsonError> {
    let mut copy = document.to_vec();
    let mut tokens = Vec::new();
    read(&mut copy, DEPTH_MAX, KEYS_MAX, &mut tokens)?;
    Ok(tree::from_tokens(document, &tokens))
}

/// Runs `check` on every case and reports all that fail at once.
fn check_all(check: impl Fn(&Case) -> Result<(), String>) {
    let cases = cases();
    assert!(cases.len() >= 170, "only {} cases were read", cases.len());
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| check(case).err().map(|why| format!("{} (line {}): {why}", case.name, case.line)))
        .collect();
    assert!(failed.is_empty(), "{} of {} cases fail\n{}", failed.len(), cases.len(), failed.join("\n"));
}

#[test]
fn the_reference_reader_gives_every_verdict_of_the_table() {
    check_all(|case| match (reference(&case.document), case.refused) {
        (Ok(_), None) => Ok(()),
        (Ok(_), Some(code)) => Err(format!("accepted instead of {}", code.as_str())),
        (Err(error), None) => Err(format!("refused: {error}")),
        (Err(error), Some(code)) if error.code == code => Ok(()),
        (Err(error), Some(_)) => Err(format!("refused as {}: {error}", error.code.as_str())),
    });
}

#[test]
fn serde_json_gives_the_same_verdicts_and_the_same_values() {
    check_all(|case| match (oracle::read(&case.document), case.refused) {
        (Some(_), Some(code)) => Err(format!("accepted instead of {}", code.as_str())),
        (None, None) => Err("refused".to_owned()),
        (Some(tree), None) if reference(&case.document).ok().as_ref() != Some(&tree) => {
            Err("another value".to_owned())
        }
        _ => Ok(()),
    });
}

#[test]
fn every_offset_of_an_error_lies_in_the_document() {
    check_all(|case| match reference(&case.document) {
        Err(error) if error.at as usize > case.document.len() => Err(format!("{error}")),
        Err(error) if error.message.is_empty() => Err("no message".to_owned()),
        _ => Ok(()),
    });
}

#[test]
fn no_part_of_a_document_that_ends_with_its_bracket_is_a_document() {
    check_all(|case| {
        let text = case.document.trim_ascii();
        let bracketed = text.first().is_some_and(|byte| matches!(byte, b'{' | b'[' | b'"'));
        if case.refused.is_some() || !bracketed || text.len() > 500 {
            return Ok(());
        }
        match (0..text.len())
            .find(|len| reference(&text[..*len]).err().is_none_or(|error| error.code != Code::InvalidJson))
        {
            Some(len) => Err(format!("its first {len} bytes are accepted")),
            None => Ok(()),
        }
    });
}
