//! The open brackets around a position: one bit each, however deep a document goes.

/// Kinds of the open brackets, innermost last.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// The innermost up to 64, the last one in the lowest bit; set for objects.
    top: u64,
    /// Full words of those further out.
    outer: Vec<u64>,
    depth: usize,
}

impl Stack {
    /// How many brackets are open.
    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Whether the innermost bracket is an object's. Without meaning where none is open.
    #[inline]
    pub(super) fn in_object(&self) -> bool {
        self.top & 1 == 1
    }

    #[inline]
    pub(super) fn push(&mut self, object: bool) {
        if self.depth.is_multiple_of(64) && self.depth > 0 {
            self.outer.push(self.top);
        }
        self.top = self.top << 1 | u64::from(object);
        self.depth += 1;
    }

    #[inline]
    pub(super) fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.top >>= 1;
        if self.depth.is_multiple_of(64) {
            self.top = self.outer.pop().unwrap_or(0);
        }
    }

    /// Closes brackets until `depth` are left open.
    pub(super) fn truncate(&mut self, depth: usize) {
        while self.depth > depth {
            self.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_kinds_across_words() {
        let kind = |i: usize| i.is_multiple_of(3) || i % 64 == 7;
        let mut stack = Stack::default();
        (0..300).for_each(|i| stack.push(kind(i)));
        for i in (100..300).rev() {
            assert_eq!((stack.depth(), stack.in_object()), (i + 1, kind(i)));
            stack.pop();
        }
        stack.truncate(65);
        assert_eq!((stack.depth(), stack.in_object()), (65, kind(64)));
        stack.truncate(64);
        assert_eq!((stack.depth(), stack.in_object()), (64, kind(63)));
    }
}
