"""Runs to tables, and to a file that keeps all of them."""

import datetime
import importlib.metadata
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess

from contestants import HERE, REFERENCE

RUNS = HERE.parent / "runs"


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def ratio(first, second, key="wall_s"):
    """How often the second fits into the first, round by round, then the median."""
    return statistics.median(one[key] / two[key] for one, two in zip(first, second, strict=True))


def table(results, dump, threads, size):
    """One table of Markdown for a dump and a number of threads; `results` are runs by contestant."""
    megabytes = size["decoded_bytes"] / 1e6
    stored = f", {size['bytes'] / 1e6:.0f} MB as stored" if size["bytes"] != size["decoded_bytes"] else ""
    title = f"{dump} dump, {threads} thread{'s' if threads > 1 else ''}"
    lines = [
        f"{title}: {megabytes:.0f} MB of NDJSON{stored}",
        "",
        f"| | wall s | min..max | MB/s | CPU s | peak MB | out MB | x {REFERENCE} |",
        "|:--|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, runs in results.items():
        walls = [run["wall_s"] for run in runs]
        times = f"{ratio(results[REFERENCE], runs):.2f}" if REFERENCE in results else ""
        lines.append(
            f"| {name} | {median(runs, 'wall_s'):.2f} | {min(walls):.2f}..{max(walls):.2f}"
            f" | {megabytes / median(runs, 'wall_s'):.0f} | {median(runs, 'cpu_s'):.2f}"
            f" | {max(run['peak_mb'] for run in runs):.0f} | {median(runs, 'out_mb'):.1f} | {times} |"
        )
    rows = {name: runs[0]["rows"] for name, runs in results.items() if runs[0]["rows"] is not None}
    if len(set(rows.values())) > 1:
        lines += ["", f"The contestants disagree about the rows: {rows}"]
    return "\n".join(lines)


def comparisons(results):
    """What follows from comparing tables: more threads, other dumps. `results` by dump, threads and name."""
    lines = []
    for dump, by_threads in results.items():
        if {1, 2} <= by_threads.keys():
            for name, runs in by_threads[1].items():
                faster = ratio(runs, by_threads[2][name])
                lines.append(f"{name}, {dump} dump: 2 threads are {faster:.2f} x as fast as 1")
    base = "clean" if "clean" in results else next(iter(results))
    for dump in results.keys() - {base}:
        for threads, by_name in results[dump].items():
            for name, runs in by_name.items():
                if name in results[base][threads]:
                    slower = ratio(runs, results[base][threads][name])
                    lines.append(f"{name}, {threads} thread(s): {dump} takes {slower:.2f} x {base}")
    return sorted(lines)


def size_table(sizes, dump):
    """Where the bytes of the output are: columns that the reference has too, others, bloom filters."""
    reference = sizes[REFERENCE]["columns"]
    base = sum(reference.values())
    lines = [
        f"{dump} dump: MB of columns that {REFERENCE} has too, of other columns, of bloom filters",
        "",
        f"| | common | x {REFERENCE} | other | bloom filters |",
        "|:--|--:|--:|--:|--:|",
    ]
    for name, size in sizes.items():
        common = sum(bytes for column, bytes in size["columns"].items() if column in reference)
        other = sum(size["columns"].values()) - common
        share = f"{common / base:.3f}"
        bloom = size["bloom_filters"] / 1e6
        lines.append(f"| {name} | {common / 1e6:.2f} | {share} | {other / 1e6:.2f} | {bloom:.2f} |")
    return "\n".join(lines)


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    found = re.search(r"model name\s*: (.*)", text)
    return found[1].strip() if found else platform.machine()


def machine_name():
    """A short name that says what the machine is and not whose."""
    words = re.sub(r"\(.*?\)|@.*|CPU|Processor|[0-9]+-Core", " ", processor())
    return "-".join([*re.findall(r"[a-z0-9.]+", words.lower()), str(os.cpu_count()), "cores"])


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def locked(crate):
    """Version of a crate in the workspace's lock file."""
    lock = (HERE.parent.parent / "Cargo.lock").read_text()
    found = re.search(rf'name = "{crate}"\nversion = "(.*?)"', lock)
    return found[1] if found else None


def facts(options):
    sawlog = subprocess.run([options.sawlog, "--version"], capture_output=True, text=True, check=True)
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "versions": {
            "sawlog": sawlog.stdout.split()[-1],
            "duckdb": version("duckdb"),
            "chdb": version("chdb"),
            "chdb-core": version("chdb-core"),
            "arrow-json": locked("arrow-json"),
            "python": platform.python_version(),
        },
        "log_type": options.log_type,
        "events": None if options.input else options.events,
        "seed": None if options.input else options.seed,
        "load_before": os.getloadavg()[0],
        "notes": options.note,
    }


def save(name, content, text):
    """Keeps the raw runs, and the tables made of them, under the date and a name of the machine."""
    folder = RUNS / f"{content['facts']['date'][:10]}-{machine_name()}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")
    (folder / f"{name}.md").write_text(text)
    return folder / f"{name}.json"
