use proptest::prelude::*;

use super::*;
use crate::{Plan, load};

fn pattern(text: &str) -> Arc<TimePattern> {
    match text.parse() {
        Ok(TimeFormat::Pattern(pattern)) => pattern,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn formats_are_known_by_their_spelling() {
    for (name, format) in NAMED {
        assert_eq!(name.parse(), Ok(format.clone()));
        assert_eq!(format.as_str(), name);
        assert_eq!(format.takes_numbers(), name != "rfc3339");
    }
    let [month, minute] = ["%Y-%m", "%Y-%M"].map(|text| text.parse::<TimeFormat>().unwrap());
    assert_ne!(month, minute);
    assert_eq!(month, "%Y-%m".parse().unwrap());
    assert_eq!(format!("{month:?}"), r#"Pattern("%Y-%m")"#);
    assert!(!month.takes_numbers());
}

#[test]
fn text_beside_text_is_one_part() {
    let literal = |text: &str| Part::Literal(text.into());
    let year = Part::Number(Number { unit: Unit::Year, min: 1, max: 4, pad: Pad::Zero });
    assert_eq!(pattern("a%%b%Yc%%").parts(), [literal("a%b"), year, literal("c%")]);
    assert_eq!(pattern("layout=at é06").parts()[..3], [literal("at"), Part::Blanks(1), literal("é")]);
}

#[test]
fn the_kind_of_a_pattern_may_be_spelled_out() {
    let [plain, told] = ["%d %b %Y", "strftime=%d %b %Y"].map(pattern);
    assert_eq!(plain.parts(), told.parts());
    assert_eq!(told.as_str(), "strftime=%d %b %Y");
    for wrong in ["strftime=", "strftime=2006", "strftime=%q"] {
        assert!(wrong.parse::<TimeFormat>().is_err(), "{wrong}");
    }
}

#[test]
fn usual_dates_and_times_have_their_places() {
    let heads = [
        ("%Y-%m-%d %H:%M:%S", Some("- :")),
        ("%FT%T%z", Some("-T:")),
        ("%Y/%m/%d %H.%M.%S.%f", Some("/ .")),
        ("layout=2006-01-02 15:04:05", Some("- :")),
        ("%Y-%m-%d %H:%M", None),
        ("%Y/%m-%d %H:%M:%S", None),
        ("%Y-%m-%d  %H:%M:%S", None),
        ("%Y-%m-%e %H:%M:%S", None),
        ("%Y-%-m-%d %H:%M:%S", None),
        ("%Y0%m0%d %H:%M:%S", None),
        ("at %Y-%m-%d %H:%M:%S", None),
        ("layout=2006-1-02 15:04:05", None),
    ];
    for (text, expected) in heads {
        let head = pattern(text).head();
        let head = head.map(|head| [head.in_date, head.between, head.in_time].map(char::from));
        assert_eq!(head.map(String::from_iter).as_deref(), expected, "{text}");
    }
}

#[test]
fn a_change_of_format_changes_the_fingerprint() {
    let fingerprint = |format: &str| {
        let fields = format!("[{{name: at, type: timestamp, timeFormats: [{format}]}}]");
        let loaded = load(&format!("{{schema: Custom.Case, fields: {fields}}}"), "case.yml");
        Plan::new(loaded.log_type.unwrap()).fingerprint
    };
    let mut all: Vec<_> = NAMED.iter().map(|(name, _)| fingerprint(name)).collect();
    let patterns = ["'%Y'", "'%y'", "'layout=2006'", "'layout=06'", "rfc3339, unix", "unix, rfc3339"];
    all.extend(patterns.map(fingerprint));
    assert_eq!(fingerprint("unix, unix"), fingerprint("unix"), "what is there twice counts once");
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
}

proptest! {
    #[test]
    fn every_text_is_a_format_or_explained(text in r"(layout=)?(%[ -~]|[a-z_0-9%=é.,-]|2006|\PC){0,40}") {
        match text.parse::<TimeFormat>() {
            Ok(format) => prop_assert_eq!(format.as_str(), text),
            Err(why) => prop_assert!(!why.message.is_empty() && !why.help.is_empty()),
        }
    }
}
