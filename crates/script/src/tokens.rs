//! The source as tokens: how deep it nests, and where an expression really begins and ends.

use starlark_syntax::codemap::{CodeMap, Span};
use starlark_syntax::dialect::Dialect;
use starlark_syntax::lexer::{Lexer, Token};

use crate::guard::{BIND, RESERVED, Refusal};
use crate::limits::NESTING;

/// Tokens with their places; white space, line breaks and comments left out.
#[derive(Debug)]
pub(crate) struct Tokens(Vec<(usize, Token, usize)>);

impl Tokens {
    /// Reads all tokens and checks how deep they nest. Ends early where the text is not Starlark; the parser
    /// words that error.
    pub(crate) fn read(source: &str, dialect: &Dialect) -> Result<Self, Refusal> {
        let codemap = CodeMap::new(String::new(), source.to_owned());
        let mut tokens = Vec::new();
        let mut nesting = Nesting::default();
        for lexeme in Lexer::new(source, dialect, codemap) {
            let Ok((begin, token, end)) = lexeme else { break };
            if let Token::Identifier(name) = &token
                && (name.starts_with(RESERVED) || name == BIND)
            {
                let message = format!("the name `{name}` is reserved; choose another one");
                return Err(Refusal { at: begin, message });
            }
            if token == Token::Load {
                let message = "`load` is not allowed: a script stands on its own".to_owned();
                return Err(Refusal { at: begin, message });
            }
            if nesting.take(&token) > NESTING {
                let message = format!("the source nests more than {NESTING} levels deep; split it up");
                return Err(Refusal { at: begin, message });
            }
            if !matches!(
                token,
                Token::Newline | Token::Indent | Token::Dedent | Token::Comment(_) | Token::Tabs
            ) {
                tokens.push((begin, token, end));
            }
        }
        Ok(Self(tokens))
    }

    /// The offset of the last `token` that begins before `at`.
    pub(crate) fn last_before(&self, at: usize, token: &Token) -> Option<usize> {
        let end = self.0.partition_point(|(begin, ..)| *begin < at);
        self.0[..end].iter().rev().find(|(_, found, _)| found == token).map(|(begin, ..)| *begin)
    }

    /// How often a name occurs, each time with the token that follows.
    pub(crate) fn uses<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Option<&'a Token>> {
        let is_name = move |token: &Token| matches!(token, Token::Identifier(found) if found == name);
        let uses = self.0.iter().enumerate().filter(move |(_, (_, token, _))| is_name(token));
        uses.map(|(at, _)| self.0.get(at + 1).map(|(_, token, _)| token))
    }

    /// The span of an expression, with the parentheses that the syntax tree has forgotten: `(a + b) * c`
    /// begins at `a` there.
    pub(crate) fn whole(&self, span: Span) -> (usize, usize) {
        let (begin, end) = (span.begin().get() as usize, span.end().get() as usize);
        let mut first = self.0.partition_point(|(at, ..)| *at < begin);
        let mut behind = self.0.partition_point(|(.., at)| *at <= end);
        let (mut balance, mut lowest) = (0_isize, 0_isize);
        for (_, token, _) in &self.0[first..behind.max(first)] {
            balance += step(token);
            lowest = lowest.min(balance);
        }
        for _ in lowest..0 {
            first = first.saturating_sub(1);
        }
        for _ in 0..balance - lowest {
            behind = (behind + 1).min(self.0.len());
        }
        let begin = self.0.get(first).map_or(begin, |(at, ..)| *at);
        let end = self.0[..behind].last().map_or(end, |(.., at)| *at);
        (begin, end)
    }
}

const fn step(token: &Token) -> isize {
    match token {
        Token::OpeningRound | Token::OpeningSquare | Token::OpeningCurly => 1,
        Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly => -1,
        _ => 0,
    }
}

/// An upper bound of the depth of the syntax tree: an expression is no deeper than it has tokens between two
/// commas, and an `elif` lies inside the `if` before it.
#[derive(Debug, Default)]
struct Nesting {
    /// For each open block, the `elif`s since its last other statement.
    blocks: Vec<usize>,
    elifs: usize,
    at_start: bool,
    /// For each open bracket, the tokens in front of it since the last comma.
    brackets: Vec<usize>,
    tokens: usize,
    /// Sums of the two lists.
    outer: usize,
}

impl Nesting {
    fn take(&mut self, token: &Token) -> usize {
        match token {
            Token::Indent => {
                self.outer += self.elifs + 1;
                self.blocks.push(std::mem::take(&mut self.elifs));
                self.at_start = true;
            }
            Token::Dedent => {
                self.elifs = self.blocks.pop().unwrap_or_default();
                self.outer = self.outer.saturating_sub(self.elifs + 1);
                self.at_start = true;
            }
            Token::Newline | Token::Semicolon => {
                self.tokens = 0;
                self.at_start = true;
            }
            Token::Comma => self.tokens = 0,
            _ => self.part(token),
        }
        self.outer + self.elifs + self.tokens
    }

    fn part(&mut self, token: &Token) {
        if std::mem::take(&mut self.at_start) {
            match token {
                Token::Elif => self.elifs += 1,
                Token::Else => {}
                _ => self.elifs = 0,
            }
        }
        match step(token) {
            1 => {
                self.outer += self.tokens + 1;
                self.brackets.push(std::mem::take(&mut self.tokens));
            }
            -1 => {
                self.tokens = self.brackets.pop().unwrap_or_default();
                self.outer = self.outer.saturating_sub(self.tokens + 1);
                self.tokens += 1;
            }
            _ => self.tokens += 1,
        }
    }
}
