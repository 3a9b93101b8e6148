//! Which members of an object have been met, and which hold a value.

/// Members beyond this number are kept in a heap-allocated set; few objects declare as many.
const INLINE: usize = 64;

/// Undeclared names that are compared one by one. An object with more is walked again with its repeated keys
/// found out by hashing, which is right whether there are any or not.
const MAX_NAMES: usize = 32;

pub(crate) struct Seen<'a> {
    met: u64,
    present: u64,
    large: Option<Vec<(bool, bool)>>,
    names: Vec<&'a str>,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(members: usize) -> Self {
        let large = (members > INLINE).then(|| vec![(false, false); members]);
        Self { met: 0, present: 0, large, names: Vec::new() }
    }

    /// Notes that the member's key is there; true if it was before.
    #[inline]
    pub(crate) fn meets(&mut self, member: usize) -> bool {
        if let Some(large) = &mut self.large {
            return std::mem::replace(&mut large[member].0, true);
        }
        let bit = 1 << member;
        let before = self.met & bit != 0;
        self.met |= bit;
        before
    }

    /// Notes that the member has a value.
    #[inline]
    pub(crate) fn is_present(&mut self, member: usize) {
        match &mut self.large {
            Some(large) => large[member].1 = true,
            None => self.present |= 1 << member,
        }
    }

    pub(crate) fn was_present(&self, member: usize) -> bool {
        match &self.large {
            Some(large) => large[member].1,
            None => self.present & (1 << member) != 0,
        }
    }

    /// Notes an undeclared name; true if it was there before, or if there are too many to tell cheaply.
    pub(crate) fn meets_name(&mut self, name: &'a str) -> bool {
        if self.names.len() >= MAX_NAMES || self.names.contains(&name) {
            return true;
        }
        self.names.push(name);
        false
    }
}
