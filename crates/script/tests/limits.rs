//! Scripts that want too much end in an error, at a fixed point, and leave the next record as it was.

#![expect(clippy::panic, clippy::expect_used, reason = "a helper of tests fails the test")]

use std::time::{Duration, Instant};

use sawlog_script::{Script, limits};

/// Runs `body` as `parse(log)`, and then another record, which must come out well.
fn ends(body: &str, log: &str) -> String {
    let lines: Vec<String> = body.lines().map(|line| format!("    {line}\n")).collect();
    let source =
        format!("def parse(log):\n    if log == 'fine':\n        return {{'fine': 1}}\n{}", lines.concat());
    let script = Script::compile(&source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    let mut event = String::new();
    let start = Instant::now();
    let error = script.run(log, &mut event).expect_err(body);
    assert!(start.elapsed() < Duration::from_secs(30), "{body}");
    script.run("fine", &mut event).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(event, "{\"fine\":1}");
    error.message
}

fn too_much_memory(body: &str) {
    let message = ends(body, "x");
    assert!(message.contains("MiB of memory"), "{body}: {message}");
}

#[test]
fn endless_loops() {
    for body in [
        "x = [1]\nfor a in range(1000000):\n    for b in range(1000000):\n        pass\nreturn {'a': 1}",
        "[0 for a in range(1000000) for b in range(1000000)]\nreturn {'a': 1}",
        "def f(n):\n    return f(n - 1) + f(n - 1) if n else 1\nf(60)\nreturn {'a': 1}",
    ] {
        let message = ends(body, "x");
        assert!(message.contains("calls and rounds") || message.contains("not allowed"), "{body}: {message}");
    }
    assert!(ends("any(range(2000000000))\nreturn {'a': 1}", "x").contains("a range has at most"));
    assert!(ends("list(range(-2000000000, 2000000000))", "x").contains("a range has at most"));
}

#[test]
fn limits_are_met_at_the_same_point_each_time() {
    for body in [
        "x = 'a' * 100000\ny = []\nfor i in range(100000):\n    y.append(x[i % 7:])\nreturn {'a': 1}",
        "for i in range(900000):\n    if i > 1000:\n        fail('%d' % i)\nreturn {'a': 1}",
    ] {
        assert_eq!(ends(body, "x"), ends(body, "x"));
    }
}

#[test]
fn bombs_in_one_operation() {
    for body in [
        "return {'a': 'a' * 1000000000}",
        "return {'a': 2000000000 * 'abcdefgh'}",
        "return {'a': [0] * 1000000000}",
        "return {'a': (0, 0) * 2000000000}",
        "return {'a': b'ab' * 1000000000}",
        "x = 'a' * 1000000\nreturn {'a': x.replace('', x)}",
        "x = 'a' * 100000\nreturn {'a': x.join(list(x.elems()))}",
        "x = 'a' * 1000000\nreturn {'a': ('{0}' * 1000).format(x)}",
        "x = 'a' * 1000000\nf = x.replace\nreturn {'a': f('a', x)}",
    ] {
        too_much_memory(body);
    }
}

#[test]
fn doubling() {
    for body in [
        "x = 'ab'\nfor _ in range(100):\n    x = x + x\nreturn {'a': x}",
        "x = [1]\nfor _ in range(100):\n    x += x\nreturn {'a': x}",
        "x = [1]\nfor _ in range(100):\n    x.extend(x + x)\nreturn {'a': x}",
        &format!("x = 'ab'\n{}return {{'a': x}}", "x += x\n".repeat(100)),
        "x = 'a' * 1000000\nreturn {'a': [x[1:] for _ in range(10000)]}",
        "x = 'a' * 1000000\nreturn {'a': [0 for _ in range(10000) if x[1:] == '']}",
        "x = 'a' * 1000000\nf = lambda: x[1:]\nreturn {'a': [f() for _ in range(10000)]}",
        "x = 'a' * 1000000\ny = []\nfor i in range(10000):\n    if i:\n        y.append(x[i:])",
        "d = {i: i for i in range(100000)}\nreturn {'a': [dict(d) for _ in range(10000)]}",
        "d = {i: i for i in range(100000)}\nreturn {'a': [d | d for _ in range(10000)]}",
        "d = {i: i for i in range(100000)}\nl = []\nfor i in range(10000):\n    l.append({})\n    \
         l[-1].update(d)\nreturn {'a': l}",
    ] {
        too_much_memory(body);
    }
}

/// Small values that hold each other twice at every level are far too large to walk through.
#[test]
fn comparisons_and_searches_are_paid_for() {
    let values = "x = [1]\ny = [1]\nfor _ in range(60):\n    x = [x, x]\n    y = [y, y]\n";
    let text = "s = ['a' * 1000000 + 'x'] * 100000\nt = 'a' * 1000000 + 'y'\n";
    for end in ["x == y", "x != y", "x < y", "x >= y", "x in [y]", "x not in [0, y]", "{'k': x} == {'k': y}"]
    {
        let message = ends(&format!("{values}return {{'a': {end}}}"), "x");
        assert!(message.contains("compares and searches"), "{end}: {message}");
    }
    for end in ["[y].index(x)", "[y].remove(x)"] {
        let message = ends(&format!("{values}return {{'a': {end}}}"), "x");
        assert!(message.contains("compares and searches"), "{end}: {message}");
    }
    let message = ends(&format!("{text}return {{'a': t in s}}"), "x");
    assert!(message.contains("compares and searches"), "{message}");
}

#[test]
fn what_is_small_may_be_compared_with_what_is_not() {
    let source = "def parse(log):\n    x = [1]\n    for _ in range(60):\n        x = [x, x]\n    \
                  return {'a': x == [[1], 2], 'b': x == None, 'c': 'k' in [x, 'k'], \
                  'd': (1 < 2) == (x != [])}";
    let mut event = String::new();
    Script::compile(source).expect(source).run("x", &mut event).expect(source);
    assert_eq!(event, "{\"a\":false,\"b\":false,\"c\":true,\"d\":true}");
}

#[test]
fn integers_stay_small() {
    for body in [
        "x = 3\nfor _ in range(100):\n    x = x * x\nreturn {'a': x}",
        "return {'a': 1 << 2000}",
        "return {'a': 1 << 2000000000}",
        "return {'a': int('9' * 1000000)}",
    ] {
        let message = ends(body, "x");
        assert!(message.contains("1024 bits"), "{body}: {message}");
    }
}

#[test]
fn recursion_and_deep_values() {
    assert!(ends("def f(n):\n    return f(n + 1)\nf(0)", "x").contains("nested more than"));
    let deep = "x = []\nfor _ in range(100000):\n    x = [x]\n";
    for end in [
        "return {'a': x}",
        "return {'a': str(x)}",
        "return {'a': '%s' % [x]}",
        "return {'a': '{}'.format(x)}",
        "return {'a': repr({'k': x})}",
        "return {'a': json.encode(x)}",
    ] {
        let message = ends(&format!("{deep}{end}"), "x");
        assert!(message.contains("levels deep"), "{end}: {message}");
    }
    let other = "y = []\nfor _ in range(100000):\n    y = [y]\n";
    ends(&format!("{deep}{other}if x == y:\n    return {{}}\nreturn {{}}"), "x");
    let tuple = "x = ()\nfor _ in range(100000):\n    x = (x,)\n";
    ends(&format!("{tuple}return {{'a': {{x: 1}}}}"), "x");
}

#[test]
fn shared_values_do_not_multiply() {
    let shared = "x = ['a']\nfor _ in range(60):\n    x = [x, x]\n";
    for (end, part) in [
        ("return {'a': x}", "MiB of JSON"),
        ("return {'a': str(x)}", "text of more than"),
        ("return {'a': '%s' % (x,)}", "text of more than"),
    ] {
        let message = ends(&format!("{shared}{end}"), "x");
        assert!(message.contains(part), "{end}: {message}");
    }
}

#[test]
fn large_records() {
    let script = Script::compile("def parse(log):\n    return {'n': len(log)}\n").expect("a sound script");
    let mut event = String::new();
    let longest = "x".repeat(limits::RECORD_BYTES);
    script.run(&longest, &mut event).expect("within the limit");
    assert_eq!(event, format!("{{\"n\":{}}}", limits::RECORD_BYTES));
    let error = script.run(&format!("{longest}x"), &mut event).unwrap_err();
    assert!(error.message.contains("longer than 1 MiB"), "{error}");
}

#[test]
fn sources_that_nest_too_deep_are_refused() {
    let n = 5_000;
    for expression in [
        format!("{}{}", "(".repeat(n), ")".repeat(n)),
        format!("{}1{}", "[".repeat(n), "]".repeat(n)),
        "(".repeat(n),
        format!("{}1", "not ".repeat(n)),
        format!("{}1", "-".repeat(n)),
        format!("1{}", " + 1".repeat(n)),
        format!("{}1", "lambda: ".repeat(n)),
        format!("1{}", " if 1 else 1".repeat(n / 2)),
        format!("log{}", ".x".repeat(n)),
        format!("log{}", "()".repeat(n)),
        format!("log{}", "[0]".repeat(n)),
    ] {
        let source = format!("def parse(log):\n    return {{'a': {expression}}}\n");
        let error = Script::compile(&source).expect_err(&expression[..20]);
        assert!(error.message.contains("levels deep"), "{}: {error}", &expression[..20]);
    }
    let mut blocks = "def parse(log):\n".to_owned();
    for level in 1..1000_usize.min(limits::SOURCE_BYTES) {
        blocks.push_str(&" ".repeat(level));
        blocks.push_str("if 1:\n");
        if blocks.len() > limits::SOURCE_BYTES - 2000 {
            break;
        }
    }
    assert!(Script::compile(&blocks).unwrap_err().message.contains("levels deep"));
    let chain = format!("def parse(log):\n  if 1:\n    pass\n{}", "  elif 1:\n    pass\n".repeat(1000));
    assert!(Script::compile(&chain).unwrap_err().message.contains("levels deep"));
    let long = format!("def parse(log):\n    return {{'a': 1}}\n# {}", "x".repeat(limits::SOURCE_BYTES));
    assert!(Script::compile(&long).unwrap_err().message.contains("longer than 64 KiB"));
}

#[test]
fn long_sources_are_fine_if_they_are_flat() {
    let members: Vec<String> = (0..1500).map(|n| format!("'key{n}': log[{n}:],\n")).collect();
    let statements =
        "    x = log + 'a'\n    if x == 'b':\n        x = 'c'\n    elif x == 'd':\n        x = 'e'\n";
    let body = statements.repeat(150);
    let source = format!("def parse(log):\n{body}    return {{\n{}}}\n", members.concat());
    assert!(source.len() < limits::SOURCE_BYTES);
    let mut event = String::new();
    Script::compile(&source)
        .unwrap_or_else(|error| panic!("{error}"))
        .run("x", &mut event)
        .expect("an event");
    assert!(event.contains("\"key1499\":\"\""));
}

#[test]
fn the_top_level_is_bounded_too() {
    for (source, part) in [
        ("X = 'a' * 1000000000\n", "MiB of memory"),
        ("X = [a for a in range(1000000) for b in range(1000000)]\n", "calls and rounds"),
        (
            "def f():\n    x = []\n    for _ in range(100000):\n        x = [x]\n    return x\nX = f()\n",
            "levels deep",
        ),
    ] {
        let source = format!("{source}def parse(log):\n    return {{'a': 1}}\n");
        let error = Script::compile(&source).unwrap_err();
        assert!(error.message.contains(part), "{error}");
    }
}

/// To look at long values again and again leaves no trace in memory, and ends all the same. Comparisons that
/// are settled by their first character bring the limit near, so that the test does not take as long as the
/// limit allows.
fn costly(values: &str, looks: &[&str]) {
    for look in looks {
        let near = "x = 'a' * 400000\nw = ' ' * 400000 + '1'\nfor _ in range(670):\n    x == w\n";
        let body = format!("{near}{values}for _ in range(200000):\n    {look}\nreturn {{'a': 1}}");
        let message = ends(&body, "x");
        let is_charged = message.contains("compares and searches") || message.contains("MiB of memory");
        assert!(is_charged, "{look}: {message}");
    }
}

#[test]
fn long_looks_at_text_are_paid_for() {
    costly(
        "i = 399999\nf = x.find\ng = len\nh = [x.count][0]\nz = '0' * 400000\n",
        &[
            "x.find('b')",
            "x.count('b')",
            "x.count(',', 5)",
            "x.rfind('b')",
            "x.isalnum()",
            "x.isdigit()",
            "x.islower()",
            "x.strip('a')",
            "x.strip(x)",
            "x.lstrip('ba')",
            "x.partition('b')",
            "x.rpartition('b')",
            "x.replace('b', '')",
            "x[i]",
            "x[399999]",
            "x[-1]",
            "x[i:i]",
            "x[-1:]",
            "len(x)",
            "hash(x)",
            "int(z)",
            "json.decode(w)",
            "'{}'.format(1, x)",
            "f('b')",
            "g(x)",
            "h('b')",
            "[x.find('b') for _ in range(1000)]",
        ],
    );
    assert!(ends("return {'a': getattr('x', 'find')('x')}", "x").contains("in place of getattr"));
}

#[test]
fn long_comparisons_within_functions_are_paid_for() {
    let values = "t = 'a' * 400000\nu = 'b' + x\nb = [u] * 1000\nkey = {t: 1}\n";
    costly(
        values,
        &[
            "x.startswith(t)",
            "x.startswith(tuple(b))",
            "x.removeprefix(t + 'b')",
            "sorted(b)",
            "min(b)",
            "max(b)",
            "key[x]",
            "key.get(x)",
            "key.setdefault(x)",
            "{x: 1, u: 2}",
            "key == {x: 1}",
        ],
    );
}

#[test]
fn long_lists_and_dicts_are_paid_for() {
    let values = "n = [0] * 20000\nd = {i: i for i in range(20000)}\n";
    costly(
        values,
        &[
            "any(n)",
            "all(range(1, 20000))",
            "max(n)",
            "min(range(20000))",
            "''.join([''] * 20000)",
            "n.pop(0)",
            "n.insert(0, 1)",
            "d.pop(len(d) - 1)",
            "tuple(n)",
            "(tuple(n), 1)",
            "sorted(n, key=lambda i: x)",
            "min(n, key=lambda i: x)",
        ],
    );
}

#[test]
fn what_is_paid_for_gives_what_the_language_says() {
    let source = "
def parse(log):
    f = log.find
    d = {'k': 1, 'l': 2}
    k = 'k'
    at = -1
    d[k] += 1
    return {
        'a': [log.find('l'), f('l'), log.count('l', 3), log[at], log[1:at], log.strip('ho'), (log)[at]],
        'b': [len(log), len([1, 2]), any([0, 1]), all([]), any([]), hash('ab')],
        'c': [min(3, 1, 2), max([3, 1]), max('a', 'ccc', 'bb', key=len), min([[2], [1, 9]])],
        'd': sorted([3, 1, 2], reverse=True) + sorted(['bb', 'a'], key=len),
        'e': [d[k], d.get(k), d.get('x', 7), d.pop(k), d.popitem(), d],
        'f': [tuple([1, 2]), tuple(), log.startswith(k), log.endswith(('x', 'o')), {k + k: [1][0]}],
    }
";
    let script = Script::compile(source).unwrap_or_else(|error| panic!("{error}"));
    let mut event = String::new();
    script.run("hello", &mut event).unwrap_or_else(|error| panic!("{error}"));
    let expected = "{\"a\":[2,2,1,\"o\",\"ell\",\"ell\",\"o\"],\"b\":[5,2,true,true,false,3105],\
                    \"c\":[1,3,\"ccc\",[1,9]],\"d\":[3,2,1,\"a\",\"bb\"],\
                    \"e\":[2,2,7,2,[\"l\",2],{}],\"f\":[[1,2],[],false,true,{\"kk\":1}]}";
    assert_eq!(event, expected);
    for empty in ["min([])", "max()", "sorted([1, 'a'])", "hash(1)", "[1][k]"] {
        ends(&format!("k = 7\nreturn {{'a': {empty}}}"), "x");
    }
}
