//! A diff as people read it: one aligned line per change, what follows from it below.

use std::fmt::Write as _;

use super::{Change, ChangeKind, Diff, Side};

/// Characters of one value that are shown, and so of each column at most.
const SHOWN: usize = 44;

/// Characters of a value where two are shown.
const VALUE: usize = SHOWN / 2 - 2;

const RED: &str = "\x1b[1;31m";
const GREEN: &str = "\x1b[32m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

impl Diff {
    /// Renders the changes for people, with a summary as the last line. With `colour` the result carries ANSI
    /// escapes.
    pub fn render(&self, colour: bool) -> String {
        let rows: Vec<Row> = self.changes.iter().map(Row::new).collect();
        let place = width(rows.iter().map(|row| row.place.as_str()));
        let what = width(rows.iter().map(|row| row.what.as_str()));
        let paint = |code, text: &str| if colour { format!("{code}{text}{RESET}") } else { text.to_owned() };
        let mut out = String::new();
        for row in &rows {
            let (code, verdict) =
                if row.change.is_breaking { (RED, "breaking  ") } else { (GREEN, "compatible") };
            let (verdict, kind) = (paint(code, verdict), row.change.kind.name());
            // Writing to a string cannot fail.
            let cells = format!("{kind:6}  {:place$}  {:what$}  {}", row.place, row.what, row.lines);
            let _ = writeln!(out, "{verdict}  {}", cells.trim_end());
            if let Some(note) = &row.change.note {
                let _ = writeln!(out, "            {}", paint(DIM, &printable(note, usize::MAX)));
            }
        }
        out.push_str(&self.summary());
        out.push('\n');
        out
    }

    fn summary(&self) -> String {
        let breaking = self.changes.iter().filter(|change| change.is_breaking).count();
        let compatible = self.changes.len() - breaking;
        let count = |n: usize, word: &str| format!("{n} {word} change{}", if n == 1 { "" } else { "s" });
        match (breaking, compatible) {
            (0, 0) => "no changes".to_owned(),
            (0, n) => count(n, "compatible"),
            (n, 0) => count(n, "breaking"),
            (b, c) => format!("{}, {}", count(b, "breaking"), count(c, "compatible")),
        }
    }
}

/// The width of a column: that of its widest cell, the very wide ones left aside.
fn width<'a>(cells: impl Iterator<Item = &'a str>) -> usize {
    cells.map(|cell| cell.chars().count()).filter(|n| *n <= SHOWN).max().unwrap_or(0)
}

/// The cells of a change.
struct Row<'a> {
    change: &'a Change,
    place: String,
    what: String,
    lines: String,
}

impl<'a> Row<'a> {
    fn new(change: &'a Change) -> Self {
        let path = printable(&change.path, usize::MAX);
        let place = match change.attribute {
            Some(key) if path.is_empty() => key.to_owned(),
            Some(key) => format!("{path} {key}"),
            None => path,
        };
        let (old, new) = (change.old.as_ref(), change.new.as_ref());
        let what = match change.kind {
            ChangeKind::Add => shown(new, 0),
            ChangeKind::Delete => shown(old, 0),
            ChangeKind::Meta if value(old).is_none() && value(new).is_none() => String::new(),
            ChangeKind::Retype | ChangeKind::Meta => {
                let cut = shared_beginning(old, new);
                format!("{} → {}", shown(old, cut), shown(new, cut))
            }
        };
        let line = |side: Option<&Side>| side.and_then(|side| side.line);
        let lines = match (line(old), line(new)) {
            (Some(old), Some(new)) if old != new => format!("line {old} → {new}"),
            (Some(line), _) | (None, Some(line)) => format!("line {line}"),
            (None, None) => String::new(),
        };
        Self { change, place, what, lines }
    }
}

fn value(side: Option<&Side>) -> Option<&str> {
    side?.text.as_deref()
}

/// How many characters two values begin with alike and need not show, since one of them is too long to be
/// shown whole. A few are left, to find the place by.
fn shared_beginning(old: Option<&Side>, new: Option<&Side>) -> usize {
    const LEFT: usize = 4;
    let (old, new) = (value(old).unwrap_or_default(), value(new).unwrap_or_default());
    let is_long = |text: &str| text.chars().nth(VALUE).is_some();
    let shared = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    if is_long(old) || is_long(new) { shared.saturating_sub(LEFT) } else { 0 }
}

/// A value, without so many characters of its beginning.
fn shown(side: Option<&Side>, cut: usize) -> String {
    let Some(text) = value(side) else { return "-".to_owned() };
    if cut == 0 {
        return printable(text, VALUE);
    }
    let rest: String = text.chars().skip(cut).collect();
    format!("…{}", printable(&rest, VALUE - 1))
}

/// Text on one line that commands no terminal, of so many characters at most.
fn printable(text: &str, most: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * SHOWN));
    for (at, c) in text.chars().enumerate() {
        if at == most {
            shown.push('…');
            break;
        }
        if c.is_control() { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}
