//! What was meant by a word that nobody knows.

/// The candidate closest to `word`, if one is close enough to be what was meant.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest_within((word.chars().count() / 3).max(1), word, candidates)
}

/// The candidate closest to `word` of those that no more changes of single characters make of it. Case does
/// not count.
pub fn closest_within<'a>(
    changes: usize,
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A longer word cannot be near any candidate, and the distance takes time in proportion to its length.
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= changes)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_words_are_suggested() {
        assert_eq!(closest("requird", ["name", "required"]), Some("required"));
        assert_eq!(closest("TIMEFORMAT", ["timeFormats", "timeFormat"]), Some("timeFormat"));
        assert_eq!(closest("colour", ["name", "required"]), None);
    }

    #[test]
    fn no_more_changes_are_made_than_allowed() {
        let names = ["status", "stage"];
        assert_eq!(closest_within(1, "Sattus", names), Some("status"));
        assert_eq!(
            (closest_within(1, "stats_", names), closest_within(2, "stats_", names)),
            (None, Some("status"))
        );
        assert_eq!(
            (closest_within(0, "STAGE", names), closest_within(0, "stag", names)),
            (Some("stage"), None)
        );
    }
}
