//! The texts between values, and finding the one that comes.

use super::{Form, JUDGED, Next, Pace, Step};

/// What may come at one place of a record.
#[derive(Default)]
pub(super) struct State {
    pub(super) choices: Vec<Literal>,
    /// The one that fitted last.
    last: u16,
    /// Whether to look at the others is worth its while.
    pub(super) pace: Pace,
}

/// The text between two values, and what it means.
pub(super) struct Literal {
    pub(super) text: Box<[u8]>,
    /// Its first bytes, and the mask of those that it has.
    first: (Piece, Piece),
    /// Its last bytes, where it has more than a piece.
    last: Piece,
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
        let is_last = |first| self.last().is_some_and(|last| last.fits(rest, first));
        if !rest.first_chunk().map(piece).is_some_and(is_last) {
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
    fn other(&mut self, rest: &[u8]) -> Option<usize> {
        if !self.pace.tries() {
            return None;
        }
        let first = first_piece(rest);
        let found = self.choices.iter().position(|literal| literal.fits(rest, first));
        self.pace.count(found.is_some(), 3 * JUDGED / 4);
        found
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
        let first = (first_piece(text), first_piece(&vec![0xff; text.len()]));
        let last = text.last_chunk().map_or(0, piece);
        let peek = match next {
            Next::Value { form: Form::Text, .. } => Peek::Anything,
            Next::Value { form: Form::Number, .. } => Peek::Number,
            Next::Value { form: Form::Json, .. } | Next::Undeclared(_) => Peek::Token,
            Next::End => Peek::End,
        };
        Self { text: text.into(), first, last, peek, steps: steps.into(), next }
    }

    /// Memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.text.len() + size_of_val(&*self.steps)
    }

    /// Whether `rest`, whose first piece is `start`, begins with the text. Literals are short, so that to
    /// call a function for each would take as long as to compare.
    #[inline]
    fn begins(&self, rest: &[u8], start: Piece) -> bool {
        let (first, mask) = self.first;
        if (start ^ first) & mask != 0 {
            return false;
        }
        let len = self.text.len();
        if len <= PIECE {
            return len <= rest.len();
        }
        let Some(rest) = rest.get(..len) else { return false };
        if rest.last_chunk().map(piece) != Some(self.last) {
            return false;
        }
        // Between the first and the last piece there is mostly nothing.
        len <= 2 * PIECE || {
            let pairs = rest.as_chunks().0.iter().zip(self.text.as_chunks().0);
            pairs.skip(1).fold(0, |difference, (a, b)| difference | (piece(a) ^ piece(b))) == 0
        }
    }

    #[inline]
    fn fits(&self, rest: &[u8], start: Piece) -> bool {
        self.begins(rest, start) && (self.peek == Peek::Anything || self.is_followed(rest))
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
