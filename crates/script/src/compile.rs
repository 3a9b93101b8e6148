//! From source to the frozen `parse` function.

use std::collections::HashMap;

use starlark::environment::Module;
use starlark::eval::Evaluator;
use starlark::syntax::{AstModule, Dialect};
use starlark::values::OwnedFrozenValue;
use starlark_syntax::syntax::ast::{AstStmt, ParameterP, StmtP};

use crate::cost;
use crate::decode::decodes_first;
use crate::error::ScriptError;
use crate::guard::{Guarded, OPERATORS};
use crate::library;
use crate::limits::{CALL_DEPTH, HEAP_BYTES, SOURCE_BYTES, TICKS};
use crate::tokens::Tokens;
use crate::work;

/// The function that a script must define.
pub(crate) const PARSE: &str = "parse";

/// What is kept of a source.
pub(crate) struct Compiled {
    pub(crate) guarded: Guarded,
    pub(crate) parse: OwnedFrozenValue,
    /// Whether `parse` begins by decoding the record as JSON.
    pub(crate) decodes_first: bool,
}

pub(crate) fn compile(source: &str) -> Result<Compiled, ScriptError> {
    if source.len() > SOURCE_BYTES {
        return Err(ScriptError::whole(&format!("the script is longer than {} KiB", SOURCE_BYTES >> 10)));
    }
    let dialect = Dialect { enable_load: false, ..Dialect::Standard };
    let tokens = Tokens::read(source, &dialect)
        .map_err(|refusal| ScriptError::at(source, refusal.at, &refusal.message))?;
    let tree = AstModule::parse("script", source.to_owned(), &dialect)
        .map_err(|error| ScriptError::of_syntax(&error, source))?;
    check_parse(source, tree.statement())?;
    let decodes_first = decodes_first(tree.statement(), &tokens);
    let guarded = Guarded::new(source, &tokens, tree.statement())
        .map_err(|refusal| ScriptError::at(source, refusal.at, &refusal.message))?;
    let mut tree = AstModule::parse("script", guarded.text.clone(), &dialect)
        .map_err(|error| ScriptError::of_guarded(&error, source, &guarded))?;
    let operators = OPERATORS.map(|(operator, function)| (operator.to_owned(), function.to_owned()));
    tree.replace_binary_operators(&HashMap::from(operators));
    let parse = freeze(tree, source, &guarded)?;
    Ok(Compiled { guarded, parse, decodes_first })
}

/// Looks at the definition of `parse`, if it is one: with wrong parameters each call would fail.
fn check_parse(source: &str, tree: &AstStmt) -> Result<(), ScriptError> {
    let statements = match &tree.node {
        StmtP::Statements(statements) => statements.as_slice(),
        _ => std::slice::from_ref(tree),
    };
    for statement in statements {
        let StmtP::Def(def) = &statement.node else { continue };
        if def.name.node.ident != PARSE {
            continue;
        }
        let mut positional = 0;
        let mut required = 0;
        for parameter in &def.params {
            match &parameter.node {
                ParameterP::Normal(_, _, default) => {
                    positional += 1;
                    required += usize::from(default.is_none());
                }
                ParameterP::Args(..) => positional += 1,
                _ => {}
            }
        }
        if positional == 0 || required > 1 {
            let at = def.name.span.begin().get() as usize;
            let message = "`parse` must take one parameter, the text of the record: `def parse(log):`";
            return Err(ScriptError::at(source, at, message));
        }
    }
    Ok(())
}

/// Runs the top level and freezes what it defines.
fn freeze(tree: AstModule, source: &str, guarded: &Guarded) -> Result<OwnedFrozenValue, ScriptError> {
    cost::start_over();
    work::start_over();
    Module::with_temp_heap(|module| {
        {
            let mut eval = Evaluator::new(&module);
            limit(&mut eval).map_err(|error| ScriptError::whole(&error.to_string()))?;
            eval.eval_module(tree, &library::globals())
                .map_err(|error| ScriptError::of_run(&error, &eval, source, guarded))?;
        }
        for name in module.names() {
            // Freezing recurses with the depth of the values.
            let checked = module.get(name.as_str()).map_or(Ok(0), cost::text_size);
            checked.map_err(|error| ScriptError::whole(&format!("`{}`: {error}", name.as_str())))?;
        }
        let frozen = module.freeze().map_err(|error| ScriptError::whole(&error.err_msg))?;
        let parse = frozen.get_option(PARSE).ok().flatten();
        match parse {
            Some(parse) if parse.value().get_type() == "function" => Ok(parse),
            Some(_) => Err(ScriptError::whole("`parse` is no function")),
            None => Err(ScriptError::whole("the script does not define the function `parse(log)`")),
        }
    })
}

/// Bounds what an evaluation may use.
pub(crate) fn limit(eval: &mut Evaluator<'_, '_, '_>) -> anyhow::Result<()> {
    // The heap is gone after the record, and collecting recurses with the depth of the values.
    eval.disable_gc();
    eval.set_max_callstack_size(CALL_DEPTH)?;
    eval.set_max_heap_size(HEAP_BYTES)?;
    eval.set_max_tick_count(TICKS)
}
