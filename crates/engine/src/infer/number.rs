//! What was seen of the numbers under one path: whether 64 bits hold them, whole or as a float.

/// Whole numbers that a float holds exactly lie between this and its negative.
pub(super) const EXACT: i64 = 1 << 53;

/// All numbers of a shape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numbers {
    /// Whole numbers within 64 bits.
    pub(crate) integers: u64,
    pub(crate) min: i64,
    pub(crate) max: i64,
    /// Whole numbers beyond.
    pub(crate) beyond: u64,
    /// Numbers with a point or an exponent, and `-0`.
    pub(crate) fractions: u64,
    /// Those of them that a float does not hold to the last digit.
    pub(crate) inexact: u64,
    /// Range of the fractions.
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            integers: 0,
            min: i64::MAX,
            max: i64::MIN,
            beyond: 0,
            fractions: 0,
            inexact: 0,
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
        }
    }
}

impl Numbers {
    pub(crate) fn count(&self) -> u64 {
        self.integers + self.beyond + self.fractions
    }

    /// Adds a number as JSON spells it.
    pub(crate) fn add(&mut self, literal: &[u8]) {
        let literal = str::from_utf8(literal).unwrap_or_default();
        let is_whole = literal != "-0" && !literal.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        match literal.parse() {
            Ok(value) if is_whole => self.add_integer(value),
            _ if is_whole => self.beyond += 1,
            _ => self.add_fraction(literal),
        }
    }

    pub(crate) fn add_integer(&mut self, value: i64) {
        self.integers += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    fn add_fraction(&mut self, literal: &str) {
        self.fractions += 1;
        self.inexact += u64::from(!is_exact(literal));
        let value = literal.parse().unwrap_or(f64::INFINITY);
        self.least = self.least.min(value);
        self.most = self.most.max(value);
    }

    /// Whether all whole numbers are exact as floats.
    pub(crate) fn fit_float(&self) -> bool {
        self.integers == 0 || (self.min >= -EXACT && self.max <= EXACT)
    }
}

/// Whether a number survives as a float: printed again, in as few digits as tell it apart, it has the digits
/// that it came with.
pub(super) fn is_exact(literal: &str) -> bool {
    let Ok(value) = literal.parse::<f64>() else { return false };
    let digits = significant(literal);
    value.is_finite()
        && (digits.len() <= 15 && (value.is_normal() || digits.is_empty())
            || significant(&format!("{value:e}")) == digits)
}

/// The digits of a number, without zeros at either end, and without its exponent.
fn significant(literal: &str) -> String {
    let mantissa = literal.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_that_keep_every_digit() {
        for literal in ["1.5", "-0", "0.0", "1e10", "0.30000000000000004", "1.7976931348623157e308", "5e-324"]
        {
            assert!(is_exact(literal), "{literal}");
        }
        for literal in
            ["0.1234567890123456789", "1e400", "1e-400", "100000000000000000001.5", "1234567890.123456789"]
        {
            assert!(!is_exact(literal), "{literal}");
        }
    }

    #[test]
    fn numbers_are_told_apart() {
        let mut numbers = Numbers::default();
        for literal in ["1", "-9223372036854775808", "9223372036854775808", "1.25", "1e2", "-0"] {
            numbers.add(literal.as_bytes());
        }
        assert_eq!((numbers.integers, numbers.beyond, numbers.fractions), (2, 1, 3));
        assert_eq!((numbers.min, numbers.max, numbers.most), (i64::MIN, 1, 100.0));
        assert!(!numbers.fit_float());
    }
}
