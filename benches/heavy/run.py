#!/usr/bin/env python3
"""Runs sawlog on inputs that are too large, or take too long, for the test suite, and notes the outcome.

Each case makes its input in a scratch folder, converts it with the release binary, and checks the exit code,
the counts, what is published and what is left behind, the peak memory and the number of open files. Inputs
and outputs are removed after each case. Standard library only; Linux.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

import cases

HERE = pathlib.Path(__file__).resolve().parent
POLL_SECONDS = 0.02


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    binary = HERE.parent.parent / "target" / "release" / "sawlog"
    parser.add_argument("--sawlog", type=pathlib.Path, default=binary, help="the binary to run")
    parser.add_argument("--only", nargs="+", metavar="CASE", choices=sorted(cases.CASES), help="some cases")
    parser.add_argument("--scratch", type=pathlib.Path, help="folder with 8 GB of room; default: TMPDIR")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--results", type=pathlib.Path, help="file for the table, in Markdown")
    return parser.parse_args()


@dataclasses.dataclass
class Outcome:
    """What a conversion gave, and what it took."""

    code: int
    report: dict
    told: str
    seconds: float
    peak_mb: float
    open_files: int


def convert(options, folder, case):
    """Runs one conversion; the kernel says what it took."""
    command = [options.sawlog, "convert", *case.inputs, "--out", "lake", "--threads", str(options.threads)]
    command += ["--json", "--schema", case.schema, *case.flags]
    out, err = folder / "stdout", folder / "stderr"
    with open(out, "wb") as stdout, open(err, "wb") as stderr:
        begun = time.monotonic()
        child = subprocess.Popen(command, cwd=folder, stdout=stdout, stderr=stderr)
        feeder = subprocess.Popen(case.feeder, cwd=folder, shell=True) if case.feeder else None
        open_files, ended = 0, (0, 0, None)
        while ended[0] == 0:
            time.sleep(POLL_SECONDS)
            try:
                open_files = max(open_files, len(os.listdir(f"/proc/{child.pid}/fd")))
            except OSError:
                pass  # It has just ended.
            ended = os.wait4(child.pid, os.WNOHANG)
        seconds = time.monotonic() - begun
    _, status, usage = ended
    child.returncode = os.waitstatus_to_exitcode(status)
    if feeder:
        feeder.wait()
    text = out.read_text()
    report = json.loads(text) if text else {}
    return Outcome(child.returncode, report, err.read_text(), seconds, usage.ru_maxrss / 1024, open_files)


def faults(case, outcome, lake):
    """What is not as it should be."""
    report = outcome.report
    if outcome.code != 0:
        yield f"exit code {outcome.code}: {outcome.told}"
        return
    if report["records"] != report["rows"] + report["quarantined"] + report["skipped"]:
        yield "the counts do not add up"
    if report["rows"] != case.rows:
        yield f"{report['rows']} rows instead of {case.rows}"
    if report["reasons"] != case.reasons:
        yield f"reasons {report['reasons']} instead of {case.reasons}"
    if report["rows"] != sum(file["rows"] for file in report["files"]):
        yield "the rows of the files do not add up"
    for file in report["files"]:
        if (lake / file["path"]).stat().st_size != file["bytes"]:
            yield f"{file['path']} has another size than reported"
    if (lake / "_tmp").exists():
        yield "staged files were left"
    if outcome.peak_mb > case.max_mb:
        yield f"peak memory {outcome.peak_mb:.0f} MB is beyond {case.max_mb} MB"
    if outcome.open_files > cases.MAX_OPEN_FILES:
        yield f"{outcome.open_files} files were open"


def show_rejects(options, folder):
    """Codes and messages of the first rejects. The raw bytes that follow them may be large: memory that this
    process holds would count as the next conversion's, which begins as a copy of it."""
    command = [options.sawlog, "quarantine", "show", "lake", "--limit", "5"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as child:
        start = child.stdout.read(1 << 16).decode(errors="replace")
    found = re.findall(r'^\{"code":"([^"]*)","message":("(?:[^"\\]|\\.)*")', start, re.MULTILINE)
    return list(dict.fromkeys(f"{code}: {json.loads(message)}" for code, message in found))


def run(options, name, scratch):
    """Prepares, runs and checks one case; returns its line of the table and whether all was well."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=scratch))
    try:
        case = cases.CASES[name](folder, options.sawlog)
        outcome = convert(options, folder, case)
        wrong = list(faults(case, outcome, folder / "lake"))
        told = [] if wrong or not case.reasons else show_rejects(options, folder)
    finally:
        shutil.rmtree(folder)
    report = outcome.report
    line = {
        "case": case.title,
        "raw MB": f"{report.get('input_bytes', 0) / 1e6:,.1f}",
        "decoded MB": f"{report.get('decoded_bytes', 0) / 1e6:,.0f}",
        "rows": f"{report.get('rows', 0):,}",
        "rejects": f"{report.get('quarantined', 0)}",
        "files": f"{len(report.get('files', [])):,}",
        "seconds": f"{outcome.seconds:.1f}",
        "peak MB": f"{outcome.peak_mb:.0f} of {case.max_mb}",
        "open files": f"{outcome.open_files}",
    }
    figures = "  ".join(f"{key} {value}" for key, value in line.items())
    print(f"{name}: {'FAILED' if wrong else 'ok'}  {figures}", flush=True)
    for text in wrong + told:
        print(f"  {text}", flush=True)
    return line, told, not wrong


def machine(options):
    """The machine without its name."""
    model = "unknown processor"
    for text in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if text.startswith("model name"):
            model = text.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    version = subprocess.run([options.sawlog, "--version"], capture_output=True, text=True, check=True)
    kernel = platform.release().split("-")[0]
    return f"{version.stdout.strip()}, {os.cpu_count()} cores ({model}), {memory:.0f} GiB, Linux {kernel}"


def write_results(options, lines, told):
    columns = list(lines[0])
    table = [columns, [":--"] + ["--:"] * (len(columns) - 1), *([line[c] for c in columns] for line in lines)]
    text = "# Heavy runs: results\n\n"
    text += f"{time.strftime('%Y-%m-%d')}, {machine(options)}, {options.threads} threads.\n\n"
    text += "\n".join("| " + " | ".join(row) + " |" for row in table) + "\n\n"
    text += "All cases passed. Peak memory is that of the process, beside its bound.\n\n"
    text += "## What was told of rejects\n\n"
    text += "\n".join(f"- {case}: {message}" for case, messages in told for message in messages) + "\n"
    options.results.write_text(text)


def main():
    options = arguments()
    options.sawlog = options.sawlog.resolve()
    lines, told, good = [], [], True
    for name in options.only or cases.CASES:
        line, messages, is_good = run(options, name, options.scratch)
        lines.append(line)
        told.append((line["case"], messages))
        good &= is_good
    if good and options.results:
        write_results(options, lines, told)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
