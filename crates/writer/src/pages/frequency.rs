//! The frequent entries of a dictionary to its front.
//!
//! Codes of frequent entries are then small numbers, whose upper bits are nearly always 0, and compression
//! finds that out: it saves up to a tenth of a page of codes. Frequencies need not be exact for it, so a
//! single pass of counting sort does.

/// Frequencies from here on count as one.
const FREQUENT: usize = 1023;

/// Puts down for each of so many entries its place if they are sorted by how often they occur among `codes`,
/// the most frequent first. Entries that are equally frequent keep their order.
pub(super) fn rank(codes: &[u32], entries: usize, counts: &mut Vec<u32>) {
    counts.clear();
    counts.resize(entries, 0);
    for &code in codes {
        counts[code as usize] += 1;
    }
    let bucket = |count: u32| FREQUENT - (count as usize).min(FREQUENT);
    let mut places = [0u32; FREQUENT + 1];
    for &count in &*counts {
        places[bucket(count)] += 1;
    }
    let mut next = 0;
    for place in &mut places {
        next += std::mem::replace(place, next);
    }
    for count in counts {
        let place = &mut places[bucket(*count)];
        *count = *place;
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranks(codes: &[u32], entries: usize) -> Vec<u32> {
        let mut ranks = vec![7; 3];
        rank(codes, entries, &mut ranks);
        ranks
    }

    #[test]
    fn frequent_entries_come_first() {
        let mut codes = vec![0, 1, 1, 2, 3, 3, 3];
        assert_eq!(ranks(&codes, 5), [2, 1, 3, 0, 4]);
        codes.resize(5000, 2);
        codes.resize(10_000, 4);
        assert_eq!(ranks(&codes, 5), [4, 3, 0, 2, 1]);
        assert!(ranks(&[], 0).is_empty());
    }
}
