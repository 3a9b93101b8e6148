//! Guards put into the source, so that memory is checked as often as it may grow.
//!
//! The interpreter counts calls and rounds, and looks at its heap once in a thousand of them. Between two
//! looks a loop that copies its input, or a single `"x" * 1000000000`, can take all the memory there is. So
//! the source is changed before it is compiled: each function, each round of a loop and each `+=` begins with
//! a check, and the few operators and methods whose result or duration can be far larger than what they are
//! given become calls of functions that know their size in advance.
//!
//! The changes are edits of the text, found in its syntax tree. Places in errors are led back to the
//! original text through the list of edits.

use starlark_syntax::codemap::Span;
use starlark_syntax::lexer::Token;
use starlark_syntax::lexer::TokenInt;
use starlark_syntax::syntax::ast::{
    ArgumentP, AssignOp, AssignTargetP, AstArgument, AstAssignTarget, AstExpr, AstLiteral, AstNoPayload,
    AstStmt, ClauseP, ExprP, StmtP,
};
use starlark_syntax::syntax::uniplate::Visit;

use crate::tokens::Tokens;

/// What begins a name of this crate's own.
pub(crate) const RESERVED: &str = "sawlog_";

/// The function that binds a receiver to a method.
pub(crate) const BIND: &str = "partial";

/// Operators that become functions.
pub(crate) const OPERATORS: [(&str, &str); 13] = [
    ("+", "sawlog_add"),
    ("*", "sawlog_multiply"),
    ("%", "sawlog_percent"),
    ("<<", "sawlog_shift"),
    ("|", "sawlog_or"),
    ("==", "sawlog_equal"),
    ("!=", "sawlog_unequal"),
    ("<", "sawlog_less"),
    ("<=", "sawlog_at_most"),
    (">", "sawlog_greater"),
    (">=", "sawlog_at_least"),
    ("in", "sawlog_in"),
    ("not in", "sawlog_not_in"),
];

/// Methods that become functions of their own, which take the receiver first.
const METHODS: [&str; 6] = ["format", "index", "join", "remove", "replace", "update"];

/// Methods that look at all of their receiver, and may make nothing of it that would count as memory.
const SCANS: [&str; 22] = [
    "count",
    "find",
    "insert",
    "isalnum",
    "isalpha",
    "isdigit",
    "islower",
    "isspace",
    "istitle",
    "isupper",
    "lstrip",
    "partition",
    "pop",
    "popitem",
    "rfind",
    "rindex",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "strip",
];

/// Methods that compare one end of their receiver with what they are given.
const ENDS: [&str; 4] = ["endswith", "removeprefix", "removesuffix", "startswith"];

/// Methods that look up their first argument.
const LOOKUPS: [&str; 2] = ["get", "setdefault"];

/// Bytes of a text, and greatest place in a value, that cost nothing where they stand in the source.
const SMALL: usize = 64;

/// Whether a method may cost more than its receiver shows.
pub(crate) fn is_guarded(method: &str) -> bool {
    METHODS.contains(&method)
        || SCANS.contains(&method)
        || ENDS.contains(&method)
        || LOOKUPS.contains(&method)
}

/// A change of the text.
#[derive(Debug)]
struct Edit {
    at: usize,
    removed: usize,
    inserted: String,
    /// Order among the edits of one place: what closes comes before what opens, and inner before outer.
    rank: isize,
}

/// Source with its guards.
#[derive(Debug)]
pub(crate) struct Guarded {
    pub(crate) text: String,
    edits: Vec<Edit>,
}

/// Why a source cannot be guarded.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// Offset in the source.
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Guarded {
    /// Guards `source`, of which `tree` is the syntax tree.
    pub(crate) fn new(source: &str, tokens: &Tokens, tree: &AstStmt) -> Result<Self, Refusal> {
        let mut guard = Guard { source, tokens, edits: Vec::new(), refusal: None };
        guard.statement(tree);
        if let Some(refusal) = guard.refusal {
            return Err(refusal);
        }
        let mut edits = guard.edits;
        edits.sort_by_key(|edit| (edit.at, edit.rank));
        let mut text = String::with_capacity(source.len() * 2);
        let mut copied = 0;
        for edit in &edits {
            text.push_str(&source[copied..edit.at]);
            text.push_str(&edit.inserted);
            copied = edit.at + edit.removed;
        }
        text.push_str(&source[copied..]);
        Ok(Self { text, edits })
    }

    /// The offset in the original source of an offset in the guarded one.
    pub(crate) fn original(&self, at: usize) -> usize {
        // Offset in the guarded text minus offset in the original.
        let mut shift = 0_isize;
        for edit in &self.edits {
            let begin = edit.at.saturating_add_signed(shift);
            if at < begin {
                break;
            }
            if at < begin + edit.inserted.len() {
                return edit.at;
            }
            shift += edit.inserted.len() as isize - edit.removed as isize;
        }
        at.saturating_add_signed(-shift)
    }
}

struct Guard<'a> {
    source: &'a str,
    tokens: &'a Tokens,
    edits: Vec<Edit>,
    refusal: Option<Refusal>,
}

/// Recurses with the nesting of the source, which was bounded before it was parsed.
impl Guard<'_> {
    fn statement(&mut self, statement: &AstStmt) {
        match &statement.node {
            StmtP::AssignModify(_, AssignOp::Add, value) => self.wrap(value, "sawlog_pass"),
            StmtP::AssignModify(
                target,
                op @ (AssignOp::Multiply | AssignOp::Percent | AssignOp::LeftShift | AssignOp::BitOr),
                _,
            ) => {
                let op = op.to_string();
                let op = op.trim();
                let plain = op.trim_end_matches('=');
                self.refuse(target.span, format!("`{op}` is not allowed; write `x = x {plain} …`"));
            }
            StmtP::Assign(assign) => self.target(&assign.lhs),
            StmtP::AssignModify(target, ..) => self.target(target),
            StmtP::For(each) => {
                self.target(&each.var);
                self.check_before(&each.body);
            }
            StmtP::Def(def) => self.check_before(&def.body),
            _ => {}
        }
        statement.visit_children(|child| match child {
            Visit::Stmt(statement) => self.statement(statement),
            Visit::Expr(expression) => self.expression(expression),
        });
    }

    fn expression(&mut self, expression: &AstExpr) {
        match &expression.node {
            ExprP::ListComprehension(element, _, clauses) => {
                self.wrap(element, "sawlog_pass");
                self.rounds(clauses);
            }
            ExprP::DictComprehension(pair, _, clauses) => {
                self.wrap(&pair.0, "sawlog_pass");
                self.key(&pair.0);
                self.rounds(clauses);
            }
            // Keys are hashed recursively, and of what nests only tuples can be keys.
            ExprP::Tuple(items) if !items.is_empty() => self.wrap(expression, "sawlog_tuple"),
            ExprP::Lambda(lambda) => self.wrap(&lambda.body, "sawlog_pass"),
            ExprP::Dot(receiver, method) => self.bind(receiver, method.span, &method.node),
            ExprP::Call(function, arguments) => {
                if let ExprP::Dot(receiver, method) = &function.node
                    && self.call(receiver, &method.node, &arguments.args)
                {
                    self.expression(receiver);
                    arguments.args.iter().for_each(|argument| self.expression(argument.expr()));
                    return;
                }
            }
            ExprP::Index(pair) => self.index(&pair.1, expression.span),
            ExprP::Slice(text, start, stop, _) => {
                let is_small = |at: &Option<Box<AstExpr>>| at.as_ref().is_none_or(|at| is_small(at));
                if !is_small(start) || !is_small(stop) {
                    self.wrap(text, "sawlog_scan");
                }
            }
            ExprP::Dict(pairs) => pairs.iter().for_each(|(key, _)| self.key(key)),
            _ => {}
        }
        expression.visit_expr(|child| self.expression(child));
    }

    /// Guards the call of a method without binding it first, where that will do.
    fn call(&mut self, receiver: &AstExpr, method: &str, arguments: &[AstArgument]) -> bool {
        let positional = |argument: &AstArgument| match &argument.node {
            ArgumentP::Positional(value) => is_small(value),
            _ => false,
        };
        let are_small = arguments.iter().all(positional);
        if LOOKUPS.contains(&method) {
            let Some(ArgumentP::Positional(key)) = arguments.first().map(|first| &first.node) else {
                return false;
            };
            self.key(key);
        } else if SCANS.contains(&method) {
            if are_small && (method != "pop" || !arguments.is_empty()) {
                self.wrap(receiver, "sawlog_scan");
            }
            return are_small;
        }
        !METHODS.contains(&method) && (are_small || !ENDS.contains(&method))
    }

    /// Makes `x[at]`, of which `span` is the place, to `sawlog_at((x), (at))`, unless it is at hand.
    fn index(&mut self, at: &AstExpr, span: Span) {
        if is_small(at) {
            return;
        }
        // That of `x` itself may lie within parentheses.
        let (begin, end) = self.tokens.whole(span);
        let (inside, _) = self.tokens.whole(at.span);
        let Some(bracket) = self.tokens.last_before(inside, &Token::OpeningSquare) else { return };
        let close = end - 1;
        let rank = 1 + self.edits.len() as isize;
        self.edits.push(Edit { at: begin, removed: 0, inserted: "sawlog_at((".to_owned(), rank });
        self.edits.push(Edit { at: bracket, removed: 1, inserted: "), (".to_owned(), rank: 0 });
        self.edits.push(Edit { at: close, removed: 1, inserted: "))".to_owned(), rank: 0 });
    }

    /// Guards what a value is put under.
    fn target(&mut self, target: &AstAssignTarget) {
        match &target.node {
            AssignTargetP::Index(pair) => self.key(&pair.1),
            AssignTargetP::Tuple(targets) => targets.iter().for_each(|target| self.target(target)),
            _ => {}
        }
    }

    fn key(&mut self, key: &AstExpr) {
        if !is_small(key) {
            self.wrap(key, "sawlog_key");
        }
    }

    /// What a comprehension evaluates in each round beside its element.
    fn rounds(&mut self, clauses: &[ClauseP<AstNoPayload>]) {
        for clause in clauses {
            match clause {
                ClauseP::For(inner) => self.wrap(&inner.over, "sawlog_pass"),
                ClauseP::If(condition) => self.wrap(condition, "sawlog_pass"),
            }
        }
    }

    /// Makes `x` to `function((x))`. The inner parentheses are for tuples without any.
    fn wrap(&mut self, expression: &AstExpr, function: &str) {
        let (begin, end) = self.tokens.whole(expression.span);
        self.enclose(begin, end, format!("{function}(("), "))");
    }

    /// Makes `x.format` to `partial(sawlog_format, (x))`, and `x.find` to
    /// `partial(sawlog_method, (x), "find")`.
    fn bind(&mut self, receiver: &AstExpr, name: Span, method: &str) {
        if !is_guarded(method) {
            return;
        }
        let (function, close) = if METHODS.contains(&method) {
            (method, "))")
        } else {
            ("method", &*format!("), \"{method}\")"))
        };
        let (begin, end) = self.tokens.whole(receiver.span);
        let name_end = name.end().get() as usize;
        let Some(dot) = self.tokens.last_before(name.begin().get() as usize, &Token::Dot) else { return };
        self.enclose(begin, end, format!("{BIND}(sawlog_{function}, ("), close);
        self.edits.push(Edit { at: dot, removed: name_end - dot, inserted: String::new(), rank: 0 });
    }

    fn enclose(&mut self, begin: usize, end: usize, open: String, close: &str) {
        // Later ones are further inside: they open later and close earlier.
        let order = 1 + self.edits.len() as isize;
        self.edits.push(Edit { at: begin, removed: 0, inserted: open, rank: order });
        self.edits.push(Edit { at: end, removed: 0, inserted: close.to_owned(), rank: -order });
    }

    /// Puts a check in front of the first statement of a block.
    fn check_before(&mut self, body: &AstStmt) {
        let first = match &body.node {
            StmtP::Statements(statements) => statements.first().unwrap_or(body),
            _ => body,
        };
        let (begin, _) = self.tokens.whole(first.span);
        let is_compound =
            matches!(first.node, StmtP::If(..) | StmtP::IfElse(..) | StmtP::For(_) | StmtP::Def(_));
        let separator = if is_compound {
            let line = self.source[..begin].rfind('\n').map_or(0, |at| at + 1);
            format!("\n{}", &self.source[line..begin])
        } else {
            "; ".to_owned()
        };
        let inserted = format!("sawlog_check(){separator}");
        self.edits.push(Edit { at: begin, removed: 0, inserted, rank: 1 });
    }

    fn refuse(&mut self, at: Span, message: String) {
        let at = at.begin().get() as usize;
        self.refusal.get_or_insert(Refusal { at, message });
    }
}

/// Whether an expression is a short text or the number of a place near the beginning.
fn is_small(expression: &AstExpr) -> bool {
    match &expression.node {
        ExprP::Literal(AstLiteral::String(text)) => text.node.len() <= SMALL,
        ExprP::Literal(AstLiteral::Int(number)) => {
            matches!(number.node, TokenInt::I32(at) if usize::try_from(at).is_ok_and(|at| at <= SMALL))
        }
        _ => false,
    }
}
