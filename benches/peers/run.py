#!/usr/bin/env python3
"""Runs sawlog beside its peers on one dump, in alternation, and prints medians and ratios.

Every contestant runs once a round, in turn, so that whatever else the machine does hits all of them alike.
Only the ratios of one run mean anything; absolute figures of a noisy machine do not. Standard library only;
the interpreter that runs this must have DuckDB (requirements.txt), which runs as a process of its own.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = "duckdb"


def arguments():
    target = HERE.parent.parent / "target" / "release"
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sawlog", type=pathlib.Path, default=target / "sawlog", help="the binary to measure"
    )
    parser.add_argument("--arrow-json", type=pathlib.Path, default=target / "examples" / "arrow_json")
    parser.add_argument("--input", type=pathlib.Path, help="an NDJSON dump; otherwise one is generated")
    parser.add_argument("--events", type=int, default=1_000_000, help="size of the generated dump")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="one table for each number")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="sawlog, duckdb, arrow-json")
    parser.add_argument(
        "--scratch", type=pathlib.Path, help="folder for dump and output, a few GB; default: TMPDIR"
    )
    parser.add_argument("--json", type=pathlib.Path, help="file for the raw runs")
    return parser.parse_args()


def contestants(options):
    """Name → command with {threads}, {input} and {out} to fill in; each prints an object with its `rows`."""
    commands = {
        "sawlog": f"{options.sawlog} convert {{input}} --schema Atlassian.Audit --out {{out}}"
        " --threads {threads} --partition none --json",
        "duckdb": f"{sys.executable} {HERE / 'duckdb_convert.py'} {{threads}} {{input}} {{out}}",
        "arrow-json": f"{options.arrow_json} {{threads}} {{input}} {{out}}",
    }
    names = options.only or list(commands)
    return {name: commands[name].split(" ") for name in names}


def measure(command, threads, dump, out):
    """Runs one conversion into a fresh folder: time, peak memory, size and rows of the result."""
    shutil.rmtree(out, ignore_errors=True)
    filled = [part.format(threads=threads, input=dump, out=out) for part in command]
    # With one thread, helper threads of the runtime must not help.
    pin = (lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})) if threads == 1 else None
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = subprocess.Popen(filled, stdout=output, stderr=errors, preexec_fn=pin)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            message = errors.read().decode(errors="replace")[-2000:]
            sys.exit(f"{' '.join(filled)}\nended with {process.returncode}\n{message}")
        rows = json.loads(output.read())["rows"]
    size = sum(file.stat().st_size for file in out.rglob("*.parquet"))
    shutil.rmtree(out)
    # Linux gives the peak in KiB.
    return {
        "wall_s": wall,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * 1024 / 1e6,
        "out_mb": size / 1e6,
        "rows": rows,
    }


def rounds(commands, threads, dump, scratch, count):
    runs = {name: [] for name in commands}
    for number in range(1, count + 1):
        for name, command in commands.items():
            run = measure(command, threads, dump, scratch / "out")
            runs[name].append(run)
            print(f"  round {number}: {name} {run['wall_s']:.2f} s", file=sys.stderr, flush=True)
    return runs


def ratio(runs, name):
    """How many times faster than the reference, round by round, then the median."""
    if REFERENCE not in runs:
        return float("nan")
    pairs = zip(runs[REFERENCE], runs[name], strict=True)
    return statistics.median(reference["wall_s"] / own["wall_s"] for reference, own in pairs)


def report(runs, threads, dump):
    megabytes = dump.stat().st_size / 1e6
    print(f"\n{threads} thread{'s' if threads > 1 else ''}, {megabytes:.0f} MB of NDJSON")
    print(
        f"{'':12}{'wall s':>8}{'min..max':>14}{'MB/s':>7}{'CPU s':>8}{'peak MB':>9}{'out MB':>8}"
        f"{'x ' + REFERENCE:>10}"
    )
    for name, own in runs.items():
        middle = {key: statistics.median(run[key] for run in own) for key in own[0]}
        walls = [run["wall_s"] for run in own]
        peak = max(run["peak_mb"] for run in own)
        spread = f"{min(walls):.2f}..{max(walls):.2f}"
        print(
            f"{name:12}{middle['wall_s']:8.2f}{spread:>14}{megabytes / middle['wall_s']:7.0f}"
            f"{middle['cpu_s']:8.2f}{peak:9.0f}{middle['out_mb']:8.1f}{ratio(runs, name):10.2f}"
        )
    counts = {name: own[0]["rows"] for name, own in runs.items()}
    if len(set(counts.values())) > 1:
        print(f"The contestants disagree about the rows: {counts}")


def main():
    options = arguments()
    commands = contestants(options)
    with tempfile.TemporaryDirectory(prefix="sawlog-peers-", dir=options.scratch) as scratch:
        scratch, dump = pathlib.Path(scratch), options.input
        if dump is None:
            dump = scratch / "dump.ndjson"
            size = ["--events", str(options.events), "--seed", str(options.seed)]
            subprocess.run([options.sawlog, "generate", *size, "--out", dump], check=True)
        with open(dump, "rb") as warm:
            while warm.read(1 << 24):
                pass
        results = {}
        for threads in options.threads:
            results[threads] = rounds(commands, threads, dump, scratch, options.rounds)
            report(results[threads], threads, dump)
        if options.json:
            options.json.write_text(
                json.dumps({"bytes": dump.stat().st_size, "runs": results}, indent=1) + "\n"
            )


if __name__ == "__main__":
    main()
