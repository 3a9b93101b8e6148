"""Who takes part, on which dumps, and what one run of it gives."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = "duckdb"

# The dumps by name: flags of `sawlog generate`, and the compressor.
DUMPS = {
    "usual": ([], None),
    "clean": (["--undeclared", "0"], None),
    "dirty": (["--undeclared", "5", "--rejected", "1"], None),
    "shuffled": (["--shuffle-keys"], None),
    "gzip": ([], ["gzip", "-6", "-f"]),
    "zstd": ([], ["zstd", "-3", "-q", "-f", "--rm"]),
}
SUFFIXES = {"gzip": ".gz", "zstd": ".zst"}


def commands(options):
    """Name → command with {threads}, {input} and {out} to fill in; each prints an object with its `rows`."""
    scripts = f"{{threads}} {options.log_type} {{input}} {{out}}"
    known = {
        "sawlog": f"{options.sawlog} convert {{input}} --schema {options.log_type} --out {{out}}"
        " --threads {threads} --partition none --json",
        "duckdb": f"{sys.executable} {HERE / 'duckdb_convert.py'} {scripts}",
        "clickhouse": f"{sys.executable} {HERE / 'clickhouse_convert.py'} {scripts}",
        "arrow-json": f"{options.arrow_json} {{threads}} {{input}} {{out}}",
    }
    names = options.only or list(known)
    chosen = {name: known[name] for name in names}
    chosen.update(extra.split("=", 1) for extra in options.extra)
    return {name: command.split() for name, command in chosen.items()}


def takes_part(name, dump, log_type):
    """Whether a contestant can do it at all; README.md says why not."""
    if name == "clickhouse":
        return dump != "dirty"
    if name == "arrow-json":
        return dump not in SUFFIXES and dump != "dirty" and log_type == "Atlassian.Audit"
    return True


def write_dump(name, options, scratch):
    """Generates a dump; returns its path and the bytes that it has, and had before it was compressed."""
    flags, compress = DUMPS[name]
    path = scratch / f"{name}.ndjson"
    size = ["--log-type", options.log_type, "--events", str(options.events), "--seed", str(options.seed)]
    subprocess.run([options.sawlog, "generate", *size, *flags, "--out", path], check=True)
    decoded = path.stat().st_size
    if compress:
        subprocess.run([*compress, path], check=True)
        path = path.with_name(path.name + SUFFIXES[name])
    return path, {"bytes": path.stat().st_size, "decoded_bytes": decoded}


def warm(path):
    """Reads a file, so that it is in the page cache."""
    with open(path, "rb") as file:
        while file.read(1 << 24):
            pass


def measure(name, command, dump, threads, path, out):
    """Runs one conversion into a fresh folder: time, peak memory, size and rows of the result."""
    remove(out)
    filled = [part.format(threads=threads, input=path, out=out) for part in command]
    if dump == "dirty" and name == "duckdb":
        filled.append("lenient")
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
        rows = rows_of(output.read())
    size = sum(file.stat().st_size for file in parquet_files(out))
    # Linux gives the peak in KiB.
    return {
        "wall_s": wall,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * 1024 / 1e6,
        "out_mb": size / 1e6,
        "rows": rows,
    }


def rows_of(output):
    """The rows that a contestant reports; a program given with --extra need not."""
    try:
        return json.loads(output)["rows"]
    except (ValueError, KeyError, TypeError):
        return None


def parquet_files(out):
    """What a contestant wrote: a folder with files in it, or one file."""
    return [out] if out.is_file() else list(out.rglob("*.parquet"))


def remove(out):
    if out.is_file():
        out.unlink()
    shutil.rmtree(out, ignore_errors=True)


def column_sizes(out):
    """What the footers of the files say: compressed bytes by top-level column, and those of bloom filters."""
    import duckdb

    names = [str(file) for file in parquet_files(out) if "_quarantine" not in file.parts]
    with duckdb.connect() as db:
        rows = db.execute(
            "SELECT split_part(path_in_schema, ', ', 1), sum(total_compressed_size),"
            " sum(coalesce(bloom_filter_length, 0)) FROM parquet_metadata(?) GROUP BY ALL ORDER BY ALL",
            [names],
        ).fetchall()
    columns = {name.strip('"'): int(size) for name, size, _ in rows}
    return {"columns": columns, "bloom_filters": int(sum(bloom for _, _, bloom in rows))}
