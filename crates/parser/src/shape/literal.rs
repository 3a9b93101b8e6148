//! The texts between values, and finding the one that comes.

use super::{Form, JUDGED, MAX_CHOICES, Next, Pace, Step};

/// Bytes by which literals are told apart before they are compared, if they are long, or not short.
const LONG: usize = PIECE;
const MEDIUM: usize = PIECE / 2;
/// Places for literals of each kind, and behind those one for all short ones.
const PLACES: usize = 256;
const SHORT: usize = 2 * PLACES;
/// Literals that are looked at one by one.
const FEW: usize = 4;

/// What may come at one place of a record.
#[derive(Default)]
pub(super) struct State {
    literals: Vec<Literal>,
    /// The literals that begin alike, by the number plus one of the one that was learned last; none where
    /// there are but a few.
    places: Option<Box<[u8; SHORT + 1]>>,
    /// The one that fitted last.
    last: u8,
    /// Whether to look at the others is worth its while.
    pub(super) pace: Pace,
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
    /// The one before it that begins like it, by its number plus one.
    before: u8,
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
            self.last = self.other(rest)? as u8;
        }
        self.last()
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call takes as long as what it does")]
    fn last(&self) -> Option<&Literal> {
        self.literals.get(usize::from(self.last))
    }

    /// The place of the same, whichever it is.
    #[inline(never)]
    fn other(&mut self, rest: &[u8]) -> Option<usize> {
        if !self.pace.tries() {
            return None;
        }
        let found = match &self.places {
            Some(places) => places_of(rest).into_iter().find_map(|at| self.alike(places[at], rest)),
            None => self.literals.iter().position(|literal| literal.fits(rest)),
        };
        self.pace.count(found.is_some(), JUDGED / 2);
        found
    }

    /// The place of the literal that `rest` begins with, among one and those before it that begin like it.
    #[inline]
    fn alike(&self, mut number: u8, rest: &[u8]) -> Option<usize> {
        loop {
            let at = usize::from(number).checked_sub(1)?;
            let literal = &self.literals[at];
            if literal.fits(rest) {
                return Some(at);
            }
            number = literal.before;
        }
    }

    #[cfg(test)]
    pub(super) fn literals(&self) -> &[Literal] {
        &self.literals
    }

    /// Whether no more literals are learned.
    pub(super) fn is_full(&self) -> bool {
        self.literals.len() >= MAX_CHOICES
    }

    pub(super) fn add(&mut self, literal: Literal) {
        self.literals.push(literal);
        if self.literals.len() <= FEW {
            return;
        }
        let unplaced = if self.places.is_none() { 0 } else { self.literals.len() - 1 };
        let places = self.places.get_or_insert_with(|| Box::new([0; SHORT + 1]));
        for (at, literal) in self.literals.iter_mut().enumerate().skip(unplaced) {
            let kind = match literal.text.len() {
                LONG.. => 0,
                MEDIUM..LONG => 1,
                ..MEDIUM => 2,
            };
            let place = places_of(&literal.text)[kind];
            literal.before = std::mem::replace(&mut places[place], at as u8 + 1);
        }
    }

    /// Forgets the literals that are not to be kept; `is_kept` is asked once for each.
    pub(super) fn retain(&mut self, is_kept: impl FnMut(&Literal) -> bool) {
        let count = self.literals.len();
        self.literals.retain(is_kept);
        if self.literals.len() < count {
            self.places = None;
            let kept = std::mem::take(&mut self.literals);
            for literal in kept {
                self.add(literal);
            }
        }
    }
}

/// Where the literals may be that `text` begins with: long ones, others, and short ones.
#[inline]
fn places_of(text: &[u8]) -> [usize; 3] {
    let start = first_piece(text);
    let place = |bytes: u64| (bytes.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize % PLACES;
    let (low, high) = (start as u64, (start >> 64) as u64);
    [place(low ^ high.rotate_left(29)), PLACES + place(low), SHORT]
}

#[inline]
fn piece(bytes: &[u8; PIECE]) -> Piece {
    Piece::from_le_bytes(*bytes)
}

/// The first piece of some bytes; zeros stand for those that are missing.
#[inline]
fn first_piece(bytes: &[u8]) -> Piece {
    bytes.first_chunk().map_or_else(|| padded(bytes), piece)
}

#[cold]
fn padded(bytes: &[u8]) -> Piece {
    let mut padded = [0; PIECE];
    padded[..bytes.len()].copy_from_slice(bytes);
    piece(&padded)
}

impl Literal {
    pub(super) fn new(text: &[u8], steps: &[Step], next: Next) -> Self {
        let first = first_piece(text);
        let last = text.last_chunk().map_or(first, piece);
        let last_at = text.len().saturating_sub(PIECE);
        let mask = first_piece(&vec![0xff; text.len()]);
        let peek = match next {
            Next::Value { form: Form::Text, .. } => Peek::Anything,
            Next::Value { form: Form::Number, .. } => Peek::Number,
            Next::Value { form: Form::Json, .. } | Next::Undeclared(_) => Peek::Token,
            Next::End => Peek::End,
        };
        let is_all = text.len() <= 2 * PIECE && peek == Peek::Anything;
        Self {
            text: text.into(),
            first,
            last,
            last_at,
            mask,
            is_all,
            peek,
            before: 0,
            steps: steps.into(),
            next,
        }
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
