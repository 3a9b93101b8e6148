//! Where output goes: data to standard output, talk to standard error.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use crate::commands::Failure;

/// Whether talk is coloured: on a terminal, unless `NO_COLOR` is set to anything.
pub(crate) fn is_coloured() -> bool {
    !is_colour_refused() && io::stderr().is_terminal()
}

/// Whether data that is meant for people is coloured, by the same rule.
pub(crate) fn is_stdout_coloured() -> bool {
    !is_colour_refused() && io::stdout().is_terminal()
}

fn is_colour_refused() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Says something to the user. A closed standard error is no reason to stop.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says what went wrong.
pub(crate) fn complain(message: &str) {
    let head = if is_coloured() { "\x1b[1;31merror:\x1b[0m" } else { "error:" };
    tell(&format!("{head} {}", harmless(message)));
}

/// Text with its control characters, line breaks left aside, as escapes: names of fields and files come from
/// others, and must not command the terminal.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let commands = |c: char| c.is_control() && c != '\n';
    if !text.contains(commands) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| if commands(c) { c.escape_default().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(escape).collect())
}

/// Writes data. A reader that has seen enough, as `head` has, ends the command without a complaint.
pub(crate) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<ExitCode, Failure> {
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {
            // What is still buffered has no reader either.
            std::mem::forget(out);
            Ok(ExitCode::SUCCESS)
        }
        Err(e) => Err(Failure { message: format!("cannot write to standard output: {e}"), exit_code: 1 }),
    }
}
