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
use starlark_syntax::syntax::ast::{AssignOp, AstExpr, AstNoPayload, AstStmt, ClauseP, ExprP, StmtP};
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

/// Methods that become functions, which take the receiver first.
pub(crate) const METHODS: [&str; 6] = ["format", "index", "join", "remove", "replace", "update"];

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
            StmtP::For(each) => self.check_before(&each.body),
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
                self.rounds(clauses);
            }
            // Keys are hashed recursively, and of what nests only tuples can be keys.
            ExprP::Tuple(items) if !items.is_empty() => self.wrap(expression, "sawlog_tuple"),
            ExprP::Lambda(lambda) => self.wrap(&lambda.body, "sawlog_pass"),
            ExprP::Dot(receiver, method) if METHODS.contains(&method.node.as_str()) => {
                self.bind(receiver, method.span, &method.node);
            }
            _ => {}
        }
        expression.visit_expr(|child| self.expression(child));
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

    /// Makes `x.method` to `partial(sawlog_method, (x))`.
    fn bind(&mut self, receiver: &AstExpr, name: Span, method: &str) {
        let (begin, end) = self.tokens.whole(receiver.span);
        let name_end = name.end().get() as usize;
        let Some(dot) = self.tokens.last_before(name.begin().get() as usize, &Token::Dot) else { return };
        self.enclose(begin, end, format!("{BIND}(sawlog_{method}, ("), "))");
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
