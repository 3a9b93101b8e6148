//! Properties over random documents, layouts, damage and reads.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{Feed, Found, FramerOptions, RecordsPath, envelope, frame};

/// How documents are laid out in a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Lines,
    CrLfLines,
    ArrayLines,
    Array,
    PrettyArray,
    Pretty,
    PageLines,
    Page,
    PrettyPages,
}

const LAYOUTS: [Layout; 9] = [
    Layout::Lines,
    Layout::CrLfLines,
    Layout::ArrayLines,
    Layout::Array,
    Layout::PrettyArray,
    Layout::Pretty,
    Layout::PageLines,
    Layout::Page,
    Layout::PrettyPages,
];

/// A dump, and where its records are.
#[derive(Debug, Clone)]
struct Dump {
    layout: Layout,
    text: Vec<u8>,
    /// Start and end of each record, and the end of what must be intact for it to be found.
    records: Vec<(usize, usize, usize)>,
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z\"\\\\{}\\[\\],:\n é]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("[a-c]|x y|é\"", inner), 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

fn document() -> impl Strategy<Value = Value> {
    vec(("[a-d]|id|message", json()), 0..5).prop_map(|members| Value::Object(Map::from_iter(members)))
}

fn dump() -> impl Strategy<Value = Dump> {
    (proptest::sample::select(&LAYOUTS[..]), vec(document(), 1..8), any::<bool>(), 1..4usize)
        .prop_map(|(layout, documents, flag, group)| lay_out(layout, &documents, flag, group))
}

fn lay_out(layout: Layout, documents: &[Value], flag: bool, group: usize) -> Dump {
    let (open, between, close) = match layout {
        Layout::Lines => ("", "", if flag { "\n" } else { "\n\n" }),
        Layout::CrLfLines => ("", "", "\r\n"),
        Layout::ArrayLines => ("[", ",", "]\n"),
        Layout::Array => ("[", ",", "]"),
        Layout::PrettyArray => ("[\n", ",\n", "\n]\n"),
        Layout::Pretty => ("", "", if flag { "\n" } else { "" }),
        Layout::PageLines if flag => ("{\"meta\":{\"a\":[1,\"]\"]},\"data\":[", ", ", "],\"links\":{}}\n"),
        Layout::PageLines => ("{\"items\":[", ",", "],\"total\":1}\n"),
        Layout::Page => ("{\"data\":[", ",", "],\"meta\":{\"next\":\"x\"}}"),
        Layout::PrettyPages => ("{\n \"meta\": {},\n \"data\": [\n", ",\n", "\n ]\n}\n"),
    };
    let is_single = matches!(layout, Layout::Lines | Layout::CrLfLines | Layout::Pretty);
    let is_pretty = matches!(layout, Layout::PrettyArray | Layout::Pretty | Layout::PrettyPages);
    let intact = if is_single { close.len() } else { 0 };
    // Two documents on one line are none.
    let group = if is_single {
        1
    } else if layout == Layout::Page {
        documents.len()
    } else {
        group
    };
    let mut dump =
        Dump { layout, text: if flag { b"\xef\xbb\xbf".to_vec() } else { Vec::new() }, records: vec![] };
    if layout == Layout::ArrayLines {
        // An array that opens the stream would be no line.
        dump.text.extend(b"{}\n");
        dump.records.push((dump.text.len() - 3, dump.text.len() - 1, dump.text.len()));
    }
    if layout == Layout::Pretty {
        dump.text.extend(b"{\n}");
        dump.records.push((dump.text.len() - 3, dump.text.len(), dump.text.len()));
    }
    for documents in documents.chunks(group) {
        dump.text.extend(open.bytes());
        for (i, document) in documents.iter().enumerate() {
            if i > 0 {
                dump.text.extend(between.bytes());
            }
            let start = dump.text.len();
            let pretty = serde_json::to_string_pretty(document).unwrap();
            dump.text.extend(if is_pretty { pretty } else { document.to_string() }.bytes());
            let end = dump.text.len();
            dump.records.push((start, end, end + if is_pretty { 0 } else { intact }));
        }
        dump.text.extend(close.bytes());
    }
    dump
}

fn feeds() -> impl Strategy<Value = Feed> {
    let block = prop_oneof![1..64usize, Just(1 << 20)];
    let long_line = prop_oneof![0..40usize, Just(usize::MAX)];
    (vec(prop_oneof![1..9usize, 1..200usize], 1..5), block, long_line).prop_map(
        |(reads, block_bytes, long_line)| {
            let options = FramerOptions { block_bytes, ..FramerOptions::default() };
            Feed { options, long_line, reads }
        },
    )
}

/// Damage: a place, how many bytes go there, and what comes instead.
fn damage() -> impl Strategy<Value = (proptest::sample::Index, usize, Vec<u8>)> {
    let bytes = prop_oneof![
        vec(proptest::sample::select(&b"{}[]\",:\\\n 1ax"[..]), 0..3),
        vec(any::<u8>(), 0..3),
        Just(b"\n{\"data\":[{\"a\":1}]}\n".to_vec()),
    ];
    (any::<proptest::sample::Index>(), 0..3usize, bytes)
}

fn check_feeds(input: &[u8], path: RecordsPath, feeds: &[Feed]) -> Vec<Found> {
    let envelope = envelope(path);
    let found = frame(&envelope, input, &Feed::default());
    for feed in feeds {
        let again = frame(&envelope, input, feed);
        assert_eq!(found, again, "{:?} framed by {feed:?}", String::from_utf8_lossy(input));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn intact_dumps_give_their_records(dump in dump(), feeds in vec(feeds(), 3)) {
        let found = check_feeds(&dump.text, RecordsPath::Detect, &feeds);
        let spans: Vec<_> = found
            .iter()
            .map(|f| (f.offset as usize, f.offset as usize + f.bytes.len(), f.code))
            .collect();
        let expected: Vec<_> = dump.records.iter().map(|&(start, end, _)| (start, end, "")).collect();
        prop_assert_eq!(spans, expected, "{:?}", String::from_utf8_lossy(&dump.text));
    }

    #[test]
    fn damage_costs_nothing_before_it_and_hides_nothing(
        dump in dump(), damages in vec(damage(), 1..3), feeds in vec(feeds(), 3),
    ) {
        let mut text = dump.text.clone();
        let mut first = text.len();
        for (place, gone, instead) in damages {
            let place = place.index(text.len() + 1);
            let gone = gone.min(text.len() - place);
            text.splice(place..place + gone, instead);
            first = first.min(place);
        }
        let found = check_feeds(&text, RecordsPath::Detect, &feeds);
        for &(start, end, intact) in dump.records.iter().filter(|record| record.2 <= first) {
            let is_there = found.iter().any(|f| {
                f.offset as usize == start && f.bytes.len() == end - start && f.code.is_empty()
            });
            let shown = String::from_utf8_lossy(&text);
            prop_assert!(is_there, "{start}..{end} ({intact}) is lost in {shown:?}");
        }
        let has_pages = text.windows(6).any(|w| w == b"\"data\"" || w == b"\"items");
        if !has_pages {
            let mut covered = vec![false; text.len()];
            for f in &found {
                let start = f.offset as usize;
                let end = start + f.bytes.len();
                covered[start..end].fill(true);
            }
            let separators = b" \t\r\n,[]\xef\xbb\xbf";
            let hidden = text.iter().zip(&covered).find(|(b, c)| !**c && !separators.contains(b));
            prop_assert_eq!(hidden, None, "{:?} {:?}", String::from_utf8_lossy(&text), dump.layout);
        }
    }

    #[test]
    fn cut_dumps_keep_what_came_before(
        dump in dump(),
        cut in any::<proptest::sample::Index>(),
        feeds in vec(feeds(), 2),
    ) {
        let text = &dump.text[..cut.index(dump.text.len() + 1)];
        let found = check_feeds(text, RecordsPath::Detect, &feeds);
        let whole = dump.records.iter().filter(|&&(_, end, _)| end <= text.len()).count();
        let intact = found.iter().filter(|f| f.code.is_empty()).count();
        prop_assert!(intact >= whole, "{:?} gave {found:?}", String::from_utf8_lossy(text));
        let cut_off = found.iter().filter(|f| f.code == "cut_off").count();
        prop_assert!(cut_off <= 1 && found.len() - intact == cut_off);
    }

    /// Whatever lists, pages and lines objects stand in, and whatever is missing between them: each is handed
    /// out, by itself or within something that is.
    #[test]
    fn no_object_is_lost(
        pieces in vec(prop_oneof![
            4 => Just("{}"),
            2 => Just(","),
            2 => Just("\n"),
            3 => proptest::sample::select(&[
                "{\"data\":[", "{\"x\":[", "{\"data\":", "{\"record\":", "[", "\"x\":[", "\"data\":",
                "\"data\":[",
                "\"message\":[", "]", "}", "]}", "null", "{\"id\":", " ", "\"record\":",
                "{\"data\":{\"x\":[", "],\"record\":",
            ][..]),
        ], 0..24),
        feeds in vec(feeds(), 2),
        detect in any::<bool>(),
    ) {
        let mut text = String::new();
        let mut objects = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            if *piece == "{}" {
                let object = format!("{{\"a\":{number}}}");
                objects.push((text.len(), text.len() + object.len()));
                text += &object;
            } else {
                text += piece;
            }
        }
        // A path that is given says what is left out.
        let path = if detect { RecordsPath::Detect } else { RecordsPath::Off };
        let found = check_feeds(text.as_bytes(), path, &feeds);
        for (start, end) in objects {
            let is_there = found.iter().any(|found| {
                found.offset as usize <= start && end <= found.offset as usize + found.bytes.len()
            });
            prop_assert!(is_there, "{} is lost in {text:?}, which gave {found:?}", &text[start..end]);
        }
    }

    #[test]
    fn any_bytes_are_framed_alike_however_they_come(
        pieces in vec(
            prop_oneof![
                proptest::sample::select(&[
                    "{", "}", "[", "]", ",", ":", "\"", "\n", " ", "\\", "1", "null",
                    "{\"a\":1}", "{\"data\":[",
                    "\"data\":", "\"list\":[{}],", "\"record\":{", "\"errors\":", "\"id\":1,", "[]", "\n{",
                    "},\n", "\"a\":", "\"a\":[{}],", "null,", "\"data\":{\"b\":1},", "\"message\":[{}],",
                    "\n{\"a\":1}\n{\"b\":[{}]}\n{}", "{\"data\":[\n{\"a\":1},\n{\"b\":2},\n",
                ][..]).prop_map(|s| s.as_bytes().to_vec()),
                vec(any::<u8>(), 1..3),
            ],
            0..40,
        ),
        feeds in vec(feeds(), 4),
        path in proptest::sample::select(&["none", "a", "data.record"][..]),
        detect in any::<bool>(),
        limit in prop_oneof![5..60usize, Just(1 << 20)],
    ) {
        let path = if detect { RecordsPath::Detect } else { path.parse().unwrap() };
        check_feeds(&pieces.concat(), path.clone(), &feeds);
        let limited: Vec<_> = feeds.into_iter().map(|mut feed| {
            feed.options.max_record_bytes = limit;
            feed
        }).collect();
        let envelope = envelope(path);
        let found: Vec<_> = limited.iter().map(|feed| frame(&envelope, &pieces.concat(), feed)).collect();
        prop_assert!(found.windows(2).all(|w| w[0] == w[1]), "{found:?}");
    }
}
