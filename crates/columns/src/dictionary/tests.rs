use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn intern(dictionary: &mut Dictionary, texts: &[&[u8]]) -> Vec<u32> {
    let mut codes = Vec::new();
    dictionary.intern(texts.iter().copied(), |code| codes.push(code));
    codes
}

proptest! {
    #[test]
    fn each_text_has_one_entry(
        texts in prop::collection::vec(prop_oneof!["[ab]{0,3}", "[a-z]{7,9}", "[ab]{14,40}"], 0..600),
    ) {
        let mut dictionary = Dictionary::default();
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        let codes = intern(&mut dictionary, &texts);
        let found: Vec<&[u8]> = codes.iter().map(|&code| dictionary.entry(code)).collect();
        prop_assert_eq!(&found, &texts);
        prop_assert_eq!(dictionary.len(), texts.iter().collect::<HashSet<_>>().len());
        prop_assert_eq!(dictionary.entries().collect::<HashSet<_>>().len(), dictionary.len());
    }
}

#[test]
fn entries_are_text_whatever_their_lengths() {
    let mut texts: Vec<String> = (0..400).map(|len| "é".repeat(len / 2) + &"a".repeat(len % 2)).collect();
    // Those without a length that looks like anything but ASCII, and then all.
    for known in [128, 400] {
        let texts = &texts[..known];
        let mut dictionary = Dictionary::default();
        dictionary.intern(texts.iter().map(String::as_bytes), |_| {});
        for first in [0, 1, 127, known] {
            assert!(dictionary.texts(first).eq(texts[first..].iter().map(String::as_str)), "{first}");
        }
    }
    texts.truncate(2);
    let mut dictionary = Dictionary::default();
    dictionary.intern([texts[1].as_bytes(), b"\xff", "é".as_bytes()].into_iter(), |_| {});
    assert!(dictionary.texts(0).eq(["a", "", "é"]));
}

#[test]
fn entries_follow_their_first_appearance_and_grow_out_of_any_table() {
    let mut dictionary = Dictionary::default();
    let texts: Vec<String> = (0..100_000).map(|i| format!("value {i}")).collect();
    let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let in_order: Vec<u32> = (0..100_000).collect();
    assert!(intern(&mut dictionary, &texts) == in_order);
    assert!(intern(&mut dictionary, &texts) == in_order);
    let reversed: Vec<u32> = (0..100_000).rev().collect();
    dictionary.reorder(&reversed, &mut Dictionary::default());
    assert!(intern(&mut dictionary, &texts) == reversed);
    assert!(texts.iter().eq(dictionary.entries().collect::<Vec<_>>().iter().rev()));
    dictionary.clear();
    assert_eq!((dictionary.len(), dictionary.page().len()), (0, 0));
}

#[test]
fn colliding_texts_have_one_entry_each_in_any_portions() {
    // All of them begin at the same place of the smallest tables, so that the last ones overflow.
    let start = |text: &String| hash_of(text.as_bytes()) / (u32::MAX / (2 * MIN_ROOM as u32) + 1) == 7;
    let colliding: Vec<String> = (0..).map(|i: u32| format!("text {i}")).filter(start).take(200).collect();
    let texts: Vec<&[u8]> = colliding.iter().chain(&colliding).map(String::as_bytes).collect();
    let expected: Vec<u32> = (0..200).chain(0..200).collect();
    for portion in [1, 3, 7, 400] {
        let mut dictionary = Dictionary::default();
        let codes: Vec<u32> = texts.chunks(portion).flat_map(|t| intern(&mut dictionary, t)).collect();
        assert_eq!(codes, expected);
        assert!(!dictionary.overflow.is_empty());
        let reversed: Vec<u32> = (0..200).rev().collect();
        dictionary.reorder(&reversed, &mut Dictionary::default());
        assert_eq!(intern(&mut dictionary, &texts[..200]), reversed);
        // With other texts the table grows until these find their places again.
        let others: Vec<String> = (0..100_000).map(|i| format!("other {i}")).collect();
        let others: Vec<&[u8]> = others.iter().map(String::as_bytes).collect();
        intern(&mut dictionary, &others);
        assert_eq!(intern(&mut dictionary, &texts[..200]), reversed);
        assert!(dictionary.overflow.is_empty());
    }
}

#[test]
fn what_was_appended_is_found() {
    let mut dictionary = Dictionary::default();
    assert_eq!(intern(&mut dictionary, &[b"a"]), [0]);
    assert_eq!((dictionary.append(b"b"), dictionary.append(b"c")), (1, 2));
    assert_eq!(intern(&mut dictionary, &[b"d", b"c", b"b", b"a", b"", b""]), [3, 2, 1, 0, 4, 4]);
    dictionary.clear();
    let texts: Vec<String> = (0..3000).map(|i| format!("value {i}")).collect();
    for (number, text) in (0..).zip(&texts) {
        assert_eq!(dictionary.append(text.as_bytes()), number);
    }
    let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    assert!(intern(&mut dictionary, &texts).into_iter().eq(0..3000));
    let mut other = Dictionary::default();
    for entries in [2000..2002, 7..7, 0..0, 0..3, 2999..3000] {
        other.append_entries(&dictionary, entries);
    }
    let appended = [texts[2000], texts[2001], texts[0], texts[1], texts[2], texts[2999]];
    assert!(other.entries().eq(appended));
    assert_eq!(intern(&mut other, &[texts[2], texts[2001], texts[7]]), [4, 1, 6]);
}

#[test]
fn texts_whose_hashes_agree_as_far_as_places_tell_are_two() {
    let mut seen = HashMap::new();
    let (one, other) = (0..)
        .find_map(|i: u32| {
            let text = format!("text {i}");
            let hash = hash_of(text.as_bytes());
            seen.insert((hash >> 24, hash & 0xfff), text.clone()).map(|earlier| (earlier, text))
        })
        .unwrap();
    let (one, other) = (one.as_bytes(), other.as_bytes());
    assert_eq!(intern(&mut Dictionary::default(), &[one, other, one, other]), [0, 1, 0, 1]);
}

#[test]
fn a_place_that_was_free_is_not_taken_for_what_was_put_there_since() {
    // A free place agrees with such a hash, and the first entry begins where a free place says.
    let agrees = |text: &String| hash_of(text.as_bytes()).trailing_zeros() >= 12;
    let text = (0..1_000_000).map(|i: u32| format!("text {i}")).find(agrees).unwrap();
    let text = text.as_bytes();
    assert_eq!(intern(&mut Dictionary::default(), &[text, text, b"other", text]), [0, 0, 1, 0]);
}

#[test]
fn an_entry_is_a_text_of_its_length() {
    let mut dictionary = Dictionary::default();
    assert_eq!(intern(&mut dictionary, &[b"ab", b"abc"]), [0, 1]);
    let second = LENGTH + 2;
    for (start, text, expected) in [
        (0, "ab", true),
        (0, "a", false),
        (0, "", false),
        (0, "ab\x03\0\0\0abc", false),
        (second, "abc", true),
        (second, "ab", false),
        (second, "abcd", false),
    ] {
        assert_eq!(dictionary.holds(start, text.as_bytes()), expected, "{text:?} at {start}");
    }
}

#[test]
fn what_fits_no_place_is_found_all_the_same() {
    // As if there were an entry as large as that. Nobody looks at it.
    let (ends, page) = (vec![slot::MAX_START as u32 + 1], vec![0; slot::MAX_START + 1]);
    let mut dictionary = Dictionary { ends, page, ..Dictionary::default() };
    dictionary.make_room(MIN_ROOM);
    dictionary.indexed = 1;
    for _ in 0..2 {
        assert_eq!(intern(&mut dictionary, &[b"a", b"b", b"a", b"", b"b"]), [1, 2, 1, 3, 2]);
    }
    assert_eq!((dictionary.overflow.len(), dictionary.len()), (3, 4));
}

#[test]
fn a_table_is_as_large_as_the_last_one_was_full() {
    let texts: Vec<String> = (0..10_000).map(|i| format!("value {i}")).collect();
    let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let mut dictionary = Dictionary::default();
    for (count, room) in [(10_000, 20_000), (9_000, 18_000), (0, 18_000), (1, MIN_ROOM), (5_000, 10_000)] {
        assert!(intern(&mut dictionary, &texts[..count]).into_iter().eq(0..count as u32));
        dictionary.clear();
        assert_eq!((dictionary.room, dictionary.slots.len()), (room, room + PROBES));
    }
}
