//! Random documents: valid ones in every spelling, and what is left of them after a few bytes have changed.

use proptest::prelude::*;

use crate::{oracle, reference, tree::Tree};

/// A character of a string, as it is and as it may be spelled.
fn spelled_char() -> impl Strategy<Value = (char, String)> {
    let common = prop::sample::select(
        &['a', 'b', ' ', '"', '\\', '/', '\n', '\t', '\0', 'é', '€', '😀', '\u{7f}'][..],
    );
    (prop_oneof![4 => common, 1 => any::<char>()], any::<[bool; 2]>()).prop_map(
        |(character, [escape, upper])| {
            let short = match character {
                '"' => Some("\\\""),
                '\\' => Some("\\\\"),
                '\n' => Some("\\n"),
                '\t' => Some("\\t"),
                '/' => Some("\\/"),
                _ => None,
            };
            let must = character < ' ' || matches!(character, '"' | '\\');
            let spelling = match short {
                Some(short) if must || escape => short.to_owned(),
                _ if must || escape => {
                    let units = character.encode_utf16(&mut [0; 2]).to_vec();
                    let unit = |u: u16| if upper { format!("\\u{u:04X}") } else { format!("\\u{u:04x}") };
                    units.into_iter().map(unit).collect()
                }
                _ => character.to_string(),
            };
            (character, spelling)
        },
    )
}

fn spelled_string() -> impl Strategy<Value = (String, String)> {
    prop::collection::vec(spelled_char(), 0..6).prop_map(|characters| {
        let (text, spelling): (String, Vec<String>) = characters.into_iter().unzip();
        (text, format!("\"{}\"", spelling.concat()))
    })
}

const NUMBER: &str = r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,4})?";
const BLANKS: &str = r"[ \t\r\n]{0,2}";

/// A value and one way to write it.
fn document() -> impl Strategy<Value = (Tree, String)> {
    let leaf = prop_oneof![
        Just((Tree::Null, "null".to_owned())),
        any::<bool>().prop_map(|value| (Tree::Bool(value), value.to_string())),
        NUMBER.prop_map(|number| (Tree::Number(number.clone()), number)),
        spelled_string().prop_map(|(text, spelling)| (Tree::String(text), spelling)),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        let element = (inner.clone(), BLANKS).prop_map(|((tree, text), blanks)| (tree, blanks + &text));
        let member = (spelled_string(), inner, BLANKS).prop_map(|((key, spelling), (tree, text), blanks)| {
            ((key, tree), format!("{blanks}{spelling}{blanks}:{text}{blanks}"))
        });
        prop_oneof![
            prop::collection::vec(element, 0..5).prop_map(|elements| {
                let (trees, texts): (Vec<_>, Vec<_>) = elements.into_iter().unzip();
                (Tree::Array(trees), format!("[{}]", texts.join(",")))
            }),
            prop::collection::vec(member, 0..5).prop_map(|members| {
                let (trees, texts): (Vec<_>, Vec<_>) = members.into_iter().unzip();
                (Tree::Object(trees), format!("{{{}}}", texts.join(",")))
            }),
        ]
    })
}

/// Bytes that mean something to JSON or to UTF-8, and any other.
fn byte() -> impl Strategy<Value = u8> {
    let telling =
        b"{}[]:,\"\\/ \t\n\r0123456789+-.eEtrufalsn'd8DC\x00\x1f\x7f\x80\xbf\xc0\xc3\xe2\xed\xa0\xf0\xf4\xff";
    prop_oneof![4 => prop::sample::select(&telling[..]), 1 => any::<u8>()]
}

/// One change: so many bytes from somewhere are replaced by others.
fn change() -> impl Strategy<Value = (prop::sample::Index, usize, Vec<u8>)> {
    (any::<prop::sample::Index>(), 0_usize..4, prop::collection::vec(byte(), 0..4))
}

/// Both readers agree on a document, its value included.
fn agree(document: &[u8]) -> Result<(), TestCaseError> {
    let (read, expected) = (reference(document), oracle::read(document));
    let text = String::from_utf8_lossy(document);
    prop_assert_eq!(read.as_ref().ok(), expected.as_ref(), "{:?} of {:?}", read.as_ref().err(), text);
    Ok(())
}

/// Parts of which escapes are made, well formed or not.
const PARTS: &[&str] = &[
    "\\u",
    "d83d",
    "de00",
    "D800",
    "dc00",
    "00e9",
    "\\",
    "n",
    "\"",
    "0",
    "x",
    "é",
    "\\ud8",
    "\\ud83d\\ude00",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_valid_document_is_read_as_what_it_was_written_from(
        (tree, text) in document(),
        before in BLANKS,
        after in BLANKS,
    ) {
        let text = format!("{before}{text}{after}");
        prop_assert_eq!(reference(text.as_bytes()), Ok(tree));
        agree(text.as_bytes())?;
    }

    #[test]
    fn a_changed_document_gets_the_verdict_of_serde_json(
        (_, text) in document(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let mut bytes = text.into_bytes();
        for (at, removed, put_in) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, put_in);
        }
        agree(&bytes)?;
    }

    #[test]
    fn bytes_that_mean_something_get_the_verdict_of_serde_json(
        bytes in prop::collection::vec(byte(), 0..12),
    ) {
        agree(&bytes)?;
    }

    #[test]
    fn strings_of_escapes_get_the_verdict_of_serde_json(
        parts in prop::collection::vec(prop::sample::select(PARTS), 0..8),
    ) {
        agree(format!("\"{}\"", parts.concat()).as_bytes())?;
    }
}
