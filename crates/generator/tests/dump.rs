//! What a generated dump promises: stable bytes, valid events, ascending times.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use sawlog_generator::{Generator, Options};
use serde_json::Value;

fn dump(options: Options) -> Vec<u8> {
    let mut out = Vec::new();
    Generator::new(options).write_to(&mut out).unwrap();
    out
}

fn events(options: Options) -> Vec<Value> {
    dump(options)
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// Benchmarks are compared over months, so the bytes of a seed are part of the interface: changing them
/// is a decision, and this hash is where it shows.
#[test]
fn the_first_thousand_events_of_seed_42_never_change() {
    let bytes = dump(Options::new(1_000, 42));
    let hash = blake3::hash(&bytes).to_hex();
    assert_eq!(&hash[..32], "dfa373c650aa3bb4acd07452645dc4f2");
}

#[test]
fn every_event_has_the_required_fields_and_a_time_of_the_month() {
    let events = events(Options { undeclared_percent: 100, ..Options::new(5_000, 7) });
    assert_eq!(events.len(), 5_000);
    let mut previous = String::new();
    for event in &events {
        assert_eq!(event["type"], "events");
        assert_eq!(event["id"].as_str().unwrap().len(), 36);
        assert!(event["links"]["self"].as_str().unwrap().ends_with(event["id"].as_str().unwrap()));
        let attributes = event["attributes"].as_object().unwrap();
        assert!(attributes["action"].is_string() && attributes["actor"]["id"].is_string());
        assert!(attributes["context"].is_array() && attributes["container"].is_array());
        let time = attributes["time"].as_str().unwrap();
        assert!(time.starts_with("2025-09-") && time.ends_with('Z'), "{time}");
        // Without its milliseconds a time is compared by its seconds.
        let time = time.trim_end_matches('Z');
        assert!(previous[..previous.len().min(19)] <= time[..19], "{previous} before {time}");
        assert!(attributes["processedAt"].as_str().unwrap().trim_end_matches('Z') >= time);
        time.clone_into(&mut previous);
    }
}

#[test]
fn a_dump_shows_the_habits_of_real_ones() {
    let bytes = dump(Options::new(10_000, 1));
    let average = bytes.len() / 10_000;
    assert!((1_200..1_300).contains(&average), "{average} bytes an event");
    let text = String::from_utf8(bytes).unwrap();
    for habit in
        ["2001:db8:", "\\u", "\\\"", "\\n", "\"relations\":null", "№", "\"context\":[]", "\"onBehalfOf\""]
    {
        assert!(text.contains(habit), "no {habit} in ten thousand events");
    }
    let share = |what: &dyn Fn(&str) -> bool| text.lines().filter(|line| what(line)).count();
    let coarse =
        |line: &str| line.split_once("\"time\":\"").is_some_and(|(_, time)| time[19..].starts_with('Z'));
    assert!((50..200).contains(&share(&coarse)), "times without milliseconds");
    assert!((800..1_200).contains(&share(&|line| line.contains("processedAt"))), "undeclared fields");
    assert!((100..600).contains(&share(&|line| !line.contains("\"location\""))), "no location");
}

#[test]
fn seeds_differ() {
    assert_ne!(dump(Options::new(10, 1)), dump(Options::new(10, 2)));
}

#[test]
fn shuffled_keys_leave_the_events_as_they_are() {
    let plain = Options::new(200, 3);
    let shuffled = Options { shuffle_keys: true, ..plain };
    assert_eq!(events(plain), events(shuffled));
    let (plain, shuffled) = (dump(plain), dump(shuffled));
    let lines = |bytes: &[u8]| bytes.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let equal = lines(&plain).iter().zip(lines(&shuffled)).filter(|(a, b)| **a == *b).count();
    assert_eq!(equal, 1, "only the empty rest after the last line may be equal");
}

#[test]
fn the_share_of_undeclared_fields_changes_nothing_else() {
    let without = events(Options { undeclared_percent: 0, ..Options::new(300, 5) });
    let mut with = events(Options { undeclared_percent: 100, ..Options::new(300, 5) });
    for event in &mut with {
        let attributes = event["attributes"].as_object_mut().unwrap();
        assert!(attributes.remove("processedAt").is_some());
        attributes.remove("actionCategory");
        let actor = attributes["actor"].as_object_mut().unwrap();
        for key in ["auth", "onBehalfOf", "app", "type", "picture"] {
            actor.remove(key);
        }
    }
    assert_eq!(without, with);
}

#[test]
fn no_events_make_an_empty_dump() {
    assert_eq!(dump(Options::new(0, 42)), b"");
}
