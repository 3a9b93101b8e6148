//! What scripts can do, and what is said when they cannot.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper of tests fails the test")]

use sawlog_script::{Script, ScriptError};

fn compile(source: &str) -> Script {
    Script::compile(source).unwrap_or_else(|error| panic!("{error}\n{source}"))
}

fn run(source: &str, log: &str) -> Result<String, ScriptError> {
    let mut event = "left over".to_owned();
    compile(source).run(log, &mut event).map(|()| event)
}

/// The value of an expression over `log`, as JSON.
fn value(expression: &str, log: &str) -> Result<String, String> {
    let event = run(&format!("def parse(log):\n    return {{'v': {expression}}}\n"), log);
    let event = event.map_err(|error| error.message)?;
    Ok(event["{\"v\":".len()..event.len() - 1].to_owned())
}

fn refused(source: &str) -> (u32, u32, String) {
    let error = Script::compile(source).unwrap_err();
    (error.line, error.column, error.message)
}

#[test]
fn values_become_json() {
    for (expression, json) in [
        ("None", "null"),
        ("True", "true"),
        ("-7", "-7"),
        ("1 << 100", "1267650600228229401496703205376"),
        ("-(1 << 63)", "-9223372036854775808"),
        ("1.0", "1.0"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("1e300", "1e300"),
        ("-0.0", "-0.0"),
        ("'a\\n\\t\"\\\\\\x01é'", "\"a\\n\\t\\\"\\\\\\u0001é\""),
        ("[1, [], {}, ()]", "[1,[],{},[]]"),
        ("('a', 1)", "[\"a\",1]"),
        ("{'z': {'b': 1, 'a': [None]}, 'a': 2}", "{\"z\":{\"b\":1,\"a\":[null]},\"a\":2}"),
        ("str([1, 'x']) + repr('y')", "\"[1, \\\"x\\\"]\\\"y\\\"\""),
        ("'%s-%d' % ('a', 1)", "\"a-1\""),
        ("'{}/{n}'.format(1, n = 2)", "\"1/2\""),
        ("'-'.join([x.upper() for x in ['a', 'b']])", "\"A-B\""),
        ("'aXa'.replace('a', 'b')", "\"bXb\""),
        ("'aXa'.replace('a', 'b', 1)", "\"bXa\""),
        ("('a' + 'b').replace('a', ('c')).join(['1', '2'])", "\"1cb2\""),
        ("{k: v for k, v in [('a', 1), ('b', 2)] if k != 'b'}", "{\"a\":1}"),
        ("[(x, y) for x in range(2) for y in range(x)]", "[[1,0]]"),
        ("(lambda x: x * 2)(21)", "42"),
        ("3 * 'ab' + 'c' * 2", "\"abababcc\""),
        ("[0] * 3", "[0,0,0]"),
        ("{'a': 1} | {'b': 2}", "{\"a\":1,\"b\":2}"),
        ("dict([('a', 1)], b = 2)", "{\"a\":1,\"b\":2}"),
        ("int('ff', 16) + int('0x10', 0) + int('-7') + int(3.9) + int(True)", "268"),
        ("int(1e20)", "100000000000000000000"),
        ("7 // 2 - 7 % 4 + (1 | 2)", "3"),
        ("sorted(['b', 'a'], key = lambda x: x)", "[\"a\",\"b\"]"),
        ("getattr('x', 'upper')()", "\"X\""),
        ("list(range(3, 0, -1))", "[3,2,1]"),
    ] {
        assert_eq!(value(expression, "").as_deref(), Ok(json), "{expression}");
    }
}

#[test]
fn values_that_json_has_not_are_refused() {
    for (expression, part) in [
        ("float('inf')", "inf is no number"),
        ("float('nan')", "NaN is no number"),
        ("{1: 2}", "a key must be text, but one is of type int"),
        ("range(3)", "type range has no form"),
        ("len", "has no form in JSON"),
        ("b'x'", "type bytes has no form"),
        ("int('x')", "\"x\" is no whole number in base 10"),
        ("int('')", "no whole number"),
        ("int('1', 99)", "base of a number"),
        ("int(float('nan'))", "no whole number"),
        ("[].x", "x"),
        ("fail('not today')", "not today"),
    ] {
        let error = value(expression, "").unwrap_err();
        assert!(error.contains(part), "{expression}: {error}");
    }
}

#[test]
fn json_is_read_exactly() {
    for text in [
        "null",
        "[1,2.5,-0.0,\"é\\n\",true,{}]",
        "{\"z\":1,\"a\":{\"y\":[],\"x\":12345678901234567890123456789}}",
        "-9223372036854775809",
        "18446744073709551615",
    ] {
        assert_eq!(value("json.decode(log)", text).as_deref(), Ok(text));
        assert_eq!(value("json.decode(json.encode(json.decode(log)))", text).as_deref(), Ok(text));
    }
    assert_eq!(value("json.decode(log)", "{\"a\":1,\"a\":2}").as_deref(), Ok("{\"a\":2}"));
    assert_eq!(value("json.encode(log)", "\"").as_deref(), Ok("\"\\\"\\\\\\\"\\\"\""));
    for text in ["", "{", "1 2", "1e400", "nul", "[1,]", "\"\\ud800\"", &"[".repeat(1000), &"9".repeat(5000)]
    {
        value("json.decode(log)", text).unwrap_err();
    }
}

#[test]
fn base64_is_read_and_written() {
    assert_eq!(value("base64.encode(log)", "häuser?>").as_deref(), Ok("\"aMOkdXNlcj8+\""));
    assert_eq!(value("base64.decode(log)", "aMOkdXNlcj8+").as_deref(), Ok("\"häuser?>\""));
    assert_eq!(value("base64.decode(log)", "YQ==").as_deref(), Ok("\"a\""));
    assert_eq!(value("base64.decode(log)", "YQ").as_deref(), Ok("\"a\""));
    assert_eq!(value("base64.encode(b'\\xff')", "").as_deref(), Ok("\"/w==\""));
    assert!(value("base64.decode(log)", "a?b").unwrap_err().contains("no valid base64"));
    assert!(value("base64.decode(log)", "/w==").unwrap_err().contains("not UTF-8"));
    assert!(value("base64.encode(1)", "").unwrap_err().contains("type int"));
}

#[test]
fn errors_name_the_line_of_the_source() {
    let source = "
OFFSET = 1

def part(text):
    parts = text.split(' ')
    total = ''
    for p in parts:
        if p == 'skip':
            continue
        total += p.replace('a', 'b')
    return parts[OFFSET + 1]

def parse(log):
    return {'part': part(log), 'log': '{}'.format(log)}
";
    let script = compile(source);
    let mut event = String::new();
    script.run("a skip c", &mut event).unwrap();
    assert_eq!(event, "{\"part\":\"c\",\"log\":\"a skip c\"}");
    let error = script.run("a b", &mut event).unwrap_err();
    assert_eq!((error.line, error.column), (11, 12), "{error}");
    assert!(error.message.contains("out of bound"), "{error}");
    assert_eq!(event, "");
}

#[test]
fn what_parse_must_return() {
    for (returned, part) in
        [("None", "type NoneType"), ("[]", "type list"), ("{}", "an empty dict"), ("log", "type string")]
    {
        let error = run(&format!("def parse(log):\n    return {returned}\n"), "x").unwrap_err();
        assert!(error.message.contains(part), "{error}");
        assert_eq!(error.line, 0);
    }
    assert!(run("def parse(log):\n    pass\n", "x").unwrap_err().message.contains("NoneType"));
}

#[test]
fn mistakes_in_the_source_have_a_place() {
    for (source, line, column, part) in [
        ("def parse(log)\n    return {}\n", 1, 15, "Parse error"),
        ("def parse(log):\n    return {'a': }\n", 2, 18, "Parse error"),
        ("def parse(log):\n    x = 'é' + undefined\n    return {}\n", 2, 15, "undefined"),
        ("x = 1\n", 0, 0, "does not define the function `parse(log)`"),
        ("", 0, 0, "does not define"),
        ("parse = 1\n", 0, 0, "is no function"),
        ("x = 1\ndef parse():\n    return {}\n", 2, 5, "one parameter"),
        ("def parse(a, b):\n    return {}\n", 1, 5, "one parameter"),
        ("load('x', 'y')\ndef parse(log):\n    return {}\n", 1, 1, "`load` is not allowed"),
        ("def parse(log):\n    x = 2\n    x *= 3\n    return {}\n", 3, 5, "write `x = x * …`"),
        ("def parse(log):\n    return partial(log)\n", 2, 12, "`partial` is reserved"),
        ("def parse(log):\n    return sawlog_check()\n", 2, 12, "reserved"),
        ("x = 1 // 0\ndef parse(log):\n    return {}\n", 1, 5, "zero"),
        ("def parse(log):\n    while True:\n        pass\n", 2, 5, ""),
        ("def parse(log):\n    print(log)\n    return {}\n", 2, 5, "print"),
    ] {
        let (found_line, found_column, message) = refused(source);
        assert_eq!((found_line, found_column), (line, column), "{message}\n{source}");
        assert!(message.contains(part), "{message}\n{source}");
        assert!(!message.contains("sawlog_") || part == "reserved", "{message}");
    }
}

#[test]
fn parse_may_have_optional_parameters() {
    for parameters in ["log", "log, extra = 1", "*args", "log = None", "log, **kwargs"] {
        let source = format!("def parse({parameters}):\n    return {{'a': 1}}\n");
        assert_eq!(run(&source, "x").as_deref(), Ok("{\"a\":1}"), "{parameters}");
    }
}

#[test]
fn records_do_not_know_of_each_other() {
    let source = "SEEN = []\nCOUNT = {'n': 0}\ndef parse(log):\n    COUNT['n'] = COUNT['n'] + 1\n    \
                  SEEN.append(log)\n    return {'n': COUNT['n']}\n";
    let script = compile(source);
    let mut event = String::new();
    for _ in 0..2 {
        let error = script.run("x", &mut event).unwrap_err();
        assert_eq!(error.line, 4, "{error}");
        assert!(error.message.contains("cannot be changed"), "{error}");
    }
}

#[test]
fn one_script_runs_on_several_threads() {
    let script = compile("def parse(log):\n    return {'n': int(log) * 2}\n");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let script = &script;
            scope.spawn(move || {
                let mut event = String::new();
                for n in 0..100 {
                    script.run(&format!("{}", n * thread), &mut event).unwrap();
                    assert_eq!(event, format!("{{\"n\":{}}}", n * thread * 2));
                }
            });
        }
    });
}
