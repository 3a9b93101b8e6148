//! Repeatable randomness.
//!
//! SplitMix64 is small enough to be read at a glance and has no platform in it: the same seed gives
//! the same sequence everywhere, which an external crate promises only within a version. All draws
//! are made of integers, because the last bit of a logarithm or a power differs between C libraries.

/// A stream of pseudo-random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Rng {
    state: u64,
}

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent stream whose use does not move this one any further than by one step.
    pub(crate) fn fork(&mut self) -> Self {
        Self::new(self.bits())
    }

    /// 64 uniform bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; 0 if the bound is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the items, all equally likely; the slice must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// One of the words.
    pub(crate) fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick::<&'static str>(words)
    }
}

/// Picks ranks by Zipf's law: rank 0 is twice as likely as rank 1, three times as likely as rank 2.
///
/// Audit logs look like this: a few actions and a few busy people make up most of the volume.
#[derive(Debug)]
pub(crate) struct Ranks {
    cumulative: Vec<u64>,
}

impl Ranks {
    /// Weights of the first rank; large enough for the last of thousands of ranks to keep precision.
    const FIRST: u64 = 1 << 32;

    pub(crate) fn new(count: usize) -> Self {
        let mut total = 0;
        let cumulative = (1..=count as u64).map(|rank| {
            total += Self::FIRST / rank;
            total
        });
        Self { cumulative: cumulative.collect() }
    }

    pub(crate) fn pick(&self, rng: &mut Rng) -> usize {
        let point = rng.below(self.cumulative.last().copied().unwrap_or(0));
        self.cumulative.partition_point(|&end| end <= point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_the_published_algorithm() {
        let mut rng = Rng::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| rng.bits()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn the_first_rank_is_about_twice_as_frequent_as_the_second() {
        let (ranks, mut rng) = (Ranks::new(50), Rng::new(7));
        let mut counts = [0_u32; 50];
        for _ in 0..90_000 {
            counts[ranks.pick(&mut rng)] += 1;
        }
        assert!((18..22).contains(&(counts[0] * 10 / counts[1])), "{counts:?}");
        assert!(counts[49] > 0);
    }
}
