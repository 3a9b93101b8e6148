//! Lines added to a text, as a unified diff that `patch` and `git apply` take.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Lines around a change that are shown.
const CONTEXT: usize = 3;

/// What becomes of one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Edit {
    /// Texts to put into it, each at an offset in bytes.
    pub(super) within: Vec<(usize, String)>,
    /// Lines to put behind it, the innermost list's first: column of their dashes, and the lines.
    pub(super) behind: Vec<(usize, String)>,
}

/// Changes by line, counted from 0.
pub(super) type Edits = BTreeMap<usize, Edit>;

/// The lines of a text, each with its line break, if it has one.
pub(super) fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The text with the changes, and the diff that makes them. `name` is the path of the file.
pub(super) fn apply(text: &str, edits: &Edits, name: &str) -> (String, String) {
    let old = lines(text);
    let line_break = if old.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let (mut new_text, mut diff) = (String::new(), format!("--- a/{name}\n+++ b/{name}\n"));
    let (mut added, mut hunk) = (0, Hunk::default());
    for (number, line) in old.iter().enumerate() {
        let is_near = edits.range(number.saturating_sub(CONTEXT)..=number + CONTEXT).any(|(&at, edit)| {
            // A line that stays, with others behind it, is context itself.
            let stays = edit.within.is_empty() && old[at].ends_with('\n');
            number + CONTEXT >= at + usize::from(stays)
        });
        if !is_near {
            added += hunk.finish(added, &mut diff);
        } else if hunk.body.is_empty() {
            hunk.start = number;
        }
        let changed = edits.get(&number).map(|edit| changed(line, edit, line_break));
        new_text.push_str(changed.as_deref().unwrap_or(line));
        match changed {
            Some(changed) => hunk.change(line, &changed),
            None if is_near => hunk.keep(line),
            None => {}
        }
    }
    hunk.finish(added, &mut diff);
    (new_text, diff)
}

/// A line with what is put into it and behind it.
fn changed(line: &str, edit: &Edit, line_break: &str) -> String {
    let mut text = line.to_owned();
    let mut within = edit.within.clone();
    // From the end on, so that offsets stay; what is put at one place keeps its order.
    within.reverse();
    within.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    for (at, put) in within {
        text.insert_str(at.min(text.len()), &put);
    }
    let mut behind = edit.behind.clone();
    behind.sort_by_key(|(indent, _)| std::cmp::Reverse(*indent));
    for (_, put) in behind {
        if !text.ends_with('\n') {
            text.push_str(line_break);
        }
        for line in put.lines() {
            text.push_str(line);
            text.push_str(line_break);
        }
    }
    text
}

/// A stretch of the diff.
#[derive(Default)]
struct Hunk {
    start: usize,
    old: usize,
    new: usize,
    body: String,
}

impl Hunk {
    fn keep(&mut self, line: &str) {
        self.push(' ', line);
        self.old += 1;
        self.new += 1;
    }

    fn change(&mut self, line: &str, changed: &str) {
        let rest = match changed.strip_prefix(line) {
            Some(rest) if line.ends_with('\n') => {
                self.keep(line);
                rest
            }
            _ => {
                self.push('-', line);
                self.old += 1;
                changed
            }
        };
        for line in lines(rest) {
            self.push('+', line);
            self.new += 1;
        }
    }

    fn push(&mut self, mark: char, line: &str) {
        self.body.push(mark);
        self.body.push_str(line);
        if !line.ends_with('\n') {
            self.body.push_str("\n\\ No newline at end of file\n");
        }
    }

    /// Writes the hunk, if there is one; returns how many lines it adds.
    fn finish(&mut self, added: usize, diff: &mut String) -> usize {
        let Self { start, old, new, body } = std::mem::take(self);
        if body.is_empty() {
            return 0;
        }
        let _ = writeln!(diff, "@@ -{},{old} +{},{new} @@", start + 1, start + 1 + added);
        diff.push_str(&body);
        new - old
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(text: &str) -> Edit {
        Edit { behind: vec![(0, text.to_owned())], ..Edit::default() }
    }

    #[test]
    fn hunks_have_context_and_join_where_they_meet() {
        let text = (1..=20).map(|n| n.to_string() + "\n").collect::<String>();
        let edits = Edits::from([(1, behind("a\n")), (6, behind("b\n")), (18, behind("c\nd\n"))]);
        let (new, diff) = apply(&text, &edits, "x.yml");
        assert!(new.contains("2\na\n3\n") && new.contains("19\nc\nd\n20\n"));
        let expected = "\
--- a/x.yml
+++ b/x.yml
@@ -1,10 +1,12 @@
 1
 2
+a
 3
 4
 5
 6
 7
+b
 8
 9
 10
@@ -17,4 +19,6 @@
 17
 18
 19
+c
+d
 20
";
        assert_eq!(diff, expected);
    }

    #[test]
    fn a_text_may_end_without_a_line_break() {
        let (new, diff) = apply("a\nb", &Edits::from([(1, behind("c\n"))]), "x");
        assert_eq!(new, "a\nb\nc\n");
        assert!(diff.ends_with(" a\n-b\n\\ No newline at end of file\n+b\n+c\n"), "{diff}");
    }

    #[test]
    fn lines_keep_their_kind_of_break_and_inner_lists_come_first() {
        let edit = Edit {
            within: vec![(1, ", b".to_owned()), (1, ", c".to_owned())],
            behind: vec![(2, "  - x\n".to_owned()), (4, "    - y\n".to_owned())],
        };
        let (new, _) = apply("a]\r\n", &Edits::from([(0, edit)]), "x");
        assert_eq!(new, "a, b, c]\r\n    - y\r\n  - x\r\n");
    }
}
