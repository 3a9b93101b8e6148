#!/usr/bin/env python3
"""Runs sawlog beside its peers on the same dumps, in alternation, and prints medians and ratios.

Every contestant runs once a round on each dump and with each number of threads, in turn, so that whatever
else the machine does hits all of them alike. Only the ratios of one run mean anything; absolute figures of a
noisy machine do not. The interpreter that runs this must have the packages of requirements.txt.

  run.py --rounds 9                                       the usual dump of Atlassian.Audit, 1 and 2 threads
  run.py --log-type AWS.CloudTrail --threads 2            another log
  run.py --dumps usual gzip zstd --only sawlog            what compressed input costs
  run.py --dumps clean dirty --only sawlog                what bad records and undeclared fields cost
  run.py --extra 'mine=./convert {threads} {input} {out}' a program of your own beside them
"""

import argparse
import os
import pathlib
import sys
import tempfile

import report
from contestants import (
    DUMPS,
    HERE,
    REFERENCE,
    column_sizes,
    commands,
    measure,
    remove,
    takes_part,
    warm,
    write_dump,
)
from log_types import LOG_TYPES


def arguments():
    target = HERE.parent.parent / "target" / "release"
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--sawlog", type=pathlib.Path, default=target / "sawlog", help="the binary to measure")
    add("--arrow-json", type=pathlib.Path, default=target / "examples" / "arrow_json")
    add("--log-type", choices=LOG_TYPES, default="Atlassian.Audit")
    add("--dumps", nargs="+", choices=DUMPS, default=["usual"], help="the generated dumps; default: usual")
    add("--input", type=pathlib.Path, help="a dump of your own in their place")
    add("--events", type=int, default=1_000_000, help="size of the generated dumps")
    add("--seed", type=int, default=42)
    add("--rounds", type=int, default=5)
    add("--threads", type=int, nargs="+", default=[1, 2], help="one table for each number")
    add("--only", nargs="+", metavar="NAME", help="sawlog, duckdb, clickhouse, arrow-json")
    add("--extra", action="append", default=[], metavar="NAME=COMMAND", help="one more contestant")
    add("--scratch", type=pathlib.Path, help="folder for dumps and output, a few GB; default: TMPDIR")
    add("--save", metavar="NAME", help="keep the runs in benches/runs/<date>-<machine>/NAME.json")
    add("--note", action="append", default=[], help="a caveat to keep with them")
    return parser.parse_args()


def run_all(options, dumps, scratch):
    """Runs by dump, threads and contestant, and sizes of columns by dump and contestant."""
    chosen, out = commands(options), scratch / "out"
    results = {dump: {threads: {} for threads in options.threads} for dump in dumps}
    sizes = {dump: {} for dump in dumps}
    for number in range(1, options.rounds + 1):
        for dump, path in dumps.items():
            warm(path)
            for threads in options.threads:
                for name, command in chosen.items():
                    if not takes_part(name, dump, options.log_type):
                        continue
                    run = measure(name, command, dump, threads, path, out)
                    results[dump][threads].setdefault(name, []).append(run)
                    if name not in sizes[dump]:
                        sizes[dump][name] = column_sizes(out)
                    remove(out)
                    told = f"round {number}, {dump}, {threads} threads: {name} {run['wall_s']:.2f} s"
                    print("  " + told, file=sys.stderr, flush=True)
    return results, sizes


def main():
    options = arguments()
    if not options.sawlog.exists():
        sys.exit(f"{options.sawlog} is not there; build it with: cargo build --release -p sawlog")
    facts = report.facts(options)
    with tempfile.TemporaryDirectory(prefix="sawlog-peers-", dir=options.scratch) as scratch:
        scratch = pathlib.Path(scratch)
        if options.input:
            bytes = options.input.stat().st_size
            dumps = {"own": options.input.resolve()}
            dump_sizes = {"own": {"bytes": bytes, "decoded_bytes": bytes}}
        else:
            written = {name: write_dump(name, options, scratch) for name in options.dumps}
            dumps = {name: path for name, (path, _) in written.items()}
            dump_sizes = {name: size for name, (_, size) in written.items()}
        results, sizes = run_all(options, dumps, scratch)
    facts["load_after"] = os.getloadavg()[0]
    versions = ", ".join(f"{name} {value}" for name, value in facts["versions"].items() if value)
    head = f"{facts['date'][:10]}, {facts['processor']}, {facts['cores']} cores, {facts['memory_gb']} GB;"
    parts = [f"{head} {versions}. {options.log_type}, medians of {options.rounds} alternated rounds."]
    for dump, by_threads in results.items():
        parts += [report.table(runs, dump, threads, dump_sizes[dump]) for threads, runs in by_threads.items()]
        if REFERENCE in sizes[dump]:
            parts.append(report.size_table(sizes[dump], dump))
    parts.append("\n".join(f"- {line}" for line in report.comparisons(results)))
    text = "\n\n".join(part for part in parts if part) + "\n"
    print(text)
    if options.save:
        content = {"facts": facts, "dumps": dump_sizes, "runs": results, "sizes": sizes}
        print(f"kept in {report.save(options.save, content, text)}", file=sys.stderr)


if __name__ == "__main__":
    main()
