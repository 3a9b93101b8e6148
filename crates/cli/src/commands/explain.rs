//! `sawlog explain`: what a code means, with an example and what to do.

use std::io::{self, Write};
use std::process::ExitCode;

use sawlog_engine::{Topic, explain, topics};
use serde::Serialize;

use super::Failure;
use crate::args::Explain;
use crate::output::print;

/// Columns of running text.
const WIDTH: usize = 80;

pub(super) fn run(args: &Explain) -> Result<ExitCode, Failure> {
    let Some(code) = &args.code else {
        let all = topics();
        return print(|out| if args.json { json(out, &all) } else { list(out, &all) });
    };
    let found = explain(code).map_err(|close| {
        let hint = close.map_or_else(
            || "`sawlog explain` lists all".to_owned(),
            |close| format!("did you mean `{close}`?"),
        );
        Failure::usage(format!("there is no code {code}; {hint}"))
    })?;
    print(|out| if args.json { json(out, &found) } else { texts(out, &found) })
}

/// A text as `--json` prints it, one to a line.
#[derive(Serialize)]
struct Shown<'t> {
    code: &'static str,
    kind: &'static str,
    meaning: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    instances: &'t [String],
    example_schema: Option<&'static str>,
    example_input: Option<&'static str>,
    remedy: &'static str,
}

impl<'t> From<&'t Topic> for Shown<'t> {
    fn from(topic: &'t Topic) -> Self {
        let given = |text: &'static str| (!text.is_empty()).then_some(text);
        Self {
            code: topic.code,
            kind: topic.kind.name(),
            meaning: topic.explanation.meaning,
            instances: &topic.instances,
            example_schema: given(topic.explanation.schema),
            example_input: given(topic.explanation.input),
            remedy: topic.explanation.remedy,
        }
    }
}

fn json(out: &mut dyn Write, topics: &[Topic]) -> io::Result<()> {
    for topic in topics {
        serde_json::to_writer(&mut *out, &Shown::from(topic))?;
        writeln!(out)?;
    }
    Ok(())
}

fn list(out: &mut dyn Write, topics: &[Topic]) -> io::Result<()> {
    for (at, group) in topics.chunk_by(|a, b| a.kind == b.kind).enumerate() {
        let gap = if at > 0 { "\n" } else { "" };
        writeln!(out, "{gap}{}:", group[0].kind.name())?;
        for topic in group {
            writeln!(out, "  {:22} {}", topic.code, topic.explanation.meaning)?;
        }
    }
    Ok(())
}

fn texts(out: &mut dyn Write, topics: &[Topic]) -> io::Result<()> {
    for (at, topic) in topics.iter().enumerate() {
        let gap = if at > 0 { "\n" } else { "" };
        writeln!(out, "{gap}{}: {}\n", topic.code, topic.kind.name())?;
        paragraph(out, topic.explanation.meaning)?;
        block(out, "That is:", &topic.instances.join("\n"))?;
        block(out, "Example schema:", topic.explanation.schema)?;
        block(out, "Example log:", topic.explanation.input)?;
        writeln!(out)?;
        paragraph(out, topic.explanation.remedy)?;
    }
    Ok(())
}

/// Text as it is, indented under a title; nothing where there is none.
fn block(out: &mut dyn Write, title: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    text.lines().try_for_each(|line| writeln!(out, "    {line}"))
}

/// Running text, broken between words.
fn paragraph(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let mut column = 0;
    for word in text.split(' ') {
        let len = word.chars().count();
        if column > 0 && column + 1 + len > WIDTH {
            writeln!(out)?;
            column = 0;
        } else if column > 0 {
            write!(out, " ")?;
            column += 1;
        }
        write!(out, "{word}")?;
        column += len;
    }
    writeln!(out)
}
