//! Guards change nothing: random programs come out as the interpreter alone would have them.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use proptest::prelude::*;
use sawlog_script::Script;
use serde_json::Value;
use starlark::environment::{Globals, LibraryExtension, Module};
use starlark::eval::Evaluator;
use starlark::syntax::{AstModule, Dialect};
use starlark::values::dict::DictRef;
use starlark::values::list::ListRef;
use starlark::values::tuple::TupleRef;

/// What the interpreter makes of it, without guards and with functions of its own.
fn oracle(source: &str, log: &str) -> Option<Value> {
    Module::with_temp_heap(|module| {
        let mut eval = Evaluator::new(&module);
        let tree = AstModule::parse("script", source.to_owned(), &Dialect::Standard).ok()?;
        eval.eval_module(tree, &Globals::extended_by(&[LibraryExtension::Json])).ok()?;
        let parse = module.get("parse")?;
        let log = module.heap().alloc(log);
        let event = eval.eval_function(parse, &[log], &[]).ok()?;
        has_text_keys(event).then(|| serde_json::from_str(&event.to_json().ok()?).ok())?
    })
}

/// The interpreter writes other keys as text too.
fn has_text_keys(value: starlark::values::Value<'_>) -> bool {
    if let Some(dict) = DictRef::from_value(value) {
        return dict.iter().all(|(key, value)| key.unpack_str().is_some() && has_text_keys(value));
    }
    if let Some(tuple) = TupleRef::from_value(value) {
        return tuple.iter().all(has_text_keys);
    }
    ListRef::from_value(value).is_none_or(|list| list.iter().all(has_text_keys))
}

fn actual(source: &str, log: &str) -> Option<Value> {
    let mut event = String::new();
    Script::compile(source).ok()?.run(log, &mut event).ok()?;
    Some(serde_json::from_str(&event).unwrap())
}

/// Forms of expressions; `@` stands for another one. Loops run over lists, because the compiler lets one over
/// an empty text pass where it knows the text in advance.
const FORMS: [&str; 48] = [
    "@ + @",
    "(@ + @)",
    "@ * @",
    "@ % @",
    "@ | @",
    "@ << 2",
    "@ - @",
    "@ // @",
    "@ == @",
    "@ in @",
    "@ < @",
    "not @",
    "-@",
    "@ and @",
    "@ or @",
    "(@ if @ else @)",
    "@, @",
    "(@, @)",
    "((@),)",
    "[@, (@)]",
    "[@]",
    "{'p': @, 'q': @}",
    "{str(@): @}",
    "(@)[@]",
    "(@)[1:]",
    "(@)[::-1]",
    "(@).join(@)",
    "'-'.join([@, @])",
    "(@).replace(@, @)",
    "'{}{k}'.format(@, k = @)",
    "(@).format(@)",
    "'%s/%s' % (@, @)",
    "(@ + @).replace('a', 'b').upper()",
    "(@ | @).get('p')",
    "[@ for i in range(3)]",
    "[i for i in list(@) if @]",
    "[(i, j) for i in list(@) for j in list(@)]",
    "{str(i): @ for i in range(2)}",
    "(lambda x: @)(@)",
    "(lambda x, y = @: (x, y))(@)",
    "str(@)",
    "repr(@)",
    "len(@)",
    "int(@)",
    "dict(@)",
    "dict([('p', @)], q = @)",
    "sorted(@)",
    "json.encode(@)",
];

const LEAVES: [&str; 14] = [
    "log",
    "1",
    "-2",
    "70000",
    "'a b'",
    "''",
    "'7'",
    "[]",
    "['x', 'y']",
    "()",
    "{'p': 1}",
    "None",
    "True",
    "2.5",
];

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(LEAVES.to_vec()).prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        (prop::sample::select(FORMS.to_vec()), prop::collection::vec(inner, 3)).prop_map(|(form, inner)| {
            let mut parts = form.split('@');
            let first = parts.next().unwrap_or_default().to_owned();
            parts.zip(&inner).fold(first, |text, (part, inner)| text + inner + part)
        })
    })
}

/// Forms of function bodies.
const BODIES: [&str; 6] = [
    "    x = @\n    return {'v': x, 'w': @}\n",
    "    x = @; x += @\n    return {'v': x}\n",
    "    x = [@]\n    y = x\n    x += [@]\n    return {'v': y}\n",
    "    x = {}\n    for i in list(@):\n        if i == @:\n            continue\n        \
     x[str(i)] = @\n    return x\n",
    "    x = {'a': 1}\n    x.update(b = @); x.update([('c', @)])\n    f = x.update\n    \
     f({'d': @})\n    return x\n",
    "    def f(x):\n        \"\"\"What it does.\"\"\"\n        if @: return @\n        return x\n    \
     (f)(@)\n    for i in range(2): i\n    return {'v': f(log)}\n",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn guards_change_nothing(
        body in prop::sample::select(BODIES.to_vec()),
        inner in prop::collection::vec(expression(), 3),
        log in prop::sample::select(vec!["", "a", "abc", "7"]),
    ) {
        let mut parts = body.split('@');
        let first = parts.next().unwrap_or_default().to_owned();
        let body = parts.zip(&inner).fold(first, |text, (part, inner)| text + inner + part);
        let source = format!("def parse(log):\n{body}");
        let expected = oracle(&source, log).filter(|event| event.as_object().is_some_and(|o| !o.is_empty()));
        prop_assert_eq!(actual(&source, log), expected, "{}", source);
    }
}
