//! The texts between values, and finding the one that comes.

use super::{Form, Next, Step};

/// What may come at one place of a record.
#[derive(Default)]
pub(super) struct State {
    pub(super) choices: Vec<Literal>,
    /// The one that fitted last.
    last: usize,
}

/// The text between two values, and what it means.
pub(super) struct Literal {
    pub(super) text: Box<[u8]>,
    /// Its first eight bytes, and the mask of those that it has.
    head: (u64, u64),
    pub(super) steps: Box<[Step]>,
    pub(super) next: Next,
}

impl State {
    /// The literal that `rest` begins with.
    #[inline]
    pub(super) fn find(&mut self, rest: &[u8]) -> Option<&Literal> {
        let head = head(rest);
        let fits = |literal: &Literal| literal.fits(rest, head);
        if !self.choices.get(self.last).is_some_and(fits) {
            self.last = self.choices.iter().position(fits)?;
        }
        self.choices.get(self.last)
    }

    /// Whether a record may begin here.
    pub(super) fn fits(&self, record: &[u8]) -> bool {
        let head = head(record);
        self.choices.iter().any(|literal| literal.fits(record, head))
    }
}

#[inline]
fn head(rest: &[u8]) -> u64 {
    if let Some(bytes) = rest.first_chunk() {
        return u64::from_le_bytes(*bytes);
    }
    let mut bytes = [0; 8];
    bytes[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(bytes)
}

/// Whether `rest` begins with `text`, of which the first eight bytes are known to be right. Literals are
/// short, so that calling a function for each would take as long as comparing.
#[inline]
fn begins_with(rest: &[u8], text: &[u8]) -> bool {
    let Some(rest) = rest.get(..text.len()) else { return false };
    let (Some(rest_end), Some(text_end)) = (rest.last_chunk::<8>(), text.last_chunk::<8>()) else {
        return true;
    };
    if rest_end != text_end {
        return false;
    }
    // Between the first and the last eight bytes there is mostly nothing.
    text.len() <= 16 || {
        let pairs = rest[8..].as_chunks::<8>().0.iter().zip(text[8..].as_chunks::<8>().0);
        let differ = |(a, b): (&[u8; 8], &[u8; 8])| u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        pairs.fold(0, |difference, pair| difference | differ(pair)) == 0
    }
}

impl Literal {
    pub(super) fn new(text: &[u8], steps: &[Step], next: Next) -> Self {
        let mut head = [0; 8];
        let mut mask = [0; 8];
        for (at, byte) in text.iter().take(8).enumerate() {
            head[at] = *byte;
            mask[at] = 0xff;
        }
        let head = (u64::from_le_bytes(head), u64::from_le_bytes(mask));
        Self { text: text.into(), head, steps: steps.into(), next }
    }

    #[inline]
    fn fits(&self, rest: &[u8], head: u64) -> bool {
        if head & self.head.1 != self.head.0 || !begins_with(rest, &self.text) {
            return false;
        }
        // A literal ends at the first value that is neither null nor a boolean, so that it may only be the
        // beginning of another one before a number (a null may come instead) and at the record's end.
        match self.next {
            Next::Value { form: Form::Number, .. } => {
                matches!(rest.get(self.text.len()), Some(b'-' | b'0'..=b'9'))
            }
            // Blanks belong to the literal: with more of them it is another one.
            Next::Value { form: Form::Json, .. } | Next::Undeclared(_) => {
                !matches!(rest.get(self.text.len()), Some(b' ' | b'\t' | b'\n' | b'\r'))
            }
            Next::Value { form: Form::Text, .. } => true,
            Next::End => rest.len() == self.text.len(),
        }
    }
}
