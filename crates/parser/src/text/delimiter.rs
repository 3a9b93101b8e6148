//! Finding the text that ends a value.

use memchr::{memchr, memmem};

/// A literal to be found, with what makes finding it fast.
pub(super) enum Delimiter {
    Byte(u8),
    Text(Box<memmem::Finder<'static>>),
}

impl Delimiter {
    /// A delimiter, which is not empty.
    pub(super) fn new(text: &str) -> Self {
        match text.as_bytes() {
            [byte] => Self::Byte(*byte),
            bytes => Self::Text(Box::new(memmem::Finder::new(bytes).into_owned())),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes().len()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Byte(byte) => std::slice::from_ref(byte),
            Self::Text(finder) => finder.needle(),
        }
    }

    /// Where it first occurs.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Byte(byte) => memchr(*byte, text),
            Self::Text(finder) => finder.find(text),
        }
    }
}
