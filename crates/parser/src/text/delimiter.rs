//! Finding the text that ends a value.

use memchr::{memchr, memmem};

/// A literal to be found, in the way that is fast for its length.
pub(super) enum Delimiter {
    Byte(u8),
    /// A few bytes, of which the first is looked for: values are short, and a search that prepares itself
    /// takes longer than they are.
    Short(Box<[u8]>),
    Long(Box<memmem::Finder<'static>>),
}

/// Bytes of a delimiter that are compared at each occurrence of the first one. Long delimiters, with their
/// first byte everywhere, would make that slow.
const SHORT: usize = 8;

impl Delimiter {
    /// A delimiter, which is not empty.
    pub(super) fn new(text: &str) -> Self {
        match text.as_bytes() {
            [byte] => Self::Byte(*byte),
            bytes if bytes.len() <= SHORT => Self::Short(bytes.into()),
            bytes => Self::Long(Box::new(memmem::Finder::new(bytes).into_owned())),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes().len()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Byte(byte) => std::slice::from_ref(byte),
            Self::Short(bytes) => bytes,
            Self::Long(finder) => finder.needle(),
        }
    }

    /// The delimiter for a message.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    /// Where it first occurs.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Byte(byte) => memchr(*byte, text),
            Self::Short(bytes) => {
                let mut at = 0;
                loop {
                    at += memchr(bytes[0], &text[at..])?;
                    if begins_with(&text[at..], bytes) {
                        return Some(at);
                    }
                    at += 1;
                }
            }
            Self::Long(finder) => finder.find(text),
        }
    }
}

/// Whether `text` begins with a few bytes, without a call to compare them.
#[inline]
fn begins_with(text: &[u8], bytes: &[u8]) -> bool {
    text.len() >= bytes.len() && bytes.iter().zip(text).all(|(expected, byte)| expected == byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Delimiter;

    proptest! {
        #[test]
        fn the_first_occurrence_is_found(text in "[aab→]{0,40}", delimiter in "[aab→]{1,12}") {
            let found = Delimiter::new(&delimiter).find(text.as_bytes());
            prop_assert_eq!(found, text.find(&delimiter));
        }
    }
}
