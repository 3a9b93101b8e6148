//! Passing over what is too deep to be reported.
//!
//! Nearly all of a page lies within its records, of which the scanner reports only where they begin and end.
//! There it need not stop at every token: where strings end is looked up in bits that tell it for many bytes
//! at once, and the usual turns, from a key over a text to the next key, are taken in one go. The grammar is
//! checked all the same, since damage must show where it is.

use super::scanner::{Scanner, State, Window, ends_run, is_blank};

impl Scanner {
    /// Passes over what is too deep to be reported, as far as it is plain, and returns where that ends. What
    /// has escapes, is wrong or cut off is left to the caller, and so is the bracket that leads out.
    pub(super) fn pass(&mut self, window: Window<'_>, start: usize) -> usize {
        let data = window.data;
        self.stops.cover(window.base + start as u64, &data[start..]);
        let Self { stops, stack, watch, state, .. } = self;
        let behind_text = |quote: usize| {
            let stop = stops.first_from(window.base + quote as u64 + 1)?;
            let end = (stop - window.base) as usize;
            (data[end] == b'"').then_some(end + 1)
        };
        let follows = |at: usize, bytes: &[u8; 2]| data.get(at..at + 2) == Some(bytes);
        let (mut at, mut token_end) = (start, start);
        while let Some(&byte) = data.get(at) {
            (at, *state) = match (*state, byte) {
                (State::Key | State::KeyOrEnd, b'"') => {
                    let Some(colon) = behind_text(at) else { break };
                    // Most values are texts, and behind most of them comes another key.
                    match if follows(colon, b":\"") { behind_text(colon + 1) } else { None } {
                        Some(comma) if follows(comma, b",\"") => (comma + 1, State::Key),
                        Some(comma) => (comma, State::CommaOrEnd),
                        None => (colon, State::Colon),
                    }
                }
                (State::Colon, b':') => (at + 1, State::Value),
                (State::Value | State::ValueOrEnd, b'"') => {
                    let Some(behind) = behind_text(at) else { break };
                    (behind, State::CommaOrEnd)
                }
                (State::Value | State::ValueOrEnd, b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                    let Some(len) = data[at..].iter().position(|&byte| ends_run(byte)) else { break };
                    (at + len, State::CommaOrEnd)
                }
                (State::Value | State::ValueOrEnd, b'{' | b'[')
                    if (stack.depth() as u64) < self.max_depth =>
                {
                    stack.push(byte == b'{');
                    (at + 1, if byte == b'{' { State::KeyOrEnd } else { State::ValueOrEnd })
                }
                (State::CommaOrEnd, b',') => {
                    (at + 1, if stack.in_object() { State::Key } else { State::Value })
                }
                (State::CommaOrEnd | State::KeyOrEnd, b'}')
                    if stack.in_object() && stack.depth() > *watch + 1 =>
                {
                    stack.pop();
                    (at + 1, State::CommaOrEnd)
                }
                (State::CommaOrEnd | State::ValueOrEnd, b']')
                    if !stack.in_object() && stack.depth() > *watch + 1 =>
                {
                    stack.pop();
                    (at + 1, State::CommaOrEnd)
                }
                _ if is_blank(byte) => {
                    at += 1;
                    if byte == b'\n' {
                        self.line_start = window.base + at as u64;
                    }
                    at += spaces(&data[at..]);
                    continue;
                }
                _ => break,
            };
            token_end = at;
        }
        if token_end > start {
            self.token_end = window.base + token_end as u64;
        }
        at
    }
}

/// How many spaces stand at the start: those that indent a line come in long runs.
#[inline]
fn spaces(data: &[u8]) -> usize {
    let long = data.as_chunks().0.iter().take_while(|piece| **piece == [b' '; 8]).count() * 8;
    long + data[long..].iter().take_while(|byte| **byte == b' ').count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::scanner::Event;
    use super::*;

    /// All events of a text that comes in pieces, down to a depth, and what is known after each piece.
    fn scan(pieces: &[&str], watch: usize, down_to: usize) -> (Vec<Event>, Vec<String>) {
        let text = pieces.concat();
        let mut scanner = Scanner::new(0, false, 9);
        scanner.watch = watch;
        let (mut events, mut known, mut end) = (Vec::new(), Vec::new(), 0);
        for piece in pieces {
            end += piece.len();
            let window = Window { base: 0, data: &text.as_bytes()[..end] };
            while let Some(event) = scanner.next(window) {
                let (Event::Open { depth, .. }
                | Event::Close { depth, .. }
                | Event::Scalar { depth, .. }
                | Event::Key { depth, .. }) = event
                else {
                    events.push(event);
                    // Goes on behind what is wrong, as if a value came.
                    scanner.skip(event.at());
                    scanner.state = State::Value;
                    continue;
                };
                events.extend((depth <= down_to).then_some(event));
            }
            let Scanner { pos, state, stack, token_end, line_start, .. } = &scanner;
            known.push(format!("{pos} {state:?} {} {token_end} {line_start}", stack.depth()));
        }
        (events, known)
    }

    proptest! {
        #[test]
        fn what_is_too_deep_to_be_reported_is_passed_over_alike(
            soup in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "{", "}", "}", "[", "]", ",", ",", ":", "-1.5", "true", "null", "x", "\"", "\\", " ",
                    "\n  ", "\n                  \t ", "\"\"", "\"key\":", "\"key\":\"text\",", "\"text\"",
                    "\"é\\\"\\\\\"", "\"\t\"", "\"torn\n",
                    "{\"a\":{\"b\":[{\"c\":\"d\",\"e\":[]}],\"f\":{}}}",
                    "[[[\"a\",1,{\"a\" : \"b\" ,\"c\":\"d\"}]]]",
                ]),
                1..60,
            ),
            long in 0..30usize,
            watch in 0..4usize,
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        ) {
            let mut text = soup.concat();
            if long == 0 {
                // Longer than what is looked at in one go.
                text = format!("[[[[\"{}\",{text}", "long".repeat(5000));
            }
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            cuts.retain(|cut| text.is_char_boundary(*cut));
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&str> = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect();
            // One that reports everything passes over nothing.
            prop_assert_eq!(scan(&pieces, watch, watch), scan(&pieces, usize::MAX, watch));
        }
    }
}
