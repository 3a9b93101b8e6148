//! Commas that are missing between records, or too many.
//!
//! They put no record in doubt, since what stands on either side is whole. So each such place is counted, and
//! reading goes on as if the comma were right. Only what is plainly a list is read so, and a line that is an
//! object and a comma: elsewhere on a line, and within records, a wrong comma is an error like others.

use super::scanner::{State, Window};
use super::splitter::{Item, Splitter, Stage};

impl Splitter {
    /// Goes on behind an error at `at` that is no more than a comma; false where it is something else.
    pub(super) fn mend(&mut self, window: Window<'_>, at: u64) -> bool {
        let Some(&[byte]) = window.get(at, at + 1) else { return false };
        let in_list = matches!(self.stage, Stage::Array | Stage::Records) && self.record.is_none();
        let is_between = self.stage == Stage::Top && self.closed;
        if self.pending.is_some() || !(in_list || is_between) {
            return false;
        }
        match (byte, self.scanner.state) {
            (b'{' | b'[', State::CommaOrEnd) => {
                let column = self.scanner.column(at);
                if byte == b'{' && column == Some(0) && self.may_leave() {
                    self.leave(at, false);
                    return true;
                }
                self.loose |= self.stage == Stage::Array && column.is_some();
                self.scanner.state = State::Value;
                self.mark(at, at);
            }
            (b',', State::Value | State::ValueOrEnd | State::End) => {
                self.scanner.skip(at);
                match &mut self.left {
                    Some(left) if is_between && !left.comma => left.comma = true,
                    _ => self.mark(at, at + 1),
                }
            }
            (b']', State::Value) if in_list => {
                self.scanner.state = State::CommaOrEnd;
                self.mark(at, at);
            }
            (b']', State::Value) if self.left.is_some() => self.come_back(at),
            _ => return false,
        }
        true
    }

    /// A line that is one record has ended. Where it is an object with a comma behind it, as if lines were
    /// elements of an array, the comma is no part of the record.
    pub(super) fn end_line(&mut self, window: Window<'_>) {
        let is_near = |start: &u64| window.end() - start <= self.limit;
        let Some(start) = self.pending.filter(is_near) else { return };
        let behind = window.get(self.tail, self.ink).unwrap_or_default().trim_ascii();
        if self.scanner.state == State::End && behind == b"," {
            (self.pending, self.stage) = (None, Stage::Top);
            self.emit((start, self.tail), self.ink, true, None);
            self.mark(self.ink - 1, self.ink);
        }
    }

    /// Hands out the place of a wrong comma, with which all before `end` is settled.
    pub(super) fn mark(&mut self, at: u64, end: u64) {
        (self.tail, self.rest) = (end, None);
        self.ready.push_back(Item { start: at, end: at, unwrapped: true, wrong: None });
    }
}
