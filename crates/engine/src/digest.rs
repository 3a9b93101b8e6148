//! The digest of a file that several threads read.
//!
//! BLAKE3 is a tree: what stands below one of its nodes can be digested by itself. Each thread takes pieces
//! of one size, and what came of them is put together in their order. The digest is that of the whole file,
//! the same as `b3sum` prints.

use std::collections::BTreeMap;

use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use blake3::{Hash, Hasher};

/// Bytes that are read and digested in one go. They are in the processor's cache then, and begin and end
/// where the tree divides them. A power of two.
pub(crate) const PIECE_BYTES: u64 = 128 << 10;

/// The digest of successive pieces of a file that has more than one.
#[derive(Debug)]
pub(crate) struct Pieces {
    /// Number of the first one.
    first: u64,
    values: Vec<ChainingValue>,
    /// The piece that is not finished, and what it has.
    open: Hasher,
    has: u64,
}

impl Pieces {
    /// None yet; the first to come is this one, counted from the file's beginning.
    pub(crate) fn from(first: u64) -> Self {
        Self { first, values: Vec::new(), open: at(first), has: 0 }
    }

    /// Takes the next bytes, which go no further than to the end of a piece.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.open.update(bytes);
        self.has += bytes.len() as u64;
        if self.has == PIECE_BYTES {
            self.close();
        }
    }

    /// The piece is finished: it is full, or the file ends in it.
    fn close(&mut self) {
        self.values.push(self.open.finalize_non_root());
        self.open = at(self.first + self.values.len() as u64);
        self.has = 0;
    }
}

impl Default for Pieces {
    fn default() -> Self {
        Self::from(0)
    }
}

/// The digest of the piece of this number, before its first byte.
fn at(piece: u64) -> Hasher {
    let mut hasher = Hasher::new();
    hasher.set_input_offset(piece * PIECE_BYTES);
    hasher
}

/// What is known of the digest of a file.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Full subtrees from the beginning on, each smaller than the one before; their sizes are the bits of the
    /// number of pieces.
    subtrees: Vec<ChainingValue>,
    pieces: u64,
    /// Pieces, by their first number, that wait for others before them.
    waiting: BTreeMap<u64, Pieces>,
}

impl Tree {
    /// Adds pieces, the last of which ends where others begin, or with the file.
    pub(crate) fn add(&mut self, mut pieces: Pieces) {
        if pieces.has > 0 {
            pieces.close();
        }
        if pieces.values.is_empty() {
            return;
        }
        self.waiting.insert(pieces.first, pieces);
        while let Some(next) = self.waiting.remove(&self.pieces) {
            next.values.into_iter().for_each(|value| self.push(value));
        }
    }

    /// Subtrees are merged only once another piece comes: the last merge, whatever it joins, makes the root.
    fn push(&mut self, value: ChainingValue) {
        self.merge_down_to(self.pieces.count_ones() as usize);
        self.subtrees.push(value);
        self.pieces += 1;
    }

    fn merge_down_to(&mut self, subtrees: usize) {
        while self.subtrees.len() > subtrees
            && let (Some(right), Some(left)) = (self.subtrees.pop(), self.subtrees.pop())
        {
            self.subtrees.push(merge_subtrees_non_root(&left, &right, Mode::Hash));
        }
    }

    /// The digest of the file, of which all pieces were added.
    pub(crate) fn finish(mut self) -> Option<Hash> {
        self.merge_down_to(2);
        match self.subtrees.as_slice() {
            [left, right] if self.waiting.is_empty() => Some(merge_subtrees_root(left, right, Mode::Hash)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_in_any_order_give_the_digest_of_the_file() {
        let size = PIECE_BYTES as usize;
        let file: Vec<u8> = (0..9 * size).map(|i| (i * i / 7 + i / 1000) as u8).collect();
        for len in
            [size + 1, 2 * size - 1, 2 * size, 3 * size, 4 * size, 5 * size + 77, 7 * size + 1, 9 * size]
        {
            let file = &file[..len];
            // Each part has two pieces, and comes before the one that stands before it.
            let mut tree = Tree::default();
            for (part, bytes) in file.chunks(2 * size).enumerate().rev() {
                let mut pieces = Pieces::from(2 * part as u64);
                for piece in bytes.chunks(size) {
                    piece.chunks(size / 3 + 5).for_each(|some| pieces.update(some));
                }
                tree.add(pieces);
            }
            assert_eq!(tree.finish(), Some(blake3::hash(file)), "{len} bytes");
        }
    }

    #[test]
    fn what_lacks_a_piece_has_no_digest() {
        let mut tree = Tree::default();
        for first in [0, 2] {
            let mut pieces = Pieces::from(first);
            pieces.update(&vec![1; PIECE_BYTES as usize]);
            tree.add(pieces);
        }
        assert_eq!(tree.finish(), None);
    }
}
