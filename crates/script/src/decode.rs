//! Whether a script begins by decoding the record as JSON.
//!
//! Most scripts that fit JSON alone do, and fail on any other text before they have done anything. Among many
//! log types they are offered every line of text, and to see that it is no JSON takes a fraction of the time
//! that it takes to start the interpreter and to put its error into words.

use starlark_syntax::lexer::Token;
use starlark_syntax::syntax::ast::{
    ArgumentP, AssignTargetP, AstExpr, AstLiteral, AstStmt, ExprP, ParameterP, StmtP,
};

use crate::compile::PARSE;
use crate::tokens::Tokens;

/// Whether the first thing that `parse` does is `json.decode` of its parameter, to return it or to name it.
/// Where one of the names could mean something else, it is taken not to be.
pub(crate) fn decodes_first(tree: &AstStmt, tokens: &Tokens) -> bool {
    let is_module = tokens.uses("json").all(|next| next == Some(&Token::Dot));
    if !is_module || tokens.uses(PARSE).count() != 1 {
        return false;
    }
    let parse = statements(tree).iter().find_map(|statement| match &statement.node {
        StmtP::Def(def) if def.name.node.ident == PARSE => Some(def),
        _ => None,
    });
    let log = parse.and_then(|parse| parse.params.first()).map(|first| &first.node);
    let (Some(def), Some(ParameterP::Normal(log, ..))) = (parse, log) else { return false };
    let mut body = statements(&def.body).iter().skip_while(|statement| is_text(statement));
    let value = match body.next().map(|first| &first.node) {
        Some(StmtP::Return(Some(value))) => value,
        Some(StmtP::Assign(assign)) if matches!(assign.lhs.node, AssignTargetP::Identifier(_)) => &assign.rhs,
        _ => return false,
    };
    is_decoding(value, &log.node.ident)
}

/// Whether an expression is `json.decode(log)`.
fn is_decoding(value: &AstExpr, log: &str) -> bool {
    let ExprP::Call(function, arguments) = &value.node else { return false };
    let ExprP::Dot(module, name) = &function.node else { return false };
    let [only] = arguments.args.as_slice() else { return false };
    let ArgumentP::Positional(record) = &only.node else { return false };
    is_named(module, "json") && name.node == "decode" && is_named(record, log)
}

fn is_named(expression: &AstExpr, wanted: &str) -> bool {
    matches!(&expression.node, ExprP::Identifier(name) if name.node.ident == wanted)
}

fn statements(block: &AstStmt) -> &[AstStmt] {
    match &block.node {
        StmtP::Statements(statements) => statements,
        _ => std::slice::from_ref(block),
    }
}

/// Whether a statement is a text that documents the function.
fn is_text(statement: &AstStmt) -> bool {
    let StmtP::Expression(expression) = &statement.node else { return false };
    matches!(expression.node, ExprP::Literal(AstLiteral::String(_)))
}

#[cfg(test)]
mod tests {
    use crate::Script;

    #[test]
    fn scripts_that_decode_first_are_bound_to_fail_on_text() {
        for (source, fails) in [
            ("def parse(log):\n    return json.decode(log)\n", true),
            ("def parse(x):\n    'Words.'\n    e = json.decode(x)\n    return e\n", true),
            ("def f(e):\n    return e\ndef parse(log):\n    e = json.decode(log)\n    return f(e)\n", true),
            // Something else comes first, or may.
            ("def parse(log):\n    return json.decode(log) if log[0] == '{' else {'a': log}\n", false),
            ("def parse(log):\n    return json.decode(log.strip('x'))\n", false),
            ("def parse(log):\n    if log:\n        return {'a': 1}\n    return json.decode(log)\n", false),
            ("def parse(log, a='{}'):\n    return json.decode(a)\n", false),
            // The names may mean something else.
            ("json = range\ndef parse(log):\n    return json.decode(log)\n", false),
            ("def parse(log):\n    return json.decode(log)\nf = parse\n", false),
            ("def f(log):\n    return json.decode(log)\ndef parse(log):\n    return f(log)\n", false),
        ] {
            let script = Script::compile(source).unwrap_or_else(|error| panic!("{error}: {source}"));
            assert_eq!(script.is_bound_to_fail(b"7 of 9"), fails, "{source}");
            for json in [&b"{\"a\": [1, 2.5e3]}"[..], b" 7 ", b"\"\\ud800\"", b"{}"] {
                assert!(!script.is_bound_to_fail(json), "{source}");
            }
            if fails {
                assert!(script.run("7 of 9", &mut String::new()).is_err(), "{source}");
            }
        }
    }
}
