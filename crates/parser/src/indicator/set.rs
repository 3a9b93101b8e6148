//! Sets of ASCII characters as tables, which tell of a byte without a branch for each range of the set.

/// Whether a byte is of the set, by byte.
pub(super) struct Set([bool; 256]);

/// The digits of hexadecimal numbers, in either case.
pub(super) static HEX_DIGITS: Set = Set::of(b"0123456789abcdefABCDEF");

impl Set {
    pub(super) const fn of(bytes: &[u8]) -> Self {
        Self([false; 256]).and(bytes)
    }

    /// The letters and digits of ASCII, and some other bytes.
    pub(super) const fn letters_digits_and(bytes: &[u8]) -> Self {
        let mut set = Self([false; 256]);
        let mut byte = 0_u8;
        while byte < 0x80 {
            set.0[byte as usize] = byte.is_ascii_alphanumeric();
            byte += 1;
        }
        set.and(bytes)
    }

    const fn and(mut self, bytes: &[u8]) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            self.0[bytes[at] as usize] = true;
            at += 1;
        }
        self
    }

    /// How many bytes at the start of `text` are of the set.
    #[inline]
    pub(super) fn prefix_len(&self, text: &[u8]) -> usize {
        text.iter().position(|byte| !self.0[usize::from(*byte)]).unwrap_or(text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_they_say() {
        let others = Set::letters_digits_and(b"-.\xff");
        for byte in 0..=u8::MAX {
            assert_eq!(HEX_DIGITS.prefix_len(&[byte]) == 1, byte.is_ascii_hexdigit(), "{byte}");
            let expected = byte.is_ascii_alphanumeric() || b"-.\xff".contains(&byte);
            assert_eq!(others.prefix_len(&[byte]) == 1, expected, "{byte}");
        }
        assert_eq!(HEX_DIGITS.prefix_len(b"12aFg0"), 4);
        assert_eq!(HEX_DIGITS.prefix_len(b""), 0);
    }
}
