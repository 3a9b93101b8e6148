//! The table of documents: `tests/data/json_conformance.txt`, which explains its format.

use sawlog_columns::Code;

/// A document and the verdict on it.
pub(crate) struct Case {
    /// What it is about; unique.
    pub(crate) name: String,
    /// Its line in the table.
    pub(crate) line: usize,
    /// The bytes to read.
    pub(crate) document: Vec<u8>,
    /// Why it is refused, or none if it is accepted.
    pub(crate) refused: Option<Code>,
}

/// Every case of the table, in its order.
pub(crate) fn cases() -> Vec<Case> {
    let table = include_str!("../data/json_conformance.txt");
    let mut cases: Vec<Case> = Vec::new();
    for (line, text) in
        table.lines().enumerate().filter(|(_, text)| !text.is_empty() && !text.starts_with('#'))
    {
        let case = case(line + 1, text);
        assert!(cases.iter().all(|other| other.name != case.name), "line {}: the name is taken", line + 1);
        cases.push(case);
    }
    cases
}

fn case(line: usize, text: &str) -> Case {
    let (verdict, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (name, document) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
    let refused = match verdict {
        "accept" => None,
        "invalid_json" => Some(Code::InvalidJson),
        "too_deep" => Some(Code::TooDeep),
        "too_many_keys" => Some(Code::TooManyKeys),
        _ => panic!("line {line}: `{verdict}` is no verdict"),
    };
    assert!(!name.is_empty(), "line {line}: the name is missing");
    Case { name: name.to_owned(), line, document: expand(line, document.trim_start()), refused }
}

/// Puts the bytes in that `<NN>` and `<N*TEXT>` stand for.
fn expand(line: usize, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('<') {
        let Some((escape, after)) = escape.split_once('>') else { panic!("line {line}: `<` without `>`") };
        bytes.extend_from_slice(plain.as_bytes());
        if let Some((count, text)) = escape.split_once('*') {
            let Ok(count) = count.parse() else { panic!("line {line}: `{count}` is no count") };
            bytes.extend(text.as_bytes().repeat(count));
        } else {
            let Ok(byte) = u8::from_str_radix(escape, 16) else {
                panic!("line {line}: `{escape}` is no byte")
            };
            bytes.push(byte);
        }
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

#[test]
fn escapes_of_the_table_stand_for_bytes() {
    let case = case(7, r#"too_deep     name_of_it  <2*[>"\u0041<FF>" <3C><0A>"#);
    assert_eq!((case.name.as_str(), case.line, case.refused), ("name_of_it", 7, Some(Code::TooDeep)));
    assert_eq!(case.document, b"[[\"\\u0041\xFF\" <\n");
}
