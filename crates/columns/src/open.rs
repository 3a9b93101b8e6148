//! Texts that were pushed and are not sealed yet.
//!
//! Nearly every text that a parser pushes is a piece of the block that it reads. Only where it lies is noted
//! then: the block is at hand until the texts are sealed, and they are read once, not copied first. A text
//! that stands nowhere in the block, because it was made or freed of its escapes, is kept.

use crate::few::Window;

/// Places from here on are in [`Open::kept`].
const KEPT: u32 = 1 << 31;

/// The memory of the block at hand, to tell its pieces from other texts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Home {
    address: usize,
    len: usize,
}

/// Where a text lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    start: u32,
    len: u32,
}

/// Texts in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Open {
    places: Vec<Place>,
    kept: Vec<u8>,
}

impl Home {
    /// That of `block`, unless it is too large for places in it to be noted.
    pub(crate) fn of(block: &[u8]) -> Self {
        if block.len() < KEPT as usize {
            Self { address: block.as_ptr().addr(), len: block.len() }
        } else {
            Self::default()
        }
    }

    /// Where `text` lies in the block, if it is a piece of it. What begins within the block ends there too,
    /// as it cannot reach from one piece of memory into another.
    #[inline]
    fn place(self, text: &[u8]) -> Option<u32> {
        let start = text.as_ptr().addr().wrapping_sub(self.address);
        (start < self.len).then_some(start as u32)
    }
}

impl Open {
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Appends a text.
    #[inline]
    pub(crate) fn push(&mut self, text: &[u8], home: Home) {
        let start = home.place(text).unwrap_or_else(|| self.keep(text));
        self.places.push(Place { start, len: text.len() as u32 });
    }

    #[cold]
    fn keep(&mut self, text: &[u8]) -> u32 {
        let start = KEPT + self.kept.len() as u32;
        self.kept.extend_from_slice(text);
        start
    }

    /// Takes back the texts from `len` on, and what was kept of them.
    pub(crate) fn truncate(&mut self, len: usize) {
        let dropped = self.places.get(len..).unwrap_or_default();
        if let Some(first) = dropped.iter().find(|place| place.start >= KEPT) {
            self.kept.truncate((first.start - KEPT) as usize);
        }
        self.places.truncate(len);
    }

    /// A text that is no piece of a block.
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        self.text(self.places[index], &[])
    }

    /// Where the texts lie, in order.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// The text at a place, which may be a piece of `block`.
    #[inline]
    pub(crate) fn text<'a>(&'a self, place: Place, block: &'a [u8]) -> &'a [u8] {
        let (start, len) = (place.start as usize, place.len as usize);
        // To read a text of a block that is not at hand is a defect, and an empty one would be a lie.
        if place.start < KEPT { &block[start..start + len] } else { self.kept(place) }
    }

    /// A block whose pieces have [windows](Self::window): one too large for places in it has none.
    pub(crate) fn with_windows(block: &[u8]) -> &[u8] {
        if block.len() < KEPT as usize { block } else { &[] }
    }

    /// The bytes from the start of a text on, and how many are its own, if it is a piece of `block` that does
    /// not end too near to its end.
    #[inline]
    pub(crate) fn window(place: Place, block: &[u8]) -> Option<(&Window, usize)> {
        // What was kept begins beyond any block with windows.
        Some((block.get(place.start as usize..)?.first_chunk()?, place.len as usize))
    }

    /// A text that was kept.
    #[cold]
    fn kept(&self, place: Place) -> &[u8] {
        let (start, len) = ((place.start - KEPT) as usize, place.len as usize);
        &self.kept[start..start + len]
    }

    pub(crate) fn clear(&mut self) {
        self.places.clear();
        self.kept.clear();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.kept.capacity() + self.places.capacity() * size_of::<Place>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_the_block_are_noted_and_other_texts_kept() {
        let block = b"one two".to_vec();
        let home = Home::of(&block);
        let mut open = Open::default();
        open.push(&block[4..], home);
        open.push(b"made", home);
        open.push(b"taken back", home);
        open.truncate(2);
        open.push(&block[..3], home);
        open.push(&block[7..], home);
        let texts = open.places().iter().map(|place| open.text(*place, &block));
        assert!(texts.eq([&b"two"[..], b"made", b"one", b""]));
        assert_eq!((open.get(1), open.len()), (&b"made"[..], 4));
        assert_eq!(open.kept, b"made");
        open.clear();
        open.push(&block, Home::default());
        assert_eq!(open.get(0), block);
    }

    #[test]
    fn a_block_has_windows_if_places_in_it_are_noted() {
        // Its memory is never touched.
        let large = vec![0; KEPT as usize];
        for block in [&large[..], &large[1..]] {
            let (is_noted, has_windows) = (Home::of(block).len > 0, !Open::with_windows(block).is_empty());
            assert_eq!((is_noted, has_windows), (block.len() < KEPT as usize, is_noted));
        }
        let place = |start| Place { start, len: 0 };
        for kept in [KEPT, KEPT + 7, u32::MAX] {
            assert_eq!(Open::window(place(kept), &large[1..]), None);
        }
        assert!(Open::window(place(5), &large[1..]).is_some());
    }
}
