//! The texts between values, and finding the one that comes.

use super::{Form, Next, Step};

/// What may come at one place of a record.
#[derive(Default)]
pub(super) struct State {
    pub(super) choices: Vec<Literal>,
    /// The one that fitted last.
    last: u16,
}

/// The text between two values, and what it means.
pub(super) struct Literal {
    pub(super) text: Box<[u8]>,
    /// Its first and its last bytes; the same where it is shorter than a piece.
    first: Piece,
    last: Piece,
    /// Where the last ones begin.
    last_at: usize,
    /// Which bits of a piece it has.
    mask: Piece,
    /// Whether these bytes are all there is to compare.
    is_all: bool,
    /// What must follow.
    peek: Peek,
    pub(super) steps: Box<[Step]>,
    pub(super) next: Next,
}

/// What must follow a literal. It ends at the first value that is neither null nor a boolean, so that it may
/// only be the beginning of another one before a number (a null may come instead) and at the record's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peek {
    /// Whatever does, as the literal ends with a quote.
    Anything,
    Number,
    /// No blank: blanks belong to the literal, and with more of them it is another one.
    Token,
    /// Nothing.
    End,
}

/// Bytes that are compared in one go.
type Piece = u128;
const PIECE: usize = size_of::<Piece>();

impl State {
    /// The literal that `rest` begins with.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call takes as long as what it does")]
    pub(super) fn find(&mut self, rest: &[u8]) -> Option<&Literal> {
        if !self.last().is_some_and(|last| last.fits(rest)) {
            self.last = self.other(rest)? as u16;
        }
        self.last()
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call takes as long as what it does")]
    fn last(&self) -> Option<&Literal> {
        self.choices.get(usize::from(self.last))
    }

    /// The place of the same, wherever it is.
    #[inline(never)]
    fn other(&self, rest: &[u8]) -> Option<usize> {
        self.choices.iter().position(|literal| literal.fits(rest))
    }
}

#[inline]
fn piece(bytes: &[u8; PIECE]) -> Piece {
    Piece::from_le_bytes(*bytes)
}

/// The first piece of some bytes; zeros stand for those that are missing.
fn first_piece(bytes: &[u8]) -> Piece {
    let mut padded = [0; PIECE];
    let len = bytes.len().min(PIECE);
    padded[..len].copy_from_slice(&bytes[..len]);
    piece(&padded)
}

impl Literal {
    pub(super) fn new(text: &[u8], steps: &[Step], next: Next) -> Self {
        let first = first_piece(text);
        let last = text.last_chunk().map_or(first, piece);
        let last_at = text.len().saturating_sub(PIECE);
        let mask = first_piece(&vec![0xff; text.len()]);
        let peek = match next {
            Next::Value { form: Form::Text | Form::Embedded, .. } => Peek::Anything,
            Next::Value { form: Form::Number, .. } => Peek::Number,
            Next::Value { form: Form::Json, .. } | Next::Undeclared(_) => Peek::Token,
            Next::End => Peek::End,
        };
        let is_all = text.len() <= 2 * PIECE && peek == Peek::Anything;
        Self { text: text.into(), first, last, last_at, mask, is_all, peek, steps: steps.into(), next }
    }

    /// Memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.text.len() + size_of_val(&*self.steps)
    }

    /// Whether `rest` begins with the text, and goes on as it must. Literals are short, so that to call a
    /// function for each would take as long as to compare, and which one comes next cannot be guessed: first
    /// and last bytes are compared at once, whatever their number.
    #[inline]
    fn fits(&self, rest: &[u8]) -> bool {
        let last = rest.get(self.last_at..).and_then(<[u8]>::first_chunk);
        let (Some(first), Some(last)) = (rest.first_chunk(), last) else { return self.ends(rest) };
        let difference = (piece(first) ^ self.first) | (piece(last) ^ self.last);
        difference & self.mask == 0 && (self.is_all || self.is_whole(rest))
    }

    /// The same near the end of a record.
    #[cold]
    fn ends(&self, rest: &[u8]) -> bool {
        rest.starts_with(&self.text) && self.is_followed(rest)
    }

    /// Whether what lies between the first and the last bytes is there too, and what must follow.
    fn is_whole(&self, rest: &[u8]) -> bool {
        let pairs = rest.as_chunks().0.iter().zip(self.text.as_chunks().0).skip(1);
        pairs.fold(0, |difference, (a, b)| difference | (piece(a) ^ piece(b))) == 0 && self.is_followed(rest)
    }

    /// Whether what follows in `rest` may.
    fn is_followed(&self, rest: &[u8]) -> bool {
        let next = rest.get(self.text.len());
        match self.peek {
            Peek::Anything => true,
            Peek::Number => matches!(next, Some(b'-' | b'0'..=b'9')),
            Peek::Token => !matches!(next, Some(b' ' | b'\t' | b'\n' | b'\r')),
            Peek::End => next.is_none(),
        }
    }
}
