//! Scripts: what one call costs at least, and what it costs to take a line apart or to change a JSON event.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use sawlog_script::Script;

const CALL: &str = "def parse(log):\n    return {'text': log}\n";

const PAIRS: &str = "
def parse(log):
    event = {}
    for part in log.split(' '):
        key, _, value = part.partition('=')
        if value:
            event[key] = value.strip('\"')
    return event
";

const JSON: &str = "
def parse(log):
    event = json.decode(log)
    event['name'] = event['user']['first'] + ' ' + event['user']['last']
    event['tags'] = [tag.upper() for tag in event['tags']]
    return event
";

const LINE: &str = "time=2026-03-01T12:30:00Z user=\"ada\" action=login src=192.0.2.7 port=443 ok=true";

const EVENT: &str = r#"{"id":"e-1","at":"2026-03-01T12:30:00Z","user":{"first":"Ada","last":"L","age":36},
    "tags":["a","b","c"],"source":{"ip":"192.0.2.7","port":443},"ok":true}"#;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("script");
    group.throughput(Throughput::Elements(1));
    for (name, source, log) in [("call", CALL, LINE), ("pairs", PAIRS, LINE), ("json", JSON, EVENT)] {
        let Ok(script) = Script::compile(source) else { continue };
        let mut event = String::new();
        group.bench_function(name, |bencher| bencher.iter(|| script.run(black_box(log), &mut event)));
    }
    group.finish();
    criterion.final_summary();
}
